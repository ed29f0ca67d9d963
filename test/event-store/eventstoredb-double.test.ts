/**
 * What EventStoreDB does, each as it was measured on a real server. With EVENTSTORE_TEST_URL (`esdb://…`) the same file runs
 * against that server, so that the double cannot drift from it.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonEvent, type AppendExpectedRevision } from '@eventstore/db-client';
import {
  connect,
  disconnect,
  event,
  events,
  failure,
  lastPosition,
  newStream,
  PATHS,
  readAll,
  readStream,
  receipt,
  unary,
  type Client,
} from './eventstoredb-double/client.js';
import { EventStoreDbDouble } from './eventstoredb-double/double.js';

let url = process.env.EVENTSTORE_TEST_URL ?? '';
let double: EventStoreDbDouble | undefined;
let client: Client;
beforeAll(async () => {
  if (url !== '') return;
  double = await EventStoreDbDouble.start();
  url = double.url;
});
afterAll(() => double?.close());
afterEach(disconnect);

/** Of a stream of the server's own: the first one of a node whose start was slow is that of another than `$scavenges`. */
const METADATA = /^\$\$\$/;

const refusedAs = (stream: string, expected: AppendExpectedRevision, actual: bigint | 'no_stream') => ({
  type: 'wrong-expected-version',
  ...{ streamName: stream, expectedVersion: expected, actualVersion: actual, message: '' },
});

describe.each(PATHS)('an append by the %s path', (path, how) => {
  const append = (
    stream: string,
    expectedRevision: AppendExpectedRevision,
    ...list: ReturnType<typeof event>[]
  ) => client.appendToStream(stream, list, { ...how, expectedRevision });

  it('is refused at another revision, and told which it is', async () => {
    client = connect(url);
    const stream = newStream();
    for (const expected of [0n, 7n, 'stream_exists'] as const) {
      const refused = await failure(append(stream, expected, event()));
      expect(refused).toMatchObject(refusedAs(stream, expected, 'no_stream'));
    }
    await append(stream, 'no_stream', ...events(3));
    for (const expected of ['no_stream', 0n, 1n, 3n] as const) {
      const refused = await failure(append(stream, expected, event()));
      expect(refused).toMatchObject(refusedAs(stream, expected, 2n));
    }
    expect(receipt(await append(stream, 2n, event())).revision).toBe(3n);
    expect(receipt(await append(stream, 'any', event())).revision).toBe(4n);
    expect(receipt(await append(stream, 'stream_exists', event())).revision).toBe(5n);
    expect(await readStream(client, stream)).toHaveLength(6);
  });

  it('answers the first receipt to the same ids at the same expected revision, also after later events', async () => {
    client = connect(url);
    const stream = newStream();
    const [a, b] = [events(3), events(2)];
    const first = receipt(await append(stream, 'no_stream', ...a));
    expect(receipt(await append(stream, 'no_stream', ...a))).toEqual(first);
    const second = receipt(await append(stream, 2n, ...b));
    expect(receipt(await append(stream, 'no_stream', ...a))).toEqual(first);
    expect(receipt(await append(stream, 2n, ...b))).toEqual(second);
    // Without a revision the ids alone are looked at.
    expect(receipt(await append(stream, 'any', ...a))).toEqual(first);
    expect(receipt(await append(stream, 'stream_exists', ...b))).toEqual(second);
    const kept = await readStream(client, stream);
    expect(kept.map(({ id }) => id)).toEqual([...a, ...b].map(({ id }) => id));
    expect(kept[2]?.position).toBe(first.position);
  });

  it('writes the same ids a second time at the tip of today', async () => {
    client = connect(url);
    const stream = newStream();
    const list = events(2);
    const first = receipt(await append(stream, 'no_stream', ...list));
    const second = receipt(await append(stream, 1n, ...list));
    expect(second.revision).toBe(3n);
    const ids = list.map(({ id }) => id);
    expect((await readStream(client, stream)).map(({ id }) => id)).toEqual([...ids, ...ids]);
    // From now on each is known at its own revision, and by its id alone where it was first.
    expect(receipt(await append(stream, 'no_stream', ...list))).toEqual(first);
    expect(receipt(await append(stream, 1n, ...list))).toEqual(second);
    expect(receipt(await append(stream, 'any', ...list))).toEqual(first);
  });

  it('says yes to a known id with other data, and keeps the first', async () => {
    client = connect(url);
    const stream = newStream();
    const id = randomUUID();
    const first = receipt(await append(stream, 'no_stream', event('first', id)));
    expect(receipt(await append(stream, 'no_stream', event('second', id)))).toEqual(first);
    expect(await readStream(client, stream)).toMatchObject([{ id, data: 'first' }]);
  });

  it('writes an id twice that is twice in one call, or in two streams', async () => {
    client = connect(url);
    const [one, other] = [newStream(), newStream()];
    const id = randomUUID();
    await append(one, 'no_stream', event('a', id), event('b', id));
    await append(other, 'no_stream', event('c', id));
    expect(await readStream(client, one)).toMatchObject([{ data: 'a' }, { data: 'b' }]);
    expect(await readStream(client, other)).toMatchObject([{ data: 'c' }]);
    // Without a revision an id is known in the stream that had it first, and nowhere else.
    expect(receipt(await append(one, 'any', event('d', id))).revision).toBe(0n);
    expect(receipt(await append(other, 'any', event('e', id))).revision).toBe(1n);
  });

  it('refuses ids that overlap, and writes nothing; a piece of what is there is known', async () => {
    client = connect(url);
    const stream = newStream();
    const [a, b, c, d] = [event(), event(), event(), event()];
    await append(stream, 'no_stream', a, b, c);
    const wrong = [
      ['no_stream', a, b, c, d],
      ['no_stream', a, c],
      ['no_stream', b, c],
      [1n, b, c],
      [1n, c, d],
      ['any', c, d],
      ['any', a, b, c, d],
    ] as const;
    for (const [expected, ...list] of wrong) {
      expect(await failure(append(stream, expected, ...list))).toMatchObject(refusedAs(stream, expected, 2n));
    }
    expect(await readStream(client, stream)).toHaveLength(3);
    expect(receipt(await append(stream, 0n, b, c)).revision).toBe(2n);
    expect(receipt(await append(stream, 'no_stream', a, b)).revision).toBe(1n);
    expect(receipt(await append(stream, 'any', b)).revision).toBe(1n);
    expect(await readStream(client, stream)).toHaveLength(3);
  });

  it('takes 1,048,576 bytes of data in all, and refuses one more', async () => {
    client = connect(url);
    const stream = newStream();
    const half = new Uint8Array(524_288);
    await append(stream, 'no_stream', event(half), event(half));
    const refused = await failure(append(stream, 1n, event(half), event(half), event('x')));
    expect(refused).toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: 1_048_576 });
    expect(await readStream(client, stream)).toHaveLength(2);
    const huge = await failure(append(stream, 1n, event(new Uint8Array(20_000_000))));
    expect(huge).toMatchObject({ type: 'unknown', code: 8 });
  });

  it('lets one win of twenty at one revision', async () => {
    client = connect(url);
    const stream = newStream();
    await append(stream, 'no_stream', event());
    const races = events(20);
    const ends = await Promise.allSettled(races.map((race) => append(stream, 0n, race)));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of ends) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject(refusedAs(stream, 0n, 1n));
    }
    expect(await readStream(client, stream)).toHaveLength(2);
  });

  it('is refused for ever by a stream that was ended, and goes on numbering in one that was deleted', async () => {
    client = connect(url);
    const [ended, deleted] = [newStream(), newStream()];
    for (const stream of [ended, deleted]) await append(stream, 'no_stream', ...events(2));
    await client.tombstoneStream(ended, unary);
    await client.deleteStream(deleted, unary);
    for (const expected of ['any', 'no_stream', 1n] as const) {
      const refused = await failure(append(ended, expected, event()));
      expect(refused).toMatchObject({ type: 'stream-deleted', streamName: ended });
    }
    expect(await failure(readStream(client, ended))).toMatchObject({ type: 'stream-deleted' });
    expect(await failure(client.tombstoneStream(ended, unary))).toMatchObject({ type: 'stream-deleted' });
    expect(await failure(readStream(client, deleted))).toMatchObject({ type: 'stream-not-found' });
    expect(await failure(append(deleted, 'stream_exists', event()))).toMatchObject({
      type: 'stream-deleted',
    });
    expect(receipt(await append(deleted, 'no_stream', event())).revision).toBe(2n);
    expect((await readStream(client, deleted)).map(({ revision }) => revision)).toEqual([2n]);
    // In $all nothing is hidden.
    const all = await readAll(client);
    expect(all.filter(({ streamId }) => streamId === deleted)).toHaveLength(3);
  });

  it('says a wrong next revision where it is not to throw, by batch', async () => {
    client = connect(`${url}&throwOnAppendFailure=false`);
    const stream = newStream();
    await append(stream, 'no_stream', ...events(5));
    const answer = await append(stream, 'no_stream', event());
    expect(answer).toMatchObject({ success: false, nextExpectedRevision: path === 'batch' ? 1n : 4n });
  });
});

describe('a read of a stream', () => {
  it('goes either way from anywhere', async () => {
    client = connect(url);
    const stream = newStream();
    await client.appendToStream(stream, events(70), unary);
    const revisions = async (options: Parameters<Client['readStream']>[1]) =>
      (await readStream(client, stream, options)).map(({ revision }) => Number(revision));
    const all = Array.from({ length: 70 }, (_, i) => i);
    expect(await revisions({})).toEqual(all);
    expect(await revisions({ fromRevision: 68n })).toEqual([68, 69]);
    expect(await revisions({ fromRevision: 10n, maxCount: 2 })).toEqual([10, 11]);
    expect(await revisions({ fromRevision: 70n })).toEqual([]);
    expect(await revisions({ direction: 'backwards', fromRevision: 'end' })).toEqual([...all].reverse());
    expect(await revisions({ direction: 'backwards', fromRevision: 'end', maxCount: 1 })).toEqual([69]);
    expect(await revisions({ direction: 'backwards', fromRevision: 1n })).toEqual([1, 0]);
    expect(await revisions({ direction: 'backwards', fromRevision: 900n, maxCount: 1 })).toEqual([69]);
    expect(await failure(revisions({ fromRevision: 'end' }))).toMatchObject({ type: 'unknown', code: 2 });
    const none = newStream();
    expect(await failure(readStream(client, none))).toMatchObject({
      type: 'stream-not-found',
      streamName: none,
    });
  });

  it('shows what was written, byte for byte', async () => {
    client = connect(url);
    const stream = newStream();
    const [id, data] = [randomUUID(), Buffer.from(Array.from({ length: 256 }, (_, i) => i))];
    const before = Date.now();
    const json = jsonEvent({ type: 'Told', data: { a: [1] }, metadata: { command: 'x' } });
    await client.appendToStream(stream, [{ ...event(data, id), metadata: data }, json], unary);
    const kept = [];
    for await (const { event: each } of client.readStream(stream)) kept.push(each!);
    expect(kept[0]).toMatchObject({ id, type: 'Tested', isJson: false, streamId: stream, revision: 0n });
    expect(Buffer.from(kept[0]!.data as Uint8Array)).toEqual(data);
    expect(Buffer.from(kept[0]!.metadata as Uint8Array)).toEqual(data);
    expect(kept[1]).toMatchObject({
      type: 'Told',
      isJson: true,
      data: { a: [1] },
      metadata: { command: 'x' },
    });
    expect(Math.abs(kept[0]!.created.getTime() - before)).toBeLessThan(60_000);
  });

  it('does not show what its metadata hides', async () => {
    client = connect(url);
    const stream = newStream();
    await client.appendToStream(stream, events(6), unary);
    const first = async () => (await readStream(client, stream))[0]?.revision;
    expect(await client.getStreamMetadata(stream)).toEqual({ streamName: stream });
    await client.setStreamMetadata(stream, { maxCount: 4 }, unary);
    expect(await first()).toBe(2n);
    await client.setStreamMetadata(stream, { truncateBefore: 5, own: 'x' }, unary);
    expect(await first()).toBe(5n);
    const read = await client.getStreamMetadata(stream);
    expect(read).toMatchObject({ metadata: { truncateBefore: 5, own: 'x' } });
    const again = await client.appendToStream(stream, events(1), { ...unary, expectedRevision: 5n });
    expect(again.nextExpectedRevision).toBe(6n);
    const all = await readAll(client);
    expect(all.filter(({ streamId }) => streamId === stream)).toHaveLength(7);
    expect(all.filter(({ streamId }) => streamId === `$$${stream}`)).toHaveLength(2);
  });
});

describe('a read of all', () => {
  it('begins at a position with its event, is in the order of positions, and leaves nothing out', async () => {
    client = connect(url);
    const [mine, other] = [newStream(), newStream()];
    const first = await client.appendToStream(mine, events(40), unary);
    await client.appendToStream(other, events(40), unary);
    await client.appendToStream(mine, events(2), unary);
    const tail = await readAll(client, { fromPosition: first.position! });
    expect(tail[0]).toMatchObject({ streamId: mine, revision: 39n, position: first.position });
    expect(tail).toHaveLength(43);
    const places = tail.map(({ position: { commit, prepare } }) => [commit, prepare]);
    expect(places).toEqual(places.map(([commit]) => [commit, commit]));
    expect(places.every(([commit], i) => i === 0 || commit! > places[i - 1]![0]!)).toBe(true);
    const back = await readAll(client, {
      fromPosition: first.position!,
      direction: 'backwards',
      maxCount: 39,
    });
    expect(back.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 39 }, (_, i) => BigInt(38 - i)),
    );
    const all = await readAll(client);
    expect(all.slice(-43).map(({ id }) => id)).toEqual(tail.map(({ id }) => id));
    expect(all[0]?.streamId).toMatch(double === undefined ? METADATA : /^\$\$\$scavenges$/);
    expect(all.some(({ streamId }) => streamId === '$epoch-information')).toBe(false);
  });

  it('takes a prepare position of 0, refuses a place between two, and is empty past the end', async () => {
    client = connect(url);
    const { position } = await client.appendToStream(newStream(), events(2), unary);
    const { commit } = position!;
    const from = (place: bigint, prepare = place) =>
      readAll(client, { fromPosition: { commit: place, prepare } });
    expect(await from(commit, 0n)).toHaveLength(1);
    expect(await failure(from(commit - 1n))).toMatchObject({ type: 'unknown', code: 2 });
    expect(await failure(from(commit, commit + 1n))).toMatchObject({ type: 'unknown', code: 2 });
    expect(await from(commit + 10n ** 9n)).toEqual([]);
    expect(await lastPosition(client)).toEqual(position);
  });
});

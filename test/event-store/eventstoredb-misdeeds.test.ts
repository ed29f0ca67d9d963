/** What the double does when it is told to misbehave, and what the client makes of it: the traps that an engine has to avoid. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connect,
  disconnect,
  event,
  events,
  failure,
  newStream,
  readAll,
  readStream,
  receipt,
  unary,
  type Client,
} from './eventstoredb-double/client.js';
import { EventStoreDbDouble } from './eventstoredb-double/double.js';
import { Heard } from './eventstoredb-double/heard.js';

const soon = { ...unary, deadline: 300 };
const APPEND = ['append', 'batch-append'] as const;

let double: EventStoreDbDouble;
let client: Client;
beforeEach(async () => {
  double = await EventStoreDbDouble.start();
  client = connect(double.url);
  // Connected: what follows is about calls.
  await client.appendToStream(newStream(), event(), unary);
});
afterEach(async () => {
  await disconnect();
  await double.close();
});

/** What came of each append to a stream, in the words of the client. */
const outcome = async (stream: string, ...list: ReturnType<typeof event>[]) =>
  client.appendToStream(stream, list, { ...soon, expectedRevision: 'no_stream' }).then(
    () => 'written',
    (error: unknown) => (error as { type?: string }).type,
  );
const written = async (stream: string) =>
  (await double.written()).filter((each) => each.stream === stream).map(({ id }) => id);
const subscribed = async () =>
  new Heard().listen(client.subscribeToAll({ fromPosition: 'end' })).until('caughtUp');

describe('an append', () => {
  it('is late', async () => {
    const [patient, gone] = [newStream(), newStream()];
    await double.misbehave({ on: APPEND, do: 'delay', ms: 150 });
    const start = Date.now();
    expect(await outcome(patient, event())).toBe('written');
    expect(Date.now() - start).toBeGreaterThanOrEqual(140);
    // Whoever has gone when its turn comes gets nothing written.
    await double.misbehave({ on: APPEND, do: 'delay', ms: 500 });
    expect(await outcome(gone, event())).toBe('deadline-exceeded');
    await sleep(400);
    expect(await written(gone)).toEqual([]);
  });

  it('is dropped: neither written nor answered', async () => {
    const stream = newStream();
    await double.misbehave({ on: APPEND, do: 'drop' });
    expect(await outcome(stream, event())).toBe('deadline-exceeded');
    expect(await written(stream)).toEqual([]);
    expect((await double.calls()).at(-1)).toMatchObject({ method: 'append', stream, misdeed: 'drop' });
  });

  it('is written and its answer lost; the same ids at the same revision get the receipt', async () => {
    const stream = newStream();
    const list = events(2);
    await double.misbehave({ on: APPEND, do: 'lose-answer' });
    expect(await outcome(stream, ...list)).toBe('deadline-exceeded');
    expect(await written(stream)).toEqual(list.map(({ id }) => id));
    const again = await client.appendToStream(stream, list, { ...soon, expectedRevision: 'no_stream' });
    expect(receipt(again).revision).toBe(1n);
    expect(await written(stream)).toHaveLength(2);
  });

  it.each(['before', 'after'] as const)('loses its connection %s it is written', async (when) => {
    const stream = newStream();
    await double.misbehave({ on: APPEND, do: 'cut', when });
    expect(await outcome(stream, event())).toBe('unavailable');
    expect(await written(stream)).toHaveLength(when === 'after' ? 1 : 0);
    expect(await outcome(newStream(), event())).toBe('written');
  });

  it('is written long after its deadline', async () => {
    const stream = newStream();
    await double.misbehave({ on: APPEND, do: 'commit-late', ms: 600 });
    expect(await outcome(stream, event())).toBe('deadline-exceeded');
    expect(await failure(readStream(client, stream))).toMatchObject({ type: 'stream-not-found' });
    await sleep(500);
    expect(await readStream(client, stream)).toHaveLength(1);
  });

  it('is written twice, the second time at the new tip', async () => {
    const stream = newStream();
    const list = events(2);
    const ids = list.map(({ id }) => id);
    await double.misbehave({ on: APPEND, stream, do: 'write-twice' });
    expect(await outcome(stream, ...list)).toBe('written');
    expect((await readStream(client, stream)).map(({ id, revision }) => [id, revision])).toEqual(
      [...ids, ...ids].map((id, i) => [id, BigInt(i)]),
    );
  });

  it.each([
    ['not-ready', 'unavailable', 'Server Is Not Ready'],
    ['busy', 'unavailable', 'Server Is Too Busy'],
    ['access-denied', 'access-denied', 'Access Denied'],
    ['timed-out', 'timeout', 'timed out'],
    ['cancelled', 'cancelled', 'cancelled'],
    ['unavailable', 'unavailable', 'dropped'],
    ['thrown', 'unknown', 'Exception was thrown'],
    ['not-leader', 'not-leader', 'Leader info available'],
  ] as const)('is refused with %s, whether it was written or not', async (refusal, type, words) => {
    for (const when of ['before', 'after'] as const) {
      const stream = newStream();
      await double.misbehave({ on: APPEND, stream, do: 'refuse', with: refusal, when });
      const refused = await failure(client.appendToStream(stream, event(), soon));
      expect(refused).toMatchObject({ type });
      expect(refused.message).toContain(words);
      expect(await written(stream)).toHaveLength(when === 'after' ? 1 : 0);
    }
    expect(await outcome(newStream(), event())).toBe('written');
  });

  it('by batch is told only the words of "not ready" and "busy"', async () => {
    for (const [refusal, words] of [
      ['not-ready', 'Could not recognize Server Is Not Ready'],
      ['busy', 'Could not recognize Server Is Busy'],
    ] as const) {
      await double.misbehave({ on: ['batch-append'], do: 'refuse', with: refusal });
      const refused = await failure(client.appendToStream(newStream(), event()));
      expect(refused).toMatchObject({ type: 'unknown', message: words });
    }
  });
});

describe('rules', () => {
  it('are for a method, a stream, a node, after so many calls, for so many, in the order in which they were made', async () => {
    const stream = newStream();
    const refuse = { do: 'refuse', with: 'busy' } as const;
    await double.misbehave({ ...refuse, on: ['read-all'], times: 'always' });
    await double.misbehave({ ...refuse, node: 1, times: 'always' });
    await double.misbehave({ ...refuse, stream: 'other', times: 'always' });
    await double.misbehave({ ...refuse, stream, on: APPEND, skip: 1, times: 2 });
    const ends = [];
    for (let i = 0; i < 5; i++) {
      const end = client.appendToStream(stream, event(), soon);
      ends.push(await end.then(() => true).catch(() => false));
    }
    expect(ends).toEqual([true, false, false, true, true]);
    expect(await readStream(client, stream)).toHaveLength(3);
    for (let i = 0; i < 2; i++) expect(await failure(readAll(client))).toMatchObject({ type: 'unavailable' });
    await double.behave();
    expect((await readAll(client)).length).toBeGreaterThan(3);
  });
});

describe('a read or subscription', () => {
  it.each([
    ['cut', 'unavailable'],
    ['error', 'unavailable'],
  ] as const)('ends in the middle (%s)', async (how, type) => {
    const stream = newStream();
    await client.appendToStream(stream, events(100), unary);
    await double.misbehave({ on: ['read-stream'], do: 'break', after: 40, how });
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const each of client.readStream(stream)) seen.push(each);
    })();
    expect(await failure(reading)).toMatchObject({ type, code: 14 });
    expect(seen.length).toBeLessThanOrEqual(40);
    expect(await readStream(client, stream)).toHaveLength(100);
    await double.misbehave({ on: ['subscribe-to-all'], do: 'break', after: 2, how });
    const heard = await subscribed();
    await client.appendToStream(stream, events(3), unary).catch(() => undefined);
    await heard.until('error');
    expect(heard.all.at(-1)).toMatchObject({ error: { type, code: 14 } });
    expect(heard.count('end')).toBe(0);
  });

  it('says no more, without an end', async () => {
    const stream = newStream();
    await double.misbehave({ on: ['subscribe-to-all'], do: 'break', after: 1, how: 'silence' });
    const heard = await subscribed();
    await client.appendToStream(stream, events(3), unary);
    await sleep(300);
    expect(heard.count('event')).toBe(1);
    expect(heard.count('error') + heard.count('end')).toBe(0);
  });

  it('shows every event twice', async () => {
    await double.misbehave({ on: ['subscribe-to-all'], do: 'repeat' });
    const heard = await subscribed();
    const list = events(3);
    await client.appendToStream(newStream(), list, unary);
    await heard.until('event', 6);
    expect(heard.ids).toEqual(list.flatMap(({ id }) => [id, id]));
  });
});

describe('a node', () => {
  it('that is killed ends subscriptions with an error and nothing else; they never resume', async () => {
    const heard = await subscribed();
    await double.stop();
    await heard.until('error');
    expect(heard.all.at(-1)).toMatchObject({ error: { type: 'unavailable', code: 14 } });
    // Appends by batch ask first what the server can do, and hand on a plain error of gRPC; reads and unary ones do not.
    const fresh = connect(double.url);
    const plain = await failure(fresh.appendToStream(newStream(), event()));
    expect([plain.code, plain.type]).toEqual([14, undefined]);
    expect(await failure(readAll(client))).toMatchObject({ type: 'unavailable' });
    expect(await outcome(newStream(), event())).toBe('unavailable');
    await double.restart();
    const stream = newStream();
    while ((await outcome(stream, event())) !== 'written') await sleep(50);
    expect(await readStream(client, stream)).toHaveLength(1);
    await sleep(100);
    expect(heard.all.at(-1)).toMatchObject({ is: 'error' });
    expect(heard.count('end')).toBe(0);
  });

  it('that is frozen answers nothing: only the unary path keeps its deadline, and what was sent is done at the thaw', async () => {
    await client.appendToStream(newStream(), event());
    await double.freeze();
    const [sent, batch] = [newStream(), newStream()];
    const start = Date.now();
    const late = client.appendToStream(batch, event(), { deadline: 300 });
    let answered = false;
    late.finally(() => (answered = true)).catch(() => undefined);
    expect(await outcome(sent, event())).toBe('deadline-exceeded');
    expect(Date.now() - start).toBeLessThan(2_000);
    await sleep(300);
    expect(answered).toBe(false);
    // New connections are accepted and get no further.
    const other = connect(double.url);
    const waiting = await failure(other.appendToStream(newStream(), event(), soon));
    expect(waiting).toMatchObject({ type: 'deadline-exceeded' });
    await double.thaw();
    await late;
    expect(await written(batch)).toHaveLength(1);
    expect(await outcome(newStream(), event())).toBe('written');
  });

  it('whose connections are cut is found again', async () => {
    const heard = await subscribed();
    await double.cut();
    await heard.until('error');
    while ((await outcome(newStream(), event())) !== 'written') await sleep(20);
  });

  it('mixes events of its own into all', async () => {
    await double.writeStats();
    const [last] = await readAll(client, { direction: 'backwards', fromPosition: 'end', maxCount: 1 });
    expect(last).toMatchObject({ type: '$statsCollected', isJson: true });
    expect(last?.streamId).toMatch(/^\$stats-/);
  });
});

describe('the batch path', () => {
  it('of one client fails with another one: one error on any stream rejects what all wait for, though it was written', async () => {
    const [a, b] = [connect(double.url), connect(double.url)];
    for (const each of [a, b]) await each.appendToStream(newStream(), event());
    const [lost, large] = [newStream(), newStream()];
    await double.misbehave({ on: ['batch-append'], stream: lost, do: 'lose-answer' });
    const ends = await Promise.all([
      failure(a.appendToStream(lost, event())),
      failure(b.appendToStream(large, event(new Uint8Array(20_000_000)))),
    ]);
    expect(ends.map(({ type, code }) => [type, code])).toEqual([
      ['unknown', 8],
      ['unknown', 8],
    ]);
    expect(await written(lost)).toHaveLength(1);
  });
});

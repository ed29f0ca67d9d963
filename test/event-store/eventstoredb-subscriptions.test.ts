/** What subscriptions of EventStoreDB do; like `eventstoredb-double.test.ts`, also against the server at EVENTSTORE_TEST_URL. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventTypeFilter, streamNameFilter, type Position } from '@eventstore/db-client';
import { setTimeout as pause } from 'node:timers/promises';
import {
  connect,
  disconnect,
  event,
  events,
  lastPosition,
  newStream,
  readStream,
  unary,
  type Client,
} from './eventstoredb-double/client.js';
import { EventStoreDbDouble } from './eventstoredb-double/double.js';
import { Heard } from './eventstoredb-double/heard.js';

let url = process.env.EVENTSTORE_TEST_URL ?? '';
let double: EventStoreDbDouble | undefined;
let client: Client;
beforeAll(async () => {
  if (url !== '') return;
  double = await EventStoreDbDouble.start();
  url = double.url;
});
afterAll(() => double?.close());
beforeEach(() => {
  client = connect(url);
});
afterEach(disconnect);

const write = async (stream: string, count: number): Promise<{ ids: string[]; last: Position }> => {
  const list = events(count);
  const { position } = await client.appendToStream(stream, list, unary);
  return { ids: list.map(({ id }) => id), last: position! };
};
const all = (fromPosition: Position | 'start' | 'end', prefix?: string, window?: number): Heard => {
  const heard = new Heard();
  const { checkpointReached } = heard;
  const options = { ...(window === undefined ? {} : { maxSearchWindow: window }), checkpointReached };
  const filter = prefix === undefined ? undefined : streamNameFilter({ prefixes: [prefix], ...options });
  return heard.listen(client.subscribeToAll({ fromPosition, ...(filter && { filter }) }));
};
const ofStream = (stream: string, fromRevision: bigint | 'start' | 'end') =>
  new Heard().listen(client.subscribeToStream(stream, { fromRevision }));

/** A real server brings a deleted stream back in a second step: a subscription has its new event before a read has. */
async function readSoon(stream: string): ReturnType<typeof readStream> {
  for (let left = 50; ; left--) {
    try {
      return await readStream(client, stream);
    } catch (error) {
      if ((error as { type?: string }).type !== 'stream-not-found' || left === 0) throw error;
      await pause(20);
    }
  }
}

describe('a subscription to all', () => {
  it('begins behind its position, catches up, and goes on live', async () => {
    const stream = newStream();
    const { last } = await write(stream, 1);
    const [past, foreign] = [await write(stream, 40), await write(newStream(), 3)];
    const heard = await all(last).until('caughtUp');
    expect(heard.all[0]).toEqual({ is: 'confirmation' });
    expect(heard.ids).toEqual([...past.ids, ...foreign.ids]);
    const live = await write(stream, 2);
    await heard.until('event', 45);
    expect(heard.ids).toEqual([...past.ids, ...foreign.ids, ...live.ids]);
    expect(heard.checkpoints).toEqual([]);
  });

  it('begins at the start with the events of the server, or at the end with what is still to come', async () => {
    const fromStart = await all('start').until('caughtUp');
    // The first metadata of a real server whose start was slow is that of another stream of its own.
    const stream = double === undefined ? expect.stringMatching(/^\$\$\$/) : '$$$scavenges';
    expect(fromStart.all[1]).toMatchObject({ is: 'event', stream });
    const fromEnd = await all('end').until('caughtUp');
    const { ids } = await write(newStream(), 1);
    await fromEnd.until('event');
    expect(fromEnd.ids).toEqual(ids);
  });

  it('falls behind when much is written at once, leaves nothing out, and has caught up again', async () => {
    const stream = newStream();
    const heard = await all('end', stream).until('caughtUp');
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(...(await write(stream, 200)).ids);
    await heard.until('event', 1_000);
    await heard.until('caughtUp', 2);
    expect(heard.ids).toEqual(ids);
    expect(heard.count('fellBehind' as never)).toBe(0);
  });
});

describe('a filtered subscription', () => {
  it('shows streams by prefix or pattern, and types by pattern', async () => {
    const stream = newStream();
    const { position } = await client.appendToStream(newStream(), event(), unary);
    const { ids } = await write(stream, 3);
    await client.setStreamMetadata(stream, { own: 1 }, unary);
    const other = await write(newStream(), 2);
    const filters = [
      [streamNameFilter({ prefixes: ['nothing', stream] }), ids],
      [streamNameFilter({ regex: `^${stream}$` }), ids],
      [eventTypeFilter({ regex: '^[^$].*' }), [...ids, ...other.ids]],
      [eventTypeFilter({ prefixes: ['Test'] }), [...ids, ...other.ids]],
    ] as const;
    for (const [filter, expected] of filters) {
      const heard = new Heard().listen(client.subscribeToAll({ fromPosition: position!, filter }));
      await heard.until('caughtUp');
      expect(heard.ids).toEqual(expected);
      await heard.stop();
    }
  });

  it('hears while it catches up how far was looked: the commit position of what comes next, and a prepare position of 0', async () => {
    const stream = newStream();
    const before = await write(newStream(), 1);
    const mine = await write(stream, 1);
    const foreign = await write(newStream(), 100);
    const late = await write(stream, 1);
    const heard = await all(before.last, stream).until('caughtUp');
    expect(heard.ids).toEqual([...mine.ids, ...late.ids]);
    const between = heard.checkpoints.filter(({ prepare }) => prepare === 0n);
    expect(between.length).toBeGreaterThanOrEqual(2);
    // The end of what was caught up with is one too.
    expect(heard.checkpoints.at(-1)).toEqual(late.last);
    expect(between.every(({ commit }) => commit > mine.last.commit && commit <= foreign.last.commit)).toBe(
      true,
    );
    for (const checkpoint of heard.checkpoints) {
      const again = await all(checkpoint, stream).until('caughtUp');
      const done = checkpoint.commit >= late.last.commit ? 2 : checkpoint.commit >= mine.last.commit ? 1 : 0;
      expect(again.ids).toEqual([...mine.ids, ...late.ids].slice(done));
      await again.stop();
    }
  });

  it('hears live after each window that was looked at, whoever it was for', async () => {
    const heard = await all('end', 'nobody-', 10).until('caughtUp');
    const { last: tenth } = await write(newStream(), 10);
    await write(newStream(), 9);
    const { last: twentieth } = await write(newStream(), 1);
    await write(newStream(), 9);
    await heard.until('checkpoint', 2);
    expect(heard.checkpoints).toEqual([tenth, twentieth]);
  });

  it('hears a checkpoint of all bits where nothing came, which as a start means the end', async () => {
    const nobody = newStream();
    const trap = 2n ** 64n - 1n;
    const heard = await all('start', nobody, 1_000_000).until('caughtUp');
    expect(heard.checkpoints).toEqual([{ commit: trap, prepare: trap }]);
    const lost = await write(nobody, 1);
    await heard.until('event');
    const resumed = await all({ commit: trap, prepare: trap }, nobody).until('caughtUp');
    const { ids } = await write(nobody, 1);
    await resumed.until('event');
    expect(resumed.ids).toEqual(ids);
    expect(resumed.ids).not.toContain(lost.ids[0]);
  });
});

describe('a position past the end', () => {
  it('is taken for caught up, and loses what comes until there', async () => {
    const { commit } = await lastPosition(client);
    const beyond = { commit: commit + 10_000n, prepare: commit + 10_000n };
    const heard = [await all(beyond).until('caughtUp'), await all(beyond, 'double-').until('caughtUp')];
    await write(newStream(), 1);
    await write(newStream(), 1);
    const big = await client.appendToStream(newStream(), event(new Uint8Array(20_000)), unary);
    const { ids } = await write(newStream(), 1);
    expect(big.success).toBe(true);
    for (const each of heard) {
      await each.until('event');
      expect(each.ids).toEqual(ids);
    }
  });

  it('is refused where it lies between two events', async () => {
    const { last } = await write(newStream(), 2);
    const place = { commit: last.commit - 1n, prepare: last.prepare - 1n };
    for (const heard of [all(place), all(place, 'double-')]) {
      const { all: said } = await heard.until('error');
      expect(said.at(-1)).toMatchObject({ is: 'error', error: { type: 'unknown', code: 3 } });
    }
  });
});

describe('a subscription to a stream', () => {
  it('begins behind its revision, or waits for a stream that is not there', async () => {
    const stream = newStream();
    const waiting = await ofStream(stream, 'start').until('caughtUp');
    const { ids } = await write(stream, 50);
    await waiting.until('event', 50);
    expect(waiting.ids).toEqual(ids);
    const from = await ofStream(stream, 10n).until('caughtUp');
    expect(from.ids).toEqual(ids.slice(11));
    const end = await ofStream(stream, 'end').until('caughtUp');
    const later = await write(stream, 2);
    await end.until('event', 2);
    expect(end.ids).toEqual(later.ids);
    await from.until('event', 41);
  });

  it('goes on over a deletion, and ends with the stream', async () => {
    const stream = newStream();
    await write(stream, 2);
    const heard = await ofStream(stream, 'start').until('caughtUp');
    await client.deleteStream(stream, unary);
    const { ids } = await write(stream, 1);
    await heard.until('event', 3);
    expect(heard.ids.at(-1)).toBe(ids[0]);
    expect(await readSoon(stream)).toMatchObject([{ revision: 2n }]);
    await client.tombstoneStream(stream, unary);
    await heard.until('error');
    expect(heard.all.at(-1)).toMatchObject({ error: { type: 'stream-deleted' } });
    const late = await ofStream(stream, 'start').until('error');
    expect(late.all).toMatchObject([{ is: 'error', error: { type: 'stream-deleted' } }]);
  });
});

/** What a count reads of the log: its own election, and of a long log no more than can concern it. */
import { describe, expect, it } from '@jest/globals';
import type { NewEvent, RecordedEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { fillBox, logOf } from '../../src/elections/counting.js';
import { decide, NO_ELECTION } from '../../src/elections/election.js';
import { CommandLog, isRejection } from '../../src/event-store/command-log.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { parts } from './small-election.js';

const at = '2026-09-01T00:00:00.000Z';
const FIRST = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-222222222222';

class CountedReads extends MemoryEventStore {
  read = 0;

  override async *readAll(after: bigint, pageSize?: number): AsyncGenerator<readonly RecordedEvent[]> {
    for await (const page of super.readAll(after, pageSize)) {
      this.read += page.length;
      yield page;
    }
  }
}

const store = new CountedReads();
const log = new CommandLog(store, nodeCrypto, new Uint8Array(32));
let commands = 0;

async function append(stream: string, events: readonly NewEvent[]): Promise<bigint> {
  const meta = { commandId: `command-${++commands}`, actor: 'ana', at, request: new Uint8Array() };
  const answer = await log.run({
    stream,
    meta,
    initial: undefined,
    evolve: () => undefined,
    decide: () => events,
  });
  if (isRejection(answer)) throw new Error(answer.rejected);
  return answer.position;
}

async function define(electionId: string): Promise<bigint> {
  const actor = { id: 'system', roles: [] };
  const by = { electionId, now: at, actor, crypto: nodeCrypto };
  const events = decide(NO_ELECTION, { do: 'define', ...parts({ electionId }) }, by);
  if (isRejection(events)) throw new Error(events.rejected);
  return append(`election-${electionId}`, events);
}

const list = (electionId: string, v: string): NewEvent => ({
  type: 'RollListed',
  data: {
    electionId,
    chunk: 0,
    entries: [{ v: v.padEnd(22, 'A'), areas: ['city'], w: 1, c: 'A'.repeat(43) }],
  },
});

describe('a count', () => {
  it('reads nothing of the elections before its own, and everything of it up to the end asked for', async () => {
    await define(FIRST);
    for (let line = 0; line < 20; line++) await append(`roll-${FIRST}`, [list(FIRST, `a${line}`)]);
    const before = (await store.head()) + 1n;
    await define(SECOND);
    const end = await append(`roll-${SECOND}`, [list(SECOND, 'b')]);
    await append(`roll-${SECOND}`, [list(SECOND, 'c')]);

    store.read = 0;
    const { box, through } = await fillBox(store, nodeCrypto, SECOND);
    expect(BigInt(store.read)).toBe(through - before);
    expect([box.isDefined, box.options.length]).toEqual([true, parts().options.length]);

    const read: bigint[] = [];
    for await (const page of logOf(store, SECOND, end)) read.push(...page.map(({ position }) => position));
    expect([read[0], read.at(-1)]).toEqual([before, end - 1n]);
    expect((await fillBox(store, nodeCrypto, FIRST)).box.isDefined).toBe(true);
  });

  it('of an election that nobody defined reads nothing', async () => {
    store.read = 0;
    const { box } = await fillBox(store, nodeCrypto, '33333333-3333-4333-8333-333333333333');
    expect([box.isDefined, store.read]).toEqual([false, 0]);
  });
});

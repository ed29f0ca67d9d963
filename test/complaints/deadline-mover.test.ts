import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { allViews } from '../../projections/views.js';
import { leafBytes, openEvent, type NewEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { DeadlineMover } from '../../src/complaints/deadline-mover.js';
import { targetDue } from '../../src/city/deadlines.js';
import { dueOf } from '../../src/complaints/matter.js';
import { RulesInForce } from '../../src/categories/rules-in-force.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { CommandLog } from '../../src/event-store/command-log.js';
import { newThingId } from '../../src/event-store/event-ids.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { until, World } from '../views/world.js';
import { GIJON } from './calendars.js';
import { CASE, idOf, LAMP, refOf } from './matter-events.js';

let world: World;
let store: MemoryEventStore;
let revisions: Map<string, bigint>;

beforeAll(async () => {
  Logger.overrideLogger(['warn', 'error']);
  world = await World.create();
});
afterAll(async () => {
  await world.close();
});
beforeEach(async () => {
  store = new MemoryEventStore();
  revisions = new Map();
  await world.clear();
});
afterEach(async () => {
  await world.stop();
});

async function add(stream: string, at: string, ...events: NewEvent[]): Promise<void> {
  for (const event of events) {
    const id = newThingId('test', `${stream} ${revisions.get(stream) ?? -1n}`, 'event');
    const leaf = leafBytes(event, { id, stream, at, actor: 'system' });
    const expected = revisions.get(stream) ?? 'no-stream';
    const appended = await store.append({
      stream,
      expected,
      events: [{ id, type: event.type, leaf, hash: leafHash(nodeCrypto, leaf) }],
    });
    revisions.set(stream, appended.revision);
  }
}

const declare = (year: number, days: readonly string[]): NewEvent => ({
  type: 'HolidaysDeclared',
  data: { year, calendar: 'gijon', days: [...days].sort() },
});

function filed(matterId: string, at: string, kind: 'complaint' | 'thanks' = 'complaint'): Promise<void> {
  const due = dueOf(kind, at, GIJON);
  const data = { matterId, kind, details: refOf('details'), ...(due !== undefined && { due }) };
  return add(`matter-${matterId}`, at, { type: 'MatterFiled', data });
}

/** Another one each time, as after a start. */
function mover(now: string): DeadlineMover {
  const views = world.views(allViews);
  const commands = new CommandLog(store, nodeCrypto, new Uint8Array(32));
  const clock = { now: () => new Date(now), monotonicMs: () => 0 };
  return new DeadlineMover(store, commands, views, new RulesInForce(views), nodeCrypto, clock);
}

async function caughtUp(): Promise<void> {
  const views = world.views(allViews);
  await until('live', async () => (await views.checkpoint()) === (await store.head()));
}

/** What moved, in order of the log. */
async function moves(after: bigint): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const page of store.readAll(after))
    for (const recorded of page) {
      const { type, data, actor } = openEvent(nodeCrypto, recorded);
      found.push({ type, actor, ...data });
    }
  return found;
}

describe('deadlines', () => {
  const GRAFFITI = idOf('graffiti');

  beforeEach(async () => {
    await add(
      'city',
      '2026-01-01T10:00:00.000Z',
      {
        type: 'CityDescribed',
        data: { name: refOf('city'), timeZone: 'Europe/Madrid', languages: ['es'] },
      },
      declare(2026, [...(GIJON.holidays.get(2026) ?? [])]),
    );
    // Its last day is Epiphany, which nobody has declared yet.
    await filed(LAMP, '2026-10-06T10:00:00.000Z');
    // It has five working days over New Year, by weekends alone until Monday.
    const released = {
      matterId: CASE,
      category: 'street-lamp',
      text: refOf('text'),
      photos: [],
      target: targetDue('2026-12-28T10:00:00.000Z', 5, GIJON).end,
    };
    await filed(CASE, '2026-12-01T10:00:00.000Z');
    await add(`matter-${CASE}`, '2026-12-28T10:00:00.000Z', { type: 'MatterReleased', data: released });
    // Answered, so that nothing of it runs.
    await filed(GRAFFITI, '2026-10-06T10:00:00.000Z');
    await add(`matter-${GRAFFITI}`, '2026-10-08T10:00:00.000Z', {
      type: 'MatterAnswered',
      data: {
        matterId: GRAFFITI,
        state: 'resolved',
        stateKind: 'fixed',
        happenedAt: '2026-10-08T10:00:00.000Z',
        words: refOf('answer'),
      },
    });
    await filed(idOf('thanks'), '2026-10-06T10:00:00.000Z', 'thanks');
    world.runner(store, allViews).start();
    await caughtUp();
  });

  it('move once when the holidays of their year are declared, and back when these are corrected', async () => {
    const before = await store.head();
    const running = mover('2026-12-30T10:00:00.000Z');
    await running.tick();
    expect(await moves(before)).toEqual([]);

    await add('city', '2026-12-30T09:00:00.000Z', declare(2027, ['2027-01-01', '2027-01-06']));
    await caughtUp();
    const declared = await store.head();
    await running.tick();
    const moved = [
      {
        type: 'DeadlineMoved',
        actor: 'system',
        matterId: LAMP,
        due: '2027-01-07T22:59:59.999Z',
      },
      {
        type: 'DeadlineMoved',
        actor: 'system',
        matterId: CASE,
        due: '2027-03-01T22:59:59.999Z',
        target: '2027-01-05T22:59:59.999Z',
      },
    ];
    const found = await moves(declared);
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining(moved));

    // Neither again, nor by another process, nor after a start.
    const after = await store.head();
    await caughtUp();
    await running.tick();
    const read = jest.spyOn(store, 'readStream');
    await mover('2026-12-30T12:00:00.000Z').tick();
    expect(await store.head()).toBe(after);
    // A target that days declared since its filing may move is looked at again; nothing else is.
    expect(read.mock.calls.map(([stream]) => stream)).toEqual(['city', `matter-${CASE}`]);
    read.mockRestore();

    // 1 January works after all: one working day fewer is needed. What the law gave is not taken back.
    await add('city', '2026-12-30T13:00:00.000Z', declare(2027, ['2027-01-06']));
    await caughtUp();
    const corrected = await store.head();
    await running.tick();
    expect(await moves(corrected)).toEqual([
      {
        type: 'DeadlineMoved',
        actor: 'system',
        matterId: CASE,
        due: '2027-03-01T22:59:59.999Z',
        target: '2027-01-04T22:59:59.999Z',
      },
    ]);
  });

  it('are moved once by two at the same time', async () => {
    await add('city', '2026-12-30T09:00:00.000Z', declare(2027, ['2027-01-01', '2027-01-06']));
    await caughtUp();
    const declared = await store.head();
    const now = '2026-12-30T10:00:00.000Z';
    await Promise.all([mover(now).tick(), mover(now).tick()]);
    expect(await moves(declared)).toHaveLength(2);
  });
});

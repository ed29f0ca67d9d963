import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldInto, projection } from '../../projections/projection.js';
import { addInto, mergeInto, Sum, sumsOf, type Sums } from '../../projections/sums.js';
import type { NewEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { ViewBuilder } from '../../src/views/builder.js';
import { advance } from '../../src/views/live.js';
import { sumsTableName } from '../../src/views/table.js';
import { granted, revoked, staffView, TestLog, World, type StaffRow } from './world.js';

/** How many people have a role, and a histogram of how often they were granted any. */
const summed = projection<StaffRow>({
  ...staffView,
  name: 'test_summed',
  sums: ({ roles, grants }) =>
    roles.map((role) => [`role/${role}`, { people: 1, grants, times: [grants] }] as const),
});

let world: World;

beforeAll(async () => {
  world = await World.create();
});
afterAll(async () => {
  await world.close();
});
afterEach(async () => {
  await world.stop();
  await world.clear();
});

const someEvents = fc.array(
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom('ana', 'b', 'z/9', 'x.1'),
        fc.array(fc.constantFrom('clerk', 'officer', 'mayor'), { minLength: 1, maxLength: 3 }),
      )
      .map(([name, roles]): NewEvent => granted(name, ...roles)),
    fc.constantFrom('ana', 'b', 'z/9', 'x.1').map((name): NewEvent => revoked(name)),
  ),
  { minLength: 1, maxLength: 40 },
);

function plain(sums: Sums): unknown {
  return Object.fromEntries(
    [...sums].map(([key, { figures, histograms }]) => [key, Object.fromEntries([...figures, ...histograms])]),
  );
}

async function stored(): Promise<unknown> {
  return plain(await world.views([summed]).sums(summed, ''));
}

describe('sums', () => {
  it('are those over the rows, for every page boundary and every build', async () => {
    await fc.assert(
      fc.asyncProperty(
        someEvents,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 6 }),
        async (list, pageSize, chunkRows) => {
          const log = new TestLog(new MemoryEventStore());
          await log.add(...list);
          const events = await log.events();
          const rows = foldInto(summed, new Map<string, StaffRow>(), events);
          const expected = plain(sumsOf(summed, rows.values()));

          await world.clear();
          await new ViewBuilder(world.pool, new MemoryEventStore(), nodeCrypto).build([summed]);
          const client = await world.pool.connect();
          for (let i = 0; i < events.length; i += pageSize)
            await advance(client, [summed], events.slice(i, i + pageSize), chunkRows);
          client.release();
          expect(await stored()).toEqual(expected);

          // Beside the live ones, and writing out whenever more than two rows are held.
          await new ViewBuilder(world.pool, log.store, nodeCrypto).build([summed], { pageSize, heldRows: 2 });
          expect(await stored()).toEqual(expected);
          await new ViewBuilder(world.pool, log.store, nodeCrypto).build([summed]);
          expect(await stored()).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('of events that come while it is built are there after the switch', async () => {
    const log = new TestLog(new MemoryEventStore());
    await log.add(granted('ana', 'clerk'), granted('b', 'clerk'));
    await new ViewBuilder(world.pool, log.store, nodeCrypto).build([summed]);
    // The live ones are ahead of what the build has folded when it switches.
    await log.add(granted('ana', 'mayor'), revoked('b'));
    const ahead = (await log.events()).slice(2);
    const builder = new ViewBuilder(
      world.pool,
      { readAll: log.store.readAll.bind(log.store), head: () => Promise.resolve(1n) } as typeof log.store,
      nodeCrypto,
    );
    const client = await world.pool.connect();
    await advance(client, [summed], ahead);
    client.release();
    await builder.build([summed]);
    expect(await stored()).toEqual({ 'role/mayor': { people: 1, grants: 2, times: [0, 0, 1] } });
  });

  it('are found by how their keys begin, and go with their view', async () => {
    const log = new TestLog(new MemoryEventStore());
    await log.add(granted('ana', 'a', 'b/1', 'b/{z}', 'b', 'c'));
    await new ViewBuilder(world.pool, log.store, nodeCrypto).build([summed]);
    const views = world.views([summed]);
    expect([...(await views.sums(summed, 'role/b/')).keys()]).toEqual(['role/b/1', 'role/b/{z}']);
    expect((await views.sums(summed, 'none')).size).toBe(0);

    // A version without sums takes the place of one that has some, and the other way.
    const { sums: _sums, ...without } = summed;
    const second = projection<StaffRow>({ ...without, version: 2 });
    await new ViewBuilder(world.pool, log.store, nodeCrypto).build([second]);
    const tables = await world.pool.query(`select to_regclass($1) as it`, [sumsTableName(summed)]);
    expect(tables.rows).toEqual([{ it: null }]);
    await expect(views.sums(summed, '')).rejects.toMatchObject({ code: 'views-behind' });
    const third = projection<StaffRow>({ ...summed, version: 3 });
    await new ViewBuilder(world.pool, log.store, nodeCrypto).build([third]);
    expect((await world.views([third]).sums(third, '')).size).toBe(5);
  });

  it('that cannot be taken stop the runner at the event, after what came before', async () => {
    const log = new TestLog(new MemoryEventStore());
    await log.add(granted('ana', 'clerk'), granted('b', 'poison'));
    const poisoned = projection<StaffRow>({
      ...summed,
      sums: ({ roles }) => {
        if (roles.includes('poison')) throw new Error('no sum');
        return [['all', { people: 1 }]];
      },
    });
    await new ViewBuilder(world.pool, new MemoryEventStore(), nodeCrypto).build([poisoned]);
    const client = await world.pool.connect();
    await expect(advance(client, [poisoned], await log.events())).rejects.toMatchObject({
      code: 'fold-poisoned',
      position: 1n,
    });
    client.release();
    expect(plain(await world.views([poisoned]).sums(poisoned, ''))).toEqual({ all: { people: 1 } });
  });
});

describe('adding', () => {
  it('leaves nothing where as much is taken away as was added', () => {
    const sums: Sums = new Map();
    addInto(sums, [
      ['a', { one: 1, two: 2 }],
      ['a', { two: 3 }],
      ['b', { one: 1 }],
    ]);
    addInto(
      sums,
      [
        ['a', { two: 5 }],
        ['b', { one: 1 }],
      ],
      -1,
    );
    expect(plain(sums)).toEqual({ a: { one: 1 } });
  });

  it('moves what a histogram has of each value, and leaves none of nothing', () => {
    const sums: Sums = new Map();
    addInto(sums, [
      ['a', { days: [0] }],
      ['a', { days: [400] }],
      ['a', { days: [3] }],
    ]);
    addInto(sums, [['a', { days: [400] }]], -1);
    expect(plain(sums)).toEqual({ a: { days: [1, 0, 0, 1] } });
    const back: Sums = new Map();
    addInto(back, [['a', { days: [0] }]], -1);
    addInto(back, [['a', { days: [3] }]], -1);
    mergeInto(sums, back);
    expect(plain(sums)).toEqual({});
  });
});

describe('a stored sum', () => {
  it('is read as it was, with a place for each value that there is', () => {
    const sums: Sums = new Map();
    addInto(sums, [
      ['a', { filed: 1, days: [1_000], other: [0] }],
      ['a', { filed: 1, days: [7] }],
      ['a', { filed: 1, days: [7] }],
    ]);
    const text = sums.get('a')?.toText() ?? '';
    expect(text).toBe('{"filed":3,"days":[7,2,1000,1],"other":[0,1]}');
    expect(Sum.fromText(text)).toEqual(sums.get('a'));
  });
});

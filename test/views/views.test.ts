import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import type { Views } from '../../src/views/views.js';
import { granted, revoked, staffView, TestLog, until, World, type StaffRow } from './world.js';

let world: World;
let log: TestLog;
let views: Views;

beforeAll(async () => {
  world = await World.create();
  log = new TestLog(new MemoryEventStore());
  views = world.views([staffView]);
  const runner = world.runner(log.store, [staffView]);
  runner.start();
  await until('active', () => runner.health().state === 'active' && runner.health().building.length === 0);
  // Some with a second role and some without, some granted several times.
  for (let i = 0; i < 60; i++) {
    await log.add(granted(`p${i % 37}`, ...(i % 3 === 0 ? ['clerk'] : [`r${i % 4}`, `s${i % 5}`])));
  }
  await views.atLeast(await log.store.head(), 5_000);
});
afterAll(async () => {
  await world.close();
});

async function everyRow(): Promise<{ key: string; row: StaffRow }[]> {
  return [...(await views.list(staffView, { limit: 1_000 })).rows];
}

describe('reads', () => {
  it('find rows by key', async () => {
    expect(await views.get(staffView, 'p0')).toEqual({ roles: ['r1', 's2'], grants: 2 });
    expect(await views.get(staffView, 'nobody')).toBeUndefined();
    const many = await views.many(staffView, ['p1', 'nobody', 'p36']);
    expect([...many.keys()].sort()).toEqual(['p1', 'p36']);
  });

  it('say which of some keys have rows that are so', async () => {
    const rows = await everyRow();
    const clerks = rows.filter(({ row }) => row.roles[0] === 'clerk' && row.grants % 2 === 0);
    const asked = ['nobody', ...rows.map(({ key }) => key)];
    const found = await views.those(staffView, asked, { first: 'clerk', even: true });
    expect(clerks.length).toBeGreaterThan(0);
    expect([...found].sort()).toEqual(clerks.map(({ key }) => key).sort());
    expect(await views.those(staffView, [], { first: 'clerk' })).toEqual(new Set());
  });

  it('list pages that together are every row once, in order, whatever the order and the page', async () => {
    const all = await everyRow();
    expect(all).toHaveLength(37);
    const value: Record<string, (row: StaffRow) => string | number | undefined> = {
      first: (row) => row.roles[0],
      second: (row) => row.roles[1],
      grants: (row) => row.grants,
    };
    const aColumn = fc.constantFrom('first', 'second', 'grants', '-first', '-second', '-grants');
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(aColumn, { maxLength: 3 }),
        fc.integer({ min: 1, max: 40 }),
        async (order, limit) => {
          const got: { key: string; row: StaffRow }[] = [];
          let after: string | undefined;
          do {
            const page = await views.list(staffView, {
              order,
              limit,
              ...(after === undefined ? {} : { after }),
            });
            got.push(...page.rows);
            after = page.next;
          } while (after !== undefined);
          const compare = (a: (typeof all)[number], b: (typeof all)[number]) => {
            const last = order.at(-1)?.startsWith('-') === true ? -1 : 1;
            for (const name of order) {
              const sign = name.startsWith('-') ? -1 : 1;
              const of = value[name.replace('-', '')];
              const [x, y] = [of?.(a.row), of?.(b.row)];
              if (x === y) continue;
              // No value is greater than every value.
              if (x === undefined) return sign;
              if (y === undefined) return -sign;
              return x < y ? -sign : sign;
            }
            return a.key < b.key ? -last : last;
          };
          expect(got.map(({ key }) => key)).toEqual([...all].sort(compare).map(({ key }) => key));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('filter by equal values, bounds and absence', async () => {
    const all = await everyRow();
    const keys = async (where: object) =>
      (await views.list(staffView, { where: where as never })).rows.map(({ key }) => key);
    const those = (holds: (row: StaffRow) => boolean) =>
      all.filter(({ row }) => holds(row)).map(({ key }) => key);
    expect(await keys({ first: 'clerk', grants: 2 })).toEqual(
      those((r) => r.roles[0] === 'clerk' && r.grants === 2),
    );
    expect(await keys({ second: undefined })).toEqual(those((r) => r.roles[1] === undefined));
    expect(await keys({ first: { gt: 'clerk', lte: 'r2' } })).toEqual(
      those((r) => (r.roles[0] ?? '') > 'clerk' && (r.roles[0] ?? '') <= 'r2'),
    );
    expect(await keys({ first: ['r1', 'r2', 'none'] })).toEqual(
      those((r) => r.roles[0] === 'r1' || r.roles[0] === 'r2'),
    );
    expect(await keys({ second: ['s1', undefined] })).toEqual(
      those((r) => r.roles[1] === 's1' || r.roles[1] === undefined),
    );
    expect((await keys({ first: 'clerk' })).length).toBeGreaterThan(0);
    await expect(keys({ nothing: 1 })).rejects.toThrow('no column');
  });

  it('refuse a cursor that they did not give', async () => {
    const { next } = await views.list(staffView, { order: ['first'], limit: 2 });
    expect(next).toBeDefined();
    for (const after of ['', 'x', Buffer.from('[1,2,3]').toString('base64url'), next ?? '']) {
      await expect(views.list(staffView, { order: ['grants'], after })).rejects.toMatchObject({
        code: 'invalid-cursor',
      });
    }
  });
});

describe('what changed last', () => {
  it('is known for a row and a view, and only moves when they change', async () => {
    const a = await log.add(granted('t1', 'tag'), granted('t2', 'tag'));
    await views.atLeast(a, 5_000);
    expect(await views.lastChanged(staffView, 't2')).toBe(a);
    expect(await views.lastChanged(staffView)).toBe(a);
    expect(await views.lastChanged(staffView, 'nobody')).toBe(-1n);

    // An event that changes nothing in the view moves its checkpoint only.
    const b = await log.add(revoked('nobody'));
    await views.atLeast(b, 5_000);
    expect(await views.checkpoint()).toBe(b);
    expect(await views.lastChanged(staffView)).toBe(a);

    // A row that goes away is a change of the view, and not of another row.
    const c = await log.add(revoked('t1'));
    await views.atLeast(c, 5_000);
    expect(await views.lastChanged(staffView)).toBe(c);
    expect(await views.lastChanged(staffView, 't2')).toBe(a);
  });
});

describe('freshness', () => {
  it('answers that the views are behind when the position does not come in time', async () => {
    const head = await log.store.head();
    await views.atLeast(head, 5_000);
    const started = Date.now();
    await expect(views.atLeast(head + 1n, 120)).rejects.toMatchObject({
      code: 'views-behind',
      retryAfterSeconds: 1,
    });
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('comes back to those who wait as soon as it is there, also after the listening connection was cut', async () => {
    for (let i = 0; i < 5; i++) {
      const head = await log.store.head();
      const waiting = Promise.all(Array.from({ length: 50 }, () => views.atLeast(head + 1n, 5_000)));
      await world.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen views'`,
      );
      await log.add(granted('waited', 'clerk'));
      await waiting;
    }
  });
});

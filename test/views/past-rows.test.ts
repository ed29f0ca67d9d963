/** Rows of a past against the tables: whatever is asked, both read the same; and a past costs one reading of the log. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldInto } from '../../projections/projection.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { Overloaded } from '../../src/event-store/event-store.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { InvalidCursor, type ListOptions, type Where } from '../../src/views/list.js';
import { PastStates, type PastAsked } from '../../src/views/past-states.js';
import { PastThread } from '../../src/views/past-thread.js';
import { PastViews } from '../../src/views/past-views.js';
import type { AsOf } from '../../src/views/view-reader.js';
import { Views } from '../../src/views/views.js';
import {
  auditedDigest,
  granted,
  revoked,
  rolesView,
  staffView,
  TestLog,
  until,
  World,
  type StaffRow,
} from './world.js';

/** Counts how often somebody reads it from some place on. */
class CountingStore extends MemoryEventStore {
  readings = 0;

  pageSize: number | undefined;

  override readAll: MemoryEventStore['readAll'] = (after, pageSize) => {
    this.readings += 1;
    return super.readAll(after, this.pageSize ?? pageSize);
  };
}

const VIEWS = [staffView, rolesView];

let world: World;
let store: CountingStore;
let log: TestLog;
let now: Views;
let head: bigint;

beforeAll(async () => {
  world = await World.create();
  store = new CountingStore();
  log = new TestLog(store);
  const runner = world.runner(store, VIEWS);
  runner.start();
  await until('active', () => runner.health().state === 'active' && runner.health().building.length === 0);
  for (let i = 0; i < 60; i++) {
    const name = `${['p', 'P', '_', '~'][i % 4]}${i % 37}`;
    await log.add(granted(name, ...(i % 3 === 0 ? ['clerk'] : [`r${i % 4}`, `s${i % 5}`])));
    if (i % 11 === 0) await log.add(revoked(name));
  }
  head = await store.head();
  now = new Views(world.pool, VIEWS, pasts());
  await now.atLeast(head, 5_000);
  // Nobody else reads the log from here on.
  await runner.stop();
});
afterAll(async () => {
  await now.close();
  await world.close();
});

const pasts = () => new PastViews(store, nodeCrypto, new PastThread(nodeCrypto, VIEWS));

const column = fc.constantFrom('first', 'second', 'grants', 'even');
const where: fc.Arbitrary<Where> = fc.oneof(
  fc.constant({}),
  fc.record({ first: fc.constantFrom('clerk', 'r1', 'nobody') }),
  fc.record({ second: fc.constantFrom('s1', undefined) }),
  fc.record({ first: fc.constant(['clerk', 'r2']) }),
  fc.record({ second: fc.constant(['s1', undefined]) }),
  fc.record({ even: fc.boolean() }),
  fc.record({
    grants: fc.record({ gte: fc.integer({ min: 0, max: 3 }), lt: fc.integer({ min: 1, max: 4 }) }),
  }),
  fc.record({ second: fc.record({ gt: fc.constantFrom('s0', 's2', 's9'), lte: fc.constant('s4') }) }),
);
const order = fc
  .uniqueArray(column, { maxLength: 3 })
  .chain((names) => fc.tuple(...names.map((name) => fc.constantFrom(name, `-${name}`))));

describe('rows of a past', () => {
  it('are those of the tables at the same place, page by page, by the same cursors', async () => {
    const then = await now.asOf({ index: head }, VIEWS);
    const property = fc.asyncProperty(
      where,
      order,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 3 }),
      async (wanted, by, limit, skip) => {
        for (let after: string | undefined; ;) {
          const options: ListOptions = {
            where: wanted,
            order: by,
            limit,
            skip,
            ...(after !== undefined && { after }),
          };
          const page = await now.list(staffView, options);
          expect(await then.list(staffView, options)).toEqual(page);
          if (page.next === undefined) return;
          after = page.next;
        }
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });

  it('are found by key and by column as in the tables', async () => {
    const then = await now.asOf({ index: head }, VIEWS);
    const { rows } = await now.list(staffView, { limit: 1_000 });
    const keys = [...rows.map(({ key }) => key), 'nobody'];
    expect(await then.many(staffView, keys)).toEqual(await now.many(staffView, keys));
    for (const key of keys) expect(await then.get(staffView, key)).toEqual(await now.get(staffView, key));
    const byKey = (found: readonly { key: string }[]) => [...found].sort((a, b) => (a.key < b.key ? -1 : 1));
    const values = ['clerk', 'r1', 'nobody'];
    expect(byKey(await then.having(staffView, 'first', values))).toEqual(
      byKey(await now.having(staffView, 'first', values)),
    );
  });

  it('are what the events up to there make, with the digest that an auditor gets', async () => {
    for (const index of [-1n, 0n, 17n, head - 1n]) {
      const events = await log.events(index);
      const then = await now.asOf({ index }, VIEWS);
      const { rows } = await then.list(staffView, { limit: 1_000 });
      const folded = foldInto(staffView, new Map<string, StaffRow>(), events);
      expect(new Map(rows.map(({ key, row }) => [key, row]))).toEqual(folded);
      expect(then.past).toEqual({
        index,
        digests: VIEWS.map((view) => ({
          view: `${view.name}@${view.version}`,
          digest: auditedDigest(view, events),
        })),
      });
      expect(await then.lastChanged(staffView)).toBe(index);
    }
    expect(now.past).toBeUndefined();
  });

  it('go no further, and are of the views that were asked for alone', async () => {
    const then = await now.asOf({ index: 5n }, [staffView]);
    await expect(then.atLeast(5n, 10)).resolves.toBeUndefined();
    await expect(then.atLeast(6n, 10)).rejects.toMatchObject({ code: 'views-behind' });
    await expect(then.get(rolesView, 'clerk')).rejects.toThrow('The past of test_roles@1 was not asked for');
  });

  it.each(['AAAA', Buffer.from('["grants",["x"],"p1"]').toString('base64url')])(
    'refuse the cursor %s',
    async (after) => {
      const then = await now.asOf({ index: head }, VIEWS);
      await expect(then.list(staffView, { order: ['grants'], after })).rejects.toThrow(InvalidCursor);
    },
  );
});

describe('folding a past', () => {
  it('reads the log once for all views, and not again for the same place', async () => {
    const fresh = pasts();
    store.readings = 0;
    const times: number[] = [];
    const place: AsOf = { index: 40n, took: (ms) => times.push(ms) };
    await fresh.at(VIEWS, place);
    expect([store.readings, times.length]).toEqual([1, 1]);
    await fresh.at([rolesView], place);
    expect([store.readings, times.length]).toEqual([1, 1]);
    // From the state that is kept on.
    const later = await fresh.at([staffView], { index: 50n });
    expect(store.readings).toBe(2);
    const digest = auditedDigest(staffView, await log.events(50n));
    expect(later.digests).toEqual([{ view: 'test_staff@1', digest }]);
  });

  it('goes on one after another, and a few wait', async () => {
    const fresh = pasts();
    const asked = Array.from({ length: 8 }, (_, at) => fresh.at(VIEWS, { index: BigInt(at) }));
    const came = await Promise.allSettled(asked);
    expect(came.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 5 }, () => 'fulfilled'),
      ...Array.from({ length: 3 }, () => 'rejected'),
    ]);
    for (const one of came) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Overloaded);
    await expect(fresh.at(VIEWS, { index: 7n })).resolves.toMatchObject({ index: 7n });
  });

  it('keeps few rows, and folds again what is searched after it was given up', async () => {
    const few = new PastStates(nodeCrypto, VIEWS, 40);
    const tell = (asked: PastAsked) => {
      const told = few.tell(asked);
      return 'failed' in told ? Promise.reject(told.failed) : Promise.resolve(told);
    };
    const thread = { tell, end: () => Promise.resolve() };
    const views = new Views(world.pool, VIEWS, new PastViews(store, nodeCrypto, thread));
    const then = await views.asOf({ index: head }, VIEWS);
    store.readings = 0;
    const page = await then.list(staffView);
    expect([page.rows.length, store.readings]).toEqual([(await now.list(staffView)).rows.length, 0]);
    const search = { do: 'search', view: 'test_staff@1', index: head, search: { keys: ['p1'] } } as const;
    for (const index of [10n, 20n, 30n]) await views.asOf({ index }, VIEWS);
    expect(few.tell(search)).toEqual({ found: 'gone' });
    store.readings = 0;
    expect([await then.list(staffView), store.readings]).toEqual([page, 1]);
    await views.close();
  });

  it('ends after a while, and tells what it took', async () => {
    const impatient = new PastViews(store, nodeCrypto, new PastThread(nodeCrypto, VIEWS), -1);
    const times: number[] = [];
    const place: AsOf = { index: head, took: (ms) => times.push(ms) };
    store.pageSize = 20;
    await expect(impatient.at(VIEWS, place)).rejects.toThrow(Overloaded);
    store.pageSize = undefined;
    expect(times.length).toBe(1);
    await expect(impatient.at(VIEWS, place)).resolves.toMatchObject({ index: head });
  });

  it('says what is wrong with an event, and folds other pasts afterwards', async () => {
    const damaged = new MemoryEventStore();
    const events = new TestLog(damaged);
    await events.add(granted('p1', 'clerk'));
    await events.add(granted('p2', 'clerk'));
    for await (const [, second] of damaged.readAll(-1n)) second?.leaf.fill(0, 10, 11);
    const fresh = new PastViews(damaged, nodeCrypto, new PastThread(nodeCrypto, VIEWS));
    await expect(fresh.at(VIEWS, { index: 1n })).rejects.toThrow('position 1');
    await expect(fresh.at(VIEWS, { index: 0n })).resolves.toMatchObject({ index: 0n });
  });
});

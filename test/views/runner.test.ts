import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NewEvent } from '../../projections/event.js';
import { projection } from '../../projections/projection.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { ViewBuilder } from '../../src/views/builder.js';
import { advance } from '../../src/views/live.js';
import { digestOf, digestsOf } from '../../src/views/digest.js';
import {
  auditedDigest,
  granted,
  revoked,
  rolesView,
  staffView,
  TestLog,
  toAppend,
  until,
  World,
} from './world.js';

const VIEWS = [staffView, rolesView];

let world: World;
let log: TestLog;

beforeAll(async () => {
  world = await World.create();
});
afterAll(async () => {
  await world.close();
});
beforeEach(() => {
  log = new TestLog(new MemoryEventStore());
});
afterEach(async () => {
  await world.stop();
  await world.clear();
});

const aName = fc.constantFrom('ana', 'b', 'B', 'a', 'z/9', 'x.1', 'zz');
const aRole = fc.constantFrom('clerk', 'officer', 'mayor', 'x');
const someEvents = fc.array(
  fc.oneof(
    fc
      .tuple(aName, fc.array(aRole, { minLength: 1, maxLength: 4 }))
      .map(([name, roles]): NewEvent => granted(name, ...roles)),
    aName.map((name): NewEvent => revoked(name)),
  ),
  { maxLength: 40 },
);

/** Makes the views live with nothing in them. */
async function emptyViews(): Promise<void> {
  await world.clear();
  await new ViewBuilder(world.pool, new MemoryEventStore(), nodeCrypto).build(VIEWS);
}

async function everything(): Promise<unknown[]> {
  const checkpoints = await world.pool.query('select * from views.checkpoints order by name');
  return [checkpoints.rows, await world.table(staffView), await world.table(rolesView)];
}

describe('rows', () => {
  it('are the same for every page boundary, for every build, and as an auditor folds them', async () => {
    await fc.assert(
      fc.asyncProperty(
        someEvents.filter((events) => events.length > 0),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 6 }),
        async (list, pageSize, chunkRows) => {
          log = new TestLog(new MemoryEventStore());
          await log.add(...list);
          const events = await log.events();

          await emptyViews();
          const client = await world.pool.connect();
          for (let i = 0; i < events.length; i += pageSize) {
            await advance(client, VIEWS, events.slice(i, i + pageSize), chunkRows);
          }
          client.release();
          const paged = await everything();
          for (const { digest, view, index } of await digestsOf(world.pool, nodeCrypto, VIEWS)) {
            const audited = VIEWS.find(({ name, version }) => `${name}@${version}` === view) ?? staffView;
            expect(digest).toBe(auditedDigest(audited, events));
            expect(index).toBe(events.at(-1)?.position);
          }

          // Beside the live ones, and writing out whenever more than two rows are held.
          await new ViewBuilder(world.pool, log.store, nodeCrypto).build(VIEWS, { pageSize, heldRows: 2 });
          expect(await everything()).toEqual(paged);
          await new ViewBuilder(world.pool, log.store, nodeCrypto).build(VIEWS);
          expect(await everything()).toEqual(paged);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it('keep every text exactly, also through COPY', async () => {
    const odd = projection<{ text: string; none?: string }>({
      name: 'test_odd',
      version: 1,
      on: {
        RoleGranted: {
          key: ({ data }) => `${data.actorId}\t\\N\n"\r\\`,
          fold: (_, { data }) => ({ text: `${data.roles.join()} \\ " ' \\. {},` }),
        },
      },
      columns: {
        text: { type: 'text', value: (row) => `${row.text}\t\\N` },
        none: { type: 'text', value: () => undefined },
      },
    });
    await log.add(granted('ana', 'clerk'), granted('\\N', 'x'));
    await new ViewBuilder(world.pool, log.store, nodeCrypto).build([odd]);
    const built = await world.table(odd);
    expect(built).toHaveLength(2);
    expect(built[1]).toEqual({
      key: 'ana\t\\N\n"\r\\',
      row: JSON.stringify({ text: `clerk \\ " ' \\. {},` }),
      changed_at: '0',
      text: `clerk \\ " ' \\. {},\t\\N`,
      none: null,
    });
    expect((await digestOf(world.pool, nodeCrypto, odd)).digest).toBe(auditedDigest(odd, await log.events()));
    await world.clear();
    await new ViewBuilder(world.pool, new MemoryEventStore(), nodeCrypto).build([odd]);
    const client = await world.pool.connect();
    await advance(client, [odd], await log.events());
    client.release();
    expect(await world.table(odd)).toEqual(built);
  });
});

describe('the runner', () => {
  it('follows the log', async () => {
    const runner = world.runner(log.store, VIEWS);
    const views = world.views(VIEWS);
    runner.start();
    for (let i = 0; i < 20; i++) {
      const position = await log.add(granted(`p${i % 7}`, 'clerk'), granted('ana', 'mayor', 'x'));
      await views.atLeast(position, 5_000);
      expect(await views.get(staffView, 'ana')).toEqual({ roles: ['mayor', 'x'], grants: i + 1 });
    }
    // Readers are told by the commit, which the runner itself hears of a moment later.
    await until('the last is known', () => runner.health().position === 39n);
    expect(runner.health()).toMatchObject({ state: 'active', building: [], superseded: [] });
  });

  it('stops at an event whose type it does not know, and has folded everything before it', async () => {
    const position = await log.add(granted('ana', 'clerk'), granted('b', 'clerk'));
    const { leaf, hash } = toAppend(granted('c', 'clerk'), 'other', 900);
    const text = new TextDecoder().decode(leaf).replace('RoleGranted', 'RoleDreamed');
    const dreamed = new TextEncoder().encode(text);
    const { leafHash } = await import('../../projections/hash.js');
    expect(hash).not.toEqual(leafHash(nodeCrypto, dreamed));
    const runner = world.runner(log.store, VIEWS);
    runner.start();
    const views = world.views(VIEWS);
    await views.atLeast(position, 5_000);
    await log.append('other', {
      id: '00000000-0000-5000-8000-000000000384',
      type: 'RoleDreamed',
      leaf: dreamed,
      hash: leafHash(nodeCrypto, dreamed),
    });
    const after = await log.add(granted('d', 'clerk'));
    await until('halted', () => runner.health().state === 'halted');
    expect(runner.health().error).toMatchObject({ code: 'event-unknown' });
    expect(await views.checkpoint()).toBe(position);
    await expect(views.atLeast(after, 100)).rejects.toMatchObject({ code: 'views-behind' });
    expect(await views.get(staffView, 'd')).toBeUndefined();
  });

  it('names view and position of an event that a fold throws at, and has folded everything before it', async () => {
    const poisoned = projection<{ n: number }>({
      name: 'test_poisoned',
      version: 1,
      on: {
        RoleGranted: {
          key: ({ data }) => data.actorId,
          fold: (_, { data }) => {
            if (data.actorId === 'poison') throw new Error('a bug');
            return { n: 1 };
          },
        },
      },
    });
    await log.add(granted('ana', 'clerk'));
    const runner = world.runner(log.store, [staffView, poisoned]);
    runner.start();
    await until('active', () => runner.health().state === 'active' && runner.health().building.length === 0);
    await runner.stop();
    await log.add(granted('b', 'clerk'), granted('poison', 'clerk'), granted('c', 'clerk'));
    runner.start();
    await until('halted', () => runner.health().state === 'halted');
    expect(runner.health().error).toMatchObject({
      code: 'fold-poisoned',
      view: 'test_poisoned@1',
      position: 2n,
    });
    expect((await world.table(staffView)).length).toBe(2);
    expect((await world.table(poisoned)).length).toBe(2);

    // The corrected program takes over where it stopped.
    const corrected = world.runner(log.store, [
      staffView,
      { ...poisoned, on: { RoleGranted: { key: ({ data }) => data.actorId, fold: () => ({ n: 1 }) } } },
    ]);
    corrected.start();
    await until('past it', () => corrected.health().position === 3n);
    expect((await world.table(staffView)).length).toBe(4);
  });

  it('tries again when the database refuses, and neither loses nor doubles anything', async () => {
    const runner = world.runner(log.store, VIEWS, { pageSize: 3 });
    runner.start();
    await until('active', () => runner.health().state === 'active' && runner.health().building.length === 0);
    await world.asAdmin(`
      create function views.full_disk() returns trigger language plpgsql as $$
      begin raise exception 'no space left on device' using errcode = '53100'; end $$;
      create trigger full_disk before update on views.checkpoints for each row execute function views.full_disk()`);
    const position = await log.add(...Array.from({ length: 10 }, () => granted('ana', 'clerk')));
    await until('retrying', () => runner.health().state === 'retrying');
    expect(runner.health().error).toMatchObject({ code: '53100' });
    await world.asAdmin('drop function views.full_disk cascade');
    await world.views(VIEWS).atLeast(position, 9_000);
    await until('active again', () => runner.health().state === 'active');
    expect(runner.health().error).toBeUndefined();
    expect(await world.views(VIEWS).get(staffView, 'ana')).toEqual({ roles: ['clerk'], grants: 10 });
  });

  it('loses nothing and doubles nothing while its connections are cut again and again', async () => {
    const runner = world.runner(log.store, VIEWS, { pageSize: 2 });
    runner.start();
    const views = world.views(VIEWS);
    let cut = 0;
    for (let i = 0; i < 25; i++) {
      await log.add(...Array.from({ length: 12 }, (_, j) => granted(`p${j % 5}`, 'clerk', 'x')));
      const { rowCount } = await world.pool.query(
        `select pg_terminate_backend(pid) from pg_locks
         where locktype = 'advisory' and objid = 1 and granted and database = (select oid from pg_database where datname = current_database())`,
      );
      cut += rowCount ?? 0;
      await new Promise((resolve) => setTimeout(resolve, i * 4));
    }
    expect(cut).toBeGreaterThan(3);
    await views.atLeast(await log.store.head(), 20_000);
    const events = await log.events();
    expect((await digestOf(world.pool, nodeCrypto, staffView)).digest).toBe(auditedDigest(staffView, events));
    expect((await digestOf(world.pool, nodeCrypto, rolesView)).digest).toBe(auditedDigest(rolesView, events));
  });

  it('is active once in a database; another takes over when its connection dies', async () => {
    const runners = [
      world.runner(log.store, VIEWS),
      world.runner(log.store, VIEWS),
      world.runner(log.store, VIEWS),
    ];
    for (const runner of runners) runner.start();
    const active = () => runners.filter((runner) => runner.health().state === 'active');
    const views = world.views(VIEWS);
    await views.atLeast(await log.add(granted('ana', 'clerk')), 5_000).catch(() => undefined);
    await until('one active', () => active().length > 0);
    for (let i = 0; i < 10; i++) {
      await views.atLeast(await log.add(granted('ana', 'clerk')), 5_000);
      expect(active()).toHaveLength(1);
    }
    const [first] = active();
    await first?.stop();
    const position = await log.add(granted('ana', 'clerk'));
    await views.atLeast(position, 5_000);
    await until('another', () => active().length === 1);
    expect(active()[0]).not.toBe(first);
    expect(await views.get(staffView, 'ana')).toMatchObject({ grants: 12 });
  });
});

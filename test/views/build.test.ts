import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { projection } from '../../projections/projection.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { CommandLog } from '../../src/event-store/command-log.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import type { BuildProgress } from '../../src/views/build.js';
import { readCheckpoints } from '../../src/views/checkpoints.js';
import { digestOf } from '../../src/views/digest.js';
import { publishDigests } from '../../src/views/publish.js';
import type { ViewRunner } from '../../src/views/runner.js';
import {
  auditedDigest,
  granted,
  rolesView,
  staffView,
  TestLog,
  until,
  World,
  type StaffRow,
} from './world.js';

const VIEWS = [staffView, rolesView];
/** The same people, counted in tens. */
const staffV2 = projection<StaffRow>({
  ...staffView,
  version: 2,
  on: {
    RoleGranted: {
      key: ({ data }) => data.actorId,
      fold: (row, { data }) => ({ roles: data.roles, grants: (row?.grants ?? 0) + 10 }),
    },
  },
});

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

async function live(runner: ViewRunner): Promise<void> {
  runner.start();
  await until('live', () => runner.health().state === 'active' && runner.health().building.length === 0);
}

async function crowd(count: number): Promise<bigint> {
  return log.add(...Array.from({ length: count }, (_, i) => granted(`p${i % 50}`, 'clerk', `r${i % 9}`)));
}

describe('a build', () => {
  it('goes on beside the live view while events arrive, and loses and doubles none of them', async () => {
    // So many that the rebuild outlasts several events also where other tests share the processors.
    await crowd(9_000);
    const runner = world.runner(log.store, VIEWS, { pageSize: 100 });
    await live(runner);
    const progress: BuildProgress[] = [];
    const state = { done: false };
    const rebuilt = runner
      .rebuild(undefined, { pageSize: 50, heldRows: 20, onProgress: (p) => progress.push(p) })
      .finally(() => (state.done = true));
    const views = world.views(VIEWS);
    let meanwhile = 0;
    while (!state.done) {
      // The live ones go on, and can be read at any time.
      await views.atLeast(await crowd(20), 5_000);
      expect(await views.get(staffView, 'p1')).toBeDefined();
      meanwhile++;
    }
    await rebuilt;
    await views.atLeast(await crowd(20), 5_000);
    expect(meanwhile).toBeGreaterThan(2);
    expect(progress.length).toBeGreaterThan(20);
    expect(progress[0]).toMatchObject({ views: ['test_staff@1', 'test_roles@1'], position: 49n });
    const events = await log.events();
    for (const view of VIEWS) {
      expect(await digestOf(world.pool, nodeCrypto, view)).toEqual({
        view: `${view.name}@1`,
        index: events.at(-1)?.position,
        digest: auditedDigest(view, events),
      });
    }
  }, 60_000);

  it('of a new version replaces the old one in one step while events arrive', async () => {
    await crowd(500);
    const before = world.runner(log.store, VIEWS);
    await live(before);
    // The new program builds its version while the old one still runs.
    const after = world.runner(log.store, [staffV2, rolesView]);
    const old = world.views(VIEWS);
    const fresh = world.views([staffV2, rolesView]);
    await expect(fresh.get(staffV2, 'p1')).rejects.toMatchObject({ code: 'views-behind' });
    expect(await old.get(staffView, 'p1')).toMatchObject({ grants: 10 });
    await after.rebuild('test_staff');
    expect(await fresh.get(staffV2, 'p1')).toMatchObject({ grants: 100 });
    await expect(old.get(staffView, 'p1')).rejects.toMatchObject({ code: 'views-behind' });
    await crowd(100);
    await before.stop();
    await live(after);
    await fresh.atLeast(await crowd(50), 5_000);
    const events = await log.events();
    expect((await digestOf(world.pool, nodeCrypto, staffV2)).digest).toBe(auditedDigest(staffV2, events));
    expect((await digestOf(world.pool, nodeCrypto, rolesView)).digest).toBe(auditedDigest(rolesView, events));
    const states = (await readCheckpoints(world.pool)).map((c) => `${c.name}@${c.version} ${c.state}`).sort();
    expect(states).toEqual(['test_roles@1 live', 'test_staff@1 retired', 'test_staff@2 live']);
    const tables = await world.pool.query(`select 1 from pg_tables where schemaname = 'views'`);
    expect(tables.rowCount).toBe(3);

    // An older program that is started by mistake does not build its version back.
    await after.stop();
    const mistaken = world.runner(log.store, VIEWS);
    await live(mistaken);
    expect(mistaken.health().superseded).toEqual(['test_staff@1']);
    expect(await fresh.get(staffV2, 'p1')).toBeDefined();
  }, 60_000);

  it('that was interrupted is begun again, and the live view is as it was', async () => {
    await crowd(400);
    const runner = world.runner(log.store, VIEWS);
    await live(runner);
    const table = await world.table(staffView);
    const abort = new AbortController();
    const options = { pageSize: 20, heldRows: 5, signal: abort.signal, onProgress: () => abort.abort() };
    await expect(runner.rebuild('test_staff', options)).rejects.toMatchObject({ name: 'AbortError' });
    expect((await readCheckpoints(world.pool)).some((c) => c.state === 'building')).toBe(true);
    expect(await world.table(staffView)).toEqual(table);
    await runner.rebuild('test_staff');
    expect(await world.table(staffView)).toEqual(table);
    expect((await readCheckpoints(world.pool)).every((c) => c.state === 'live')).toBe(true);
    await expect(runner.rebuild('nothing')).rejects.toThrow('no view');
  });

  it('waits with its switch for somebody who reads the old table', async () => {
    await crowd(100);
    const runner = world.runner(log.store, VIEWS);
    await live(runner);
    const reader = await world.pool.connect();
    await reader.query('begin');
    await reader.query('select count(*) from views.test_staff_v1');
    let switched = false;
    const rebuilt = runner.rebuild('test_staff').then(() => (switched = true));
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(switched).toBe(false);
    await world.views(VIEWS).atLeast(await crowd(5), 5_000);
    await reader.query('commit');
    reader.release();
    await rebuilt;
    await world.views(VIEWS).atLeast(await crowd(5), 5_000);
    expect((await digestOf(world.pool, nodeCrypto, staffView)).digest).toBe(
      auditedDigest(staffView, await log.events()),
    );
  });
});

describe('published digests', () => {
  it('are what an auditor folds at the index that they name', async () => {
    const runner = world.runner(log.store, VIEWS);
    await live(runner);
    const views = world.views(VIEWS);
    await views.atLeast(await crowd(60), 5_000);
    const commands = new CommandLog(log.store, nodeCrypto, new Uint8Array(32));
    const meta = {
      commandId: '5b7d1c0e-7f0e-4a57-9f0f-0d6d2f6f3f01',
      actor: 'system',
      at: '2026-10-01T08:00:00.000Z',
    };
    const published = () =>
      publishDigests({ pool: world.pool, crypto: nodeCrypto, log: commands }, VIEWS, meta);
    expect(await published()).toMatchObject({ stream: 'views', repeated: false });
    await views.atLeast(await crowd(30), 5_000);
    expect(await published()).toMatchObject({ repeated: true });
    const found = (await log.events()).flatMap((event) =>
      event.type === 'ViewPublished' ? [event.data] : [],
    );
    expect(found.map(({ view, index }) => [view, index])).toEqual([
      ['test_staff@1', 59],
      ['test_roles@1', 59],
    ]);
    for (const [i, { index, digest }] of found.entries()) {
      expect(digest).toBe(auditedDigest(VIEWS[i] ?? staffView, await log.events(BigInt(index))));
    }
  });
});

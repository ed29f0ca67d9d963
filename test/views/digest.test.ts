/** What taking a digest costs the others: a connection of theirs, the event loop, the end of the program. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { CommandLog } from '../../src/event-store/command-log.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { ViewBuilder } from '../../src/views/builder.js';
import { digestsOf } from '../../src/views/digest.js';
import { publishDigests } from '../../src/views/publish.js';
import { auditedDigest, granted, rolesView, staffView, TestLog, World } from './world.js';

const ROWS = 3_000;
let world: World;
let log: TestLog;
let expected: string;

beforeAll(async () => {
  world = await World.create();
  log = new TestLog(new MemoryEventStore());
  await log.add(...Array.from({ length: ROWS }, (_, i) => granted(`p${i}`, 'clerk')));
  await new ViewBuilder(world.pool, log.store, nodeCrypto).build([staffView, rolesView]);
  expected = auditedDigest(staffView, await log.events());
});
afterAll(() => world.close());

describe('taking digests', () => {
  it('needs none of the pool’s connections', async () => {
    const pool = world.newPool({ max: 1, connectionTimeoutMillis: 500 });
    const lent = await pool.connect();
    const [digest] = await digestsOf(pool, nodeCrypto, [staffView]);
    expect(digest).toEqual({ view: 'test_staff@1', index: BigInt(ROWS - 1), digest: expected });
    lent.release();
  });

  it('lets others have their turn while rows are hashed', async () => {
    let hashed = 0;
    let most = 0;
    const counting = {
      sha256: (bytes: Uint8Array) => {
        hashed++;
        return nodeCrypto.sha256(bytes);
      },
    };
    const state = { ended: false };
    const turns = (async () => {
      for (let before = 0; !state.ended; before = hashed) {
        await new Promise((resolve) => setImmediate(resolve));
        most = Math.max(most, hashed - before);
      }
    })();
    await digestsOf(world.pool, counting, [staffView]);
    state.ended = true;
    await turns;
    // Of each row its own hash and about one above it.
    expect(hashed).toBeGreaterThan(2 * ROWS - 100);
    expect(most).toBeLessThan(ROWS / 2);
  });

  it('ends where it is told to, and leaves no connection', async () => {
    const abort = new AbortController();
    let hashed = 0;
    const slow = {
      sha256: (bytes: Uint8Array) => {
        if (++hashed === 500) abort.abort();
        return nodeCrypto.sha256(bytes);
      },
    };
    await expect(digestsOf(world.pool, slow, [staffView], abort.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(hashed).toBeLessThan(ROWS);
    const client = new Client(world.pool.options);
    await client.connect();
    const open = async () => {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity
         where datname = current_database() and state like 'idle in transaction%'`,
      );
      return rows[0]?.n;
    };
    for (let tries = 0; tries < 100 && (await open()) !== 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await open()).toBe(0);
    await client.end();
  });
});

describe('publishing digests', () => {
  it('waits while the views have not come to one position', async () => {
    await log.add(granted('late', 'clerk'));
    await new ViewBuilder(world.pool, log.store, nodeCrypto).build([staffView]);
    const commands = new CommandLog(log.store, nodeCrypto, new Uint8Array(32));
    const meta = { commandId: 'one', actor: 'system', at: '2026-10-01T08:00:00.000Z' };
    const publish = () =>
      publishDigests({ pool: world.pool, crypto: nodeCrypto, log: commands }, [staffView, rolesView], meta);
    const before = await log.store.head();
    await expect(publish()).rejects.toMatchObject({ code: 'views-behind' });
    expect(await log.store.head()).toBe(before);
    await new ViewBuilder(world.pool, log.store, nodeCrypto).build([rolesView]);
    expect(await publish()).toMatchObject({ repeated: false, position: before + 2n });
  });
});

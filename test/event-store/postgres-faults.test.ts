/** What becomes of appends when connections break, locks are held, queues are full, or there is no database. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { EngineUnavailable, Overloaded } from '../../src/event-store/event-store.js';
import { PostgresEventStore, type PostgresEventStoreOptions } from '../../src/event-store/postgres.js';
import { makePool } from '../../src/postgres/pools.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { cuttingProxy } from './cutting-proxy.js';
import { append, event, events, logOf, newStream, range, streamOf } from './samples.js';

const quiet = { info: () => undefined, warn: () => undefined };

describe('the Postgres engine, when something breaks', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  let ending: (() => Promise<unknown>)[];
  beforeEach(async () => {
    database = await createTestDatabase();
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    ending = [];
  });
  afterEach(async () => {
    for (const end of ending.reverse()) await end();
    await admin.end();
    await database.drop();
  });

  function open(options: PostgresEventStoreOptions = {}, pool = makePool(database.url, quiet, { max: 4 })) {
    const store = new PostgresEventStore(pool, options);
    ending.push(() => pool.end());
    ending.push(() => store.close());
    return store;
  }

  /** The head row held by somebody else, until the returned function is called. */
  async function holdHead(): Promise<() => Promise<void>> {
    const holder = new pg.Client({ connectionString: database.ownerUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from log_head for update');
    return () => holder.end();
  }

  it('is not misled by what anybody who may connect says on its channel', async () => {
    const store = open({ pollMs: 200 });
    let calls = 0;
    store.onAppended(() => calls++);
    const heard = async () => {
      const before = calls;
      await store.append(append(newStream(), 'no-stream', event()));
      for (let i = 0; i < 100 && calls === before; i++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      expect(calls).toBeGreaterThan(before);
    };
    await heard();
    for (const said of ['', 'x', '-7', '1.5', '9'.repeat(40)])
      await admin.query(`notify concejo_appended, '${said}'`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await heard();
    await heard();
  });

  it('loses nothing acknowledged and doubles nothing when its connections are killed under load', async () => {
    const engines = [open(), open()];
    const kills = 12;
    let killed = 0;
    let written = 0;
    const killer = (async () => {
      while (killed < kills) {
        // By progress, so that a slow machine is not killed to a standstill; and later in the next batch each time.
        const enough = written + 64;
        for (let i = 0; written < enough && i < 10_000; i++)
          await new Promise((resolve) => setTimeout(resolve, 1));
        await new Promise((resolve) => setTimeout(resolve, killed * 2));
        const { rowCount } = await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
           order by state = 'idle' limit 1`,
        );
        killed += rowCount ?? 0;
      }
    })();
    const acknowledged = await Promise.all(
      Array.from({ length: 32 }, async (_, w) => {
        const stream = newStream();
        const ids: string[] = [];
        for (let i = 0; killed < kills; i++) {
          const list = events(2);
          const expected = i === 0 ? 'no-stream' : BigInt(ids.length - 1);
          const receipt = await engines[w % 2]!.append(append(stream, expected, ...list));
          // What an earlier try of its own has written is no repetition.
          expect(receipt).toMatchObject({ revision: BigInt(ids.length + 1), repeated: false });
          ids.push(...list.map(({ id }) => id));
          written++;
        }
        return { stream, ids };
      }),
    );
    await killer;
    const total = acknowledged.reduce((sum, { ids }) => sum + ids.length, 0);
    expect(total).toBeGreaterThanOrEqual(kills * 64 * 2);
    const log = await logOf(open());
    expect(log.map(({ position }) => position)).toEqual(range(0n, total));
    for (const { stream, ids } of acknowledged) {
      expect(log.filter((each) => each.stream === stream).map(({ id }) => id)).toEqual(ids);
    }
  });

  it('finds by their ids the events of a commit whose answer was lost', async () => {
    const { proxy, config } = await cuttingProxy(database.url);
    const pool = new pg.Pool({ ...config, max: 2 });
    pool.on('error', () => undefined);
    ending.push(() => proxy.close());
    const store = open({}, pool);
    const stream = newStream();
    const first = await store.append(append(stream, 'no-stream', event()));
    proxy.loseAnswers(2);
    const list = [append(stream, 0n, ...events(2)), append(newStream(), 'no-stream', event())];
    const receipts = await Promise.all(list.map((each) => store.append(each)));
    expect(proxy.lost).toBe(2);
    expect(receipts).toEqual([
      { revision: 2n, position: first.position + 2n, repeated: false },
      { revision: 0n, position: first.position + 3n, repeated: false },
    ]);
    expect(await logOf(store)).toHaveLength(4);
    // The caller's own repetition is one.
    expect(await store.append(list[0]!)).toMatchObject({ revision: 2n, repeated: true });
  });

  it('gives up a connection that no longer answers, and goes on over a new one', async () => {
    const { proxy, config } = await cuttingProxy(database.url);
    const pool = new pg.Pool({ ...config, max: 2 });
    pool.on('error', () => undefined);
    ending.push(() => proxy.close());
    const store = open({ tryMs: 300 }, pool);
    await store.append(append(newStream(), 'no-stream', event()));
    proxy.freeze();
    const waiting = store.append(append(newStream(), 'no-stream', event()));
    await new Promise((resolve) => setTimeout(resolve, 200));
    proxy.thaw();
    expect(await waiting).toMatchObject({ position: 1n, repeated: false });
  });

  it('gives up reading from a server that no longer answers, and reads again over a new connection', async () => {
    const { proxy, config } = await cuttingProxy(database.url);
    ending.push(() => proxy.close());
    const pool = new pg.Pool({ ...config, max: 2, connectionTimeoutMillis: 2_000 });
    pool.on('error', () => undefined);
    const store = open({ readMs: 300 }, pool);
    const stream = newStream();
    await store.append(append(stream, 'no-stream', event()));
    proxy.freeze();
    const reads = [() => streamOf(store, stream), () => store.head(), () => store.leafHashes(-1n, 10)];
    for (const read of reads) await expect(read()).rejects.toThrow(EngineUnavailable);
    proxy.thaw();
    expect(await streamOf(store, stream)).toHaveLength(1);
  });

  it('waits for a head row that somebody else holds, and is written once', async () => {
    const store = open({ tryMs: 200 });
    const release = await holdHead();
    const waiting = store.append(append(newStream(), 'no-stream', ...events(2)));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await store.head()).toBe(-1n);
    await release();
    expect(await waiting).toEqual({ revision: 1n, position: 1n, repeated: false });
    expect(await logOf(store)).toHaveLength(2);
  });

  it('refuses what is too much to wait, by count and by bytes, and writes what it took', async () => {
    for (const limits of [{ waitingAppends: 4 }, { waitingBytes: 4 * 1_000 }]) {
      const store = open(limits);
      const release = await holdHead();
      const before = await store.head();
      const under = store.append(append(newStream(), 'no-stream', event()));
      // Until the first is on its way and holds no place in the queue.
      await new Promise((resolve) => setTimeout(resolve, 50));
      const ends = Array.from({ length: 7 }, () =>
        store.append(append(newStream(), 'no-stream', event(new Uint8Array(1_000)))),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      await release();
      const settled = await Promise.allSettled(ends);
      expect(settled.map(({ status }) => status === 'fulfilled')).toEqual(
        [0, 1, 2, 3, 4, 5, 6].map((i) => i < 4),
      );
      for (const end of settled) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(Overloaded);
      await under;
      expect(await store.head()).toBe(before + 5n);
    }
  });

  it('says that it is unavailable, to all that wait and in time, when there is no database', async () => {
    const nowhere = new pg.Pool({ host: '127.0.0.1', port: 1, max: 2 });
    const store = open({ retryMs: 500, batchAppends: 10 }, nowhere);
    const started = performance.now();
    const ends = await Promise.allSettled(
      Array.from({ length: 50 }, () => store.append(append(newStream(), 'no-stream', event()))),
    );
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(ends).toHaveLength(50);
    for (const end of ends)
      expect(end).toMatchObject({ status: 'rejected', reason: expect.any(EngineUnavailable) });
    await expect(store.head()).rejects.toBeInstanceOf(EngineUnavailable);
    await expect(streamOf(store, 'any')).rejects.toBeInstanceOf(EngineUnavailable);
    await expect(logOf(store)).rejects.toBeInstanceOf(EngineUnavailable);
  });

  it('goes on telling readers after the connection that listens was killed', async () => {
    const [reader, writer] = [open({ pollMs: 50 }), open()];
    let heard = 0;
    reader.onAppended(() => heard++);
    const until = async (condition: () => Promise<boolean> | boolean) => {
      for (let i = 0; i < 200; i++) {
        if (await condition()) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('It did not happen');
    };
    const listening = `select pid from pg_stat_activity where datname = current_database() and query ~ '^listen'`;
    await until(async () => (await admin.query(listening)).rowCount === 1);
    const { rows } = await admin.query<{ pid: number }>(listening);
    await admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await until(async () => {
      const now = await admin.query<{ pid: number }>(listening);
      return now.rowCount === 1 && now.rows[0]?.pid !== rows[0]?.pid;
    });
    await writer.append(append(newStream(), 'no-stream', event()));
    await until(() => heard > 0);
  });

  it('answers what waits before it closes, and takes nothing afterwards', async () => {
    const store = open();
    const waiting = Array.from({ length: 20 }, () => store.append(append(newStream(), 'no-stream', event())));
    await store.close();
    await expect(store.append(append(newStream(), 'no-stream', event()))).rejects.toBeInstanceOf(
      EngineUnavailable,
    );
    expect((await Promise.all(waiting)).map(({ position }) => position).sort(byValue)).toEqual(range(0n, 20));
  });
});

function byValue(a: bigint, b: bigint): number {
  return Number(a - b);
}

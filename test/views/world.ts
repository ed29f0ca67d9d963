/** A database of its own with runners, reads and a log, and test views over the events of the staff. */
import { Client, Pool, type PoolConfig } from 'pg';
import { toBase64url } from '../../projections/bytes.js';
import { leafBytes, openEvent, type LogEvent, type NewEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { byKeyBytes, foldInto, projection, viewDigest } from '../../projections/projection.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore, EventToAppend } from '../../src/event-store/event-store.js';
import { ViewRunner, type RunnerOptions } from '../../src/views/runner.js';
import { tableName, type AnyProjection } from '../../src/views/table.js';
import { Views } from '../../src/views/views.js';
import { createTestDatabase } from '../database.js';

export interface StaffRow {
  roles: readonly string[];
  grants: number;
}

/** One row a person: comes, changes and goes. */
export const staffView = projection<StaffRow>({
  name: 'test_staff',
  version: 1,
  on: {
    RoleGranted: {
      key: ({ data }) => data.actorId,
      fold: (row, { data }) => ({ roles: data.roles, grants: (row?.grants ?? 0) + 1 }),
    },
    RoleRevoked: { key: ({ data }) => data.actorId, fold: () => undefined },
  },
  columns: {
    first: { type: 'text', value: (row) => row.roles[0] },
    second: { type: 'text', value: (row) => row.roles[1] },
    grants: { type: 'integer', value: (row) => row.grants },
    even: { type: 'boolean', value: (row) => row.grants % 2 === 0 },
  },
  indexes: [['first', 'grants'], ['second']],
});

/** One row a role: an event touches several, and the same one twice when it names a role twice. */
export const rolesView = projection<{ given: number; last: number }>({
  name: 'test_roles',
  version: 1,
  on: {
    RoleGranted: {
      key: ({ data }) => data.roles,
      fold: (row, { position }, index) => ({ given: (row?.given ?? 0) + 1 + index, last: Number(position) }),
    },
  },
});

/** A log of events that nobody decided: the command rules are not what is tested here. */
export class TestLog {
  private revisions = new Map<string, bigint>();
  private count = 0;

  constructor(readonly store: EventStore) {}

  async add(...events: readonly NewEvent[]): Promise<bigint> {
    let position = -1n;
    for (const event of events) position = await this.append('staff', toAppend(event, 'staff', this.count++));
    return position;
  }

  /** Appends bytes as they are, whatever they say. */
  async append(stream: string, event: EventToAppend): Promise<bigint> {
    const expected = this.revisions.get(stream) ?? 'no-stream';
    const appended = await this.store.append({ stream, expected, events: [event] });
    this.revisions.set(stream, appended.revision);
    return appended.position;
  }

  async events(through?: bigint): Promise<LogEvent[]> {
    const events: LogEvent[] = [];
    for await (const page of this.store.readAll(-1n))
      events.push(...page.map((e) => openEvent(nodeCrypto, e)));
    return through === undefined ? events : events.filter((event) => event.position <= through);
  }
}

export function toAppend(event: NewEvent, stream: string, i: number): EventToAppend {
  const id = `00000000-0000-5000-8000-${i.toString(16).padStart(12, '0')}`;
  const leaf = leafBytes(event, { id, stream, at: '2026-10-01T08:00:00.000Z', actor: 'system' });
  return { id, type: event.type, leaf, hash: leafHash(nodeCrypto, leaf) };
}

export function granted(actorId: string, ...roles: string[]): NewEvent {
  return { type: 'RoleGranted', data: { actorId, roles, key: 'A'.repeat(43) } };
}

export function revoked(actorId: string): NewEvent {
  return { type: 'RoleRevoked', data: { actorId } };
}

/** What an auditor gets: the digest of the fold into a map. */
export function auditedDigest(view: AnyProjection, events: readonly LogEvent[]): string {
  const rows = [...foldInto(view, new Map<string, unknown>(), events)].sort(byKeyBytes);
  return toBase64url(viewDigest(nodeCrypto, view, rows));
}

export class World {
  private readonly pools: Pool[] = [];
  private readonly stops: (() => Promise<void>)[] = [];
  readonly pool: Pool;

  private constructor(private readonly database: Awaited<ReturnType<typeof createTestDatabase>>) {
    this.pool = this.newPool();
  }

  static async create(): Promise<World> {
    return new World(await createTestDatabase());
  }

  /** Connections of their own, as another process has. */
  newPool(config: PoolConfig = {}): Pool {
    const pool = new Pool({ connectionString: this.database.url, ...config });
    // Tests cut connections.
    pool.on('error', () => undefined);
    this.pools.push(pool);
    return pool;
  }

  runner(
    store: EventStore,
    views: readonly AnyProjection[],
    options: RunnerOptions = {},
    pool = this.newPool(),
  ): ViewRunner {
    const runner = new ViewRunner(pool, store, nodeCrypto, views, { pollMs: 50, ...options });
    this.stops.push(() => runner.stop());
    return runner;
  }

  views(views: readonly AnyProjection[]): Views {
    const reads = new Views(this.pool, views);
    this.stops.push(() => reads.close());
    return reads;
  }

  /** The whole table, in order of keys. */
  async table(view: AnyProjection): Promise<unknown[]> {
    return (await this.pool.query<object>(`select * from ${tableName(view)} order by key`)).rows;
  }

  /** Runs SQL that the runtime role may not. */
  async asAdmin(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.database.adminUrl });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  /** Drops all views, as on an empty database. */
  async clear(): Promise<void> {
    const { rows } = await this.pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'views' and tablename <> 'checkpoints'`,
    );
    for (const { name } of rows) await this.pool.query(`drop table views."${name}"`);
    await this.pool.query('delete from views.checkpoints');
  }

  /** Ends what runs; the database stays. */
  async stop(): Promise<void> {
    await Promise.all(this.stops.splice(0).map((stop) => stop()));
  }

  async close(): Promise<void> {
    await this.stop();
    await Promise.all(this.pools.map((pool) => pool.end()));
    await this.database.drop();
  }
}

/** Waits until something holds; fails after ten seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Not within ten seconds: ${what}`);
}

/** Connection pools that read `int8` as bigint and outlive a server that is killed. */
import pg from 'pg';
import type { Log } from './log.js';

const INT8 = 20;
const INT8_ARRAY = 1016;
const CONNECT_MS = 10_000;
const IDLE_MS = 30_000;
const STATEMENT_MS = 30_000;
/** Who is silent in a transaction, as a frozen process is, holds up others: PostgreSQL ends it after so long. */
const SILENT = '60s';

export interface PoolOptions {
  /** Most connections at a time. */
  readonly max?: number;
  /** Each connection works with the rights of this role, which the one in the connection string may become. */
  readonly role?: string | undefined;
  /** How long a statement may take that says nothing of it; milliseconds. */
  readonly statementMs?: number;
}

/** Settings for a connection of one's own, such as one that listens: the same types and the same role as the pool's. */
export function clientConfig(url: string, { role }: Pick<PoolOptions, 'role'> = {}): pg.ClientConfig {
  return {
    connectionString: role === undefined ? url : withRole(url, role),
    application_name: 'concejo',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: bigintTypes(),
  };
}

/**
 * A pool whose broken connections are reported and replaced: what runs on one rejects, what comes after gets a new one. A
 * connection that falls silent breaks after a while.
 */
export function makePool(url: string, log: Log, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(url, options),
    max: options.max ?? 20,
    idleTimeoutMillis: IDLE_MS,
    onConnect: (client): unknown => {
      // The pool does not listen while a connection is lent, and without a listener a break would end the process.
      client.on('error', () => undefined);
      limit(client, options.statementMs ?? STATEMENT_MS);
      // As a statement: a pooler in between may refuse a connection that begins with settings.
      return client.query(`set idle_in_transaction_session_timeout = '${SILENT}'`);
    },
  });
  const report = (error: Error) => log.warn(`A connection to PostgreSQL broke: ${error.message}`);
  pool.on('error', report);
  return pool;
}

/**
 * Gives up each statement after some time, and its connection with it: a server that is frozen or gone gives no error. Not a
 * COPY, which is as long as what is copied.
 */
function limit(client: pg.ClientBase, query_timeout: number): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const limited = (asked: string | pg.QueryConfig | pg.Submittable, ...rest: unknown[]) => {
    if (typeof asked === 'string') return query({ text: asked, query_timeout }, ...rest);
    return query('submit' in asked ? asked : { query_timeout, ...asked }, ...rest);
  };
  client.query = limited as typeof client.query;
}

/** For these connections only: a parser set globally would change what other code in the process reads. */
function bigintTypes(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, (text: string) => BigInt(text));
  types.setTypeParser(INT8_ARRAY, bigintArray);
  return types;
}

/** Reads `{1,NULL,{2,3}}`; as JSON of strings, since JSON's numbers lose digits beyond 2^53. */
function bigintArray(text: string): unknown {
  const json = text
    .replaceAll(/-?\d+/g, '"$&"')
    .replaceAll('NULL', 'null')
    .replaceAll('{', '[')
    .replaceAll('}', ']');
  return JSON.parse(json, (_, value: unknown) => (typeof value === 'string' ? BigInt(value) : value));
}

/** The server sets the role before the first statement, and refuses the connection where it may not. */
export function withRole(url: string, role: string): string {
  const parts = /^([^?#]*)\??([^#]*)/.exec(url);
  const query = new URLSearchParams(parts?.[2]);
  const options = query.get('options');
  query.set('options', `${options === null ? '' : `${options} `}-c role=${role}`);
  return `${parts?.[1] ?? url}?${query.toString().replaceAll('+', '%20')}`;
}

/** Connection pools that read `int8` as bigint and outlive a server that is killed. */
import pg from 'pg';
import type { Log } from './log.js';

const INT8 = 20;
const INT8_ARRAY = 1016;
const CONNECT_MS = 10_000;
const IDLE_MS = 30_000;

export interface PoolOptions {
  /** Most connections at a time. */
  readonly max?: number;
  /** Each connection works with the rights of this role, which the one in the connection string may become. */
  readonly role?: string | undefined;
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
 * A pool whose broken connections are reported and replaced: what runs on one rejects, what comes after gets a new one.
 */
export function makePool(url: string, log: Log, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(url, options),
    max: options.max ?? 20,
    idleTimeoutMillis: IDLE_MS,
  });
  const report = (error: Error) => log.warn(`A connection to PostgreSQL broke: ${error.message}`);
  pool.on('error', report);
  // The pool does not listen while a connection is lent, and without a listener a break would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
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

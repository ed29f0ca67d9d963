/** A proxy before PostgreSQL that loses the answers to commits, or freezes. */
import pg from 'pg';
import { clientConfig } from '../../src/postgres/pools.js';
import { FaultyProxy } from '../faults/proxy.js';

/** As `pg` sends it, in a message of its own. */
export const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');

/** @param url connection string of the server @returns the proxy, and settings for connections through it */
export async function cuttingProxy(url: string): Promise<{ proxy: FaultyProxy; config: pg.PoolConfig }> {
  const target = new pg.Client(clientConfig(url));
  const parameters = target as unknown as { connectionParameters: { options?: string } };
  const { host, port, user, database } = target;
  const proxy = await FaultyProxy.start(
    () => (host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }),
    COMMIT,
  );
  const config = {
    ...{ host: '127.0.0.1', port: proxy.port, user, database, password: target.password ?? undefined },
    options: parameters.connectionParameters.options,
    ssl: false,
  };
  return { proxy, config };
}

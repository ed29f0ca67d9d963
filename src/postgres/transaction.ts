/** Work on a connection of its own, and a transaction on one. */
import pg, { type ClientBase, type Pool, type PoolClient } from 'pg';
import type { Timers } from '../timers.js';

/** How long the whole of some work may take before its connection is cut; milliseconds. */
export interface Limit {
  readonly ms: number;
  readonly timers: Timers;
}

/** Commits when `work` resolves. When it rejects the connection is closed, which rolls back in whatever state it is. */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  limit?: Limit,
): Promise<T> {
  const transaction = async (client: PoolClient) => {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  };
  return onConnection(pool, transaction, limit);
}

/** Lends a connection. When `work` rejects, or the connection broke meanwhile, it is closed and not lent again. */
export async function onConnection<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  limit?: Limit,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener a connection that breaks between two queries would end the process.
  const onError = (error: Error) => (broken = error);
  client.on('error', onError);
  // A network that swallows everything gives no error: cutting the connection does.
  const forget = limit?.timers.after(limit.ms, () => {
    client.end().catch(onError);
  });
  try {
    return await work(client);
  } catch (error) {
    broken ??= error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    forget?.();
    client.off('error', onError);
    client.release(broken);
  }
}

/**
 * Opens a connection beside the pool, with the pool's settings, and ends it: for work that is so long that none of the pool's
 * should be away for it.
 */
export async function onOwnConnection<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = new pg.Client(pool.options);
  // What runs on it rejects when it breaks; without a listener the process would end as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

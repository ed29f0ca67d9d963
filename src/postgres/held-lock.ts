/**
 * Locks of what one process at a time does in a database, each kept with a connection. A process that is killed loses its
 * connections at once; one that freezes, or whose machine or network is gone, would keep them. So PostgreSQL itself ends a
 * connection that holds such a lock and says nothing for a while.
 */
import type { ClientBase } from 'pg';

/** First number of every advisory lock of this project but the migrations': "conc". */
export const LOCKS = 0x636f6e63;

/** Who holds a lock has something to say more often than this. */
const SILENT = '10s';

const HOLD = `set idle_session_timeout = '${SILENT}'; set idle_in_transaction_session_timeout = '${SILENT}'`;
const LET_GO = 'reset idle_session_timeout; reset idle_in_transaction_session_timeout';

/** Takes a lock, if nobody has it, until `letGo` or the end of the connection, which has to be used again and again. */
export async function tryHold(client: ClientBase, lock: string): Promise<boolean> {
  if (!(await tryLock(client, lock))) return false;
  await client.query(HOLD);
  return true;
}

/** Says that whoever holds a lock is there, where it has nothing else to say. */
export async function stillHold(client: ClientBase): Promise<void> {
  await client.query('select');
}

export async function letGo(client: ClientBase, lock: string): Promise<void> {
  await client.query(LET_GO);
  await unlock(client, lock);
}

/** The same of a lock whose holder may be silent for as long as it likes. */
export async function tryLock(client: ClientBase, lock: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(${lock}) as locked`);
  return rows[0]?.locked === true;
}

export async function unlock(client: ClientBase, lock: string): Promise<void> {
  await client.query(`select pg_advisory_unlock(${lock})`);
}

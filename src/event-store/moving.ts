/** How a database whose log is in PostgreSQL becomes one whose log is on EventStoreDB, where all of it was copied. */
import type { Pool } from 'pg';
import { inTransaction } from '../postgres/transaction.js';
import { SEQUENCER_LOCK } from './eventstoredb-rows.js';

/**
 * Forgets an index in a database whose log is in PostgreSQL: what a copy to EventStoreDB has left there, maybe under another
 * name. The index follows from the store. As the role that owns the tables.
 * @returns false where a sequencer writes it
 */
export async function forgetIndex(pool: Pool): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ free: boolean }>(
      `select pg_try_advisory_xact_lock(${SEQUENCER_LOCK})
          and not exists (select from log_home where engine = 'eventstoredb') as free`,
    );
    if (rows[0]?.free !== true) return false;
    const tables = ['log_index', 'log_left_out', 'log_index_head'];
    for (const table of tables) await client.query(`alter table ${table} disable trigger user`);
    await client.query('truncate log_index, log_left_out, log_index_head');
    await client.query('insert into log_index_head default values');
    for (const table of tables) await client.query(`alter table ${table} enable trigger user`);
    return true;
  });
}

/**
 * From now on the log of a database is on EventStoreDB, where all of it was copied: remembered in one transaction under the
 * lock of who appends, and PostgreSQL takes no more. As the role that owns the tables.
 * @param size events that were copied
 * @returns false where somebody has appended since, and then nothing is changed
 */
export async function moveHome(pool: Pool, name: string, size: bigint): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ position: string | bigint }>(
      'select position from log_head for update',
    );
    if (BigInt(rows[0]?.position ?? -1) !== size - 1n) return false;
    await client.query('alter table log_home disable trigger log_home_stays');
    await client.query(
      `insert into log_home (engine, name) values ('eventstoredb', $1)
       on conflict (only_one) do update set engine = excluded.engine, name = excluded.name`,
      [name],
    );
    await client.query('alter table log_home enable trigger log_home_stays');
    return true;
  });
}

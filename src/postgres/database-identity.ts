/** Which database this is, told apart from every copy that was restored, dumped into another or promoted in its place. */
import type { ClientBase, Pool } from 'pg';

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Server, database and timeline as one text. The timeline is another one after a recovery to a point in time and after a standby took
 * over, which may have missed what came last. Where the server tells none of this, the database alone. A copy of the disk is not told apart.
 * @see https://www.postgresql.org/docs/current/functions-info.html pg_control_system
 */
export async function databaseIdentity(database: ClientBase | Pool): Promise<string> {
  const own = `(select oid::text || '/' || datname from pg_database where datname = current_database())`;
  try {
    return await identity(
      database,
      `(select system_identifier::text from pg_control_system()) || '/' || ${own} || '/' ||
         left(pg_walfile_name(pg_current_wal_lsn()), 8)`,
    );
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    return identity(database, own);
  }
}

async function identity(database: ClientBase | Pool, sql: string): Promise<string> {
  const { rows } = await database.query<{ identity: string }>(`select ${sql} as identity`);
  return rows[0]?.identity ?? '';
}

/**
 * Which matters are in a case. The log says that a matter goes with another one, and with which only once everybody may see
 * both: until then this table alone knows.
 */
import type { Pool } from 'pg';
import { LOCKS } from '../postgres/held-lock.js';
import { inTransaction } from '../postgres/transaction.js';

/** Among the locks of `held-lock.ts`: one claims at a time, on all processes. */
const CLAIM_LOCK = `${LOCKS}, 14`;

interface Row {
  matter_id: string;
  case_id: string;
}

export class Cases {
  constructor(private readonly pool: Pool) {}

  /** Ids of the matters in a case, duplicates included. */
  async members(caseId: string): Promise<string[]> {
    const { rows } = await this.pool.query<Row>(
      'select matter_id from matter_cases where case_id = $1 order by matter_id',
      [caseId],
    );
    return rows.map((row) => row.matter_id);
  }

  /** By matter, the case that it is in or what it is a duplicate of; those in none are left out. */
  async ofMatters(matterIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.pool.query<Row>(
      'select matter_id, case_id from matter_cases where matter_id = any($1::uuid[])',
      [matterIds],
    );
    return new Map(rows.map((row) => [row.matter_id, row.case_id]));
  }

  /**
   * Says that a matter goes into a case, before the event that says so. One is in one case, and no case is in another one, whoever
   * claims at the same moment. Again does no harm.
   * @returns why not, as code
   */
  claim(matterId: string, caseId: string): Promise<'matter-in-case' | 'matter-is-case' | undefined> {
    return inTransaction(this.pool, async (client) => {
      await client.query(`select pg_advisory_xact_lock(${CLAIM_LOCK})`);
      const { rows } = await client.query<Row>(
        'select matter_id, case_id from matter_cases where matter_id in ($1, $2) or case_id = $1',
        [matterId, caseId],
      );
      if (rows.some((row) => row.case_id === matterId)) return 'matter-is-case';
      const isHere = (row: Row) => row.matter_id === matterId && row.case_id === caseId;
      if (!rows.every(isHere)) return 'matter-in-case';
      await client.query(
        'insert into matter_cases (matter_id, case_id) values ($1, $2) on conflict (matter_id) do nothing',
        [matterId, caseId],
      );
      return undefined;
    });
  }

  /** Takes a matter out of its case. */
  async take(matterId: string): Promise<void> {
    await this.pool.query('delete from matter_cases where matter_id = $1', [matterId]);
  }
}

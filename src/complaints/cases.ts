/**
 * Which matters are in a case. The log says it of released ones alone, so it is kept in a table, which can be made again from
 * the log and the details.
 */
import type { Pool } from 'pg';

export class Cases {
  constructor(private readonly pool: Pool) {}

  /** Ids of the matters in a case, duplicates included. */
  async members(caseId: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ matter_id: string }>(
      'select matter_id from matter_cases where case_id = $1 order by matter_id',
      [caseId],
    );
    return rows.map((row) => row.matter_id);
  }

  async put(matterId: string, caseId: string): Promise<void> {
    await this.pool.query(
      `insert into matter_cases (matter_id, case_id) values ($1, $2)
       on conflict (matter_id) do update set case_id = excluded.case_id`,
      [matterId, caseId],
    );
  }

  /** Takes a matter out of its case. */
  async take(matterId: string): Promise<void> {
    await this.pool.query('delete from matter_cases where matter_id = $1', [matterId]);
  }
}

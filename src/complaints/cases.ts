/**
 * Which matters are in a case. The log says that a matter goes with another one, and with which only once everybody may see
 * both: until then this table alone knows.
 */
import type { Pool } from 'pg';

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

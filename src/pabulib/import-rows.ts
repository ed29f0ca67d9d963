/** What an import keeps outside the log, so that the election can be written as the file that it came from. */
import type { Pool } from 'pg';
import type { ImportSource } from './import-source.js';
import { batchesOf } from './import-votes.js';
import { withoutTraits, writePabulib } from './pabulib.js';

/** Keeps what the log must not hold: the file's head and whose row was whose. */
export async function keepRows(pool: Pool, source: ImportSource, area: string): Promise<void> {
  const { electionId, election, paper } = source;
  const file = withoutTraits(source.file);
  const head = writePabulib({ ...file, votes: { ...file.votes, rows: [] } });
  await pool.query('insert into imports (election_id, head) values ($1, $2) on conflict do nothing', [
    electionId,
    Buffer.from(head),
  ]);
  const sheetOf = new Map(
    batchesOf(area, paper, 'approval').flatMap(({ id, ballots }) =>
      ballots.map((ballot, index) => [ballot.voterId, { batch: id, sheet: index + 1 }] as const),
    ),
  );
  const rows = election.ballots;
  await pool.query(
    `insert into import_rows (election_id, ordinal, voter_id, batch, sheet)
     select $1, ordinal, voter_id, batch, sheet
     from unnest($2::integer[], $3::text[], $4::text[], $5::integer[]) as r(ordinal, voter_id, batch, sheet)
     on conflict do nothing`,
    [
      electionId,
      rows.map((_, index) => index),
      rows.map((ballot) => ballot.voterId),
      rows.map((ballot) => sheetOf.get(ballot.voterId)?.batch ?? null),
      rows.map((ballot) => sheetOf.get(ballot.voterId)?.sheet ?? null),
    ],
  );
}

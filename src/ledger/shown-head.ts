/** The head that everybody is shown, in the one row of `ledger_head`, and of each day before the last one in `ledger_heads`. */
import type { ClientBase, Pool } from 'pg';

/** What is shown to everybody. */
export interface Published {
  readonly size: bigint;
  /** A signed note (C2SP tlog-checkpoint). */
  readonly note: string;
}

export interface HeadRow {
  /** Of the tree that is stored. */
  readonly size: bigint;
  /** The head that was shown last. */
  readonly shown: Published | undefined;
  /** The verifier key that signs a log which has announced none. */
  readonly firstKey: string | undefined;
}

interface Row {
  size: string | bigint;
  published: string | null;
  published_size: string | bigint;
  first_key: string | null;
}

const READ = 'select size, published, published_size, first_key from ledger_head';

/** @param lock nobody else has the row until the transaction ends */
export async function readShown(client: ClientBase | Pool, lock = false): Promise<HeadRow> {
  const { rows } = await client.query<Row>(lock ? `${READ} for update` : READ);
  const [row] = rows;
  if (row === undefined) return { size: 0n, shown: undefined, firstKey: undefined };
  const { size, published: note, published_size, first_key } = row;
  return {
    size: BigInt(size),
    shown: note === null ? undefined : { size: BigInt(published_size), note },
    firstKey: first_key ?? undefined,
  };
}

/** Shows a head, unless a newer one is shown. */
export async function show(client: ClientBase | Pool, { note, size }: Published): Promise<void> {
  const { rowCount } = await client.query(
    'update ledger_head set published = $1, published_size = $2 where published_size <= $2',
    [note, size],
  );
  if (rowCount === 0) return;
  await client.query(
    `insert into ledger_heads (day, size, note) values ((now() at time zone 'UTC')::date, $2, $1)
      on conflict (day) do update set size = excluded.size, note = excluded.note where ledger_heads.size <= excluded.size`,
    [note, size],
  );
}

/** Lets every process tell the key that signs a log which has announced none. */
export async function tellFirstKey(client: ClientBase | Pool, vkey: string): Promise<void> {
  await client.query('update ledger_head set first_key = $1', [vkey]);
}

/** Heads that were shown on days before, each of fewer events than this; the oldest first. */
export async function olderHeads(client: ClientBase | Pool, size: bigint): Promise<Published[]> {
  const { rows } = await client.query<{ size: string | bigint; note: string }>(
    'select size, note from ledger_heads where size < $1 order by day',
    [size],
  );
  return [...new Map(rows.map((row) => [String(row.size), { ...row, size: BigInt(row.size) }])).values()];
}

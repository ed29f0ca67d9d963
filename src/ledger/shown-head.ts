/** The head that everybody is shown, in the one row of `ledger_head`. */
import type { ClientBase, Pool } from 'pg';

/** What is shown to everybody. */
export interface Published {
  readonly size: bigint;
  /** A signed note (C2SP tlog-checkpoint). */
  readonly note: string;
}

interface Row {
  size: string | bigint;
  published: string | null;
  published_size: string | bigint;
}

const READ = 'select size, published, published_size from ledger_head';

/**
 * The size of the tree that is stored, and the head that was shown last.
 * @param lock nobody else has the row until the transaction ends
 */
export async function readShown(
  client: ClientBase | Pool,
  lock = false,
): Promise<{ size: bigint; shown: Published | undefined }> {
  const { rows } = await client.query<Row>(lock ? `${READ} for update` : READ);
  const [row] = rows;
  if (row === undefined) return { size: 0n, shown: undefined };
  const { size, published: note, published_size } = row;
  return {
    size: BigInt(size),
    shown: note === null ? undefined : { size: BigInt(published_size), note },
  };
}

/** Shows a head, unless a newer one is shown. */
export async function show(client: ClientBase | Pool, { note, size }: Published): Promise<void> {
  await client.query(
    'update ledger_head set published = $1, published_size = $2 where published_size <= $2',
    [note, size],
  );
}

/**
 * The digest of views as the tables have them, equal to what anybody gets who folds the log into a `Map`.
 * @see viewDigest in projections/projection.ts, whose rows stand in memory; here they are streamed
 */
import type { ClientBase, Pool } from 'pg';
import { toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { GrowingRoot } from '../../projections/hash.js';
import { label, rowHash } from '../../projections/projection.js';
import { liveOf, readCheckpoints } from './checkpoints.js';
import { ViewsBehind } from './freshness.js';
import { tableName, type AnyProjection } from './table.js';
import { onOwnConnection } from '../postgres/transaction.js';

export interface ViewDigest {
  /** `name@version`. */
  readonly view: string;
  /** Position of the last event folded in; -1n for an empty log. */
  readonly index: bigint;
  /** 32 bytes, base64url. */
  readonly digest: string;
}

/** Rows hashed in one go: whoever else waits for the event loop waits for these, some milliseconds. */
const FETCH = 200;
const UNDEFINED_TABLE = '42P01';

/**
 * The digests of live views, all in one snapshot. Of large views it takes long, so it works on a connection of its own, and
 * between any `FETCH` rows everybody else has a turn; `signal` ends it there.
 * @throws ViewsBehind when one is not live in this version, AbortError
 */
export async function digestsOf(
  pool: Pool,
  crypto: Pick<Crypto, 'sha256'>,
  views: readonly AnyProjection[],
  signal?: AbortSignal,
): Promise<ViewDigest[]> {
  if (views.length === 0) return [];
  return onOwnConnection(pool, async (client) => {
    await client.query('begin isolation level repeatable read, read only');
    // The locks come before the snapshot, which the first query takes: no table can be replaced under it by one whose
    // rows it does not see.
    try {
      await client.query(
        `lock table ${views.map((view) => tableName(view)).join(', ')} in access share mode`,
      );
    } catch (error) {
      if ((error as { code?: string }).code === UNDEFINED_TABLE) throw new ViewsBehind({ cause: error });
      throw error;
    }
    const checkpoints = await readCheckpoints(client);
    const digests: ViewDigest[] = [];
    for (const view of views) {
      const live = liveOf(checkpoints, view);
      if (live === undefined) throw new ViewsBehind();
      const root = await rootOf(client, crypto, view, signal);
      digests.push({ view: label(view), index: live.position, digest: toBase64url(root) });
    }
    await client.query('commit');
    return digests;
  });
}

/** The digest of one live view. @throws ViewsBehind */
export async function digestOf(
  pool: Pool,
  crypto: Pick<Crypto, 'sha256'>,
  view: AnyProjection,
): Promise<ViewDigest> {
  const [digest] = await digestsOf(pool, crypto, [view]);
  if (digest === undefined) throw new ViewsBehind();
  return digest;
}

/** The Merkle root over all rows in byte order of the keys. */
async function rootOf(
  client: ClientBase,
  crypto: Pick<Crypto, 'sha256'>,
  view: AnyProjection,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const tree = new GrowingRoot(crypto);
  await client.query(
    `declare rows no scroll cursor for select key, row from ${tableName(view)} order by key`,
  );
  for (;;) {
    signal?.throwIfAborted();
    const { rows } = await client.query<{ key: string; row: string }>(`fetch ${FETCH} from rows`);
    if (rows.length === 0) break;
    for (const { key, row } of rows) tree.add(rowHash(crypto, view, key, JSON.parse(row)));
  }
  await client.query('close rows');
  return tree.root();
}

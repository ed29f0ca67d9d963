/**
 * The digest of views as the tables have them, equal to what anybody gets who folds the log into a `Map`.
 * @see viewDigest in projections/projection.ts, whose rows stand in memory; here they are streamed
 */
import type { ClientBase, Pool } from 'pg';
import { toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { merkleRoot } from '../../projections/hash.js';
import { rowHash } from '../../projections/projection.js';
import { liveOf, readCheckpoints } from './checkpoints.js';
import { ViewsBehind } from './freshness.js';
import { label } from './rows.js';
import { tableName, type AnyProjection } from './table.js';
import { onConnection } from './transaction.js';

export interface ViewDigest {
  /** `name@version`. */
  readonly view: string;
  /** Position of the last event folded in; -1n for an empty log. */
  readonly index: bigint;
  /** 32 bytes, base64url. */
  readonly digest: string;
}

const FETCH = 2_000;
const HASH_BYTES = 32;
const UNDEFINED_TABLE = '42P01';

/** The digests of live views, all in one snapshot. @throws ViewsBehind when one is not live in this version */
export async function digestsOf(
  pool: Pool,
  crypto: Pick<Crypto, 'sha256'>,
  views: readonly AnyProjection[],
): Promise<ViewDigest[]> {
  if (views.length === 0) return [];
  return onConnection(pool, async (client) => {
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
      const root = merkleRoot(crypto, await rowHashes(client, crypto, view));
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

/** The hashes of all rows in byte order of the keys: 32 bytes a row are held, and never the rows. */
async function rowHashes(
  client: ClientBase,
  crypto: Pick<Crypto, 'sha256'>,
  view: AnyProjection,
): Promise<Iterable<Uint8Array>> {
  const pieces: Uint8Array[] = [];
  await client.query(
    `declare rows no scroll cursor for select key, row from ${tableName(view)} order by key`,
  );
  for (;;) {
    const { rows } = await client.query<{ key: string; row: string }>(`fetch ${FETCH} from rows`);
    if (rows.length === 0) break;
    const hashes = new Uint8Array(rows.length * HASH_BYTES);
    for (const [i, { key, row }] of rows.entries()) {
      hashes.set(rowHash(crypto, view, key, JSON.parse(row)), i * HASH_BYTES);
    }
    pieces.push(hashes);
  }
  await client.query('close rows');
  return each(pieces);
}

function* each(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += HASH_BYTES) yield piece.subarray(at, at + HASH_BYTES);
  }
}

/**
 * The bundle of a live log: everything that somebody needs who audits it elsewhere, under one signed head. Its contents are those
 * that are public at that head, with their salts, and no other.
 */
import type { Pool } from 'pg';
import type { BundleFile, Manifest } from '../../projections/audit/bundle.js';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { catalogue } from '../../projections/events/catalogue.js';
import { schemaFileName, schemaText } from '../../projections/events/json-schema.js';
import { writePolicy, type Policy } from '../../projections/ledger/policy.js';
import { openCheckpoint, readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { tilePath, tilesOf } from '../../projections/ledger/tile-path.js';
import type { EventStore } from '../event-store/event-store.js';
import { readLog, type ReadLog } from './read-log.js';
import { olderHeads, type Published } from './shown-head.js';
import type { TileStore } from './tile-store.js';

/** A bundle that cannot be made; the message says what to do. */
export class BundleRefused extends Error {
  /** Of what passes by itself. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: 'log-unsigned' | 'election-unknown' | 'contents-changed',
    reason: string,
  ) {
    super(reason);
    this.name = 'BundleRefused';
    this.retryAfterSeconds = code === 'contents-changed' ? 2 : undefined;
  }
}

export interface BundleParts {
  readonly store: EventStore;
  readonly ledger: {
    readonly tiles: TileStore;
    readonly trust: { policy(): Promise<Policy> };
    published(): Promise<Published | undefined>;
  };
  readonly crypto: Pick<Crypto, 'sha256' | 'verify'>;
  readonly pool: Pool;
}

export interface BundleOptions {
  /** Contents and results of this election alone; the log is whole all the same. */
  readonly electionId?: string;
  /** Told while the log is read: events, of how many. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface BundleOfLog {
  readonly facts: Omit<Manifest, 'format' | 'v' | 'files'>;
  readonly files: readonly BundleFile[];
}

/** What goes into the bundle under the head that is shown now. @throws BundleRefused, TileDamaged, DamagedEvent */
export async function bundleOf(parts: BundleParts, options: BundleOptions = {}): Promise<BundleOfLog> {
  const { ledger, pool } = parts;
  const published = await ledger.published();
  const policy = await ledger.trust.policy();
  if (published === undefined) {
    throw new BundleRefused(
      'log-unsigned',
      'Nothing was signed yet: let concejo serve run for a moment, and try again.',
    );
  }
  const checkpoint = readCheckpoint(utf8(published.note));
  if (typeof checkpoint === 'string') throw new TypeError(checkpoint);
  const { origin, size, root } = checkpoint;
  const log = await readLog(parts, size, options);
  const { electionId } = options;
  if (electionId !== undefined && !log.elections.has(electionId)) {
    throw new BundleRefused(
      'election-unknown',
      `There is no election ${electionId} under the head that is shown.`,
    );
  }
  const text = (name: string, content: string): BundleFile => ({ name, read: () => utf8(content) });
  const files: BundleFile[] = [
    text('checkpoint', published.note),
    text('policy', writePolicy(policy)),
    ...Object.values(catalogue).map((type) => text(`schemas/${schemaFileName(type)}`, schemaText(type))),
    ...(await contentFiles(pool, log)),
    ...(await resultFiles(
      pool,
      electionId === undefined ? log.results : (log.elections.get(electionId) ?? new Set()),
    )),
    ...log.views,
    ...log.entries,
    ...(await olderFiles(parts, policy, size)),
  ];
  for (const tile of tilesOf(size))
    files.push({ name: tilePath(tile), read: () => ledger.tiles.tileOf(tile) });
  const facts = {
    origin,
    size: Number(size),
    root: toBase64url(root),
    ...(electionId !== undefined && { election: electionId }),
  };
  return { facts, files };
}

/**
 * Heads that were shown before. Of those that a retired key signed, or one that was not announced yet, readers of this policy
 * would know nothing: they are left out.
 */
async function olderFiles(
  { pool, crypto }: BundleParts,
  policy: Policy,
  size: bigint,
): Promise<BundleFile[]> {
  const isSigned = (note: string) =>
    policy.logs.every((log) => typeof openCheckpoint(crypto, utf8(note), { logs: [log] }) !== 'string');
  return (await olderHeads(pool, size))
    .filter(({ note }) => isSigned(note))
    .map(({ size: older, note }) => ({ name: `checkpoints/${older}`, read: () => utf8(note) }));
}

/** Those that are released under the head, whose bytes are still there. */
async function contentFiles(
  pool: Pool,
  { contents, mentioned }: Pick<ReadLog, 'contents' | 'mentioned'>,
): Promise<BundleFile[]> {
  const ids = [...contents]
    .filter(([id, { state }]) => state === 'released' && mentioned?.has(id) !== false)
    .map(([id]) => id);
  const { rows } = await pool.query<{ id: string; salt: Buffer }>(
    'select id, salt from contents where id = any($1::uuid[])',
    [ids],
  );
  if (rows.length < ids.length) {
    throw new BundleRefused(
      'contents-changed',
      'A text was erased after the head that is shown was signed. Try again in a moment.',
    );
  }
  return rows.map(({ id, salt }) => ({
    name: `contents/${id}`,
    salt,
    read: async () => {
      const found = await pool.query<{ bytes: Buffer }>('select bytes from contents where id = $1', [id]);
      return found.rows[0]?.bytes ?? new Uint8Array();
    },
  }));
}

async function resultFiles(pool: Pool, digests: ReadonlySet<string>): Promise<BundleFile[]> {
  const { rows } = await pool.query<{ digest: string }>(
    'select digest from outcomes where digest = any($1)',
    [[...digests]],
  );
  return rows.map(({ digest }) => ({
    name: `results/${digest}.json`,
    read: async () => {
      const found = await pool.query<{ outcome: Buffer }>('select outcome from outcomes where digest = $1', [
        digest,
      ]);
      return found.rows[0]?.outcome ?? new Uint8Array();
    },
  }));
}

/**
 * The bundle of a live log: everything that somebody needs who audits it elsewhere, under one signed head. Its contents are those
 * that are public at that head, with their salts, and no other.
 */
import type { Pool } from 'pg';
import { concat, toBase64url, utf8 } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { contentsMentioned, contentsView, type ContentRow } from '../../projections/contents.view.js';
import type { Crypto } from '../../projections/crypto.js';
import type { BundleFile, Manifest } from '../../projections/audit/bundle.js';
import { openEvent, type LogEvent } from '../../projections/event.js';
import { catalogue } from '../../projections/events/catalogue.js';
import { schemaFileName, schemaText } from '../../projections/events/json-schema.js';
import { writePolicy, type Policy } from '../../projections/ledger/policy.js';
import { bundlesOf, tilePath, tilesOf, type TileName } from '../../projections/ledger/tile-path.js';
import { writeEntryBundle } from '../../projections/ledger/tiles.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { byKeyBytes, foldInto } from '../../projections/projection.js';
import { allViews } from '../../projections/views.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Published } from './shown-head.js';
import { TileDamaged, type TileStore } from './tile-store.js';

const PAGE = 1_000;
/** Rows of a view in one file. */
const ROWS = 2_000;

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
  readonly tiles: TileStore;
  readonly crypto: Pick<Crypto, 'sha256'>;
  readonly pool: Pool;
  readonly published: Published | undefined;
  readonly policy: Policy;
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
  const { published, policy } = parts;
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
    ...(await contentFiles(parts.pool, log)),
    ...(await resultFiles(
      parts.pool,
      electionId === undefined ? log.results : (log.elections.get(electionId) ?? new Set()),
    )),
    ...log.views,
  ];
  for (const tile of tilesOf(size))
    files.push({ name: tilePath(tile), read: () => tileOf(parts.tiles, tile) });
  for (const name of bundlesOf(size))
    files.push({ name: tilePath(name), read: () => entriesOf(parts.store, name) });
  const facts = {
    origin,
    size: Number(size),
    root: toBase64url(root),
    ...(electionId !== undefined && { election: electionId }),
  };
  return { facts, files };
}

interface ReadLog {
  /** What the log says of every content. */
  readonly contents: ReadonlyMap<string, ContentRow>;
  /** Of one election, where it is asked for alone: the contents that its events refer to. */
  readonly mentioned: ReadonlySet<string> | undefined;
  /** Of each election the digests of its counts. */
  readonly elections: ReadonlyMap<string, ReadonlySet<string>>;
  readonly results: ReadonlySet<string>;
  /** The views as they were last published. */
  readonly views: readonly BundleFile[];
}

/** One reading of the log: what is public in it, and each view at the last index that its digest was published of. */
async function readLog(
  { store, crypto }: BundleParts,
  size: bigint,
  { onProgress, electionId }: BundleOptions,
): Promise<ReadLog> {
  const contents = new Map<string, ContentRow>();
  const elections = new Map<string, Set<string>>();
  const results = new Set<string>();
  const mentioned = electionId === undefined ? undefined : new Set<string>();
  const published = new Map<string, number>();
  for await (const page of store.readAll(-1n, PAGE)) {
    const events = page
      .filter(({ position }) => position < size)
      .map((recorded) => openEvent(crypto, recorded));
    foldInto(contentsView, contents, events);
    for (const { type, data } of events) {
      if (mentioned !== undefined && 'electionId' in data && data.electionId === electionId)
        for (const id of contentsMentioned(data)) mentioned.add(id);
      if (type === 'ElectionDefined') elections.set(data.electionId, new Set());
      if (type === 'TallyPublished') {
        elections.get(data.electionId)?.add(data.outputDigest);
        results.add(data.outputDigest);
      }
      if (type === 'ViewPublished') published.set(data.view, data.index);
    }
    const last = events.at(-1);
    if (last !== undefined) onProgress?.(Number(last.position) + 1, Number(size));
    if (events.length < page.length) break;
  }
  return {
    contents,
    mentioned,
    elections,
    results,
    views: await viewFiles(store, crypto, published),
  };
}

/**
 * Each view folded up to and with the last index that the log states a digest of, row by row as its digest takes them. Of a
 * view that was not published in this version there is no row: nobody could hold it against anything.
 * @param published the last index by `name@version`
 */
async function viewFiles(
  store: EventStore,
  crypto: Pick<Crypto, 'sha256'>,
  published: ReadonlyMap<string, number>,
): Promise<BundleFile[]> {
  const folded = allViews.flatMap((view) => {
    const label = `${view.name}@${view.version}`;
    const index = published.get(label);
    return index === undefined ? [] : [{ view, label, index, rows: new Map<string, unknown>() }];
  });
  const last = Math.max(-1, ...folded.map(({ index }) => index));
  if (last < 0) return [];
  for await (const page of store.readAll(-1n, PAGE)) {
    const events = page
      .filter(({ position }) => position <= BigInt(last))
      .map((recorded) => openEvent(crypto, recorded));
    for (const { view, index, rows } of folded) {
      const isTheirs = ({ position }: LogEvent) => position <= BigInt(index);
      foldInto(view, rows, index === last ? events : events.filter(isTheirs));
    }
    if (events.length < page.length) break;
  }
  const files: BundleFile[] = [];
  for (const { label, index, rows } of folded) {
    const sorted = [...rows].sort(byKeyBytes);
    for (let part = 0; part === 0 || part * ROWS < sorted.length; part++) {
      const rowsOfPart = sorted.slice(part * ROWS, (part + 1) * ROWS);
      files.push({
        name: `views/${label}/${index}/${String(part).padStart(6, '0')}`,
        read: () => concat(...rowsOfPart.flatMap(lineOf)),
      });
    }
  }
  return files;
}

/** A row as a line: key, tab, canonical JSON. */
function lineOf([key, row]: readonly [string, unknown]): Uint8Array[] {
  return [utf8(`${key}\t`), canonicalBytes(row, Number.MAX_SAFE_INTEGER), utf8('\n')];
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

async function tileOf(
  tiles: TileStore,
  { level, index, width }: TileName & { level: number },
): Promise<Uint8Array> {
  const bytes = await tiles.tile(level, index, width);
  if (bytes === undefined) throw new TileDamaged(level, index);
  return bytes;
}

/** The entries of one bundle of the tree. */
export async function entriesOf(
  store: EventStore,
  { index, width }: Pick<TileName, 'index' | 'width'>,
): Promise<Uint8Array> {
  for await (const page of store.readAll(index * 256n - 1n, width))
    return writeEntryBundle(page.map(({ leaf }) => leaf));
  return new Uint8Array();
}

/**
 * Makes a bundle of signed, sealed ballots, and takes the time of the bare cost of auditing it. Arguments: ballots, the file to
 * write, another one for its own use. Prints one line of JSON.
 */
import { createWriteStream, openSync, readSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FoldedRows } from '../../projections/audit/folded-rows.js';
import { writeBundle, type BundleFile } from '../../projections/audit/bundle.js';
import { BallotBox } from '../../projections/ballot-box.js';
import { isSigned } from '../../projections/ballot.js';
import { bytesOf, toBase64url } from '../../projections/bytes.js';
import { leafBytes, openEvent, type LogEvent, type NewEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { tilePath, widthIn, TILE_WIDTH } from '../../projections/ledger/tile-path.js';
import { GrowingTiles, parseEntryBundle, writeEntryBundle } from '../../projections/ledger/tiles.js';
import { foldRow, touchedKeys } from '../../projections/projection.js';
import { openBox, type SealedBox } from '../../projections/sealing.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { eventId } from '../../src/event-store/event-ids.js';
import {
  count,
  filesOf,
  LOG,
  POLICY,
  publication,
  tell,
  votes,
  WITNESS,
  type Cast,
  type StoryLog,
} from '../audit/story.js';
import { ELECTION_ID, electionKey, SEALED_BYTES, voter } from '../elections/small-election.js';
import { checkpointBy, ORIGIN } from '../ledger/signers.js';

export interface Made {
  events: number;
  bytes: number;
  /** Milliseconds for hashes, key checks, signatures and boxes on one thread. */
  bare: number;
}

const CHOICES = [['bridge'], ['trees'], ['bench', 'trees'], ['bench']];

/** Keeps no event: entries go to a file, and what is needed of them is folded at once. */
class LongLog implements StoryLog {
  readonly #views = allViews.map((view) => ({ view, rows: new FoldedRows(view) }));
  readonly #box = new BallotBox(ELECTION_ID);
  readonly files: BundleFile[] = [];
  readonly #tree = new GrowingTiles(nodeCrypto, ({ level, index, bytes }) =>
    this.#file(tilePath({ level, index, width: TILE_WIDTH }), bytes),
  );
  #leaves: Uint8Array[] = [];
  #size = 0;
  #written = 0;

  constructor(private readonly fd: number) {}

  get size(): number {
    return this.#size;
  }

  add(stream: string, event: NewEvent, at: string, actor = 'officer-a'): LogEvent {
    const position = this.#size++;
    const id = eventId(actor, `command ${position}`, 0);
    const leaf = leafBytes(event, { id, stream, at, actor });
    const opened = { ...event, id, stream, at, actor, position: BigInt(position), revision: 0n } as LogEvent;
    this.#tree.add(leafHash(nodeCrypto, leaf));
    for (const { view, rows } of this.#views)
      for (const [index, name] of touchedKeys(view, opened).entries()) {
        const key = rows.numberOf(name);
        rows.set(key, foldRow(view, rows.row(rows.cell(key)), opened, index));
      }
    this.#box.apply(opened);
    if (this.#leaves.push(leaf) === TILE_WIDTH) this.#writeEntryBundle();
    return opened;
  }

  count(): ReturnType<StoryLog['count']> {
    return count(this.#box, this.#size, undefined);
  }

  publications(): NewEvent[] {
    return this.#views.map(({ view, rows }) => publication(view, this.#size - 1, rows.digest(nodeCrypto)));
  }

  leaves(): Uint8Array[] {
    return [];
  }

  /** No more events. @returns the root */
  end(): Uint8Array {
    if (this.#leaves.length > 0) this.#writeEntryBundle();
    for (const [level, bytes] of this.#tree.partials().entries()) {
      const index = BigInt(this.#size) >> BigInt(8 * (level + 1));
      const width = widthIn(BigInt(this.#size), level, index);
      if (bytes.length > 0) this.#file(tilePath({ level, index, width }), bytes);
    }
    return this.#tree.root();
  }

  #writeEntryBundle(): void {
    const bytes = writeEntryBundle(this.#leaves);
    const [at, { length }] = [this.#written, bytes];
    const index = BigInt(Math.ceil(this.#size / TILE_WIDTH) - 1);
    const name = tilePath({ level: 'entries', index, width: this.#leaves.length });
    writeSync(this.fd, bytes);
    this.files.push({ name, read: () => readAt(this.fd, at, length) });
    this.#written += length;
    this.#leaves = [];
  }

  #file(name: string, bytes: Uint8Array): void {
    this.files.push({ name, read: () => bytes });
  }
}

function readAt(fd: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  readSync(fd, bytes, 0, length, at);
  return bytes;
}

function* castBy(ballots: number): Generator<Cast> {
  for (let i = 0; i < ballots; i++)
    yield { who: voter(`voter ${i}`), vote: votes(CHOICES[i % CHOICES.length] ?? []) };
}

async function bareCost(files: readonly BundleFile[]): Promise<number> {
  const opener = { electionId: ELECTION_ID, secret: electionKey.secretKey, sealedBytes: SEALED_BYTES };
  const started = performance.now();
  for (const { name, read } of files) {
    if (!name.startsWith('tile/entries/')) continue;
    const bytes = await read();
    const width = Number(/\.p\/([0-9]+)$/.exec(name)?.[1] ?? TILE_WIDTH);
    const entries = parseEntryBundle(bytes, width);
    if (typeof entries === 'string') throw new Error(entries);
    for (const leaf of entries) {
      const { type, data } = opened(leaf);
      if (type !== 'BallotCast') continue;
      if (!nodeCrypto.isKey(bytesOf(data.ballot.k)) || !isSigned(nodeCrypto, data.ballot))
        throw new Error('not signed');
      openBox(nodeCrypto, opener, data.ballot as SealedBox);
    }
  }
  return performance.now() - started;
}

function opened(leaf: Uint8Array): LogEvent {
  const hash = leafHash(nodeCrypto, leaf);
  const { id, stream, type } = JSON.parse(Buffer.from(leaf).toString()) as Record<string, string>;
  const place = { position: 0n, revision: 0n, recordedAt: new Date(0) };
  return openEvent(nodeCrypto, {
    ...{ ...place, id: id ?? '', stream: stream ?? '', type: type ?? '', leaf, hash },
    ...{ commandId: undefined, requestDigest: undefined },
  });
}

const [ballots = '', file = '', entries = ''] = process.argv.slice(2);
const log = new LongLog(openSync(entries, 'w+'));
const roll = Array.from({ length: Number(ballots) }, (_, i) => voter(`voter ${i}`).entry);
const story = tell({ roll: [...roll, voter('gil').entry], casts: castBy(roll.length) }, log);
const root = log.end();
const checkpoint = checkpointBy([LOG, WITNESS], { size: BigInt(log.size), root });
const heads = { policy: { bytes: POLICY, own: true }, checkpoint };
const files = [...filesOf({ ...story, heads }), ...log.files];
const out = createWriteStream(file);
const facts = { origin: ORIGIN, size: log.size, root: toBase64url(root) };
await pipeline(Readable.from(writeBundle(nodeCrypto, facts, files)), out);
const made: Made = { events: log.size, bytes: out.bytesWritten, bare: await bareCost(log.files) };
console.log(JSON.stringify(made));

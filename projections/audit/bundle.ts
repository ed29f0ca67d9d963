/**
 * A bundle: everything that an audit needs, in one file. `docs/auditing.md` describes the format. The manifest comes first
 * and names every other file with its length and digest, in the order in which they follow; so a reader knows of each file
 * what it must be before it comes, and a missing, repeated or moved one is found at its place.
 */
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { compareBytes, toBase64url, utf8 } from '../bytes.js';
import { canonicalBytes, parseCanonical } from '../canonical.js';
import type { Crypto } from '../crypto.js';
import { Bytes32, closed, Count, Uuid } from '../events/schema.js';
import { parseTilePath } from '../ledger/tile-path.js';
import { isSafeName, MAX_MEMBER_BYTES, readTar, tarEnd, tarHeader, tarPadding } from './tar.js';

/** Of the format that this program writes and reads. */
const VERSION = 1;
const FORMAT = 'concejo-bundle';
const MANIFEST = 'manifest.json';

const ListedFile = closed({
  name: Type.String({ pattern: '^[A-Za-z0-9._@/-]{1,100}$' }),
  bytes: Count,
  /** SHA-256. */
  sha256: Bytes32,
  /** Of a content: the salt of its commitment. */
  salt: Type.Optional(Bytes32),
});
export type ListedFile = Static<typeof ListedFile>;

const Manifest = closed({
  format: Type.Literal(FORMAT),
  v: Type.Literal(VERSION),
  /** The name of the log. */
  origin: Type.String({ pattern: '^[!-~]{1,200}$' }),
  /** Events in the log, and the root over them. */
  size: Count,
  root: Bytes32,
  /** Of one election: the log is whole all the same, and contents and results are the ones of this election. */
  election: Type.Optional(Uuid),
  files: Type.Array(ListedFile),
});
export type Manifest = Static<typeof Manifest>;
const LIST = 0x5b;
const OBJECT = 0x7b;
/** `{"bytes":0,"name":"x","sha256":"<43>"}` */
const LEAST_FILE_BYTES = 80;
const manifestCheck = Compile(Manifest);

export type BundleFault =
  | 'bundle-without-manifest'
  | 'manifest-malformed'
  | 'bundle-of-a-past-version'
  | 'bundle-of-a-future-version'
  | 'file-name-unknown'
  | 'file-order-wrong'
  | 'file-repeated'
  | 'file-missing'
  | 'file-unexpected'
  | 'file-length-wrong'
  | 'file-digest-wrong';

/** Thrown where nothing that follows could be trusted to be what it seems. */
export class BadBundle extends Error {
  constructor(
    readonly code: BundleFault,
    readonly file: string | undefined,
  ) {
    super(`${code}${file === undefined ? '' : ` at ${file}`}`);
    this.name = 'BadBundle';
  }
}

/** What a file of a bundle is, by its name alone. */
export type FileKind =
  | { kind: 'checkpoint' | 'policy' }
  | { kind: 'older-checkpoint'; size: bigint }
  | { kind: 'content'; id: string }
  | { kind: 'result'; digest: string }
  | { kind: 'schema' }
  | { kind: 'tile'; path: string }
  | { kind: 'entries'; index: bigint; width: number }
  | { kind: 'view'; view: string; index: number; part: number };

/** `undefined` for a name that no file of this version has. */
export function kindOf(name: string): FileKind | undefined {
  if (name === 'checkpoint' || name === 'policy') return { kind: name };
  const [, size] = /^checkpoints\/(0|[1-9][0-9]{0,15})$/.exec(name) ?? [];
  if (size !== undefined) return { kind: 'older-checkpoint', size: BigInt(size) };
  const [, id] = /^contents\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(name) ?? [];
  if (id !== undefined) return { kind: 'content', id };
  const [, digest] = /^results\/([A-Za-z0-9_-]{43})\.json$/.exec(name) ?? [];
  if (digest !== undefined) return { kind: 'result', digest };
  if (/^schemas\/[A-Za-z]{1,60}\.v[0-9]{1,4}\.schema\.json$/.test(name)) return { kind: 'schema' };
  const [, view, index, part] =
    /^views\/([a-z][a-z0-9_]{0,40}@[0-9]{1,4})\/([0-9]{1,16})\/([0-9]{6})$/.exec(name) ?? [];
  if (view !== undefined) return { kind: 'view', view, index: Number(index), part: Number(part) };
  const tile = parseTilePath(name);
  if (tile === undefined) return undefined;
  const { level, index: at, width } = tile;
  return level === 'entries' ? { kind: 'entries', index: at, width } : { kind: 'tile', path: name };
}

/** A file that goes into a bundle; it is read for itself, and before that for what the manifest says of it. */
export interface BundleFile {
  name: string;
  salt?: Uint8Array;
  read: () => Uint8Array | Promise<Uint8Array>;
  /** Where that is known without reading it. */
  listed?: Pick<ListedFile, 'bytes' | 'sha256'>;
}

/** What a manifest says of the bytes of a file. */
export function listedAs(
  crypto: Pick<Crypto, 'sha256'>,
  bytes: Uint8Array,
): Pick<ListedFile, 'bytes' | 'sha256'> {
  return { bytes: bytes.length, sha256: toBase64url(crypto.sha256(bytes)) };
}

/**
 * Writes a bundle piece by piece: the same files give the same bytes, in whatever order they are named here.
 * @throws RangeError for a name that a bundle does not have, or twice
 */
export async function* writeBundle(
  crypto: Pick<Crypto, 'sha256'>,
  facts: Omit<Manifest, 'format' | 'v' | 'files'>,
  given: readonly BundleFile[],
): AsyncGenerator<Uint8Array> {
  const sorted = [...given].sort(({ name: a }, { name: b }) => compareNames(a, b));
  const files: ListedFile[] = [];
  for (const [index, { name, salt, read, listed }] of sorted.entries()) {
    if (!isSafeName(name) || kindOf(name) === undefined || name === sorted[index - 1]?.name)
      throw new RangeError(`Not a file of a bundle, or twice: ${name}`);
    const { bytes, sha256 } = listed ?? listedAs(crypto, await read());
    files.push({ name, bytes, sha256, ...(salt && { salt: toBase64url(salt) }) });
  }
  const manifest: Manifest = { format: FORMAT, v: VERSION, ...facts, files };
  yield* member(MANIFEST, canonicalBytes(manifest, MAX_MEMBER_BYTES));
  for (const { name, read } of sorted) yield* member(name, await read());
  yield tarEnd();
}

function* member(name: string, bytes: Uint8Array): Generator<Uint8Array> {
  yield tarHeader(name, bytes.length);
  yield bytes;
  const padding = tarPadding(bytes.length);
  if (padding.length > 0) yield padding;
}

export type BundlePart =
  | { manifest: Manifest }
  /** `digestWrong`: its bytes are not those that the manifest names. */
  | { listed: ListedFile; kind: FileKind; bytes: Uint8Array; digestWrong: boolean };

/** Reads a bundle as it comes: the manifest, then every file that it names, in its order. @throws BadBundle, BadArchive */
export async function* readBundle(
  crypto: Pick<Crypto, 'sha256'>,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<BundlePart> {
  let manifest: Manifest | undefined;
  let next = 0;
  const seen = new Set<string>();
  for await (const { name, bytes } of readTar(chunks)) {
    if (manifest === undefined) {
      if (name !== MANIFEST) throw new BadBundle('bundle-without-manifest', name);
      manifest = readManifest(bytes);
      seen.add(name);
      yield { manifest };
      continue;
    }
    const listed = manifest.files[next];
    if (listed?.name !== name) throw new BadBundle(misplaced(manifest, seen, name), name);
    next += 1;
    seen.add(name);
    if (listed.bytes !== bytes.length) throw new BadBundle('file-length-wrong', name);
    const kind = kindOf(name);
    if (kind === undefined) throw new BadBundle('file-name-unknown', name);
    yield { listed, kind, bytes, digestWrong: toBase64url(crypto.sha256(bytes)) !== listed.sha256 };
  }
  if (manifest === undefined) throw new BadBundle('bundle-without-manifest', undefined);
  const missing = manifest.files[next];
  if (missing !== undefined) throw new BadBundle('file-missing', missing.name);
}

function misplaced({ files }: Manifest, seen: ReadonlySet<string>, name: string): BundleFault {
  if (seen.has(name)) return 'file-repeated';
  return files.some((listed) => listed.name === name) ? 'file-order-wrong' : 'file-unexpected';
}

function readManifest(bytes: Uint8Array): Manifest {
  let value: unknown;
  try {
    if (!isLikeManifest(bytes)) throw new BadBundle('manifest-malformed', MANIFEST);
    value = parseCanonical(bytes, MAX_MEMBER_BYTES);
  } catch {
    throw new BadBundle('manifest-malformed', MANIFEST);
  }
  const { format, v } = value as { format?: unknown; v?: unknown };
  if (format !== FORMAT || typeof v !== 'number') throw new BadBundle('manifest-malformed', MANIFEST);
  if (v !== VERSION)
    throw new BadBundle(v > VERSION ? 'bundle-of-a-future-version' : 'bundle-of-a-past-version', MANIFEST);
  if (!manifestCheck.Check(value)) throw new BadBundle('manifest-malformed', MANIFEST);
  let before: string | undefined;
  for (const { name } of value.files) {
    if (!isSafeName(name) || kindOf(name) === undefined) throw new BadBundle('file-name-unknown', name);
    if (before === name) throw new BadBundle('file-repeated', name);
    if (before !== undefined && compareNames(before, name) > 0) throw new BadBundle('file-order-wrong', name);
    before = name;
  }
  return value;
}

/**
 * Whether bytes can be a manifest: one list, and no more objects than files have room. What a parser would make of anything
 * else can take fifty times its size.
 */
function isLikeManifest(bytes: Uint8Array): boolean {
  let lists = 0;
  let objects = 0;
  for (const byte of bytes) {
    if (byte === LIST) lists += 1;
    else if (byte === OBJECT) objects += 1;
  }
  return lists === 1 && objects <= 1 + bytes.length / LEAST_FILE_BYTES;
}

/** Byte order; the names are ASCII. */
function compareNames(a: string, b: string): number {
  return compareBytes(utf8(a), utf8(b));
}

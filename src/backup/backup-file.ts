/**
 * The file of a backup: a tar, compressed with gzip. It begins with `backup.json`, which says what it is of; then come the log in
 * pages, in one form whatever engine holds it, and the tables beside it in pieces, both as binary COPY; `manifest.json` at the
 * end names every file with its digest, and the root over the log. What is cut off therefore has no manifest.
 */
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BadArchive, readTar, tarEnd, tarHeader, tarPadding } from '../../projections/audit/tar.js';
import { equalBytes, toBase64url, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { closed } from '../../projections/events/schema.js';
import { DamagedEvent, type RecordedEvent } from '../../projections/event.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { LogRoot } from '../event-store/log-root.js';
import { encodePage } from '../event-store/postgres-copy.js';
import { eventsOf, NotAPage } from '../event-store/postgres-pages.js';
import { errnoOf } from '../postgres/postgres-error.js';

const FORMAT = 'concejo-backup';
/** Of the format that this program writes and reads. */
const VERSION = 1;
const HEAD = 'backup.json';
const MANIFEST = 'manifest.json';
const STAFF = 'staff.json';

const Index = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Name = Type.String({ pattern: '^[a-z_][a-z0-9_]{0,62}$' });

const Head = closed({
  format: Type.Literal(FORMAT),
  v: Type.Literal(VERSION),
  /** Version of the program that wrote it. */
  program: Type.String({ maxLength: 100 }),
  /** When: UTC with milliseconds. */
  at: Type.String({ maxLength: 30 }),
  /** Migrations that the database had run, in order; SHA-256 in hexadecimal. */
  migrations: Type.Array(closed({ file: Type.String({ maxLength: 200 }), sha256: Type.String() })),
  /** In the order in which they can be filled. */
  tables: Type.Array(closed({ name: Name, columns: Type.Array(Name) })),
  /** In the log. */
  events: Index,
  /** The signed head that everybody was shown, and how many events it is over. */
  published: Type.Optional(closed({ size: Index, note: Type.String({ maxLength: 100_000 }) })),
  /** The verifier key that signs a log which has announced none. */
  firstKey: Type.Optional(Type.String({ maxLength: 1_000 })),
});
export type BackupHead = Static<typeof Head>;

const Manifest = closed({
  files: Type.Array(closed({ name: Type.String(), bytes: Index, sha256: Type.String() })),
  /** Over the log; base64url. */
  root: Type.String(),
});
type BackupManifest = Static<typeof Manifest>;

const headCheck = Compile(Head);
const manifestCheck = Compile(Manifest);

export type Member =
  | { readonly kind: 'log'; readonly events: readonly RecordedEvent[] }
  | { readonly kind: 'table'; readonly table: string; readonly bytes: Uint8Array }
  | { readonly kind: 'staff'; readonly bytes: Uint8Array };

/** A file that is no whole backup, or none that this program can use; the message says what to do. */
export class BackupUnusable extends Error {
  constructor(
    readonly code:
      | 'backup-cut'
      | 'backup-damaged'
      | 'backup-not-as-signed'
      | 'backup-of-a-newer-version'
      | 'backup-of-another-program',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'BackupUnusable';
  }
}

/**
 * The bytes of a backup, to be compressed. Every event is checked against its hash on the way, and the log against its signed head.
 * @param members in order: the whole log, then the tables
 * @throws DamagedEvent, UnknownEvent, BackupUnusable `backup-not-as-signed`
 */
export async function* writeBackup(
  crypto: Pick<Crypto, 'sha256'>,
  head: BackupHead,
  members: AsyncIterable<Member>,
): AsyncGenerator<Uint8Array> {
  const files: BackupManifest['files'] = [];
  const log = new WatchedLog(crypto, head);
  const file = (name: string, bytes: Uint8Array) => {
    files.push({ name, bytes: bytes.length, sha256: toBase64url(crypto.sha256(bytes)) });
    return [tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)];
  };
  yield* file(HEAD, json(head));
  for await (const member of members) {
    if (member.kind === 'log') log.add(member.events);
    yield* file(nameOf(member, files.length), bytesOf(member));
  }
  const root = log.end();
  yield* file(MANIFEST, json({ files: [...files], root }));
  yield tarEnd();
}

function nameOf(member: Member, at: number): string {
  if (member.kind === 'staff') return STAFF;
  const number = String(at).padStart(10, '0');
  return member.kind === 'log' ? `log/${number}` : `tables/${member.table}/${number}`;
}

function bytesOf(member: Member): Uint8Array {
  return member.kind === 'log' ? encodePage(member.events) : member.bytes;
}

/** A backup as it is read: what it is of, and then all that it holds. To be believed only when the members have come to their end. */
export interface OpenBackup {
  readonly head: BackupHead;
  /** @returns the root over the log, base64url @throws BackupUnusable, UnknownEvent */
  readonly members: AsyncGenerator<Member, string>;
}

/** @param file its bytes, whose errors are the caller's @throws BackupUnusable */
export async function openBackup(crypto: Pick<Crypto, 'sha256'>, file: Readable): Promise<OpenBackup> {
  const members = membersOf(crypto, file);
  const first = await members.next();
  // What comes first is the head, or there is none.
  if (first.done === true || typeof first.value === 'string' || !('format' in first.value)) throw damaged();
  return { head: first.value, members: members as AsyncGenerator<Member, string> };
}

async function* membersOf(
  crypto: Pick<Crypto, 'sha256'>,
  file: Readable,
): AsyncGenerator<BackupHead | Member, string> {
  const gunzip = createGunzip();
  let failure: unknown;
  file.once('error', (error) => {
    failure = error;
    gunzip.destroy(error);
  });
  try {
    return yield* readMembers(crypto, file.pipe(gunzip));
  } catch (error) {
    throw failure ?? explained(error);
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

async function* readMembers(
  crypto: Pick<Crypto, 'sha256'>,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<BackupHead | Member, string> {
  const files: BackupManifest['files'] = [];
  let log: WatchedLog | undefined;
  let manifest: BackupManifest | undefined;
  for await (const { name, bytes: content } of readTar(bytes)) {
    if (manifest !== undefined) throw damaged();
    if (name === MANIFEST) {
      manifest = parse(content, manifestCheck);
      continue;
    }
    files.push({ name, bytes: content.length, sha256: toBase64url(crypto.sha256(content)) });
    if (log === undefined) {
      const head = parseHead(name, content);
      log = new WatchedLog(crypto, head);
      yield head;
      continue;
    }
    const member = memberOf(name, content);
    if (member.kind === 'log') log.add(member.events);
    yield member;
  }
  if (manifest === undefined || log === undefined) throw cut();
  if (JSON.stringify(files) !== JSON.stringify(manifest.files)) throw damaged();
  const root = log.end();
  if (root !== manifest.root) throw damaged();
  return root;
}

function memberOf(name: string, bytes: Uint8Array): Member {
  if (name === STAFF) return { kind: 'staff', bytes };
  const [, table] = /^tables\/([a-z0-9_]+)\/\d{10}$/.exec(name) ?? [];
  if (table !== undefined) return { kind: 'table', table, bytes };
  if (!/^log\/\d{10}$/.test(name)) throw damaged();
  return { kind: 'log', events: eventsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) };
}

/** The log as it goes by: whole, in order, as long as it was said to be, and under the head that was signed. */
class WatchedLog {
  readonly #log: LogRoot;
  #signed: Uint8Array | undefined;

  constructor(
    crypto: Pick<Crypto, 'sha256'>,
    private readonly head: BackupHead,
  ) {
    this.#log = new LogRoot(crypto);
  }

  /** @throws DamagedEvent, UnknownEvent */
  add(events: readonly RecordedEvent[]): void {
    const at = BigInt(this.head.published?.size ?? -1);
    for (const event of events) {
      this.#log.add(event);
      if (this.#log.size === at) this.#signed = this.#log.root();
    }
  }

  /** The root, base64url. @throws BackupUnusable */
  end(): string {
    const { events, published } = this.head;
    if (this.#log.size !== BigInt(events)) throw damaged();
    if (published !== undefined) {
      const checkpoint = readCheckpoint(utf8(published.note));
      const signed = typeof checkpoint === 'string' ? undefined : checkpoint;
      if (
        this.#signed === undefined ||
        signed?.size !== BigInt(published.size) ||
        !equalBytes(signed.root, this.#signed)
      ) {
        throw new BackupUnusable(
          'backup-not-as-signed',
          `The first ${published.size} events are not those that were signed and shown: the log was changed. Run concejo ` +
            'doctor on it, and bring back an older backup.',
        );
      }
    }
    return toBase64url(this.#log.root());
  }
}

/** A backup of a version that is not known yet is told from one that is damaged. */
function parseHead(name: string, bytes: Uint8Array): BackupHead {
  const value = name === HEAD ? (jsonIn(bytes) as Partial<BackupHead> | undefined) : undefined;
  if (value?.format !== FORMAT) throw damaged();
  const version: unknown = value.v;
  if (typeof version === 'number' && version > VERSION) {
    throw new BackupUnusable(
      'backup-of-a-newer-version',
      `The backup is of format ${version}, and this program knows ${VERSION}. Use the release that wrote it.`,
    );
  }
  return parse(bytes, headCheck);
}

function parse<T>(bytes: Uint8Array, check: { Check(value: unknown): value is T }): T {
  const value = jsonIn(bytes);
  if (!check.Check(value)) throw damaged();
  return value;
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function json(value: unknown): Uint8Array {
  return utf8(`${JSON.stringify(value)}\n`);
}

/** Whatever inflating, the archive or a page makes of damaged bytes; what the file system says stays as it is. */
function explained(error: unknown): unknown {
  const code = errnoOf(error) ?? '';
  if (code === 'Z_BUF_ERROR' || code === 'archive-cut') return cut(error);
  const isDamage = error instanceof BadArchive || error instanceof DamagedEvent || error instanceof NotAPage;
  return isDamage || /^(Z_|ERR_)/.test(code) ? damaged(error) : error;
}

function damaged(cause?: unknown): BackupUnusable {
  return new BackupUnusable(
    'backup-damaged',
    'The file is damaged, or is no backup of concejo. Bring it from where you keep another copy, or use another backup.',
    { cause },
  );
}

function cut(cause?: unknown): BackupUnusable {
  return new BackupUnusable(
    'backup-cut',
    'The file ends too early: it was not written, or not copied, to its end. Copy it again, or use another backup.',
    { cause },
  );
}

/**
 * Signs heads of the tree, and never one that takes anything back: the last head that was signed is kept in a file outside the
 * database, and a tree that does not begin with that one is refused, whatever backup the database came from. Where there is no
 * such file, only a new log is signed: what a database tells of the last head is as old as the database. A key that the log has
 * not announced signs nothing, the first one excepted.
 */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { parseCheckpoint, writeCheckpoint, type Checkpoint } from '../../projections/ledger/checkpoint.js';
import { keysAt, type KeyRegister } from '../../projections/ledger/key-register.js';
import { parseNote, verifyNote, writeNote, type Note } from '../../projections/ledger/note.js';
import { verifyConsistency } from '../../projections/ledger/tree.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import type { VerifierKey } from '../../projections/ledger/verifier-key.js';
import { replaceFile } from '../replace-file.js';
import { distinct } from './known-keys.js';
import type { LogKeys } from './log-keys.js';

/** A head that must not be signed, or a memory that cannot be used; the message says what to do. */
export class SigningRefused extends Error {
  constructor(
    readonly code:
      | 'log-behind-signed'
      | 'log-not-as-signed'
      | 'log-memory-unusable'
      | 'log-head-missing'
      | 'log-head-known'
      | 'log-of-another-origin'
      | 'log-key-not-announced',
    reason: string,
  ) {
    super(reason);
    this.name = 'SigningRefused';
  }
}

export type Head = Pick<Checkpoint, 'size' | 'root'>;

/** A head with the note that says so. */
export interface SignedHead extends Head {
  readonly note: string;
}

/** What a signer remembers. */
export interface SignedLast {
  readonly note: string;
  /** -1n for a memory that cannot be read as a note. */
  readonly size: bigint;
  readonly at: Date;
}

/** @param path of the memory @returns `undefined` where nothing was signed @throws SigningRefused */
export async function readSignedLast(path: string): Promise<SignedLast | undefined> {
  const note = await readMemory(path);
  if (note === undefined) return undefined;
  // In this order the time may be newer than the note, by one head.
  const { mtime } = await stat(path);
  return { note, size: sizeIn(note), at: mtime };
}

/** What is known of the log's past beside the memory. */
export interface Past {
  /** The last note that anybody was shown, as the database has it: for a memory that is older than that. */
  readonly shown: string | undefined;
  /** The keys that have signed this log, here or not, as far as the log tells. */
  readonly ever: readonly VerifierKey[];
  /** Whether no head of it can have been signed before. Asked where there is no memory. */
  isNew(): boolean | Promise<boolean>;
}

export class Signer {
  private constructor(
    private readonly crypto: Crypto,
    private readonly keys: LogKeys,
    private readonly path: string,
    /** The last head that was signed; `undefined` for a new log. */
    private last: SignedHead | undefined,
    /** The key of a log that has announced none. */
    readonly firstKey: string | undefined,
    /** The memory, where the database shows a larger head: the log has to continue both. */
    private older?: Head,
  ) {}

  /**
   * @param path of the memory
   * @param past what else is known of what was signed
   * @throws SigningRefused
   */
  static async open(crypto: Crypto, keys: LogKeys, path: string, past: Past): Promise<Signer> {
    const memory = await readMemory(path);
    if (memory === undefined) {
      if (!(await past.isNew())) throw headMissing(path);
      return new Signer(crypto, keys, path, undefined, keys.first(undefined));
    }
    const by = distinct([...keys.verifiers, ...past.ever]);
    const { signed, ...own } = readHead(crypto, keys.origin, by, memory, path);
    // A memory from a backup, or of one of two hosts that sign in turns, knows less than what was shown since.
    const { shown } = past;
    if (shown === undefined || sizeIn(shown) <= own.size)
      return new Signer(crypto, keys, path, own, keys.first(signed));
    // It is taken over when a tree was found to continue both: a database alone could make the memory forget.
    const { signed: signedLast, ...last } = readHead(crypto, keys.origin, by, shown, path);
    return new Signer(crypto, keys, path, last, keys.first(signedLast), own);
  }

  get signed(): SignedHead | undefined {
    return this.last;
  }

  /**
   * Signs a head, durably remembered before it is given back.
   * @param proofFrom the consistency proof from a smaller size, out of the tree that is to be signed
   * @param register the keys that the events under this head, or more of them, have announced
   * @throws SigningRefused
   */
  async sign(
    head: Head,
    proofFrom: (size: bigint) => Promise<readonly Uint8Array[]>,
    register: KeyRegister,
  ): Promise<SignedHead> {
    const { last, older } = this;
    if (older !== undefined) await this.#assertContinues(older, head, proofFrom);
    if (last !== undefined) {
      await this.#assertContinues(last, head, proofFrom);
      if (head.size === last.size) {
        if (older !== undefined) await remember(this.path, last.note);
        this.older = undefined;
        return last;
      }
    }
    const text = writeCheckpoint({ origin: this.keys.origin, ...head, extensions: [] });
    const note = writeNote({ text, signatures: this.#keysFor(head, register).sign(text) });
    await remember(this.path, note);
    this.last = { ...head, note };
    this.older = undefined;
    return this.last;
  }

  async #assertContinues(
    last: Head,
    head: Head,
    proofFrom: (size: bigint) => Promise<readonly Uint8Array[]>,
  ): Promise<void> {
    if (head.size < last.size) {
      throw new SigningRefused(
        'log-behind-signed',
        `The log has ${head.size} events, and ${last.size} were signed. The database is older than what was published: ` +
          'bring back the newer one. Nothing is signed until then.',
      );
    }
    const proof = last.size === 0n || last.size === head.size ? [] : await proofFrom(last.size);
    if (last.size > 0n && !verifyConsistency(this.crypto, last, head, proof)) {
      throw new SigningRefused(
        'log-not-as-signed',
        `The first ${last.size} events do not give the tree that was signed. concejo doctor says why: tiles are damaged, which ` +
          '--repair makes again, or the log was changed or is another one; then bring back the right database. Nothing is ' +
          'signed until then.',
      );
    }
  }

  #keysFor({ size }: Head, register: KeyRegister): LogKeys {
    const named = register.length === 0 ? [this.firstKey ?? ''] : keysAt(register, size);
    const keys = this.keys.only(named);
    if (keys !== undefined) return keys;
    throw new SigningRefused(
      'log-key-not-announced',
      `The log is signed with ${named.join(' and ')}, and no such key is here: bring it back (CONCEJO_LOG_KEY). ` +
        'Another one is announced beside it with concejo log-key rotate.',
    );
  }
}

/** Durable when it resolves. @param path of the memory */
export async function remember(path: string, note: string): Promise<void> {
  // With the key in the environment nobody has made the folder.
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, note);
}

/** @param more what was tried already */
export function headMissing(path: string, more = ''): SigningRefused {
  return new SigningRefused(
    'log-head-missing',
    `Heads of this log were shown before, and which was the last one is not known on this host: there is no ${path}.${more} The ` +
      'database may be an older one, so nothing is signed. Bring the file back, or give the newest head that anybody has kept: ' +
      'concejo log-head FILE (docs/operations.md, A new host).',
  );
}

/** What a note says, whoever signed it; -1 for what is none. */
function sizeIn(text: string | undefined): bigint {
  const checkpoint = text === undefined ? undefined : readCheckpoint(utf8(text));
  return checkpoint === undefined || typeof checkpoint === 'string' ? -1n : checkpoint.size;
}

/** @throws SigningRefused */
function readHead(
  crypto: Crypto,
  origin: string,
  keys: readonly VerifierKey[],
  text: string,
  path: string,
): SignedHead & { signed: Note } {
  const note = parseNote(utf8(text));
  const checkpoint = typeof note === 'string' ? note : parseCheckpoint(note.text);
  if (typeof note === 'string' || typeof checkpoint === 'string') {
    throw new SigningRefused(
      'log-memory-unusable',
      `What was signed last cannot be read from ${path}: bring the file back, or give the last head (concejo log-head FILE).`,
    );
  }
  if (checkpoint.origin !== origin) {
    throw new SigningRefused(
      'log-of-another-origin',
      `The log is ${checkpoint.origin}, and its key is of ${origin}: bring back the key (CONCEJO_LOG_KEY).`,
    );
  }
  const signed = verifyNote(crypto, note, keys);
  if (signed === 'note-signature-wrong' || signed.length === 0) {
    throw new SigningRefused(
      'log-memory-unusable',
      `What was signed last (${path}) is by none of the keys: keep the old key beside the new one (CONCEJO_LOG_KEY).`,
    );
  }
  return { size: checkpoint.size, root: checkpoint.root, note: text, signed: note };
}

async function readMemory(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SigningRefused(
      'log-memory-unusable',
      `What was signed last cannot be read from ${path}: make it readable.`,
    );
  }
}

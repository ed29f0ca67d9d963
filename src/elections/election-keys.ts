/**
 * The keys of `open` elections. One master of 32 bytes lives in a file (0600) that every process of the server shares; it
 * is never in the database, the log or a backup of it. Whoever holds it can open ballots before the close.
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Crypto } from '../../projections/crypto.js';

/** The master file cannot be used; the message says what to do. */
export class ElectionKeysUnusable extends Error {
  readonly code = 'election-keys-unusable';
  constructor(path: string, reason: string) {
    super(
      `The election keys' master file ${path} ${reason}. Restore it from where you keep it apart (CONCEJO_ELECTION_KEYS).`,
    );
    this.name = 'ElectionKeysUnusable';
  }
}

export class ElectionKeys {
  readonly #master: Uint8Array;
  #last: { electionId: string; secret: Uint8Array } | undefined;

  private constructor(
    master: Uint8Array,
    private readonly crypto: Pick<Crypto, 'boxPublicKey'>,
  ) {
    this.#master = master;
  }

  /** Reads the master; makes it when there is none yet. @throws ElectionKeysUnusable */
  static fromFile(path: string, crypto: Pick<Crypto, 'boxPublicKey'>): ElectionKeys {
    let master: Uint8Array;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // `wx`: two processes that start together agree on the file of the first.
      writeFileSync(path, randomBytes(32), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new ElectionKeysUnusable(path, 'cannot be written');
      }
    }
    try {
      master = readFileSync(path);
    } catch {
      throw new ElectionKeysUnusable(path, 'cannot be read');
    }
    if (master.length !== 32)
      throw new ElectionKeysUnusable(path, `has ${master.length} bytes instead of 32`);
    return new ElectionKeys(master, crypto);
  }

  /** X25519 secret: HKDF-SHA256(master, salt electionId, info "concejo/v1/election-key"). @see RFC 5869 */
  secretOf(electionId: string): Uint8Array {
    // Derived once for an election that is being voted in: it is needed for every ballot.
    if (this.#last?.electionId !== electionId) {
      const secret = new Uint8Array(
        hkdfSync('sha256', this.#master, electionId, 'concejo/v1/election-key', 32),
      );
      this.#last = { electionId, secret };
    }
    return this.#last.secret;
  }

  publicOf(electionId: string): Uint8Array {
    return this.crypto.boxPublicKey(this.secretOf(electionId));
  }
}

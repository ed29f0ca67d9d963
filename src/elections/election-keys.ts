/**
 * The keys of `open` elections. One master of 32 bytes lives in a file (0600) that every process of the server shares; it
 * is never in the database, the log or a backup of it. Whoever holds it can open ballots before the close.
 */
import { hkdfSync } from 'node:crypto';
import { bytesOf, equalBytes } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { SealedElection } from './sealed-elections.js';
import { makeSecret, readSecret, SecretUnusable } from '../secret-file.js';

/** The master file cannot be used; the message says what to do. */
export class ElectionKeysUnusable extends Error {
  readonly code = 'election-keys-unusable';
  constructor(path: string, reason: string) {
    super(`The election keys' master file ${path} ${reason}`);
    this.name = 'ElectionKeysUnusable';
  }
}

const RESTORE = 'Restore it from where you keep it apart (CONCEJO_ELECTION_KEYS).';

export class ElectionKeys {
  readonly #master: Uint8Array | ElectionKeysUnusable;
  #last: { electionId: string; secret: Uint8Array } | undefined;

  private constructor(
    master: Uint8Array | ElectionKeysUnusable,
    private readonly crypto: Pick<Crypto, 'boxPublicKey'>,
  ) {
    this.#master = master;
  }

  /**
   * Reads the master, and makes it when there is none yet. What is sealed must be opened with it: where it cannot be, it is
   * another master than before, and one that is missing is not made anew.
   * @throws ElectionKeysUnusable
   */
  static async fromFile(
    path: string,
    crypto: Pick<Crypto, 'boxPublicKey'>,
    sealed: readonly SealedElection[],
  ): Promise<ElectionKeys> {
    try {
      const master = await readSecret(path);
      if (master === undefined && sealed.length > 0) throw lost(path, 'is missing', sealed);
      const keys = new ElectionKeys(master ?? (await makeSecret(path)), crypto);
      const closed = sealed.filter(
        ({ electionId, boxKey }) => !equalBytes(keys.publicOf(electionId), bytesOf(boxKey)),
      );
      if (closed.length > 0) throw lost(path, 'is not the one that was in use when voting opened', closed);
      return keys;
    } catch (error) {
      if (!(error instanceof SecretUnusable)) throw error;
      throw new ElectionKeysUnusable(path, `${error.why}. ${RESTORE}`);
    }
  }

  /** Keys that cannot be used, for work that may need none: whoever asks for one is told why. */
  static without(why: ElectionKeysUnusable, crypto: Pick<Crypto, 'boxPublicKey'>): ElectionKeys {
    return new ElectionKeys(why, crypto);
  }

  /** X25519 secret: HKDF-SHA256(master, salt electionId, info "concejo/v1/election-key"). @see RFC 5869 @throws ElectionKeysUnusable */
  secretOf(electionId: string): Uint8Array {
    if (this.#master instanceof ElectionKeysUnusable) throw this.#master;
    // Derived once for an election that is being voted in: it is needed for every ballot.
    if (this.#last?.electionId !== electionId) {
      const secret = new Uint8Array(
        hkdfSync('sha256', this.#master, electionId, 'concejo/v1/election-key', 32),
      );
      this.#last = { electionId, secret };
    }
    return this.#last.secret;
  }

  /** @throws ElectionKeysUnusable */
  publicOf(electionId: string): Uint8Array {
    return this.crypto.boxPublicKey(this.secretOf(electionId));
  }
}

function lost(path: string, how: string, sealed: readonly SealedElection[]): ElectionKeysUnusable {
  const ids = sealed.map(({ electionId }) => electionId);
  return new ElectionKeysUnusable(
    path,
    `${how}. Without it nobody can ever open the ballots of ${ids.join(', ')}. ${RESTORE} Nothing was changed. ` +
      `If every copy is lost, set CONCEJO_GIVEN_UP=${ids.join(',')} to start all the same, and let two persons annul.`,
  );
}

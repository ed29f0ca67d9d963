/**
 * The costly part of an audit, in batches, so that whoever has more processors can spread it: a signature, a key check or a
 * box each takes far longer than all the rest of an event.
 */
import type { Signed } from '../ballot.js';
import { bytesOf } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { openBytes, type Opener, type OpeningFailure, type SealedBytes } from '../sealing.js';

type Later<T> = T | Promise<T>;

/** Things of one batch. */
export const PER_BATCH = 250;
/** Batches that are asked and not answered: whoever answers them goes on while other things are looked at. */
const MOST_UNDER_WAY = 12;

/** Every answer has one element for each that was asked, in the same order. */
export interface Bulk {
  /** Which Ed25519 keys, base64url, are sound (see `Crypto.isKey`). */
  areKeys(keys: readonly string[]): Later<readonly boolean[]>;
  /** Which signatures are right. */
  areSigned(signed: readonly Signed[]): Later<readonly boolean[]>;
  /** The padded plaintexts of sealed ballots. */
  open(opener: Opener, ballots: readonly SealedBytes[]): Later<readonly (Uint8Array | OpeningFailure)[]>;
}

/** One after another, on this thread. */
export function bulkOf(crypto: Crypto): Bulk {
  return {
    areKeys: (keys) => keys.map((key) => crypto.isKey(bytesOf(key))),
    areSigned: (signed) =>
      signed.map(({ key, message, signature }) => crypto.verify(key, message, signature)),
    open: (opener, ballots) => ballots.map((ballot) => openBytes(crypto, opener, ballot)),
  };
}

/** Questions that are answered together; the answers become findings in the order of the questions. */
export class Queue<Question, Place> {
  #questions: Question[] = [];
  #places: Place[] = [];
  readonly #running: Promise<void>[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly ask: (questions: readonly Question[]) => Later<readonly boolean[]>,
    private readonly refused: (place: Place) => void,
  ) {}

  add(question: Question, place: Place): void {
    this.#questions.push(question);
    this.#places.push(place);
    if (this.#questions.length >= PER_BATCH) this.#send();
  }

  /** What to wait for before more is added, where much is under way: so memory stays bounded. */
  crowded(): Promise<void> | undefined {
    return this.#running.length > MOST_UNDER_WAY ? this.#running.shift() : undefined;
  }

  /** Asks the rest, and waits for all answers. */
  async end(): Promise<void> {
    this.#send();
    await this.#last;
  }

  #send(): void {
    if (this.#questions.length === 0) return;
    const places = this.#places;
    const answers = Promise.resolve(this.ask(this.#questions));
    this.#places = [];
    this.#questions = [];
    const before = this.#last;
    this.#last = answers.then(async (all) => {
      await before;
      for (const [index, place] of places.entries()) if (all[index] !== true) this.refused(place);
    });
    // Who is not waiting for it yet must not make a failure an unhandled one; it is thrown where it is waited for.
    this.#last.catch(() => undefined);
    this.#running.push(this.#last);
  }
}

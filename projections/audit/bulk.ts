/**
 * The costly part of an audit, in batches, so that whoever has more processors can spread it: a signature, a key check or a
 * box each takes far longer than all the rest of an event.
 */
import { isSigned, type Ballot } from '../ballot.js';
import { bytesOf } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { openBox, type Opener, type OpeningFailure, type SealedBox } from '../sealing.js';

type Later<T> = T | Promise<T>;

/** Every answer has one element for each that was asked, in the same order. */
export interface Bulk {
  /** Which Ed25519 keys, base64url, are sound (see `Crypto.isKey`). */
  areKeys(keys: readonly string[]): Later<readonly boolean[]>;
  /** Which ballots are signed by their own key. */
  areSigned(ballots: readonly Ballot[]): Later<readonly boolean[]>;
  /** The padded plaintexts of sealed ballots. */
  open(opener: Opener, ballots: readonly SealedBox[]): Later<readonly (Uint8Array | OpeningFailure)[]>;
}

/** One after another, on this thread. */
export function bulkOf(crypto: Crypto): Bulk {
  return {
    areKeys: (keys) => keys.map((key) => crypto.isKey(bytesOf(key))),
    areSigned: (ballots) => ballots.map((ballot) => isSigned(crypto, ballot)),
    open: (opener, ballots) => ballots.map((ballot) => openBox(crypto, opener, ballot)),
  };
}

/** Questions that are answered together; the answers become findings when they come. */
export class Queue<Question, Place> {
  #questions: Question[] = [];
  #places: Place[] = [];
  #running: Promise<void> | undefined;

  constructor(
    private readonly ask: (questions: readonly Question[]) => Later<readonly boolean[]>,
    private readonly refused: (place: Place) => void,
    private readonly perBatch: number,
  ) {}

  add(question: Question, place: Place): void {
    this.#questions.push(question);
    this.#places.push(place);
  }

  /** Asks what has gathered, if it is enough; at most one batch is under way, so that memory stays bounded. */
  async turn(): Promise<void> {
    if (this.#questions.length >= this.perBatch) await this.#send();
  }

  /** Asks the rest, and waits for all answers. */
  async end(): Promise<void> {
    await this.#send();
    await this.#running;
  }

  async #send(): Promise<void> {
    await this.#running;
    const places = this.#places;
    const questions = this.#questions;
    this.#places = [];
    this.#questions = [];
    if (questions.length === 0) return;
    this.#running = this.#judge(questions, places);
    // Who is not waiting for it yet must not make a failure an unhandled one; it is thrown where it is waited for.
    this.#running.catch(() => undefined);
  }

  async #judge(questions: readonly Question[], places: readonly Place[]): Promise<void> {
    const answers = await this.ask(questions);
    for (const [index, place] of places.entries()) if (answers[index] !== true) this.refused(place);
  }
}

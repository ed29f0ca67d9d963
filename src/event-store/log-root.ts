/** The root over a log as its events go by, each opened and in its place: for what copies, backs up and brings back. */
import type { Crypto } from '../../projections/crypto.js';
import { DamagedEvent, openEvent, type RecordedEvent } from '../../projections/event.js';
import { GrowingRoot } from '../../projections/hash.js';

export class LogRoot {
  size = 0n;
  readonly #root: GrowingRoot;

  constructor(private readonly crypto: Pick<Crypto, 'sha256'>) {
    this.#root = new GrowingRoot(crypto);
  }

  /** @throws DamagedEvent also where it is not the next; UnknownEvent */
  add(event: RecordedEvent): void {
    if (event.position !== this.size) throw new DamagedEvent(event.position, `place ${this.size} is empty`);
    openEvent(this.crypto, event);
    this.#root.add(event.hash);
    this.size += 1n;
  }

  /** Of those that were added until now. @see RFC 9162 §2.1.1 */
  root(): Uint8Array {
    return this.#root.root();
  }
}

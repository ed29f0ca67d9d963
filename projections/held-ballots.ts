/** The ballots of an election as a ballot box holds them until the count: as bytes, each in the sequence of its voter. */
import type { Ballot, Plaintext } from './ballot.js';
import { bytesOf } from './bytes.js';
import { canonicalBytes } from './canonical.js';
import type { ElectionNames } from './key-lines.js';
import { Arena, Names, Numbers } from './packed.js';
import type { SealedBytes } from './sealing.js';
import type { StandingBallot } from './standing.js';

/** What a count needs of a ballot: what it binds to, and what is in it, sealed or open. */
export type HeldBallot = Pick<Ballot, 'e' | 'k' | 'n'> &
  ({ t: Plaintext } | { x: Uint8Array; b: Uint8Array });

/** A ballot of a voter, known by its number; `id` is the number of its id. */
export interface VotersBallot extends Omit<StandingBallot<number>, 'annulled'> {
  ballot: number;
}

/** What its opening needs; `undefined` where it is disclosed. */
export function sealedIn(ballot: HeldBallot): SealedBytes | undefined {
  return 't' in ballot ? undefined : { k: bytesOf(ballot.k), n: ballot.n, x: ballot.x, b: ballot.b };
}

const EPHEMERAL_BYTES = 32;
const decoder = new TextDecoder();

export class HeldBallots {
  readonly #arena = new Arena();
  /** Definition hashes: one, if all is well. */
  readonly #hashes = new Names();
  #size = 0;
  // By the number of a ballot.
  readonly #ids = new Numbers(Int32Array);
  readonly #keys = new Numbers(Int32Array);
  readonly #ns = new Numbers(Int32Array);
  readonly #es = new Numbers(Int32Array);
  readonly #positions = new Numbers();
  /** Where its bytes are, and how many: fewer than none where it is disclosed. */
  readonly #places = new Numbers();
  readonly #lengths = new Numbers(Int32Array);
  /** Number + 1 of the voter's next ballot. */
  readonly #next = new Numbers(Int32Array);
  // By the number of a line: numbers + 1 of its first and last ballot.
  readonly #first = new Numbers(Int32Array);
  readonly #last = new Numbers(Int32Array);

  constructor(private readonly names: Pick<ElectionNames, 'keys'>) {}

  /** Takes the next ballot of a line. @param id number of its id */
  add(line: number, id: number, position: number, ballot: Ballot): void {
    const number = this.#size;
    this.#keep(number, ballot);
    this.#size += 1;
    this.#ids.set(number, id);
    this.#keys.set(number, this.names.keys.add(ballot.k));
    this.#ns.set(number, ballot.n);
    this.#es.set(number, this.#hashes.add(ballot.e));
    this.#positions.set(number, position);
    const before = this.#last.get(line);
    if (before === 0) this.#first.set(line, number + 1);
    else this.#next.set(before - 1, number + 1);
    this.#last.set(line, number + 1);
  }

  hasOf(line: number): boolean {
    return this.#first.get(line) > 0;
  }

  /** The ballots of a line, in the order of the log. */
  of(line: number): VotersBallot[] {
    const found: VotersBallot[] = [];
    for (let ballot = this.#first.get(line) - 1; ballot >= 0; ballot = this.#next.get(ballot) - 1)
      found.push({
        ballot,
        id: this.#ids.get(ballot),
        n: this.#ns.get(ballot),
        position: this.#positions.get(ballot),
      });
    return found;
  }

  /** A ballot by its number. Sealed bytes are not copied. */
  ballot(number: number): HeldBallot {
    const head = {
      e: this.#hashes.text(this.#es.get(number)),
      k: this.names.keys.text(this.#keys.get(number)),
      n: this.#ns.get(number),
    };
    const length = this.#lengths.get(number);
    const place = this.#places.get(number);
    if (length < 0)
      return { ...head, t: JSON.parse(decoder.decode(this.#arena.at(place, -length))) as Plaintext };
    const bytes = this.#arena.at(place, length);
    return { ...head, x: bytes.subarray(0, EPHEMERAL_BYTES), b: bytes.subarray(EPHEMERAL_BYTES) };
  }

  #keep(number: number, ballot: Ballot): void {
    if ('t' in ballot) {
      const bytes = canonicalBytes(ballot.t, Number.MAX_SAFE_INTEGER);
      this.#places.set(number, this.#arena.put(bytes));
      this.#lengths.set(number, -bytes.length);
      return;
    }
    const x = bytesOf(ballot.x);
    if (x.length !== EPHEMERAL_BYTES) throw new RangeError('an ephemeral key has 32 bytes');
    const box = bytesOf(ballot.b);
    const length = EPHEMERAL_BYTES + box.length;
    const place = this.#arena.room(length);
    const bytes = this.#arena.at(place, length);
    bytes.set(x);
    bytes.set(box, EPHEMERAL_BYTES);
    this.#places.set(number, place);
    this.#lengths.set(number, length);
  }
}

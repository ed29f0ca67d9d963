/**
 * Elections as the log has them, kept in memory and brought up to date by reading only what is new. A command on a ballot
 * decides on this, and asks once more after its append: what was appended to the election before the ballot is then seen,
 * so the answer given equals what the fold decides.
 */
import type { Crypto } from '../../projections/crypto.js';
import { openEvent } from '../../projections/event.js';
import type { Known, Place } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { evolve, NO_ELECTION, type ElectionState } from './election.js';

interface Entry {
  state: ElectionState;
  place?: Place;
  /** The refresh under way, and the one that starts after it, for callers that came too late for the first. */
  running?: Promise<ElectionState>;
  next?: Promise<ElectionState>;
}

/** Elections kept in memory at most; the least recently used goes first. */
const MAX_KEPT = 200;

export class OpenElections {
  readonly #entries = new Map<string, Entry>();

  constructor(
    private readonly store: EventStore,
    private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /** The election with at least every event that was committed before this call. Calls at the same time share one read. */
  fresh(electionId: string): Promise<ElectionState> {
    const entry = this.#entry(electionId);
    if (entry.next !== undefined) return entry.next;
    if (entry.running === undefined) return this.#start(electionId, entry);
    // The read under way may have begun before the caller's append, so its answer is not good enough for this caller.
    entry.next = entry.running.catch(() => undefined).then(() => this.#start(electionId, entry));
    return entry.next;
  }

  /** As `fresh`, with the place in the stream up to which it was folded: for a command on the election itself. */
  async known(electionId: string): Promise<Known<ElectionState>> {
    const entry = this.#entry(electionId);
    await this.fresh(electionId);
    const { state, place } = entry;
    return { state, ...(place && { place }) };
  }

  #start(electionId: string, entry: Entry): Promise<ElectionState> {
    delete entry.next;
    const reading = this.#read(electionId, entry).finally(() => {
      if (entry.running === reading) delete entry.running;
    });
    entry.running = reading;
    return reading;
  }

  async #read(electionId: string, entry: Entry): Promise<ElectionState> {
    for await (const recorded of this.store.readStream(
      `election-${electionId}`,
      (entry.place?.revision ?? -1n) + 1n,
    )) {
      entry.state = evolve(entry.state, openEvent(this.crypto, recorded));
      entry.place = { revision: recorded.revision, position: recorded.position };
    }
    return entry.state;
  }

  #entry(electionId: string): Entry {
    let entry = this.#entries.get(electionId);
    if (entry === undefined) {
      entry = { state: NO_ELECTION };
    } else {
      this.#entries.delete(electionId);
    }
    this.#entries.set(electionId, entry);
    if (this.#entries.size > MAX_KEPT) {
      for (const [id, kept] of this.#entries) {
        if (kept.running === undefined) {
          this.#entries.delete(id);
          break;
        }
      }
    }
    return entry;
  }
}

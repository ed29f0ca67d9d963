/** Tells a subscription that has nothing to say from one that is dead, of which nobody says so. */
import type { StoreClient } from './eventstoredb-client.js';
import { isAfter, type Place } from './eventstoredb-fold.js';
import type { LogStreams } from './eventstoredb-streams.js';

/** How many events are looked through at once. */
const EVENTS = 200;
const BEGINNING: Place = { commit: 0n, prepare: 0n };

export class Quiet {
  #looked: Place | undefined;
  #missed: Place | undefined;

  constructor(
    private readonly store: StoreClient,
    private readonly streams: LogStreams,
  ) {}

  /**
   * @param told everything of the log up to here was told
   * @returns how far nothing of it is missing
   * @throws Error where an event of the log has been there since the look before, and was not told
   */
  async assertNothingMissed(told: Place): Promise<Place> {
    const end = await this.store.end();
    const from = this.#looked !== undefined && isAfter(this.#looked, told) ? this.#looked : told;
    if (end === undefined || !isAfter(end, from)) return from;
    const page = await this.store.readAll(from.commit < 0n ? BEGINNING : from, EVENTS);
    const next = page.find(({ streamId, position }) => this.streams.has(streamId) && isAfter(position, told));
    if (next === undefined) return (this.#looked = page.at(-1)?.position ?? from);
    // It may be under way: at the next look it no longer is.
    if (this.#missed?.commit === next.position.commit)
      throw new Error('The subscription says nothing any more');
    this.#missed = next.position;
    return told;
  }
}

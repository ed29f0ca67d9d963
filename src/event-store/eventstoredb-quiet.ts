/** Tells a subscription that has nothing to say from one that is dead, of which nobody says so. */
import type { StoreClient } from './eventstoredb-client.js';
import { isAfter, type Place } from './eventstoredb-fold.js';
import type { LogStreams } from './eventstoredb-streams.js';

/** How many events are looked through at once. */
const EVENTS = 200;

export class Quiet {
  #looked: Place | undefined;
  #missed: Place | undefined;

  constructor(
    private readonly store: StoreClient,
    private readonly streams: LogStreams,
  ) {}

  /** @throws Error where an event of the log has been there since the look before, and was not told */
  async assertNothingMissed(head: Place): Promise<void> {
    const end = await this.store.end();
    const from = this.#looked !== undefined && isAfter(this.#looked, head) ? this.#looked : head;
    if (end === undefined || from.commit < 0n || !isAfter(end, from)) return;
    const page = await this.store.readAll(from, EVENTS);
    const next = page.find(({ streamId, position }) => this.streams.has(streamId) && isAfter(position, head));
    if (next === undefined) {
      this.#looked = page.at(-1)?.position;
      return;
    }
    // It may be under way: at the next look it no longer is.
    if (this.#missed?.commit === next.position.commit)
      throw new Error('The subscription says nothing any more');
    this.#missed = next.position;
  }
}

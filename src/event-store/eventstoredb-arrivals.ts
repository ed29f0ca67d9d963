/** What the store tells of the log's streams after a place of `$all`, as whole appends, in order. */
import type { AllStreamResolvedEvent, AllStreamSubscription } from '@eventstore/db-client';
import type { StoreClient } from './eventstoredb-client.js';
import { Appends, isAfter, type Arrived, type Place } from './eventstoredb-fold.js';
import type { LogStreams } from './eventstoredb-streams.js';

/** Events that wait; the store holds back more. */
const MOST_WAITING = 4_000;
/** Their bytes. */
const MOST_BYTES = 64_000_000;
/** Events that are given at once. */
const MOST_GIVEN = 2_000;

/** Places are signed numbers of 64 bits in the store. */
const MOST = 2n ** 63n - 1n;

export interface Arrival {
  /** Whether anything came, be it a part of an append. */
  readonly came: boolean;
  readonly appends: readonly (readonly Arrived[])[];
  /** Everything of the log up to here has been given. */
  readonly checkpoint: Place | undefined;
}

export class Arrivals {
  readonly #subscription: AllStreamSubscription;
  readonly #appends = new Appends();
  #waiting: AllStreamResolvedEvent[] = [];
  #bytes = 0;
  #last: Place;
  #checkpoint: Place | undefined;
  #failed: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(
    store: StoreClient,
    private readonly streams: LogStreams,
    after: Place,
  ) {
    this.#last = after;
    const fail = (error: Error) => {
      this.#failed ??= error;
      this.#wake();
    };
    this.#subscription = store.subscribe(
      after.commit < 0n ? undefined : after,
      streams.prefixes,
      (place) => {
        // A server that has found nothing yet may say the largest number there is.
        if (place.commit <= MOST) this.#checkpoint = place;
      },
      () => fail(new Error('The client of the event store was replaced')),
    );
    this.#subscription.on('data', (resolved: AllStreamResolvedEvent) => {
      this.#waiting.push(resolved);
      this.#bytes += bytesOf(resolved);
      if (this.#waiting.length >= MOST_WAITING || this.#bytes >= MOST_BYTES) this.#subscription.pause();
      this.#wake();
    });
    this.#subscription.on('error', fail);
    this.#subscription.on('end', () => fail(new Error('The subscription ended')));
  }

  /**
   * What has come since, after at most some milliseconds.
   * @throws LogHalted; anything where the subscription is dead
   */
  async next(ms: number): Promise<Arrival> {
    if (this.#waiting.length === 0 && this.#failed === undefined) await this.#something(ms);
    const given = this.#waiting.splice(0, MOST_GIVEN);
    for (const resolved of given) this.#bytes -= bytesOf(resolved);
    if (given.length === 0 && this.#failed !== undefined) throw this.#failed;
    if (this.#failed === undefined && this.#waiting.length < MOST_GIVEN && this.#bytes < MOST_BYTES)
      this.#subscription.resume();
    // Told when it went by, which may be before the events in front of it were taken.
    const passed = given.length === 0 && this.#subscription.readableLength === 0;
    return {
      came: given.length > 0,
      appends: this.#whole(given),
      checkpoint: passed ? this.#checkpoint : undefined,
    };
  }

  /** Bytes of events that wait. */
  get held(): number {
    return this.#bytes;
  }

  /** Ends a wait. */
  wake(): void {
    this.#wake();
  }

  close(): void {
    this.#subscription.removeAllListeners('data');
    this.#subscription.on('error', () => undefined);
    this.#subscription.unsubscribe().catch(() => undefined);
    this.#subscription.destroy();
  }

  /** What stands before an event that ends everything is still given: the next call throws. @throws LogHalted */
  #whole(given: readonly AllStreamResolvedEvent[]): (readonly Arrived[])[] {
    const appends: (readonly Arrived[])[] = [];
    try {
      for (const { event } of given) {
        // Told twice, it is the same.
        if (event === undefined || !isAfter(event.position, this.#last)) continue;
        this.#last = event.position;
        const arrived = this.streams.read(event);
        const whole = arrived && this.#appends.add(arrived);
        if (whole !== undefined) appends.push(whole);
      }
    } catch (error) {
      this.#failed = error as Error;
      this.#waiting = [];
      this.#subscription.pause();
      if (appends.length === 0) throw error;
    }
    return appends;
  }

  #something(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function bytesOf({ event }: AllStreamResolvedEvent): number {
  return event?.data instanceof Uint8Array ? event.data.length : 0;
}

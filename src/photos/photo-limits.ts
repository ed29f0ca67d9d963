/** How many photos one person sends in a day: by address, and by her link where she has one. In memory only. */
import { RateLimit } from '../rest/rate-limit.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Of all who share an address, such as an office. With `MAX_PHOTO_BYTES` 300 MB. */
export const MOST_BY_ADDRESS = 60;
export const MOST_BY_LINK = 12;

export interface Sender {
  readonly address: string;
  /** The hash of a reporter's link. */
  readonly link?: string;
}

/** Enough for today: nothing was read. */
export class TooManyPhotos extends Error {
  readonly code = 'photos-too-many';
  constructor(readonly retryAfterSeconds: number) {
    super('More photos than one person may send in a day');
    this.name = 'TooManyPhotos';
  }
}

export class PhotoLimits {
  readonly #byAddress: RateLimit;
  readonly #byLink: RateLimit;

  /** @param nowMs monotonic */
  constructor(nowMs?: () => number) {
    this.#byAddress = new RateLimit(nowMs, MOST_BY_ADDRESS, DAY_MS);
    this.#byLink = new RateLimit(nowMs, MOST_BY_LINK, DAY_MS);
  }

  /** Counts one photo, also one that is refused later: looking costs as much. @throws TooManyPhotos */
  count({ address, link }: Sender): void {
    const ofLink = link === undefined ? 0 : this.#byLink.waitSeconds(link);
    const wait = Math.max(this.#byAddress.waitSeconds(address), ofLink);
    if (wait > 0) throw new TooManyPhotos(wait);
    this.#byAddress.count(address);
    if (link !== undefined) this.#byLink.count(link);
  }
}

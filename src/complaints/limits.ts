/** How much comes from one address and is done by one link: tokens of limits that REST and the pages share. In memory only. */
import type { RateLimit } from '../rest/rate-limit.js';
import { assertMayTry } from '../staff/authentication.guard.js';

/** Of what comes from one address. */
export const FILINGS = Symbol('filings of an address');
/** Matters and joinings in a quarter of an hour: a school has one address, too. */
export const MOST_FILINGS = 60;

/** Of links that lead nowhere, by address. */
export const WRONG_LINKS = Symbol('links that lead nowhere');
/** Of acts, by link. */
export const LINK_ACTS = Symbol('acts by a link');
/** In a quarter of an hour. */
export const MOST_ACTS = 60;

/** Looks at a part of the map or at what is near a place, by address. */
export const LOOKS_AROUND = Symbol('looks around of an address');
/** In ten seconds: a class that moves its maps has one address, too. */
export const MOST_LOOKS = 100;
export const LOOKS_MS = 10_000;

/** Each costs more than its asking. @throws Problem `too-many-looks` */
export function assertMayLook(looks: RateLimit, address: string): void {
  assertMayTry(looks, address, 'too-many-looks');
  looks.count(address);
}

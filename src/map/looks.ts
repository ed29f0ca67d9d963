/** How much of the map one address looks at: tokens of a limit that REST and the pages share. In memory only. */
import type { RateLimit } from '../rest/rate-limit.js';
import { assertMayTry } from '../staff/authentication.guard.js';

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

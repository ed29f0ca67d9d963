/** What who is signed in does at the desk, for pages that offer it. What she may do is decided elsewhere. */
import { LISTENER } from '../complaints/matter.js';
import { mayRead, MODERATOR } from '../desk/staff-access.js';
import type { Frame } from './layout.js';

type Who = Pick<Frame, 'signedIn'>;

/** Works on matters, and writes for others, too. */
export function isListening({ signedIn }: Who): boolean {
  return signedIn?.roles.includes(LISTENER) === true;
}

export function readsQueue({ signedIn }: Who): boolean {
  return signedIn !== undefined && mayRead(signedIn);
}

/** Has a page of a public matter. */
export function isAtDesk(who: Who): boolean {
  return readsQueue(who) || who.signedIn?.roles.includes(MODERATOR) === true;
}

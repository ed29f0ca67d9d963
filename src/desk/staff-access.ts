/** Who of staff may see and do what with matters. */
import { Problem } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { LISTENER } from '../complaints/matter.js';

/** Who deletes what a reporter wrote. */
export const OFFICER = 'data-protection-officer';
/** Who hides what everybody sees, and reads no more than that. */
export const MODERATOR = 'moderator';

/** Who reads what is not public. */
const READERS = [LISTENER, 'auditor', OFFICER];

export function mayRead({ roles }: Pick<Actor, 'roles'>): boolean {
  return roles.some((role) => READERS.includes(role));
}

/** @throws Problem `role-missing` */
export function assertReads(actor: Pick<Actor, 'roles'>): void {
  if (!mayRead(actor)) throw new Problem('role-missing');
}

/** For photos, notes and templates, and what is done with several matters. @throws Problem `role-missing` */
export function assertListens({ roles }: Pick<Actor, 'roles'>): void {
  if (!roles.includes(LISTENER)) throw new Problem('role-missing');
}

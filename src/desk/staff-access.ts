/** Who of staff may see and do what with matters. */
import { Problem } from '../rest/problem.js';
import type { Actor } from '../staff/actor.js';
import { LISTENER } from '../complaints/matter.js';

/** Who reads what is not public. */
const READERS = [LISTENER, 'auditor', 'data-protection-officer'];

/** @throws Problem `role-missing` */
export function assertReads({ roles }: Pick<Actor, 'roles'>): void {
  if (!roles.some((role) => READERS.includes(role))) throw new Problem('role-missing');
}

/** For photos, notes and templates, and what is done with several matters. @throws Problem `role-missing` */
export function assertListens({ roles }: Pick<Actor, 'roles'>): void {
  if (!roles.includes(LISTENER)) throw new Problem('role-missing');
}

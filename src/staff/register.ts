/** Tells the log who has which roles: what the settings say, appended where the log says something else. Stream `staff`. */
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { utf8 } from '../../projections/bytes.js';
import { isRejection, type CommandLog } from '../event-store/command-log.js';
import type { StaffSetting } from '../settings.js';
import { SYSTEM } from './actor.js';

/** Who has what, by actor id. */
export type Register = ReadonlyMap<string, { readonly roles: readonly string[]; readonly key: string }>;

/** The officers of an import have their roles as long as it is under way, whoever the settings list. */
export const IMPORT_OFFICERS = ['import-officer-1', 'import-officer-2'] as const;

export function evolve(register: Register, event: LogEvent): Register {
  const next = new Map(register);
  if (event.type === 'RoleGranted')
    next.set(event.data.actorId, { roles: event.data.roles, key: event.data.key });
  if (event.type === 'RoleRevoked') next.delete(event.data.actorId);
  return next;
}

/** The events that bring the register to the list. An import in another process, or one to go on with, keeps its officers. */
export function differences(register: Register, staff: readonly StaffSetting[]): readonly NewEvent[] {
  const listed = new Set<string>([...IMPORT_OFFICERS, ...staff.map(({ id }) => id)]);
  const events: NewEvent[] = [];
  for (const actorId of register.keys())
    if (!listed.has(actorId)) events.push({ type: 'RoleRevoked', data: { actorId } });
  for (const { id: actorId, roles: unordered, ed25519Pub: key } of staff) {
    const roles = [...new Set(unordered)].sort();
    const known = register.get(actorId);
    if (known?.key === key && known.roles.join() === roles.join()) continue;
    events.push({ type: 'RoleGranted', data: { actorId, roles, key } });
  }
  return events;
}

/** Appends the differences, by `system`. `commandId` must be new with every start: the same list may come back later. */
export async function registerStaff(
  log: Pick<CommandLog, 'run'>,
  staff: readonly StaffSetting[],
  { commandId, at }: { commandId: string; at: string },
): Promise<void> {
  const answer = await log.run({
    stream: 'staff',
    meta: { commandId, actor: SYSTEM.id, at, request: utf8('staff') },
    initial: new Map() as Register,
    evolve,
    decide: (register) => differences(register, staff),
  });
  if (isRejection(answer)) throw new Error(`The staff cannot be registered: ${answer.rejected}`);
}

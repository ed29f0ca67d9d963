/** Who had which roles and which approval key, from which position to which: what an auditor checks approvals against. */
import type { LogEvent } from './event.js';
import { appended, replaced, type List } from './long-list.js';
import { projection } from './projection.js';

/** From the event at `from` until the event at `until` (both positions; absent while it lasts). */
export interface Grant {
  from: number;
  until?: number;
  roles: readonly string[];
  /** Ed25519 key, base64url. */
  key: string;
}

export interface StaffRow {
  actorId: string;
  /** In order of the log; at most the last one lasts. */
  grants: List<Grant>;
}

/** One row an actor, kept after she has left: what she approved stays checkable. */
export const staffView = projection<StaffRow>({
  name: 'staff',
  version: 1,
  on: {
    RoleGranted: {
      key: ({ data }) => data.actorId,
      fold: (row, { data, position }) => ({
        actorId: data.actorId,
        grants: appended(ended(row, position), {
          from: Number(position),
          roles: data.roles,
          key: data.key,
        }),
      }),
    },
    RoleRevoked: {
      key: ({ data }) => data.actorId,
      fold: (row, { data, position }) =>
        row === undefined ? undefined : { actorId: data.actorId, grants: ended(row, position) },
    },
  },
  columns: { active: { type: 'boolean', value: (row) => lasting(row) !== undefined } },
  indexes: [['active']],
});

/** What an actor was granted at a position of the log, the event there not included; `undefined`: nothing. */
export function grantAt(row: StaffRow | undefined, position: bigint | number): Grant | undefined {
  const at = Number(position);
  // Nearly always it is about now.
  for (let last = (row?.grants.length ?? 0) - 1; last >= 0; last--) {
    const grant = row?.grants.at(last);
    if (grant !== undefined && grant.from < at)
      return grant.until === undefined || at < grant.until ? grant : undefined;
  }
  return undefined;
}

/** What an actor is granted now. */
export function lasting(row: StaffRow | undefined): Grant | undefined {
  const last = row?.grants.at(-1);
  return last?.until === undefined ? last : undefined;
}

function ended(row: StaffRow | undefined, position: LogEvent['position']): List<Grant> {
  const last = lasting(row);
  if (row === undefined || last === undefined) return row?.grants ?? [];
  return replaced(row.grants, -1, { ...last, until: Number(position) });
}

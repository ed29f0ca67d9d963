/** Who had which roles and which approval key, from which position to which: what an auditor checks approvals against. */
import type { LogEvent } from './event.js';
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
  grants: readonly Grant[];
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
        grants: [...ended(row, position), { from: Number(position), roles: data.roles, key: data.key }],
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
  return row?.grants.find(
    ({ from, until }) => from < Number(position) && (until === undefined || Number(position) < until),
  );
}

/** What an actor is granted now. */
export function lasting(row: StaffRow | undefined): Grant | undefined {
  const last = row?.grants.at(-1);
  return last?.until === undefined ? last : undefined;
}

function ended(row: StaffRow | undefined, position: LogEvent['position']): readonly Grant[] {
  return (row?.grants ?? []).map((grant) =>
    grant.until === undefined ? { ...grant, until: Number(position) } : grant,
  );
}

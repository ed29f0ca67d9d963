/** Check 7: whoever acted had the role for it at that place of the log, and two persons signed what needs two. */
import { actOf, verifyApprovals } from '../approval.js';
import type { Crypto } from '../crypto.js';
import type { LogEvent } from '../event.js';
import type { EventName } from '../events/catalogue.js';
import { grantAt, type StaffRow } from '../staff.view.js';
import type { FindingCode } from './finding-codes.js';
import type { Finding } from './report.js';
import { isBefore } from './time-checks.js';

const SYSTEM = 'system';
const ELECTIONS = [SYSTEM, 'returning-officer'];
const CITY = [SYSTEM, 'administrator'];
/** Whoever lives here or comes by: the events of a matter do not say who. */
const RESIDENT = 'resident';
const LISTENERS = [SYSTEM, 'listener'];
/** They can be given no role. */
const NOBODY: readonly string[] = [SYSTEM, RESIDENT];
const RESIDENTS = [RESIDENT, ...LISTENERS];

/** Roles of which an actor needs one; `system` is nobody, acting by the clock or by what was decided before, `resident` anybody. */
const ROLES: Record<Exclude<EventName, 'BallotCast'>, readonly string[]> = {
  RoleGranted: [SYSTEM],
  RoleRevoked: [SYSTEM],
  ContentReleased: [SYSTEM, 'administrator', 'moderator'],
  ContentHidden: [SYSTEM, 'administrator', 'moderator'],
  ContentErased: [SYSTEM, 'administrator', 'data-protection-officer'],
  CityDescribed: CITY,
  AreaDescribed: CITY,
  DepartmentDescribed: CITY,
  HolidaysDeclared: CITY,
  CategoryDescribed: CITY,
  MatterStateDescribed: CITY,
  MatterFiled: RESIDENTS,
  MatterConfirmed: [RESIDENT],
  MatterReleased: LISTENERS,
  MatterHidden: [...LISTENERS, 'moderator'],
  MatterPhotoReplaced: LISTENERS,
  MatterAssigned: LISTENERS,
  MatterMoved: LISTENERS,
  MatterAnswered: LISTENERS,
  MatterReopened: RESIDENTS,
  MatterAdded: RESIDENTS,
  MatterRated: [RESIDENT],
  FixReported: [RESIDENT],
  MatterJoined: RESIDENTS,
  MatterLeft: RESIDENTS,
  MatterDuplicated: LISTENERS,
  MatterGathered: LISTENERS,
  MatterSeparated: LISTENERS,
  DeadlineMoved: [SYSTEM],
  ReporterErased: [RESIDENT, SYSTEM, 'data-protection-officer'],
  MatterErased: [RESIDENT, SYSTEM, 'data-protection-officer'],
  RulesetPublished: ELECTIONS,
  ElectionDefined: ELECTIONS,
  ElectionAmended: ELECTIONS,
  OptionsListed: ELECTIONS,
  VotingOpened: ELECTIONS,
  VotingExtended: ELECTIONS,
  VotingSuspended: ELECTIONS,
  VotingResumed: ELECTIONS,
  VotingClosed: ELECTIONS,
  VotingReopened: ELECTIONS,
  PaperBatchRecorded: ['paper-officer'],
  PaperReconciled: ELECTIONS,
  ElectionKeyPublished: ELECTIONS,
  TallyPublished: ELECTIONS,
  ResultCertified: ELECTIONS,
  ResultRevoked: ELECTIONS,
  BallotsAnnulled: ELECTIONS,
  ElectionAnnulled: ELECTIONS,
  RollListed: ['returning-officer'],
  RollCommitted: ['returning-officer'],
  BallotKeyReplaced: ['returning-officer'],
  RollMarkedPaper: ['paper-officer'],
  ViewPublished: [SYSTEM],
  LogKeyAnnounced: [SYSTEM],
  LogKeyRetired: [SYSTEM],
};

/** What is wrong with who did this; `undefined`: nothing. */
export function actorFault(
  crypto: Pick<Crypto, 'sha256' | 'verify' | 'isKey'>,
  event: LogEvent,
  staff: (actorId: string) => StaffRow | undefined,
): Finding | undefined {
  const fault = (code: FindingCode): Finding => ({ code, index: Number(event.position), id: event.actor });
  if (event.type === 'BallotCast')
    return event.actor === event.data.v ? undefined : fault('ballot-of-another-actor');
  if ('actorId' in event.data && NOBODY.includes(event.data.actorId)) return fault('role-for-system');
  const roles = ROLES[event.type];
  const may = NOBODY.includes(event.actor)
    ? roles.includes(event.actor)
    : grantAt(staff(event.actor), event.position)?.roles.some(
        (role) => !NOBODY.includes(role) && roles.includes(role),
      );
  if (may !== true) return fault('role-missing');
  const approvals = 'approvals' in event.data ? event.data.approvals : undefined;
  if (approvals === undefined) return needsTwo(event) ? fault('approvals-missing') : undefined;
  const place = { position: event.position, roles: roles.filter((role) => !NOBODY.includes(role)) };
  const broken = verifyApprovals(crypto, actOf(event), approvals, staff, place);
  return broken === undefined ? undefined : fault(broken);
}

/**
 * Whether an act leans on approvals that carried another one before: two persons agree to a thing once. Takes down those of
 * this one. Parts of a long list come under the approvals of the first.
 */
export function areApprovalsUsed({ data }: LogEvent, used: Set<string>): boolean {
  if (!('approvals' in data) || data.approvals === undefined) return false;
  if ('chunk' in data && data.chunk > 0) return false;
  const isUsed = data.approvals.some(({ sig }) => used.has(sig));
  for (const { sig } of data.approvals) used.add(sig);
  return isUsed;
}

/** The second person has so long; then the act is proposed anew. */
const ACT_OPEN_MS = 7 * 86_400_000;

/** What a city can be asked about when two persons signed: a time after that of the act, or one long after the other. */
export function approvalTimes({ data, at, actor, position }: LogEvent): Finding | undefined {
  if (!('approvals' in data) || data.approvals === undefined) return undefined;
  const times = data.approvals.map((approval) => approval.at).sort();
  const [first = at, last = at] = times;
  const code = isBefore(at, last)
    ? 'approval-after-act'
    : isBefore(new Date(Date.parse(first) + ACT_OPEN_MS).toISOString(), last)
      ? 'approvals-far-apart'
      : undefined;
  return (
    code && {
      code,
      index: Number(position),
      id: actor,
      expected: code === 'approval-after-act' ? at : first,
      found: last,
    }
  );
}

/** Where the schema leaves open whether two persons signed. */
function needsTwo(event: LogEvent): boolean {
  if (event.type === 'VotingClosed') return event.data.cause === 'early';
  return event.type === 'PaperReconciled' && event.data.sheets < event.data.marks;
}

/**
 * Check 8: what may happen to an election after what happened before. Written from the rules and not from the server's
 * `decide`, so that both would have to be wrong in the same way.
 */
import type { ElectionRow, Phase } from '../elections.view.js';
import type { LogEvent } from '../event.js';
import type { EventName } from '../events/catalogue.js';
import type { FindingCode } from './finding-codes.js';
import { isBefore } from './time-checks.js';

/** In which phases a thing may be done. */
const IN_PHASE: Partial<Record<EventName, readonly Phase[]>> = {
  RulesetPublished: ['defined'],
  ElectionAmended: ['defined'],
  OptionsListed: ['defined'],
  // The roll is listed in a stream of its own: an annulment may come into the log just before.
  RollListed: ['defined', 'annulled'],
  RollCommitted: ['defined', 'annulled'],
  VotingOpened: ['defined'],
  VotingExtended: ['open', 'suspended'],
  VotingSuspended: ['open'],
  VotingResumed: ['suspended'],
  VotingClosed: ['open', 'suspended'],
  VotingReopened: ['closed'],
  PaperBatchRecorded: ['closed'],
  PaperReconciled: ['closed'],
  ElectionKeyPublished: ['closed'],
  TallyPublished: ['opened', 'counted'],
  ResultCertified: ['counted'],
  ResultRevoked: ['certified'],
  BallotsAnnulled: ['open', 'suspended', 'closed', 'opened', 'counted'],
  ElectionAnnulled: ['defined', 'open', 'suspended', 'closed', 'opened', 'counted'],
};

/** Why an event may not stand where it stands, given its election as it was before; `undefined`: it may. */
export function phaseFault(row: ElectionRow | undefined, event: LogEvent): FindingCode | undefined {
  if (event.type === 'ElectionDefined') return row === undefined ? undefined : 'election-defined-twice';
  if (row === undefined) return 'election-not-defined';
  const phases = IN_PHASE[event.type];
  if (phases !== undefined && !phases.includes(row.phase)) return `not-when-${row.phase}`;
  switch (event.type) {
    case 'VotingOpened':
      if (event.at < row.schedule.opensAt) return 'opened-too-early';
      if (event.at >= row.schedule.closesAt) return 'opened-too-late';
      return row.roll === undefined || row.roll.count === 0 ? 'opened-without-roll' : undefined;
    case 'VotingExtended':
    case 'VotingResumed':
      return event.at >= row.schedule.closesAt ? 'after-end-of-voting' : undefined;
    case 'VotingClosed':
      return event.data.cause === 'schedule' && event.at < row.schedule.closesAt
        ? 'closed-too-early'
        : undefined;
    case 'VotingReopened':
      if (row.closed !== undefined && isBefore(event.at, row.closed.at)) return 'reopened-before-close';
      return event.data.schedule.closesAt <= event.at ? 'reopened-in-past' : undefined;
    case 'RollMarkedPaper':
      if (row.definition.paper === 'none') return 'no-paper';
      return row.opening === undefined ? 'not-when-defined' : undefined;
    case 'PaperBatchRecorded':
    case 'PaperReconciled':
      return row.definition.paper === 'none' ? 'no-paper' : undefined;
    case 'ElectionKeyPublished':
      return row.definition.paper !== 'none' && row.paper.reconciled === undefined
        ? 'key-before-reconciliation'
        : undefined;
    case 'TallyPublished':
      return tallyFault(row, event);
    case 'ResultCertified':
      return certificateFault(row, event);
    case 'ResultRevoked':
      return row.certified?.tally === event.data.tally ? undefined : 'revoked-another-count';
    case 'BallotsAnnulled':
      return event.data.afterKey === (row.key !== undefined) ? undefined : 'after-key-wrong';
    case 'BallotKeyReplaced':
      return row.opening === undefined ? 'not-when-defined' : undefined;
    default:
      return undefined;
  }
}

function tallyFault(
  row: ElectionRow,
  { data, position }: LogEvent<'TallyPublished'>,
): FindingCode | undefined {
  const last = row.tallies.at(-1);
  if (data.number !== row.tallies.length + 1) return 'count-number-wrong';
  if (data.ruleset !== row.definition.ruleset) return 'count-by-another-ruleset';
  if (data.through > Number(position)) return 'count-of-the-future';
  if (data.through <= (row.key?.position ?? 0) || data.through <= (last?.through ?? 0))
    return 'count-goes-back';
  return isCurrent(row) ? 'count-without-need' : undefined;
}

function certificateFault(
  row: ElectionRow,
  { data, at }: LogEvent<'ResultCertified'>,
): FindingCode | undefined {
  const last = row.tallies.at(-1);
  if (at < row.schedule.claimsUntil) return 'certified-within-claims-period';
  if (last?.number !== data.tally || last.outputDigest !== data.outputDigest)
    return 'certified-another-count';
  return isCurrent(row) ? undefined : 'certified-before-recount';
}

/** Whether nothing changed which ballots count since the last count. */
function isCurrent({ tallies, annulments }: ElectionRow): boolean {
  const last = tallies.at(-1);
  // The last annulment stands after all others.
  return last !== undefined && last.revoked !== true && (annulments.at(-1)?.position ?? -1) < last.through;
}

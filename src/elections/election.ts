/** What may be done to an election, and when. Pure: the state is `evolveElection`'s row and the options in force. */
import { optionsRoot, rulesetHash, definitionHash, type Option } from '../../projections/definition.js';
import type { Crypto } from '../../projections/crypto.js';
import {
  evolveElection,
  type Definition,
  type ElectionEvent,
  type ElectionRow,
} from '../../projections/elections.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import type { DataOf } from '../../projections/events/catalogue.js';
import type { Rejection } from '../event-store/command-log.js';
import { definitionProblem, OPTIONS_PER_EVENT } from './definition-rules.js';
import { moveClose, type MovedClose } from './schedule-rules.js';
import { mayAct } from '../staff/actor.js';

export interface ElectionState {
  row?: ElectionRow;
  options: readonly Option[];
  /** Ids of the paper batches that are recorded. */
  batches: readonly string[];
}

export const NO_ELECTION: ElectionState = { options: [], batches: [] };

export function evolve(state: ElectionState, event: LogEvent): ElectionState {
  const row = evolveElection(state.row, event as ElectionEvent);
  const next = row === undefined ? { options: state.options, batches: state.batches } : { ...state, row };
  if (event.type === 'OptionsListed') {
    return {
      ...next,
      options: event.data.chunk === 0 ? event.data.options : [...state.options, ...event.data.options],
    };
  }
  if (event.type === 'PaperBatchRecorded') return { ...next, batches: [...state.batches, event.data.batch] };
  return next;
}

type Reason = DataOf<'VotingExtended'>['reason'];
type Approvals = DataOf<'VotingReopened'>['approvals'];

/** The definition as staff gives it: the hash of the ruleset is added here. */
export type DefinitionInput = Omit<Definition, 'ruleset'>;

export interface DefinitionParts {
  definition: DefinitionInput;
  ruleset: Record<string, unknown>;
  options: readonly Option[];
}

/** Commands name what they are in `do`. Those with `approvals` come from a two-person act that was verified. */
export type ElectionCommand =
  | ({ do: 'define' } & DefinitionParts)
  | ({ do: 'amend'; reason: Reason } & DefinitionParts)
  | {
      do: 'open';
      boxKey: string;
      roll: { root: string; count: number; areas: readonly string[] } | undefined;
    }
  | { do: 'extend'; schedule: MovedClose; reason: Reason }
  | { do: 'suspend' | 'resume'; reason: Reason }
  | { do: 'close' }
  | { do: 'close-early'; actId: string; reason: Reason; approvals: Approvals }
  | {
      do: 'reopen';
      actId: string;
      schedule: MovedClose;
      reason: Reason;
      approvals: Approvals;
    }
  | { do: 'record-batch'; batch: Omit<DataOf<'PaperBatchRecorded'>, 'electionId'> }
  | {
      do: 'reconcile';
      marks: number;
      /** What two persons signed, where sheets are missing. */
      signed?: Required<
        Pick<DataOf<'PaperReconciled'>, 'actId' | 'batches' | 'sheets' | 'marks' | 'reason' | 'approvals'>
      >;
    }
  | { do: 'publish-key'; secret: string; publicKey: string }
  | { do: 'publish-tally'; tally: Omit<DataOf<'TallyPublished'>, 'electionId' | 'number' | 'ruleset'> }
  | { do: 'certify'; actId: string; tally: number; outputDigest: string; approvals: Approvals }
  | { do: 'revoke'; actId: string; tally: number; reason: Reason; approvals: Approvals }
  | {
      do: 'annul-ballots';
      annulment: Omit<DataOf<'BallotsAnnulled'>, 'electionId' | 'chunk' | 'ids' | 'afterKey'>;
      ids: readonly string[];
    }
  | { do: 'annul'; actId: string; basis: Reason; approvals: Approvals };

export interface Deciding {
  electionId: string;
  /** The command's clock: UTC with milliseconds. */
  now: string;
  actor: { id: string; roles: readonly string[] };
  crypto: Pick<Crypto, 'sha256'>;
}

/** The role that runs elections; `system` is the scheduler. */
export const RETURNING_OFFICER = 'returning-officer';
/** The role that marks the roll and keys paper. */
export const PAPER_OFFICER = 'paper-officer';

const IDS_PER_EVENT = 1_000;
/** One append holds the whole list; where more are void, the election is. */
const MAX_ANNULLED = 20_000;

export function decide(state: ElectionState, command: ElectionCommand, by: Deciding): NewEvent[] | Rejection {
  const role = command.do === 'record-batch' ? PAPER_OFFICER : RETURNING_OFFICER;
  if (!mayAct(by.actor, role)) return { rejected: 'role-missing' };
  const { row } = state;
  if (command.do === 'define') {
    return row === undefined ? define(command, by) : { rejected: 'election-exists' };
  }
  if (row === undefined) return { rejected: 'election-unknown' };
  if (row.phase === 'annulled') return { rejected: 'election-annulled' };
  return decideOn(row, state, command, by);
}

function decideOn(
  row: ElectionRow,
  state: ElectionState,
  command: Exclude<ElectionCommand, { do: 'define' }>,
  by: Deciding,
): NewEvent[] | Rejection {
  const { electionId, now } = by;
  switch (command.do) {
    case 'amend':
      if (row.phase !== 'defined') return wrongPhase(row);
      return amend(row, command, by);
    case 'open':
      return open(row, state, command, by);
    case 'extend': {
      if (!isVoting(row)) return wrongPhase(row);
      const schedule = moveClose(row.schedule, command.schedule);
      if ('rejected' in schedule) return schedule;
      if (schedule.closesAt <= row.schedule.closesAt)
        return { rejected: 'extension-not-later', field: 'closesAt' };
      if (row.schedule.closesAt <= now) return { rejected: 'voting-over' };
      return [{ type: 'VotingExtended', data: { electionId, schedule, reason: command.reason } }];
    }
    case 'suspend':
      if (row.phase !== 'open') return wrongPhase(row);
      return [{ type: 'VotingSuspended', data: { electionId, reason: command.reason } }];
    case 'resume':
      if (row.phase !== 'suspended') return wrongPhase(row);
      if (row.schedule.closesAt <= now) return { rejected: 'voting-over' };
      return [{ type: 'VotingResumed', data: { electionId, reason: command.reason } }];
    case 'close':
      if (!isVoting(row)) return wrongPhase(row);
      if (now < row.schedule.closesAt) return { rejected: 'close-needs-two' };
      return [{ type: 'VotingClosed', data: { electionId, cause: 'schedule' } }];
    case 'close-early': {
      if (!isVoting(row)) return wrongPhase(row);
      const { actId, reason, approvals } = command;
      return [{ type: 'VotingClosed', data: { electionId, cause: 'early', actId, reason, approvals } }];
    }
    case 'reopen': {
      if (row.phase !== 'closed')
        return row.key === undefined ? wrongPhase(row) : { rejected: 'key-published' };
      const schedule = moveClose(row.schedule, command.schedule);
      if ('rejected' in schedule) return schedule;
      if (schedule.closesAt <= now) return { rejected: 'schedule-in-past', field: 'closesAt' };
      const { actId, reason, approvals } = command;
      return [{ type: 'VotingReopened', data: { electionId, actId, schedule, reason, approvals } }];
    }
    case 'record-batch':
      if (row.definition.paper === 'none') return { rejected: 'no-paper' };
      if (row.phase !== 'closed')
        return row.key === undefined ? wrongPhase(row) : { rejected: 'key-published' };
      if (state.batches.includes(command.batch.batch)) return { rejected: 'batch-exists', field: 'batch' };
      return [{ type: 'PaperBatchRecorded', data: { electionId, ...command.batch } }];
    case 'reconcile':
      return reconcile(row, command, by);
    case 'publish-key':
      if (row.phase !== 'closed') return wrongPhase(row);
      if (row.definition.paper !== 'none' && row.paper.reconciled === undefined)
        return { rejected: 'paper-not-reconciled' };
      if (command.publicKey !== row.opening?.boxKey) return { rejected: 'election-key-wrong' };
      return [{ type: 'ElectionKeyPublished', data: { electionId, secret: command.secret } }];
    case 'publish-tally': {
      if (row.phase !== 'opened' && row.phase !== 'counted') return wrongPhase(row);
      if (!isStale(row)) return { rejected: 'count-current' };
      if (isOutdated(row, command.tally.through)) return { rejected: 'count-outdated' };
      const number = row.tallies.length + 1;
      return [
        {
          type: 'TallyPublished',
          data: { electionId, number, ruleset: row.definition.ruleset, ...command.tally },
        },
      ];
    }
    case 'certify': {
      const refused = whyNoCertificate(row, command, now);
      if (refused !== undefined) return refused;
      const { actId, tally, outputDigest, approvals } = command;
      return [{ type: 'ResultCertified', data: { electionId, actId, tally, outputDigest, approvals } }];
    }
    case 'revoke': {
      if (row.certified?.tally !== command.tally) return { rejected: 'not-certified' };
      const { actId, tally, reason, approvals } = command;
      return [{ type: 'ResultRevoked', data: { electionId, actId, tally, reason, approvals } }];
    }
    case 'annul-ballots':
      return annulBallots(row, command, by);
    case 'annul': {
      if (row.certified !== undefined) return { rejected: 'revoke-first' };
      const { actId, basis, approvals } = command;
      return [{ type: 'ElectionAnnulled', data: { electionId, actId, basis, approvals } }];
    }
    default:
      return command satisfies never;
  }
}

function define(command: DefinitionParts, by: Deciding): NewEvent[] | Rejection {
  const problem = definitionProblem(command, by.now);
  if (problem !== undefined) return problem;
  const { electionId } = by;
  const hash = rulesetHash(by.crypto, command.ruleset);
  return [
    { type: 'ElectionDefined', data: { ...command.definition, ruleset: hash } },
    { type: 'RulesetPublished', data: { electionId, hash, ruleset: command.ruleset } },
    ...listing(electionId, 1, command.options),
  ];
}

function amend(
  row: ElectionRow,
  command: DefinitionParts & { reason: Reason },
  by: Deciding,
): NewEvent[] | Rejection {
  const problem = definitionProblem(command, by.now);
  if (problem !== undefined) return problem;
  const { electionId } = by;
  const hash = rulesetHash(by.crypto, command.ruleset);
  return [
    { type: 'ElectionAmended', data: { ...command.definition, ruleset: hash, reason: command.reason } },
    { type: 'RulesetPublished', data: { electionId, hash, ruleset: command.ruleset } },
    ...listing(electionId, row.listing + 1, command.options),
  ];
}

function listing(electionId: string, number: number, options: readonly Option[]): NewEvent[] {
  const chunks: NewEvent[] = [];
  for (let at = 0; at < options.length; at += OPTIONS_PER_EVENT) {
    const chunk = at / OPTIONS_PER_EVENT;
    const last = at + OPTIONS_PER_EVENT >= options.length;
    const part = options.slice(at, at + OPTIONS_PER_EVENT);
    chunks.push({ type: 'OptionsListed', data: { electionId, listing: number, chunk, last, options: part } });
  }
  return chunks;
}

function open(
  row: ElectionRow,
  state: ElectionState,
  command: ElectionCommand & { do: 'open' },
  by: Deciding,
): NewEvent[] | Rejection {
  if (row.phase !== 'defined') return wrongPhase(row);
  if (by.now < row.schedule.opensAt)
    return { rejected: 'too-early', detail: { opensAt: row.schedule.opensAt } };
  if (row.schedule.closesAt <= by.now) return { rejected: 'voting-over' };
  if (command.roll === undefined) return { rejected: 'roll-not-committed' };
  if (command.roll.count === 0) return { rejected: 'roll-empty' };
  // An amendment may have taken areas away after the roll was listed.
  const areas = new Set(row.definition.areas.map((area) => area.id));
  const lost = command.roll.areas.find((area) => !areas.has(area));
  if (lost !== undefined) return { rejected: 'roll-area-unknown', detail: { area: lost } };
  const facts = {
    boxKey: command.boxKey,
    rollRoot: command.roll.root,
    optionsRoot: optionsRoot(by.crypto, state.options),
  };
  const e = definitionHash(by.crypto, row.definition, facts);
  return [{ type: 'VotingOpened', data: { electionId: by.electionId, e, ...facts } }];
}

/** One person where every mark has its sheet; two where some have none, since the key follows at once. */
function reconcile(
  row: ElectionRow,
  { marks, signed }: ElectionCommand & { do: 'reconcile' },
  { electionId }: Deciding,
): NewEvent[] | Rejection {
  if (row.definition.paper === 'none') return { rejected: 'no-paper' };
  if (row.phase !== 'closed') return wrongPhase(row);
  const { batches, sheets } = row.paper;
  const facts = { electionId, batches, sheets, marks, surplus: Math.max(0, sheets - marks) };
  if (signed === undefined) {
    if (sheets < marks) return { rejected: 'paper-missing', detail: { sheets, marks } };
    return [{ type: 'PaperReconciled', data: facts }];
  }
  if (signed.batches !== batches || signed.sheets !== sheets || signed.marks !== marks) {
    return { rejected: 'paper-changed' };
  }
  const { actId, reason, approvals } = signed;
  return [{ type: 'PaperReconciled', data: { ...facts, actId, reason, approvals } }];
}

function annulBallots(
  row: ElectionRow,
  command: ElectionCommand & { do: 'annul-ballots' },
  by: Deciding,
): NewEvent[] | Rejection {
  if (row.certified !== undefined) return { rejected: 'revoke-first' };
  if (row.opening === undefined) return wrongPhase(row);
  if (command.ids.length === 0) return { rejected: 'nothing-to-annul' };
  if (command.ids.length > MAX_ANNULLED)
    return { rejected: 'too-many-to-annul', detail: { limit: MAX_ANNULLED } };
  const afterKey = row.key !== undefined;
  const events: NewEvent[] = [];
  for (let at = 0; at < command.ids.length; at += IDS_PER_EVENT) {
    const ids = command.ids.slice(at, at + IDS_PER_EVENT);
    const chunk = at / IDS_PER_EVENT;
    events.push({
      type: 'BallotsAnnulled',
      data: { electionId: by.electionId, ...command.annulment, afterKey, chunk, ids },
    });
  }
  return events;
}

/** Whether something changed which ballots count since the last count: then it is repeated, beside the old one. */
export function isStale(row: ElectionRow): boolean {
  const last = row.tallies.at(-1);
  return (
    last === undefined || last.revoked === true || row.annulments.some((a) => a.position >= last.through)
  );
}

/** Whether a count of what the log had before a position is behind the key, an earlier count or an annulment. */
function isOutdated({ key, tallies, annulments }: ElectionRow, through: number): boolean {
  const counted = Math.max(key?.position ?? 0, tallies.at(-1)?.through ?? 0);
  return through <= counted || annulments.some(({ position }) => position >= through);
}

/**
 * Why a count cannot be certified; `undefined` when it can.
 * @param now UTC with milliseconds
 */
export function whyNoCertificate(
  row: ElectionRow,
  count: { tally: number; outputDigest: string },
  now: string,
): Rejection | undefined {
  if (row.phase !== 'counted') return wrongPhase(row);
  if (now < row.schedule.claimsUntil)
    return { rejected: 'claims-period', detail: { until: row.schedule.claimsUntil } };
  const last = row.tallies.at(-1);
  if (last?.number !== count.tally || last.outputDigest !== count.outputDigest)
    return { rejected: 'tally-stale' };
  return isStale(row) ? { rejected: 'recount-needed' } : undefined;
}

function isVoting(row: ElectionRow): boolean {
  return row.phase === 'open' || row.phase === 'suspended';
}

function wrongPhase(row: ElectionRow): Rejection {
  return { rejected: 'wrong-phase', detail: { phase: row.phase } };
}

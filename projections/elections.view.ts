/** The life of an election as one row: the state that commands decide on, and the view that pages show. */
import type { LogEvent } from './event.js';
import type { DataOf, EventName } from './events/catalogue.js';
import { appended, replaced, type List } from './long-list.js';
import { projection } from './projection.js';

export type Definition = DataOf<'ElectionDefined'>;
type Reason = DataOf<'VotingExtended'>['reason'];

export type Phase =
  | 'defined'
  | 'open'
  | 'suspended'
  | 'closed'
  /** The key is public; the count follows. */
  | 'opened'
  | 'counted'
  | 'certified'
  | 'annulled';

/** Positions between which ballots count: after `from` and, once it is closed, before `until`. */
export interface Window {
  from: number;
  until?: number;
  /** What ended it; a ballot after a suspension is suspended, after a close late. */
  ended?: 'suspended' | 'closed';
}

/** One thing that was done to the election, for its public history. */
export interface HistoryEntry {
  what: EventName;
  at: string;
  actor: string;
  position: number;
  reason?: Reason;
  approvedBy?: readonly string[];
}

export interface TallyEntry {
  number: number;
  through: number;
  at: string;
  position: number;
  inputDigest: string;
  outputDigest: string;
  cast: number;
  counted: number;
  revoked?: true;
}

export interface AnnulmentEntry {
  actId: string;
  at: string;
  position: number;
  rule: DataOf<'BallotsAnnulled'>['rule'];
  scope: 'ballot' | 'voter';
  count: number;
  basis: Reason;
  afterKey: boolean;
}

export interface ElectionRow {
  definition: Definition;
  /** The schedule in force; the definition keeps the first one. */
  schedule: Definition['schedule'];
  ruleset?: Record<string, unknown>;
  phase: Phase;
  listing: number;
  options: number;
  roll?: { count: number; root: string; perArea: readonly { area: string; count: number }[] };
  opening?: {
    e: string;
    boxKey: string;
    rollRoot: string;
    optionsRoot: string;
    at: string;
    position: number;
  };
  windows: List<Window>;
  closed?: { at: string; position: number };
  paper: { batches: number; sheets: number; reconciled?: { marks: number; surplus: number } };
  key?: { secret: string; at: string; position: number };
  tallies: List<TallyEntry>;
  certified?: { tally: number; at: string; position: number; outputDigest: string; by: readonly string[] };
  annulments: List<AnnulmentEntry>;
  annulled?: { at: string; position: number; basis: Reason };
  history: List<HistoryEntry>;
}

/** The events of an election that change its row. */
export type ElectionEvent = LogEvent<
  | 'RulesetPublished'
  | 'ElectionDefined'
  | 'ElectionAmended'
  | 'OptionsListed'
  | 'RollCommitted'
  | 'VotingOpened'
  | 'VotingExtended'
  | 'VotingSuspended'
  | 'VotingResumed'
  | 'VotingClosed'
  | 'VotingReopened'
  | 'PaperBatchRecorded'
  | 'PaperReconciled'
  | 'ElectionKeyPublished'
  | 'TallyPublished'
  | 'ResultCertified'
  | 'ResultRevoked'
  | 'BallotsAnnulled'
  | 'ElectionAnnulled'
>;

/** Total: an event that does not fit the row leaves it as it is (the auditor reports it, the fold never throws). */
export function evolveElection(row: ElectionRow | undefined, event: ElectionEvent): ElectionRow | undefined {
  if (event.type === 'ElectionDefined') return row ?? defined(event);
  if (row === undefined) return undefined;
  const next = change(row, event);
  return isNoted(event) ? { ...next, history: appended(next.history, historyEntry(event)) } : next;
}

function defined(event: LogEvent<'ElectionDefined'>): ElectionRow {
  return {
    definition: event.data,
    schedule: event.data.schedule,
    phase: 'defined',
    listing: 0,
    options: 0,
    windows: [],
    paper: { batches: 0, sheets: 0 },
    tallies: [],
    annulments: [],
    history: [historyEntry(event)],
  };
}

function change(row: ElectionRow, event: Exclude<ElectionEvent, LogEvent<'ElectionDefined'>>): ElectionRow {
  const position = Number(event.position);
  switch (event.type) {
    case 'RulesetPublished':
      return { ...row, ruleset: event.data.ruleset };
    case 'ElectionAmended': {
      const { reason: _reason, ...definition } = event.data;
      return { ...row, definition, schedule: definition.schedule };
    }
    case 'OptionsListed': {
      const before = event.data.chunk === 0 ? 0 : row.options;
      return { ...row, listing: event.data.listing, options: before + event.data.options.length };
    }
    case 'RollCommitted': {
      const { count, root, perArea } = event.data;
      return { ...row, roll: { count, root, perArea } };
    }
    case 'VotingOpened': {
      const { electionId: _id, ...facts } = event.data;
      return {
        ...row,
        phase: 'open',
        opening: { ...facts, at: event.at, position },
        windows: [{ from: position }],
      };
    }
    case 'VotingExtended':
      return { ...row, schedule: event.data.schedule };
    case 'VotingSuspended':
      return { ...row, phase: 'suspended', windows: endWindow(row.windows, position, 'suspended') };
    case 'VotingResumed':
      return { ...row, phase: 'open', windows: appended(row.windows, { from: position }) };
    case 'VotingClosed':
      return {
        ...row,
        phase: 'closed',
        closed: { at: event.at, position },
        windows: endWindow(row.windows, position, 'closed'),
      };
    case 'VotingReopened': {
      const { closed: _closed, ...open } = row;
      const { reconciled: _reconciled, ...paper } = row.paper;
      return {
        ...open,
        paper,
        phase: 'open',
        schedule: event.data.schedule,
        windows: appended(row.windows, { from: position }),
      };
    }
    case 'PaperBatchRecorded': {
      // What was reconciled before was reconciled without these sheets.
      const { batches, sheets } = row.paper;
      return { ...row, paper: { batches: batches + 1, sheets: sheets + event.data.sheets } };
    }
    case 'PaperReconciled':
      return {
        ...row,
        paper: { ...row.paper, reconciled: { marks: event.data.marks, surplus: event.data.surplus } },
      };
    case 'ElectionKeyPublished':
      return { ...row, phase: 'opened', key: { secret: event.data.secret, at: event.at, position } };
    case 'TallyPublished':
      return counted(row, event, position);
    case 'ResultCertified':
      return {
        ...row,
        phase: 'certified',
        certified: {
          tally: event.data.tally,
          at: event.at,
          position,
          outputDigest: event.data.outputDigest,
          by: approvers(event.data.approvals),
        },
      };
    case 'ResultRevoked': {
      const { certified: _certified, ...open } = row;
      return { ...open, tallies: revoked(row.tallies, event.data.tally), phase: 'opened' };
    }
    case 'BallotsAnnulled':
      return event.data.chunk === 0
        ? { ...row, annulments: appended(row.annulments, annulment(event, position)) }
        : row;
    case 'ElectionAnnulled':
      return {
        ...row,
        phase: 'annulled',
        annulled: { at: event.at, position, basis: event.data.basis },
        windows: endWindow(row.windows, position, 'closed'),
      };
    default:
      // Whatever else the log holds is no business of this row.
      event satisfies never;
      return row;
  }
}

function endWindow(windows: List<Window>, until: number, ended: 'suspended' | 'closed'): List<Window> {
  const last = windows.at(-1);
  if (last === undefined) return windows;
  // Closing while suspended ends nothing more: what came in between stays suspended, what comes after is late.
  if (last.until !== undefined)
    return ended === 'closed' ? appended(windows, { from: until, until, ended }) : windows;
  return replaced(windows, -1, { ...last, until, ended });
}

/** Counts are numbered from 1. */
function revoked(tallies: List<TallyEntry>, number: number): List<TallyEntry> {
  const tally = number < 1 ? undefined : tallies.at(number - 1);
  return tally?.number === number ? replaced(tallies, number - 1, { ...tally, revoked: true }) : tallies;
}

function counted(row: ElectionRow, event: LogEvent<'TallyPublished'>, position: number): ElectionRow {
  const { number, through, inputDigest, outputDigest, cast, counted: valid } = event.data;
  const entry = { number, through, at: event.at, position, inputDigest, outputDigest, cast, counted: valid };
  return { ...row, phase: 'counted', tallies: appended(row.tallies, entry) };
}

function annulment(event: LogEvent<'BallotsAnnulled'>, position: number): AnnulmentEntry {
  const { actId, rule, scope, count, basis, afterKey } = event.data;
  return { actId, at: event.at, position, rule, scope, count, basis, afterKey };
}

function isNoted(event: ElectionEvent): boolean {
  if (event.type === 'OptionsListed' || event.type === 'BallotsAnnulled') return event.data.chunk === 0;
  return event.type !== 'RulesetPublished';
}

function historyEntry(event: ElectionEvent): HistoryEntry {
  const entry: HistoryEntry = {
    what: event.type,
    at: event.at,
    actor: event.actor,
    position: Number(event.position),
  };
  if ('reason' in event.data && event.data.reason !== undefined) entry.reason = event.data.reason;
  if ('basis' in event.data) entry.reason = event.data.basis;
  if ('approvals' in event.data && event.data.approvals !== undefined) {
    entry.approvedBy = approvers(event.data.approvals);
  }
  return entry;
}

function approvers(approvals: readonly { actor: string }[]): readonly string[] {
  return approvals.map((approval) => approval.actor);
}

const onElection = {
  key: (event: ElectionEvent) => event.data.electionId,
  fold: (row: ElectionRow | undefined, event: ElectionEvent) => evolveElection(row, event),
};

export const electionsView = projection<ElectionRow>({
  name: 'elections',
  version: 2,
  on: {
    RulesetPublished: onElection,
    ElectionDefined: onElection,
    ElectionAmended: onElection,
    OptionsListed: onElection,
    RollCommitted: onElection,
    VotingOpened: onElection,
    VotingExtended: onElection,
    VotingSuspended: onElection,
    VotingResumed: onElection,
    VotingClosed: onElection,
    VotingReopened: onElection,
    PaperBatchRecorded: onElection,
    PaperReconciled: onElection,
    ElectionKeyPublished: onElection,
    TallyPublished: onElection,
    ResultCertified: onElection,
    ResultRevoked: onElection,
    BallotsAnnulled: onElection,
    ElectionAnnulled: onElection,
  },
  columns: {
    phase: { type: 'text', value: (row) => row.phase },
    opens_at: { type: 'text', value: (row) => row.schedule.opensAt },
    closes_at: { type: 'text', value: (row) => row.schedule.closesAt },
  },
  indexes: [['opens_at']],
});

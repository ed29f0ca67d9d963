/**
 * One voter's stream: her ballots, her mark for paper, her keys. Pure. The stream is the boundary of the rule that must
 * never be broken: one voter, one counted ballot.
 */
import type { ElectionRow } from '../../projections/elections.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { isMarked } from '../../projections/standing.js';
import type { Ballot } from '../../projections/ballot.js';
import type { Rejection } from '../event-store/command-log.js';

/** The most ballots one voter may cast, the replaced ones included. */
export const MAX_BALLOTS = 100;

export interface VoterState {
  /** How many ballots stand in the stream, also those that came to nothing. */
  cast: number;
  ids: readonly string[];
  marked?: number;
  /** The key that replaced the roll's, if any. */
  key?: string;
}

export const NEW_VOTER: VoterState = { cast: 0, ids: [] };

export function evolve(state: VoterState, event: LogEvent): VoterState {
  switch (event.type) {
    case 'BallotCast':
      return { ...state, cast: event.data.ballot.n, ids: [...state.ids, event.data.id] };
    case 'RollMarkedPaper':
      return { ...state, marked: Number(event.position) };
    case 'BallotKeyReplaced':
      return { ...state, key: event.data.new };
    default:
      return state;
  }
}

export type VoterCommand =
  | { do: 'cast'; id: string; ballot: Ballot }
  | { do: 'mark-paper' }
  /** `listed` is the key that the line had when the roll was listed. */
  | { do: 'replace-key'; listed: string | undefined; new: string };

/** Decides against the election as it was read just before; the order check after the append has the last word. */
export function decide(
  state: VoterState,
  command: VoterCommand,
  context: { electionId: string; v: string; now: string; election: ElectionRow },
): NewEvent[] | Rejection {
  const { electionId, v, election } = context;
  const closed = votingProblem(election, context.now);
  if (closed !== undefined) return closed;
  const marked = isMarked(election.windows, state.marked);
  switch (command.do) {
    case 'cast': {
      if (marked) return { rejected: 'voted-on-paper' };
      if (state.key !== undefined && state.key !== command.ballot.k)
        return { rejected: 'ballot-key-replaced', field: 'k' };
      const expected = state.cast + 1;
      if (expected > MAX_BALLOTS) return { rejected: 'too-many-ballots', detail: { limit: MAX_BALLOTS } };
      if (command.ballot.n !== expected)
        return { rejected: 'sequence-stale', field: 'n', detail: { expected } };
      return [{ type: 'BallotCast', data: { electionId, v, id: command.id, ballot: command.ballot } }];
    }
    case 'mark-paper':
      if (election.definition.paper === 'none') return { rejected: 'no-paper' };
      if (marked) return { rejected: 'already-marked' };
      if (election.definition.paper === 'yields' && state.cast > 0) return { rejected: 'ballot-exists' };
      return [{ type: 'RollMarkedPaper', data: { electionId, v } }];
    case 'replace-key': {
      const old = state.key ?? command.listed;
      if (command.new === old) return { rejected: 'key-unchanged', field: 'key' };
      const replaced = old === undefined ? {} : { old };
      return [{ type: 'BallotKeyReplaced', data: { electionId, v, ...replaced, new: command.new } }];
    }
  }
}

/** Why nobody can vote now, by the election's state and by the clock (the close is exclusive). */
export function votingProblem(election: ElectionRow, now: string): Rejection | undefined {
  switch (election.phase) {
    case 'open':
      return now < election.schedule.closesAt ? undefined : { rejected: 'voting-closed' };
    case 'defined':
      return { rejected: 'voting-not-open', detail: { opensAt: election.schedule.opensAt } };
    case 'suspended':
      return { rejected: 'voting-suspended' };
    case 'annulled':
      return { rejected: 'election-annulled' };
    default:
      return { rejected: 'voting-closed' };
  }
}

/** How many voted, hour by hour, while voting goes on: voters by web, marks by paper, and never a choice. */
import type { LogEvent } from './event.js';
import { projection } from './projection.js';

export interface TurnoutRow {
  /** Whether a ballot at this point of the log counts. */
  open: boolean;
  /** Voters with a web ballot in time, and voters marked for paper. A voter who did both is in both: never add them up. */
  web: number;
  paper: number;
  /** Ballots, those that replace an earlier one included. */
  ballots: number;
  /** Pseudonyms of those whose ballots all came to nothing until now: their next one in time makes them voters. */
  pending?: readonly string[];
  /** `[hour, voters by web, marks by paper]` in order of time. */
  hours: readonly (readonly [hour: string, web: number, paper: number])[];
}

const EMPTY: TurnoutRow = { open: false, web: 0, paper: 0, ballots: 0, hours: [] };

type Phase = LogEvent<
  | 'VotingOpened'
  | 'VotingSuspended'
  | 'VotingResumed'
  | 'VotingClosed'
  | 'VotingReopened'
  | 'ElectionAnnulled'
>;

function phase(open: boolean) {
  return {
    key: (event: Phase) => event.data.electionId,
    fold: (row: TurnoutRow | undefined) => ({ ...(row ?? EMPTY), open }),
  };
}

export const turnoutView = projection<TurnoutRow>({
  name: 'turnout',
  version: 2,
  on: {
    VotingOpened: phase(true),
    VotingSuspended: phase(false),
    VotingResumed: phase(true),
    VotingClosed: phase(false),
    VotingReopened: phase(true),
    ElectionAnnulled: phase(false),
    BallotCast: {
      key: ({ data }) => data.electionId,
      fold: (row, { data, at }) => {
        if (row === undefined) return row;
        const { pending = [] } = row;
        const isFirst = data.ballot.n === 1;
        // Only those that were under way when voting ended come here, so the list stays short.
        if (!row.open) return isFirst ? { ...row, pending: [...pending, data.v] } : row;
        const ballots = row.ballots + 1;
        // Only a voter's first ballot in time adds a voter.
        if (!isFirst && !pending.includes(data.v)) return { ...row, ballots };
        const voted = { ...row, ballots, web: row.web + 1, hours: atHour(row.hours, at, 1, 0) };
        return isFirst ? voted : { ...voted, pending: pending.filter((v) => v !== data.v) };
      },
    },
    RollMarkedPaper: {
      key: ({ data }) => data.electionId,
      fold: (row, { at }) =>
        row?.open ? { ...row, paper: row.paper + 1, hours: atHour(row.hours, hourOf(at), 0, 1) } : row,
    },
  },
});

/** The instant cut to its full hour. */
export function hourOf(instant: string): string {
  return `${instant.slice(0, 13)}:00:00.000Z`;
}

function atHour(hours: TurnoutRow['hours'], hour: string, web: number, paper: number): TurnoutRow['hours'] {
  const last = hours.at(-1);
  if (last === undefined || last[0] < hour) return [...hours, [hour, web, paper]];
  // A clock that went back by some hours adds to an earlier one.
  const index = last[0] === hour ? hours.length - 1 : hours.findIndex((entry) => entry[0] >= hour);
  const entry = hours[index] as TurnoutRow['hours'][number];
  if (entry[0] !== hour) return [...hours.slice(0, index), [hour, web, paper], ...hours.slice(index)];
  return hours.with(index, [hour, entry[1] + web, entry[2] + paper]);
}

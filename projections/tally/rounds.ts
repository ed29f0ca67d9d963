/** Rules that fund one project a round, and the ties between those that could be the next. */
import { orderTied, type Candidate } from './order.js';
import type { Tie, TieUndecided } from './outcome.js';
import type { Common } from './ruleset.js';

/** A rule as steps from state to state. States are values: `take` leaves the one it was given as it was. */
export interface Process<State, One extends Candidate> {
  readonly start: State;
  /** What the scores of its ties are, where these are no scores of ballots. */
  readonly scoreOf?: Tie['of'];
  /** Those tied for the next place, and at what; none when the count is over. */
  best(state: State): { readonly tied: readonly One[]; readonly score: bigint };
  take(state: State, one: One): State;
  /** Equal only for states from which the same follows, whatever led to them. */
  key(state: State): string;
  /** Whether all of these are surely taken next, in any order, and to the same state. */
  independent(state: State, tied: readonly One[]): boolean;
  /** What there is left to spend. */
  remaining(state: State): bigint;
}

export interface Rounds<State, One> {
  readonly funded: readonly One[];
  /** The state before each of these, and the one at the end. */
  readonly states: readonly [State, ...State[]];
  readonly ties: readonly Tie[];
}

/** More states than this are not looked at for one tie: then it counts as one that matters. */
const MOST_STATES = 1000;

/** All rounds, ties by the declared order. A tie that this leaves open stops the count where what is funded hangs on it. */
export function runRounds<State, One extends Candidate>(
  process: Process<State, One>,
  ruleset: Pick<Common, 'tieOrder' | 'ties'>,
): Rounds<State, One> | TieUndecided {
  const funded: One[] = [];
  const ties: Tie[] = [];
  let state = process.start;
  const states: [State, ...State[]] = [state];
  for (;;) {
    const { tied, score } = process.best(state);
    const { runs, decidedBy } = orderTied(tied, ruleset);
    const [run = []] = runs;
    const [first] = run;
    if (first === undefined) return { funded, states, ties };
    if (choiceMatters(process, state, run, (others) => orderTied(others, ruleset).runs[0] ?? [])) {
      const remaining = process.remaining(state);
      return { undecided: 'tie-undecided', score, projects: idsOf(run), remaining };
    }
    if (tied.length > 1) {
      const matters = choiceMatters(process, state, tied, (others) => others);
      const { scoreOf: of } = process;
      ties.push({ score, ...(of && { of }), projects: idsOf(runs.flat()), decidedBy, matters });
    }
    state = process.take(state, first);
    funded.push(first);
    states.push(state);
  }
}

function idsOf(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ project }) => project.id);
}

/**
 * Whether what can be funded in the end differs between these choices, when later ties can go any way among `open`. As long
 * as more than one end can be reached, they differ at some tie on the way; and no tie is blamed for a later one.
 */
function choiceMatters<State, One extends Candidate>(
  process: Process<State, One>,
  state: State,
  choices: readonly One[],
  open: (tied: readonly One[]) => readonly One[],
): boolean {
  if (choices.length < 2 || process.independent(state, choices)) return false;
  const known = new Map<string, ReadonlySet<string>>();
  // Every end is looked at before they are compared: so whether the limit is met does not depend on the order of looking.
  const endsFrom = (from: State, funded: readonly string[]): ReadonlySet<string> => {
    const key = process.key(from);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= MOST_STATES) throw new TooMany();
    const { tied } = process.best(from);
    const ends = new Set<string>();
    if (tied.length === 0) ends.add([...funded].sort().join('\n'));
    const next = open(tied);
    for (const one of process.independent(from, next) ? next.slice(0, 1) : next) {
      for (const end of endsFrom(process.take(from, one), [...funded, one.project.id])) ends.add(end);
    }
    known.set(key, ends);
    return ends;
  };
  try {
    const reached = choices.map((one) => [...endsFrom(process.take(state, one), [one.project.id])].sort());
    return reached.some((ends) => ends.join('\r') !== reached[0]?.join('\r'));
  } catch (error) {
    if (error instanceof TooMany) return true;
    throw error;
  }
}

class TooMany extends Error {}

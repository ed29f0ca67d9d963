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
  /** Equal only for states with the same funded, from which the same follows, whatever led to them. */
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

/** More states than this are not looked at for the ties of a count: those left then count as ties that matter. */
const MOST_STATES = 1000;

interface Choice<One> {
  readonly round: number;
  readonly tied: readonly One[];
  readonly tie: Omit<Tie, 'matters'>;
}

/** All rounds, ties by the declared order. A tie that this leaves open stops the count where what is funded hangs on it. */
export function runRounds<State, One extends Candidate>(
  process: Process<State, One>,
  ruleset: Pick<Common, 'tieOrder' | 'ties'>,
): Rounds<State, One> | TieUndecided {
  const funded: One[] = [];
  const choices: Choice<One>[] = [];
  const open = new Ends(process, (tied) => orderTied(tied, ruleset).runs[0] ?? []);
  let state = process.start;
  const states: [State, ...State[]] = [state];
  for (;;) {
    const { tied, score } = process.best(state);
    const { runs, decidedBy } = orderTied(tied, ruleset);
    const [run = []] = runs;
    const [first] = run;
    if (first === undefined) break;
    if (open.differ(state, funded, run)) {
      const remaining = process.remaining(state);
      return { undecided: 'tie-undecided', score, projects: idsOf(run), remaining };
    }
    if (tied.length > 1) {
      const { scoreOf: of } = process;
      const tie = { score, ...(of && { of }), projects: idsOf(runs.flat()), decidedBy };
      choices.push({ round: funded.length, tied, tie });
    }
    state = process.take(state, first);
    funded.push(first);
    states.push(state);
  }
  // From an earlier tie everything can be reached that can from a later one. So the later ones go first: what is known of
  // them serves the earlier ones, and where one is too many, all before it are.
  const any = new Ends(process, (tied) => tied);
  const ties = choices.toReversed().map(({ round, tied, tie }): Tie => {
    const matters = any.differ(states[round] ?? process.start, funded.slice(0, round), tied);
    return { ...tie, matters };
  });
  return { funded, states, ties: ties.reverse() };
}

function idsOf(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ project }) => project.id);
}

/** What can be funded in the end, when ties can go any way among those that are open. */
class Ends<State, One extends Candidate> {
  /** By key of a state that was met: the ends that can be reached from it. */
  readonly #known = new Map<string, ReadonlySet<string>>();
  #met = 0;

  constructor(
    private readonly process: Process<State, One>,
    private readonly open: (tied: readonly One[]) => readonly One[],
  ) {}

  /**
   * Whether the ends differ between these choices. As long as more than one can be reached, they differ at some tie on the
   * way; and no tie is blamed for a later one.
   */
  differ(state: State, funded: readonly One[], choices: readonly One[]): boolean {
    if (choices.length < 2 || this.process.independent(state, choices)) return false;
    const before = idsOf(funded);
    const reached: ReadonlySet<string>[] = [];
    // Every end is looked at before they are compared: so whether there are too many does not depend on the order of looking.
    for (const one of choices) {
      const ends = this.#from(this.process.take(state, one), [...before, one.project.id]);
      if (ends === undefined) return true;
      reached.push(ends);
    }
    const [first] = reached;
    return reached.some((ends) => ends.size !== first?.size || [...ends].some((end) => !first.has(end)));
  }

  /** Nothing where these are too many. */
  #from(state: State, funded: readonly string[]): ReadonlySet<string> | undefined {
    const key = this.process.key(state);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#met >= MOST_STATES) return undefined;
    this.#met += 1;
    const { tied } = this.process.best(state);
    const ends = new Set<string>();
    if (tied.length === 0) ends.add([...funded].sort().join('\n'));
    for (const one of this.#next(state, tied)) {
      const further = this.#from(this.process.take(state, one), [...funded, one.project.id]);
      if (further === undefined) return undefined;
      for (const end of further) ends.add(end);
    }
    this.#known.set(key, ends);
    return ends;
  }

  /** What to look at: of those that are all taken, in any order, only the one with the least id. */
  #next(state: State, tied: readonly One[]): readonly One[] {
    const next = this.open(tied);
    if (next.length < 2 || !this.process.independent(state, next)) return next;
    return next.toSorted((a, b) => (a.project.id < b.project.id ? -1 : 1)).slice(0, 1);
  }
}

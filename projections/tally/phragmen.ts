/**
 * Sequential Phragmén with costs (Los, Christoff and Grossi, "Proportional Budget Allocations", 2022). Voters earn money at
 * the same pace; as soon as the supporters of a project together hold its cost, it is funded and they are left with none.
 * The count stops when that project does not fit in what remains of the budget; of several at once, one that does not fit is
 * enough.
 *
 * A voter's load is what each had earned when she last paid. Loads are whole numbers over one common denominator: exact, and
 * without greatest common divisors of large numbers.
 */
import type { BallotGroup, Project } from './ballots.js';
import { contestOf, contestOutcome, inOrder, type Contender, type Contest } from './contenders.js';
import type { Outcome, TieUndecided } from './outcome.js';
import { gcd, multiply, rational, subtract, type Rational } from './rational.js';
import { runRounds, type Process, type Rounds } from './rounds.js';
import type { Common } from './ruleset.js';
import { shareSupporters } from './supporters.js';

export interface PhragmenRuleset extends Common {
  rule: 'phragmen';
}

interface State {
  readonly remaining: bigint;
  readonly open: ReadonlySet<Contender>;
  readonly denominator: bigint;
  /** The load at each purchase, in order; a voter who has not paid yet has the first, which is 0. */
  readonly loads: readonly bigint[];
  /** By group of voters: the place of its load among these. */
  readonly last: Int32Array;
  /** The loads of a project's supporters together. */
  readonly sums: ReadonlyMap<Contender, bigint>;
  /** Each funded project with its load. Loads never fall, so that these tell the load of every voter. */
  readonly bought: readonly string[];
}

/** Amounts in minor units. A project without supporters is never funded, nor one that costs more than the whole budget. */
export function countPhragmen(
  ruleset: PhragmenRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  const run = runPhragmen(ruleset, projects, ballots, budget);
  if ('undecided' in run) return run;
  const { contest, process, rounds } = run;
  const last = rounds.states.at(-1) ?? process.start;
  const next = inOrder(process.next(last), ruleset);
  const stop = next.find((one) => one.project.cost > last.remaining);
  return contestOutcome(ruleset, contest, budget, rounds, ({ project }) => {
    const missing = project.cost - last.remaining;
    if (next.some((one) => one.project.id === project.id) && missing > 0n) {
      return { code: 'does-not-fit', remaining: last.remaining, missing };
    }
    return { code: 'after-stop', stoppedBy: stop?.project.id ?? project.id };
  });
}

export interface PhragmenRun {
  readonly contest: Contest;
  readonly process: Phragmen;
  readonly rounds: Rounds<State, Contender>;
}

export function runPhragmen(
  ruleset: PhragmenRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): PhragmenRun | TieUndecided {
  const contest = contestOf(ruleset, projects, ballots, budget);
  const process = new Phragmen(contest.able, ballots.length, budget);
  const rounds = runRounds(process, ruleset);
  return 'undecided' in rounds ? rounds : { contest, process, rounds };
}

class Phragmen implements Process<State, Contender> {
  readonly start: State;
  readonly scoreOf = 'earned';
  readonly #able: readonly Contender[];
  /** By group of voters: the places among these of what it supports. */
  readonly #supported: readonly (readonly number[])[];

  constructor(able: readonly Contender[], groups: number, budget: bigint) {
    const supported = Array.from({ length: groups }, (): number[] => []);
    for (const [place, one] of able.entries())
      for (const group of one.supporters.groups) supported[group]?.push(place);
    this.#able = able;
    this.#supported = supported;
    this.start = {
      remaining: budget,
      open: new Set(able),
      denominator: 1n,
      loads: [0n],
      last: new Int32Array(groups),
      sums: new Map(able.map((one) => [one, 0n])),
      bought: [],
    };
  }

  /** Those whose supporters next hold their cost, whether or not they fit. */
  next(state: State): Contender[] {
    let best: Contender[] = [];
    let most = 0n;
    let by = 1n;
    for (const one of state.open) {
      const held = this.#load(state, one);
      const supporters = BigInt(one.supporters.weight);
      const difference = best.length === 0 ? -1n : held * by - most * supporters;
      if (difference > 0n) continue;
      if (difference < 0n) [best, most, by] = [[], held, supporters];
      best.push(one);
    }
    return best;
  }

  best(state: State) {
    const next = this.next(state);
    const [one] = next;
    if (one === undefined || next.some(({ project }) => project.cost > state.remaining)) {
      return { tied: [], score: 0n };
    }
    return {
      tied: next,
      score: this.#load(state, one) / (state.denominator * BigInt(one.supporters.weight)),
    };
  }

  take(state: State, one: Contender): State {
    const supporters = BigInt(one.supporters.weight);
    const held = this.#load(state, one);
    const common = gcd(supporters, held % supporters);
    const factor = supporters / common;
    const load = held / common;
    const loads = [...state.loads.map((before) => before * factor), load];
    const open = new Set(state.open);
    open.delete(one);
    // How many voters come to the new load from which, for each project.
    const before = state.loads.length;
    const froms = [...new Set(one.supporters.groups.map((group) => state.last[group] as number))];
    const slots = new Map(froms.map((from, slot) => [from, slot]));
    const moved = new Float64Array(this.#able.length * froms.length);
    const last = state.last.slice();
    for (const [index, group] of one.supporters.groups.entries()) {
      const slot = slots.get(last[group] as number) as number;
      const weight = one.supporters.weights[index] as number;
      for (const place of this.#supported[group] as readonly number[])
        (moved[place * froms.length + slot] as number) += weight;
      last[group] = before;
    }
    const sums = new Map<Contender, bigint>();
    for (const [place, other] of this.#able.entries()) {
      if (!open.has(other)) continue;
      let sum = (state.sums.get(other) ?? 0n) * factor;
      for (const [slot, from] of froms.entries()) {
        const voters = moved[place * froms.length + slot] as number;
        if (voters > 0) sum += BigInt(voters) * (load - (state.loads[from] ?? 0n) * factor);
      }
      sums.set(other, sum);
    }
    const denominator = state.denominator * factor;
    const { n, d } = rational(load, denominator);
    const remaining = state.remaining - one.project.cost;
    const bought = [...state.bought, `${one.project.id} ${n}/${d}`];
    return { remaining, open, denominator, loads, last, sums, bought };
  }

  key({ bought }: State): string {
    return [...bought].sort().join('\n');
  }

  independent(state: State, tied: readonly Contender[]): boolean {
    return (
      !shareSupporters(tied.map(({ supporters }) => supporters)) &&
      tied.reduce((sum, { project }) => sum + project.cost, 0n) <= state.remaining
    );
  }

  remaining(state: State): bigint {
    return state.remaining;
  }

  /** What each voter has earned when the supporters of a project that is open hold its cost. */
  earned(state: State, one: Contender): Rational {
    return rational(this.#load(state, one), state.denominator * BigInt(one.supporters.weight));
  }

  /** What the supporters of a project that is open hold together when each voter has earned so much. */
  held(state: State, one: Contender, earned: Rational): Rational {
    const all = multiply(earned, rational(BigInt(one.supporters.weight)));
    return subtract(all, rational(state.sums.get(one) ?? 0n, state.denominator));
  }

  /** What a project's supporters would bear together, times the denominator. */
  #load(state: State, one: Contender): bigint {
    return (state.sums.get(one) ?? 0n) + one.project.cost * state.denominator;
  }
}

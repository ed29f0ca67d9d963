/** How far each loser was from winning under the rules of the greedy family, all else equal. Exact. */
import type { BallotGroup, Project } from './ballots.js';
import { countCandidates } from './greedy.js';
import type { GreedyFamily } from './greedy-ruleset.js';
import { candidatesOf, order, type Candidate } from './order.js';
import type { TieUndecided } from './outcome.js';
import { neededSupport } from './ruleset.js';
import { totalWeight } from './scores.js';

/** Those that take projects by score, or by score per cost, and fund each with its whole cost or not at all: what follows holds of them. */
export type OrderedByScore = Exclude<GreedyFamily, { rule: 'poznan' } | { rule: 'part-funding' }>;

export interface Distance {
  project: string;
  /**
   * The least addition to its score that funds it: with `score` by `votes` so many voters more who also approve it (that can
   * be more than there are), else so many points more from those who approve it. Absent where no addition does: it is
   * withdrawn, costs more than the budget, or has too few votes for a threshold of votes while points decide.
   */
  support?: bigint;
  /** The largest cost, in minor units, that funds it; below its own. Absent where no cost does. */
  cost?: bigint;
}

export interface Distances {
  /** Every project that is not funded, in the order of counting. */
  losers: readonly Distance[];
  /** The losers that miss least support, all with the same `support`; none if no addition funds any. */
  runnersUp: readonly string[];
}

/**
 * A project counts as funded only if it is so in every order that the declared one leaves open.
 *
 * **Support** is found by bisection, over the additions that bring a project level with another score, one above it, or to the
 * threshold: between these its place does not change. It is monotone: with more support the projects before it are a
 * beginning of those that were before it, the rest keep their order and their support. What remains only shrinks along the
 * order, and the stop of `greedy-no-skip` and the conflicts with funded projects only come, never go. So what fits, in time
 * and without conflict, does so at each earlier place. Level with others: if it was funded after all of these, those among them
 * that fit then fit together with it, and the others fit neither before nor after; nothing hangs on their order.
 *
 * **Cost** is not monotone where `highest-cost` orders ties: a cheaper project comes later. So each range of costs between
 * those of the projects with the same score, where the place stays the same, and each of these costs, is tried from the
 * largest on; within a range, what fits fits when it is cheaper, and the largest is found by bisection.
 *
 * **Per cost** (`greedy-per-cost`) support moves a project in the same way, and what is said of it holds. It is level with
 * another of score `s` and cost `c` when its own score is `s / c` times its cost; where that is no whole number, the next one
 * brings it above. It never passes what costs nothing. Cost is monotone unless its score is 0: a cheaper project has more score
 * for its cost, so that those before it are a beginning of those that were. It is level with others of the same score per cost at
 * one cost only, whose place among them, whatever the criterion, is between those of a dearer and of a cheaper one; and
 * without cost it comes before all with one. What fits, in time and without conflict, does so at each earlier place, and all
 * the more if it costs less; so the largest cost is found by bisection. With a score of 0 it is level with all others of
 * that score at any cost but 0, as where the score alone decides.
 *
 * @param budget minor units
 * @returns the tie if the count itself is undecided
 * @throws RangeError for a ballot that names a project which is not there
 */
export function distances(
  ruleset: OrderedByScore,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Distances | TieUndecided {
  const candidates = candidatesOf(ruleset.score, projects, ballots);
  return candidateDistances(ruleset, candidates, totalWeight(ballots), budget);
}

/** Of projects whose scores are known; `valid` is the weight of all ballots. */
export function candidateDistances(
  ruleset: OrderedByScore,
  candidates: readonly Candidate[],
  valid: bigint,
  budget: bigint,
): Distances | TieUndecided {
  const outcome = countCandidates(ruleset, candidates, valid, budget);
  if ('undecided' in outcome) return outcome;
  // In order already, so that each of the many counts has little to put in order.
  const ordered = order(candidates, ruleset, isPerCost(ruleset)).flatMap(({ runs }) => runs.flat());
  const race = new Race(ruleset, ordered, valid, budget);
  const losers = outcome.projects
    .filter(({ funded }) => !funded)
    .flatMap(({ id }) => {
      const loser = candidates.find(({ project }) => project.id === id);
      return loser === undefined ? [] : [race.distance(loser)];
    });
  const least = losers.reduce<bigint | undefined>(
    (sofar, { support }) =>
      support !== undefined && (sofar === undefined || support < sofar) ? support : sofar,
    undefined,
  );
  const nearest = losers.filter(({ support }) => support !== undefined && support === least);
  return { losers, runnersUp: nearest.map(({ project }) => project) };
}

class Race {
  constructor(
    private readonly ruleset: OrderedByScore,
    private readonly candidates: readonly Candidate[],
    private readonly valid: bigint,
    private readonly budget: bigint,
  ) {}

  distance(loser: Candidate): Distance {
    const support = this.#support(loser);
    const cost = this.#cost(loser);
    return {
      project: loser.project.id,
      ...(support !== undefined && { support }),
      ...(cost !== undefined && { cost }),
    };
  }

  #support(loser: Candidate): bigint | undefined {
    const { of, needed } = neededSupport(this.ruleset.threshold, this.valid);
    const levels = this.candidates.flatMap((other) => this.#levels(loser, other));
    levels.push(needed - (of === 'votes' ? loser.votes : loser.score));
    const additions = ascending(levels.filter((addition) => addition > 0n));
    const place = firstIndex(additions.length, (index) => {
      const addition = additions[index] ?? 0n;
      const votes = this.ruleset.score.by === 'votes' ? loser.votes + addition : loser.votes;
      return this.#leftFor({ ...loser, votes, score: loser.score + addition }) !== undefined;
    });
    return additions[place];
  }

  /** The least additions that bring it level with another, if a whole one does, and above it. */
  #levels(loser: Candidate, { score, project }: Candidate): bigint[] {
    const own = loser.project.cost;
    // With the same cost, or none, score per cost puts projects in order as scores do.
    if (!isPerCost(this.ruleset) || own === project.cost) return levelAndAbove(score, 1n, loser.score);
    return own === 0n || project.cost === 0n ? [] : levelAndAbove(score * own, project.cost, loser.score);
  }

  #cost(loser: Candidate): bigint | undefined {
    const { project, score } = loser;
    const leftAt = (cost: bigint) => this.#leftFor({ ...loser, project: { ...project, cost } });
    const isMonotone = isPerCost(this.ruleset) && score > 0n;
    const bounds = this.candidates.flatMap((other) => {
      if (!isMonotone) return other.score === score ? levelAndAbove(other.project.cost, 1n) : [];
      return other.score > 0n ? levelAndAbove(score * other.project.cost, other.score) : [];
    });
    // Each range begins here: at the cost of a rival, and just above it.
    const starts = ascending([0n, ...bounds].filter((cost) => cost < project.cost)).reverse();
    const passes = (index: number) => leftAt(starts[index] ?? 0n) !== undefined;
    const place = isMonotone
      ? firstIndex(starts.length, passes)
      : starts.findIndex((_, index) => passes(index));
    const start = starts[place];
    if (start === undefined) return undefined;
    const end = starts[place - 1] ?? project.cost;
    return largest(start, end, (cost) => leftAt(cost) !== undefined, leftAt(start) ?? 0n);
  }

  /** What is left for `changed`, in place of the one with its id, if it is funded whatever the order leaves open. */
  #leftFor(changed: Candidate): bigint | undefined {
    const { id } = changed.project;
    const all = this.candidates.map((other) => (other.project.id === id ? changed : other));
    // What comes after it cannot take anything from it, and may be a tie without it.
    const upTo: Candidate[] = [];
    for (const run of order(all, this.ruleset, isPerCost(this.ruleset)).flatMap(({ runs }) => runs)) {
      upTo.push(...run);
      if (run.includes(changed)) break;
    }
    const outcome = countCandidates(this.ruleset, upTo, this.valid, this.budget);
    if ('undecided' in outcome) return undefined;
    const reason = outcome.projects.find((one) => one.id === id)?.reason;
    return reason?.code === 'funded' ? reason.remaining : undefined;
  }
}

function isPerCost({ rule }: GreedyFamily): boolean {
  return rule === 'greedy-per-cost';
}

/** The whole number at `n / d`, or below where there is none, and the next, without `less`: there a place can change. */
function levelAndAbove(n: bigint, d: bigint, less = 0n): bigint[] {
  return [n / d - less, n / d + 1n - less];
}

function ascending(numbers: readonly bigint[]): bigint[] {
  return [...new Set(numbers)].sort((a, b) => (a < b ? -1 : 1));
}

/** The first index that passes, where all after one that passes do; `length` if none does. */
function firstIndex(length: number, passes: (index: number) => boolean): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (passes(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/**
 * The largest number from `from`, which passes, to below `end` that passes, where all before one that passes do.
 * @param guess mostly it is this one
 */
function largest(from: bigint, end: bigint, passes: (number: bigint) => boolean, guess: bigint): bigint {
  let [good, bad] = [from, end];
  if (guess >= good && guess < bad && (guess === good || passes(guess))) {
    good = guess;
    if (good + 1n < bad && !passes(good + 1n)) bad = good + 1n;
  }
  while (bad - good > 1n) {
    const middle = (good + bad) / 2n;
    if (passes(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/**
 * Knapsack voting, counted per dollar: every coin of every project is a candidate, and those with most votes are paid.
 * @see Goel, Krishnaswamy, Sakshuwong, Aitamurto: Knapsack Voting for Participatory Budgeting (ACM TEAC 7(2), 2019)
 *
 * A ballot gives each project an amount, at most its cost: with `score` by `points` the points in minor units (added up where
 * it names a project twice), by `votes` the whole cost of every project that it names. The k-th coin of a project has the
 * votes of those who give it at least k. Coins between two amounts that voters gave have the same votes: they are a chunk.
 * Chunks are paid whole in the order of their votes, ties by the declared order of their projects, while they fit. The first
 * that does not fit gets what remains, and the count ends. Coins without votes are never paid. A project that costs nothing
 * is funded if a ballot names it.
 *
 * A project can so end with a part of its cost. The paper leaves it so; a city that builds whole projects cannot:
 * - `partial: "allowed"`: it is funded with that part;
 * - `partial: "refused"`: it gets nothing, and the money is not spent on others. On ballots with whole costs this is
 *   `greedy-no-skip` among the projects that have votes.
 *
 * The platform of Stanford pays a group of equal chunks whole or, where it does not fit, its smallest chunk first, without a
 * word on equal ones. Here the declared order decides.
 */
import type { BallotGroup, Project } from './ballots.js';
import { order, type Candidate } from './order.js';
import type { Outcome, ProjectOutcome, Reason, Tie, TieUndecided } from './outcome.js';
import { isObject, neededSupport, type Common, type RulesetProblem, type Score } from './ruleset.js';
import { totalWeight } from './scores.js';

/** `score` is `votes` or `points`, which are amounts in minor units. A threshold is about voters. */
export interface KnapsackRuleset extends Common {
  rule: 'stanford-knapsack';
  /** Whether a project can be funded with a part of its cost. */
  partial: 'allowed' | 'refused';
}

/** What is wrong with a `stanford-knapsack` ruleset beyond the common part. */
export function knapsackProblem({ partial, score }: Record<string, unknown>): RulesetProblem | undefined {
  if (partial !== 'allowed' && partial !== 'refused')
    return { rejected: 'ruleset-malformed', field: 'partial' };
  // A rank is not an amount.
  return isObject(score) && score.by === 'ranks'
    ? { rejected: 'ruleset-contradictory', field: 'score' }
    : undefined;
}

/** A project's coins between two amounts. As a candidate its score is the votes of these coins. */
interface Chunk extends Candidate {
  coins: bigint;
}

export function countKnapsack(
  ruleset: KnapsackRuleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome | TieUndecided {
  const valid = totalWeight(ballots);
  const { needed } = neededSupport(ruleset.threshold, valid);
  const given = amountsGiven(ruleset.score, projects, ballots);
  const candidates = projects.map((project): Candidate => {
    const votes = total(given.get(project.id)?.values() ?? []);
    return { project, votes, score: votes };
  });
  const able = candidates.filter(({ project, votes }) => project.withdrawn !== true && votes >= needed);
  const chunks = able.flatMap((candidate) =>
    chunksOf(candidate, given.get(candidate.project.id) ?? new Map<bigint, bigint>()),
  );
  const paying = new Paying(ruleset, budget);
  const ties: Tie[] = [];
  for (const { score, runs, decidedBy } of order(chunks, ruleset)) {
    const group = runs.flat();
    if (group.length > 1)
      ties.push({ score, projects: idsOf(group), decidedBy, matters: paying.orderMatters(group) });
    for (const run of runs) {
      if (paying.orderMatters(run)) {
        const rivals = run.filter(({ coins }) => coins > 0n);
        return { undecided: 'tie-undecided', score, projects: idsOf(rivals), remaining: paying.remaining };
      }
      for (const chunk of run) paying.take(chunk);
    }
  }
  const outcomes = order(candidates, ruleset)
    .flatMap(({ runs }) => runs.flat())
    .map(({ project, votes, score }, index): ProjectOutcome => {
      const reason = whyOut(project, votes, needed) ?? paying.result(project);
      const funded = reason.code === 'funded' || reason.code === 'allocated';
      return { id: project.id, cost: project.cost, votes, score, rank: index + 1, funded, reason };
    });
  const funded = outcomes.filter((project) => project.funded);
  return {
    rule: ruleset.rule,
    budget,
    funded: funded.map(({ id }) => id),
    cost: total(funded.map(({ cost, reason }) => (reason.code === 'allocated' ? reason.money : cost))),
    ballots: valid,
    projects: outcomes,
    ties,
  };
}

function whyOut(project: Project, votes: bigint, needed: bigint): Reason | undefined {
  if (project.withdrawn === true) return { code: 'withdrawn' };
  if (votes < needed) return { code: 'below-threshold', of: 'votes', needed, missing: needed - votes };
  return votes === 0n ? { code: 'no-support' } : undefined;
}

/**
 * For each project, voters by the amount that they give it; those who give nothing are left out.
 * @throws RangeError for a ballot that names a project which is not there
 */
function amountsGiven(
  score: Score,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
): Map<string, Map<bigint, bigint>> {
  const costs = new Map(projects.map(({ id, cost }) => [id, cost]));
  const given = new Map(projects.map(({ id }) => [id, new Map<bigint, bigint>()]));
  for (const { options, points, weight } of ballots) {
    const amounts = new Map<string, bigint>();
    for (const [index, id] of options.entries()) {
      const cost = costs.get(id);
      if (cost === undefined) throw new RangeError(`A ballot names ${id}, which is not a project`);
      const amount = score.by === 'points' ? BigInt(points?.[index] ?? 0) : cost;
      const sum = (amounts.get(id) ?? 0n) + amount;
      if (amount > 0n || cost === 0n) amounts.set(id, sum > cost ? cost : sum);
    }
    for (const [id, amount] of amounts) {
      const voters = given.get(id);
      voters?.set(amount, (voters.get(amount) ?? 0n) + BigInt(weight));
    }
  }
  return given;
}

function chunksOf(candidate: Candidate, given: ReadonlyMap<bigint, bigint>): Chunk[] {
  let below = 0n;
  let score = candidate.votes;
  return [...given]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([amount, voters]) => {
      const chunk = { ...candidate, score, coins: amount - below };
      below = amount;
      score -= voters;
      return chunk;
    });
}

function idsOf(chunks: readonly Chunk[]): string[] {
  return chunks.map(({ project }) => project.id);
}

function total(numbers: Iterable<bigint>): bigint {
  let sum = 0n;
  for (const number of numbers) sum += number;
  return sum;
}

/** What has been paid, and what remains. */
class Paying {
  remaining: bigint;
  /** By project: what it has, and what remained before its last chunk. */
  readonly #paid = new Map<string, { money: bigint; remaining: bigint }>();
  #stoppedBy: string | undefined;

  constructor(
    private readonly ruleset: KnapsackRuleset,
    budget: bigint,
  ) {
    this.remaining = budget;
  }

  take({ project, coins }: Chunk): void {
    // A project that costs nothing is paid even when the money is used up.
    if (this.#stoppedBy !== undefined && coins > 0n) return;
    const { remaining } = this;
    const paid = coins > remaining ? remaining : coins;
    if (paid < coins) this.#stoppedBy = project.id;
    if (paid === 0n && coins > 0n) return;
    this.#paid.set(project.id, { money: (this.#paid.get(project.id)?.money ?? 0n) + paid, remaining });
    this.remaining -= paid;
  }

  /**
   * Whether another order among these, of equal votes, could pay others. When they fit together it could not. Otherwise each
   * is paid when it comes first, and not, or not whole, when it comes last; where parts are refused, this matters if a chunk
   * that fits makes its project whole.
   */
  orderMatters(group: readonly Chunk[]): boolean {
    const chunks = group.filter(({ coins }) => coins > 0n);
    if (chunks.length < 2 || this.#stoppedBy !== undefined || this.remaining === 0n) return false;
    if (total(chunks.map(({ coins }) => coins)) <= this.remaining) return false;
    return (
      this.ruleset.partial === 'allowed' ||
      chunks.some(
        ({ project, coins }) =>
          coins <= this.remaining && (this.#paid.get(project.id)?.money ?? 0n) + coins === project.cost,
      )
    );
  }

  /** For a project that has votes and may be funded. */
  result({ id, cost }: Project): Reason {
    const paid = this.#paid.get(id);
    if (paid?.money === cost) return { code: 'funded', remaining: paid.remaining };
    const money = paid?.money ?? 0n;
    const missing = cost - money;
    if (money > 0n && this.ruleset.partial === 'allowed') return { code: 'allocated', money, missing };
    if (this.#stoppedBy === id) return { code: 'does-not-fit', remaining: money, missing };
    if (money > 0n) return { code: 'not-whole', money, missing };
    // Without a stop every chunk was paid.
    return { code: 'after-stop', stoppedBy: this.#stoppedBy ?? '' };
  }
}

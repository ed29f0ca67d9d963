/**
 * Votes that are transferred: the single transferable vote, and instant runoff, which is the same with one seat.
 *
 * The variant is that of the Scottish Local Government Elections Order 2007 (SSI 2007/42, schedule 1, rules 45 to 52), the
 * weighted inclusive Gregory method, with exact fractions where the Order cuts transfer values to five decimal places:
 * - The quota is floor(V / (seats + 1)) + 1 of the V ballots that name an option (rule 46); who reaches it is elected (47).
 * - The largest surplus first: every ballot of that option goes to the next continuing option that it ranks, and keeps
 *   surplus / votes of its value (48, 49). Without such an option it ends there.
 * - Without surpluses the option with fewest votes is excluded; its ballots go on with the value that they have (50).
 * - As many continuing options as open seats are elected (52).
 * The Order decides ties by the latest round in which the options differed, then by lot (49, 51): here by the declared
 * criteria, of which `previous-rounds` and `listed` are these. Options that no ballot names do not take part.
 */
import type { DecisionTie, Round } from './outcome.js';
import { split, type Standing, type TieOrder } from './places.js';
import type { Profile } from './profile.js';
import { add, compare, multiply, rational, type Rational } from '../rational.js';

/**
 * Options that came to the end of the count together; the first of all are the elected, the last the first excluded. After a
 * tie that nothing decides, and on which nothing hangs, all who were not elected are together.
 */
export interface Finished {
  options: readonly number[];
  elected: boolean;
}

export interface TransferCount {
  quota: bigint;
  rounds: Round[];
  ties: DecisionTie[];
  /** In order; options that share a place together. Without those that no ballot names. */
  finished: Finished[];
  /** The votes of each option when it left the count, before a surplus was taken. */
  score: readonly Rational[];
}

/** A tie on which the count stopped, or was decided. */
export interface OpenTie {
  about: 'surplus' | 'exclusion';
  round: number;
  rivals: number[];
  seats: number;
}

export interface Met {
  rivals: number[];
  pick: number;
  tie: DecisionTie;
}

export interface Run {
  count: TransferCount;
  met: Met[];
  /** A tie that nothing decides. */
  open?: OpenTie;
}

/** Ballots that came to an option together, all worth the same. */
interface Parcel {
  value: Rational;
  /** Places in `profile.votes`. */
  votes: number[];
}

/**
 * One count. `picks` are the options taken at the ties that it meets, in order; further ones go by the declared order, and the
 * count stops at one that this does not decide. `filled` is 0 where nothing is decided: then the first round is all there is.
 */
export class Transfers {
  readonly #parcels: Parcel[][];
  readonly #votes: Rational[];
  readonly #continuing: Set<number>;
  readonly #surpluses = new Set<number>();
  readonly #history: Rational[][] = [];
  readonly #quota: Rational;
  readonly #excluded: Finished[] = [];
  readonly #run: Run;
  #exhausted = rational(0n);
  #open: number;
  /** How many were excluded before the first tie that was taken by id, since nothing hangs on it. */
  #undecidedFrom: number | undefined;

  constructor(
    private readonly profile: Profile,
    seats: { quotaFor: number; filled: number },
    private readonly tieOrder: TieOrder,
    private readonly picks: readonly number[],
  ) {
    this.#open = seats.filled;
    const quota = profile.named / BigInt(seats.quotaFor + 1) + 1n;
    this.#quota = rational(quota);
    this.#parcels = profile.options.map(() => []);
    this.#votes = profile.options.map(() => rational(0n));
    this.#continuing = new Set([...profile.options.keys()].filter((option) => this.#naming(option) > 0n));
    this.#hand({ value: rational(1n), votes: [...profile.votes.keys()] });
    this.#run = { count: { quota, rounds: [], ties: [], finished: [], score: this.#votes }, met: [] };
  }

  run(): Run {
    const { count } = this.#run;
    while (this.#continuing.size > 0) {
      this.#history.push([...this.#votes]);
      const round: Round = { votes: this.#shown(), exhausted: this.#exhausted, elected: this.#electNow() };
      count.rounds.push(round);
      if (this.#open === 0 || this.#continuing.size === 0) break;
      const then = this.#surpluses.size > 0 ? this.#transferSurplus() : this.#exclude();
      if (then === undefined) return this.#run;
      round.then = then;
    }
    // Those who are left when all seats are taken stand before the excluded.
    const left = this.#byVotes([...this.#continuing]).map((options) => ({ options, elected: false }));
    const decided = this.#excluded.slice(0, this.#undecidedFrom).reverse();
    const others = [...left, ...this.#excluded.slice(decided.length).reverse()];
    const together = this.#undecidedFrom === undefined ? others : [merged(others)];
    count.finished.push(...together.filter(({ options }) => options.length > 0), ...decided);
    count.score = this.#history[0]?.map((_, option) => this.#lastVotes(option)) ?? this.#votes;
    return this.#run;
  }

  /** Elects who has the quota, and all where no more continue than there are seats. @returns their ids in order */
  #electNow(): string[] {
    if (this.#open === 0) return [];
    const withQuota = [...this.#continuing].filter((option) => compare(this.#of(option), this.#quota) >= 0);
    const elected = this.#elect(withQuota);
    const rest = this.#continuing.size <= this.#open ? this.#elect([...this.#continuing]) : [];
    return [...elected, ...rest];
  }

  #elect(options: number[]): string[] {
    const ids: string[] = [];
    for (const equal of this.#byVotes(options)) {
      const { runs } = split(equal.map(this.#standing), this.tieOrder, this.#before);
      for (const run of runs) {
        this.#run.count.finished.push({ options: run.map(({ option }) => option), elected: true });
        for (const { id, option } of run) {
          ids.push(id);
          this.#continuing.delete(option);
          this.#open -= 1;
          if (compare(this.#of(option), this.#quota) > 0) this.#surpluses.add(option);
        }
      }
    }
    return ids;
  }

  #transferSurplus(): Round['then'] {
    const largest = this.#byVotes([...this.#surpluses])[0] ?? [];
    const option = this.#decide('surplus', largest);
    if (option === undefined) return undefined;
    this.#surpluses.delete(option);
    const votes = this.#of(option);
    const surplus = add(votes, rational(-this.#quota.n));
    const value = multiply(surplus, rational(votes.d, votes.n));
    this.#release(option, value);
    this.#votes[option] = this.#quota;
    return { surplusOf: this.#id(option), value };
  }

  #exclude(): Round['then'] {
    const fewest = this.#byVotes([...this.#continuing]).at(-1) ?? [];
    const option = this.#decide('exclusion', fewest);
    if (option === undefined) return undefined;
    this.#continuing.delete(option);
    this.#excluded.push({ options: [option], elected: false });
    this.#release(option, rational(1n));
    this.#votes[option] = rational(0n);
    return { excluded: this.#id(option) };
  }

  /** Which of equal options it is: the first in declared order has its surplus transferred, the last is excluded. */
  #decide(about: 'surplus' | 'exclusion', equal: number[]): number | undefined {
    if (equal.length === 1) return equal[0];
    const { runs, decidedBy } = split(equal.map(this.#standing), this.tieOrder, this.#before);
    const round = this.#run.count.rounds.length;
    const tie: DecisionTie = {
      about,
      round,
      options: runs.flat().map(({ id }) => id),
      decidedBy,
      matters: false,
    };
    const rivals = ((about === 'surplus' ? runs[0] : runs.at(-1)) ?? []).map(({ option }) => option);
    // Excluding options without votes moves nothing: where all of them go, their order is nothing.
    const idle =
      about === 'exclusion' &&
      equal.every((option) => this.#of(option).n === 0n) &&
      this.#continuing.size - equal.length >= this.#open;
    if (rivals.length > 1) this.#undecidedFrom ??= this.#excluded.length;
    if (idle) {
      this.#run.count.ties.push(tie);
      return rivals[0];
    }
    const pick = this.picks[this.#run.met.length] ?? (rivals.length === 1 ? rivals[0] : undefined);
    if (pick === undefined) this.#run.open = { about, round, rivals, seats: this.#open };
    else {
      this.#run.count.ties.push(tie);
      this.#run.met.push({ rivals: equal, pick, tie });
    }
    return pick;
  }

  /** Sends an option's ballots on, each with this part of its value. */
  #release(option: number, part: Rational): void {
    const parcels = this.#parcels[option] ?? [];
    this.#parcels[option] = [];
    for (const { value, votes } of parcels) this.#hand({ value: multiply(value, part), votes });
  }

  /** Hands each ballot to the next continuing option that it ranks. */
  #hand({ value, votes }: Parcel): void {
    const next = new Map<number, { votes: number[]; weight: bigint }>();
    let ended = 0n;
    for (const index of votes) {
      const vote = this.profile.votes[index];
      if (vote === undefined) continue;
      const option = vote.ranking.find((one) => this.#continuing.has(one));
      if (option === undefined) {
        ended += vote.weight;
        continue;
      }
      const parcel = next.get(option);
      if (parcel === undefined) next.set(option, { votes: [index], weight: vote.weight });
      else {
        parcel.votes.push(index);
        parcel.weight += vote.weight;
      }
    }
    this.#exhausted = add(this.#exhausted, multiply(value, rational(ended)));
    for (const [option, parcel] of next) {
      this.#parcels[option]?.push({ value, votes: parcel.votes });
      this.#votes[option] = add(this.#of(option), multiply(value, rational(parcel.weight)));
    }
  }

  /** Groups with equal votes, most votes first. */
  #byVotes(options: readonly number[]): number[][] {
    const groups: number[][] = [];
    for (const option of [...options].sort((a, b) => compare(this.#of(b), this.#of(a)) || a - b)) {
      const last = groups.at(-1);
      if (last?.[0] !== undefined && compare(this.#of(last[0]), this.#of(option)) === 0) last.push(option);
      else groups.push([option]);
    }
    return groups;
  }

  readonly #standing = (option: number) => ({
    option,
    id: this.#id(option),
    votes: this.#naming(option),
  });

  /** More votes in the latest round in which they differed. */
  readonly #before = (a: Standing & { option: number }, b: Standing & { option: number }): number => {
    for (const votes of [...this.#history].reverse()) {
      const [own, other] = [votes[a.option], votes[b.option]];
      const difference = own === undefined || other === undefined ? 0 : compare(other, own);
      if (difference !== 0) return difference;
    }
    return 0;
  };

  #shown(): { id: string; votes: Rational }[] {
    const gone = new Set(this.#excluded.flatMap(({ options }) => options));
    return [...this.profile.options.entries()]
      .filter(([option]) => this.#naming(option) > 0n && !gone.has(option))
      .map(([option, id]) => ({ id, votes: this.#of(option) }));
  }

  /** An elected option's votes are highest before its surplus goes, an excluded one's just before that. */
  #lastVotes(option: number): Rational {
    return this.#history
      .map((votes) => votes[option] ?? rational(0n))
      .reduce((most, votes) => (compare(votes, most) > 0 ? votes : most));
  }

  #of(option: number): Rational {
    return this.#votes[option] ?? rational(0n);
  }

  #id(option: number): string {
    return this.profile.options[option] ?? '';
  }

  #naming(option: number): bigint {
    return this.profile.naming[option] ?? 0n;
  }
}

function merged(groups: readonly Finished[]): Finished {
  return { options: groups.flatMap(({ options }) => options).sort((a, b) => a - b), elected: false };
}

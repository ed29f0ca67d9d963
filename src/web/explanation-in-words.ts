/** A count explained in plain sentences, made from the data alone: for the pages and for the command line. Pure. */
import type { Explanation } from '../../projections/tally/explanation.js';
import { EXPLANATION_WORDS } from './explanation-words.js';
import type { ExplanationWords } from './explanation-words.es.js';
import type { Format } from './format.js';
import type { Language } from './languages.js';
import { inWords } from './messages.js';
import type { Messages } from './messages.es.js';
import { reasonInWords } from './reason.js';
import type { Unit } from './ruleset.js';

type Round = NonNullable<Explanation['rounds']>[number];
type Purchase = NonNullable<Explanation['purchases']>[number];
type Loser = Explanation['losers'][number];
type ProjectResult = Explanation['outcome']['projects'][number];

/** A list of projects in a sentence names no more than these. */
const MOST_NAMED = 5;

export interface TellerOptions {
  language: Language;
  m: Messages;
  format: Format;
  currency: string;
  /** The words of a project. */
  title: (id: string) => string;
  /** What scores of ballots are. */
  unit: Unit;
}

/** Tells one explanation, sentence by sentence. */
export class Teller {
  readonly words: ExplanationWords;
  readonly #results: ReadonlyMap<string, ProjectResult>;

  constructor(
    private readonly options: TellerOptions,
    readonly explanation: Explanation,
  ) {
    this.words = EXPLANATION_WORDS[options.language];
    this.#results = new Map(explanation.outcome.projects.map((project) => [project.id, project]));
  }

  /** What has to be known before the rounds. */
  intro(): string[] {
    const { outcome, rounds, utility, purchases } = this.explanation;
    const { shares, purchase, overspending } = this.words;
    if (purchases !== undefined) return [purchase.earning];
    if (rounds === undefined) return this.#compared();
    const held = this.#isOverspending ? `${outcome.budget}/${outcome.ballots}` : outcome.endowment;
    const words = this.#isOverspending ? overspending : shares;
    return [
      ...this.#compared(),
      ...(held === undefined ? [] : this.#held(held)),
      ...(this.#isOverspending ? [overspending.rule] : []),
      ...(utility === 'cost' ? [words.effective] : []),
      ...(utility === 'cardinality' ? [words.byPrice] : []),
      ...(utility === 'score' ? [words.byPoint] : []),
    ];
  }

  get #isOverspending(): boolean {
    return this.explanation.outcome.rule === 'bounded-overspending';
  }

  #held(endowment: string): string[] {
    const { budget, ballots } = this.explanation.outcome;
    const { shares } = this.words;
    const { n, d } = fraction(endowment);
    const more = n * BigInt(ballots) - BigInt(budget) * d;
    const says = more > 0n ? shares.raised : shares.lowered;
    return [
      shares.held(Number(ballots), this.number(ballots), this.#fractionOfMoney(endowment)),
      ...(more === 0n ? [] : [says(this.#fractionOfMoney(`${budget}/${ballots}`))]),
    ];
  }

  #compared(): string[] {
    const { comparison, endowment } = this.explanation.outcome;
    if (comparison === undefined) return [];
    const [shares, greedy] = [this.number(comparison.shares), this.number(comparison.greedy)];
    const { compared, keptShares } = this.words.shares;
    return [endowment === undefined ? compared(greedy, shares) : keptShares(shares, greedy)];
  }

  /** @param number from 1 */
  round(round: Round, number: number): string[] {
    const { bought } = this.words.round;
    const cost = this.money(this.costOf(round.project));
    return [
      bought(this.number(number), this.project(round.project), cost),
      ...this.payers(round),
      ...this.compared(round),
    ];
  }

  /** Who pays in a round. */
  payers(round: Round): string[] {
    const words = this.words.round;
    const [inFull, allTheyHad] = [Number(round.inFull), Number(round.allTheyHad)];
    if (round.offers.length === 0) return [words.free];
    const pays = this.explanation.utility === 'score' ? words.perPoint : words.inFull;
    return [
      ...(inFull > 0 ? [pays(inFull, this.number(round.inFull), this.money(round.price))] : []),
      ...(allTheyHad > 0 ? [this.#allTheyHad(inFull, allTheyHad)] : []),
      ...(round.overspent === undefined
        ? []
        : [this.words.overspending.overspent(this.money(round.overspent))]),
    ];
  }

  #allTheyHad(inFull: number, allTheyHad: number): string {
    const { allTheyHad: others, onlyAllTheyHad } = this.words.round;
    return (inFull > 0 ? others : onlyAllTheyHad)(allTheyHad, this.number(allTheyHad));
  }

  /** What the project of a round was first by, and before whom. */
  compared({ offers: [first, second], behind = '0' }: Round): string[] {
    const words = this.words.round;
    if (first === undefined) return [];
    const { countsAt, alone } = this.words.overspending;
    const byCost = this.explanation.utility === 'cost';
    const price = ({ price: paid, weighed = paid }: typeof first) => weighed;
    const own = byCost
      ? [words.effective(this.decimal(first.effective))]
      : price(first) === first.price
        ? []
        : [countsAt(this.money(price(first)))];
    if (second === undefined) return [...own, this.#isOverspending ? alone : words.alone];
    const other = this.project(second.project);
    if (behind === '0') return [...own, words.nextLevel(other)];
    return [
      ...own,
      byCost
        ? words.next(other, this.decimal(second.effective), this.decimal(behind))
        : words.nextPrice(other, this.money(price(second)), this.money(behind)),
    ];
  }

  purchase({ project, earned, runnerUp }: Purchase): string[] {
    const { bought, next } = this.words.purchase;
    return [
      bought(this.money(earned), this.project(project), this.money(this.costOf(project))),
      ...(runnerUp ? [next(this.project(runnerUp.project), this.money(runnerUp.earned))] : []),
    ];
  }

  stop(): string[] {
    const { stop } = this.explanation;
    if (stop === undefined) return [];
    return [
      this.words.purchase.stop(this.money(stop.earned), stop.projects.length, this.projects(stop.projects)),
    ];
  }

  /** Projects that were funded with money that supporters left. */
  completed(): readonly ProjectResult[] {
    return this.explanation.outcome.projects.filter(({ reason }) => reason.code === 'completed');
  }

  /** Why a project is funded or not. */
  reason(id: string): string {
    const { m, format, currency, title, unit, language } = this.options;
    const reason = this.#results.get(id)?.reason ?? { code: 'no-support' };
    return reasonInWords(
      { m, format },
      reason,
      currency,
      (other) => ({ text: title(other), language }),
      unit,
    );
  }

  /** A project in its turn: what it had, and what became of it. */
  turn({ id, score, cost }: ProjectResult): string[] {
    const { m, unit } = this.options;
    const support = m.result.amount[unit](Number(score), this.number(score));
    return [`${this.project(id)}: ${support}, ${this.money(cost)}.`, this.reason(id)];
  }

  /** Whether projects were taken one after the other, so that the turn of each says why it is not funded. */
  get isByTurns(): boolean {
    return this.explanation.rounds === undefined && this.explanation.purchases === undefined;
  }

  /** What the supporters of a loser have left and lack; where nothing is known of that, why it is not funded. */
  missed({ project, held, left, missing = '0' }: Loser): string[] {
    const words = this.words.loser;
    // Of the turn of each it was said already.
    if (this.isByTurns) return [];
    if (left === undefined || held === '0') return [this.reason(project)];
    if (held === undefined) {
      return [BigInt(missing) > 0n ? words.stopped(this.money(left), this.money(missing)) : words.enough];
    }
    // What it lacked was room in the budget, whatever its supporters have.
    if (this.#isOverspending && this.#results.get(project)?.reason.code === 'does-not-fit') {
      return [this.reason(project), this.words.overspending.left(this.money(held), this.money(left))];
    }
    const isExact = this.explanation.outcome.rule === 'exact-equal-shares';
    const says = isExact ? words.parts : words.left;
    return [says(this.money(held), this.money(left), this.money(missing))];
  }

  /** Where the money of its supporters went. */
  spent({ held = '0', paid }: Loser): string[] {
    if (paid === undefined || held === '0') return [];
    const { spentNothing, wentTo } = this.words.loser;
    return [paid.length === 0 ? spentNothing : wentTo(this.#payments(paid))];
  }

  #payments(paid: NonNullable<Loser['paid']>): string {
    const { share, others } = this.words.loser;
    const rest = paid.length > MOST_NAMED + 1 ? paid.slice(MOST_NAMED) : [];
    const named = paid.slice(0, paid.length - rest.length);
    const sum = rest.reduce((all, { amount }) => all + BigInt(amount), 0n);
    return this.words.list([
      ...named.map(({ project, amount }) => share(this.money(amount), this.project(project))),
      ...(rest.length > 0 ? [others(rest.length, this.number(rest.length), this.money(sum))] : []),
    ]);
  }

  /** What would have funded it. */
  ways({ project, support, cost }: Loser): string[] {
    const { would, never, cost: atCost, free } = this.words.loser;
    const ways = [
      ...(support === undefined ? [] : [this.#support(support)]),
      ...(cost === undefined ? [] : [cost === '0' ? free : atCost(this.money(cost))]),
    ];
    if (ways.length > 0) return [would(ways)];
    return this.#knowsDistances && this.#results.get(project)?.reason.code !== 'withdrawn' ? [never] : [];
  }

  #support(support: string): string {
    const { voters, votes, points } = this.words.loser.support;
    const says = this.explanation.rounds ? voters : this.options.unit === 'votes' ? votes : points;
    return says(Number(support), this.number(support));
  }

  /** Whether distances are known of this rule: a project without one could not have been funded at all. */
  get #knowsDistances(): boolean {
    const { turns, losers } = this.explanation;
    return turns !== undefined && losers.some(({ support, cost }) => support ?? cost);
  }

  /** What holds for all distances, and who was closest. */
  distances(): string[] {
    const { losers, runnersUp, rounds } = this.explanation;
    const { sameShares, allElseEqual, closest, none } = this.words.loser;
    if (losers.length === 0) return [none];
    if (!losers.some(({ support, cost }) => support ?? cost)) return [];
    return [
      ...(runnersUp.length > 0 ? [closest(runnersUp.length, this.projects(runnersUp))] : []),
      rounds ? sameShares : allElseEqual,
    ];
  }

  /** How many got nothing, and whether every group got its part. */
  fairness(): string[] {
    const { voters, ejrPlusUpToOne } = this.explanation.fairness;
    const { nothing, everyGroup, notEveryGroup } = this.words.fair;
    const n = Number(voters.withNothing);
    const share = this.share(voters.withNothing, voters.voters);
    return [
      nothing(n, this.number(voters.voters), this.number(n), share),
      ejrPlusUpToOne.length === 0
        ? everyGroup
        : notEveryGroup(this.projects(ejrPlusUpToOne.map(({ project }) => project))),
    ];
  }

  /** How many voters have so many of their projects funded; `part` of all, for a picture. */
  levels(): { number: string; voters: string; share: string; part: number }[] {
    const { byApprovals, voters: all } = this.explanation.fairness.voters;
    return byApprovals.map(({ utility, voters }) => ({
      number: this.number(utility),
      voters: this.number(voters),
      share: this.share(voters, all),
      part: Number(voters) / Number(all),
    }));
  }

  /** Each category's share of the money and of the votes; none where nothing has a category. */
  categories(): { category: string; ofMoney: string; ofVotes: string }[] {
    const { categories } = this.explanation.fairness;
    if (!categories.some(({ label }) => label !== '')) return [];
    return categories.map(({ label, ofCost, ofVotes }) => ({
      category: label === '' ? this.words.fair.noCategory : inWords(this.options.m.categories, label),
      ofMoney: this.share(ofCost),
      ofVotes: this.share(ofVotes),
    }));
  }

  /** What part of the voters each funded project stands for, the largest first. */
  represented(): { project: string; share: string; part: number }[] {
    return this.explanation.fairness.effectiveSupport
      .map(({ project, part: text }) => {
        const { n, d } = fraction(text);
        return { project, share: this.share(text), part: toNumber(n, d) };
      })
      .sort((a, b) => b.part - a.part);
  }

  project(id: string): string {
    return this.words.quoted(this.options.title(id));
  }

  projects(ids: readonly string[]): string {
    return this.words.list(ids.map((id) => this.project(id)));
  }

  number(value: number | bigint | string): string {
    return this.options.format.number(value);
  }

  decimal(value: string): string {
    return this.options.format.decimal(value);
  }

  /** @param minor minor units */
  money(minor: bigint | string): string {
    return this.options.format.money(minor, this.options.currency);
  }

  /** A fraction such as `7/2`, or two whole numbers, as a part of the whole. */
  share(part: string, whole = '1'): string {
    const { n, d } = fraction(part);
    return this.options.format.percent(n, d * BigInt(whole));
  }

  /** To the nearest minor unit. */
  #fractionOfMoney(text: string): string {
    const { n, d } = fraction(text);
    return this.money(d === 0n ? 0n : (2n * n + d) / (2n * d));
  }

  /** Minor units. */
  costOf(id: string): string {
    return this.#results.get(id)?.cost ?? '0';
  }
}

function fraction(text: string): { n: bigint; d: bigint } {
  const [n = '0', d = '1'] = text.split('/');
  return { n: BigInt(n), d: BigInt(d) };
}

/** For a picture; of numbers of any size. */
function toNumber(n: bigint, d: bigint): number {
  return Number((n * 1_000_000n) / d) / 1_000_000;
}

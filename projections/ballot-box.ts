/**
 * All that the log says about one election, gathered for a count: the server counts from it, and so does an auditor.
 * Feed it every event in log order; it takes what concerns its election.
 */
import { readPlaintext, type AreaVote } from './ballot.js';
import { openBytes, type Opener, type OpeningFailure } from './sealing.js';
import type { Crypto } from './crypto.js';
import type { Option } from './definition.js';
import { evolveElection, type ElectionEvent, type ElectionRow } from './elections.view.js';
import type { LogEvent } from './event.js';
import type { DataOf } from './events/catalogue.js';
import { bytesOf } from './bytes.js';
import { HeldBallots, sealedIn, type HeldBallot, type VotersBallot } from './held-ballots.js';
import { electionNames, KeyLines } from './key-lines.js';
import { Numbers } from './packed.js';
import { isMarked, standing, type BallotStatus } from './standing.js';
import { checkVote, type LimitBreach, type VoteError } from './vote.js';

export type PaperBatch = DataOf<'PaperBatchRecorded'>;

/** A ballot that counts. */
export interface CountedBallot {
  id: string;
  weight: number;
  vote: readonly AreaVote[];
  breaches: readonly { code: LimitBreach; area: string }[];
}

/** With whose it is. */
export interface OpenedBallot extends CountedBallot {
  v: string;
  /** The voter's own word. */
  word: string;
}

/** A ballot that counts if it can be read, still sealed. */
export interface StandingVote {
  v: string;
  id: string;
  ballot: HeldBallot;
}

/** A ballot that stands and cannot be counted, with the reason. */
export interface SpoiledBallot {
  id: string;
  reason: OpeningFailure | VoteError;
}

const NONE: readonly never[] = [];
const MOST_SHARED = 10_000;

export class BallotBox {
  #row: ElectionRow | undefined;
  #options: Option[] = [];
  readonly #batches: PaperBatch[] = [];
  readonly #keys: KeyLines;
  /** Numbers of the lines of the roll, in its order. */
  readonly #roll = new Numbers(Int32Array);
  #voters = 0;
  // By the number of a line: which areas + 1 (none: not on the roll), weight, and position + 1 of its mark.
  readonly #areas = new Numbers(Int32Array);
  readonly #weights = new Numbers();
  readonly #marked = new Numbers();
  readonly #ballots: HeldBallots;
  /** Numbers of ids: those of ballots that were seen, as 1, and those that were annulled. */
  readonly #seen = new Numbers(Int32Array);
  readonly #annulled = new Set<number>();
  #cast = 0;

  /** @param names that others may use as well */
  constructor(
    readonly electionId: string,
    private readonly names = electionNames(),
  ) {
    this.#keys = new KeyLines(names);
    this.#ballots = new HeldBallots(names);
  }

  /** Takes the next event of the log. Events of other elections, and any before the definition, change nothing. */
  apply(event: LogEvent): void {
    if (!('electionId' in event.data) || event.data.electionId !== this.electionId) return;
    if (this.#row === undefined && event.type !== 'ElectionDefined') return;
    switch (event.type) {
      case 'RollListed':
        for (const { v, k, areas, w } of event.data.entries) {
          if (k !== undefined) this.#keys.list(k, v);
          this.#list(v, areas, w);
        }
        return;
      case 'BallotCast': {
        this.#take(event);
        return;
      }
      case 'RollMarkedPaper': {
        const line = this.#lineOf(event.data.v);
        if (line >= 0) this.#marked.set(line, Number(event.position) + 1);
        return;
      }
      case 'BallotKeyReplaced':
        this.#keys.give(event.data.new, event.data.v);
        return;
      case 'OptionsListed':
        if (event.data.chunk === 0) this.#options = [];
        this.#options.push(...event.data.options);
        break;
      case 'PaperBatchRecorded':
        this.#batches.push(event.data);
        break;
      case 'BallotsAnnulled':
        for (const id of event.data.ids) this.#annulled.add(this.names.ballots.add(id));
        break;
      default:
    }
    this.#row = evolveElection(this.#row, event as ElectionEvent);
  }

  /** A ballot is one at its first place in the log, and only under the line of its key: anywhere else it is none. */
  #take(event: LogEvent<'BallotCast'>): void {
    const { v, id, ballot } = event.data;
    const number = this.names.ballots.add(id);
    if (this.#seen.get(number) > 0) return;
    this.#seen.set(number, 1);
    if (!this.#keys.isOf(ballot.k, v)) return;
    this.#cast += 1;
    const line = this.#lineOf(v);
    if (line >= 0) this.#ballots.add(line, number, Number(event.position), ballot);
  }

  #list(v: string, areas: readonly string[], weight: number): void {
    const line = this.names.lines.add(v);
    if (this.#areas.get(line) > 0) return;
    this.#areas.set(line, this.#areasNumber(areas));
    this.#weights.set(line, weight);
    this.#roll.set(this.#voters++, line);
  }

  /** -1 for a pseudonym that is not on the roll. */
  #lineOf(v: string): number {
    const line = this.names.lines.find(v);
    return this.#areas.get(line) > 0 ? line : -1;
  }

  /** Whether the election was found in what was applied. */
  get isDefined(): boolean {
    return this.#row !== undefined;
  }

  /** @throws Error when the election is not in the log that was given */
  get election(): ElectionRow {
    if (this.#row === undefined) throw new Error(`Election ${this.electionId} is not in this log`);
    return this.#row;
  }

  /** Ballots taken until now, whether they count or not. */
  get cast(): number {
    return this.#cast;
  }

  get options(): readonly Option[] {
    return this.#options;
  }

  get batches(): readonly PaperBatch[] {
    return this.#batches;
  }

  /** Voters with a valid mark for paper. */
  get marks(): number {
    let marks = 0;
    for (const line of this.#lines()) if (this.#isMarked(line)) marks += 1;
    return marks;
  }

  #isMarked(line: number): boolean {
    return isMarked(this.election.windows, this.#markOf(line));
  }

  #markOf(line: number): number | undefined {
    const marked = this.#marked.get(line);
    return marked === 0 ? undefined : marked - 1;
  }

  /** Numbers of lines, in the order of the roll. */
  *#lines(): Generator<number> {
    for (let place = 0; place < this.#voters; place++) yield this.#roll.get(place);
  }

  /** Who has a ballot, and who a mark for paper, by pseudonym. */
  voters(): { web: ReadonlySet<string>; paper: ReadonlySet<string> } {
    const web = new Set<string>();
    const paper = new Set<string>();
    for (const line of this.#lines()) {
      if (this.#ballots.hasOf(line)) web.add(this.names.lines.text(line));
      if (this.#marked.get(line) > 0) paper.add(this.names.lines.text(line));
    }
    return { web, paper };
  }

  /** How many ballots came to what. The sum is every ballot that was cast. */
  statuses(): Record<BallotStatus, number> & { cast: number } {
    const sums = {
      counted: 0,
      superseded: 0,
      late: 0,
      suspended: 0,
      annulled: 0,
      paper: 0,
      cast: this.#cast,
    };
    for (const { statuses } of this.#standing()) for (const status of statuses.values()) sums[status] += 1;
    return sums;
  }

  /** The one ballot of each voter that counts, still sealed, in the order of the roll. */
  standingBallots(): StandingVote[] {
    return [...this.eachStanding()];
  }

  /** As `standingBallots`, one after another: of many each would take more memory than it does here. */
  *eachStanding(): Generator<StandingVote> {
    for (const { line, ballots, statuses } of this.#standing()) {
      for (const { id, ballot } of ballots) {
        if (statuses.get(id) !== 'counted') continue;
        const v = this.names.lines.text(line);
        yield { v, id: this.names.ballots.text(id), ballot: this.#ballots.ballot(ballot) };
      }
    }
  }

  *#standing(): Generator<{ line: number; ballots: VotersBallot[]; statuses: Map<number, BallotStatus> }> {
    for (const line of this.#lines()) {
      if (!this.#ballots.hasOf(line)) continue;
      const ballots = this.#ballots
        .of(line)
        .map((ballot) => ({ ...ballot, annulled: this.#annulled.has(ballot.id) }));
      yield { line, ballots, statuses: standing(this.election, ballots, this.#markOf(line)) };
    }
  }

  /**
   * Reads the standing ballots, once their boxes are open (`opened[i]` belongs to the i-th of `standingBallots()`; a
   * disclosed ballot has none): each counts or is spoiled with its reason.
   */
  read(
    standingBallots: readonly StandingVote[],
    opened: readonly (Uint8Array | OpeningFailure | undefined)[],
  ): { counted: OpenedBallot[]; spoiled: SpoiledBallot[] } {
    const counted: OpenedBallot[] = [];
    const spoiled: SpoiledBallot[] = [];
    const facts = this.#facts();
    for (const [index, { v, id, ballot }] of standingBallots.entries()) {
      const padded = opened[index];
      const plaintext = typeof padded === 'string' ? padded : readPlaintext(ballot, padded);
      if (typeof plaintext === 'string') {
        spoiled.push({ id, reason: plaintext });
        continue;
      }
      const line = this.names.lines.find(v);
      const check = checkVote(plaintext.vote, { ...facts, budgets: this.#budgets(this.#areas.get(line)) });
      if ('error' in check) spoiled.push({ id, reason: check.error });
      else
        counted.push({
          id,
          v,
          weight: this.#weights.get(line),
          vote: this.#shared(plaintext.vote),
          word: plaintext.vn,
          breaches: check.breaches.length === 0 ? NONE : check.breaches,
        });
    }
    return { counted, spoiled };
  }

  readonly #votes = new Map<string, readonly AreaVote[]>();

  /** One object for equal votes, as long as there are not too many different ones. */
  #shared(vote: readonly AreaVote[]): readonly AreaVote[] {
    const text = JSON.stringify(vote);
    const known = this.#votes.get(text);
    if (known === undefined && this.#votes.size < MOST_SHARED) this.#votes.set(text, vote);
    return known ?? vote;
  }

  #facts() {
    const options = new Map(this.#options.map((option) => [option.id, option]));
    return { rules: this.election.definition.ballot, options };
  }

  /** Sets of areas, each once: most voters share a few. */
  readonly #areaSets: (readonly string[])[] = [];
  readonly #areaNumbers = new Map<string, number>();

  /** From 1. */
  #areasNumber(areas: readonly string[]): number {
    const name = areas.join('\n');
    const number = this.#areaNumbers.get(name) ?? this.#areaSets.push(areas);
    this.#areaNumbers.set(name, number);
    return number;
  }

  readonly #budgetsOf = new Map<number, ReadonlyMap<string, number>>();

  /** The budgets of a set of areas. */
  #budgets(number: number): ReadonlyMap<string, number> {
    let budgets = this.#budgetsOf.get(number);
    if (budgets === undefined) {
      const areas = this.#areaSets[number - 1] ?? [];
      const all = this.election.definition.areas;
      budgets = new Map(all.filter((area) => areas.includes(area.id)).map((area) => [area.id, area.budget]));
      this.#budgetsOf.set(number, budgets);
    }
    return budgets;
  }
}

/** Opens boxes one after another; the server does the same in workers (`src/elections/opening.ts`). */
export function openAll(
  crypto: Pick<Crypto, 'sha512' | 'boxOpen'>,
  box: BallotBox,
  ballots: readonly { ballot: HeldBallot }[],
): (Uint8Array | OpeningFailure | undefined)[] {
  const opener = openerOf(box.election);
  return ballots.map(({ ballot }) => {
    const sealed = sealedIn(ballot);
    return sealed && openBytes(crypto, opener, sealed);
  });
}

/** What opens the ballots of an election whose key is public. @throws Error before that */
export function openerOf(election: ElectionRow): Opener {
  if (election.key === undefined) throw new Error('The election key is not published');
  const { electionId, ballot } = election.definition;
  return { electionId, secret: bytesOf(election.key.secret), sealedBytes: ballot.sealedBytes };
}

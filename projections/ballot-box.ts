/**
 * All that the log says about one election, gathered for a count: the server counts from it, and so does an auditor.
 * Feed it every event in log order; it takes what concerns its election.
 */
import { readPlaintext, type AreaVote, type Ballot } from './ballot.js';
import { openBox, type Opener, type OpeningFailure } from './sealing.js';
import type { Crypto } from './crypto.js';
import type { Option } from './definition.js';
import { evolveElection, type ElectionEvent, type ElectionRow } from './elections.view.js';
import type { LogEvent } from './event.js';
import type { DataOf } from './events/catalogue.js';
import { bytesOf } from './bytes.js';
import { KeyLines } from './key-lines.js';
import { isMarked, standing, type BallotStatus, type StandingBallot } from './standing.js';
import { checkVote, type LimitBreach, type VoteError } from './vote.js';

interface Voter {
  areas: readonly string[];
  weight: number;
  group: string;
  marked?: number;
  ballots: (StandingBallot & { ballot: Ballot })[];
}

export type PaperBatch = DataOf<'PaperBatchRecorded'>;

/** A ballot that counts, opened. */
export interface OpenedBallot {
  id: string;
  v: string;
  weight: number;
  vote: readonly AreaVote[];
  /** The voter's own word. */
  word: string;
  breaches: readonly { code: LimitBreach; area: string }[];
}

/** A ballot that stands and cannot be counted, with the reason. */
export interface SpoiledBallot {
  id: string;
  reason: OpeningFailure | VoteError;
}

export class BallotBox {
  #row: ElectionRow | undefined;
  #options: Option[] = [];
  readonly #roll = new Map<string, Voter>();
  readonly #batches: PaperBatch[] = [];
  readonly #annulled = new Set<string>();
  readonly #keys = new KeyLines();
  readonly #ids = new Set<string>();
  #cast = 0;

  constructor(readonly electionId: string) {}

  /** Takes the next event of the log. Events of other elections, and any before the definition, change nothing. */
  apply(event: LogEvent): void {
    if (!('electionId' in event.data) || event.data.electionId !== this.electionId) return;
    if (this.#row === undefined && event.type !== 'ElectionDefined') return;
    switch (event.type) {
      case 'RollListed':
        for (const { v, k, areas, w, g } of event.data.entries) {
          if (k !== undefined) this.#keys.list(k, v);
          if (!this.#roll.has(v)) this.#roll.set(v, { areas, weight: w, group: g ?? 'all', ballots: [] });
        }
        return;
      case 'BallotCast': {
        this.#take(event);
        return;
      }
      case 'RollMarkedPaper': {
        const voter = this.#roll.get(event.data.v);
        if (voter !== undefined) voter.marked = Number(event.position);
        return;
      }
      case 'BallotKeyReplaced':
        this.#keys.give(event.data.new, event.data.v);
        return;
      case 'OptionsListed':
        this.#options =
          event.data.chunk === 0 ? [...event.data.options] : [...this.#options, ...event.data.options];
        break;
      case 'PaperBatchRecorded':
        this.#batches.push(event.data);
        break;
      case 'BallotsAnnulled':
        for (const id of event.data.ids) this.#annulled.add(id);
        break;
      default:
    }
    this.#row = evolveElection(this.#row, event as ElectionEvent);
  }

  /** A ballot is one at its first place in the log, and only under the line of its key: anywhere else it is none. */
  #take(event: LogEvent<'BallotCast'>): void {
    const { v, id, ballot } = event.data;
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    if (this.#keys.lineOf(ballot.k) !== v) return;
    this.#cast += 1;
    this.#roll
      .get(v)
      ?.ballots.push({ id, n: ballot.n, position: Number(event.position), annulled: false, ballot });
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
    for (const voter of this.#roll.values()) if (isMarked(this.election.windows, voter.marked)) marks += 1;
    return marks;
  }

  /** Who has a ballot, and who a mark for paper, by pseudonym. */
  voters(): { web: ReadonlySet<string>; paper: ReadonlySet<string> } {
    const voters = [...this.#roll];
    return {
      web: new Set(voters.filter(([, voter]) => voter.ballots.length > 0).map(([v]) => v)),
      paper: new Set(voters.filter(([, voter]) => voter.marked !== undefined).map(([v]) => v)),
    };
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
    for (const [, statuses] of this.#standing()) for (const status of statuses.values()) sums[status] += 1;
    return sums;
  }

  /** The one ballot of each voter that counts, still sealed, in the order of the roll. */
  standingBallots(): { v: string; id: string; ballot: Ballot }[] {
    const found: { v: string; id: string; ballot: Ballot }[] = [];
    for (const [v, statuses, voter] of this.#standing()) {
      for (const { id, ballot } of voter.ballots) {
        if (statuses.get(id) === 'counted') found.push({ v, id, ballot });
      }
    }
    return found;
  }

  *#standing(): Generator<[v: string, statuses: Map<string, BallotStatus>, voter: Voter]> {
    for (const [v, voter] of this.#roll) {
      if (voter.ballots.length === 0) continue;
      const ballots = voter.ballots.map((ballot) => ({ ...ballot, annulled: this.#annulled.has(ballot.id) }));
      yield [v, standing(this.election, ballots, voter.marked), voter];
    }
  }

  /**
   * Reads the standing ballots, once their boxes are open (`opened[i]` belongs to the i-th of `standingBallots()`; a
   * disclosed ballot has none): each counts or is spoiled with its reason.
   */
  read(
    standingBallots: readonly { v: string; id: string; ballot: Ballot }[],
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
      const voter = this.#roll.get(v) as Voter;
      const check = checkVote(plaintext.vote, { ...facts, budgets: this.#budgets(voter.areas) });
      if ('error' in check) spoiled.push({ id, reason: check.error });
      else
        counted.push({
          id,
          v,
          weight: voter.weight,
          vote: plaintext.vote,
          word: plaintext.vn,
          breaches: check.breaches,
        });
    }
    return { counted, spoiled };
  }

  #facts() {
    const options = new Map(this.#options.map((option) => [option.id, option]));
    return { rules: this.election.definition.ballot, options };
  }

  readonly #budgetsOf = new Map<string, ReadonlyMap<string, number>>();

  /** The budgets of a set of areas, made once for each set: most voters share a few. */
  #budgets(areas: readonly string[]): ReadonlyMap<string, number> {
    const name = areas.join('\n');
    let budgets = this.#budgetsOf.get(name);
    if (budgets === undefined) {
      const all = this.election.definition.areas;
      budgets = new Map(all.filter((area) => areas.includes(area.id)).map((area) => [area.id, area.budget]));
      this.#budgetsOf.set(name, budgets);
    }
    return budgets;
  }
}

/** Opens boxes one after another; the server does the same in workers (`src/elections/opening.ts`). */
export function openAll(
  crypto: Pick<Crypto, 'sha512' | 'boxOpen'>,
  box: BallotBox,
  ballots: readonly { ballot: Ballot }[],
): (Uint8Array | OpeningFailure | undefined)[] {
  const opener = openerOf(box.election);
  return ballots.map(({ ballot }) => ('t' in ballot ? undefined : openBox(crypto, opener, ballot)));
}

/** What opens the ballots of an election whose key is public. @throws Error before that */
export function openerOf(election: ElectionRow): Opener {
  if (election.key === undefined) throw new Error('The election key is not published');
  const { electionId, ballot } = election.definition;
  return { electionId, secret: bytesOf(election.key.secret), sealedBytes: ballot.sealedBytes };
}

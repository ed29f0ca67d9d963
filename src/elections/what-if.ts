/**
 * Counts the ballots of an election under another ruleset, for whoever asks. It is worked out and forgotten: no event, no row.
 *
 * Nothing is answered before the official count stands in the log, so that no way of counting shows a result before the
 * election's own; and what is counted are the very ballots of that count, by their digest.
 */
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { canonicalText, MAX_CANONICAL_BYTES, NotCanonical } from '../../projections/canonical.js';
import type { CountResult } from '../../projections/count.js';
import type { Crypto } from '../../projections/crypto.js';
import { electionsView, type ElectionRow, type TallyEntry } from '../../projections/elections.view.js';
import type { TieUndecided } from '../../projections/tally/outcome.js';
import { validateRuleset, type Ruleset } from '../../projections/tally/rules.js';
import { isScored } from '../../projections/tally/scores.js';
import { filledIn, type WhatIf } from '../../projections/what-if.js';
import type { Rejection } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE } from '../platform.module.js';
import { Views } from '../views/views.js';
import { logOf } from './counting.js';
import { isStale } from './election.js';
import { Outcomes } from './outcomes.js';
import { startThread, ThreadEnded, type WhatIfThread } from './what-if-thread.js';
import type { Answered } from './what-if-counter.js';

export interface WhatIfAnswer extends WhatIf {
  /** The official count that it is compared with. */
  tally: TallyEntry;
  /** As it was counted, with what was not given. */
  ruleset: Ruleset;
}

/** How long one count may take; the slowest real elections take a second or two. */
const COUNT_MS = 15_000;
/** Those that wait for their turn beside the one that is counted. */
const MOST_WAITING = 4;
/** Of these and the one that is counted, so many come from one address. */
const MOST_OF_ONE = 2;
/** The thread and its ballots are kept so long after the last request. */
const IDLE_MS = 10 * 60_000;

interface Asker {
  address: string;
  isGone: () => boolean;
  took: (ms: number) => void;
}

type Counted = Exclude<Answered, string | undefined>;

interface Question {
  electionId: string;
  tally: TallyEntry;
  result: CountResult;
  ruleset: Ruleset;
}

@Injectable()
export class WhatIfs implements BeforeApplicationShutdown {
  #thread: WhatIfThread | undefined;
  /** The ballots that the thread has: election and input digest. */
  #loaded: string | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** The addresses of those that are counted or wait. */
  readonly #asking: string[] = [];
  #stopping = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(Views) private readonly views: Views,
    @Inject(Outcomes) private readonly outcomes: Outcomes,
  ) {}

  /**
   * @param given fields of a ruleset, as `filledIn` takes them
   * @param asker the address, whether who asked has hung up (then nothing is counted when its turn comes), and whom to tell how
   *   many milliseconds it took, reading the ballots included
   */
  async ask(
    electionId: string,
    given: Readonly<Record<string, unknown>>,
    asker: Asker,
  ): Promise<WhatIfAnswer | (TieUndecided & { area: string }) | Rejection> {
    const election = await this.views.get(electionsView, electionId);
    if (election === undefined) return { rejected: 'election-unknown' };
    const tally = officialCount(election);
    if ('rejected' in tally) return tally;
    const own = this.#asking.filter((address) => address === asker.address).length;
    if (this.#asking.length > MOST_WAITING || own >= MOST_OF_ONE) return { rejected: 'overloaded' };
    this.#asking.push(asker.address);
    clearTimeout(this.#idle);
    try {
      const result = await this.outcomes.get(tally.outputDigest);
      if (result === undefined) return { rejected: 'result-not-kept' };
      const ruleset = rulesetOf(given, election, result);
      if ('rejected' in ruleset) return ruleset;
      const counted = await this.#inTurn({ electionId, tally, result, ruleset }, asker);
      return 'rejected' in counted || 'undecided' in counted ? counted : { tally, ruleset, ...counted };
    } finally {
      this.#asking.splice(this.#asking.indexOf(asker.address), 1);
      if (this.#asking.length === 0) this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await this.#end();
  }

  #inTurn(question: Question, { isGone, took }: Asker): Promise<Counted | Rejection> {
    const turn = this.#last.then(async () => {
      if (this.#stopping || isGone()) return { rejected: 'shutting-down' as const };
      const start = performance.now();
      try {
        return await this.#count(question);
      } finally {
        took(performance.now() - start);
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #count(question: Question): Promise<Counted | Rejection> {
    const { ruleset, result } = question;
    try {
      const thread = await this.#loadedThread(question);
      const official = new Map(result.areas.map(({ area, together }) => [area, together]));
      const answered = await thread.tell({ do: 'count', ruleset, official }, COUNT_MS);
      if (answered === undefined) throw new Error('A ruleset was not answered');
      return answered === 'too-hard' || answered === 'too-long'
        ? { rejected: 'ruleset-too-costly', field: 'ruleset' }
        : answered;
    } catch (error) {
      // What it holds may be half of an election.
      await this.#end();
      if (error instanceof ThreadEnded && this.#stopping) return { rejected: 'shutting-down' };
      throw error;
    }
  }

  /** One election's ballots are kept: whoever tries several rulesets waits for them once. */
  async #loadedThread({ electionId, tally }: Question): Promise<WhatIfThread> {
    const wanted = `${electionId} ${tally.inputDigest}`;
    if (this.#thread === undefined || this.#thread.hasEnded) {
      this.#thread = startThread(this.crypto);
      this.#loaded = undefined;
    }
    const thread = this.#thread;
    if (this.#loaded === wanted) return thread;
    this.#loaded = undefined;
    await thread.tell({ do: 'begin', electionId });
    for await (const page of logOf(this.store, electionId, BigInt(tally.through))) {
      await thread.tell({ do: 'read', page });
    }
    await thread.tell({ do: 'open', inputDigest: tally.inputDigest });
    this.#loaded = wanted;
    return thread;
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }
}

/**
 * The count that anything else may be compared with. A count that was revoked, or that other ballots belong to by now, is
 * none: the next one comes first.
 */
export function officialCount(election: ElectionRow): TallyEntry | Rejection {
  const { phase, tallies } = election;
  const tally = tallies.at(-1);
  if (phase === 'annulled') return { rejected: 'election-annulled' };
  if (tally === undefined || (phase !== 'counted' && phase !== 'certified')) {
    return { rejected: 'wrong-phase', detail: { phase } };
  }
  return isStale(election) ? { rejected: 'recount-needed' } : tally;
}

/** `field` is the path in the request. */
function rulesetOf(
  given: Readonly<Record<string, unknown>>,
  { ruleset: own = {}, definition }: ElectionRow,
  { areas }: CountResult,
): Ruleset | Rejection {
  const bytes = sizeOf(given);
  if (bytes === undefined) return { rejected: 'ruleset-malformed', field: 'ruleset' };
  if (bytes > MAX_CANONICAL_BYTES) {
    const detail = { bytes, limit: MAX_CANONICAL_BYTES };
    return { rejected: 'ruleset-too-large', field: 'ruleset', detail };
  }
  const options = areas.flatMap(({ together }) => together.projects.map(({ id }) => id));
  const ruleset = validateRuleset(filledIn(given, own), options);
  if ('rejected' in ruleset) return { ...ruleset, field: `ruleset.${ruleset.field}` };
  return isScored(definition.ballot.type, ruleset.score)
    ? ruleset
    : { rejected: 'ruleset-contradictory', field: 'ruleset.score' };
}

/** Canonical bytes, all ASCII; `undefined` for what has no canonical form. */
function sizeOf(value: unknown): number | undefined {
  try {
    return canonicalText(value).length;
  } catch (error) {
    if (error instanceof NotCanonical) return undefined;
    throw error;
  }
}

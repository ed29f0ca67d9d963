/**
 * The part of checks 8, 9, 15, 20 and 42 that holds the times of events against one another. Order is the position alone;
 * `at` is what the clock of an honest server showed when the command came, so that it may lie a little before that of events
 * that stand earlier. Where an act needed that a time had come, or had not, the other events must not say otherwise.
 */
import type { ElectionRow } from '../elections.view.js';
import type { LogEvent } from '../event.js';
import { isOfVoter } from './leaf.js';
import type { FindingCode } from './finding-codes.js';
import type { Findings } from './report.js';

/** Between the clocks of several processes, and for a command that waits or takes its time (digests of large views). */
const SLACK_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
/** Comparisons with acts that needed a time: only of a log whose times go back all along are there more. */
const MOST_WORK = 20_000_000;

/** Whether an instant lies further before another one than clocks may differ. */
export function isBefore(one: string, other: string): boolean {
  return Date.parse(one) + SLACK_MS < Date.parse(other);
}

/** An act that was not allowed before an instant. */
interface Relied {
  readonly index: number;
  readonly id: string;
  /** Ms. Before it, a clock that says so proves nothing but that it was wrong itself. */
  readonly from: number;
  /** Ms: when the act became allowed. */
  readonly until: number;
  /** What voters do may be under way when voting ends, and come into the log days later; before it opens there is nothing of it. */
  readonly alsoByVoters: boolean;
}

interface OfElection {
  /** Ms: the latest that an event of the election says. */
  reached: number;
  /** The latest end of voting that was ever in force: an extension may have come while a ballot was under way. */
  end: string;
}

export class TimeChecks {
  readonly #elections = new Map<string, OfElection>();
  #relied: Relied[] = [];
  /** The latest of all `until`. */
  #last = -Infinity;
  #work = 0;
  /** Ms: what the log had come to. */
  #reached = -Infinity;

  constructor(
    private readonly findings: Findings,
    private readonly mostWork = MOST_WORK,
  ) {}

  /** `row` is the election of the event, if it is of any, before the event. */
  see(event: LogEvent, row: ElectionRow | undefined): void {
    const earliest = Date.parse(event.at);
    // What voters do is stated to the hour.
    const latest = isOfVoter(event.type) ? earliest + HOUR_MS - 1 : earliest;
    this.#checkOrder(event, earliest, latest);
    if (latest + SLACK_MS < this.#last) this.#checkRelied(event, latest);
    if ('electionId' in event.data) this.#checkElection(event, event.data.electionId, earliest, row);
  }

  /** A clock that goes back changes no result by itself; a city can be asked about it. */
  #checkOrder({ at, id, position }: LogEvent, earliest: number, latest: number): void {
    if (latest + SLACK_MS >= this.#reached) {
      this.#reached = Math.max(this.#reached, earliest);
      return;
    }
    const back = Math.round((latest - this.#reached) / 1_000);
    const expected = new Date(this.#reached).toISOString();
    this.findings.warn(8, {
      code: 'time-goes-back',
      index: Number(position),
      id,
      expected,
      found: `${at} (${back} s)`,
    });
    this.#reached = latest;
  }

  /** An act that was allowed only from an instant on, and something later that was done before that instant. */
  #checkRelied({ type, at, position }: LogEvent, latest: number): void {
    if (this.#work > this.mostWork) {
      this.findings.skip(8, { code: 'times-too-many', index: Number(position) });
      return;
    }
    this.#work += this.#relied.length;
    const ofVoter = isOfVoter(type);
    const contradicts = ({ from, until, alsoByVoters }: Relied) =>
      (!ofVoter || alsoByVoters) && latest + SLACK_MS >= from && latest + SLACK_MS < until;
    for (const { index, id, until } of this.#relied.filter(contradicts)) {
      const expected = new Date(until).toISOString();
      this.findings.fail(8, {
        code: 'dated-ahead',
        index,
        id,
        expected,
        found: `${at} (${String(position)})`,
      });
    }
    this.#relied = this.#relied.filter((act) => !contradicts(act));
  }

  #checkElection(event: LogEvent, electionId: string, earliest: number, row: ElectionRow | undefined): void {
    const known = this.#elections.get(electionId) ?? { reached: -Infinity, end: '' };
    this.#elections.set(electionId, known);
    if (row !== undefined && row.schedule.closesAt > known.end) known.end = row.schedule.closesAt;
    for (const [check, code] of faultsOf(event, known))
      this.findings.fail(check, { code, index: Number(event.position), id: event.id });
    const from = row && reliesOn(event, row);
    if (from !== undefined) {
      const act = { index: Number(event.position), id: event.id, ...from };
      this.#relied.push(act);
      this.#last = Math.max(this.#last, act.until);
    }
    // A ballot that came too late is one fault, and does not make late all that follows it.
    if (!isOfVoter(event.type)) known.reached = Math.max(known.reached, earliest);
  }
}

/** What the event says against a time that must not have come. */
function* faultsOf(
  event: LogEvent,
  { reached, end }: OfElection,
): Generator<[check: number, code: FindingCode]> {
  const { at } = event;
  // What had been done at the end of voting or after it, in this very election, was before this event.
  const isBack = (until: string) => at < until && Date.parse(until) + SLACK_MS < reached;
  switch (event.type) {
    case 'ElectionDefined':
    case 'ElectionAmended':
      if (event.data.origin === 'live' && event.data.schedule.closesAt <= at) yield [9, 'schedule-in-past'];
      return;
    case 'VotingOpened':
    case 'VotingExtended':
    case 'VotingResumed':
      if (isBack(end)) yield [8, 'dated-back'];
      return;
    case 'VotingReopened':
      if (isBack(event.data.schedule.closesAt)) yield [8, 'dated-back'];
      return;
    case 'BallotCast':
      if (isBack(end)) yield [20, 'dated-back'];
      return;
    case 'RollMarkedPaper':
    case 'BallotKeyReplaced': {
      const check = event.type === 'RollMarkedPaper' ? 42 : 15;
      if (at >= end) yield [check, 'after-end-of-voting'];
      if (isBack(end)) yield [check, 'dated-back'];
      return;
    }
    default:
  }
}

/** From when on an act is allowed, and since when a clock that says otherwise is to be believed: ms. */
function reliesOn(event: LogEvent, row: ElectionRow): Omit<Relied, 'index' | 'id'> | undefined {
  const { schedule, opening, history } = row;
  const since = (from: string | undefined, until: string) => ({
    from: Date.parse(from ?? until),
    until: Date.parse(until),
    alsoByVoters: event.type === 'VotingOpened',
  });
  if (event.type === 'VotingOpened') return since(history.at(0)?.at, schedule.opensAt);
  if (event.type === 'VotingClosed' && event.data.cause === 'schedule')
    return since(opening?.at, schedule.closesAt);
  return event.type === 'ResultCertified' ? since(opening?.at, schedule.claimsUntil) : undefined;
}

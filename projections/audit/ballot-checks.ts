/** Checks 20 to 25: every ballot by itself and in its voter's sequence, before anything of it is opened. */
import { ballotId, type Ballot } from '../ballot.js';
import { bytesOf, fromBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import type { ElectionRow } from '../elections.view.js';
import type { LogEvent } from '../event.js';
import { boxBytes } from '../sealing.js';
import { isMarked } from '../standing.js';
import { isLowOrder } from './low-order.js';
import type { Findings } from './report.js';
import type { Line, RollChecks } from './roll-checks.js';

const MOST_BALLOTS = 100;

/** Takes ballots, to say later whether they are signed. */
export type AskSignature = (ballot: Ballot, place: { index: number; id: string }) => void;

export class BallotChecks {
  readonly #ids = new Set<string>();
  /** The latest end of voting that was ever announced: an extension may have come while a ballot was under way. */
  #end = '';

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
    private readonly roll: RollChecks,
    private readonly askSignature: AskSignature,
  ) {}

  /** `row` is the election before the event. */
  see(event: LogEvent, row: ElectionRow | undefined): void {
    if (event.type === 'BallotCast') this.#cast(event, row);
    if (event.type === 'RollMarkedPaper') this.#mark(event, row);
  }

  #cast(event: LogEvent<'BallotCast'>, row: ElectionRow | undefined): void {
    const { v, id, ballot } = event.data;
    const index = Number(event.position);
    const fail = (check: number, code: string) => this.findings.fail(check, { code, index, id });
    for (const check of [20, 21, 22, 23, 24, 25]) this.findings.examine(check);
    const late = this.#timeFault(event, row);
    if (late !== undefined) fail(20, late);
    const line = this.roll.lines.get(v);
    if (line === undefined) fail(21, 'not-on-roll');
    else if (this.roll.keys.lineOf(ballot.k) !== v) fail(21, 'key-of-another-line');
    else if (line.key !== ballot.k) fail(21, 'key-replaced');
    else if (line.group !== ballot.cl) fail(21, 'class-wrong');
    const form = row === undefined ? undefined : formFault(ballot, row);
    if (form !== undefined) fail(24, form);
    this.askSignature(ballot, { index, id });
    const sequence = this.#sequenceFault(id, ballot, line);
    if (sequence !== undefined) fail(23, sequence);
    if (ballot.p !== line?.last) this.findings.warn(25, { code: 'ballot-before-not-named', index, id });
    if (line === undefined) return;
    if (row !== undefined && isMarked(row.windows, line.marked)) fail(42, 'ballot-after-mark');
    line.n = ballot.n;
    line.last = id;
  }

  /**
   * A ballot that was taken in time may come into the log after the close, and then counts for nothing: that is no fault.
   * Its hour says whether it was taken in time.
   */
  #timeFault({ at }: LogEvent, row: ElectionRow | undefined): string | undefined {
    if (row?.opening === undefined) return 'before-opening';
    if (row.schedule.closesAt > this.#end) this.#end = row.schedule.closesAt;
    return at >= this.#end ? 'after-end-of-voting' : undefined;
  }

  #sequenceFault(id: string, ballot: Ballot, line: Line | undefined): string | undefined {
    if (this.#ids.has(id)) return 'ballot-repeated';
    this.#ids.add(id);
    if (id !== ballotId(this.crypto, ballot)) return 'ballot-id-wrong';
    if (ballot.n > MOST_BALLOTS) return 'too-many-ballots';
    return line !== undefined && ballot.n !== line.n + 1 ? 'sequence-broken' : undefined;
  }

  #mark({ data: { v }, position }: LogEvent<'RollMarkedPaper'>, row: ElectionRow | undefined): void {
    const index = Number(position);
    const line = this.roll.lines.get(v);
    this.findings.examine(42);
    if (line === undefined || row === undefined) {
      this.findings.fail(42, { code: 'mark-of-nobody', index, id: v });
      return;
    }
    if (isMarked(row.windows, line.marked)) this.findings.fail(42, { code: 'marked-twice', index, id: v });
    if (row.definition.paper === 'yields' && line.n > 0)
      this.findings.fail(42, { code: 'mark-after-ballot', index, id: v });
    line.marked = index;
  }
}

/** What is wrong with a ballot's form; its parts are known to decode. */
function formFault(ballot: Ballot, { definition }: ElectionRow): string | undefined {
  if ('t' in ballot !== (definition.disclosure === 'immediate')) return 'disclosure-wrong';
  if ('t' in ballot) return undefined;
  if (isLowOrder(bytesOf(ballot.x))) return 'ephemeral-key-low-order';
  return fromBase64url(ballot.b)?.length === boxBytes(definition.ballot.sealedBytes)
    ? undefined
    : 'box-length-wrong';
}

/** Checks 20 to 25: every ballot by itself and in its voter's sequence, before anything of it is opened. */
import { ballotBytes, ballotIdOf, signedBallot, type Ballot, type Signed } from '../ballot.js';
import { bytesOf } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import type { ElectionRow } from '../elections.view.js';
import type { LogEvent } from '../event.js';
import type { ElectionNames } from '../key-lines.js';
import { Numbers } from '../packed.js';
import { boxBytes } from '../sealing.js';
import { isMarked } from '../standing.js';
import { isLowOrder } from './low-order.js';
import type { FindingCode } from './finding-codes.js';
import type { Findings } from './report.js';
import type { RollChecks } from './roll-checks.js';

const { floor } = Math;

/** Takes signatures, to say later whether they are right. */
export type AskSignature = (signed: Signed, place: { index: number; id: string }) => void;

export class BallotChecks {
  /** 1 for the number of an id that was there. */
  readonly #seen = new Numbers(Int32Array);
  /** The latest end of voting that was ever announced: an extension may have come while a ballot was under way. */
  #end = '';

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
    private readonly roll: RollChecks,
    private readonly askSignature: AskSignature,
    private readonly names: Pick<ElectionNames, 'ballots'>,
  ) {}

  /** `row` is the election before the event. */
  see(event: LogEvent, row: ElectionRow | undefined): void {
    if (event.type === 'BallotCast') this.#cast(event, row);
    if (event.type === 'RollMarkedPaper') this.#mark(event, row);
  }

  #cast(event: LogEvent<'BallotCast'>, row: ElectionRow | undefined): void {
    const { v, id, ballot } = event.data;
    const index = Number(event.position);
    const fail = (check: number, code: FindingCode) => this.findings.fail(check, { code, index, id });
    for (const check of [20, 21, 22, 23, 24, 25]) this.findings.examine(check);
    const late = this.#timeFault(event, row);
    if (late !== undefined) fail(20, late);
    const { lines, keys } = this.roll;
    const line = lines.find(v);
    if (line === undefined) fail(21, 'not-on-roll');
    else if (!keys.isOf(ballot.k, v)) fail(21, 'key-of-another-line');
    else if (!lines.hasKey(line, ballot.k)) fail(21, 'key-replaced');
    else if (!lines.isOfGroup(line, ballot.cl)) fail(21, 'class-wrong');
    const form = row === undefined ? undefined : formFault(ballot, row);
    if (form !== undefined) fail(24, form);
    const bytes = ballotBytes(ballot);
    this.askSignature(signedBallot(ballot, bytes), { index, id });
    const sequence = this.#sequenceFault(id, { n: ballot.n, bytes }, line);
    if (sequence !== undefined) fail(23, sequence);
    const isNamed = line === undefined ? ballot.p === undefined : lines.isLast(line, ballot.p);
    if (!isNamed) this.findings.warn(25, { code: 'ballot-before-not-named', index, id });
    if (line === undefined) return;
    if (row !== undefined && isMarked(row.windows, lines.markOf(line))) fail(42, 'ballot-after-mark');
    lines.setLast(line, ballot.n, id);
  }

  /**
   * A ballot that was taken in time may come into the log after the close, and then counts for nothing: that is no fault.
   * Its hour says whether it was taken in time.
   */
  #timeFault({ at }: LogEvent, row: ElectionRow | undefined): FindingCode | undefined {
    if (row?.opening === undefined) return 'before-opening';
    if (row.schedule.closesAt > this.#end) this.#end = row.schedule.closesAt;
    return at >= this.#end ? 'after-end-of-voting' : undefined;
  }

  #sequenceFault(
    id: string,
    ballot: { n: number; bytes: Uint8Array },
    line: number | undefined,
  ): FindingCode | undefined {
    const number = this.names.ballots.add(id);
    if (this.#seen.get(number) > 0) return 'ballot-repeated';
    this.#seen.set(number, 1);
    if (id !== ballotIdOf(this.crypto, ballot.bytes)) return 'ballot-id-wrong';
    return line !== undefined && ballot.n !== this.roll.lines.nOf(line) + 1 ? 'sequence-broken' : undefined;
  }

  #mark({ data: { v }, position }: LogEvent<'RollMarkedPaper'>, row: ElectionRow | undefined): void {
    const index = Number(position);
    const { lines } = this.roll;
    const line = lines.find(v);
    this.findings.examine(42);
    if (line === undefined || row === undefined) {
      this.findings.fail(42, { code: 'mark-of-nobody', index, id: v });
      return;
    }
    if (isMarked(row.windows, lines.markOf(line)))
      this.findings.fail(42, { code: 'marked-twice', index, id: v });
    if (row.definition.paper === 'yields' && lines.nOf(line) > 0)
      this.findings.fail(42, { code: 'mark-after-ballot', index, id: v });
    lines.mark(line, index);
  }
}

/** What is wrong with a ballot's form; its parts are known to decode. */
function formFault(ballot: Ballot, { definition }: ElectionRow): FindingCode | undefined {
  if ('t' in ballot !== (definition.disclosure === 'immediate')) return 'disclosure-wrong';
  if ('t' in ballot) return undefined;
  if (isLowOrder(bytesOf(ballot.x))) return 'ephemeral-key-low-order';
  return decodedLength(ballot.b) === boxBytes(definition.ballot.sealedBytes) ? undefined : 'box-length-wrong';
}

/** Bytes of base64url without padding. */
function decodedLength(text: string): number {
  return floor((text.length * 3) / 4);
}

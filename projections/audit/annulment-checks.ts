/** Part of check 43: the ballots that were annulled are the ones that the rule finds, all of them and no other. */
import { leading } from '../bisect.js';
import { annulledBallots, annulledRoot, type CastMetadata } from '../annulment.js';
import type { Crypto } from '../crypto.js';
import type { LogEvent } from '../event.js';
import type { DataOf } from '../events/catalogue.js';
import type { ElectionNames } from '../key-lines.js';
import { Names, Numbers } from '../packed.js';
import type { FindingCode } from './finding-codes.js';
import type { Findings } from './report.js';

const CHECK = 43;
/** Ballots looked over for all acts of an election, about as many microseconds. */
const MOST_WORK = 2_000_000;
const WORK_PER_BALLOT = 64;
/** Ballots that are passed over by their number alone, in the time that one takes. */
const PASSED_OVER = 256;

type Annulled = DataOf<'BallotsAnnulled'>;

export class AnnulmentChecks {
  /** Of every ballot in the log, in its order, what rules go by: numbers of its id, its line and its hour, and its position. */
  readonly #ids = new Numbers(Int32Array);
  readonly #lines = new Numbers(Int32Array);
  readonly #hours = new Numbers(Int32Array);
  readonly #positions = new Numbers();
  #cast = 0;
  readonly #hourNames = new Names();
  #actId: string | undefined;
  /** What the act under way lists, and how much of it was listed. */
  #expected: readonly string[] = [];
  #listed = 0;
  #nextChunk = 0;
  #work = 0;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
    private readonly names: Pick<ElectionNames, 'lines' | 'ballots'>,
  ) {}

  see(event: LogEvent): void {
    if (event.type === 'BallotCast') {
      const { id, v } = event.data;
      const number = this.#cast++;
      this.#ids.set(number, this.names.ballots.add(id));
      this.#lines.set(number, this.names.lines.add(v));
      this.#hours.set(number, this.#hourNames.add(event.at));
      this.#positions.set(number, Number(event.position));
    }
    if (event.type === 'BallotsAnnulled') this.#annulled(event);
  }

  /** How many ballots were cast before a position. */
  castBefore(position: number): number {
    return leading(this.#cast, (place) => this.#positions.get(place) < position);
  }

  /** Those of which the rule could hold: single ballots are annulled by the hundred, and most ballots have nothing to do with it. */
  *#concerned({ rule, scope, through }: Annulled): Generator<CastMetadata> {
    const one =
      scope === 'ballot' && rule.name === 'single' ? this.names.ballots.find(rule.ballot) : undefined;
    const [first, last] =
      scope === 'ballot' && rule.name === 'positions' ? [rule.first, rule.last] : [0, through];
    for (let number = 0; number < this.#cast; number++) {
      const position = this.#positions.get(number);
      if (position < first || position > last || (one !== undefined && this.#ids.get(number) !== one))
        continue;
      this.#work += 1;
      yield {
        id: this.names.ballots.text(this.#ids.get(number)),
        v: this.names.lines.text(this.#lines.get(number)),
        at: this.#hourNames.text(this.#hours.get(number)),
        position,
      };
    }
    this.#work += this.#cast / PASSED_OVER;
  }

  /** The log has ended. */
  end(): void {
    if (this.#listed < this.#expected.length)
      this.findings.fail(CHECK, { code: 'annulled-not-listed', ...(this.#actId && { id: this.#actId }) });
  }

  #annulled({ data, position }: LogEvent<'BallotsAnnulled'>): void {
    const index = Number(position);
    const fail = (code: FindingCode) => this.findings.fail(CHECK, { code, index, id: data.actId });
    this.findings.examine(CHECK);
    // What is not looked at any more has said so.
    if (data.chunk > 0 && this.#actId === undefined && this.#work > MOST_WORK) return;
    if (data.chunk === 0) {
      this.end();
      if (data.through > index) fail('annulled-the-future');
      this.#actId = data.actId;
      this.#nextChunk = 0;
      if (this.#work > MOST_WORK + WORK_PER_BALLOT * this.#cast) {
        this.#actId = undefined;
        [this.#expected, this.#listed] = [[], 0];
        this.findings.skip(CHECK, { code: 'annulments-too-many', index, id: data.actId });
        return;
      }
      this.#expected = annulledBallots(data.rule, data.scope, data.through, this.#concerned(data));
      this.#listed = 0;
      if (data.count !== this.#expected.length) fail('annulled-count-wrong');
      if (data.idsRoot !== annulledRoot(this.crypto, this.#expected)) fail('annulled-root-wrong');
    }
    if (data.actId !== this.#actId || data.chunk !== this.#nextChunk) fail('annulled-chunk-wrong');
    this.#nextChunk = data.chunk + 1;
    const isRight = data.ids.every((id, at) => id === this.#expected[this.#listed + at]);
    if (!isRight) fail('annulled-ids-wrong');
    this.#listed += data.ids.length;
  }
}

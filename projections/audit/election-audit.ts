/** All checks of one election, fed with what the log says of it. */
import { BallotBox } from '../ballot-box.js';
import { bytesOf, toBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import type { ElectionRow } from '../elections.view.js';
import type { LogEvent } from '../event.js';
import type { DataOf } from '../events/catalogue.js';
import { electionNames } from '../key-lines.js';
import { AnnulmentChecks } from './annulment-checks.js';
import { BallotChecks, type AskSignature } from './ballot-checks.js';
import type { Bulk } from './bulk.js';
import { CountChecks } from './count-checks.js';
import { DefinitionChecks } from './definition-checks.js';
import type { GivenResult } from './given-results.js';
import { phaseFault } from './phases.js';
import type { Findings } from './report.js';
import { RollChecks, type AskKey } from './roll-checks.js';

export interface ElectionServices {
  crypto: Crypto;
  bulk: Bulk;
  findings: Findings;
  askKey: AskKey;
  askSignature: AskSignature;
  resultOf: (digest: string) => GivenResult | undefined;
}

const PAPER = 42;

export class ElectionAudit {
  readonly #box: BallotBox;
  readonly #batches = new Set<string>();
  /** What came after the key: it goes into the box when a count says up to where it reached. */
  #waiting: LogEvent[] = [];
  /** Of those, how many went into the box. */
  #taken = 0;
  readonly #definition: DefinitionChecks;
  readonly #roll: RollChecks;
  readonly #ballots: BallotChecks;
  readonly #annulments: AnnulmentChecks;
  readonly #counts: CountChecks;

  constructor(
    electionId: string,
    private readonly services: ElectionServices,
  ) {
    const { crypto, findings } = services;
    const names = electionNames();
    this.#box = new BallotBox(electionId, names);
    this.#definition = new DefinitionChecks(crypto, findings);
    this.#roll = new RollChecks(crypto, findings, services.askKey, names);
    this.#ballots = new BallotChecks(crypto, findings, this.#roll, services.askSignature, names);
    this.#annulments = new AnnulmentChecks(crypto, findings, names);
    this.#counts = new CountChecks(crypto, services.bulk, findings, services.resultOf);
  }

  /** Takes the next event of this election. `row` is what the fold of all events before it gives. */
  see(event: LogEvent, row: ElectionRow | undefined): Promise<void> | undefined {
    this.#checkPhase(event, row);
    this.#definition.see(event, row);
    this.#roll.see(event, row);
    this.#ballots.see(event, row);
    this.#annulments.see(event);
    if (event.type === 'PaperReconciled' && row !== undefined) this.#checkReconciled(event, row);
    if (event.type === 'ElectionKeyPublished') this.#checkKey(event, row);
    if (row?.key === undefined) this.#box.apply(event);
    else this.#waiting.push(event);
    return event.type === 'TallyPublished' ? this.#count(event) : undefined;
  }

  /** The log has ended. */
  end(): void {
    this.#annulments.end();
  }

  #checkPhase(event: LogEvent, row: ElectionRow | undefined): void {
    if (event.type === 'BallotCast') return;
    const { findings } = this.services;
    findings.examine(8);
    let code = phaseFault(row, event);
    if (event.type === 'PaperBatchRecorded') {
      const { batch } = event.data;
      if (this.#batches.has(batch)) code ??= 'batch-recorded-twice';
      this.#batches.add(batch);
    }
    if (code !== undefined) findings.fail(8, { code, index: Number(event.position), id: event.id });
  }

  #checkReconciled({ data, position }: LogEvent<'PaperReconciled'>, row: ElectionRow): void {
    const { findings } = this.services;
    findings.examine(PAPER);
    const { batches, sheets } = row.paper;
    const marks = this.#box.isDefined ? this.#box.marks : 0;
    const facts: Pick<DataOf<'PaperReconciled'>, 'batches' | 'sheets' | 'marks' | 'surplus'> = {
      batches,
      sheets,
      marks,
      surplus: Math.max(0, sheets - marks),
    };
    for (const name of ['batches', 'sheets', 'marks', 'surplus'] as const) {
      const [stated, found] = [data[name], facts[name]];
      if (stated === found) continue;
      const numbers = { expected: String(stated), found: String(found) };
      findings.fail(PAPER, { code: `${name}-wrong`, index: Number(position), ...numbers });
    }
  }

  #checkKey({ data, position }: LogEvent<'ElectionKeyPublished'>, row: ElectionRow | undefined): void {
    const { crypto, findings } = this.services;
    findings.examine(33);
    const found = toBase64url(crypto.boxPublicKey(bytesOf(data.secret)));
    const expected = row?.opening?.boxKey;
    if (found === expected) return;
    findings.fail(33, {
      code: 'secret-of-another-key',
      index: Number(position),
      found,
      ...(expected && { expected }),
    });
  }

  async #count(event: LogEvent<'TallyPublished'>): Promise<void> {
    const { through } = event.data;
    for (; this.#taken < this.#waiting.length; this.#taken++) {
      const next = this.#waiting[this.#taken] as LogEvent;
      if (next.position >= through) break;
      this.#box.apply(next);
    }
    if (this.#taken === this.#waiting.length) [this.#waiting, this.#taken] = [[], 0];
    const taken = this.#annulments.castBefore(through);
    await this.#counts.see(this.#box, event, taken);
  }
}

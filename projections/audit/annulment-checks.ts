/** Part of check 43: the ballots that were annulled are the ones that the rule finds, all of them and no other. */
import { annulledBallots, annulledRoot, type CastMetadata } from '../annulment.js';
import type { Crypto } from '../crypto.js';
import type { LogEvent } from '../event.js';
import type { Findings } from './report.js';

const CHECK = 43;

export class AnnulmentChecks {
  /** Of every ballot in the log, in its order. */
  readonly cast: CastMetadata[] = [];
  readonly #hours = new Map<string, string>();
  #actId: string | undefined;
  /** What the act under way still has to list. */
  #expected: readonly string[] = [];
  #nextChunk = 0;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
  ) {}

  see(event: LogEvent): void {
    if (event.type === 'BallotCast') {
      const { id, v } = event.data;
      // Millions of ballots share a few hundred hours: one text for each.
      const at = this.#hours.get(event.at) ?? event.at;
      this.#hours.set(at, at);
      this.cast.push({ id, v, at, position: Number(event.position) });
    }
    if (event.type === 'BallotsAnnulled') this.#annulled(event);
  }

  /** The log has ended. */
  end(): void {
    if (this.#expected.length > 0)
      this.findings.fail(CHECK, { code: 'annulled-not-listed', ...(this.#actId && { id: this.#actId }) });
  }

  #annulled({ data, position }: LogEvent<'BallotsAnnulled'>): void {
    const index = Number(position);
    const fail = (code: string) => this.findings.fail(CHECK, { code, index, id: data.actId });
    this.findings.examine(CHECK);
    if (data.chunk === 0) {
      this.end();
      if (data.through > index) fail('annulled-the-future');
      this.#actId = data.actId;
      this.#nextChunk = 0;
      this.#expected = annulledBallots(data.rule, data.scope, data.through, this.cast);
      if (data.count !== this.#expected.length) fail('annulled-count-wrong');
      if (data.idsRoot !== annulledRoot(this.crypto, this.#expected)) fail('annulled-root-wrong');
    }
    if (data.actId !== this.#actId || data.chunk !== this.#nextChunk) fail('annulled-chunk-wrong');
    this.#nextChunk = data.chunk + 1;
    const isRight = data.ids.every((id, at) => id === this.#expected[at]);
    if (!isRight) fail('annulled-ids-wrong');
    this.#expected = this.#expected.slice(data.ids.length);
  }
}

/** Check 44: the texts and files that are public are the ones that the log committed to. */
import { toBase64url, utf8 } from '../bytes.js';
import { contentsMentioned, type ContentRow } from '../contents.view.js';
import type { Crypto } from '../crypto.js';
import type { LogEvent } from '../event.js';
import { taggedHash } from '../hash.js';
import type { RowsOf } from './folded-rows.js';
import type { Findings } from './report.js';

const CHECK = 44;

/** A content as it is handed out, with the salt of its commitment. */
export interface GivenContent {
  id: string;
  salt: Uint8Array;
  bytes: Uint8Array;
}

export class ContentChecks {
  /** The first commitment that the log gives to a content. */
  readonly #committed = new Map<string, string>();
  /** Of what was given: what it would have to be committed to by. */
  readonly #given = new Map<string, string>();
  readonly #missed = new Set<string>();
  /** The election whose contents must be given where not all are, and what its events refer to. */
  #electionId: string | undefined;
  readonly #ofElection = new Set<string>();

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
    private scope: 'all' | 'some' | 'none',
  ) {}

  /** What of the contents will be given: all that are public, some (those of an election with certainty), or none. */
  expect(scope: 'all' | 'some' | 'none', electionId?: string): void {
    this.scope = scope;
    this.#electionId = electionId;
  }

  give({ id, salt, bytes }: GivenContent): void {
    if (this.#given.has(id)) this.findings.fail(CHECK, { code: 'content-given-twice', id });
    this.#given.set(id, toBase64url(taggedHash(this.crypto, 'content', utf8(id), salt, bytes)));
  }

  /** It was hidden or erased after the last event of this log. */
  miss(id: string): void {
    this.#missed.add(id);
  }

  see(event: LogEvent): void {
    const index = Number(event.position);
    if (this.#electionId !== undefined && event.type !== 'BallotCast' && event.type !== 'RollListed') {
      const { data } = event;
      if ('electionId' in data && data.electionId === this.#electionId)
        for (const id of contentsMentioned(data)) this.#ofElection.add(id);
    }
    if (event.type === 'ContentReleased') this.#commit(event.data.contentId, event.data.commitment, index);
    else if (event.type !== 'BallotCast' && event.type !== 'RollListed') this.#collect(event.data, index);
  }

  /** The log has ended; `rows` are those of the view of contents. */
  end(rows: RowsOf<ContentRow>): void {
    for (const [id, found] of this.#given) {
      this.findings.examine(CHECK);
      const expected = this.#committed.get(id);
      if (rows.get(id)?.state !== 'released') this.findings.fail(CHECK, { code: 'content-not-public', id });
      else if (expected !== found)
        this.findings.fail(CHECK, { code: 'commitment-wrong', id, found, ...(expected && { expected }) });
    }
    for (const [id, row] of rows) {
      this.findings.examine(CHECK);
      if (row.state !== 'released' || this.#given.has(id)) continue;
      if (this.scope === 'some' && !this.#ofElection.has(id)) continue;
      if (this.#missed.has(id)) this.findings.skip(CHECK, { code: 'content-gone-since', id });
      else if (this.scope !== 'none') this.findings.fail(CHECK, { code: 'content-missing', id });
      else this.findings.skip(CHECK, { code: 'contents-not-given', id });
    }
  }

  #collect(value: unknown, index: number): void {
    if (typeof value !== 'object' || value === null) return;
    const { id, commitment } = value as Record<string, unknown>;
    if (typeof id === 'string' && typeof commitment === 'string') this.#commit(id, commitment, index);
    else for (const part of Object.values(value)) this.#collect(part, index);
  }

  #commit(id: string, commitment: string, index: number): void {
    const expected = this.#committed.get(id);
    if (expected === undefined) this.#committed.set(id, commitment);
    else if (expected !== commitment)
      this.findings.fail(CHECK, { code: 'committed-twice', index, id, expected, found: commitment });
  }
}

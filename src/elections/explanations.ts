/** Explanations of counts, kept by the digest of the result: derived from the log, so a lost one is made by counting again. */
import type { Pool } from 'pg';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { CountExplanation } from '../../projections/explained-count.js';

export interface KeptExplanation {
  explanation: CountExplanation;
  /** Changes when it does: for an ETag. */
  digest: string;
}

export class Explanations {
  constructor(
    private readonly pool: Pool,
    private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /** In place of one that is there: a later version of the program may say more. */
  async keep(outputDigest: string, explanation: CountExplanation): Promise<void> {
    await this.pool.query(
      `insert into explanations (digest, explanation) values ($1, $2)
       on conflict (digest) do update set explanation = excluded.explanation`,
      [outputDigest, Buffer.from(JSON.stringify(explanation))],
    );
  }

  /** `undefined` where none is kept: count again. */
  async get(outputDigest: string): Promise<KeptExplanation | undefined> {
    const { rows } = await this.pool.query<{ explanation: Buffer }>(
      'select explanation from explanations where digest = $1',
      [outputDigest],
    );
    const bytes = rows[0]?.explanation;
    if (bytes === undefined) return undefined;
    const text = bytes.toString('utf8');
    return {
      explanation: JSON.parse(text) as CountExplanation,
      digest: toBase64url(this.crypto.sha256(utf8(text))),
    };
  }
}

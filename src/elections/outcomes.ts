/** Results of counts, kept by the digest that `TallyPublished` states: derived from the log, so a lost one is counted again. */
import type { Pool } from 'pg';
import { canonicalBytes } from '../../projections/canonical.js';
import { outputDigest, type CountResult } from '../../projections/count.js';
import type { Crypto } from '../../projections/crypto.js';

export class Outcomes {
  constructor(
    private readonly pool: Pool,
    private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /** Written before the event that states the digest. */
  async keep(digest: string, result: CountResult): Promise<void> {
    const bytes = canonicalBytes(result, Number.MAX_SAFE_INTEGER);
    await this.pool.query('insert into outcomes (digest, outcome) values ($1, $2) on conflict do nothing', [
      digest,
      Buffer.from(bytes),
    ]);
  }

  /** The result with this digest, checked; `undefined` where it is not kept (or not what it should be): count again. */
  async get(digest: string): Promise<CountResult | undefined> {
    const { rows } = await this.pool.query<{ outcome: Buffer }>(
      'select outcome from outcomes where digest = $1',
      [digest],
    );
    const bytes = rows[0]?.outcome;
    if (bytes === undefined) return undefined;
    const result = JSON.parse(bytes.toString('utf8')) as CountResult;
    return outputDigest(this.crypto, result) === digest ? result : undefined;
  }
}

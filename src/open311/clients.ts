/** Who may file by Open311, and how much comes from one key and from one address; in memory, per process. */
import { RateLimit } from '../rest/rate-limit.js';
import { Problem } from '../rest/problem.js';
import { hashKey } from '../staff/keys.js';
import './open311.problems.js';
import type { Open311Key } from './open311-setting.js';

const MINUTE_MS = 60_000;
/** Writes of one key: a FixMyStreet for a whole country sends what its people wrote in some hours. */
export const MOST_WRITES = 600;
/** Lists and requests asked for from one address. */
export const MOST_READS = 600;
/** Wrong keys of one address in a quarter of an hour. */
export const MOST_WRONG_KEYS = 30;
const MAX_KEY_LENGTH = 200;

export class Open311Clients {
  readonly #byHash: ReadonlyMap<string, Open311Key>;
  readonly #wrong: RateLimit;
  readonly #writes: RateLimit;
  readonly #reads: RateLimit;

  /** @param nowMs monotonic */
  constructor(keys: readonly Open311Key[], nowMs?: () => number) {
    this.#byHash = new Map(keys.map((key) => [key.keyHash, key]));
    this.#wrong = new RateLimit(nowMs, MOST_WRONG_KEYS);
    this.#writes = new RateLimit(nowMs, MOST_WRITES, MINUTE_MS);
    this.#reads = new RateLimit(nowMs, MOST_READS, MINUTE_MS);
  }

  /** Whose key it is. @throws Problem `open311-key-missing`, `open311-key-unknown`, `open311-too-much` */
  client(key: string | undefined, address: string): Open311Key {
    if (key === undefined) throw new Problem('open311-key-missing', { field: 'api_key' });
    assertMay(this.#wrong, address);
    const known = key.length > MAX_KEY_LENGTH ? undefined : this.#byHash.get(hashKey(key));
    if (known === undefined) {
      this.#wrong.count(address);
      throw new Problem('open311-key-unknown', { field: 'api_key' });
    }
    return known;
  }

  /** Counts a write of this client. @throws Problem `open311-too-much` */
  countWrite({ name }: Open311Key): void {
    count(this.#writes, name);
  }

  /** Counts what was asked for from this address. @throws Problem `open311-too-much` */
  countRead(address: string): void {
    count(this.#reads, address);
  }
}

function count(limit: RateLimit, who: string): void {
  assertMay(limit, who);
  limit.count(who);
}

function assertMay(limit: RateLimit, who: string): void {
  const seconds = limit.waitSeconds(who);
  if (seconds > 0) throw new Problem('open311-too-much', { headers: { 'retry-after': String(seconds) } });
}

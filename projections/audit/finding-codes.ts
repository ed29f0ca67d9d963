/**
 * Every finding that an audit can have: which checks it belongs to, what it makes of them, and one plain sentence.
 * `docs/audit-findings.md` is this table, which a test holds against it.
 */
import { CODES_OF_BALLOTS } from './codes-of-ballots.js';
import { CODES_OF_BYTES } from './codes-of-bytes.js';
import { CODES_OF_EVENTS } from './codes-of-events.js';

/** Numbers of checks, by what the finding makes of each. */
export interface Meaning {
  readonly FAIL?: readonly number[];
  readonly WARN?: readonly number[];
  readonly 'NOT-CHECKED'?: readonly number[];
  readonly says: string;
}

export const FINDING_CODES = { ...CODES_OF_BYTES, ...CODES_OF_EVENTS, ...CODES_OF_BALLOTS } satisfies Record<
  string,
  Meaning
>;

/** Stable words. One that is not in the table does not compile. */
export type FindingCode = keyof typeof FINDING_CODES;

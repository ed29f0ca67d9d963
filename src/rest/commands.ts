/** What controllers need to make commands of requests and answers of receipts. */
import { utf8 } from '../../projections/bytes.js';
import type { Receipt } from '../event-store/command-log.js';
import { Problem } from './problem.js';

/**
 * The command id of a request: its `Idempotency-Key`, by which the caller names what she wants done, so that it is done
 * once. A UUID, or 16 to 128 of A-Z a-z 0-9 - _.
 * @throws Problem `idempotency-key-required`
 */
export function commandIdOf(header: string | undefined): string {
  if (header === undefined || !/^[A-Za-z0-9_-]{16,128}$/.test(header)) {
    throw new Problem('idempotency-key-required', { field: 'Idempotency-Key' });
  }
  return header;
}

/** The bytes that a request's digest is made of: its address and its body, whatever the order of its fields. */
export function requestBytes(address: string, body: unknown): Uint8Array {
  return utf8(`${address}\n${sorted(body)}`);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** A receipt as JSON: positions as decimal strings. */
export function receiptJson(receipt: Receipt) {
  const { stream, events, revision, position, repeated } = receipt;
  return { stream, events, revision: String(revision), position: String(position), repeated };
}

/** What controllers need to make commands of requests and answers of receipts. */
import { Type } from 'typebox';
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

/** What was written, as JSON: positions as decimal strings. */
export const RECEIPT = {
  stream: Type.String(),
  events: Type.Array(Type.Object({ id: Type.String(), type: Type.String(), leafHash: Type.String() })),
  revision: Type.String({ description: 'Place in its stream of the last event', pattern: '^-?\\d+$' }),
  position: Type.String({ description: 'Place in the log of the last event', pattern: '^-?\\d+$' }),
  repeated: Type.Boolean({
    description: 'True when this command was there before, and nothing was written now',
  }),
};
export const RECEIPT_EXAMPLE = {
  stream: 'election-6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11',
  events: [
    {
      id: '126e72b7-03f8-5afd-ba56-9b6a08dd965c',
      type: 'VotingExtended',
      leafHash: 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M',
    },
  ],
  revision: '7',
  position: '1041',
  repeated: false,
};
export const ReceiptAnswer = {
  schema: Type.Object(RECEIPT, { additionalProperties: false }),
  example: RECEIPT_EXAMPLE,
};

/** A receipt as JSON: positions as decimal strings. */
export function receiptJson(receipt: Receipt) {
  const { stream, events, revision, position, repeated } = receipt;
  return { stream, events, revision: String(revision), position: String(position), repeated };
}

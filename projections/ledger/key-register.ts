/**
 * What the log says of the keys that sign it. A key signs the heads that cover its announcement and not its retirement, so
 * which keys may sign a head follows from the head's size alone.
 */
import type { Crypto } from '../crypto.js';
import type { LogEvent, NewEvent } from '../event.js';
import { ED25519, parseVerifierKey } from './verifier-key.js';

/** Positions in the log; the first key is there from -1 on. */
export interface RegisteredKey {
  readonly vkey: string;
  readonly from: number;
  readonly until?: number;
}

/** In order of the log. Empty where nothing was announced: then there is one key, of which the log says nothing. */
export type KeyRegister = readonly RegisteredKey[];

/** The stream of these events. */
export const LOG_KEYS_STREAM = 'log-keys';

export type KeyFault =
  | 'log-key-malformed'
  /** Its name is not that of the key that it is announced beside. */
  | 'log-key-of-another-log'
  /** It has signed before, or does so now. */
  | 'log-key-repeated'
  /** What it is announced beside, or what is retired, is no key that signs. */
  | 'log-key-not-in-use'
  /** Nothing would sign any more. */
  | 'log-key-the-last';

type KeyEvent = NewEvent<'LogKeyAnnounced' | 'LogKeyRetired'>;

/** The register after an event; events of other types change nothing. */
export function evolveKeys(register: KeyRegister, event: LogEvent): KeyRegister {
  const position = Number(event.position);
  if (event.type === 'LogKeyAnnounced') {
    const first: KeyRegister = register.length === 0 ? [{ vkey: event.data.old, from: -1 }] : register;
    return [...first, { vkey: event.data.new, from: position }];
  }
  if (event.type !== 'LogKeyRetired') return register;
  return register.map((key) =>
    key.vkey === event.data.vkey && key.until === undefined ? { ...key, until: position } : key,
  );
}

/** Why an event cannot come next; `undefined`: it may. */
export function keyFault(
  crypto: Pick<Crypto, 'sha256' | 'isKey'>,
  register: KeyRegister,
  event: KeyEvent,
): KeyFault | undefined {
  const inUse = keysInUse(register);
  if (event.type === 'LogKeyRetired') {
    if (!inUse.includes(event.data.vkey)) return 'log-key-not-in-use';
    return inUse.length === 1 ? 'log-key-the-last' : undefined;
  }
  const { data } = event;
  const [before, after] = [data.old, data.new].map((vkey) => parseVerifierKey(crypto, vkey));
  if (typeof before !== 'object' || typeof after !== 'object') return 'log-key-malformed';
  if (before.type !== ED25519 || after.type !== ED25519) return 'log-key-malformed';
  if (before.name !== after.name) return 'log-key-of-another-log';
  if (register.length > 0 && !inUse.includes(data.old)) return 'log-key-not-in-use';
  return data.new === data.old || register.some(({ vkey }) => vkey === data.new)
    ? 'log-key-repeated'
    : undefined;
}

/** The keys that may sign a head of this size, the oldest first. Of an empty register nothing is known. */
export function keysAt(register: KeyRegister, size: bigint): string[] {
  return register
    .filter(({ from, until }) => from < size && (until === undefined || until >= size))
    .map(({ vkey }) => vkey);
}

/** Those that sign from now on. */
export function keysInUse(register: KeyRegister): string[] {
  return register.filter(({ until }) => until === undefined).map(({ vkey }) => vkey);
}

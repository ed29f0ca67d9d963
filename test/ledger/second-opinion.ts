/**
 * The tree and signed notes a second time, as slowly as their definitions, from RFC 9162 §2.1 and C2SP signed-note and
 * tlog-cosignature alone, and with nothing of the product: where both agree, an error would have to be made twice.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';

const hash = (...parts: (Uint8Array | string)[]) =>
  parts.reduce((sha, part) => sha.update(part), createHash('sha256')).digest();

/** The largest power of two smaller than n. */
function k(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

/** @see RFC 9162 §2.1.1 */
export function MTH(entries: readonly Uint8Array[]): Buffer {
  const n = entries.length;
  if (n === 0) return hash('');
  if (n === 1) return hash('\x00', entries[0]!);
  return hash('\x01', MTH(entries.slice(0, k(n))), MTH(entries.slice(k(n))));
}

/** @see RFC 9162 §2.1.3.1 */
export function PATH(m: number, entries: readonly Uint8Array[]): Buffer[] {
  const n = entries.length;
  if (n === 1) return [];
  const [left, right] = [entries.slice(0, k(n)), entries.slice(k(n))];
  return m < k(n) ? [...PATH(m, left), MTH(right)] : [...PATH(m - k(n), right), MTH(left)];
}

/** @see RFC 9162 §2.1.4.1 */
export function PROOF(m: number, entries: readonly Uint8Array[]): Buffer[] {
  return SUBPROOF(m, entries, true);
}

function SUBPROOF(m: number, entries: readonly Uint8Array[], whole: boolean): Buffer[] {
  const n = entries.length;
  if (m === n) return whole ? [] : [MTH(entries)];
  const [left, right] = [entries.slice(0, k(n)), entries.slice(k(n))];
  return m <= k(n)
    ? [...SUBPROOF(m, left, whole), MTH(right)]
    : [...SUBPROOF(m - k(n), right, false), MTH(left)];
}

/** Which of the keys (vkeys) signed a note; throws where the note is not to be believed. */
export function signersOf(note: string, vkeys: readonly string[]): string[] {
  const halves = note.split('\n\n');
  const lines = halves.pop()!.split('\n');
  const text = `${halves.join('\n\n')}\n`;
  if (lines.pop() !== '' || lines.length === 0) throw new Error('no signatures');
  const signers = new Set<string>();
  for (const line of lines) {
    const [, name, base64] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line)!;
    const bytes = Buffer.from(base64!, 'base64');
    for (const vkey of vkeys) {
      const [keyName, keyId, ...rest] = vkey.split('+');
      const key = Buffer.from(rest.join('+'), 'base64');
      if (!hash(keyName!, '\n', key).subarray(0, 4).equals(Buffer.from(keyId!, 'hex')))
        throw new Error('key id');
      if (keyName !== name || keyId !== bytes.subarray(0, 4).toString('hex')) continue;
      const [message, signature] =
        key[0] === 4
          ? [`cosignature/v1\ntime ${bytes.readBigUInt64BE(4)}\n${text}`, bytes.subarray(12)]
          : [text, bytes.subarray(4)];
      // SubjectPublicKeyInfo of Ed25519 is a fixed beginning and the key. @see RFC 8410 §4
      const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)]);
      const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
      if (!verify(null, Buffer.from(message), publicKey, signature)) throw new Error('signature');
      signers.add(vkey);
    }
  }
  if (signers.size === 0) throw new Error('no known signature');
  return [...signers];
}

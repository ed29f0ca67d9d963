import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { toHex, utf8 } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import type { LogEvent } from '../../projections/event.js';
import { merkleRoot, taggedHash } from '../../projections/hash.js';
import { byKeyBytes, foldInto, projection, touchedKeys, viewDigest } from '../../projections/projection.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';

const view = projection<{ seen: readonly string[] }>({
  name: 'seen',
  version: 3,
  on: {
    RoleGranted: {
      key: ({ data }) => [data.actorId, ...data.roles],
      fold: (row, _event, index) => ({ seen: [...(row?.seen ?? []), String(index)] }),
    },
    RoleRevoked: { key: ({ data }) => data.actorId, fold: () => undefined },
  },
});

function event(
  type: 'RoleGranted' | 'RoleRevoked',
  actorId: string,
  roles: readonly string[] = [],
  position = 0n,
): LogEvent {
  const data = type === 'RoleGranted' ? { actorId, roles, key: 'A'.repeat(43) } : { actorId };
  return {
    type,
    data,
    id: 'x',
    stream: 'staff',
    at: '',
    actor: 'system',
    position,
    revision: position,
  } as LogEvent;
}

describe('a projection', () => {
  it('touches one row, several, or none', () => {
    expect(touchedKeys(view, event('RoleRevoked', 'ana'))).toEqual(['ana']);
    expect(touchedKeys(view, event('RoleGranted', 'ana', ['a', 'b']))).toEqual(['ana', 'a', 'b']);
    expect(
      touchedKeys(view, { ...event('RoleGranted', 'ana'), type: 'RulesetPublished' } as LogEvent),
    ).toEqual([]);
  });

  it('folds each key of an event with its place, the same key twice if it stands there twice, and deletes rows', () => {
    const rows = foldInto(view, new Map(), [
      event('RoleGranted', 'ana', ['b', 'b']),
      event('RoleGranted', 'c', ['ana']),
    ]);
    expect([...rows]).toEqual([
      ['ana', { seen: ['0', '1'] }],
      ['b', { seen: ['1', '2'] }],
      ['c', { seen: ['0'] }],
    ]);
    expect([...foldInto(view, rows, [event('RoleRevoked', 'ana')]).keys()]).toEqual(['b', 'c']);
  });
});

describe('the digest of a view', () => {
  it('is the Merkle root over HT("row", name@version, key, JCS(row)) in byte order of the keys', () => {
    const rows = foldInto(view, new Map(), [event('RoleGranted', 'b', ['a', 'B'])]);
    const sorted = [...rows].sort(byKeyBytes);
    expect(sorted.map(([key]) => key)).toEqual(['B', 'a', 'b']);
    const hashes = sorted.map(([key, row]) =>
      taggedHash(nodeCrypto, 'row', utf8('seen@3'), utf8(key), canonicalBytes(row)),
    );
    expect(toHex(viewDigest(nodeCrypto, view, sorted))).toBe(toHex(merkleRoot(nodeCrypto, hashes)));
    expect(toHex(viewDigest(nodeCrypto, view, []))).toBe(toHex(nodeCrypto.sha256(new Uint8Array())));
  });

  it('differs as soon as a key, a row, the name or the version does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.nat(), { minKeys: 1 }), (object) => {
        const rows = Object.entries(object).map(([key, n]) => [key, { n }] as const);
        rows.sort(byKeyBytes);
        const of = (version: number, name: string, list: typeof rows) =>
          toHex(viewDigest(nodeCrypto, { name, version }, list));
        const digest = of(1, 'a', rows);
        const [first, ...others] = rows;
        if (first === undefined) return;
        const different = [
          of(2, 'a', rows),
          of(1, 'b', rows),
          of(1, 'a', others),
          of(1, 'a', [[`${first[0]}0`, first[1]], ...others]),
          of(1, 'a', [[first[0], { n: first[1].n + 1 }], ...others]),
        ];
        expect(new Set([digest, ...different]).size).toBe(6);
      }),
    );
  });

  it('sorts keys by their UTF-8 bytes, not by UTF-16 units', () => {
    const keys = ['\u{10000}', '\uffff', 'é', 'z', 'Z', ''].map((key) => [key, 1] as const);
    expect(keys.sort(byKeyBytes).map(([key]) => key)).toEqual(['', 'Z', 'z', 'é', '\uffff', '\u{10000}']);
  });

  it('looks at keys up to where they differ, and makes no bytes of them', () => {
    const long = 'x'.repeat(100_000);
    const looked = jest.spyOn(String.prototype, 'charCodeAt');
    const order = byKeyBytes([`b${long}`, 1], [`a${long}`, 1]);
    const { calls } = looked.mock;
    looked.mockRestore();
    expect([order > 0, calls]).toEqual([true, [[0], [0]]]);
  });
});

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toHex, utf8 } from '../../projections/bytes.js';
import { leafHash, merkleRoot, nodeHash, signedMessage, taggedHash } from '../../projections/hash.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';

const sha = (...parts: (Uint8Array | string)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const rootOf = (leaves: readonly Uint8Array[]) =>
  merkleRoot(
    nodeCrypto,
    leaves.map((leaf) => leafHash(nodeCrypto, leaf)),
  );

describe('Merkle roots', () => {
  // The tree of eight leaves with which implementations of RFC 6962 and RFC 9162 are compared.
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  it.each(roots.map((root, size) => [size, root] as const))('of %i known leaves', (size, root) => {
    expect(toHex(rootOf(leaves.slice(0, size).map((leaf) => Buffer.from(leaf, 'hex'))))).toBe(root);
  });

  it('are those of the definition, split at the largest power of two', () => {
    const defined = (hashes: readonly Uint8Array[]): Uint8Array => {
      if (hashes.length <= 1) return hashes[0] ?? sha();
      const split = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
      return sha('\x01', defined(hashes.slice(0, split)), defined(hashes.slice(split)));
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.string(), (size, salt) => {
        const list = Array.from({ length: size }, (_, i) => utf8(`${salt} ${i}`));
        const hashes = list.map((leaf) => sha('\0', leaf));
        expect(toHex(merkleRoot(nodeCrypto, hashes))).toBe(toHex(defined(hashes)));
        expect(toHex(rootOf(list))).toBe(toHex(defined(hashes)));
      }),
      { numRuns: 50 },
    );
  });

  const LOG = new URL('../../../shared/vectors/tlog-tiles/testdata/log/', import.meta.url);
  (existsSync(LOG) ? it : it.skip)(
    'are those of a log of another implementation (skipped without ../shared/vectors)',
    () => {
      for (let size = 1; size <= 15; size++) {
        const [, told, root] = readFileSync(new URL(`checkpoint.${size}`, LOG), 'utf8').split('\n');
        expect(told).toBe(String(size));
        const bundle = readFileSync(new URL(`tile/entries/000.p/${size}`, LOG));
        const entries: Uint8Array[] = [];
        for (let at = 0; at < bundle.length;) {
          const end = at + 2 + bundle.readUInt16BE(at);
          entries.push(bundle.subarray(at + 2, end));
          at = end;
        }
        expect(entries).toHaveLength(size);
        expect(Buffer.from(rootOf(entries)).toString('base64')).toBe(root);
      }
    },
  );
});

describe('hashes', () => {
  it('of leaves and nodes begin with their kind', () => {
    const [a, b] = [sha('a'), sha('b')];
    expect(toHex(leafHash(nodeCrypto, utf8('x')))).toBe(sha('\0', 'x').toString('hex'));
    expect(toHex(nodeHash(nodeCrypto, a, b))).toBe(sha('\x01', a, b).toString('hex'));
  });

  it('with a tag cover the tag and every part with its length', () => {
    const expected = sha('\0\0\0\x0e', 'concejo/v1/row', '\0\0\0\x02', 'ab', '\0\0\0\0', '\0\0\0\x01', 'c');
    expect(toHex(taggedHash(nodeCrypto, 'row', utf8('ab'), utf8(''), utf8('c')))).toBe(
      expected.toString('hex'),
    );
    const different = [
      ['row', 'ab', 'c'],
      ['row', 'a', 'bc'],
      ['row', 'abc'],
      ['row', 'ab', 'c', ''],
      ['rowa', 'b', 'c'],
    ].map(([tag = '', ...parts]) => toHex(taggedHash(nodeCrypto, tag, ...parts.map(utf8))));
    expect(new Set(different).size).toBe(different.length);
  });

  it('of signed messages cover tag, a zero byte and canonical JSON', () => {
    expect(Buffer.from(signedMessage('ballot', { b: 1, a: 'x' })).toString('latin1')).toBe(
      'concejo/v1/ballot\0{"a":"x","b":1}',
    );
  });
});

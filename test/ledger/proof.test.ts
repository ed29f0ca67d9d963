import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, toHex, utf8 } from '../../projections/bytes.js';
import { leafHash } from '../../projections/hash.js';
import {
  parseAddCheckpoint,
  parseConflict,
  writeAddCheckpoint,
  writeConflict,
} from '../../projections/ledger/add-checkpoint.js';
import { parsePolicy, type Policy } from '../../projections/ledger/policy.js';
import { parseProof, verifyProof, writeProof, type Proof } from '../../projections/ledger/proof.js';
import {
  checkCheckpoint,
  cosignaturesOn,
  openCheckpoint,
} from '../../projections/ledger/signed-checkpoint.js';
import { emptyRoot } from '../../projections/ledger/tree.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { MTH, PATH } from './second-opinion.js';
import { checkpointBy, logSigner, ORIGIN, witnessSigner, type Signer } from './signers.js';

const [log, next, stranger] = [logSigner(), logSigner('next'), logSigner('stranger')] as const;
const witnesses = ['a', 'b', 'c'].map(witnessSigner);
const [a, b] = witnesses as [Signer, Signer];

const policyOf = (text: string) => {
  const read = parsePolicy(nodeCrypto, utf8(text));
  if ('refused' in read) throw new Error(read.refused);
  return read;
};
const LOGS = `log ${log.vkey}\nlog ${next.vkey}\n`;
const OPEN = policyOf(`${LOGS}quorum none\n`);
const TWO_OF_THREE = policyOf(
  `${LOGS}${witnesses.map(({ vkey }, i) => `witness w${i} ${vkey}\n`).join('')}group g 2 w0 w1 w2\nquorum g\n`,
);

const entries = Array.from({ length: 100 }, (_, i) => utf8(`entry ${i}`));
const treeOf = (size: number) => ({ size: BigInt(size), root: MTH(entries.slice(0, size)) });
const proofOf = (index: number, size: number, signers: readonly Signer[] = [log]): Proof => ({
  index: BigInt(index),
  hashes: PATH(index, entries.slice(0, size)),
  checkpoint: checkpointBy(signers, treeOf(size)),
});
const verdict = (proof: Proof | string, leaf: Uint8Array, policy: Policy = OPEN) => {
  const text = typeof proof === 'string' ? proof : writeProof(proof);
  const read = verifyProof(nodeCrypto, { leaf }, utf8(text), policy);
  return typeof read === 'string' ? read : Number(read.index);
};

describe('signed checkpoints', () => {
  const check = (signers: readonly Signer[], policy: Policy, origin?: string) => {
    const read = checkCheckpoint(nodeCrypto, checkpointBy(signers, treeOf(7), origin), policy);
    return typeof read === 'string' ? read : read.cosignedBy.map(({ witness }) => witness);
  };

  it('are signed by any key of their log', () => {
    expect(check([log], OPEN)).toEqual([]);
    expect(check([next], OPEN)).toEqual([]);
    expect(check([stranger, log, next], OPEN)).toEqual([]);
    expect(check([stranger], OPEN)).toBe('log-signature-missing');
    expect(check([a], OPEN)).toBe('log-signature-missing');
    const both = openCheckpoint(nodeCrypto, checkpointBy([log, next], treeOf(7)), OPEN);
    expect(both).toMatchObject({ signedBy: [log.key, next.key], checkpoint: { size: 7n, origin: ORIGIN } });
  });

  it('of another origin are refused, also when a trusted log signed them', () => {
    expect(check([log], OPEN, 'other.example/log')).toBe('origin-unknown');
    const elsewhere = logSigner('elsewhere', 'other.example/log');
    const policy = policyOf(`${LOGS}log ${elsewhere.vkey}\nquorum none\n`);
    expect(check([log], policy, 'other.example/log')).toBe('log-signature-missing');
    expect(check([elsewhere], policy, 'other.example/log')).toEqual([]);
    expect(check([elsewhere], policy)).toBe('log-signature-missing');
  });

  it('need the quorum', () => {
    expect(check([log, a, b], TWO_OF_THREE)).toEqual(['w0', 'w1']);
    expect(check([log, ...witnesses], TWO_OF_THREE)).toEqual(['w0', 'w1', 'w2']);
    expect(check([log, a], TWO_OF_THREE)).toBe('quorum-missing');
    expect(check([log, a, a], TWO_OF_THREE)).toBe('quorum-missing');
    expect(check([log, a, witnessSigner('d')], TWO_OF_THREE)).toBe('quorum-missing');
    expect(check([a, b], TWO_OF_THREE)).toBe('log-signature-missing');
  });

  it('say which signature is wrong', () => {
    const changed = (who: Signer, ...others: Signer[]) => {
      const liar = { ...who, sign: () => new Uint8Array(64) };
      return check([liar, ...others], TWO_OF_THREE);
    };
    expect(changed(log, a, b)).toBe('log-signature-wrong');
    expect(changed(next, log, a, b)).toBe('log-signature-wrong');
    expect(changed(a, log, ...witnesses.slice(1))).toBe('cosignature-wrong');
    expect(changed(witnessSigner('d'), log, a, b)).toEqual(['w0', 'w1']);
  });

  it('of nothing have the root of nothing', () => {
    const open = (root: Uint8Array) =>
      openCheckpoint(nodeCrypto, checkpointBy([log], { size: 0n, root }), OPEN);
    expect(open(emptyRoot(nodeCrypto))).toMatchObject({ checkpoint: { size: 0n } });
    expect(open(new Uint8Array(32))).toBe('checkpoint-root-malformed');
  });

  it('tell when they were cosigned', () => {
    const opened = openCheckpoint(nodeCrypto, checkpointBy([log, a], treeOf(7)), TWO_OF_THREE);
    if (typeof opened === 'string') throw new Error(opened);
    expect(cosignaturesOn(nodeCrypto, opened.note, TWO_OF_THREE)).toEqual([
      { witness: 'w0', time: 1_700_000_000n },
    ]);
  });

  it('that are other notes are refused', () => {
    expect(checkCheckpoint(nodeCrypto, utf8('hello\n'), OPEN)).toBe('note-malformed');
    const note = new TextDecoder().decode(checkpointBy([log], treeOf(7))).replace('\n7\n', '\n07\n');
    expect(checkCheckpoint(nodeCrypto, utf8(note), OPEN)).toBe('checkpoint-size-malformed');
  });
});

describe('proofs', () => {
  it('show every entry under every size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.uint8Array({ maxLength: 40 }), (size, extra) => {
        for (let i = 0; i < size; i++) {
          const proof = { ...proofOf(i, size), extra };
          expect(verdict(proof, entries[i]!)).toBe(i);
          if (i > 3) continue;
          const read = parseProof(utf8(writeProof(proof))) as Proof;
          expect(read.index).toBe(BigInt(i));
          expect(toHex(read.extra ?? new Uint8Array())).toBe(toHex(extra));
          expect(read.hashes.map(toHex)).toEqual(proof.hashes.map(toHex));
          expect(toHex(read.checkpoint)).toBe(toHex(proof.checkpoint));
          expect(writeProof(read)).toBe(writeProof(proof));
        }
      }),
      { numRuns: 8 },
    );
  });

  it('are verified from the leaf hash alone', () => {
    const hash = leafHash(nodeCrypto, entries[5]!);
    const bytes = utf8(writeProof(proofOf(5, 9, [log, a, b])));
    expect(verifyProof(nodeCrypto, { leafHash: hash }, bytes, TWO_OF_THREE)).toMatchObject({
      index: 5n,
      checkpoint: { size: 9n },
      cosignedBy: [{ witness: 'w0' }, { witness: 'w1' }],
    });
    expect(verifyProof(nodeCrypto, { leafHash: hash.subarray(1) }, bytes, TWO_OF_THREE)).toBe(
      'inclusion-wrong',
    );
  });

  it('of anything else are refused', () => {
    const proof = proofOf(5, 9);
    const leaf = entries[5]!;
    expect(verdict(proof, entries[6]!)).toBe('inclusion-wrong');
    expect(verdict({ ...proof, index: 6n }, leaf)).toBe('inclusion-wrong');
    expect(verdict({ ...proof, index: 9n }, leaf)).toBe('index-outside-tree');
    expect(verdict({ ...proof, hashes: proof.hashes.slice(1) }, leaf)).toBe('inclusion-wrong');
    expect(verdict({ ...proof, checkpoint: proofOf(5, 10).checkpoint }, leaf)).toBe('inclusion-wrong');
    expect(verdict(proofOf(5, 9, [stranger]), leaf)).toBe('log-signature-missing');
    expect(verdict(proof, leaf, TWO_OF_THREE)).toBe('quorum-missing');
    expect(verdict(proofOf(5, 9, [log, a, b]), leaf, TWO_OF_THREE)).toBe(5);
    // A node above the leaves does not pass for an entry.
    const node = concat(...PATH(5, entries.slice(0, 9)).slice(0, 2));
    expect(verdict({ ...proof, index: 2n, hashes: proof.hashes.slice(1) }, node)).toBe('inclusion-wrong');
  });

  const GOOD = writeProof(proofOf(5, 9));
  const changed = (from: string | RegExp, to: string) => GOOD.replace(from, to);
  it.each([
    ['', 'proof-malformed'],
    ['c2sp.org/tlog-proof@v1\n', 'proof-malformed'],
    [changed('@v1', '@v2'), 'proof-version-unknown'],
    [changed('c2sp', 'C2SP'), 'proof-malformed'],
    [`\n${GOOD}`, 'proof-malformed'],
    [` ${GOOD}`, 'proof-malformed'],
    [GOOD.replaceAll('\n', '\r\n'), 'proof-malformed'],
    [changed('index 5', 'index 05'), 'proof-index-malformed'],
    [changed('index 5', 'index -5'), 'proof-index-malformed'],
    [changed('index 5', 'index 5 '), 'proof-index-malformed'],
    [changed('index 5', 'index'), 'proof-index-malformed'],
    [changed('index 5', 'index 9223372036854775808'), 'proof-index-malformed'],
    [changed('index 5\n', ''), 'proof-index-malformed'],
    [changed('index 5\n', 'index 5\nindex 5\n'), 'proof-hash-malformed'],
    [changed('index 5\n', 'extra \nindex 5\n'), 'proof-extra-malformed'],
    [changed('index 5\n', 'extra YQ\nindex 5\n'), 'proof-extra-malformed'],
    [changed('index 5\n', 'extra YQ==\nextra YQ==\nindex 5\n'), 'proof-index-malformed'],
    [changed('index 5\n', 'index 5\nextra YQ==\n'), 'proof-hash-malformed'],
    [changed('index 5\n', 'index 5\nYQ==\n'), 'proof-hash-malformed'],
    [changed('=\n', '\n'), 'proof-hash-malformed'],
    [changed('index 5\n', `index 5\n${'A'.repeat(43)}=\n`), 'inclusion-wrong'],
    [changed('index 5\n', `index 5\n${`${'A'.repeat(43)}=\n`.repeat(64)}`), 'proof-hash-malformed'],
    [changed('index 5\n', 'index 5\n\n'), 'checkpoint-lines-wrong'],
    [GOOD.slice(0, -1), 'note-malformed'],
    [`${GOOD}\n`, 'note-malformed'],
    [`${GOOD}x\n`, 'note-signature-malformed'],
    [GOOD.slice(0, GOOD.indexOf('\n\n') + 2), 'note-malformed'],
  ])('that say %j are refused: %s', (text, code) => {
    expect(verdict(text, entries[5]!)).toBe(code);
  });

  it('changed in any one bit do not verify, but for who else signed', () => {
    const bytes = utf8(writeProof(proofOf(5, 9, [log, stranger])));
    const ignored = bytes.length - (writeProof(proofOf(5, 9, [log, stranger])).split('— ')[2]!.length + 4);
    for (let at = 0; at < bytes.length; at++) {
      const other = Uint8Array.from(bytes);
      other[at]! ^= 1 << (at & 7);
      const read = verifyProof(nodeCrypto, { leaf: entries[5]! }, other, OPEN);
      if (at < ignored) expect(typeof read).toBe('string');
    }
  });

  it('too long to be any are refused', () => {
    expect(parseProof(new Uint8Array(1_100_001))).toBe('proof-malformed');
    expect(() => writeProof({ ...proofOf(5, 9), checkpoint: new Uint8Array([0xff]) })).toThrow(RangeError);
  });
});

describe('requests to witnesses', () => {
  const checkpoint = checkpointBy([log], treeOf(9));

  it('come back', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 }),
        (oldSize, proof) => {
          const read = parseAddCheckpoint(utf8(writeAddCheckpoint({ oldSize, proof, checkpoint })));
          if (typeof read === 'string') throw new Error(read);
          expect(read.oldSize).toBe(oldSize);
          expect(read.proof.map(toHex)).toEqual(proof.map(toHex));
          expect(toHex(read.checkpoint)).toBe(toHex(checkpoint));
        },
      ),
    );
  });

  const GOOD = writeAddCheckpoint({ oldSize: 3n, proof: [new Uint8Array(32)], checkpoint });
  it('are as the specification writes them', () => {
    expect(GOOD.split('\n').slice(0, 5)).toEqual(['old 3', `${'A'.repeat(43)}=`, '', ORIGIN, '9']);
  });

  it.each([
    '',
    'old 3\n',
    GOOD.replace('old 3', 'old 03'),
    GOOD.replace('old 3', 'old  3'),
    GOOD.replace('old 3', 'size 3'),
    GOOD.replace('old 3', 'old -3'),
    GOOD.replace('old 3\n', ''),
    GOOD.replace('A=', 'A'),
    GOOD.replace('old 3\n', `old 3\n${`${'A'.repeat(43)}=\n`.repeat(63)}`),
    `\n${GOOD}`,
  ])('%j is refused', (text) => {
    expect(parseAddCheckpoint(utf8(text))).toBe('request-malformed');
  });

  it('of too many hashes are not written', () => {
    const proof = Array<Uint8Array>(64).fill(new Uint8Array(32));
    expect(() => writeAddCheckpoint({ oldSize: 1n, proof, checkpoint })).toThrow(RangeError);
  });

  it('are answered with the size that is known', () => {
    expect(parseConflict(utf8(writeConflict(20_852_014n)))).toBe(20_852_014n);
    for (const bad of ['', '5', '05\n', '5\n\n', ' 5\n', 'x\n'])
      expect(parseConflict(utf8(bad))).toBeUndefined();
  });
});

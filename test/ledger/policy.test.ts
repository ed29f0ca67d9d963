import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, utf8 } from '../../projections/bytes.js';
import { meetsQuorum, parsePolicy, writePolicy, type Policy } from '../../projections/ledger/policy.js';
import {
  COSIGNATURE,
  ED25519,
  verifierKey,
  writeVerifierKey,
} from '../../projections/ledger/verifier-key.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { logSigner, witnessSigner } from './signers.js';

const parse = (text: string) => parsePolicy(nodeCrypto, utf8(text));
const fault = (text: string) => {
  const read = parse(text);
  return 'refused' in read ? `${read.refused} ${read.line}` : 'accepted';
};
const policyOf = (text: string) => {
  const read = parse(text);
  if ('refused' in read) throw new Error(`${read.refused} ${read.line}`);
  return read;
};

const [log, next] = [logSigner('log'), logSigner('next')];
const [x1, x2, x3, y1, y2] = ['x1', 'x2', 'x3', 'y1', 'y2'].map(witnessSigner);

/** As the example of the specification, with fewer of the second kind. */
const EXAMPLE = `# who is trusted
log ${log.vkey} https://city.example/log
log ${next.vkey}

  witness X1 ${x1!.vkey} https://x1.example/
witness X2\t${x2!.vkey}
witness X3 ${x3!.vkey}
group X-witnesses 2 X1 X2 X3
witness Y1 ${y1!.vkey}
witness Y2 ${y2!.vkey}
group Y-witnesses any Y1 Y2
\t# both
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('policies', () => {
  it('name logs, witnesses and how many are enough', () => {
    const policy = policyOf(EXAMPLE);
    expect(policy.logs.map(({ key, url }) => [writeVerifierKey(key), url])).toEqual([
      [log.vkey, 'https://city.example/log'],
      [next.vkey, undefined],
    ]);
    expect(policy.witnesses.map(({ name, url }) => [name, url])).toEqual([
      ['X1', 'https://x1.example/'],
      ['X2', undefined],
      ['X3', undefined],
      ['Y1', undefined],
      ['Y2', undefined],
    ]);
    expect(policyOf(writePolicy(policy))).toEqual(policy);
  });

  it('are met by enough of each group', () => {
    const policy = policyOf(EXAMPLE);
    const meets = (...names: string[]) => meetsQuorum(policy, new Set(names));
    expect(meets('X1', 'X3', 'Y2')).toBe(true);
    expect(meets('X1', 'X2', 'X3', 'Y1', 'Y2')).toBe(true);
    expect(meets('X1', 'X2', 'X3')).toBe(false);
    expect(meets('X1', 'Y1', 'Y2')).toBe(false);
    expect(meets()).toBe(false);
    // Names of groups and of strangers sign nothing.
    expect(meets('X-and-Y', 'X-witnesses', 'Y1', 'Z')).toBe(false);
    const alone = policyOf(`witness X1 ${x1!.vkey}\nquorum X1\n`);
    expect(meetsQuorum(alone, new Set(['X1']))).toBe(true);
    expect(meetsQuorum(alone, new Set())).toBe(false);
    expect(meetsQuorum(policyOf('quorum none\n'), new Set())).toBe(true);
  });

  it('of k of n are met by k, and all that are accepted can be met', () => {
    const witnesses = Array.from({ length: 6 }, (_, i) => witnessSigner(`w${i}`));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(63),
        (n, k, some) => {
          const text =
            witnesses.map(({ vkey }, i) => `witness w${i} ${vkey}\n`).join('') +
            `group g ${k} ${Array.from({ length: n }, (_, i) => `w${i}`).join(' ')}\nquorum g\n`;
          if (k > n) {
            expect(fault(text)).toBe('policy-unsatisfiable 7');
            return;
          }
          const policy: Policy = policyOf(text);
          const cosigned = [0, 1, 2, 3, 4, 5].filter((i) => (some >> i) & 1);
          const enough = cosigned.filter((i) => i < n).length >= k;
          expect(meetsQuorum(policy, new Set(cosigned.map((i) => `w${i}`)))).toBe(enough);
          expect(meetsQuorum(policy, new Set(policy.witnesses.map(({ name }) => name)))).toBe(true);
        },
      ),
    );
  });

  const W = `witness X1 ${x1!.vkey}\nwitness X2 ${x2!.vkey}\n`;
  it.each([
    ['', 'policy-quorum-not-one 0'],
    [W, 'policy-quorum-not-one 2'],
    ['quorum none\nquorum none\n', 'policy-quorum-not-one 2'],
    ['quorum none', 'policy-cut 1'],
    [`${W}group g any X1 X2\nquorum g`, 'policy-cut 4'],
    ['quorum nobody\n', 'policy-name-unknown 1'],
    ['quorum\n', 'policy-line-unknown 1'],
    ['quorum none none\n', 'policy-line-unknown 1'],
    ['trust none\n', 'policy-line-unknown 1'],
    ['Quorum none\n', 'policy-line-unknown 1'],
    [`quorum X1\n${W}`, 'policy-name-unknown 1'],
    [`${W}group g 3 X1 X2\nquorum g\n`, 'policy-unsatisfiable 3'],
    [`${W}group g 0 X1 X2\nquorum g\n`, 'policy-line-unknown 3'],
    [`${W}group g -1 X1 X2\nquorum g\n`, 'policy-line-unknown 3'],
    [`${W}group g most X1 X2\nquorum g\n`, 'policy-line-unknown 3'],
    [`${W}group g any\nquorum g\n`, 'policy-line-unknown 3'],
    [`${W}group g any X1 X1\nquorum g\n`, 'policy-member-repeated 3'],
    [`${W}group g any X1\ngroup h any X1 X2\nquorum h\n`, 'policy-member-repeated 4'],
    [`${W}group g any X1 X3\nquorum g\n`, 'policy-name-unknown 3'],
    [`${W}group g any X1 g\nquorum g\n`, 'policy-name-unknown 3'],
    [`${W}group g any X1 none\nquorum g\n`, 'policy-name-unknown 3'],
    [`${W}group X1 any X2\nquorum X1\n`, 'policy-name-taken 3'],
    [`witness none ${x1!.vkey}\nquorum none\n`, 'policy-name-taken 1'],
    [`${W}witness X1 ${x3!.vkey}\nquorum X1\n`, 'policy-name-taken 3'],
    [`${W}witness X3 ${x1!.vkey}\nquorum X1\n`, 'policy-key-repeated 3'],
    [`log ${log.vkey}\nlog ${log.vkey}\nquorum none\n`, 'policy-key-repeated 2'],
    [`log ${x1!.vkey}\nquorum none\n`, 'policy-key-type-wrong 1'],
    [`witness X1 ${log.vkey}\nquorum none\n`, 'policy-key-type-wrong 1'],
    [`log x+00000000+Bg==\nquorum none\n`, 'policy-key-type-wrong 1'],
    [`log ${log.vkey}x\nquorum none\n`, 'policy-key-unusable 1'],
    [`log ${log.vkey} https://a b\nquorum none\n`, 'policy-line-unknown 1'],
    ['quorum none\r\n', 'policy-not-text 0'],
    ['quorum none\n\x7f', 'policy-not-text 0'],
    [`#${'x'.repeat(100_000)}\nquorum none\n`, 'policy-too-long 0'],
  ])('%j is refused: %s', (text, code) => {
    expect(fault(text)).toBe(code);
  });

  it('with the same key under another name, or with octets that are no text, are refused', () => {
    const twin = writeVerifierKey(verifierKey(nodeCrypto, 'twin.example', COSIGNATURE, x1!.key.publicKey));
    expect(fault(`${W}witness X3 ${twin}\nquorum X1\n`)).toBe('policy-key-repeated 3');
    const logTwin = writeVerifierKey(verifierKey(nodeCrypto, 'twin.example', ED25519, log.key.publicKey));
    expect(fault(`log ${log.vkey}\nlog ${logTwin}\nquorum none\n`)).toBe('policy-key-repeated 2');
    const read = parsePolicy(nodeCrypto, concat(utf8('# '), new Uint8Array([0xff]), utf8('\nquorum none\n')));
    expect(read).toEqual({ refused: 'policy-not-text', line: 0 });
  });

  it('are of any length that the specification asks for', () => {
    const lines = Array.from({ length: 32 }, (_, i) => [
      `log ${logSigner(`log ${i}`, `log${i}.example`).vkey}`,
      `witness w${i} ${witnessSigner(`w${i}`).vkey}`,
    ]).flat();
    const groups = Array.from({ length: 32 }, (_, i) => `group g${i} all w${i}${i > 0 ? ` g${i - 1}` : ''}`);
    const policy = policyOf([...lines, ...groups, 'quorum g31', ''].join('\n'));
    const all = policy.witnesses.map(({ name }) => name);
    expect(meetsQuorum(policy, new Set(all))).toBe(true);
    expect(meetsQuorum(policy, new Set(all.slice(1)))).toBe(false);
  });
});

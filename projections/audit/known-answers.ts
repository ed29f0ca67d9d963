/** Check 47: before an auditor judges anybody, its own parts must give answers that are known from elsewhere. */
import { toHex, utf8 } from '../bytes.js';
import { parseCanonical } from '../canonical.js';
import type { Crypto } from '../crypto.js';
import { leafHash, merkleRoot } from '../hash.js';
import { tally } from '../tally/tally.js';
import type { FindingCode } from './finding-codes.js';
import type { Findings } from './report.js';

const CHECK = 47;

/** Runs every known answer; each that is wrong is a finding with its name. */
export function knownAnswers(crypto: Crypto, findings: Findings): void {
  for (const [code, isRight] of Object.entries(ANSWERS) as [FindingCode, (crypto: Crypto) => boolean][]) {
    findings.examine(CHECK);
    let right = false;
    try {
      right = isRight(crypto);
    } catch {
      // An answer that cannot be given is a wrong one.
    }
    if (!right) findings.fail(CHECK, { code });
  }
}

/** @see RFC 8032 §7.1, TEST 1: the empty message */
const KEY = hex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
const SIGNATURE = hex(
  'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
    '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
);
/** A point of order 8 and the identity: no signature under them says anything. */
const TORSION = hex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
const IDENTITY = hex('0100000000000000000000000000000000000000000000000000000000000000');
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** Keys with the bytes 1 to 32 and 101 to 132, the nonce 201 to 224: one box, made by tweetnacl and by libsodium alike. */
const BOX = hex('a3c979f2511165f8fc6a30831dfc9072f6f4e8b2e9dc28');
const SENDER = hex('07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c');
const RECEIVER = '5714769d116bf76436ae74bc793d2c30ad1903c59ac5273805c7e2698b410c36';

/** The leaves that the tests of Certificate Transparency use. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];

const ANSWERS: Readonly<Partial<Record<FindingCode, (crypto: Crypto) => boolean>>> = {
  sha256: (crypto) =>
    toHex(crypto.sha256(utf8('abc'))) === 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  sha512: (crypto) =>
    toHex(crypto.sha512(utf8('abc'))) ===
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
      '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  'merkle-root': (crypto) =>
    toHex(
      merkleRoot(
        crypto,
        LEAVES.map((leaf) => leafHash(crypto, hex(leaf))),
      ),
    ) === '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  'key-sound': (crypto) => crypto.isKey(KEY),
  'key-of-low-order': (crypto) => !crypto.isKey(TORSION) && !crypto.isKey(IDENTITY),
  'signature-right': (crypto) => crypto.verify(KEY, new Uint8Array(), SIGNATURE),
  'signature-of-another-message': (crypto) => !crypto.verify(KEY, utf8('a'), SIGNATURE),
  'signature-malleable': (crypto) => !crypto.verify(KEY, new Uint8Array(), malleable()),
  'box-public-key': (crypto) => toHex(crypto.boxPublicKey(bytesFrom(101, 32))) === RECEIVER,
  'box-opens': (crypto) => {
    const opened = crypto.boxOpen(BOX, bytesFrom(201, 24), SENDER, bytesFrom(101, 32));
    return opened !== undefined && toHex(opened) === toHex(utf8('concejo'));
  },
  'box-changed': (crypto) => {
    const changed = BOX.map((byte, index) => (index === 20 ? byte ^ 1 : byte));
    return crypto.boxOpen(changed, bytesFrom(201, 24), SENDER, bytesFrom(101, 32)) === undefined;
  },
  'canonical-form': () =>
    ['{"b":1,"a":2}', '{"a":1,"a":1}', '{"a": 1}', '[1.5]', '[null]', '["\\u0041"]', '[-0]'].every(isRefused),
  'greedy-count': () => {
    const projects = [
      { id: 'a', cost: 800n },
      { id: 'b', cost: 300n },
      { id: 'c', cost: 500n },
    ];
    const ballots = [
      { options: ['a', 'b'], weight: 2 },
      { options: ['b', 'c'], weight: 1 },
    ];
    const ruleset = { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['lowest-cost'] } as const;
    const outcome = tally(ruleset, projects, ballots, 1_000n);
    return 'funded' in outcome && outcome.funded.join() === 'b,c';
  },
};

function isRefused(text: string): boolean {
  try {
    parseCanonical(utf8(text));
    return false;
  } catch {
    return true;
  }
}

/** The same signature with L added to its scalar: the equation still holds. */
function malleable(): Uint8Array {
  const changed = SIGNATURE.slice();
  let scalar = L;
  for (let i = 0; i < 32; i++) scalar += BigInt(SIGNATURE[32 + i] as number) << BigInt(8 * i);
  for (let i = 0; i < 32; i++) changed[32 + i] = Number((scalar >> BigInt(8 * i)) & 255n);
  return changed;
}

function bytesFrom(first: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => first + index);
}

function hex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

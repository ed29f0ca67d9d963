/** What an audit says of a policy, a checkpoint or a receipt that is not as it must be: each of their codes. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { concat, utf8 } from '../../projections/bytes.js';
import type { SignedHeads } from '../../projections/audit/head-checks.js';
import { leafHash } from '../../projections/hash.js';
import { writeProof } from '../../projections/ledger/proof.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { checkpointBy, lineOf, logSigner, ORIGIN } from '../ledger/signers.js';
import { PATH } from '../ledger/second-opinion.js';
import { audited, headOf, LOG, sized, tell, WITNESS, type Story } from './story.js';

let story: Story;
beforeAll(() => {
  story = tell();
});

const policyOf = (text: string | Uint8Array): Partial<SignedHeads> => ({
  policy: { bytes: typeof text === 'string' ? utf8(text) : text, own: true },
});
const log = `log ${LOG.vkey}\n`;
const north = `witness north ${WITNESS.vkey}\n`;

/** The verdict on a check, and the code of its first finding, where these are given in place of the honest heads. */
async function told(heads: Partial<SignedHeads>, check: number) {
  const report = await audited({ ...story, heads: { ...story.heads, ...heads } });
  const found = report.checks.find(({ number }) => number === check);
  return [report.passed, found?.verdict, found?.findings[0]?.code];
}

describe('a policy', () => {
  it.each<[string, string | Uint8Array]>([
    ['policy-too-long', `${log}${'#\n'.repeat(50_000)}quorum none\n`],
    ['policy-not-text', new Uint8Array([0xff, 0x0a])],
    ['policy-cut', `${log}quorum none`],
    ['policy-line-unknown', `${log}logs many\nquorum none\n`],
    ['policy-key-unusable', 'log city.example/log+00000000+AQAA\nquorum none\n'],
    ['policy-key-type-wrong', `log ${WITNESS.vkey}\nquorum none\n`],
    ['policy-key-repeated', `${log}${log}quorum none\n`],
    ['policy-name-taken', `${log}${north}group north 1 north\nquorum north\n`],
    ['policy-name-unknown', `${log}quorum south\n`],
    ['policy-member-repeated', `${log}${north}group a 1 north\ngroup b 1 north\nquorum b\n`],
    ['policy-unsatisfiable', `${log}${north}group both 2 north\nquorum both\n`],
    ['policy-quorum-not-one', log],
  ])('leaves open who signed: %s', async (code, text) => {
    expect(await told(policyOf(text), 4)).toEqual([false, 'NOT-CHECKED', code]);
    expect(await told(policyOf(text), 5)).toEqual([false, 'NOT-CHECKED', code]);
    // Nor can anybody have kept what nobody is known to have signed.
    expect(await told(policyOf(text), 6)).toEqual([false, 'NOT-CHECKED', 'policy-not-given']);
  });

  it('that asks for no witness is a warning', async () => {
    expect(await told(policyOf(`${log}quorum none\n`), 5)).toEqual([true, 'WARN', 'no-witnesses']);
  });
});

describe('a checkpoint', () => {
  const note = () => Buffer.from(story.heads.checkpoint!).toString();
  /** Signed well, whatever it says. */
  const signed = (text: string) => {
    const { name, id } = LOG.key;
    const { signature } = lineOf(LOG, text);
    const bytes = Buffer.concat([Buffer.from(id, 'hex'), signature]);
    return `${text}\n— ${name} ${bytes.toString('base64')}\n`;
  };
  const broken: readonly (readonly [string, () => string | Uint8Array])[] = [
    ['note-too-long', () => note().padEnd(1_000_001, '\n')],
    ['note-not-text', () => concat(story.heads.checkpoint!, new Uint8Array([0xff]))],
    ['note-malformed', () => note().replace('\n\n', '\n')],
    ['note-signature-malformed', () => note().replace('— ', '- ')],
    ['note-signatures-too-many', () => note() + `${note().split('\n').at(-2)!}\n`.repeat(120)],
    ['checkpoint-lines-wrong', () => signed(`${ORIGIN}\n7\n`)],
    [
      'checkpoint-size-malformed',
      () =>
        signed(
          note()
            .split('\n\n')[0]!
            .replace(/\n\d+\n/, '\n07\n') + '\n',
        ),
    ],
    ['checkpoint-root-malformed', () => signed(`${ORIGIN}\n7\nAAAA\n`)],
    [
      'origin-unknown',
      () => {
        const other = logSigner('log', 'other.example/log');
        return checkpointBy([other, WITNESS], sized(headOf(story.leaves)), 'other.example/log');
      },
    ],
    ['log-signature-missing', () => checkpointBy([WITNESS], sized(headOf(story.leaves)))],
  ];

  it.each(broken)('fails check 4, and leaves open what rests on it: %s', async (code, make) => {
    const made = make();
    const bytes = typeof made === 'string' ? utf8(made) : made;
    expect(await told({ checkpoint: bytes }, 4)).toEqual([false, 'FAIL', code]);
    expect(await told({ checkpoint: bytes }, 5)).toEqual([false, 'NOT-CHECKED', 'checkpoint-not-signed']);
    // Of one that somebody kept it says nothing about the log.
    expect(await told({ older: [bytes] }, 6)).toEqual([false, 'NOT-CHECKED', code]);
  });

  it('fails check 5 by a wrong cosignature', async () => {
    const honest = note();
    const line = honest.split('\n').at(-2)!;
    const [dash, name, base64] = line.split(' ') as [string, string, string];
    const bytes = Buffer.from(base64, 'base64');
    bytes[20] = bytes[20]! ^ 1;
    const forged = honest.replace(line, `${dash} ${name} ${bytes.toString('base64')}`);
    expect(await told({ checkpoint: utf8(forged) }, 5)).toEqual([false, 'FAIL', 'cosignature-wrong']);
  });

  it('fails check 3 with fewer events than it says, and check 6 where an older one has more', async () => {
    const fewer = await audited({ ...story, leaves: story.leaves.slice(0, -1) });
    expect(fewer.checks.find(({ number }) => number === 3)?.code).toBe('size-wrong');
    const longer = checkpointBy([LOG, WITNESS], sized(headOf([...story.leaves, utf8('one more')])));
    expect(await told({ older: [longer] }, 6)).toEqual([false, 'FAIL', 'checkpoint-beyond-end']);
  });
});

describe('a receipt', () => {
  const INDEX = 5;
  const leaf = () => leafHash(nodeCrypto, story.leaves[INDEX]!);
  const proof = (changes: Partial<Parameters<typeof writeProof>[0]> = {}) =>
    writeProof({
      index: BigInt(INDEX),
      hashes: PATH(INDEX, story.leaves),
      checkpoint: story.heads.checkpoint!,
      ...changes,
    });
  const withReceipt = (text: string): Partial<SignedHeads> => ({
    receipts: [{ leafHash: leaf(), proof: utf8(text) }],
  });

  it('is kept when it shows the event', async () => {
    expect(await told(withReceipt(proof()), 6)).toEqual([true, 'PASS', undefined]);
    expect(await told(withReceipt(proof()), 30)).toEqual([true, 'PASS', undefined]);
  });

  it.each<[string, () => string]>([
    ['proof-malformed', () => 'no proof'],
    ['proof-version-unknown', () => proof().replace('@v1', '@v9')],
    ['proof-extra-malformed', () => proof().replace('\nindex', '\nextra %\nindex')],
    ['proof-index-malformed', () => proof().replace(/index \d+/, 'index five')],
    ['proof-hash-malformed', () => proof().replace(/\n[A-Za-z0-9+/]{43}=\n/, '\nAAAA\n')],
    ['index-outside-tree', () => proof({ index: BigInt(story.leaves.length) })],
    // A proof for another index shows nothing of this event.
    ['inclusion-wrong', () => proof({ index: BigInt(INDEX + 1) })],
    ['inclusion-wrong', () => proof({ hashes: PATH(INDEX + 1, story.leaves) })],
    ['quorum-missing', () => proof({ checkpoint: checkpointBy([LOG], sized(headOf(story.leaves))) })],
  ])('says nothing about the log where it shows nothing: %s', async (code, text) => {
    expect(await told(withReceipt(text()), 6)).toEqual([false, 'NOT-CHECKED', code]);
  });

  it('is of an event that is not in the log', async () => {
    const other = utf8('an event that was dropped');
    const leaves = [...story.leaves, other];
    const hashes = PATH(leaves.length - 1, leaves);
    const checkpoint = checkpointBy([LOG, WITNESS], sized(headOf(leaves)));
    const text = writeProof({ index: BigInt(leaves.length - 1), hashes, checkpoint });
    const receipts = [{ leafHash: leafHash(nodeCrypto, other), proof: utf8(text) }];
    expect(await told({ receipts }, 6)).toEqual([false, 'FAIL', 'checkpoint-beyond-end']);
    expect(await told({ receipts }, 30)).toEqual([false, 'FAIL', 'receipt-without-event']);
  });

  it('without a policy is nobody’s', async () => {
    const { checkpoint } = story.heads;
    const report = await audited({
      ...story,
      heads: { checkpoint: checkpoint!, ...withReceipt(proof()) },
    });
    expect(report.checks.find(({ number }) => number === 6)?.code).toBe('policy-not-given');
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, utf8 } from '../../projections/bytes.js';
import { fromBase64, toBase64 } from '../../projections/ledger/base64.js';
import { parseCheckpoint, writeCheckpoint } from '../../projections/ledger/checkpoint.js';
import {
  cosignText,
  MAX_SIGNATURES,
  parseNote,
  parseSignatures,
  signText,
  verifyNote,
  writeNote,
  writeSignatures,
  type Note,
} from '../../projections/ledger/note.js';
import {
  COSIGNATURE,
  ED25519,
  parseVerifierKey,
  verifierKey,
  writeVerifierKey,
  type VerifierKey,
} from '../../projections/ledger/verifier-key.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { signersOf } from './second-opinion.js';
import { lineOf, logSigner, witnessSigner, type Signer } from './signers.js';

const keyOf = (vkey: string) => parseVerifierKey(nodeCrypto, vkey) as VerifierKey;
const noteOf = (text: string) => parseNote(utf8(text)) as Note;
const names = (signed: ReturnType<typeof verifyNote>) =>
  typeof signed === 'string' ? signed : signed.map(({ key }) => writeVerifierKey(key));
/** Both opinions on a note, as one; a disagreement fails the test. */
function signers(text: string, who: readonly Signer[]): string[] | 'refused' {
  const note = parseNote(utf8(text));
  const known = who.map(({ key }) => key);
  const signed = typeof note === 'string' ? note : names(verifyNote(nodeCrypto, note, known));
  const ours = typeof signed === 'string' || signed.length === 0 ? 'refused' : [...signed].sort();
  let theirs: string[] | 'refused';
  try {
    theirs = signersOf(
      text,
      who.map(({ vkey }) => vkey),
    ).sort();
  } catch {
    theirs = 'refused';
  }
  expect(ours).toEqual(theirs);
  return ours;
}

describe('base64', () => {
  it('is that of the platform, read strictly', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const text = toBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(Buffer.from(fromBase64(text)!)).toEqual(Buffer.from(bytes));
      }),
    );
    for (const bad of [
      'A',
      'AA',
      'AAA',
      'AB==',
      'AAB=',
      'A===',
      'AA=A',
      '====',
      'AA-_',
      'AAA=\n',
      ' AAA',
      'AA==AA==',
    ])
      expect(fromBase64(bad)).toBeUndefined();
    expect(fromBase64('')).toEqual(new Uint8Array());
  });
});

describe('verifier keys', () => {
  // The example of the specification.
  const EXAMPLE = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  const NOTE =
    'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

  it('of the specification verify its note', () => {
    const key = keyOf(EXAMPLE);
    expect(key).toMatchObject({ name: 'example.com/foo', id: '530d903a', type: ED25519 });
    expect(writeVerifierKey(key)).toBe(EXAMPLE);
    expect(names(verifyNote(nodeCrypto, noteOf(NOTE), [key]))).toEqual([EXAMPLE]);
    expect(signersOf(NOTE, [EXAMPLE])).toEqual([EXAMPLE]);
    expect(writeNote(noteOf(NOTE))).toBe(NOTE);
    expect(verifyNote(nodeCrypto, noteOf(NOTE.replace('an example', 'no example')), [key])).toBe(
      'note-signature-wrong',
    );
  });

  it.each([
    ['', 'vkey-malformed'],
    ['name', 'vkey-malformed'],
    [EXAMPLE.replace('530d903a', '530D903A'), 'vkey-malformed'],
    [EXAMPLE.replace('530d903a', '530d903'), 'vkey-malformed'],
    [EXAMPLE.replace('530d903a', '530d903b'), 'vkey-id-wrong'],
    [EXAMPLE.replace('foo', 'fo\u00a0o'), 'vkey-malformed'],
    [EXAMPLE.replace('foo', 'fo o'), 'vkey-malformed'],
    [EXAMPLE.replace('foo', 'bar'), 'vkey-id-wrong'],
    [EXAMPLE.replace('example.com/foo', ''), 'vkey-malformed'],
    [`${EXAMPLE}=`, 'vkey-malformed'],
    [`${EXAMPLE}\n`, 'vkey-malformed'],
    ['example.com/foo+530d903a+', 'vkey-malformed'],
    [`example.com/foo+530d903a+${toBase64(new Uint8Array([2, 1]))}`, 'vkey-type-unsupported'],
    [`example.com/foo+530d903a+${toBase64(new Uint8Array([1, 1]))}`, 'vkey-unusable'],
  ])('%j is refused as %s', (text, fault) => {
    expect(parseVerifierKey(nodeCrypto, text)).toBe(fault);
  });

  it('of small order are refused', () => {
    const identity = new Uint8Array(32).fill(1, 0, 1);
    const key = verifierKey(nodeCrypto, 'x', ED25519, identity);
    expect(parseVerifierKey(nodeCrypto, writeVerifierKey(key))).toBe('vkey-unusable');
  });

  it('of every name come back, and differ by type', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.nat(), (name, word) => {
        const { publicKey } = logSigner(String(word)).key;
        if (/[+\p{White_Space}\p{Cc}\p{Surrogate}]/u.test(name)) return;
        for (const type of [ED25519, COSIGNATURE] as const) {
          const key = verifierKey(nodeCrypto, name, type, publicKey);
          expect(keyOf(writeVerifierKey(key))).toEqual({ ...key, publicKey: Uint8Array.from(publicKey) });
        }
        const ids = [ED25519, COSIGNATURE].map(
          (type) => verifierKey(nodeCrypto, name, type as typeof ED25519, publicKey).id,
        );
        expect(new Set(ids).size).toBe(2);
      }),
      { numRuns: 30 },
    );
    expect(() => verifierKey(nodeCrypto, 'a+b', ED25519, new Uint8Array(32))).toThrow(RangeError);
  });
});

const [log, other, witness, second] = [
  logSigner(),
  logSigner('other'),
  witnessSigner('w1'),
  witnessSigner('w2'),
];
const TEXT = writeCheckpoint({
  origin: 'city.example/log',
  size: 5n,
  root: new Uint8Array(32).fill(5),
  extensions: [],
});

describe('notes', () => {
  it('keep their text and signatures, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }),
        fc.uint8Array({ minLength: 1, maxLength: 100 }),
        (lines, signature) => {
          const text = lines.map((line) => `${line.replace(/[\u0000-\u001f]/g, '')}\n`).join('');
          const note = { text, signatures: [{ name: 'a', id: '01020304', signature }] };
          const read = noteOf(writeNote(note));
          expect(read.text).toBe(text);
          expect(Buffer.from(read.signatures[0]!.signature)).toEqual(Buffer.from(signature));
          expect(writeNote(read)).toBe(writeNote(note));
        },
      ),
      { numRuns: 50 },
    );
    expect(() => writeNote({ text: 'no newline', signatures: [lineOf(log, TEXT)] })).toThrow(RangeError);
    expect(() => writeNote({ text: TEXT, signatures: [] })).toThrow(RangeError);
  });

  it('say who of the known signed, and pass over the others', () => {
    const text = writeNote({ text: TEXT, signatures: [log, other, witness].map((who) => lineOf(who, TEXT)) });
    expect(signers(text, [log])).toEqual([log.vkey]);
    expect(signers(text, [log, witness])).toEqual([log.vkey, witness.vkey].sort());
    expect(signers(text, [second])).toBe('refused');
    expect(verifyNote(nodeCrypto, noteOf(text), [second.key])).toEqual([]);
    // Of the same name, but another key.
    expect(signers(writeNote({ text: TEXT, signatures: [lineOf(other, TEXT)] }), [log])).toBe('refused');
  });

  it('are refused whole where a known key signed something else, in whichever line', () => {
    const good = lineOf(log, TEXT);
    const bad = { ...good, signature: lineOf(log, `${TEXT}x\n`).signature };
    const unknown = { ...lineOf(other, TEXT), signature: new Uint8Array([1]) };
    const written = (...signatures: (typeof good)[]) => writeNote({ text: TEXT, signatures });
    expect(signers(written(good), [log])).toEqual([log.vkey]);
    expect(signers(written(good, good), [log])).toEqual([log.vkey]);
    expect(signers(written(good, unknown), [log])).toEqual([log.vkey]);
    expect(signers(written(bad), [log])).toBe('refused');
    expect(signers(written(good, bad), [log])).toBe('refused');
    expect(signers(written(bad, good), [log])).toBe('refused');
    expect(signers(written({ ...good, signature: good.signature.subarray(1) }), [log])).toBe('refused');
  });

  it('are cosigned with a time, which the signature covers', () => {
    const line = lineOf(witness, TEXT, 1_700_000_001n);
    const later = lineOf(witness, TEXT, 1_800_000_000n);
    const written = (...signatures: (typeof line)[]) => writeNote({ text: TEXT, signatures });
    expect(verifyNote(nodeCrypto, noteOf(written(line)), [witness.key])).toEqual([
      { key: witness.key, time: 1_700_000_001n },
    ]);
    for (const both of [written(line, later), written(later, line)]) {
      expect(verifyNote(nodeCrypto, noteOf(both), [witness.key])).toEqual([
        { key: witness.key, time: 1_800_000_000n },
      ]);
    }
    const moved = { ...line, signature: Uint8Array.from(line.signature) };
    moved.signature[7]! ^= 1;
    expect(signers(written(moved), [witness])).toBe('refused');
    for (const length of [1, 7, 8, 71]) {
      const cut = { ...line, signature: line.signature.subarray(0, length) };
      expect(verifyNote(nodeCrypto, noteOf(written(cut)), [witness.key])).toBe('note-signature-wrong');
    }
    // A time beyond 2^63-1, rightly signed.
    const beyond = 2n ** 63n;
    const stamp = new Uint8Array(8);
    stamp[0] = 0x80;
    const signature = concat(stamp, witness.sign(utf8(`cosignature/v1\ntime ${beyond}\n${TEXT}`)));
    expect(verifyNote(nodeCrypto, noteOf(written({ ...line, signature })), [witness.key])).toBe(
      'note-signature-wrong',
    );
    expect(() => lineOf(witness, TEXT, 0n)).toThrow(RangeError);
    expect(() => lineOf(witness, TEXT, beyond)).toThrow(RangeError);
  });

  it('are signed by each kind of key in its own way only', () => {
    const sign = () => new Uint8Array(64);
    expect(() => signText(witness.key, TEXT, sign)).toThrow(TypeError);
    expect(() => cosignText(log.key, TEXT, 1n, sign)).toThrow(TypeError);
  });

  it('have up to a hundred signatures', () => {
    const one = lineOf(log, TEXT);
    const unknown = { name: 'a', id: '00000001', signature: new Uint8Array(5000) };
    const many = (count: number) =>
      `${TEXT}\n${writeSignatures([...Array<typeof one>(count - 1).fill(unknown), one])}`;
    expect(signers(many(16), [log])).toEqual([log.vkey]);
    expect(names(verifyNote(nodeCrypto, noteOf(many(MAX_SIGNATURES)), [log.key]))).toEqual([log.vkey]);
    expect(parseNote(utf8(many(MAX_SIGNATURES + 1)))).toBe('note-signatures-too-many');
  });

  const SIGNED = writeNote({ text: TEXT, signatures: [lineOf(log, TEXT)] });
  const LINE = writeSignatures([lineOf(log, TEXT)]);
  it.each([
    ['nothing', '', 'note-malformed'],
    ['no signature', `${TEXT}\n`, 'note-malformed'],
    ['no empty line', `${TEXT}${LINE}`, 'note-malformed'],
    ['no last newline', SIGNED.slice(0, -1), 'note-malformed'],
    ['an empty line more', `${SIGNED}\n`, 'note-malformed'],
    ['something after it', `${SIGNED}x`, 'note-malformed'],
    ['CRLF', SIGNED.replaceAll('\n', '\r\n'), 'note-not-text'],
    ['a tab', SIGNED.replace('city', 'ci\tty'), 'note-not-text'],
    ['a zero byte', `\0${SIGNED}`, 'note-not-text'],
    ['a hyphen', SIGNED.replace('—', '-'), 'note-signature-malformed'],
    ['an en dash', SIGNED.replace('—', '–'), 'note-signature-malformed'],
    ['two spaces', SIGNED.replace('— ', '—  '), 'note-signature-malformed'],
    ['a word more', SIGNED.replace(/\n$/, ' x\n'), 'note-signature-malformed'],
    ['no name', SIGNED.replace('— city.example/log', '— '), 'note-signature-malformed'],
    ['a plus in the name', SIGNED.replace('— city', '— ci+ty'), 'note-signature-malformed'],
    [
      'a space of another kind in the name',
      SIGNED.replace('— city', '— ci\u2003ty'),
      'note-signature-malformed',
    ],
    ['no padding', SIGNED.replace(/=\n$/, '\n'), 'note-signature-malformed'],
    ['an id alone', `${TEXT}\n— a AAAAAA==\n`, 'note-signature-malformed'],
    ['too much of it', `${'x'.repeat(1_000_000)}\n`, 'note-too-long'],
  ])('with %s are refused', (_, text, fault) => {
    expect(parseNote(utf8(text))).toBe(fault);
  });

  it('that are not UTF-8 are refused', () => {
    expect(parseNote(concat(new Uint8Array([0xff]), utf8(SIGNED)))).toBe('note-not-text');
    // A byte-order mark is text, and the text is then another.
    const marked = parseNote(utf8(`\ufeff${SIGNED}`)) as Note;
    expect(verifyNote(nodeCrypto, marked, [log.key])).toBe('note-signature-wrong');
  });

  it('changed in any one byte are refused or say the same of the known', () => {
    const signed = utf8(writeNote({ text: TEXT, signatures: [lineOf(log, TEXT), lineOf(witness, TEXT)] }));
    for (let at = 0; at < signed.length; at++) {
      const changed = Uint8Array.from(signed);
      changed[at]! ^= 1;
      const note = parseNote(changed);
      if (typeof note === 'string') continue;
      const found = verifyNote(nodeCrypto, note, [log.key, witness.key]);
      // A line that is nobody's any more is passed over, so fewer have signed; never both under another text.
      if (found !== 'note-signature-wrong') expect(found.length).toBeLessThan(2);
    }
  });

  it('are answered by witnesses as lines alone', () => {
    const lines = [lineOf(witness, TEXT), lineOf(second, TEXT)];
    const read = parseSignatures(utf8(writeSignatures(lines)));
    expect(
      verifyNote(nodeCrypto, { text: TEXT, signatures: read as typeof lines }, [second.key]),
    ).toHaveLength(1);
    expect(parseSignatures(utf8(''))).toBe('note-malformed');
    expect(parseSignatures(utf8(SIGNED))).toBe('note-signature-malformed');
    expect(parseSignatures(new Uint8Array([0xff, 10]))).toBe('note-not-text');
    expect(parseSignatures(new Uint8Array(1_000_001))).toBe('note-too-long');
  });
});

describe('checkpoints', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z./ ]+$/),
        fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.array(fc.stringMatching(/^[a-z ]+$/), { maxLength: 2 }),
        (origin, size, root, extensions) => {
          const text = writeCheckpoint({ origin, size, root, extensions });
          const read = parseCheckpoint(text);
          expect(read).toMatchObject({ origin, size, extensions });
          expect(typeof read === 'string' ? read : writeCheckpoint(read)).toBe(text);
        },
      ),
    );
  });

  it.each([
    ['', 'checkpoint-lines-wrong'],
    ['a\n1\n', 'checkpoint-lines-wrong'],
    [TEXT.slice(0, -1), 'checkpoint-lines-wrong'],
    [`${TEXT}\n`, 'checkpoint-lines-wrong'],
    [`${TEXT}a\n\nb\n`, 'checkpoint-lines-wrong'],
    [TEXT.replace('city.example/log', ''), 'checkpoint-lines-wrong'],
    [TEXT.replace('\n5\n', '\n05\n'), 'checkpoint-size-malformed'],
    [TEXT.replace('\n5\n', '\n+5\n'), 'checkpoint-size-malformed'],
    [TEXT.replace('\n5\n', '\n-5\n'), 'checkpoint-size-malformed'],
    [TEXT.replace('\n5\n', '\n5 \n'), 'checkpoint-size-malformed'],
    [TEXT.replace('\n5\n', '\n0x5\n'), 'checkpoint-size-malformed'],
    [TEXT.replace('\n5\n', '\n٥\n'), 'checkpoint-size-malformed'],
    [TEXT.replace('\n5\n', '\n9223372036854775808\n'), 'checkpoint-size-malformed'],
    [TEXT.replace('=\n', '\n'), 'checkpoint-root-malformed'],
    [TEXT.replace('BQUF', ''), 'checkpoint-root-malformed'],
    [TEXT.replace('BQUF', 'BQUFBQUF'), 'checkpoint-root-malformed'],
  ])('%j is refused as %s', (text, fault) => {
    expect(parseCheckpoint(text)).toBe(fault);
  });
});

const LOG = new URL('../../../shared/vectors/tlog-tiles/testdata/log/', import.meta.url);
const LOG_KEY = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
(existsSync(LOG) ? describe : describe.skip)(
  'the checkpoints of another implementation (skipped where ../shared/vectors is missing)',
  () => {
    it.each(Array.from({ length: 16 }, (_, size) => size))('of size %i', (size) => {
      const bytes = readFileSync(new URL(`checkpoint.${size}`, LOG));
      const note = parseNote(bytes) as Note;
      expect(names(verifyNote(nodeCrypto, note, [keyOf(LOG_KEY)]))).toEqual([LOG_KEY]);
      expect(signersOf(bytes.toString(), [LOG_KEY])).toEqual([LOG_KEY]);
      expect(parseCheckpoint(note.text)).toMatchObject({
        origin: 'example.com/log/testdata',
        size: BigInt(size),
      });
      expect(writeNote(note)).toBe(bytes.toString());
    });
  },
);

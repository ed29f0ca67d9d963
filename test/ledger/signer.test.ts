/** What the signer of the log refuses, and what it remembers. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { merkleRoot } from '../../projections/hash.js';
import type { KeyRegister } from '../../projections/ledger/key-register.js';
import { consistencyParts, proofOf } from '../../projections/ledger/tree.js';
import { writeVerifierKey } from '../../projections/ledger/verifier-key.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { keyLine, LogKeys, LogKeyUnusable, makeLogKeys, readLogKeys } from '../../src/ledger/log-keys.js';
import { Signer, type Head } from '../../src/ledger/signer.js';
import { signersOf } from './second-opinion.js';
import { TlogReader } from './tlog-reader.js';

const ORIGIN = 'test.example/log';
const line = (byte: number, origin = ORIGIN) => keyLine(nodeCrypto, origin, new Uint8Array(32).fill(byte));
const keysOf = (...lines: readonly string[]) => LogKeys.parse(nodeCrypto, lines.join('\n'));
const keys = keysOf(line(1));

/** A tree over leaves that begin with these letters. */
class Tree {
  readonly #leaves: Uint8Array[];
  constructor(size: number, name: string | ((i: number) => string) = 'a') {
    const nameOf = typeof name === 'string' ? () => name : name;
    this.#leaves = Array.from({ length: size }, (_, i) =>
      nodeCrypto.sha256(Buffer.from(`${nameOf(i)} ${i}`)),
    );
  }
  get head(): Head {
    return { size: BigInt(this.#leaves.length), root: merkleRoot(nodeCrypto, this.#leaves) };
  }
  proofFrom = (size: bigint): Promise<Uint8Array[]> => {
    const parts = consistencyParts(size, this.head.size) ?? [];
    const hashes = parts.flat().map(({ level, index }) => {
      const [from, to] = [Number(index << BigInt(level)), Number((index + 1n) << BigInt(level))];
      return merkleRoot(nodeCrypto, this.#leaves.slice(from, to));
    });
    return Promise.resolve(proofOf(nodeCrypto, parts, hashes));
  };
}

let folder: string;
let memory: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concejo-signer-'));
  memory = join(folder, 'log-signed');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (shown?: string, by = keys, isNew = shown === undefined) =>
  Signer.open(nodeCrypto, by, memory, { shown, ever: [], isNew: () => isNew });
const sign = (signer: Signer, tree: Tree, register: KeyRegister = []) =>
  signer.sign(tree.head, tree.proofFrom, register);
const vkeyOf = (by: LogKeys, i = 0) => writeVerifierKey(by.verifiers[i] as (typeof by.verifiers)[number]);

describe('signing heads', () => {
  it('signs a growing tree, and remembers each head before it is given back', async () => {
    const signer = await open();
    for (const size of [1, 2, 5, 300, 301]) {
      const tree = new Tree(size);
      const { note } = await sign(signer, tree);
      expect(await readFile(memory, 'utf8')).toBe(note);
      const read = new TlogReader('', vkeyOf(keys)).readNote(note);
      expect(read).toEqual({ origin: ORIGIN, size, root: Buffer.from(tree.head.root) });
    }
  });

  it('gives the same note for the same head again, also after a start', async () => {
    const first = await sign(await open(), new Tree(7));
    expect((await sign(await open(), new Tree(7))).note).toBe(first.note);
  });

  it('refuses a smaller tree, as a restored backup has it, also after a start', async () => {
    await sign(await open(), new Tree(7));
    await expect(sign(await open(), new Tree(6))).rejects.toMatchObject({ code: 'log-behind-signed' });
    expect((await sign(await open(), new Tree(8))).size).toBe(8n);
  });

  it.each([7, 8, 300])('refuses a tree of %i that does not begin with what was signed', async (size) => {
    await sign(await open(), new Tree(7));
    await expect(sign(await open(), new Tree(size, 'b'))).rejects.toMatchObject({
      code: 'log-not-as-signed',
    });
  });

  it('refuses a proof that is not one', async () => {
    const signer = await open();
    await sign(signer, new Tree(7));
    const { head, proofFrom } = new Tree(20);
    const cut = async (size: bigint) => (await proofFrom(size)).slice(1);
    await expect(signer.sign(head, cut, [])).rejects.toMatchObject({ code: 'log-not-as-signed' });
  });

  it('signs nothing without a memory but a new log, whatever the database says was shown last', async () => {
    const { note } = await sign(await open(), new Tree(7));
    await rm(memory);
    await expect(open(note)).rejects.toMatchObject({ code: 'log-head-missing' });
    await expect(open(undefined, keys, false)).rejects.toMatchObject({ code: 'log-head-missing' });
    await expect(open(undefined, keys, false)).rejects.toThrow('concejo log-head FILE');
    await expect(readFile(memory)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('goes on from a kept head that is put in the place of the memory, also by a key that is no longer here', async () => {
    const { note } = await sign(await open(), new Tree(7));
    const by = keysOf(line(2));
    const opened = () =>
      Signer.open(nodeCrypto, by, memory, { shown: undefined, ever: keys.verifiers, isNew: () => false });
    await writeFile(memory, note);
    const register: KeyRegister = [
      { vkey: vkeyOf(keys), from: -1, until: 8 },
      { vkey: vkeyOf(by), from: 7 },
    ];
    await expect(sign(await opened(), new Tree(6), register)).rejects.toMatchObject({
      code: 'log-behind-signed',
    });
    expect((await sign(await opened(), new Tree(9), register)).size).toBe(9n);
  });

  it('remembers what another host has signed since', async () => {
    await sign(await open(), new Tree(5));
    const old = await readFile(memory, 'utf8');
    const { note: shown } = await sign(await open(), new Tree(9));
    await writeFile(memory, old);
    await sign(await open(shown), new Tree(9));
    expect(await readFile(memory, 'utf8')).toBe(shown);
  });

  it('takes over nothing from a database that is not the log of its memory, whoever signed what is shown', async () => {
    const { note: mine } = await sign(await open(), new Tree(7));
    // A key that the events of another history have announced beside this one.
    const other = keysOf(line(9));
    const register: KeyRegister = [
      { vkey: vkeyOf(keys), from: -1 },
      { vkey: vkeyOf(other), from: 3 },
    ];
    const elsewhere = { shown: undefined, ever: [], isNew: () => true };
    const stranger = await Signer.open(nodeCrypto, other, join(folder, 'other'), elsewhere);
    const { note: shown } = await sign(stranger, new Tree(9, 'b'), register);
    const opened = () =>
      Signer.open(nodeCrypto, keys, memory, { shown, ever: other.verifiers, isNew: () => false });
    for (const size of [9, 12]) {
      const signed = sign(await opened(), new Tree(size, 'b'), register);
      await expect(signed).rejects.toMatchObject({ code: 'log-not-as-signed' });
      expect(await readFile(memory, 'utf8')).toBe(mine);
    }
  });

  it('believes its memory and not a database that is behind it', async () => {
    const signer = await open();
    const { note } = await sign(signer, new Tree(5));
    await sign(signer, new Tree(9));
    await expect(sign(await open(note), new Tree(6))).rejects.toMatchObject({ code: 'log-behind-signed' });
  });

  it.each([
    ['cut', (note: string) => note.slice(0, 30)],
    ['of another size', (note: string) => note.replace('\n7\n', '\n6\n')],
    ['empty', () => ''],
  ])('refuses a memory that is %s', async (_, change) => {
    const { note } = await sign(await open(), new Tree(7));
    await writeFile(memory, change(note));
    await expect(open()).rejects.toMatchObject({ code: 'log-memory-unusable' });
  });

  it('refuses the key of another log, and a new key without the old one', async () => {
    await sign(await open(), new Tree(7));
    await expect(open(undefined, keysOf(line(1, 'other.example/log')))).rejects.toMatchObject({
      code: 'log-of-another-origin',
    });
    await expect(open(undefined, keysOf(line(2)))).rejects.toMatchObject({ code: 'log-memory-unusable' });
  });

  describe('while a key is replaced', () => {
    const both = keysOf(line(1), line(2));
    const [first, second] = both.vkeys as [string, string];
    /** Announced by the event at 7, and the first one retired by that at 9. */
    const register: KeyRegister = [
      { vkey: first, from: -1, until: 9 },
      { vkey: second, from: 7 },
    ];
    const signersOn = async (size: number, by = both, known = register) =>
      signersOf((await sign(await open(undefined, by), new Tree(size), known)).note, [first, second]);

    it('signs with the new one beside the old one what covers its announcement, and alone what covers the retirement', async () => {
      expect(await signersOn(7)).toEqual([first]);
      expect(await signersOn(8)).toEqual([first, second]);
      expect(await signersOn(9)).toEqual([first, second]);
      expect(await signersOn(10)).toEqual([second]);
      expect(await signersOn(11, keysOf(line(2)))).toEqual([second]);
    });

    it('signs nothing with a key that was never announced, whichever line it has', async () => {
      for (const by of [both, keysOf(line(2), line(1))]) {
        expect(await signersOn(7, keys, [])).toEqual([first]);
        expect(await signersOn(8, by, [])).toEqual([first]);
        await rm(memory);
      }
      expect(await signersOn(9)).toEqual([first, second]);
      const third = keysOf(line(2), line(3));
      expect(
        signersOf((await sign(await open(undefined, third), new Tree(10), register)).note, third.vkeys),
      ).toEqual([second]);
    });

    it('refuses where no key is here that signs the log', async () => {
      await signersOn(8);
      const old = keys;
      await expect(sign(await open(undefined, old), new Tree(10), register)).rejects.toMatchObject({
        code: 'log-key-not-announced',
      });
    });
  });
});

describe('the keys of the log', () => {
  it('are made once, for one origin, and nobody else reads them', async () => {
    const path = join(folder, 'secrets', 'log-key');
    expect(await readLogKeys(nodeCrypto, path)).toBeUndefined();
    const made = await Promise.all([1, 2, 3].map(() => makeLogKeys(nodeCrypto, path, ORIGIN)));
    expect(new Set(made.map((one) => vkeyOf(one))).size).toBe(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(vkeyOf((await readLogKeys(nodeCrypto, path)) as LogKeys)).toBe(vkeyOf(made[0] as LogKeys));
  });

  it('come from the text itself as well', async () => {
    expect((await readLogKeys(nodeCrypto, line(1)))?.origin).toBe(ORIGIN);
  });

  it.each([
    ['nothing', ''],
    ['a comment alone', '# nothing'],
    ['another line', 'hello'],
    ['a cut key', line(1).slice(0, -8)],
    ['another id', line(1).replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['two origins', `${line(1)}\n${line(2, 'other.example')}`],
  ])('refuse %s', (_, text) => {
    expect(() => keysOf(text)).toThrow(LogKeyUnusable);
  });
});

describe('a memory that is older than what was shown', () => {
  it('does not let a host sign another past than the one that was shown', async () => {
    await sign(await open(), new Tree(5));
    const old = await readFile(memory, 'utf8');
    const { note: shown } = await sign(await open(), new Tree(9));
    // The folder came from a backup, the database did not.
    await writeFile(memory, old);
    await expect(sign(await open(shown), new Tree(7))).rejects.toMatchObject({ code: 'log-behind-signed' });
    const forged = new Tree(12, (i) => (i < 5 ? 'a' : 'b'));
    await expect(
      open(shown).then((signer) => signer.sign(forged.head, forged.proofFrom, [])),
    ).rejects.toMatchObject({ code: 'log-not-as-signed' });
    expect((await sign(await open(shown), new Tree(12))).size).toBe(12n);
    await writeFile(memory, old.slice(0, 10));
    await expect(open(shown)).rejects.toMatchObject({ code: 'log-memory-unusable' });
  });
});

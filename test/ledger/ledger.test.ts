/**
 * The ledger through crashes, restored backups and damage, on a real database. A crash between two of its steps is what the
 * next start finds: tiles that nobody signed, a head that was signed and never shown.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { utf8 } from '../../projections/bytes.js';
import { merkleRoot } from '../../projections/hash.js';
import { parseCheckpoint, type Checkpoint } from '../../projections/ledger/checkpoint.js';
import { verifyConsistency, verifyInclusion } from '../../projections/ledger/tree.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { PostgresEventStore } from '../../src/event-store/postgres.js';
import { checkLog, type LogCheck } from '../../src/ledger/check-log.js';
import { keyLine } from '../../src/ledger/log-keys.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { Receipts } from '../../src/ledger/receipts.js';
import { makePool } from '../../src/postgres/pools.js';
import { append, events, newStream } from '../event-store/samples.js';
import { granted, toAppend } from '../views/world.js';
import { head, LedgerWorld, type Log } from './ledger-world.js';
import { checkpointBy, logSigner, ORIGIN, witnessSigner } from './signers.js';

// What is halted on purpose here is no news.
Logger.overrideLogger(false);

let world: LedgerWorld;
let pool: Pool;
let store: PostgresEventStore;
let folder: string;
beforeEach(async () => {
  world = await LedgerWorld.start();
  ({ pool, store, folder } = world);
});
afterEach(() => world.stop());

const start = (data?: string, log?: Log) => world.ledger(data, log);
const grow = (count: number) => world.grow(count);
const leaves = () => world.leaves();
const expectWhole = (ledger: Ledger) => world.expectWhole(ledger);

/** Real events, which a check opens. */
let made = 0;
async function grant(count: number): Promise<void> {
  const stream = newStream();
  const grants = Array.from({ length: count }, () => toAppend(granted('ana', 'listener'), stream, made++));
  await store.append(append(stream, 'no-stream', ...grants));
}

async function check(ledger: Ledger, repair = false): Promise<LogCheck> {
  const heads = await ledger.heads();
  return checkLog({ store, tiles: ledger.tiles, crypto: nodeCrypto, ...heads }, { repair });
}

describe('the ledger', () => {
  it('has the tree of the log after every start, and proofs at every place', async () => {
    let before: Checkpoint | undefined;
    for (const more of [1, 254, 1, 1, 700, 3]) {
      await grow(more);
      const ledger = start();
      await ledger.now();
      const shown = await expectWhole(ledger);
      if (before !== undefined) {
        const proof = await ledger.consistencyProof(before.size, shown.size);
        expect(verifyConsistency(nodeCrypto, before, shown, proof)).toBe(true);
      }
      before = shown;
    }
    const all = await leaves();
    const ledger = start();
    for (const index of [0n, 1n, 255n, 256n, 511n, 512n, BigInt(all.length - 1)]) {
      const proof = await ledger.inclusionProof(index, BigInt(all.length));
      const leaf = { index, hash: all[Number(index)] as Uint8Array };
      expect(verifyInclusion(nodeCrypto, leaf, before as Checkpoint, proof)).toBe(true);
    }
  });

  it('reads overlapping subtrees out of one tile, and leaves the tile as it is', async () => {
    await grow(300);
    const ledger = start();
    await ledger.now();
    const all = await leaves();
    const subtrees = [
      { level: 8, index: 0n },
      { level: 3, index: 1n },
      { level: 0, index: 9n },
      { level: 2, index: 2n },
      { level: 3, index: 1n },
    ];
    const found = await ledger.tiles.subtrees(subtrees, 300n);
    const expected = subtrees.map(({ level, index }) => {
      const [from, to] = [Number(index) << level, (Number(index) + 1) << level];
      return merkleRoot(nodeCrypto, all.slice(from, to));
    });
    expect(found.map((hash) => Buffer.from(hash).toString('hex'))).toEqual(
      expected.map((hash) => Buffer.from(hash).toString('hex')),
    );
  });

  it('takes a log of tens of thousands in several steps', async () => {
    await grow(20_000);
    const ledger = start();
    await ledger.now();
    await expectWhole(ledger);
    expect(ledger.health()).toMatchObject({ state: 'following', size: 20_000n });
  });

  it('signs what a process left in tiles that was killed before it signed', async () => {
    await grow(10);
    const tiles = start().tiles;
    await tiles.extend(await tiles.tree(), await store.leafHashes(-1n, 7));
    const ledger = start();
    await ledger.now();
    await expectWhole(ledger);
  });

  it('shows the head that a process signed that was killed before it showed it, and no other of its size', async () => {
    await grow(10);
    const first = start();
    await first.now();
    const { note } = await head(first);
    await pool.query('update ledger_head set published = null, published_size = 0');
    const second = start();
    await second.now();
    expect((await head(second)).note).toBe(note);
  });

  it('lets two processes follow and sign at once, on one memory', async () => {
    const [a, b] = [start(), start()];
    for (let i = 0; i < 5; i++) {
      await grow(40);
      await new Promise((resolve) => setTimeout(resolve, 210));
      await Promise.all([a.now(), b.now()]);
      await expectWhole(i % 2 === 0 ? a : b);
    }
    expect([a.health().state, b.health().state]).toEqual(['following', 'following']);
  });

  it('refuses to sign a database from a backup, says what to do, and goes on with the right one', async () => {
    await grow(10);
    const before = start();
    await before.now();
    const shown = await head(before);
    const backup = await world.backupOf(6);
    const restored = start(folder, backup);
    await restored.now();
    expect(restored.health()).toMatchObject({ state: 'halted', code: 'log-behind-signed' });
    expect(restored.health().reason).toContain('bring back the newer one');
    expect(await restored.published()).toBeUndefined();
    // Going on from the backup does not help: what comes instead is not what was signed.
    await backup.store.append(append(newStream(), 'no-stream', ...events(30)));
    await restored.now();
    expect(restored.health()).toMatchObject({ state: 'halted', code: 'log-not-as-signed' });
    await restored.beforeApplicationShutdown();
    await grow(1);
    const again = start();
    await again.now();
    expect((await expectWhole(again)).size).toBe(shown.size + 1n);
  });

  it('makes no new key where the old one is lost, and goes on when it is back', async () => {
    await grow(3);
    await start().now();
    const moved = await mkdtemp(join(tmpdir(), 'concejo-ledger-'));
    await grow(1);
    const ledger = start(moved);
    await ledger.now();
    expect(ledger.health()).toMatchObject({ state: 'halted', code: 'log-key-unusable' });
    await cp(join(folder, 'secrets'), join(moved, 'secrets'), { recursive: true });
    await ledger.now();
    await expectWhole(ledger);
    await rm(moved, { recursive: true });
  });

  it('names a tile that is missing, and signs nothing', async () => {
    await grant(300);
    await start().now();
    const admin = makePool(world.database.ownerUrl, { info: () => undefined, warn: () => undefined });
    await admin.query('delete from ledger_tiles where level = 0 and index = 1');
    await admin.end();
    await grant(1);
    const ledger = start();
    await ledger.now();
    expect(ledger.health()).toMatchObject({ state: 'halted', code: 'tile-damaged' });
    expect((await ledger.published())?.size).toBe(300n);
    // And goes on by itself once the tile is made again.
    expect(await check(ledger, true)).toMatchObject({ repaired: 1 });
    await ledger.now();
    await expectWhole(ledger);
    expect(await check(ledger)).toEqual({ events: 301n, findings: [], repaired: 0 });
  });
});

describe('a process without the key, or one that is halted', () => {
  it('tells the keys and the policy of the log all the same', async () => {
    await grow(3);
    const signing = start();
    await signing.now();
    const vkeys = await signing.trust.verifierKeys();
    expect(vkeys).toHaveLength(1);
    const without = start(await world.newFolder());
    expect(await without.trust.verifierKeys()).toEqual(vkeys);
    expect((await without.trust.policy()).logs).toHaveLength(1);
    await grow(1);
    await without.now();
    expect(without.health()).toMatchObject({ state: 'halted', code: 'log-key-unusable' });
    expect(await without.trust.verifierKeys()).toEqual(vkeys);
  });
});

describe('following by hand', () => {
  it('is done when it resolves, also right after a head was signed', async () => {
    const ledger = start();
    for (let i = 0; i < 3; i++) {
      await grow(2);
      await ledger.now();
      await expectWhole(ledger);
    }
    await grow(1);
    // The first one may have read the log before.
    const first = ledger.now();
    await grow(1);
    await Promise.all([first, ledger.now()]);
    await expectWhole(ledger);
  });
});

describe('a ledger that is halted', () => {
  it('tries again after a pause that grows, however much is appended', async () => {
    await grow(3);
    await start().now();
    const halted = start(await world.newFolder());
    const asked = jest.spyOn(store, 'leafHashes');
    halted.onApplicationBootstrap();
    const until = performance.now() + 2_500;
    let appended = 0;
    while (performance.now() < until) {
      await grow(1);
      appended++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // At once, after one second, after two more.
    expect(halted.health()).toMatchObject({ state: 'halted' });
    const tries = asked.mock.calls.length;
    asked.mockRestore();
    expect(appended).toBeGreaterThan(10);
    // Each look reads what there is, and that there is no more.
    expect(tries).toBeLessThanOrEqual(6);
  });
});

describe('a damaged tile', () => {
  it('gives no receipt, and none that proves nothing', async () => {
    await grow(300);
    const ledger = start();
    await ledger.now();
    const receipts = new Receipts(store, ledger, nodeCrypto);
    const hash = (await leaves())[257] as Uint8Array;
    expect(await receipts.of(hash)).toMatchObject({ status: 'integrated', index: 257n });
    await pool.query(
      'update ledger_tiles set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) where level = 0 and index = 1',
    );
    await expect(receipts.of(hash)).rejects.toMatchObject({ code: 'tile-damaged' });
  });

  it('of a full tile stops the signing with the way out of it', async () => {
    await grow(300);
    const ledger = start();
    await ledger.now();
    await pool.query(
      'update ledger_tiles set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) where level = 0 and index = 1',
    );
    await grow(1);
    const again = start();
    await again.now();
    expect(again.health()).toMatchObject({ state: 'halted', code: 'log-not-as-signed' });
    expect(again.health().reason).toContain('concejo doctor');
    expect((await ledger.published())?.size).toBe(300n);
  });
});

describe('the check of a log', () => {
  const codes = async (ledger: Ledger, repair = false) =>
    (await check(ledger, repair)).findings.map(({ code }) => code);

  /** Does what nobody may: the triggers are taken away for it. */
  async function tamper(sql: string): Promise<void> {
    const admin = makePool(world.database.adminUrl, { info: () => undefined, warn: () => undefined });
    await admin.query(
      'alter table events disable trigger all; alter table events drop constraint if exists events_check',
    );
    await admin.query(sql).finally(() => admin.end());
  }

  it('finds nothing wrong with a log that nobody touched', async () => {
    await grant(300);
    const ledger = start();
    await ledger.now();
    expect(await check(ledger)).toEqual({ events: 300n, findings: [], repaired: 0 });
  });

  it('finds one changed byte of an event', async () => {
    await grant(300);
    const ledger = start();
    await ledger.now();
    await tamper('update events set leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1) where position = 257');
    const { findings } = await check(ledger);
    expect(findings).toMatchObject([{ code: 'event-damaged' }]);
    expect(findings[0]?.where).toContain('257');
  });

  it('finds an event that was changed together with its hash, and makes no tile fit it', async () => {
    await grant(300);
    const ledger = start();
    await ledger.now();
    await tamper(`update events set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'listener', 'curator'), 'UTF8') where position = 7;
      update events set hash = sha256('\\x00'::bytea || leaf) where position = 7`);
    expect(await codes(ledger, true)).toEqual(
      expect.arrayContaining(['tile-damaged', 'head-not-of-this-log']),
    );
    expect((await check(ledger, true)).repaired).toBe(0);
  });

  it('finds events that are gone, in the middle and at the end', async () => {
    await grant(300);
    const ledger = start();
    await ledger.now();
    await tamper('delete from events where position = 299');
    expect(await codes(ledger)).toContain('log-shorter-than-shown');
    await tamper('delete from events where position = 12');
    expect(await codes(ledger)).toContain('event-out-of-place');
  });

  it('asks for many tiles at once', async () => {
    await grant(500);
    await grant(500);
    await grant(500);
    const ledger = start();
    await ledger.now();
    const asked = jest.spyOn(pool, 'query');
    expect((await check(ledger)).findings).toEqual([]);
    const questions = asked.mock.calls.filter(
      ([query]) => (query as unknown as { name?: string }).name === 'ledger-tiles',
    );
    asked.mockRestore();
    // Seven tiles: those that are full, those that are not, and once those of the root.
    expect(questions).toHaveLength(3);
  });

  describe('of the head', () => {
    const key = keyLine(nodeCrypto, ORIGIN, nodeCrypto.sha256(utf8('log')));
    const memory = () => join(folder, 'secrets', 'log-signed');
    const startWith = (policy?: string) =>
      world.ledger(undefined, undefined, { CONCEJO_LOG_KEY: key, CONCEJO_LOG_POLICY: policy });
    async function followed(): Promise<Ledger> {
      await grant(300);
      const ledger = startWith();
      await ledger.now();
      expect(await codes(ledger)).toEqual([]);
      return ledger;
    }
    const show = (note: string) => pool.query('update ledger_head set published = $1', [note]);

    it('finds that somebody else signed it, or nobody', async () => {
      const { note } = await head(await followed());
      const { size, root } = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1)) as Checkpoint;
      const other = Buffer.from(checkpointBy([logSigner('stranger')], { size, root })).toString();
      const wrong = note.slice(0, -8) + (note.at(-8) === 'A' ? 'B' : 'A') + note.slice(-7);
      for (const forged of [other, wrong]) {
        await show(forged);
        expect(await codes(startWith())).toEqual(['head-not-signed']);
      }
    });

    it('finds that too few witnesses cosigned it', async () => {
      await followed();
      const policy = join(folder, 'policy');
      const { vkey } = witnessSigner('away');
      await writeFile(
        policy,
        `log ${logSigner().vkey}\nwitness away ${vkey} http://127.0.0.1:1\nquorum away\n`,
      );
      expect(await codes(startWith(policy))).toEqual(['head-without-quorum']);
    });

    it('finds that the stored tiles give another root, and makes them again', async () => {
      const ledger = await followed();
      await pool.query(
        'update ledger_tiles set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where level = 0 and index = 1',
      );
      expect(await codes(ledger)).toEqual(['tile-damaged', 'head-not-in-tree']);
      expect(await codes(ledger, true)).toEqual(['tile-damaged']);
      expect(await codes(ledger)).toEqual([]);
    });

    it.each<[string, (size: bigint) => { size: bigint; root: Uint8Array } | string]>([
      ['log-not-as-signed', (size) => ({ size, root: nodeCrypto.sha256(utf8('another')) })],
      ['log-not-as-signed', () => ({ size: 7n, root: nodeCrypto.sha256(utf8('another')) })],
      ['log-behind-signed', (size) => ({ size: size + 1n, root: nodeCrypto.sha256(utf8('later')) })],
      ['log-memory-unusable', () => 'rubbish'],
    ])('finds %s in what the signer remembers', async (code, remembered) => {
      const ledger = await followed();
      const made = remembered((await head(ledger)).size);
      await writeFile(memory(), typeof made === 'string' ? made : checkpointBy([logSigner()], made));
      expect(await codes(startWith(), true)).toEqual([code]);
    });
  });

  it('says how far the tree is behind', async () => {
    await grant(5);
    const ledger = start();
    expect(await codes(ledger)).toEqual(['tree-behind']);
  });
});

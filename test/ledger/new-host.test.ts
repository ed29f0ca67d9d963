/** A host that has the key of a log and does not know what was signed last: after a lost disk, over databases old and new. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { utf8 } from '../../projections/bytes.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { takeKept } from '../../src/ledger/kept-head.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { memoryPath } from '../../src/ledger/own-keys.js';
import { Receipts } from '../../src/ledger/receipts.js';
import { startChild } from '../child.js';
import { append, events } from '../event-store/samples.js';
import { head, LedgerWorld, type Log } from './ledger-world.js';
import { checkpointBy, logSigner } from './signers.js';

// What is halted on purpose here is no news.
Logger.overrideLogger(false);

let world: LedgerWorld;
beforeEach(async () => (world = await LedgerWorld.start()));
afterEach(() => world.stop());

describe('a host that has the key and no memory', () => {
  /** Its folder, as it is after somebody put the key back there, and nothing else. */
  async function keyAlone(): Promise<string> {
    const data = await world.newFolder();
    await cp(join(world.folder, 'secrets', 'log-key'), join(data, 'secrets', 'log-key'));
    return data;
  }

  async function give(ledger: Ledger, data: string, log: Log, ...kept: (string | Uint8Array)[]) {
    const path = memoryPath({ data });
    const policy = await ledger.trust.policyEver();
    const files = kept.map((one, i) => ({
      name: `kept ${i}`,
      bytes: typeof one === 'string' ? utf8(one) : one,
    }));
    return takeKept({ crypto: nodeCrypto, store: log.store, tiles: ledger.tiles, path, policy }, files);
  }

  it('signs nothing over an older database, and refuses that one when it is given the last head', async () => {
    await world.grow(10);
    const before = world.ledger();
    await before.now();
    // The backup has what was shown at its time, the first heads were kept by somebody.
    const backup = await world.backupOf(10);
    const first = await world.newFolder();
    await cp(join(world.folder, 'secrets'), join(first, 'secrets'), { recursive: true });
    const then = world.ledger(first, backup);
    await then.now();
    const old = await head(then);
    await world.grow(5);
    await before.now();
    const last = await head(before);
    expect([old.size, last.size]).toEqual([10n, 15n]);
    const data = await keyAlone();
    await world.grow(2, backup);
    const moved = world.ledger(data, backup);
    await moved.now();
    expect(moved.health()).toMatchObject({ state: 'halted', code: 'log-head-missing' });
    expect(moved.health().reason).toContain('concejo log-head FILE');
    expect((await moved.published())?.note).toBe(old.note);
    await expect(readFile(memoryPath({ data }))).rejects.toMatchObject({ code: 'ENOENT' });
    // Given the last head it knows that the database is older, whatever comes after that.
    await expect(give(moved, data, backup, old.note, last.note)).rejects.toMatchObject({
      code: 'log-behind-signed',
      message: expect.stringContaining('newer backup') as unknown,
    });
    await moved.now();
    expect(moved.health()).toMatchObject({ state: 'halted', code: 'log-behind-signed' });
    await expect(give(moved, data, backup, old.note)).rejects.toMatchObject({ code: 'log-head-known' });
    await world.grow(10, backup);
    await moved.now();
    expect(moved.health()).toMatchObject({ state: 'halted', code: 'log-not-as-signed' });
    await rm(memoryPath({ data }));
    await expect(give(moved, data, backup, last.note)).rejects.toMatchObject({ code: 'log-not-as-signed' });
    expect((await moved.published())?.note).toBe(old.note);
  });

  it('goes on over the right database when it is given a head, or a receipt', async () => {
    await world.grow(10);
    const before = world.ledger();
    await before.now();
    const { note } = await head(before);
    const receipt = await new Receipts(world.store, before, nodeCrypto).of(
      (await world.leaves())[4] as Uint8Array,
    );
    await world.grow(5);
    await before.now();
    const proof = receipt?.status === 'integrated' ? receipt.proof : '';
    for (const kept of [note, proof]) {
      const data = await keyAlone();
      const moved = world.ledger(data);
      await world.grow(1);
      await moved.now();
      expect(moved.health()).toMatchObject({ state: 'halted', code: 'log-head-missing' });
      expect(await give(moved, data, world, kept)).toBe(10n);
      await moved.now();
      await world.expectWhole(moved);
    }
    // What is damaged says nothing either.
    const data = await keyAlone();
    await writeFile(memoryPath({ data }), 'rubbish');
    const damaged = world.ledger(data);
    await damaged.now();
    expect(damaged.health()).toMatchObject({ state: 'halted', code: 'log-memory-unusable' });
    expect(await give(damaged, data, world, note)).toBe(10n);
    await damaged.now();
    expect(damaged.health()).toMatchObject({ state: 'following' });
  });

  it('is given a newer head while it signs, and forgets it no more', async () => {
    await world.grow(10);
    const before = world.ledger();
    await before.now();
    const backup = await world.backupOf(10);
    // The memory came back with the database, so that it knows nothing of what came after.
    const data = await world.newFolder();
    await cp(join(world.folder, 'secrets'), join(data, 'secrets'), { recursive: true });
    const moved = world.ledger(data, backup);
    await world.grow(1, backup);
    await moved.now();
    await world.grow(15);
    await before.now();
    const { note } = await head(before);
    await expect(give(moved, data, backup, note)).rejects.toMatchObject({ code: 'log-behind-signed' });
    await world.grow(1, backup);
    await moved.now();
    expect(await readFile(memoryPath({ data }), 'utf8')).toBe(note);
    expect(moved.health()).toMatchObject({ state: 'halted', code: 'log-behind-signed' });
  });

  it('is given no head that another key signed, or that says something else than was signed', async () => {
    await world.grow(10);
    const before = world.ledger();
    await before.now();
    const { note, size, root, origin } = await head(before);
    const data = await keyAlone();
    const moved = world.ledger(data);
    await moved.now();
    const strange = checkpointBy([logSigner('stranger')], { size, root }, origin);
    for (const wrong of [strange, note.replace('\n10\n', '\n11\n'), 'rubbish', '']) {
      await expect(give(moved, data, world, wrong)).rejects.toMatchObject({
        code: 'log-head-unusable',
      });
    }
    await expect(readFile(memoryPath({ data }))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('signs nothing where the events alone say that the log was served before', async () => {
    await world.grow(3);
    await world.ledger().now();
    // The database was lost, and only the events came back.
    await world.pool.query('update ledger_head set published = null, published_size = 0');
    const data = await keyAlone();
    const young = world.ledger(data);
    await young.now();
    expect(young.health()).toMatchObject({ state: 'following' });
    await world.pool.query('update ledger_head set published = null, published_size = 0');
    await world.store.append(append('views', 'no-stream', ...events(1)));
    const old = world.ledger(await keyAlone());
    await old.now();
    expect(old.health()).toMatchObject({ state: 'halted', code: 'log-head-missing' });
    expect(await old.published()).toBeUndefined();
  });

  it('is given it by a command beside the running program, which then goes on by itself', async () => {
    await world.grow(10);
    const before = world.ledger();
    await before.now();
    const { note } = await head(before);
    const data = await keyAlone();
    const moved = world.ledger(data);
    moved.onApplicationBootstrap();
    await world.grow(2);
    const kept = join(data, 'kept');
    await writeFile(kept, note);
    const { url, ownerUrl } = world.database;
    const env = { CONCEJO_DATA: data, DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl };
    const { code, stdout, stderr } = await startChild('src/main.ts', ['log-head', kept, '--json'], { env })
      .ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ size: '10', path: memoryPath({ data }) });
    for (let tries = 0; tries < 200 && (await moved.published())?.size !== 12n; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await world.expectWhole(moved);
    const again = await startChild('src/main.ts', ['log-head', kept, '--json'], { env }).ended;
    expect([again.code, JSON.parse(again.stdout)]).toMatchObject([1, { error: 'log-head-known' }]);
  }, 60_000);
});

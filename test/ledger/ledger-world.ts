/** A log on a database of its own, ledgers over it as processes start them, and older copies of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Pool } from 'pg';
import { merkleRoot } from '../../projections/hash.js';
import { parseCheckpoint, type Checkpoint } from '../../projections/ledger/checkpoint.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { makePool } from '../../src/postgres/pools.js';
import { readSettings } from '../../src/settings.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { append, events, newStream } from '../event-store/samples.js';

const silent = { info: () => undefined, warn: () => undefined };

export interface Log {
  readonly pool: Pool;
  readonly store: PostgresEventStore;
}

export class LedgerWorld implements Log {
  readonly pool: Pool;
  readonly store: PostgresEventStore;
  readonly #ledgers: Ledger[] = [];
  readonly #backups: (() => Promise<void>)[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly folder: string,
  ) {
    this.pool = makePool(database.url, silent);
    this.store = new PostgresEventStore(this.pool);
  }

  static async start(): Promise<LedgerWorld> {
    return new LedgerWorld(await createTestDatabase(), await mkdtemp(join(tmpdir(), 'concejo-ledger-')));
  }

  async stop(): Promise<void> {
    for (const ledger of this.#ledgers) await ledger.beforeApplicationShutdown();
    for (const close of this.#backups) await close();
    await this.store.close();
    await this.pool.end();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  newFolder(): Promise<string> {
    return mkdtemp(join(this.folder, 'host-'));
  }

  /** As a process starts it; `now` is called by hand. */
  ledger(
    data = this.folder,
    { pool, store }: Log = this,
    variables: Record<string, string | undefined> = {},
  ): Ledger {
    const settings = readSettings({ CONCEJO_DATA: data, ...variables });
    const ledger = new Ledger(pool, store, nodeCrypto, settings, 'serve');
    this.#ledgers.push(ledger);
    return ledger;
  }

  async grow(count: number, { store }: Log = this): Promise<void> {
    for (let left = count; left > 0; left -= 500) {
      await store.append(append(newStream(), 'no-stream', ...events(Math.min(left, 500))));
    }
  }

  /** A backup from before: another database with the same log, without its last events. */
  async backupOf(count: number): Promise<Log> {
    const backup = await createTestDatabase();
    const pool = makePool(backup.url, silent);
    const store = new PostgresEventStore(pool);
    this.#backups.push(async () => {
      await store.close();
      await pool.end();
      await backup.drop();
    });
    for await (const page of this.store.readAll(-1n)) {
      for (const { stream, id, type, leaf, hash } of page.slice(0, count)) {
        const expected = 'no-stream';
        await store.append({ stream: `${stream}-${id}`, expected, events: [{ id, type, leaf, hash }] });
      }
    }
    return { pool, store };
  }

  async leaves(): Promise<Uint8Array[]> {
    const all = await this.store.leafHashes(-1n, 1_000_000);
    return Array.from({ length: all.length / 32 }, (_, i) => all.slice(32 * i, 32 * i + 32));
  }

  /** The head that is shown is that of all events. */
  async expectWhole(ledger: Ledger): Promise<Checkpoint> {
    const shown = await head(ledger);
    const all = await this.leaves();
    expect(shown.size).toBe(BigInt(all.length));
    expect(shown.root).toEqual(merkleRoot(nodeCrypto, all));
    return shown;
  }
}

export async function head(ledger: Ledger): Promise<Checkpoint & { note: string }> {
  const { note = '' } = (await ledger.published()) ?? {};
  const checkpoint = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
  if (typeof checkpoint === 'string') throw new Error(checkpoint);
  return { ...checkpoint, note };
}

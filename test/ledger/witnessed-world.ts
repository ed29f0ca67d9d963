/** A log on a database of its own, and witnesses: processes of `concejo witness`, and programs that only look like one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { writeVerifierKey } from '../../projections/ledger/verifier-key.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { keyLine, LogKeys } from '../../src/ledger/log-keys.js';
import { makePool } from '../../src/postgres/pools.js';
import { readSettings } from '../../src/settings.js';
import type { Child } from '../child.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { append, events, newStream } from '../event-store/samples.js';
import { WitnessProcess } from '../witness/witness-process.js';
import { ORIGIN, witnessSigner } from './signers.js';

/** Its private form. */
export const KEY = keyLine(nodeCrypto, ORIGIN, new Uint8Array(32).fill(7));
/** The key of the log. */
export const VKEY = writeVerifierKey(LogKeys.parse(nodeCrypto, KEY).verifiers[0]!);
const silent = { info: () => undefined, warn: () => undefined };

interface Named {
  readonly vkey: string;
  readonly url: string;
}

interface Log {
  readonly pool: Pool;
  readonly store: PostgresEventStore;
}

export class WitnessedWorld implements Log {
  readonly pool: Pool;
  readonly store: PostgresEventStore;
  #folders = 0;
  readonly #ledgers: Ledger[] = [];
  readonly #children: Child[] = [];
  readonly #servers: Server[] = [];

  private constructor(
    private readonly database: TestDatabase,
    private readonly parent: string,
  ) {
    this.pool = makePool(database.url, silent);
    this.store = new PostgresEventStore(this.pool);
  }

  /** Of its database. */
  get url(): string {
    return this.database.url;
  }

  static async start(): Promise<WitnessedWorld> {
    return new WitnessedWorld(
      await createTestDatabase(),
      await mkdtemp(join(tmpdir(), 'concejo-witnessed-')),
    );
  }

  async stop(): Promise<void> {
    for (const ledger of this.#ledgers) await ledger.beforeApplicationShutdown();
    for (const child of this.#children) {
      child.process.kill('SIGKILL');
      await child.ended;
    }
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
    await this.store.close();
    await this.pool.end();
    await this.database.drop();
    await rm(this.parent, { recursive: true, force: true });
  }

  newFolder(): string {
    return join(this.parent, String(this.#folders++));
  }

  /** Kills it at the end. */
  watch(child: Child): void {
    this.#children.push(child);
  }

  async witness(folder: string, name?: string, port?: string): Promise<WitnessProcess> {
    const one = await WitnessProcess.start(folder, [VKEY], {
      ...(name !== undefined && { name }),
      ...(port !== undefined && { port }),
    });
    this.watch(one.child);
    return one;
  }

  /** The way to a witness, on which what was sent first may come last: each request takes up to so many milliseconds. */
  async wayTo({ vkey, url }: Named, ms: number): Promise<Named> {
    const way = await this.impostor((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        setTimeout(() => {
          fetch(`${url}/add-checkpoint`, { method: 'POST', body: Buffer.concat(chunks) }).then(
            async (answer) => {
              response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
              response.end(await answer.text());
            },
            () => response.destroy(),
          );
        }, Math.random() * ms);
      });
    });
    return { vkey, url: way.url };
  }

  /** Something that answers as a witness would, in its own way. */
  async impostor(answer: RequestListener): Promise<Named & { asked: number }> {
    const self = { vkey: witnessSigner('impostor').vkey, url: '', asked: 0 };
    const server = createServer((request, response) => {
      self.asked++;
      answer(request, response);
    });
    this.#servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/prefix/`;
    return self;
  }

  /** A policy of k of these witnesses, w0, w1, …, as a file. */
  async policyOf(k: number, witnesses: readonly Named[], log = VKEY): Promise<string> {
    const lines = [
      `log ${log}`,
      ...witnesses.map(({ vkey, url }, i) => `witness w${i} ${vkey} ${url}`),
      `group enough ${k} ${witnesses.map((_, i) => `w${i}`).join(' ')}`,
      'quorum enough',
    ];
    const path = this.newFolder();
    await writeFile(path, `${lines.join('\n')}\n`);
    return path;
  }

  /** The ledger as a process on a host starts it; `now` is called by hand. */
  start(policy: string | undefined, data = this.newFolder(), { pool, store }: Log = this): Ledger {
    const settings = readSettings({ CONCEJO_DATA: data, CONCEJO_LOG_KEY: KEY, CONCEJO_LOG_POLICY: policy });
    const ledger = new Ledger(pool, store, nodeCrypto, settings, 'serve');
    this.#ledgers.push(ledger);
    return ledger;
  }

  async grow(count: number, to = this.store): Promise<void> {
    await to.append(append(newStream(), 'no-stream', ...events(count)));
  }

  /** Another database under the same key: its first `common` events are the same. */
  async fork(common: number): Promise<Log & { close(): Promise<void> }> {
    const database = await createTestDatabase();
    const pool = makePool(database.url, silent);
    const store = new PostgresEventStore(pool);
    for await (const page of this.store.readAll(-1n, common)) {
      for (const { stream, id, type, leaf, hash } of page) {
        const event = { id, type, leaf, hash };
        await store.append({ stream: `${stream}-${id}`, expected: 'no-stream', events: [event] });
      }
      break;
    }
    const close = async () => {
      await store.close();
      await pool.end();
      await database.drop();
    };
    return { pool, store, close };
  }
}

/** A head is signed at most every 200 ms. */
export async function follow(ledger: Ledger): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 210));
  await ledger.now();
}

/** Follows until a head of a size is shown: witnesses that failed are left alone for a second or more. */
export async function shown(ledger: Ledger, size: bigint): Promise<string> {
  for (let tries = 0; tries < 40; tries++) {
    await follow(ledger);
    const published = await ledger.published();
    if (published !== undefined && published.size >= size) return published.note;
  }
  const { state, code, reason } = ledger.health();
  throw new Error(`No head of ${size}: ${state} ${code} ${reason}; ${codes(ledger).join(' ')}`);
}

/** What is wrong with each witness of its policy. */
export const codes = (ledger: Ledger) => ledger.health().witnesses.map(({ code }) => code);

export const size = async (ledger: Ledger) => (await ledger.published())?.size;

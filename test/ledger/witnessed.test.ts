/**
 * A log whose heads need witnesses: real witness processes over real HTTP, some of them down, late, lying or killed, and a log
 * that was forked. A database of its own for every test.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { keyLine, LogKeys } from '../../src/ledger/log-keys.js';
import { Receipts } from '../../src/ledger/receipts.js';
import { makePool } from '../../src/postgres/pools.js';
import { readSettings } from '../../src/settings.js';
import { writeVerifierKey } from '../../projections/ledger/verifier-key.js';
import { startChild, type Child } from '../child.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { append, events, newStream } from '../event-store/samples.js';
import { WitnessProcess } from '../witness/witness-process.js';
import { signersOf } from './second-opinion.js';
import { lineOf, witnessSigner } from './signers.js';
import { writeSignatures } from '../../projections/ledger/note.js';

// What fails on purpose here is no news.
Logger.overrideLogger(false);

const ORIGIN = 'city.example/log';
const KEY = keyLine(nodeCrypto, ORIGIN, new Uint8Array(32).fill(7));
const VKEY = writeVerifierKey(LogKeys.parse(nodeCrypto, KEY).verifiers[0]!);
const silent = { info: () => undefined, warn: () => undefined };

let database: TestDatabase;
let pool: Pool;
let store: PostgresEventStore;
let parent: string;
let folders = 0;
const ledgers: Ledger[] = [];
const processes: WitnessProcess[] = [];
const halting: Child[] = [];
const servers: Server[] = [];
const newFolder = () => join(parent, String(folders++));

beforeEach(async () => {
  database = await createTestDatabase();
  pool = makePool(database.url, silent);
  store = new PostgresEventStore(pool);
  parent = await mkdtemp(join(tmpdir(), 'concejo-witnessed-'));
});
afterEach(async () => {
  for (const ledger of ledgers.splice(0)) await ledger.beforeApplicationShutdown();
  for (const one of processes.splice(0)) await one.kill();
  for (const child of halting.splice(0)) {
    child.process.kill('SIGKILL');
    await child.ended;
  }
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  await store.close();
  await pool.end();
  await database.drop();
  await rm(parent, { recursive: true, force: true });
});

async function witness(folder: string, name?: string, port?: string): Promise<WitnessProcess> {
  const one = await WitnessProcess.start(folder, [VKEY], {
    ...(name !== undefined && { name }),
    ...(port !== undefined && { port }),
  });
  processes.push(one);
  return one;
}

interface Named {
  readonly vkey: string;
  readonly url: string;
}

/** A policy of k of these witnesses, w0, w1, …, as a file. */
async function policyOf(k: number, witnesses: readonly Named[], log = VKEY): Promise<string> {
  const lines = [
    `log ${log}`,
    ...witnesses.map(({ vkey, url }, i) => `witness w${i} ${vkey} ${url}`),
    `group enough ${k} ${witnesses.map((_, i) => `w${i}`).join(' ')}`,
    'quorum enough',
  ];
  const path = newFolder();
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

/** As a process on a host starts it; `now` is called by hand. */
function start(
  policy: string | undefined,
  data = newFolder(),
  on: { pool: Pool; store: PostgresEventStore } = { pool, store },
): Ledger {
  const settings = readSettings({ CONCEJO_DATA: data, CONCEJO_LOG_KEY: KEY, CONCEJO_LOG_POLICY: policy });
  const ledger = new Ledger(on.pool, on.store, nodeCrypto, settings, 'serve');
  ledgers.push(ledger);
  return ledger;
}

const grow = (count: number, to = store) => to.append(append(newStream(), 'no-stream', ...events(count)));

/** A head is signed at most every 200 ms. */
async function follow(ledger: Ledger): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 210));
  await ledger.now();
}

/** Follows until a head of a size is shown: witnesses that failed are left alone for a second or more. */
async function shown(ledger: Ledger, size: bigint): Promise<string> {
  for (let tries = 0; tries < 40; tries++) {
    await follow(ledger);
    const published = await ledger.published();
    if (published !== undefined && published.size >= size) return published.note;
  }
  throw new Error(
    JSON.stringify(
      ledger.health(),
      (_, value) => (typeof value === 'bigint' ? String(value) : value) as unknown,
    ),
  );
}

const codes = (ledger: Ledger) => ledger.health().witnesses.map(({ code }) => code);
const size = async (ledger: Ledger) => (await ledger.published())?.size;

/** Something that answers as a witness would, in its own way. */
async function impostor(answer: RequestListener): Promise<Named & { asked: number }> {
  const self = { vkey: witnessSigner('impostor').vkey, url: '', asked: 0 };
  const server = createServer((request, response) => {
    self.asked++;
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/prefix/`;
  return self;
}

describe('a log with witnesses', () => {
  it('shows heads that two of three have cosigned, while the third is down and after it is back', async () => {
    const folder = newFolder();
    const [a, b, c] = [
      await witness(newFolder(), 'a.example'),
      await witness(newFolder(), 'b.example'),
      await witness(folder, 'c.example'),
    ];
    const ledger = start(await policyOf(2, [a, b, c]));
    await grow(3);
    const all = [VKEY, a.vkey, b.vkey, c.vkey];
    expect(signersOf(await shown(ledger, 3n), all).sort()).toEqual([...all].sort());
    expect(ledger.health()).toMatchObject({
      state: 'following',
      witnesses: [{ name: 'w0' }, { name: 'w1' }, { name: 'w2' }],
    });
    await c.kill();
    await grow(300);
    expect(signersOf(await shown(ledger, 303n), all).sort()).toEqual([VKEY, a.vkey, b.vkey].sort());
    expect(ledger.health().state).toBe('following');
    expect(codes(ledger)).toEqual([undefined, undefined, 'witness-unreachable']);
    await witness(folder, undefined, c.port);
    for (let more = 1n; more <= 20n && codes(ledger)[2] !== undefined; more++) {
      await grow(1);
      await shown(ledger, 303n + more);
    }
    // It is behind by several heads, says so, and is given the proof from there.
    expect(signersOf((await ledger.published())?.note ?? '', all)).toHaveLength(4);
  });

  it('keeps a head back that has no quorum, its receipts pending, and shows the next that has one', async () => {
    const folders = [newFolder(), newFolder()];
    const [a, b] = [await witness(folders[0]!, 'a.example'), await witness(folders[1]!, 'b.example')];
    const ledger = start(await policyOf(2, [a, b]));
    await grow(3);
    await shown(ledger, 3n);
    await b.kill();
    const made = append(newStream(), 'no-stream', ...events(4));
    await store.append(made);
    await follow(ledger);
    expect(await size(ledger)).toBe(3n);
    expect(ledger.health()).toMatchObject({ state: 'waiting', code: 'quorum-missing' });
    expect(ledger.health().reason).toContain('w1 (witness-unreachable)');
    const receipts = new Receipts(store, ledger);
    const hash = made.events[0]!.hash;
    expect(await receipts.of(hash)).toEqual({ status: 'pending', index: 3n });
    await grow(2);
    await witness(folders[1]!, undefined, b.port);
    await shown(ledger, 9n);
    expect(ledger.health().state).toBe('following');
    expect(await receipts.of(hash)).toMatchObject({ status: 'integrated', size: 9n });
  });

  it('asks those who are missing again for a head of a log in which nothing happens', async () => {
    const folder = newFolder();
    const [a, b] = [await witness(newFolder(), 'a.example'), await witness(folder, 'b.example')];
    await b.kill();
    const ledger = start(await policyOf(2, [a, b]));
    await grow(3);
    await follow(ledger);
    expect(await ledger.published()).toBeUndefined();
    await witness(folder, undefined, b.port);
    expect(signersOf(await shown(ledger, 3n), [a.vkey, b.vkey])).toHaveLength(2);
  });

  it('does not show what was published without witnesses, until it is cosigned', async () => {
    const data = newFolder();
    await grow(3);
    await shown(start(undefined, data), 3n);
    const a = await witness(newFolder(), 'a.example');
    const ledger = start(await policyOf(1, [a]), data);
    expect(await ledger.published()).toBeUndefined();
    expect(signersOf(await shown(ledger, 3n), [VKEY, a.vkey])).toHaveLength(2);
  });

  it('takes up what it signed and nobody cosigned, when it was ended in the middle', async () => {
    const folder = newFolder();
    const first = await witness(folder, 'a.example');
    await first.kill('SIGTERM');
    // It has cosigned for good, and is killed before it says so.
    const child = startChild('test/witness/halting.child.ts', ['after', '5', folder, VKEY]);
    halting.push(child);
    const url = (await child.line(/^at /)).slice(3);
    const data = newFolder();
    const policy = await policyOf(1, [{ vkey: first.vkey, url }]);
    await grow(5);
    const before = start(policy, data);
    const asking = follow(before);
    await child.line(/^halted/);
    // Nobody waits for a witness under a lock.
    const { rows } = await pool.query('select size from ledger_head for update nowait');
    expect(rows).toHaveLength(1);
    await before.beforeApplicationShutdown();
    await asking;
    child.process.kill('SIGKILL');
    await child.ended;
    expect(await before.published()).toBeUndefined();
    const again = await witness(folder, undefined, new URL(url).port);
    const after = start(policy, data);
    await grow(2);
    expect(signersOf(await shown(after, 7n), [VKEY, again.vkey])).toHaveLength(2);
  });

  it('goes on through witnesses that are killed again and again', async () => {
    const folders = [newFolder(), newFolder(), newFolder()];
    const all = await Promise.all(folders.map((folder, i) => witness(folder, `w${i}.example`)));
    const ledger = start(await policyOf(2, all));
    let total = 0n;
    for (let round = 0; round < 4; round++) {
      const i = round % 3;
      await grow(5);
      total += 5n;
      const asked = follow(ledger);
      await new Promise((resolve) => setTimeout(resolve, 210 + round));
      await all[i]!.kill();
      await asked;
      all[i] = await witness(folders[i]!, undefined, all[i]!.port);
      const note = await shown(ledger, total);
      expect(
        signersOf(
          note,
          all.map(({ vkey }) => vkey),
        ).length,
      ).toBeGreaterThanOrEqual(2);
    }
  });
});

describe('a witness that is none', () => {
  const signed = (text: string) => lineOf(witnessSigner('impostor'), text);
  it.each<[string, string, RequestListener]>([
    ['rubbish', 'witness-answer-wrong', (_, response) => response.end('hello\n')],
    ['nothing', 'witness-answer-wrong', (_, response) => response.end()],
    [
      'a signature of another head',
      'witness-answer-wrong',
      (_, response) => response.end(writeSignatures([signed('x\n1\nAAAA\n')])),
    ],
    [
      'a signature of a stranger',
      'witness-answer-wrong',
      (_, response) => response.end(writeSignatures([lineOf(witnessSigner('stranger'), 'x\n')])),
    ],
    [
      'a body without end',
      'witness-answer-wrong',
      (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(10_000)));
        };
        response.on('drain', more);
        more();
      },
    ],
    [
      'a size that is none',
      'witness-answer-wrong',
      (_, response) => response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('many\n'),
    ],
    ['a size of another type', 'witness-answer-wrong', (_, response) => response.writeHead(409).end('0\n')],
    [
      'a larger size',
      'witness-ahead',
      (_, response) => response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('1000\n'),
    ],
    ['that it does not know the log', 'witness-log-unknown', (_, response) => response.writeHead(404).end()],
    ['that it does not know the key', 'witness-key-unknown', (_, response) => response.writeHead(403).end()],
    [
      'a way elsewhere',
      'witness-failing',
      (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    ['that it fails', 'witness-failing', (_, response) => response.writeHead(503).end()],
    ['by hanging up', 'witness-unreachable', (request) => request.socket.destroy()],
    ['not at all', 'witness-late', () => undefined],
  ])('answers %s, is told apart as %s, and delays nobody', async (_, code, answer) => {
    const a = await witness(newFolder(), 'a.example');
    const none = await impostor(answer);
    const ledger = start(await policyOf(1, [a, none]));
    await grow(3);
    const before = performance.now();
    const note = await shown(ledger, 3n);
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(signersOf(note, [a.vkey, none.vkey])).toEqual([a.vkey]);
    expect(codes(ledger)).toEqual([undefined, code]);
    // For a while it is not asked again.
    const { asked } = none;
    await grow(1);
    await shown(ledger, 4n);
    expect(none.asked).toBe(asked);
  });

  it('keeps every head back, where it alone is the quorum', async () => {
    const none = await impostor((_, response) => response.end('hello\n'));
    const ledger = start(await policyOf(1, [none]));
    await grow(3);
    for (let i = 0; i < 3; i++) await follow(ledger);
    expect(await ledger.published()).toBeUndefined();
    expect(ledger.health()).toMatchObject({ state: 'waiting', code: 'quorum-missing' });
    expect(none.asked).toBe(1);
  });
});

describe('a split view', () => {
  /** Another database under the same key, on a host that remembers nothing: the first `common` events are the same. */
  async function fork(common: number) {
    const other = await createTestDatabase();
    const forkedPool = makePool(other.url, silent);
    const forked = new PostgresEventStore(forkedPool);
    let left = common;
    for await (const page of store.readAll(-1n)) {
      for (const { stream, id, type, leaf, hash } of page.slice(0, left)) {
        left--;
        await forked.append({
          stream: `${stream}-${id}`,
          expected: 'no-stream',
          events: [{ id, type, leaf, hash }],
        });
      }
    }
    const close = async () => {
      await forked.close();
      await forkedPool.end();
      await other.drop();
    };
    return { pool: forkedPool, store: forked, close };
  }

  it.each([
    ['as long', 4, 'witness-log-inconsistent'],
    ['longer', 9, 'witness-log-inconsistent'],
    ['shorter', 1, 'witness-ahead'],
  ])('of a forked log that is %s gets no cosignature and is never shown', async (_, more, code) => {
    const a = await witness(newFolder(), 'a.example');
    const policy = await policyOf(1, [a]);
    await grow(10);
    const honest = start(policy);
    const note = await shown(honest, 10n);
    const forked = await fork(6);
    try {
      await grow(more, forked.store);
      const liar = start(policy, newFolder(), forked);
      await follow(liar);
      expect(codes(liar)).toEqual([code]);
      expect(await liar.published()).toBeUndefined();
      expect(liar.health().state).toBe('waiting');
      await liar.beforeApplicationShutdown();
    } finally {
      await forked.close();
    }
    // The witness has nothing of it.
    const hash = createHash('sha256').update(ORIGIN).digest('hex');
    expect(await (await fetch(`${a.url}/${hash}/checkpoint`)).text()).toBe(note);
    await grow(1);
    expect(signersOf(await shown(honest, 11n), [a.vkey])).toEqual([a.vkey]);
  });

  it('is not made by a new host, which goes on from the head that is shown', async () => {
    const a = await witness(newFolder(), 'a.example');
    const policy = await policyOf(1, [a]);
    await grow(10);
    await shown(start(policy), 10n);
    await grow(2);
    const moved = start(policy, newFolder());
    expect(signersOf(await shown(moved, 12n), [VKEY, a.vkey])).toHaveLength(2);
  });
});

describe('the policy of the log', () => {
  it('must name the log, and says how', async () => {
    const other = writeVerifierKey(
      LogKeys.parse(nodeCrypto, keyLine(nodeCrypto, ORIGIN, new Uint8Array(32).fill(8))).verifiers[0]!,
    );
    const none = await impostor((_, response) => response.end());
    const ledger = start(await policyOf(1, [none], other));
    await grow(3);
    await follow(ledger);
    expect(ledger.health()).toMatchObject({ state: 'halted', code: 'log-policy-of-another-log' });
    expect(ledger.health().reason).toContain(`log ${VKEY}`);
    expect(await ledger.published()).toBeUndefined();
    expect(none.asked).toBe(0);
  });

  const one = witnessSigner('one').vkey;
  it.each([
    ['a missing file', undefined, 'cannot be read'],
    ['a cut file', 'quorum none', 'policy-cut'],
    ['no quorum', `log ${VKEY}\n`, 'policy-quorum-not-one'],
    ['a quorum of witnesses without address', `log ${VKEY}\nwitness a ${one}\nquorum a\n`, 'no address'],
    [
      'an address that is none',
      `log ${VKEY}\nwitness a ${one} ftp://a.example\nquorum a\n`,
      'must begin with https://',
    ],
  ])('is refused at the start for %s', async (_, text, reason) => {
    const path = newFolder();
    if (text !== undefined) await writeFile(path, text);
    await expect(start(path).onModuleInit()).rejects.toThrow(reason);
  });

  it('may name no witness', async () => {
    const path = newFolder();
    await writeFile(path, `log ${VKEY}\nquorum none\n`);
    const ledger = start(path);
    await grow(3);
    expect(signersOf(await shown(ledger, 3n), [VKEY])).toEqual([VKEY]);
  });
});

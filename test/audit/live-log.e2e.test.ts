/** The log of the demo's city while it is served, audited and followed over HTTP by the program as a stranger starts it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Report } from '../../projections/audit/report.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import { startChild } from '../child.js';
import { append, events, newStream } from '../event-store/samples.js';
import { newFolder, removeFolders } from '../postgres/folders.js';
import type { Site } from '../rest/site.js';
import { startDemoSite } from '../web/demo-site.js';

let site: Site;
beforeAll(async () => {
  site = await startDemoSite();
  await shown();
}, 120_000);
afterAll(async () => {
  await site.stop();
  removeFolders();
});

const store = () => site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
const concejo = (...args: string[]) => startChild('src/main.ts', args);

/** Resolves with the size of the log when all that it has is under the head. */
async function shown(): Promise<bigint> {
  const ledger = site.running.app.get(Ledger, { strict: false });
  for (let tries = 0; tries < 200; tries++) {
    const size = (await store().head()) + 1n;
    if ((await ledger.published())?.size === size) return size;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('No head was shown of all that the log has');
}

async function audited(...options: string[]): Promise<Report> {
  const { stdout, stderr } = await concejo('audit', site.origin, '--json', ...options).ended;
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Report;
}

describe('concejo audit with the address of a site', () => {
  it('passes every check, with the texts and results that are public', async () => {
    const policy = join(newFolder(), 'policy');
    const [vkey] = (await (await site.fetch('/log/vkeys')).text()).split('\n');
    writeFileSync(policy, `log ${vkey ?? ''}\nquorum none\n`);
    const report = await audited('--policy', policy);
    const wrong = report.checks.filter(({ verdict }) => !['PASS', 'NOT-APPLICABLE'].includes(verdict));
    expect(wrong.map(({ number, code }) => [number, code])).toEqual([[5, 'no-witnesses']]);
    expect(report.passed).toBe(true);
    const examined = (number: number) => report.checks.find((check) => check.number === number)?.examined;
    expect(examined(44)).toBeGreaterThan(20);
    expect(examined(39)).toBeGreaterThan(0);
  }, 60_000);

  it('audits the head that it saw first, while the log grows', async () => {
    const before = Number(await shown());
    const auditing = audited();
    const over = { yet: false };
    void auditing.finally(() => (over.yet = true));
    while (!over.yet) {
      await store().append(append(newStream(), 'no-stream', ...events(20)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { size, checks } = await auditing;
    expect(size).toBeGreaterThanOrEqual(before);
    expect(size).toBeLessThan(Number(await shown()));
    for (const number of [1, 3, 4]) {
      expect(checks.find((check) => check.number === number)?.verdict).toMatch(/^(PASS|WARN)$/);
    }
  }, 60_000);

  it('says what to do where there is no log', async () => {
    const { code, stdout } = await concejo('audit', `${site.origin}/elections`, '--json').ended;
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      { error: 'log-not-found', message: expect.stringContaining('the address of a Concejo site') },
    ]);
  }, 30_000);
});

describe('a result by its digest', () => {
  it('is in the bytes that are hashed, and may be kept for ever', async () => {
    const pool = site.running.app.get<Pool>(POOL, { strict: false });
    const { rows } = await pool.query<{ digest: string; outcome: Buffer }>(
      'select digest, outcome from outcomes limit 1',
    );
    const [kept] = rows;
    const response = await site.fetch(`/api/v1/results/${kept!.digest}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(Buffer.from(await response.arrayBuffer()).equals(kept!.outcome)).toBe(true);
  });

  it.each(['AAAA', 'A'.repeat(43), '%00', '..'])('is not there for %s', async (digest) => {
    expect((await site.fetch(`/api/v1/results/${digest}`)).status).toBe(404);
  });
});

describe('concejo follow with the address of a site', () => {
  it('mirrors it while it grows, and finds what a receipt was given for', async () => {
    const folder = newFolder();
    const args = [site.origin, '--folder', folder, '--interval', '1'];
    const child = concejo('follow', ...args);
    await child.line(/ events under /);
    const made = append(newStream(), 'no-stream', ...events(300));
    await store().append(made);
    const size = await shown();
    await child.line(new RegExp(` ${size} events under `));
    child.process.kill('SIGKILL');
    await child.ended;
    const hash = Buffer.from(made.events[299]!.hash).toString('base64url');
    const proof = join(newFolder(), 'receipt');
    const receipt = await site.fetch(`/api/v1/receipts/${hash}`, { headers: { accept: 'text/plain' } });
    writeFileSync(proof, await receipt.text());
    const ended = await concejo('follow', ...args, '--once', '--receipt', `${hash}=${proof}`).ended;
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const state = JSON.parse(readFileSync(join(folder, 'following.json'), 'utf8')) as {
      receipts: Record<string, { index?: string }>;
    };
    const index = state.receipts[hash]?.index;
    expect(index).toBeDefined();
    const [tile, at] = [Number(index) >> 8, Number(index) & 255];
    const width = Math.min(256, Number(size) - tile * 256);
    const path = `log/tile/0/${String(tile).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`;
    const shownTile = Buffer.from(await (await site.fetch(`/${path}`)).arrayBuffer());
    expect(shownTile.subarray(at * 32, at * 32 + 32).toString('base64url')).toBe(hash);
    expect(readFileSync(join(folder, path.slice('log/'.length))).equals(shownTile)).toBe(true);
    const [entry] = made.events.slice(299);
    const hashed = createHash('sha256').update(Buffer.of(0)).update(entry!.leaf).digest('base64url');
    expect(hashed).toBe(hash);
  }, 60_000);
});

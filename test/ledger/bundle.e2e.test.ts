/** Bundles of the demo's city, made by the real commands: what is in them, what is not, and that they pass the audit. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Pool } from 'pg';
import { auditBundle } from '../../projections/audit/audit-bundle.js';
import { readBundle, writeBundle, type BundlePart } from '../../projections/audit/bundle.js';
import type { Report } from '../../projections/audit/report.js';
import { toBase64url } from '../../projections/bytes.js';
import { openEvent, type NewEvent } from '../../projections/event.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { DigestPublisher } from '../../src/digests/publisher.js';
import type { CommandLog } from '../../src/event-store/command-log.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { bundleOf, type BundleOptions } from '../../src/ledger/bundle.js';
import { BundleFiles, MOST_FILES } from '../../src/ledger/bundle-files.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { DOWNLOADS, MOST_DOWNLOADS } from '../../src/ledger/bundle.controller.js';
import type { Published } from '../../src/ledger/shown-head.js';
import { COMMAND_LOG, EVENT_STORE, POOL } from '../../src/platform.module.js';
import type { RateLimit } from '../../src/rest/rate-limit.js';
import { startChild } from '../child.js';
import { newCommandId } from '../elections/booth.js';
import { problem, type Site } from '../rest/site.js';
import { startDemoSite } from '../web/demo-site.js';
import { checkpointBy, logSigner } from './signers.js';

let site: Site;
beforeAll(async () => {
  site = await startDemoSite();
  await site.running.app.get(DigestPublisher, { strict: false }).look();
  await caughtUp();
}, 120_000);
afterAll(() => site.stop());

const app = () => site.running.app;
const pool = () => app().get<Pool>(POOL, { strict: false });
const ledger = () => app().get(Ledger, { strict: false });
const store = () => app().get<EventStore>(EVENT_STORE, { strict: false });

/** The ledger as it is, but for the head that is shown. */
function showing(published: Published | undefined) {
  const { tiles, trust } = ledger();
  return { tiles, trust, published: () => Promise.resolve(published) };
}

async function caughtUp(): Promise<void> {
  while (((await ledger().published())?.size ?? 0n) <= (await store().head())) {
    await ledger().now();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function bundle(options: BundleOptions = {}, under?: Published): Promise<Uint8Array[]> {
  const { facts, files } = await bundleOf(
    {
      store: store(),
      ledger: under === undefined ? ledger() : showing(under),
      crypto: nodeCrypto,
      pool: pool(),
    },
    options,
  );
  const pieces: Uint8Array[] = [];
  for await (const piece of writeBundle(nodeCrypto, facts, files)) pieces.push(piece);
  return pieces;
}

/** Of any election whose count is published. */
async function countedElection(): Promise<string> {
  const { rows } = await pool().query<{ key: string }>(
    `select key from views.elections_v2 where row like '%"phase":"certified"%' or row like '%"phase":"counted"%'`,
  );
  return rows[0]?.key ?? '';
}

async function publish(events: NewEvent[]): Promise<void> {
  const log = app().get<CommandLog>(COMMAND_LOG, { strict: false });
  const meta = { commandId: newCommandId(), actor: 'system', at: '2026-06-30T08:00:00.000Z' };
  await log.run({
    stream: 'views',
    meta: { ...meta, request: new Uint8Array() },
    initial: undefined,
    evolve: () => undefined,
    decide: () => events,
  });
}

const audited = (pieces: Uint8Array[]): Promise<Report> => auditBundle(pieces, { crypto: nodeCrypto });

async function parts(pieces: Uint8Array[]): Promise<BundlePart[]> {
  const read: BundlePart[] = [];
  for await (const part of readBundle(nodeCrypto, pieces)) read.push(part);
  return read;
}

async function names(pieces: Uint8Array[]): Promise<string[]> {
  return (await parts(pieces)).flatMap((part) => ('listed' in part ? [part.listed.name] : []));
}

const wrong = ({ checks }: Report) =>
  checks
    .filter(({ mandatory, verdict }) => mandatory && verdict !== 'PASS')
    .map(({ number, verdict, code }) => ({ number, verdict, code }));

/** The keys come from the log itself, nobody cosigns, and nobody kept an older head: the auditor says so. */
const ON_ITS_WORD = [
  { number: 4, verdict: 'WARN', code: 'policy-of-the-log-itself' },
  { number: 5, verdict: 'WARN', code: 'no-witnesses' },
  { number: 6, verdict: 'NOT-APPLICABLE', code: 'nothing-to-check' },
];

describe('the bundle of a log', () => {
  it('passes the audit, and is the same bytes under the same head', async () => {
    const head = await ledger().published();
    const first = Buffer.concat(await bundle({}, head));
    const report = await audited([first]);
    expect(wrong(report)).toEqual(ON_ITS_WORD);
    expect(report).toMatchObject({ passed: true, size: Number(head?.size) });
    expect(Buffer.concat(await bundle({}, head)).equals(first)).toBe(true);
  }, 60_000);

  it('holds the contents that are public, with their salts, and no other', async () => {
    const given = (await names(await bundle())).filter((name) => name.startsWith('contents/'));
    const all = await pool().query<{ id: string }>('select id from contents');
    // Written, and never released: a draft of somebody's.
    await pool().query(
      `insert into contents (id, media_type, bytes, salt, commitment, created_at)
       values ('0190f3a2-6d1e-7c44-9f0b-2c9f6b1f1a55', 'text/plain', 'secret', sha256('salt'), sha256('any'), now())`,
    );
    const after = (await names(await bundle())).filter((name) => name.startsWith('contents/'));
    expect(after).toEqual(given);
    expect(given.length).toBeGreaterThan(0);
    expect(given.length).toBeLessThanOrEqual(all.rows.length);
  });

  it('of one election has its results alone, and passes', async () => {
    const electionId = await countedElection();
    const pieces = await bundle({ electionId });
    const report = await audited(pieces);
    expect(report.passed).toBe(true);
    await expect(bundle({ electionId: '00000000-0000-4000-8000-000000000000' })).rejects.toMatchObject({
      code: 'election-unknown',
    });
  });

  it.each([0.2, 0.5, 0.9])('is refused by the audit when one bit at %d of it is another', async (place) => {
    const bytes = Buffer.concat(await bundle());
    const at = Math.floor(bytes.length * place);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const report = await audited([bytes]);
    expect(report.passed).toBe(false);
  });

  it('has rows of what was published alone, each view at its last publication', async () => {
    const of = (given: string[]) => {
      const found = new Set<string>();
      for (const name of given)
        if (name.startsWith('views/')) found.add(name.split('/').slice(1, 3).join('/'));
      return [...found].sort();
    };
    const last = new Map<string, number>();
    for await (const page of store().readAll(-1n)) {
      for (const recorded of page) {
        const { type, data } = openEvent(nodeCrypto, recorded);
        if (type === 'ViewPublished') last.set(data.view, data.index);
      }
    }
    expect(last.size).toBe(allViews.length);
    const before = [...last].map(([view, index]) => `${view}/${index}`);
    expect(of(await names(await bundle()))).toEqual(before.sort());
    // What a program of another version publishes, this one has no fold for, and its own views stay where they were.
    await publish([
      { type: 'ViewPublished', data: { view: 'roll@1', index: 1, digest: toBase64url(new Uint8Array(32)) } },
    ]);
    await caughtUp();
    const pieces = await bundle();
    expect(of(await names(pieces))).toEqual(before);
    const views = (await audited(pieces)).checks.find(({ number }) => number === 49);
    expect([views?.verdict, views?.findings.map(({ code, id }) => [code, id])]).toEqual([
      'NOT-CHECKED',
      [['view-version-unknown', 'roll@1']],
    ]);
  });

  it('reads the log once for itself, and once more into the file', async () => {
    const under = await ledger().published();
    const read = jest.spyOn(store(), 'readAll');
    // Views read as well, from wherever they are.
    const asked = () => read.mock.calls.map(([after]) => after).filter((after) => (after + 1n) % 256n === 0n);
    await bundle({}, under);
    const entries = Math.ceil(Number(under?.size) / 256);
    expect(asked().sort((a, b) => Number(a - b))).toEqual([
      -1n,
      ...Array.from({ length: entries }, (_, i) => 256n * BigInt(i) - 1n),
    ]);
    read.mockRestore();
  });

  it('has the heads of earlier days that readers of its policy can check, and is the same log as they were of', async () => {
    const before = (await ledger().published()) as Published;
    await pool().query(`update ledger_heads set day = day - 1`);
    await pool().query(`insert into ledger_heads (day, size, note) values ('2020-01-01', 3, $1)`, [
      Buffer.from(checkpointBy([logSigner()], { size: 3n, root: new Uint8Array(32) })).toString(),
    ]);
    await publish([
      { type: 'ViewPublished', data: { view: 'roll@1', index: 1, digest: toBase64url(new Uint8Array(32)) } },
    ]);
    await caughtUp();
    const pieces = await bundle();
    const older = (await names(pieces)).filter((name) => name.startsWith('checkpoints/'));
    expect(older).toEqual([`checkpoints/${before.size}`]);
    const check = (await audited(pieces)).checks.find(({ number }) => number === 6);
    expect(check).toMatchObject({ verdict: 'PASS', examined: 1 });
  });

  it('is made on a host that has no key and signs nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'concejo-bundle-'));
    const { databaseUrl = '', ownerUrl = '' } = site.settings;
    const note = (await ledger().published())?.note;
    const env = { CONCEJO_DATA: folder, DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: ownerUrl };
    const out = join(folder, 'log.bundle');
    const child = startChild('src/main.ts', ['bundle', '--out', out, '--json'], { env });
    const { code, stderr } = await child.ended;
    expect([code, stderr]).toEqual([0, '']);
    const [first] = (await parts([await readFile(out)])).filter(
      (part) => 'listed' in part && part.listed.name === 'checkpoint',
    );
    expect(first && 'bytes' in first && Buffer.from(first.bytes).toString()).toBe(note);
    expect(await readdir(join(folder, 'secrets'))).toEqual(['server']);
    await rm(folder, { recursive: true });
  }, 60_000);

  it('is refused before anything was signed', async () => {
    const refused = bundleOf({
      store: store(),
      ledger: showing(undefined),
      crypto: nodeCrypto,
      pool: pool(),
    });
    await expect(refused).rejects.toMatchObject({ code: 'log-unsigned' });
  });
});

describe('the bundle over HTTP', () => {
  const asked = (query = '', headers: Record<string, string> = {}) =>
    site.fetch(`/log/bundle.tar${query}`, { headers });
  const sent = async (answer: Response) => Buffer.from(await answer.arrayBuffer());
  /** Resolves when what is given out is made again, of the head that is shown now. */
  async function underTheHead(): Promise<Response> {
    await caughtUp();
    const size = (await ledger().published())?.size;
    for (;;) {
      const answer = await asked();
      const report = await audited([await sent(answer.clone())]);
      if (BigInt(report.size) === size) return answer;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  beforeEach(() => site.running.app.get<RateLimit>(DOWNLOADS, { strict: false }).succeeded('127.0.0.1'));

  it('is, byte for byte, what the command writes under the same head', async () => {
    const answer = await underTheHead();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-tar');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="log.bundle"');
    const bytes = await sent(answer);
    expect(answer.headers.get('content-length')).toBe(String(bytes.length));
    expect(answer.headers.get('etag')).toBe(`"${createHash('sha256').update(bytes).digest('base64url')}"`);
    expect(bytes.equals(Buffer.concat(await bundle()))).toBe(true);
    const again = await asked('', { 'if-none-match': answer.headers.get('etag') ?? '' });
    expect([again.status, (await sent(again)).length]).toEqual([304, 0]);
  }, 60_000);

  it('is of one election where that is asked for, and of none that there is not', async () => {
    const answer = await asked(`?election=${await countedElection()}`);
    const bytes = await sent(answer);
    const whole = await sent(await asked());
    expect(bytes.length).toBeLessThan(whole.length);
    expect((await audited([bytes])).cause).toBeUndefined();
    const read = jest.spyOn(store(), 'readAll');
    for (const wrong of ['00000000-0000-4000-8000-000000000000', 'x', '../../etc/passwd', '', '%00'])
      expect(await problem(await asked(`?election=${wrong}`))).toMatchObject({
        status: 404,
        code: 'election-unknown',
      });
    expect(read).not.toHaveBeenCalledWith(-1n, expect.anything());
    read.mockRestore();
  }, 60_000);

  it('keeps the disk from filling with heads that slow readers hold', async () => {
    const files = site.running.app.get(BundleFiles, { strict: false });
    files.restTimes = 0;
    const held = [(await files.give()).file];
    // As if another head was shown each time.
    const published = jest.spyOn(ledger(), 'published');
    const another = () => {
      published.mockResolvedValueOnce(undefined);
      return files.give();
    };
    const hold = async () => {
      for (;;) held.push((await another()).file);
    };
    await expect(hold()).rejects.toMatchObject({ code: 'overloaded' });
    // Some of elections are kept beside.
    expect(held.length).toBeGreaterThan(MOST_FILES - 4);
    expect(held.length).toBeLessThanOrEqual(MOST_FILES);
    for (const file of held) await file.give();
    await (await another()).file.give();
    files.restTimes = 10;
    published.mockRestore();
  }, 120_000);

  it('is not made again under each new head, since that would hold up ballots', async () => {
    const files = site.running.app.get(BundleFiles, { strict: false });
    files.restTimes = 1e9;
    const before = await files.give();
    const published = jest.spyOn(ledger(), 'published').mockResolvedValue(undefined);
    const after = await files.give();
    expect([after.digest, after.tookMs]).toEqual([before.digest, 0]);
    for (const { file } of [before, after]) await file.give();
    published.mockRestore();
    files.restTimes = 10;
  }, 60_000);

  it('is made once for all who ask at the same time', async () => {
    const answers = await Promise.all([asked(), asked(), asked(), asked()]);
    const tags = new Set(answers.map(({ headers }) => headers.get('etag')));
    for (const answer of answers) await sent(answer);
    expect(tags.size).toBe(1);
  }, 60_000);

  it('has no text in it that was erased a moment ago, also before a head says so', async () => {
    const { rows } = await pool().query<{ key: string }>(
      `select key from views.contents_v1 where row like '%"released"%' limit 1`,
    );
    const id = rows[0]?.key ?? '';
    expect(await names([await sent(await underTheHead())])).toContain(`contents/${id}`);
    await pool().query(
      `update views.contents_v1 set row = replace(row::text, '"released"', '"erased"') where key = $1`,
      [id],
    );
    expect(await problem(await asked())).toMatchObject({ status: 503, code: 'contents-changed' });
    await pool().query(
      `update views.contents_v1 set row = replace(row::text, '"erased"', '"released"') where key = $1`,
      [id],
    );
    expect((await sent(await asked())).length).toBeGreaterThan(0);
  }, 60_000);

  it('is not for one address without end', async () => {
    const limit = site.running.app.get<RateLimit>(DOWNLOADS, { strict: false });
    for (let times = 0; times < MOST_DOWNLOADS; times++) limit.count('127.0.0.1');
    const refused = await asked();
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await problem(refused)).toMatchObject({ status: 429, code: 'too-many-downloads' });
  });
});

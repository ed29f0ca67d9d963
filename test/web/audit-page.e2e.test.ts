/** The page that audits, in a real browser: the log of the demo, honest and changed, and every mutant as in Node. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { auditBundle, type BundleAuditOptions } from '../../projections/audit/audit-bundle.js';
import { writeBundle } from '../../projections/audit/bundle.js';
import { CHECKS } from '../../projections/audit/checks.js';
import type { Report } from '../../projections/audit/report.js';
import { ballotMessage } from '../../projections/ballot.js';
import { bytesOf, concat, utf8 } from '../../projections/bytes.js';
import { writePolicy } from '../../projections/ledger/policy.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { DigestPublisher } from '../../src/digests/publisher.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { bundleOf as bundleOfLog } from '../../src/ledger/bundle.js';
import { DOWNLOADS, MOST_DOWNLOADS } from '../../src/ledger/bundle.controller.js';
import { Ledger } from '../../src/ledger/ledger.js';
import type { RateLimit } from '../../src/rest/rate-limit.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import { AUDIT_WORDS } from '../../src/web/audit-words.js';
import { LANGUAGES } from '../../src/web/languages.js';
import { MUTANTS } from '../audit/mutants.js';
import { bundleOf, POLICY, tell } from '../audit/story.js';
import type { Site } from '../rest/site.js';
import { axe, DESK, hasBrowser, openBrowser, PHONE } from './browser.js';
import { ballotsOf } from './signed-ballots.js';
import { someLeaf, startDemoSite } from './demo-site.js';

let site: Site;
let bundle: Uint8Array;
let policy: Uint8Array;
let leaf: string;
beforeAll(async () => {
  site = await startDemoSite();
  const { app } = site.running;
  await app.get(DigestPublisher, { strict: false }).look();
  leaf = await someLeaf(site);
  const ledger = app.get(Ledger, { strict: false });
  const { facts, files } = await bundleOfLog({
    store: app.get<EventStore>(EVENT_STORE, { strict: false }),
    ledger,
    crypto: nodeCrypto,
    pool: app.get<Pool>(POOL, { strict: false }),
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of writeBundle(nodeCrypto, facts, files)) pieces.push(piece);
  bundle = concat(...pieces);
  policy = utf8(writePolicy(await ledger.trust.policy()));
}, 120_000);
afterAll(() => site.stop());

/** As Node audits it, in the form of the file that the page saves. */
async function inNode(bytes: Uint8Array, options: Partial<BundleAuditOptions> = {}): Promise<unknown> {
  return JSON.parse(JSON.stringify(await auditBundle([bytes], { crypto: nodeCrypto, ...options })));
}

async function bytesAt(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await site.fetch(path)).arrayBuffer());
}

interface Given {
  bundle: Uint8Array;
  policy?: Uint8Array;
  checkpoints?: readonly Uint8Array[];
  leafHashes?: string;
  receipts?: readonly Uint8Array[];
}

const file = (name: string) => (bytes: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

/** Chooses files as somebody would, and waits for the report. */
async function audit(page: Page, given: Given): Promise<Report> {
  await page.locator('#bundle').setInputFiles(file('log.bundle')(given.bundle));
  await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
  await page.locator('#policy').setInputFiles(given.policy === undefined ? [] : file('policy')(given.policy));
  await page.locator('#checkpoints').setInputFiles((given.checkpoints ?? []).map(file('checkpoint')));
  await page.locator('#receipts').setInputFiles((given.receipts ?? []).map(file('a.tlog-proof')));
  await page.locator('#leaf-hashes').fill(given.leafHashes ?? '');
  await page.locator('.drop button').click();
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    page.locator('#audit > button').click({ timeout: 60_000 }),
  ]);
  const { seconds, ...report } = JSON.parse(await readFile(await download.path(), 'utf8')) as Report & {
    seconds: number;
  };
  expect(seconds).toBeGreaterThan(0);
  return report;
}

describe('the scripts of the page', () => {
  it('may be kept for ever, and may send nothing anywhere', async () => {
    const answer = await site.fetch('/audit');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(answer.headers.get('content-security-policy')).not.toContain('connect-src');
    const html = await answer.text();
    const addresses = [...html.matchAll(/"(\/assets\/scripts\/[^"]+\.js)"/g)].map(([, address]) => address!);
    expect(addresses.map((address) => address.replace(/-[\w-]{12}\.js$/, ''))).toEqual([
      '/assets/scripts/audit-page',
      '/assets/scripts/audit-worker',
      '/assets/scripts/checking-worker',
      '/assets/scripts/bundle-worker',
    ]);
    for (const address of addresses) {
      const script = await site.fetch(address);
      expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      const answered = script.headers.get('content-security-policy');
      // One worker may ask the site for its bundle: it is given no file and starts no other.
      const fetches = address.includes('/bundle-worker');
      expect(answered).toBe(
        fetches
          ? "default-src 'none'; connect-src 'self'; base-uri 'none'"
          : "default-src 'none'; script-src 'self'; worker-src 'self'; base-uri 'none'",
      );
      expect(await script.text()).not.toMatch(/new Function\(|[^\w.]eval\(/);
    }
    expect((await site.fetch('/assets/scripts/audit-page-xxxxxxxxxxxx.js')).status).toBe(404);
  });

  it('have a title for every check in every language', () => {
    for (const language of LANGUAGES) {
      const { titles } = AUDIT_WORDS[language];
      expect(Object.keys(titles).map(Number)).toEqual(
        CHECKS.map(({ number }) => number).sort((a, b) => a - b),
      );
    }
  });
});

(hasBrowser ? describe : describe.skip)('the page that audits', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];
  const asked: string[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    context = await browser.newContext({ viewport: PHONE });
    page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
    await page.goto(`${site.origin}/audit?lang=en`);
  });
  afterAll(() => browser.close());

  it('passes the log of the demo, as Node does, and sends nothing', async () => {
    asked.length = 0;
    const report = await audit(page, { bundle, policy });
    expect(report).toEqual(await inNode(bundle, { policy }));
    expect(report.checks.filter(({ verdict }) => verdict === 'FAIL')).toEqual([]);
    expect(report.passed).toBe(true);
    expect(await page.getByRole('status').innerText()).toContain(AUDIT_WORDS.en.passed);
    expect(asked.filter((request) => !/^GET (blob:|.*\/assets\/scripts\/)/.test(request))).toEqual([]);
    const widths = await page.locator('html').evaluate((html) => [html.scrollWidth, html.clientWidth]);
    expect(widths[0]).toBe(widths[1]);
  }, 120_000);

  it('finds one flipped byte in the check where it belongs', async () => {
    const changed = bundle.slice();
    const at = Buffer.from(changed).indexOf('"type":"BallotCast"');
    changed[at] = changed[at]! ^ 1;
    const report = await audit(page, { bundle: changed, policy });
    expect(report.cause).toBe(1);
    expect(report.checks.find(({ number }) => number === 1)?.code).toBe('file-digest-wrong');
    expect(report.checks.find(({ number }) => number === 3)?.verdict).toBe('FAIL');
    expect(report).toEqual(await inNode(changed, { policy }));
    const said = await page.getByRole('status').innerText();
    expect(said).toContain(
      'The first thing that fails is check 1: Every file is the one that the manifest names',
    );
    expect(await page.locator('.report tr.fail').first().textContent()).toContain('file-digest-wrong');
  }, 120_000);

  it('takes receipts and heads that somebody kept', async () => {
    const receipt = await site.fetch(`/receipts/${leaf}/file`);
    const proof = new Uint8Array(await receipt.arrayBuffer());
    const checkpoint = new Uint8Array(await (await site.fetch('/log/checkpoint')).arrayBuffer());
    const kept = { bundle, policy, checkpoints: [checkpoint], leafHashes: ` ${leaf}\n`, receipts: [proof] };
    const report = await audit(page, kept);
    expect(report.checks.find(({ number }) => number === 30)?.verdict).toBe('PASS');
    // A receipt names its leaf hash, where nobody types one.
    const named = await audit(page, { ...kept, leafHashes: '' });
    expect(named.checks.find(({ number }) => number === 30)).toMatchObject({ verdict: 'PASS', examined: 1 });
    await page.locator('#leaf-hashes').fill('abc');
    await page.locator('.drop button').click();
    const alertOf = (text: string) => page.getByRole('alert').filter({ hasText: text });
    await alertOf('not a leaf hash of 43 characters: abc').waitFor();
    await page.locator('#leaf-hashes').fill('A'.repeat(43));
    await page.locator('.drop button').click();
    await alertOf('a.tlog-proof').waitFor();
    const unknown = await audit(page, { bundle, policy, leafHashes: 'A'.repeat(43) });
    expect(unknown.cause).toBe(30);
  }, 120_000);

  it('says of what is no bundle that it is none', async () => {
    for (const bytes of [new Uint8Array(), utf8('a letter'), bundle.subarray(0, bundle.length >> 1)]) {
      const report = await audit(page, { bundle: bytes, policy });
      expect(report.cause).toBe(1);
      expect(report).toEqual(await inNode(bytes, { policy }));
    }
  }, 120_000);

  it('judges every mutant as Node does', async () => {
    // Those whose cryptography is wrong need a wrong auditor.
    for (const mutant of MUTANTS.filter((one) => one.crypto === undefined)) {
      const story = tell(mutant);
      const bytes = await bundleOf(story);
      const { older = [] } = story.heads;
      const report = await audit(page, { bundle: bytes, policy: POLICY, checkpoints: older });
      const expected = await inNode(bytes, { policy: POLICY, older });
      expect([mutant.what, report]).toEqual([mutant.what, expected]);
    }
  }, 240_000);

  it('can be stopped, and takes a file that is dropped on it', async () => {
    const [bytes, name] = [Buffer.from(bundle).toString('base64'), 'dropped.bundle'];
    await page.reload();
    const transfer = await page.evaluateHandle(
      `(() => { const transfer = new DataTransfer();
        const bytes = Uint8Array.from(atob('${bytes}'), (c) => c.charCodeAt(0));
        transfer.items.add(new File([bytes], '${name}')); return transfer; })()`,
    );
    await page.dispatchEvent('.drop', 'drop', { dataTransfer: transfer });
    await page.locator('.drop button').click();
    await page.getByRole('progressbar').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    await page.locator('.drop button').click();
    await page.getByRole('status').waitFor({ timeout: 60_000 });
    expect(await page.getByRole('status').innerText()).toContain(AUDIT_WORDS.en.passedByOwnPolicy);
  }, 120_000);

  it('fetches the bundle of the site with one press, and checks it here', async () => {
    await page.reload();
    asked.length = 0;
    await page.getByRole('button', { name: AUDIT_WORDS.en.live }).click();
    const said = page.getByRole('status');
    await said.waitFor({ timeout: 60_000 });
    expect(await said.innerText()).toContain(AUDIT_WORDS.en.passedByOwnPolicy);
    const beside = asked.filter((request) => !request.includes('/assets/scripts/'));
    expect(beside).toEqual([`GET ${site.origin}/log/bundle.tar`]);
    const download = await page.getByRole('link', { name: AUDIT_WORDS.en.download }).getAttribute('href');
    expect((await auditBundle([await bytesAt(download!)], { crypto: nodeCrypto })).passed).toBe(true);
  }, 120_000);

  it('says why the bundle cannot be fetched', async () => {
    const limit = site.running.app.get<RateLimit>(DOWNLOADS, { strict: false });
    for (let times = 0; times < MOST_DOWNLOADS; times++) limit.count('127.0.0.1');
    await page.getByRole('button', { name: AUDIT_WORDS.en.live }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: AUDIT_WORDS.en.downloadFailed('too-many-downloads') })
      .waitFor();
    limit.succeeded('127.0.0.1');
  }, 60_000);

  it('leaves signatures to the browser, which knows Ed25519', async () => {
    const { ballot } = ballotsOf()[0]!;
    const hex = (bytes: Uint8Array) => `Uint8Array.from(${JSON.stringify([...bytes])})`;
    const [key, signature] = [hex(bytesOf(ballot.k)), hex(bytesOf(ballot.g))];
    const isThere = await page.evaluate<boolean>(`(async () => {
      const key = await crypto.subtle.importKey('raw', ${key}, 'Ed25519', false, ['verify']);
      return crypto.subtle.verify('Ed25519', key, ${signature}, ${hex(ballotMessage(ballot))});
    })()`);
    expect(isThere).toBe(true);
  });

  describe('given receipts alone', () => {
    const words = AUDIT_WORDS.en;
    let proof: Uint8Array;
    beforeAll(async () => {
      proof = await bytesAt(`/receipts/${leaf}/file`);
    });
    interface Alone {
      receipts?: readonly Uint8Array[];
      bundle?: Uint8Array;
      policy?: Uint8Array;
      leafHashes?: string;
    }
    async function said({ receipts = [], bundle: dropped, policy: trusted, leafHashes = '' }: Alone) {
      await page.reload();
      await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
      if (dropped !== undefined) await page.locator('#bundle').setInputFiles(file('a.tlog-proof')(dropped));
      if (trusted !== undefined) await page.locator('#policy').setInputFiles(file('policy')(trusted));
      await page.locator('#receipts').setInputFiles(receipts.map(file('a.tlog-proof')));
      await page.locator('#leaf-hashes').fill(leafHashes);
      await page.locator('.drop button').click();
      const told = page.locator('[role=status], #audit [role=alert]');
      await told.first().waitFor();
      return told.first().innerText();
    }

    it('says whether each holds, by whose keys, and what it does not prove', async () => {
      asked.length = 0;
      const own = await said({ receipts: [proof] });
      for (const text of [
        words.receiptHoldsByOwnPolicy,
        words.receiptProves,
        words.receiptOwnHash,
        leaf,
        words.ofLog,
      ])
        expect(own).toContain(text);
      const byReader = await said({ bundle: proof, policy, leafHashes: leaf });
      for (const text of [words.receiptHolds, words.receiptProves, leaf, words.ofReader])
        expect(byReader).toContain(text);
      expect(byReader).not.toContain(words.receiptOwnHash);
      const read = (request: string) => /^GET .*(\/audit\?lang=en|\/assets\/.*)$/.test(request);
      expect(asked.filter((request) => !read(request))).toEqual([]);
    }, 60_000);

    it('judges them as the command does', async () => {
      const [head, rest] = [proof.indexOf(10) + 1, Buffer.from(proof).indexOf('index ')];
      const nameless = concat(proof.subarray(0, head), proof.subarray(rest));
      const cut = proof.subarray(0, proof.length - 40);
      const flipped = proof.slice();
      const inHash = Buffer.from(proof).indexOf('\n', rest) + 5;
      flipped[inHash] = flipped[inHash] === 65 ? 66 : 65;
      for (const [given, text] of [
        [{ receipts: [nameless] }, words.receiptWithoutHash],
        [{ receipts: [nameless], leafHashes: leaf }, words.receiptHoldsByOwnPolicy],
        [{ receipts: [flipped] }, words.receiptWrong('inclusion-wrong')],
        [{ receipts: [cut] }, words.receiptWrong('note-malformed')],
        [{ receipts: [utf8('a letter')] }, words.receiptWrong('proof-malformed')],
        [{ receipts: [proof], policy: POLICY }, words.receiptWrong('origin-unknown')],
        [{ receipts: [proof], policy: utf8('a letter') }, words.policyWrong('policy-cut', '1')],
        [{ receipts: [proof], leafHashes: 'A'.repeat(43) }, words.receiptStrange('a.tlog-proof')],
        [{ leafHashes: leaf }, words.withoutReceipt(leaf)],
        [{}, words.nothing],
      ] as const)
        expect([await said(given), given]).toEqual([expect.stringContaining(text), given]);
    }, 60_000);
  });

  it('broke no policy, and complained of nothing', () => {
    expect(complaints).toEqual([]);
  });

  it.each(LANGUAGES)(
    'tells the report in %s, and axe finds nothing',
    async (language) => {
      const other = await browser.newContext({ viewport: DESK, bypassCSP: true });
      try {
        const inLanguage = await other.newPage();
        await inLanguage.goto(`${site.origin}/audit?lang=${language}`);
        const changed = bundle.slice();
        changed[changed.length - 5_000] = changed[changed.length - 5_000]! ^ 1;
        await audit(inLanguage, { bundle: changed, policy });
        const words = AUDIT_WORDS[language];
        expect(await inLanguage.getByRole('status').innerText()).toContain(
          words.failed('1', words.titles[1]!),
        );
        await inLanguage
          .locator('details')
          .evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
        expect(await axe(inLanguage)).toEqual([]);
      } finally {
        await other.close();
      }
    },
    120_000,
  );

  it('says without JavaScript how to do it on a command line', async () => {
    const without = await browser.newContext({ javaScriptEnabled: false });
    try {
      const bare = await without.newPage();
      await bare.goto(`${site.origin}/audit?lang=en`);
      const text = await bare.locator('main').innerText();
      expect(text).toContain(AUDIT_WORDS.en.withoutScript);
      expect(text).toContain('concejo audit log.bundle --policy policy.txt');
      expect(await bare.locator('form.drop').count()).toBe(0);
    } finally {
      await without.close();
    }
  });
});

/** An audit of ballots in a browser: the page as it is served, on the bundle of a made-up election. */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Report } from '../../projections/audit/report.js';
import { bundleOf, gil, POLICY, tell, votes } from '../audit/story.js';
import { voter } from '../elections/small-election.js';
import { hasBrowser, openBrowser } from '../web/browser.js';
import { withFolder } from './scratch.js';

const BALLOTS = 10_000;
const TARGET_SECONDS = 30;
const SCRIPTS = new URL('../../browser/bundled/', import.meta.url);
const PAGE =
  '<!doctype html><html lang="en"><title>Audit</title>' +
  '<div id="audit" data-audit="/audit-worker.js" data-checking="/checking-worker.js"></div><script src="/audit-page.js"></script>';

/** Prints a line, or why there is none. */
export async function run({ short }: { short: boolean }): Promise<void> {
  if (!hasBrowser) {
    console.log('audit in a browser: not run, there is no chromium');
    return;
  }
  const ballots = short ? 200 : BALLOTS;
  const people = Array.from({ length: ballots }, (_, i) => voter(`voter ${i}`));
  const casts = people.map((who, i) => ({ who, vote: votes([i % 3 === 0 ? 'bridge' : 'trees']) }));
  const bundle = await bundleOf(tell({ roll: [...people, gil].map(({ entry }) => entry), casts }));
  await withFolder(async (folder) => {
    const [file, policy] = [join(folder, 'bundle'), join(folder, 'policy')];
    await Promise.all([writeFile(file, bundle), writeFile(policy, POLICY)]);
    const { report, seconds } = await inBrowser(file, policy);
    const wrong = report.checks.filter(({ verdict }) => verdict === 'FAIL').map(({ number }) => number);
    console.log(
      `audit in a browser, ${ballots} signed, sealed ballots, ${(bundle.length / 1e6).toFixed(1)} MB: ${seconds.toFixed(1)} s; ` +
        `ratio to the target of ${TARGET_SECONDS} s ${(seconds / TARGET_SECONDS).toFixed(2)}; ` +
        (report.passed ? 'passed' : `not passed, failed: ${wrong.join(', ')}`),
    );
  });
}

async function inBrowser(file: string, policy: string): Promise<{ report: Report; seconds: number }> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const isScript = /^\/[a-z-]+\.js$/.test(path);
    const headers = { 'content-security-policy': "default-src 'none'; script-src 'self'; worker-src 'self'" };
    if (!isScript) response.writeHead(200, { ...headers, 'content-type': 'text/html' }).end(PAGE);
    else
      void readFile(new URL(`.${path}`, SCRIPTS)).then((text) =>
        response.writeHead(200, { ...headers, 'content-type': 'text/javascript' }).end(text),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.locator('#bundle').setInputFiles(file);
    await page.locator('details summary').click();
    await page.locator('#policy').setInputFiles(policy);
    const started = performance.now();
    await page.locator('.drop button').click();
    const saved = page.locator('#audit > button');
    await saved.waitFor({ timeout: 600_000 });
    const seconds = (performance.now() - started) / 1_000;
    const [download] = await Promise.all([page.waitForEvent('download'), saved.click()]);
    return { report: JSON.parse(await readFile(await download.path(), 'utf8')) as Report, seconds };
  } finally {
    await browser.close();
    server.close();
  }
}

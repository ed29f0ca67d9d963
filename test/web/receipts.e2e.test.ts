/** The pages of receipts, and the command that verifies one that was kept. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64url } from '../../projections/bytes.js';
import { writePolicy } from '../../projections/ledger/policy.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { LANGUAGES } from '../../src/web/languages.js';
import { MESSAGES } from '../../src/web/messages.js';
import { startChild } from '../child.js';
import { append, events, newStream } from '../event-store/samples.js';
import { newFolder, removeFolders } from '../postgres/folders.js';
import { signed } from './demo-site.js';
import { Site } from '../rest/site.js';

let site: Site;
let leaf: string;
let other: string;
let folder: string;
const ledger = () => site.running.app.get(Ledger, { strict: false });

async function appended(): Promise<string> {
  const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  const { position } = await store.append(append(newStream(), 'no-stream', ...events(1)));
  return toBase64url(await store.leafHashes(position - 1n, 1));
}

beforeAll(async () => {
  site = await Site.start();
  folder = newFolder();
  leaf = await appended();
  other = await appended();
  await signed(site, other);
});
afterAll(async () => {
  await site.stop();
  removeFolders();
});

const get = (path: string) => site.fetch(path, { headers: { accept: 'text/html' } });

describe.each(LANGUAGES)('the page of a receipt, in %s', (language) => {
  const { receipt: m } = MESSAGES[language];

  it('says that an event is in, where, and under which head', async () => {
    const head = (await (await site.fetch('/log/checkpoint')).text()).split('\n');
    const answer = await get(`/receipts/${leaf}?lang=${language}`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const html = await answer.text();
    expect(html).toContain(m.integrated);
    expect(html).toContain(`<code>${head[0]}</code>`);
    expect(html).toContain(`<code>${Buffer.from(head[2]!, 'base64').toString('base64url')}</code>`);
    expect(html).toContain(`href="/receipts/${leaf}/file"`);
    expect(html).toContain(m.intro);
  });

  it('says of an event that nobody has written that it is not there', async () => {
    const answer = await get(`/receipts/${'A'.repeat(43)}?lang=${language}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain(m.unknown);
    expect((await get(`/receipts/${'A'.repeat(43)}/file`)).status).toBe(404);
  });

  it('takes what is typed with room around it, and says when it is none', async () => {
    const found = await get(`/receipts?leaf=%20${leaf}%20&lang=${language}`);
    expect(await found.text()).toContain(m.integrated);
    const wrong = await get(`/receipts?leaf=abc&lang=${language}`);
    expect([wrong.status, await wrong.text()]).toEqual([200, expect.stringContaining(m.malformed)]);
    expect(await (await get(`/receipts?lang=${language}`)).text()).not.toContain(m.malformed);
  });
});

describe('concejo receipt', () => {
  const run = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await startChild('src/main.ts', ['receipt', ...args]).ended;
    return { code, stdout, stderr };
  };
  const made = async (args: readonly string[]) => {
    const { code, stdout } = await run([...args, '--json']);
    const { verdict, code: word } = JSON.parse(stdout) as { verdict: string; code?: string };
    return [code, verdict, word];
  };
  let kept: string;
  let policy: string;
  let foreign: string;
  let cut: string;
  beforeAll(async () => {
    [kept, policy, foreign, cut] = ['kept', 'policy', 'foreign', 'cut'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ];
    const answer = await site.fetch(`/receipts/${leaf}/file`);
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="concejo-receipt-\d+\.tlog-proof"$/,
    );
    const proof = await answer.text();
    writeFileSync(kept, proof);
    writeFileSync(cut, proof.slice(0, -40));
    writeFileSync(policy, writePolicy(await ledger().trust.policy()));
    const [strange] = await Promise.all([Site.start()]);
    const other = strange.running.app.get(Ledger, { strict: false });
    writeFileSync(foreign, writePolicy(await other.trust.policy()));
    await strange.stop();
  });

  it('passes one that the log signed', async () => {
    const { code, stdout } = await run([kept, '--leaf-hash', leaf, '--policy', policy]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/It is entry \d+ [\s\S]*PASS: the log signed/)]);
    expect(await made([kept, '--leaf-hash', leaf, '--policy', policy])).toEqual([0, 'PASS', undefined]);
  });

  it('says what it could not look at without a policy', async () => {
    expect(await made([kept, '--leaf-hash', leaf])).toEqual([1, 'NOT-CHECKED', 'policy-not-given']);
    expect(await made([kept, '--leaf-hash', other])).toEqual([1, 'FAIL', 'inclusion-wrong']);
  });

  it('fails one of another event, of another log, and one that is cut', async () => {
    const wrong = (file: string, hash: string, by: string) =>
      made([file, '--leaf-hash', hash, '--policy', by]);
    expect(await wrong(kept, other, policy)).toEqual([1, 'FAIL', 'inclusion-wrong']);
    expect(await wrong(kept, leaf, foreign)).toEqual([
      1,
      'FAIL',
      expect.stringMatching(/^log-signature|^origin/),
    ]);
    expect(await wrong(cut, leaf, policy)).toEqual([1, 'FAIL', expect.any(String)]);
    expect(await wrong(policy, leaf, policy)).toEqual([1, 'FAIL', 'proof-malformed']);
  }, 60_000);

  it('refuses what cannot be meant', async () => {
    for (const [args, word] of [
      [[kept, '--leaf-hash', 'abc'], 'leaf-hash-malformed'],
      [[join(folder, 'nothing'), '--leaf-hash', leaf], 'file-unreadable'],
      [[kept, '--leaf-hash', leaf, '--policy', kept], 'policy-line-unknown'],
    ] as const) {
      const { code, stdout } = await run([...args, '--json']);
      expect([code, (JSON.parse(stdout) as { error: string }).error]).toEqual([1, word]);
    }
    expect((await run([kept])).code).toBe(2);
  }, 60_000);
});

it('an event that is not under a signed head yet is pending', async () => {
  await ledger().beforeApplicationShutdown();
  const late = await appended();
  const answer = await get(`/receipts/${late}?lang=en`);
  const html = await answer.text();
  expect([answer.status, html]).toEqual([200, expect.stringContaining(MESSAGES.en.receipt.pending)]);
  expect(html).not.toContain(`/receipts/${late}/file`);
  expect((await get(`/receipts/${late}/file`)).status).toBe(404);
});

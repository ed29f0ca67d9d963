/** The signed log over real HTTP while it grows, read by an outside reader; and receipts out of it. */
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromBase64url, utf8 } from '../../projections/bytes.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { keyLine } from '../../src/ledger/log-keys.js';
import { LedgerDetails } from '../../src/ledger/ledger-details.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { HealthDetails } from '../../src/rest/health-details.js';
import type { RateLimit } from '../../src/rest/rate-limit.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { append, events, newStream } from '../event-store/samples.js';
import { BUNDLES, BUNDLES_WINDOW_MS, MOST_BUNDLES } from '../../src/ledger/ledger.controller.js';
import { makePool } from '../../src/postgres/pools.js';
import { problem, Site } from '../rest/site.js';
import { logSigner, ORIGIN, witnessSigner } from './signers.js';
import { TlogReader } from './tlog-reader.js';

let site: Site;
let reader: TlogReader;
const store = () => site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
const ledger = () => site.running.app.get(Ledger, { strict: false });

beforeAll(async () => {
  site = await Site.start();
  await shown(1n);
  const vkeys = await (await site.fetch('/log/vkeys')).text();
  reader = new TlogReader(`${site.origin}/log`, vkeys.trim());
});
afterAll(() => site.stop());

/** Resolves when a head of at least this size is shown. */
async function shown(size: bigint): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (((await ledger().published())?.size ?? 0n) >= size) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    `No head of size ${size} was shown: ${JSON.stringify(ledger().health(), (_, v) => String(v))}`,
  );
}

async function grow(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 500) {
    await store().append(append(newStream(), 'no-stream', ...events(Math.min(left, 500))));
  }
}

describe('the log at /log', () => {
  it('is read whole by an outside reader, at every size while it grows', async () => {
    let before = 0;
    for (const more of [1, 3, 250, 2, 700]) {
      await grow(more);
      await shown((await store().head()) + 1n);
      const head = await reader.head();
      expect(head.size).toBeGreaterThanOrEqual(before + more);
      before = head.size;
      const entries = await reader.entries(head.size);
      const { root, leaves } = await reader.treeOf(head.size);
      expect(root.equals(head.root)).toBe(true);
      expect(entries.map((entry) => reader.leafHash(entry))).toEqual(leaves);
    }
  });

  it('still has the partial tiles of every size that was shown', async () => {
    const head = await reader.head();
    const { leaves } = await reader.treeOf(head.size);
    for (const width of [1, 7, 100, 255]) {
      const tile = Buffer.from(await (await site.fetch(`/log/tile/0/001.p/${width}`)).arrayBuffer());
      expect(tile).toEqual(Buffer.concat(leaves.slice(256, 256 + width)));
    }
  });

  it('lets a tile be kept for ever and a head for two seconds', async () => {
    const tile = await site.fetch('/log/tile/0/000');
    expect(tile.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(tile.headers.get('content-type')).toBe('application/octet-stream');
    const head = await site.fetch('/log/checkpoint');
    expect(head.headers.get('cache-control')).toBe('public, max-age=2');
    expect(head.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('says whom to trust as a policy, with the keys that stand at /log/vkeys', async () => {
    const policy = await site.fetch('/log/policy');
    expect(policy.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(policy.headers.get('cache-control')).toBe('no-cache');
    const vkeys = await (await site.fetch('/log/vkeys')).text();
    expect(await policy.text()).toBe(`log ${vkeys}quorum none\n`);
  });

  it('reads entries for one address only so often, and everything else all the same', async () => {
    const other = await Site.start();
    try {
      const ask = () => other.fetch('/log/tile/entries/000.p/1');
      while ((await ask()).status === 404) await new Promise((resolve) => setTimeout(resolve, 50));
      // As if it had asked for nearly as many within this moment.
      const limit = other.running.app.get<RateLimit>(BUNDLES, { strict: false });
      for (let asked = 2; asked < MOST_BUNDLES; asked++) limit.count('127.0.0.1');
      expect((await ask()).status).toBe(200);
      const refused = await ask();
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(BUNDLES_WINDOW_MS / 1_000);
      expect(await problem(refused)).toMatchObject({ status: 429, code: 'too-many-bundles' });
      expect((await other.fetch('/log/tile/0/000.p/1')).status).toBe(200);
      expect((await other.fetch('/log/checkpoint')).status).toBe(200);
    } finally {
      await other.stop();
    }
  });

  it.each([
    'tile/0/999',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/0',
    'tile/9/000',
    'tile/entries/x000/000',
    'tile/0/..%2f..%2f000',
    'tile/',
  ])('has no %s', async (path) => {
    const response = await site.fetch(`/log/${path}`);
    expect(response.status).toBe(404);
  });
});

describe('/health/ready', () => {
  /** What it says of the ledger of a site of its own, once that is in a state and has so many events. */
  async function looked(own: Site, state: string, events = 1n): Promise<Record<string, unknown>> {
    let last: unknown;
    for (let tries = 0; tries < 200; tries++) {
      const { ledger: found } = (await (await own.fetch('/health/ready')).json()) as {
        ledger?: Record<string, unknown>;
      };
      const hasAll = Number(found?.size) >= Number(events) && found?.size === found?.signedSize;
      if (found?.state === state && hasAll) return found;
      last = found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(JSON.stringify(last));
  }

  it('says how far the log is in the tree, signed and shown, and how long ago', async () => {
    const own = await Site.start();
    try {
      const store = own.running.app.get<EventStore>(EVENT_STORE, { strict: false });
      const written = (await store.head()) + 1n;
      const { size, signedSecondsAgo, ...rest } = await looked(own, 'following', written);
      expect(rest).toEqual({
        state: 'following',
        signedSize: size,
        shownSize: size,
        witnesses: { asked: 0, waitedFor: [] },
      });
      expect(written).toBeGreaterThan(6n);
      expect(Number(size)).toBeGreaterThanOrEqual(Number(written));
      expect(signedSecondsAgo).toBeLessThan(20);
      const then = new Date(Date.now() - 3_600_000);
      await utimes(join(own.settings.data, 'secrets', 'log-signed'), then, then);
      expect((await looked(own, 'following')).signedSecondsAgo).toBeGreaterThanOrEqual(3_600);
    } finally {
      await own.stop();
    }
  });

  it('tells the same where the program is not ready', async () => {
    // The views of this site stopped at events that nobody knows; the log goes on.
    const answer = await site.fetch('/health/ready');
    expect(answer.status).toBe(503);
    const size = String((await store().head()) + 1n);
    expect(await answer.json()).toMatchObject({
      code: 'not-ready',
      parameters: { because: 'views-halted' },
      ledger: { state: 'following', size, shownSize: size },
    });
  });

  it('says how the ledger does where the database is away', async () => {
    const gone = makePool(site.settings.databaseUrl ?? '', { info: () => undefined, warn: () => undefined });
    await gone.end();
    const details = new HealthDetails();
    new LedgerDetails(ledger(), gone, details).onModuleInit();
    const [[name, detail]] = details.entries() as [[string, () => Promise<object>]];
    expect([name, await detail()]).toEqual(['ledger', expect.objectContaining({ state: 'following' })]);
  });

  it('names the witnesses that are waited for, by their names in the policy', async () => {
    const policy = join(site.settings.data, 'policy');
    const { vkey } = witnessSigner('away');
    await writeFile(
      policy,
      `log ${logSigner().vkey}\nwitness away ${vkey} http://127.0.0.1:1\nquorum away\n`,
    );
    const key = keyLine(nodeCrypto, ORIGIN, nodeCrypto.sha256(utf8('log')));
    const own = await Site.start({}, { CONCEJO_LOG_POLICY: policy, CONCEJO_LOG_KEY: key });
    try {
      const found = await looked(own, 'waiting');
      expect(found).toMatchObject({
        code: 'quorum-missing',
        shownSize: '0',
        witnesses: { asked: 1, waitedFor: [{ name: 'away', code: 'witness-unreachable' }] },
      });
    } finally {
      await own.stop();
    }
  });
});

it('a tile that is gone from under the head is damage, and no tile that never was', async () => {
  const own = await Site.start();
  try {
    const ask = () => own.fetch('/log/tile/0/000.p/1');
    while ((await ask()).status === 404) await new Promise((resolve) => setTimeout(resolve, 50));
    const admin = makePool(own.settings.ownerUrl ?? '', { info: () => undefined, warn: () => undefined });
    await admin.query('delete from ledger_tiles').finally(() => admin.end());
    expect(await problem(await ask())).toMatchObject({ status: 500, code: 'tile-damaged' });
    expect((await own.fetch('/log/tile/0/999')).status).toBe(404);
  } finally {
    await own.stop();
  }
});

describe('receipts', () => {
  it('come from pending to a proof that an outside reader verifies', async () => {
    const made = append(newStream(), 'no-stream', ...events(3));
    await store().append(made);
    const hash = made.events[1]?.hash as Uint8Array;
    const address = `/api/v1/receipts/${Buffer.from(hash).toString('base64url')}`;
    const first = (await (await site.fetch(address)).json()) as { status: string; index: string };
    expect(['pending', 'integrated']).toContain(first.status);
    await shown((await store().head()) + 1n);
    const body = (await (await site.fetch(address)).json()) as {
      status: string;
      index: string;
      proof: string;
    };
    expect(body).toMatchObject({ status: 'integrated', index: first.index });
    const { index, head } = reader.readProof(body.proof, Buffer.from(hash));
    expect(String(index)).toBe(body.index);
    const entry = (await reader.entries(head.size))[index] as Buffer;
    expect(reader.leafHash(entry)).toEqual(Buffer.from(hash));
  });

  it('come as a file to keep', async () => {
    const { head, size } = { head: await store().head(), size: await ledger().tiles.size() };
    expect(size).toBe(head + 1n);
    const hash = Buffer.from(await store().leafHashes(4n, 1)).toString('base64url');
    const response = await site.fetch(`/api/v1/receipts/${hash}`, { headers: { accept: 'text/plain' } });
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="concejo-receipt-5.tlog-proof"',
    );
    const proof = await response.text();
    expect(reader.readProof(proof, Buffer.from(fromBase64url(hash) as Uint8Array)).index).toBe(5);
  });

  it.each(['AAAA', 'A'.repeat(43), '%00', 'x'.repeat(44)])('are refused for %s', async (hash) => {
    const response = await site.fetch(`/api/v1/receipts/${hash}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'receipt-unknown' });
  });
});

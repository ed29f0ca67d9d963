/** The audit of a live log over HTTP: an honest one passes, a lying one gets a verdict, and one that cannot be read an error. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Report } from '../../projections/audit/report.js';
import { auditRemote } from '../../src/audit/audit-remote.js';
import { inOrder } from '../../src/audit/in-order.js';
import type { FetchOptions } from '../../src/audit/patient-fetch.js';
import { RemoteLog } from '../../src/audit/remote-log.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { entriesOf, LogServer, type Reply } from './log-server.js';
import { headOf, LOG, POLICY, tell, WITNESS } from './story.js';
import { checkpointBy } from '../ledger/signers.js';

const story = tell();
const size = story.leaves.length;
const [content] = story.contents;
const [result] = story.results;
const ENTRIES = `/log/tile/entries/000.p/${size}`;
const TILE = `/log/tile/0/000.p/${size}`;
const CONTENT = `/api/v1/contents/${content!.id}`;
const RESULT = `/api/v1/results/${result!.outputDigest}`;

/** Ten megabytes in ten kilobytes. */
const PACKED = gzipSync(Buffer.alloc(10_000_000));

const servers: LogServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function serverWith(lies: Record<string, Reply> = {}): Promise<LogServer> {
  const server = await LogServer.telling(story);
  servers.push(server);
  for (const [path, reply] of Object.entries(lies)) server.lies.set(path, reply);
  return server;
}

async function audited(
  server: LogServer,
  options: FetchOptions = {},
  policy: Uint8Array | 'its-own' = POLICY,
) {
  const log = new RemoteLog(server.url, { pauseMs: 5, ...options });
  return auditRemote(log, { crypto: nodeCrypto, ...(policy !== 'its-own' && { policy }) });
}

function verdictOf({ checks }: Report, number: number) {
  const check = checks.find((one) => one.number === number);
  return [check?.verdict, check?.code];
}

/** The right bytes with one changed. */
async function damaged(path: string): Promise<Uint8Array> {
  const server = await serverWith();
  const bytes = Buffer.from(await (await fetch(server.url + path)).arrayBuffer());
  bytes[bytes.length - 2]! ^= 1;
  return bytes;
}

describe('an honest log', () => {
  it('passes, and every file that the head needs was looked at', async () => {
    const report = await audited(await serverWith());
    expect(report).toMatchObject({ passed: true, size });
    expect(verdictOf(report, 1)).toEqual(['PASS', 'passed']);
    expect(verdictOf(report, 44)).toEqual(['PASS', 'passed']);
    expect(report.checks.find(({ number }) => number === 1)?.examined).toBe(2);
  });

  it('warns where it says itself whom to trust', async () => {
    const report = await audited(await serverWith(), {}, 'its-own');
    expect(verdictOf(report, 4)).toEqual(['WARN', 'policy-of-the-log-itself']);
    expect(verdictOf(report, 5)).toEqual(['WARN', 'no-witnesses']);
    expect(report.passed).toBe(true);
  });

  it('is audited at the head that was fetched first, however it grows', async () => {
    const server = await serverWith();
    const head = story.heads.checkpoint!;
    server.lies.set('/log/checkpoint', (response) => {
      server.leaves.push(...entriesOf('more', 300));
      response.writeHead(200, { 'content-type': 'text/plain' }).end(head);
    });
    expect(await audited(server)).toMatchObject({ passed: true, size });
  });

  it('may have trouble for a moment, and redirect within itself', async () => {
    let asked = 0;
    const server = await serverWith({
      [ENTRIES]: (response) => {
        if (asked++ === 0) response.destroy();
        else if (asked === 2) response.writeHead(503, { 'retry-after': '0' }).end();
        else response.writeHead(302, { location: '/log/tile/entries/moved' }).end();
      },
    });
    const right = await (await fetch((await serverWith()).url + ENTRIES)).arrayBuffer();
    server.lies.set('/log/tile/entries/moved', new Uint8Array(right));
    expect(await audited(server)).toMatchObject({ passed: true });
    expect(asked).toBe(3);
  });

  it('need not have partial tiles where the full ones are there', async () => {
    const server = await LogServer.start(entriesOf('word', 256));
    servers.push(server);
    server.lies.set('/log/tile/0/000.p/9', (response) => response.writeHead(404).end());
    const log = new RemoteLog(server.url);
    const full = await log.tile({ level: 0, index: 0n, width: 256 });
    expect(await log.tile({ level: 0, index: 0n, width: 9 })).toEqual(full!.slice(0, 9 * 32));
  });
});

describe('a log that lies', () => {
  it.each<[string, Record<string, Reply>, number, string]>([
    ['a missing tile', { [TILE]: (response) => response.writeHead(404).end() }, 1, 'file-missing'],
    ['a missing bundle', { [ENTRIES]: (response) => response.writeHead(410).end() }, 1, 'file-missing'],
    ['a short tile', { [TILE]: new Uint8Array(31) }, 1, 'file-length-wrong'],
    ['a damaged tile', { [TILE]: 'damaged' }, 3, 'tile-wrong'],
    ['a damaged entry', { [ENTRIES]: 'damaged' }, 3, 'root-wrong'],
    ['a damaged result', { [RESULT]: 'damaged' }, 39, 'result-not-of-digest'],
    ['a damaged text', { [CONTENT]: '{"texts":{"es":"otra"},"salt":"AAAA"}' }, 44, 'commitment-wrong'],
    ['something that is no text', { [CONTENT]: 'nothing' }, 44, 'commitment-wrong'],
    [
      'a text that is not there',
      { [CONTENT]: (response) => response.writeHead(404).end() },
      44,
      'content-missing',
    ],
    ['a head that is none', { '/log/checkpoint': 'nothing' }, 4, 'note-malformed'],
  ])('fails: %s', async (_what, lies, number, code) => {
    const right: Record<string, Reply> = {};
    for (const [path, reply] of Object.entries(lies))
      right[path] = reply === 'damaged' ? await damaged(path) : reply;
    const report = await audited(await serverWith(right));
    expect(report.passed).toBe(false);
    expect(verdictOf(report, number)).toEqual(['FAIL', code]);
  });

  it('fails with a bundle that is cut short', async () => {
    const right = new Uint8Array(await (await fetch((await serverWith()).url + ENTRIES)).arrayBuffer());
    const report = await audited(await serverWith({ [ENTRIES]: right.slice(0, -1) }));
    expect(verdictOf(report, 2)).toEqual(['FAIL', 'entry-bundle-cut']);
  });

  it('does not have a text parsed that is longer than any', async () => {
    const parse = jest.spyOn(JSON, 'parse');
    const report = await audited(await serverWith({ [CONTENT]: '['.repeat(3_000_000) }));
    const most = Math.max(...parse.mock.calls.map(([text]) => text.length));
    parse.mockRestore();
    expect(verdictOf(report, 44)).toEqual(['FAIL', 'commitment-wrong']);
    expect(most).toBeLessThan(100_000);
  });

  it('does not pass with a head of nothing', async () => {
    const { checkpoint } = tell({ leaves: () => [] }).heads;
    const report = await audited(await serverWith({ '/log/checkpoint': checkpoint! }));
    expect([report.passed, report.size, verdictOf(report, 3)]).toEqual([
      false,
      0,
      ['NOT-CHECKED', 'log-empty'],
    ]);
  });

  it('does not pass where a text was taken away since: it is not said that it is missing', async () => {
    const report = await audited(
      await serverWith({ [CONTENT]: (response) => response.writeHead(410).end() }),
    );
    expect(report.passed).toBe(false);
    expect(verdictOf(report, 44)).toEqual(['NOT-CHECKED', 'content-gone-since']);
  });
});

describe('a log that cannot be read', () => {
  const type = { 'content-type': 'application/octet-stream' };
  const endless = (response: ServerResponse) => {
    response.writeHead(200, type);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  };
  const packed = (response: ServerResponse) =>
    response.writeHead(200, { ...type, 'content-encoding': 'gzip' }).end(PACKED);
  it.each<[string, string, string, Reply]>([
    ['has no end', 'answer-too-long', TILE, endless],
    ['has no end', 'answer-too-long', '/log/checkpoint', endless],
    ['is small until it is unpacked', 'answer-too-long', TILE, packed],
    ['says nothing', 'answer-late', TILE, () => undefined],
    ['stops in the middle', 'answer-late', TILE, (response) => response.writeHead(200, type).write('x')],
    [
      'breaks off',
      'log-unreachable',
      TILE,
      (response) => {
        response.writeHead(200, { ...type, 'content-length': '100' }).write('x');
        setTimeout(() => response.destroy(), 5);
      },
    ],
    [
      'is a page',
      'answer-of-another-kind',
      ENTRIES,
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in'),
    ],
    ['is a refusal', 'answer-of-another-kind', ENTRIES, (response) => response.writeHead(403).end()],
    ['is trouble for good', 'log-failing', ENTRIES, (response) => response.writeHead(500).end()],
    [
      'leads to another site',
      'redirect-elsewhere',
      ENTRIES,
      (response) => response.writeHead(301, { location: 'http://127.0.0.2:1/' }).end(),
    ],
    [
      'leads nowhere',
      'redirect-elsewhere',
      ENTRIES,
      (response) => response.writeHead(301, { location: ENTRIES }).end(),
    ],
    ['is not there', 'log-not-found', '/log/checkpoint', (response) => response.writeHead(404).end()],
  ])('an answer that %s: %s (%s)', async (_what, code, path, reply) => {
    const server = await serverWith({ [path]: reply });
    const error = await audited(server, { idleMs: 150 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'LogUnreadable', code });
    expect((error as Error).message).toContain('http://127.0.0.1');
  });

  it('is not begun of more events than any log has, and is begun of a few more than there are', async () => {
    const headOfSize = (size: bigint) =>
      checkpointBy([LOG, WITNESS], { size, root: headOf(story.leaves).root });
    const endless = audited(await serverWith({ '/log/checkpoint': headOfSize(1_000_000_001n) }));
    await expect(endless).rejects.toMatchObject({ name: 'LogUnreadable', code: 'log-too-long' });
    const longer = await audited(await serverWith({ '/log/checkpoint': headOfSize(BigInt(size) + 1n) }));
    expect([longer.passed, ...verdictOf(longer, 1)]).toEqual([false, 'FAIL', 'file-missing']);
    const shorter = await audited(await serverWith({ '/log/checkpoint': headOfSize(BigInt(size) - 1n) }));
    expect([shorter.passed, shorter.cause, ...verdictOf(shorter, 3)]).toEqual([
      false,
      3,
      'FAIL',
      'root-wrong',
    ]);
  });

  it('ends an answer that comes drop by drop', async () => {
    const server = await serverWith({
      [TILE]: (response) => {
        response.writeHead(200, type);
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
    });
    const options = { idleMs: 5_000, wholeMs: 100 };
    await expect(audited(server, options)).rejects.toMatchObject({ code: 'answer-late' });
  });

  it('is given up when whoever asked does not want it any more', async () => {
    const server = await serverWith({ [TILE]: () => undefined });
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(new Error('enough')), 50);
    await expect(audited(server, { signal: stopping.signal })).rejects.toThrow('enough');
  });

  it.each(['nothing', 'ftp://127.0.0.1/', 'https://somebody:word@127.0.0.1'])('at %s', (address) => {
    expect(() => new RemoteLog(address)).toThrow(expect.objectContaining({ code: 'address-malformed' }));
  });
});

describe('work in order', () => {
  it('has a few under way and gives results in the order of what was asked', async () => {
    let now = 0;
    let most = 0;
    const work = async (ms: number) => {
      most = Math.max(most, ++now);
      await sleep(ms);
      now--;
      return ms;
    };
    const results: number[] = [];
    for await (const ms of inOrder([30, 5, 20, 1, 10, 2], 3, work)) results.push(ms);
    expect(results).toEqual([30, 5, 20, 1, 10, 2]);
    expect(most).toBe(3);
  });
});

/** `concejo follow` as its users start it: a process on a folder, against a log that grows, lies and goes away. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64url } from '../../projections/bytes.js';
import { leafHash } from '../../projections/hash.js';
import { inclusionParts, proofOf } from '../../projections/ledger/tree.js';
import { merkleRoot } from '../../projections/hash.js';
import { writeProof } from '../../projections/ledger/proof.js';
import { follow } from '../../src/command-line/follow.js';
import { fail } from '../../src/command-line/output.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { startChild, type Child } from '../child.js';
import { logSigner, witnessSigner } from '../ledger/signers.js';
import { newFolder, removeFolders } from '../postgres/folders.js';
import { entriesOf, LogServer } from './log-server.js';

const LOG = logSigner();
const POLICY = `log ${LOG.vkey}\nquorum none\n`;
const servers: LogServer[] = [];
const children: Child[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.process.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.stop();
  removeFolders();
});

async function serve(count: number): Promise<LogServer> {
  const server = await LogServer.start(entriesOf('entry', count));
  servers.push(server);
  return server;
}

function following(args: readonly string[]): Child {
  const child = startChild('src/main.ts', ['follow', ...args]);
  children.push(child);
  return child;
}

/** One look with a folder of its own, or the one given, in this process: what the command would print, and its exit code. */
async function look({ url }: { url: string }, folder: string, ...args: string[]) {
  const { many, one } = optionsIn(args);
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      printed[name] += String(text);
      return true;
    }),
  );
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const periods = { interval: '10', grace: '300', patience: '10', silence: '172800' };
    await follow(url, { folder, once: true, json: true, ...periods, ...one, ...many });
  } catch (error) {
    fail(error, true);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const code = process.exitCode;
  process.exitCode = before;
  return { code, ...printed };
}

/** As the command line reads them: what follows a word with two dashes belongs to it. */
function optionsIn(args: readonly string[]) {
  const given: Record<string, string[]> = {};
  let name = '';
  for (const arg of args)
    if (arg.startsWith('--')) given[(name = arg.slice(2))] ??= [];
    else given[name]!.push(arg);
  const { receipt, checkpoint, ...others } = given;
  const one = Object.fromEntries(Object.entries(others).map(([option, [value = '']]) => [option, value]));
  return { one, many: { ...(receipt && { receipt }), ...(checkpoint && { checkpoint }) } };
}

function file(content: Uint8Array | string): string {
  const path = join(newFolder(), 'file');
  writeFileSync(path, content);
  return path;
}

function hashOf(leaf: Uint8Array): string {
  return toBase64url(leafHash(nodeCrypto, leaf));
}

const lastOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;

/** The receipt of an entry under the head that is shown now. */
function receiptOf(server: LogServer, index: number): string {
  const { size } = server;
  const parts = inclusionParts(BigInt(index), BigInt(size))!;
  const hashes = parts.flat().map(({ level, index: at }) => {
    const each = 2 ** level;
    const leaves = server.leaves.slice(Number(at) * each, (Number(at) + 1) * each);
    return merkleRoot(
      nodeCrypto,
      leaves.map((leaf) => leafHash(nodeCrypto, leaf)),
    );
  });
  return writeProof({
    index: BigInt(index),
    hashes: proofOf(nodeCrypto, parts, hashes),
    checkpoint: server.note(),
  });
}

/** Evidence of an alarm: what it is called, and the names of its files. */
function evidenceIn(folder: string): [string, string[]][] {
  const evidence = join(folder, 'evidence');
  return readdirSync(evidence).map((name) => [
    name.replace(/-[0-9a-f]{16}$/, ''),
    readdirSync(join(evidence, name)).sort(),
  ]);
}

describe('following', () => {
  it('mirrors a log in the layout of tlog-tiles at every size, and the mirror can be served itself', async () => {
    const server = await serve(1);
    const folder = join(newFolder(), 'mirror');
    for (const more of [0, 2, 250, 3, 300, 0, 700]) {
      const before = server.leaves.length;
      server.leaves.push(...entriesOf('entry', more, before));
      const { code, stdout, stderr } = await look(server, folder);
      expect([code, stderr.replace(/Without --policy.*\n/, '')]).toEqual([0, '']);
      if (more > 0) expect(lastOf(stdout)).toMatchObject({ size: String(server.size), added: String(more) });
    }
    expect(readFileSync(join(folder, 'policy'), 'utf8')).toBe(POLICY);
    expect(readdirSync(join(folder, 'checkpoints'))).toHaveLength(6);
    // What is full is fetched once.
    expect(server.asked.filter((path) => path === '/log/tile/entries/000')).toHaveLength(1);
    const asked = new Set(server.asked.filter((path) => path.startsWith('/log/tile/')));
    const files = [...asked].filter(
      (path) => !path.includes('.p/') || path.endsWith(`.p/${server.size % 256}`),
    );
    for (const path of files) {
      const right = Buffer.from(await (await fetch(server.url + path)).arrayBuffer());
      expect([path, readFileSync(join(folder, path.slice('/log/'.length))).equals(right)]).toEqual([
        path,
        true,
      ]);
    }
    // Partial tiles that were filled since are gone.
    expect(existsSync(join(folder, 'tile/0/000.p/3'))).toBe(false);
  }, 60_000);

  it('prints a line for each new head while it runs, waits while the log is away, and ends when told', async () => {
    const server = await serve(5);
    const folder = newFolder();
    const child = following([server.url, '--folder', folder, '--interval', '1']);
    await child.line(/ 5 events under .*, 5 new$/);
    server.lies.set('/log/checkpoint', '<html>');
    server.leaves.push(...entriesOf('entry', 2, 5));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    server.lies.clear();
    await child.line(/ 7 events under .*, 2 new$/);
    child.process.kill('SIGTERM');
    const { code, stderr } = await child.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('/log/checkpoint shows no signed note')]);
    const { stdout } = await following(['--folder', folder, '--once', '--json']).ended;
    expect(stdout).toBe('');
  }, 30_000);

  it('goes on after it was killed at any moment, and two do not share a folder', async () => {
    const server = await serve(9_000);
    const folder = newFolder();
    for (const after of [150, 700, 900, 1_100, 1_300]) {
      const asked = server.asked.length;
      const child = following([server.url, '--folder', folder]);
      // Counted from its first question: how long a process takes to begin hangs on the machine.
      while (server.asked.length === asked) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, after));
      child.process.kill('SIGKILL');
      await child.ended;
      server.leaves.push(...entriesOf('entry', 10, server.leaves.length));
    }
    const [one, other] = [following([server.url, '--folder', folder]), await serve(1)];
    await one.line(/ 9050 events/);
    const second = await look(other, folder);
    expect([second.code, lastOf(second.stdout).error]).toEqual([1, 'folder-in-use']);
    one.process.kill('SIGTERM');
    await one.ended;
    expect((await look(server, folder)).code).toBe(0);
    const times = server.asked.filter((path) => path === '/log/tile/entries/003').length;
    expect(times).toBeLessThanOrEqual(2);
  }, 60_000);

  it('takes what it fetched before only where it is of the history that was signed', async () => {
    const server = await serve(300);
    const folder = newFolder();
    expect((await look(server, folder)).code).toBe(0);
    const honest = server.leaves;
    server.leaves = [...honest, ...entriesOf('other', 500, 300)];
    server.lies.set('/log/tile/entries/003.p/32', 'damaged');
    expect((await look(server, folder)).code).toBe(3);
    expect(existsSync(join(folder, 'tile/entries/002'))).toBe(true);
    server.lies.clear();
    server.leaves = [...honest, ...entriesOf('entry', 600, 300)];
    const { code, stdout } = await look(server, folder);
    expect([code, lastOf(stdout)]).toEqual([0, expect.objectContaining({ size: '900' })]);
  }, 30_000);

  it('notices that its own folder was damaged', async () => {
    const server = await serve(3);
    const folder = newFolder();
    await look(server, folder);
    rmSync(join(folder, 'tile/0/000.p/3'));
    server.leaves.push(...entriesOf('entry', 1, 3));
    const { code, stdout } = await look(server, folder);
    expect([code, lastOf(stdout).error]).toEqual([1, 'mirror-damaged']);
  }, 30_000);
});

describe('an alarm', () => {
  const grown = (server: LogServer, count: number, word = 'entry') =>
    server.leaves.push(...entriesOf(word, count, server.leaves.length));

  it.each<[string, string, (server: LogServer) => void]>([
    ['split-view', 'another head of the same size', (server) => (server.leaves[4] = entriesOf('x', 1)[0]!)],
    [
      'split-view',
      'a larger head of another history',
      (server) => {
        server.leaves[4] = entriesOf('x', 1)[0]!;
        grown(server, 300);
      },
    ],
    [
      'split-view',
      'a larger head that is another in its last events',
      (server) => {
        server.leaves[599] = entriesOf('x', 1)[0]!;
        grown(server, 3);
      },
    ],
    [
      'split-view',
      'a smaller head of another history',
      (server) => {
        server.leaves = entriesOf('x', 599);
      },
    ],
    [
      'tree-not-as-signed',
      'a head whose tiles are of another history than it',
      (server) => {
        const leaves = [...server.leaves];
        grown(server, 100, 'x');
        const note = server.note();
        server.leaves = leaves;
        grown(server, 100);
        server.lies.set('/log/checkpoint', note);
      },
    ],
    [
      'entry-not-in-tree',
      'an entry that was changed',
      (server) => {
        grown(server, 10);
        const bytes = Buffer.from(server.leaves.slice(512).flatMap((leaf) => [0, leaf.length, ...leaf]));
        bytes[bytes.length - 1]! ^= 1;
        server.lies.set('/log/tile/entries/002.p/98', bytes);
      },
    ],
    [
      'entry-not-in-tree',
      'a bundle that is cut short',
      (server) => {
        grown(server, 10);
        server.lies.set('/log/tile/entries/002.p/98', new Uint8Array(7));
      },
    ],
    [
      'tile-wrong',
      'a damaged tile of a higher level',
      (server) => {
        grown(server, 200);
        server.lies.set('/log/tile/1/000.p/3', new Uint8Array(96));
      },
    ],
    [
      'tile-missing',
      'a bundle that is not there',
      (server) => {
        grown(server, 10);
        server.lies.set('/log/tile/entries/002.p/98', (response) => response.writeHead(404).end());
        server.lies.set('/log/tile/entries/002', (response) => response.writeHead(404).end());
      },
    ],
    [
      'head-not-signed',
      'a head that a stranger signed',
      (server) => (server.signers = [logSigner('stranger')]),
    ],
    [
      'head-not-signed',
      'the head of another log',
      (server) => (server.signers = [logSigner('log', 'other.example/log')]),
    ],
  ])(
    '%s: %s, with both heads as evidence',
    async (code, _what, change) => {
      const server = await serve(600);
      const folder = newFolder();
      expect((await look(server, folder)).code).toBe(0);
      const kept = readFileSync(join(folder, 'checkpoint'));
      change(server);
      for (const _again of [1, 2]) {
        const { code: exit, stdout } = await look(server, folder);
        expect([exit, lastOf(stdout).alarm]).toEqual([3, code]);
      }
      expect(evidenceIn(folder)).toEqual([[code, expect.arrayContaining(['about.json', 'known', 'shown'])]]);
      const [where] = readdirSync(join(folder, 'evidence'));
      expect(readFileSync(join(folder, 'evidence', where!, 'known'))).toEqual(kept);
      expect(readFileSync(join(folder, 'checkpoint'))).toEqual(kept);
    },
    30_000,
  );

  it('is raised for a smaller head only when it stays', async () => {
    const server = await serve(600);
    const folder = newFolder();
    await look(server, folder);
    server.shown = 500;
    const looking = look(server, folder, '--patience', '2');
    await new Promise((resolve) => setTimeout(resolve, 600));
    server.shown = undefined;
    expect((await looking).code).toBe(0);
    server.shown = 500;
    const { code, stdout } = await look(server, folder, '--patience', '1');
    expect([code, lastOf(stdout)]).toEqual([
      3,
      { alarm: 'head-smaller', message: expect.stringContaining('500 events'), evidence: expect.any(String) },
    ]);
  }, 60_000);

  it('is raised again at each look, and its evidence is kept once', async () => {
    const server = await serve(3);
    const folder = newFolder();
    await look(server, folder);
    server.leaves[1] = entriesOf('x', 1)[0]!;
    expect((await look(server, folder)).code).toBe(3);
    const ended = await following([server.url, '--folder', folder, '--once']).ended;
    expect([ended.code, ended.stderr]).toEqual([3, expect.stringMatching(/^ALARM split-view: /)]);
    expect(evidenceIn(folder)).toHaveLength(1);
  }, 30_000);

  it('is raised for a head without the quorum of the policy', async () => {
    const server = await serve(2);
    const witness = witnessSigner('north');
    const policy = file(`log ${LOG.vkey}\nwitness north ${witness.vkey}\nquorum north\n`);
    const folder = newFolder();
    const { code, stdout } = await look(server, folder, '--policy', policy);
    expect([code, lastOf(stdout).alarm]).toEqual([3, 'head-without-quorum']);
    server.signers = [LOG, witness];
    // The folder has kept the policy.
    expect((await look(server, folder)).code).toBe(0);
  }, 30_000);
});

describe('a log that keeps quiet', () => {
  const aMoment = () => new Promise((resolve) => setTimeout(resolve, 1_100));
  const silent = (ended: { code: number; stdout: string }) => [ended.code, lastOf(ended.stdout).alarm];

  it.each<[string, (server: LogServer) => void]>([
    ['the same head for ever', () => undefined],
    ['no head', (server) => server.lies.set('/log/checkpoint', (response) => response.writeHead(404).end())],
    ['something else', (server) => server.lies.set('/log/checkpoint', 'nothing')],
  ])('by showing %s is an alarm in the end', async (_what, change) => {
    const server = await serve(3);
    const folder = newFolder();
    expect((await look(server, folder, '--silence', '1')).code).toBe(0);
    change(server);
    await aMoment();
    const ended = await look(server, folder, '--silence', '1');
    expect(silent(ended)).toEqual([3, 'log-silent']);
    expect(evidenceIn(folder)).toEqual([['log-silent', ['about.json', 'known']]]);
  });

  it('by answering without an end is an alarm in the end', async () => {
    const server = await serve(3);
    const folder = newFolder();
    await look(server, folder);
    server.leaves.push(...entriesOf('entry', 1, 3));
    server.lies.set('/log/tile/entries/000.p/4', (response) => {
      const timer = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const ended = await look(server, folder, '--silence', '1');
    expect(silent(ended)).toEqual([3, 'log-silent']);
    expect(lastOf(ended.stdout).message).toContain('too slowly');
  });

  it('is none where something new came, or where nobody minds', async () => {
    const server = await serve(3);
    const folder = newFolder();
    await look(server, folder);
    await aMoment();
    expect((await look(server, folder, '--silence', '0')).code).toBe(0);
    server.leaves.push(...entriesOf('entry', 1, 3));
    expect((await look(server, folder, '--silence', '1')).code).toBe(0);
  });
});

describe('a log that would fill a disk', () => {
  it('has each head kept once, whatever it writes under it', async () => {
    const server = await serve(3);
    const folder = newFolder();
    let looks = 0;
    server.lies.set('/log/checkpoint', (response) => {
      const line = `\u2014 nobody.example/${looks++} ${Buffer.alloc(68, looks).toString('base64')}\n`;
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(Buffer.concat([server.note(), Buffer.from(line)]));
    });
    for (const _again of [1, 2, 3]) expect((await look(server, folder)).code).toBe(0);
    expect(looks).toBe(3);
    expect(readdirSync(join(folder, 'checkpoints'))).toHaveLength(1);
  });
});

describe('a receipt', () => {
  it('is waited for, found in what was mirrored or comes, and its absence is an alarm after the grace', async () => {
    const server = await serve(400);
    const folder = newFolder();
    const [old] = server.leaves.slice(300, 301);
    const [coming, never] = [entriesOf('entry', 1, 400)[0]!, entriesOf('never', 1)[0]!];
    await look(server, folder);
    const args = [old!, coming, never].flatMap((leaf) => ['--receipt', hashOf(leaf)]);
    expect((await look(server, folder, ...args)).code).toBe(0);
    server.leaves.push(coming);
    const { stdout } = await look(server, folder);
    expect(lastOf(stdout)).toMatchObject({ size: '401', waiting: 1 });
    const state = JSON.parse(readFileSync(join(folder, 'following.json'), 'utf8')) as {
      receipts: Record<string, { index?: string }>;
    };
    expect([old!, coming, never].map((leaf) => state.receipts[hashOf(leaf)]?.index)).toEqual([
      '300',
      '400',
      undefined,
    ]);
    const ended = await look(server, folder, '--grace', '0');
    expect([ended.code, lastOf(ended.stdout)]).toEqual([
      3,
      expect.objectContaining({
        alarm: 'receipt-not-in-log',
        message: expect.stringContaining(hashOf(never)),
      }),
    ]);
  }, 30_000);

  it('of another history is a split view, kept with both heads', async () => {
    const server = await serve(40);
    const leaf = entriesOf('x', 1)[0]!;
    const honest = server.leaves;
    server.leaves = [...honest.slice(0, 10), leaf];
    const receipt = receiptOf(server, 10);
    server.leaves = honest;
    const folder = newFolder();
    const { code, stdout } = await look(server, folder, '--receipt', `${hashOf(leaf)}=${file(receipt)}`);
    expect([code, lastOf(stdout).alarm]).toEqual([3, 'split-view']);
    expect(evidenceIn(folder)).toEqual([['split-view', ['about.json', 'known', 'shown']]]);
  }, 30_000);

  it('of a head that the log keeps back is an alarm after the grace', async () => {
    const server = await serve(40);
    const receipt = `${hashOf(server.leaves[10]!)}=${file(receiptOf(server, 10))}`;
    server.shown = 20;
    const folder = newFolder();
    expect((await look(server, folder, '--receipt', receipt)).code).toBe(0);
    const { code, stdout } = await look(server, folder, '--grace', '0');
    expect([code, lastOf(stdout).alarm]).toEqual([3, 'head-smaller']);
    server.shown = undefined;
    expect((await look(server, folder, '--grace', '0')).code).toBe(0);
  });

  it('that proves nothing is refused', async () => {
    const server = await serve(20);
    const wrong = `${hashOf(server.leaves[3]!)}=${file(receiptOf(server, 4))}`;
    const { code, stdout } = await look(server, newFolder(), '--receipt', wrong);
    expect([code, lastOf(stdout)]).toEqual([
      1,
      { error: 'receipt-wrong', message: expect.stringContaining('inclusion-wrong') },
    ]);
  }, 30_000);
});

describe('a checkpoint that somebody else saw', () => {
  it('is a beginning of the log, or a split view; also without the log', async () => {
    const server = await serve(300);
    const folder = newFolder();
    const [early, now] = [file(server.note(77)), file(server.note())];
    const same = await look(server, folder, '--checkpoint', early, now);
    expect([same.code, lastOf(same.stdout)]).toEqual([0, { checkpoint: now, size: '300', same: true }]);
    server.leaves[50] = entriesOf('x', 1)[0]!;
    const other = file(server.note(77));
    server.lies.set('/log/checkpoint', (response) => response.destroy());
    const { code, stdout } = await look(server, folder, '--checkpoint', other);
    expect([code, lastOf(stdout).alarm]).toEqual([3, 'split-view']);
    expect((await look(server, folder, '--checkpoint', early)).code).toBe(0);
  }, 30_000);

  it('that is larger than what the log goes on showing is an alarm', async () => {
    const server = await serve(30);
    const larger = file(server.note());
    server.shown = 20;
    const { code, stdout } = await look(server, newFolder(), '--checkpoint', larger, '--patience', '1');
    expect([code, lastOf(stdout).alarm]).toEqual([3, 'head-smaller']);
  }, 30_000);

  it('of another log is refused', async () => {
    const server = await serve(3);
    server.signers = [logSigner('stranger')];
    const strange = file(server.note());
    server.signers = [LOG];
    const { code, stdout } = await look(server, newFolder(), '--checkpoint', strange);
    expect([code, lastOf(stdout).error]).toEqual([1, 'checkpoint-of-another-log']);
  }, 30_000);
});

describe('wrong use', () => {
  it('is a folder that holds other things', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'README.md'), 'Mine');
    const { code, stdout } = await following(['http://127.0.0.1:1', '--folder', folder, '--once', '--json'])
      .ended;
    expect([code, lastOf(stdout).error]).toEqual([1, 'folder-not-empty']);
  }, 30_000);

  it('is a folder that follows nothing yet', async () => {
    const { code, stdout } = await following(['--folder', newFolder(), '--once', '--json']).ended;
    expect([code, lastOf(stdout).error]).toEqual([1, 'url-missing']);
  }, 30_000);

  it.each<[string, string, string[]]>([
    ['address-malformed', 'vota.example.org', []],
    ['option-wrong', 'http://127.0.0.1:1', ['--interval', '0']],
    ['option-wrong', 'http://127.0.0.1:1', ['--grace', 'soon']],
    ['option-wrong', 'http://127.0.0.1:1', ['--silence', '-1']],
    ['log-unreachable', 'http://127.0.0.1:1', []],
    ['policy-wrong', 'http://127.0.0.1:1', ['--policy', 'package.json']],
  ])(
    '%s',
    async (error, url, args) => {
      const { code, stdout } = await look({ url }, newFolder(), ...args);
      expect([code, lastOf(stdout).error]).toEqual([1, error]);
    },
    30_000,
  );
});

/** Witness processes over real HTTP: what they answer, and what they have not forgotten after they were killed. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startChild } from '../child.js';
import { signersOf } from '../ledger/second-opinion.js';
import { checkpointBy, logSigner, ORIGIN, witnessSigner } from '../ledger/signers.js';
import { History } from './history.js';
import { ask, WitnessProcess, type Answered } from './witness-process.js';

const log = logSigner();
const honest = new History('a', 20);
/** Signed with the same key; entries are others from the 21st on. */
const forked = new History('b', 20);

let parent: string;
let folders = 0;
const running: WitnessProcess[] = [];
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'concejo-witness-'));
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.kill();
});
afterAll(() => rm(parent, { recursive: true }));

const hex = (history: History, size: number) => history.root(size).toString('hex');
const newFolder = () => join(parent, String(folders++));
async function start(folder = newFolder(), logs = [log.vkey], name?: string): Promise<WitnessProcess> {
  const one = await WitnessProcess.start(folder, logs, name === undefined ? {} : { name });
  running.push(one);
  return one;
}
const startNew = (folder = newFolder(), logs = [log.vkey]) => start(folder, logs, 'w.example');

/** That the answer is a cosignature on the head, by a program that shares nothing with this one. */
function expectCosigned(
  { status, type, body }: Answered,
  { vkey }: WitnessProcess,
  checkpoint: string,
): void {
  expect({ status, type }).toEqual({ status: 200, type: 'text/plain; charset=utf-8' });
  expect(body).toMatch(/^\u2014 w\.example [A-Za-z0-9+/]+=*\n$/);
  expect(signersOf(checkpoint + body, [vkey, log.vkey]).sort()).toEqual([vkey, log.vkey].sort());
  const time = Buffer.from(body.split(' ')[2] ?? '', 'base64').readBigUInt64BE(4);
  expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60);
}

const sizeOnly = (size: number) => ({ status: 409, type: 'text/x.tlog.size', body: `${size}\n` });
const refused = (status: number, code: string) => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${code}\n`,
});

describe('a witness', () => {
  it('cosigns a log that grows, also from nothing and twice the same head', async () => {
    const one = await startNew();
    let before = 0;
    for (const size of [0, 1, 2, 2, 7, 8, 255, 257]) {
      expectCosigned(await ask(one.url, honest.request(before, size)), one, honest.checkpoint(size));
      before = size;
    }
  });

  it('says what it has, where it is asked from another size, and takes the proof from there', async () => {
    const one = await startNew();
    await ask(one.url, honest.request(0, 5));
    for (const from of [0, 4, 6]) expect(await ask(one.url, honest.request(from, 9))).toEqual(sizeOnly(5));
    expectCosigned(await ask(one.url, honest.request(5, 9)), one, honest.checkpoint(9));
    // An older head is not gone back to.
    expect(await ask(one.url, honest.request(3, 5))).toEqual(sizeOnly(9));
  });

  it('never cosigns a second history, and keeps the proof of it', async () => {
    const folder = newFolder();
    const one = await startNew(folder);
    await ask(one.url, honest.request(0, 25));
    expect(await ask(one.url, forked.request(25, 25))).toEqual(refused(422, 'checkpoint-inconsistent'));
    expect(await ask(one.url, forked.request(25, 30))).toEqual(refused(422, 'checkpoint-inconsistent'));
    expect(await ask(one.url, forked.request(0, 30))).toEqual(sizeOnly(25));
    expect(await ask(one.url, honest.request(25, 30, honest.proof(24, 30)))).toMatchObject({ status: 422 });
    const [file = ''] = await readdir(join(folder, 'splits'));
    const [first = '', second = ''] = (await readFile(join(folder, 'splits', file), 'utf8')).split(
      /\n(?=city\.)/,
    );
    expect(signersOf(first, [log.vkey])).toEqual([log.vkey]);
    expect(second).toBe(forked.checkpoint(25));
    expectCosigned(await ask(one.url, honest.request(25, 30)), one, honest.checkpoint(30));
  });

  it('cosigns one of many heads of one size that are asked for at once', async () => {
    const one = await startNew();
    const histories = Array.from({ length: 12 }, (_, i) => new History(`fork ${i}`));
    const answers = await Promise.all(histories.map((history) => ask(one.url, history.request(0, 10))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200)).toEqual(Array(11).fill(sizeOnly(10)));
  });

  it('goes on from what it cosigned after an orderly end', async () => {
    const folder = newFolder();
    const first = await startNew(folder);
    await ask(first.url, honest.request(0, 25));
    await first.kill('SIGTERM');
    const again = await start(folder);
    expect(again.vkey).toBe(first.vkey);
    expect(await ask(again.url, forked.request(0, 25))).toEqual(sizeOnly(25));
    expect(await ask(again.url, forked.request(25, 25))).toMatchObject({ status: 422 });
  });

  it.each([
    ['before', 10],
    ['after', 25],
  ])('is killed %s it kept a head, unanswered, and has cosigned up to %i', async (where, size) => {
    const folder = newFolder();
    const first = await startNew(folder);
    await ask(first.url, honest.request(0, 10));
    await first.kill('SIGTERM');
    const halting = startChild('test/witness/halting.child.ts', [where, '25', folder, log.vkey]);
    const url = (await halting.line(/^at /)).slice(3);
    const unanswered = ask(url, honest.request(10, 25)).catch(() => 'cut');
    await halting.line(/^halted/);
    // Another head of that size waits behind the one that is under way.
    const second = ask(url, forked.request(10, 25)).catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 100));
    halting.process.kill('SIGKILL');
    await halting.ended;
    expect(await Promise.all([unanswered, second])).toEqual(['cut', 'cut']);
    const again = await start(folder);
    expect(await ask(again.url, honest.request(7, 30))).toEqual(sizeOnly(size));
    // Kept: no other head of that size any more. Not kept: nobody has a cosignature on it, and the first that asks gets one.
    const other = await ask(again.url, forked.request(size, 25));
    expect(other.status).toBe(where === 'after' ? 422 : 200);
    if (where === 'after')
      expectCosigned(await ask(again.url, honest.request(25, 25)), again, honest.checkpoint(25));
    else expect(await ask(again.url, honest.request(25, 25))).toMatchObject({ status: 422 });
  });

  it('is killed again and again under requests, and has not cosigned two histories', async () => {
    const folder = newFolder();
    let one = await startNew(folder);
    const cosigned = new Map<number, Set<string>>();
    const byHand = async (history: History, size: number) => {
      const conflict = await ask(one.url, history.request(0, size));
      const from = conflict.status === 409 ? Number(conflict.body) : 0;
      const answer = conflict.status === 409 ? await ask(one.url, history.request(from, size)) : conflict;
      if (answer.status !== 200) return;
      cosigned.set(size, (cosigned.get(size) ?? new Set()).add(hex(history, size)));
    };
    for (let round = 0; round < 5; round++) {
      const sizes = Array.from({ length: 8 }, (_, i) => 21 + round * 8 + i);
      const asked = sizes.flatMap((size) => [honest, forked].map((history) => byHand(history, size)));
      const all = Promise.allSettled(asked);
      await new Promise((resolve) => setTimeout(resolve, 15 * round));
      await one.kill();
      await all;
      one = await start(folder);
    }
    await Promise.all([byHand(honest, 70), byHand(forked, 70)]);
    expect(cosigned.get(70)?.size).toBe(1);
    // The first that got beyond what both have in common decides for all that come after it.
    const chosen = cosigned.get(70)?.has(hex(honest, 70)) === true ? honest : forked;
    for (const [size, roots] of cosigned) expect([...roots]).toEqual([hex(chosen, size)]);
  });

  it('shows the last head that it cosigned, with its log’s signature', async () => {
    const one = await startNew();
    const hash = createHash('sha256').update(ORIGIN).digest('hex');
    const at = `${one.url}/${hash}/checkpoint`;
    expect((await fetch(at)).status).toBe(404);
    await ask(one.url, honest.request(0, 25));
    const note = await (await fetch(at)).text();
    expect(note.startsWith(honest.checkpoint(25))).toBe(true);
    expect(signersOf(note, [one.vkey, log.vkey])).toHaveLength(2);
  });

  it('follows several logs apart, and two keys of one while these are replaced', async () => {
    const next = logSigner('next');
    const other = logSigner('other', 'other.example/log');
    const one = await startNew(newFolder(), [log.vkey, next.vkey, other.vkey]);
    const rotated = new History('a', 20, next);
    const elsewhere = new History('c', 0, other, 'other.example/log');
    expectCosigned(await ask(one.url, honest.request(0, 5)), one, honest.checkpoint(5));
    expect((await ask(one.url, rotated.request(5, 6))).status).toBe(200);
    expect((await ask(one.url, elsewhere.request(0, 3))).status).toBe(200);
    expect(await ask(one.url, elsewhere.request(0, 4))).toEqual(sizeOnly(3));
  });

  it('says in plain words what it is', async () => {
    const one = await startNew();
    const text = await (await fetch(one.url)).text();
    expect(text).toContain('a witness of transparency logs');
    expect(text).toContain(one.vkey);
    expect(text).toContain(ORIGIN);
  });
});

describe('a witness refuses', () => {
  let one: WitnessProcess;
  beforeAll(async () => {
    one = await WitnessProcess.start(newFolder(), [log.vkey], { name: 'w.example' });
    await ask(one.url, honest.request(0, 5));
  });
  afterAll(() => one.kill());

  const by = (...signers: readonly ReturnType<typeof logSigner>[]) =>
    `old 5\n\n${honest.checkpoint(5, signers)}`;
  const unknown = new History('a', 20, logSigner('x', 'x.example/log'), 'x.example/log');
  const damaged = (text: string) =>
    text.replace(
      /(. city\.example\/log \S{20})(.)/,
      (_, a: string, b: string) => a + (b === 'A' ? 'B' : 'A'),
    );

  it.each<[number, string, string]>([
    [400, 'nothing', ''],
    [400, 'no old size', honest.request(5, 9).replace(/^old 5\n/, '')],
    [400, 'an old size with a leading zero', honest.request(5, 9).replace('old 5', 'old 05')],
    [400, 'a negative old size', honest.request(5, 9).replace('old 5', 'old -5')],
    [
      400,
      'a proof of 64 hashes',
      honest.request(5, 9, Array(64).fill(honest.root(1).toString('base64')) as string[]),
    ],
    [400, 'a proof that is not of hashes', honest.request(5, 9, ['aGVsbG8='])],
    [400, 'no checkpoint', 'old 5\n\n'],
    [400, 'a checkpoint that was cut', honest.request(5, 9).slice(0, -2)],
    [400, 'a carriage return', honest.request(5, 9).replace('\n', '\r\n')],
    [400, 'an old size above the size', honest.request(9, 5)],
    [404, 'a log that it does not follow', unknown.request(0, 5)],
    [403, 'another key of the log', by(logSigner('stranger'))],
    [403, 'a cosignature alone', by(witnessSigner('w'))],
    [403, 'a signature that is wrong', damaged(honest.request(5, 9))],
    [
      403,
      'a wrong signature beside a good one',
      `${honest.request(5, 9)}${damaged(honest.checkpoint(9)).split('\n\n')[1]}`,
    ],
    [409, 'an empty tree after one that is not', honest.request(0, 0)],
    [422, 'a proof that is missing', honest.request(5, 9, [])],
    [422, 'a proof of another size', honest.request(5, 9, honest.proof(4, 9))],
    [422, 'a proof where none is needed', honest.request(5, 5, honest.proof(4, 5))],
  ])('with %i %s', async (status, _, body) => {
    expect(await ask(one.url, body)).toMatchObject({ status });
    // Whatever it was, nothing has moved.
    expect(await ask(one.url, honest.request(0, 9))).toEqual(sizeOnly(5));
  });

  it('an empty tree with a root of something, and a proof from nothing', async () => {
    const fresh = await startNew();
    const signed = new History('a', 20);
    const wrong = { size: 0n, root: honest.root(3) };
    const body = `old 0\n\n${Buffer.from(checkpointBy([log], wrong)).toString()}`;
    expect(await ask(fresh.url, body)).toMatchObject({ status: 422 });
    expect(await ask(fresh.url, signed.request(0, 5, signed.proof(4, 5)))).toMatchObject({ status: 422 });
    expect((await ask(fresh.url, signed.request(0, 5))).status).toBe(200);
  });

  it('other methods, other addresses and bodies without end', async () => {
    expect((await fetch(`${one.url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(one.url, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${one.url}/../heads/x`)).status).toBe(404);
    expect((await fetch(`${one.url}/${'0'.repeat(64)}/checkpoint`)).status).toBe(404);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const endless = request(`${one.url}/add-checkpoint`, { method: 'POST' }, (response) => {
        resolve(response.statusCode);
        endless.destroy();
      });
      endless.once('error', reject);
      const more = () => {
        while (!endless.destroyed && endless.write(Buffer.alloc(65_536)));
      };
      endless.on('drain', more);
      more();
    });
    expect(status).toBe(413);
    expect((await ask(one.url, honest.request(0, 9))).status).toBe(409);
  });
});

describe('the folder of a witness', () => {
  it('has its key for its owner alone', async () => {
    const folder = newFolder();
    await startNew(folder);
    expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o600);
  });

  const failing = async (folder: string, ...args: readonly string[]) => {
    const { code, stderr } = await startChild('src/main.ts', [
      'witness',
      '--port',
      '0',
      '--folder',
      folder,
      ...args,
    ]).ended;
    return { code, stderr };
  };

  it('is of one process at a time', async () => {
    const folder = newFolder();
    await startNew(folder);
    const { code, stderr } = await failing(folder);
    expect(code).toBe(1);
    expect(stderr).toContain('Another process is the witness');
  });

  it('needs a name once, and keeps it', async () => {
    const folder = newFolder();
    expect((await failing(folder)).stderr).toContain('--name witness.example.org');
    expect((await failing(folder, '--name', 'a b')).stderr).toContain('neither spaces nor plus signs');
    const one = await startNew(folder);
    await one.kill('SIGTERM');
    expect((await failing(folder, '--name', 'x.example')).stderr).toContain('is w.example');
  });

  it('is not begun anew where what was cosigned is lost', async () => {
    const folder = newFolder();
    const one = await startNew(folder);
    await one.kill('SIGTERM');
    await rm(join(folder, 'heads'), { recursive: true });
    const { code, stderr } = await failing(folder);
    expect(code).toBe(1);
    expect(stderr).toContain('Bring the folder heads back');
  });

  it('is not begun anew for one of its logs whose last head is lost, and goes on for the others', async () => {
    const folder = newFolder();
    const other = logSigner('other', 'other.example/log');
    const one = await startNew(folder, [log.vkey, other.vkey]);
    await ask(one.url, honest.request(0, 5));
    const [file = ''] = await readdir(join(folder, 'heads'));
    const path = join(folder, 'heads', file);
    const kept = await readFile(path, 'utf8');
    await rm(path);
    // While it runs, and after a start.
    expect(await ask(one.url, forked.request(0, 25))).toEqual(refused(500, 'witness-failed'));
    await one.kill('SIGTERM');
    const { code, stderr } = await failing(folder, '--log', log.vkey, '--log', other.vkey);
    expect(code).toBe(1);
    expect(stderr).toContain(`has cosigned ${ORIGIN}`);
    expect(stderr).toContain(`heads/${file}`);
    const without = await start(folder, [other.vkey]);
    await without.kill('SIGTERM');
    await writeFile(path, kept);
    const again = await start(folder);
    expectCosigned(await ask(again.url, honest.request(5, 9)), again, honest.checkpoint(9));
  });

  it('is not begun anew where the list of what was cosigned, or the key, is lost', async () => {
    const folder = newFolder();
    const one = await startNew(folder);
    await ask(one.url, honest.request(0, 5));
    await one.kill('SIGTERM');
    const list = await readFile(join(folder, 'cosigned'), 'utf8');
    await rm(join(folder, 'cosigned'));
    expect((await failing(folder)).stderr).toContain('Bring the file cosigned back');
    // Killed after the head was kept and before it was listed: the next start does that.
    await writeFile(join(folder, 'cosigned'), '');
    await (await start(folder)).kill('SIGTERM');
    expect(await readFile(join(folder, 'cosigned'), 'utf8')).toBe(list);
    await rm(join(folder, 'key'));
    expect((await failing(folder, '--name', 'w.example')).stderr).toContain('bring the file key back');
  });

  it('cosigns nothing more of a log whose last head is damaged, and goes on when it is back', async () => {
    const folder = newFolder();
    const one = await startNew(folder);
    await ask(one.url, honest.request(0, 5));
    const [file = ''] = await readdir(join(folder, 'heads'));
    const path = join(folder, 'heads', file);
    const kept = await readFile(path, 'utf8');
    for (const broken of ['', kept.slice(0, 40), kept.replace('\n5\n', '\n4\n')]) {
      await writeFile(path, broken);
      expect(await ask(one.url, honest.request(5, 9))).toEqual(refused(500, 'witness-failed'));
    }
    await writeFile(path, kept);
    expectCosigned(await ask(one.url, honest.request(5, 9)), one, honest.checkpoint(9));
  });

  it.each([
    ['rubbish', 'x'],
    ['the key of a witness', witnessSigner('w').vkey],
  ])('is not opened for %s in place of a log’s key', async (_, vkey) => {
    const { code, stderr } = await failing(newFolder(), '--name', 'w.example', '--log', vkey);
    expect(code).toBe(1);
    expect(stderr).toContain('/log/vkeys');
  });
});

/** A log whose heads need witnesses: real processes over real HTTP, some of them down, late, lying or killed. */
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { writeSignatures } from '../../projections/ledger/note.js';
import { writeVerifierKey } from '../../projections/ledger/verifier-key.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { keyLine, LogKeys } from '../../src/ledger/log-keys.js';
import { Receipts } from '../../src/ledger/receipts.js';
import { startChild } from '../child.js';
import { append, events, newStream } from '../event-store/samples.js';
import { signersOf } from './second-opinion.js';
import { lineOf, ORIGIN, witnessSigner } from './signers.js';
import { codes, follow, shown, size, VKEY, WitnessedWorld } from './witnessed-world.js';

// What fails on purpose here is no news.
Logger.overrideLogger(false);

let world: WitnessedWorld;
beforeEach(async () => (world = await WitnessedWorld.start()));
afterEach(() => world.stop());

describe('a log with witnesses', () => {
  it('shows heads that two of three have cosigned, while the third is down and after it is back', async () => {
    const folder = world.newFolder();
    const [a, b, c] = [
      await world.witness(world.newFolder(), 'a.example'),
      await world.witness(world.newFolder(), 'b.example'),
      await world.witness(folder, 'c.example'),
    ];
    const ledger = world.start(await world.policyOf(2, [a, b, c]));
    await world.grow(3);
    const all = [VKEY, a.vkey, b.vkey, c.vkey];
    expect(signersOf(await shown(ledger, 3n), all).sort()).toEqual([...all].sort());
    expect(ledger.health()).toMatchObject({
      state: 'following',
      witnesses: [{ name: 'w0' }, { name: 'w1' }, { name: 'w2' }],
    });
    await c.kill();
    await world.grow(300);
    expect(signersOf(await shown(ledger, 303n), all).sort()).toEqual([VKEY, a.vkey, b.vkey].sort());
    expect(ledger.health().state).toBe('following');
    expect(codes(ledger)).toEqual([undefined, undefined, 'witness-unreachable']);
    await world.witness(folder, undefined, c.port);
    for (let more = 1n; more <= 20n && codes(ledger)[2] !== undefined; more++) {
      await world.grow(1);
      await shown(ledger, 303n + more);
    }
    // It is behind by several heads, says so, and is given the proof from there.
    expect(signersOf((await ledger.published())?.note ?? '', all)).toHaveLength(4);
  });

  it('keeps a head back that has no quorum, its receipts pending, and shows the next that has one', async () => {
    const folders = [world.newFolder(), world.newFolder()];
    const [a, b] = [
      await world.witness(folders[0]!, 'a.example'),
      await world.witness(folders[1]!, 'b.example'),
    ];
    const ledger = world.start(await world.policyOf(2, [a, b]));
    await world.grow(3);
    await shown(ledger, 3n);
    await b.kill();
    const made = append(newStream(), 'no-stream', ...events(4));
    await world.store.append(made);
    await follow(ledger);
    expect(await size(ledger)).toBe(3n);
    expect(ledger.health()).toMatchObject({ state: 'waiting', code: 'quorum-missing' });
    expect(ledger.health().reason).toContain('w1 (witness-unreachable)');
    const receipts = new Receipts(world.store, ledger, nodeCrypto);
    const hash = made.events[0]!.hash;
    expect(await receipts.of(hash)).toEqual({ status: 'pending', index: 3n });
    await world.grow(2);
    await world.witness(folders[1]!, undefined, b.port);
    await shown(ledger, 9n);
    expect(ledger.health().state).toBe('following');
    expect(await receipts.of(hash)).toMatchObject({ status: 'integrated', size: 9n });
  });

  it('asks those who are missing again for a head of a log in which nothing happens', async () => {
    const folder = world.newFolder();
    const [a, b] = [
      await world.witness(world.newFolder(), 'a.example'),
      await world.witness(folder, 'b.example'),
    ];
    await b.kill();
    const ledger = world.start(await world.policyOf(2, [a, b]));
    await world.grow(3);
    await follow(ledger);
    expect(await ledger.published()).toBeUndefined();
    await world.witness(folder, undefined, b.port);
    expect(signersOf(await shown(ledger, 3n), [a.vkey, b.vkey])).toHaveLength(2);
  });

  it('does not show what was published without witnesses, until it is cosigned', async () => {
    const data = world.newFolder();
    await world.grow(3);
    await shown(world.start(undefined, data), 3n);
    const a = await world.witness(world.newFolder(), 'a.example');
    const ledger = world.start(await world.policyOf(1, [a]), data);
    expect(await ledger.published()).toBeUndefined();
    expect(signersOf(await shown(ledger, 3n), [VKEY, a.vkey])).toHaveLength(2);
  });

  it('takes up what it signed and nobody cosigned, when it was ended in the middle', async () => {
    const folder = world.newFolder();
    const first = await world.witness(folder, 'a.example');
    await first.kill('SIGTERM');
    // It has cosigned for good, and is killed before it says so.
    const child = startChild('test/witness/halting.child.ts', ['after', '5', folder, VKEY]);
    world.watch(child);
    const url = (await child.line(/^at /)).slice(3);
    const data = world.newFolder();
    const policy = await world.policyOf(1, [{ vkey: first.vkey, url }]);
    await world.grow(5);
    const before = world.start(policy, data);
    const asking = follow(before);
    await child.line(/^halted/);
    // Nobody waits for a witness under a lock.
    const { rows } = await world.pool.query('select size from ledger_head for update nowait');
    expect(rows).toHaveLength(1);
    await before.beforeApplicationShutdown();
    await asking;
    child.process.kill('SIGKILL');
    await child.ended;
    expect(await before.published()).toBeUndefined();
    const again = await world.witness(folder, undefined, new URL(url).port);
    const after = world.start(policy, data);
    await world.grow(2);
    expect(signersOf(await shown(after, 7n), [VKEY, again.vkey])).toHaveLength(2);
  });

  it('goes on through witnesses that are killed again and again', async () => {
    const folders = [world.newFolder(), world.newFolder(), world.newFolder()];
    const all = await Promise.all(folders.map((folder, i) => world.witness(folder, `w${i}.example`)));
    const ledger = world.start(await world.policyOf(2, all));
    let total = 0n;
    for (let round = 0; round < 4; round++) {
      const i = round % 3;
      await world.grow(5);
      total += 5n;
      const asked = follow(ledger);
      await new Promise((resolve) => setTimeout(resolve, 210 + round));
      await all[i]!.kill();
      await asked;
      all[i] = await world.witness(folders[i]!, undefined, all[i]!.port);
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
    const a = await world.witness(world.newFolder(), 'a.example');
    const none = await world.impostor(answer);
    const ledger = world.start(await world.policyOf(1, [a, none]));
    await world.grow(3);
    const before = performance.now();
    const note = await shown(ledger, 3n);
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(signersOf(note, [a.vkey, none.vkey])).toEqual([a.vkey]);
    expect(codes(ledger)).toEqual([undefined, code]);
    // For a while it is not asked again.
    const { asked } = none;
    await world.grow(1);
    await shown(ledger, 4n);
    expect(none.asked).toBe(asked);
  });

  it('keeps every head back, where it alone is the quorum', async () => {
    const none = await world.impostor((_, response) => response.end('hello\n'));
    const ledger = world.start(await world.policyOf(1, [none]));
    await world.grow(3);
    for (let i = 0; i < 3; i++) await follow(ledger);
    expect(await ledger.published()).toBeUndefined();
    expect(ledger.health()).toMatchObject({ state: 'waiting', code: 'quorum-missing' });
    expect(none.asked).toBe(1);
  });
});

describe('the policy of the log', () => {
  it('must name the log, and says how', async () => {
    const other = writeVerifierKey(
      LogKeys.parse(nodeCrypto, keyLine(nodeCrypto, ORIGIN, new Uint8Array(32).fill(8))).verifiers[0]!,
    );
    const none = await world.impostor((_, response) => response.end());
    const ledger = world.start(await world.policyOf(1, [none], other));
    await world.grow(3);
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
    const path = world.newFolder();
    if (text !== undefined) await writeFile(path, text);
    await expect(world.start(path).onModuleInit()).rejects.toThrow(reason);
  });

  it('may name no witness', async () => {
    const path = world.newFolder();
    await writeFile(path, `log ${VKEY}\nquorum none\n`);
    const ledger = world.start(path);
    await world.grow(3);
    expect(signersOf(await shown(ledger, 3n), [VKEY])).toEqual([VKEY]);
  });
});

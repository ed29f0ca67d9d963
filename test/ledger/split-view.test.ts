/** What a log gets that shows one history to its witnesses and another one elsewhere. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { utf8 } from '../../projections/bytes.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { takeKept } from '../../src/ledger/kept-head.js';
import { signersOf } from './second-opinion.js';
import { ORIGIN } from './signers.js';
import { codes, follow, shown, VKEY, WitnessedWorld } from './witnessed-world.js';

// What fails on purpose here is no news.
Logger.overrideLogger(false);

let world: WitnessedWorld;
beforeEach(async () => (world = await WitnessedWorld.start()));
afterEach(() => world.stop());

describe('a split view', () => {
  it.each([
    ['as long', 4, 'witness-log-inconsistent'],
    ['longer', 9, 'witness-log-inconsistent'],
    ['shorter', 1, 'witness-ahead'],
  ])('of a forked log that is %s gets no cosignature and is never shown', async (_, more, code) => {
    const a = await world.witness(world.newFolder(), 'a.example');
    const policy = await world.policyOf(1, [a]);
    await world.grow(10);
    const honest = world.start(policy);
    const note = await shown(honest, 10n);
    const forked = await world.fork(6);
    try {
      await world.grow(more, forked.store);
      const liar = world.start(policy, world.newFolder(), forked);
      await follow(liar);
      expect(codes(liar)).toEqual([code]);
      expect(await liar.published()).toBeUndefined();
      expect(liar.health().state).toBe('waiting');
      await liar.beforeApplicationShutdown();
    } finally {
      await forked.close();
    }
    // The witness has nothing of it.
    const hash = createHash('sha256').update(ORIGIN).digest('hex');
    expect(await (await fetch(`${a.url}/${hash}/checkpoint`)).text()).toBe(note);
    await world.grow(1);
    expect(signersOf(await shown(honest, 11n), [a.vkey])).toEqual([a.vkey]);
  });

  it('is not begun by a new host with an older database, which asks the witnesses before it signs', async () => {
    const [a, b] = await Promise.all(
      ['a', 'b'].map((name) => world.witness(world.newFolder(), `${name}.example`)),
    );
    const away = await world.impostor((_, response) => response.writeHead(503).end());
    const named = [a!, b!, away];
    const policy = await world.policyOf(2, named);
    await world.grow(10);
    const honest = world.start(policy);
    const note = await shown(honest, 10n);
    const old = await world.fork(6);
    try {
      await follow(world.start(undefined, world.newFolder(), old));
      for (const [more, code] of [
        [1, 'log-behind-signed'],
        [9, 'log-not-as-signed'],
      ] as const) {
        await world.grow(more, old.store);
        const { asked } = away;
        const data = world.newFolder();
        const moved = world.start(policy, data, old);
        await follow(moved);
        expect(moved.health()).toMatchObject({ state: 'halted', code });
        // It remembers what they cosigned, and has asked nobody to cosign anything else.
        const remembered = await readFile(join(data, 'secrets', 'log-signed'), 'utf8');
        expect(remembered.split('\n').slice(0, 3)).toEqual(note.split('\n').slice(0, 3));
        expect(away.asked).toBe(asked + 1);
        await moved.beforeApplicationShutdown();
      }
      // Any two could have cosigned more: one that answers is not enough to know.
      await b!.kill();
      const data = world.newFolder();
      const lonely = world.start(policy, data, old);
      await follow(lonely);
      expect(lonely.health()).toMatchObject({ state: 'halted', code: 'log-head-missing' });
      expect(lonely.health().reason).toMatch(/w1 \(witness-unreachable\)/);
      // A person who has kept one gives it: with its quorum, as it was shown.
      const path = join(data, 'secrets', 'log-signed');
      const policyEver = await lonely.trust.policyEver();
      const give = (text: string) =>
        takeKept({ crypto: nodeCrypto, store: old.store, tiles: lonely.tiles, path, policy: policyEver }, [
          { name: 'kept', bytes: utf8(text) },
        ]);
      const uncosigned = note.replace(/^— (?!city).*\n/gmu, '');
      await expect(give(uncosigned)).rejects.toMatchObject({ code: 'log-head-unusable' });
      await expect(give(uncosigned)).rejects.toThrow('quorum-missing');
      await expect(give(note)).rejects.toMatchObject({ code: 'log-not-as-signed' });
      await lonely.beforeApplicationShutdown();
    } finally {
      await old.close();
    }
  });

  it('is not made by a new host, which goes on from the head that is shown', async () => {
    const a = await world.witness(world.newFolder(), 'a.example');
    const policy = await world.policyOf(1, [a]);
    await world.grow(10);
    const old = world.start(policy);
    await shown(old, 10n);
    // Its host ends, and with it the connection that asks the witnesses.
    await old.beforeApplicationShutdown();
    await world.grow(2);
    const moved = world.start(policy, world.newFolder());
    expect(signersOf(await shown(moved, 12n), [VKEY, a.vkey])).toHaveLength(2);
  });
});

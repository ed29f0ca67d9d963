/**
 * A log whose processes are killed again and again (SIGKILL), between append, tile, checkpoint and cosignature and at any other
 * moment. Whatever was shown over HTTP until then is a beginning of what the log becomes, and what was acknowledged is in it.
 */
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { fromBase64url } from '../../projections/bytes.js';
import { verifyInclusion } from '../../projections/ledger/tree.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { checkLog } from '../../src/ledger/check-log.js';
import { startChild, type Child } from '../child.js';
import type { ChildSettings, Fault } from './following.child.js';
import { MTH, signersOf } from './second-opinion.js';
import { faultsOf, leavesOf, ShownHeads } from './shown-heads.js';
import { ORIGIN } from './signers.js';
import { KEY, shown, VKEY, WitnessedWorld } from './witnessed-world.js';

Logger.overrideLogger(false);

/** What each process is killed at: a step behind which it stops dead, or so many milliseconds after a head was shown. */
const KILLS: Readonly<Record<string, readonly (Fault | number)[]>> = {
  'with a witness': [
    ...(['appended', 'grown', 'signed', 'cosigned', 'showing'] as const),
    ...[0, 60, 120, 190],
    ...(['signed', 'cosigned', 'showing'] as const),
    ...[30, 220],
  ],
  'without witnesses': ['appended', 10, 'grown', 70, 'showing', 130, 'showing', 200],
};
/** Processes that are up and wait for their turn. */
const AHEAD = 3;

let world: WitnessedWorld;
let heads: ShownHeads;
beforeEach(async () => {
  world = await WitnessedWorld.start();
  heads = new ShownHeads();
});
afterEach(async () => {
  await heads.stop();
  await world.stop();
});

describe('a log whose processes are killed', () => {
  it.each(Object.entries(KILLS))(
    '%s takes nothing back, and loses nothing',
    async (how, kills) => {
      const witness =
        how === 'with a witness' ? await world.witness(world.newFolder(), 'a.example') : undefined;
      const policy = witness && (await world.policyOf(1, [witness]));
      const data = world.newFolder();
      const variables = {
        CONCEJO_DATA: data,
        CONCEJO_LOG_KEY: KEY,
        ...(policy !== undefined && { CONCEJO_LOG_POLICY: policy }),
      };
      const children = kills.map((kill, number) => ({ kill, number, child: undefined as Child | undefined }));
      const up = (number: number) => {
        const one = children[number];
        if (one === undefined) return;
        const fault = typeof one.kill === 'string' ? one.kill : 'none';
        const settings: ChildSettings = { number, databaseUrl: world.url, variables, fault, waits: true };
        one.child = startChild('test/ledger/following.child.ts', [JSON.stringify(settings)]);
        world.watch(one.child);
        one.child.line(/^at /).then(
          (line) => heads.ask(line.slice(3)),
          () => undefined,
        );
      };
      for (let number = 0; number < AHEAD; number++) up(number);
      const left = new Set(children);
      for (let begun = 0; begun < kills.length; begun++) {
        const waiting = [...left].filter(({ child }) => child !== undefined);
        // The database chooses whose turn it is.
        const { one, child } = await Promise.any(
          waiting.map(async (candidate) => {
            const it = candidate.child as Child;
            await it.line(/^begins/);
            return { one: candidate, child: it };
          }),
        );
        up(begun + AHEAD);
        if (typeof one.kill === 'number') {
          await heads.until(heads.size + 1n, 20_000);
          await sleep(one.kill);
        } else await child.line(/^halted/);
        child.process.kill('SIGKILL');
        await child.ended;
        left.delete(one);
      }

      const ledger = world.start(policy, data);
      const leaves = await leavesOf(world.store);
      const size = BigInt(leaves.length);
      const note = await shown(ledger, size);
      await heads.stop();
      expect(signersOf(note, [VKEY, ...(witness ? [witness.vkey] : [])])).toHaveLength(witness ? 2 : 1);
      const awaited = kills.filter((kill) => typeof kill === 'number').length;
      expect(heads.seen.length).toBeGreaterThanOrEqual(awaited);
      expect(faultsOf(heads.seen, leaves)).toEqual([]);

      const entries: Uint8Array[] = [];
      for await (const page of world.store.readAll(-1n)) entries.push(...page.map(({ leaf }) => leaf));
      const root = MTH(entries);
      expect(note.split('\n').slice(0, 3)).toEqual([ORIGIN, String(size), root.toString('base64')]);
      const receipts = children.flatMap(({ child }) =>
        (child?.lines ?? []).filter((line) => line.startsWith('receipt ')),
      );
      expect(receipts.length).toBeGreaterThan(2 * kills.length);
      for (const [at, line] of receipts.entries()) {
        const [, hash = '', position = ''] = line.split(' ');
        const leaf = { index: BigInt(position), hash: fromBase64url(hash) as Uint8Array };
        expect(Buffer.from(leaves[Number(position)] as Uint8Array)).toEqual(Buffer.from(leaf.hash));
        if (at % 10 > 0) continue;
        const proof = await ledger.inclusionProof(leaf.index, size);
        expect(verifyInclusion(nodeCrypto, leaf, { size, root }, proof)).toBe(true);
      }
      const parts = {
        store: world.store,
        tiles: ledger.tiles,
        crypto: nodeCrypto,
        ...(await ledger.heads()),
      };
      expect((await checkLog(parts)).findings).toEqual([]);
      expect(await readFile(join(data, 'secrets', 'log-signed'), 'utf8')).toContain(`\n${size}\n`);
      if (witness === undefined) return;
      const of = createHash('sha256').update(ORIGIN).digest('hex');
      const kept = await (await fetch(`${witness.url}/${of}/checkpoint`)).text();
      expect(kept.split('\n').slice(0, 3)).toEqual(note.split('\n').slice(0, 3));
    },
    120_000,
  );
});

/** The end of a run: whether all goes on, and whether log, views and ledger are what clients were told and shown. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { openEvent, type RecordedEvent } from '../../projections/event.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { checkLog } from '../../src/ledger/check-log.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { readSettings } from '../../src/settings.js';
import { digestsOf } from '../../src/views/digest.js';
import { signersOf } from '../ledger/second-opinion.js';
import { faultsOf, leavesOf, type ShownHeads } from '../ledger/shown-heads.js';
import { auditedDigest } from '../views/world.js';
import type { Load } from './load.js';
import { structureFaults, type Told } from './model.js';
import { withLog, type World } from './world.js';

const GOES_ON_MS = 60_000;

/**
 * Each web process takes a last ballot, every one of them shows both, and a head is shown that has them.
 * @throws Error where one does not
 */
export async function goesOn(world: World, load: Load, heads: ShownHeads): Promise<void> {
  await world.untilReady();
  for (const web of world.webs) {
    const { id, position } = await load.castThrough(web, GOES_ON_MS);
    for (const { url, name } of world.webs) {
      const end = performance.now() + GOES_ON_MS;
      for (let status = 0; status !== 200;) {
        ({ status } = await fetch(`${url}${world.booth.path}/${id}`));
        if (performance.now() > end) throw new Error(`${name} does not show the ballot ${id}: ${status}`);
        if (status !== 200) await sleep(50);
      }
    }
    await heads.until(position + 1n, GOES_ON_MS);
  }
}

/** What is wrong, in words, when nothing runs any more. @param vkeys of the log */
export async function findings(
  world: World,
  told: Told,
  heads: ShownHeads,
  vkeys: readonly string[],
): Promise<string[]> {
  return withLog(world.variables, async (store, pool) => {
    const log: RecordedEvent[] = [];
    for await (const page of store.readAll(-1n)) log.push(...page);
    const leaves = await leavesOf(store);
    const ledger = new Ledger(pool, store, nodeCrypto, readSettings(world.variables), 'once');
    const parts = { store, tiles: ledger.tiles, crypto: nodeCrypto, ...(await ledger.heads()) };
    const { findings: wrong } = await checkLog(parts);
    return [
      ...structureFaults(log),
      ...told.compare(log, world.begin),
      ...(await viewFaults(pool, log)),
      ...faultsOf(heads.seen, leaves).map((fault) => `a head that was shown: ${fault}`),
      ...signatureFaults(heads, vkeys),
      // What was appended last is in the tree as soon as a process runs again.
      ...wrong.filter(({ code }) => code !== 'tree-behind').map(({ code, where }) => `${code}: ${where}`),
    ];
  });
}

/** Views whose tables are not what the log gives up to where they are. */
async function viewFaults(pool: Pool, log: readonly RecordedEvent[]): Promise<string[]> {
  const events = log.map((recorded) => openEvent(nodeCrypto, recorded));
  const digests = await digestsOf(pool, nodeCrypto, allViews);
  return digests.flatMap(({ view, index, digest }, i) => {
    const projection = allViews[i];
    if (projection === undefined) return [`${view} is nobody's`];
    const expected = auditedDigest(projection, events.slice(0, Number(index) + 1));
    return digest === expected ? [] : [`view ${view} at ${index} is not what a replay gives`];
  });
}

function signatureFaults({ seen }: ShownHeads, vkeys: readonly string[]): string[] {
  return seen.flatMap(({ note, size }) => {
    try {
      signersOf(note, vkeys);
      return [];
    } catch (error) {
      return [`the head of ${size}: ${String(error)}`];
    }
  });
}

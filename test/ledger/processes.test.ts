/** Several processes on one database, with one key and real witnesses: one asks, all show, and another takes over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { startChild, type Child } from '../child.js';
import type { ChildSettings } from './following.child.js';
import { signersOf } from './second-opinion.js';
import { faultsOf, leavesOf, ShownHeads } from './shown-heads.js';
import { follow, KEY, shown, VKEY, WitnessedWorld } from './witnessed-world.js';

Logger.overrideLogger(false);

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

async function start(number: number, variables: Record<string, string>): Promise<Child> {
  const settings: ChildSettings = {
    number,
    databaseUrl: world.url,
    variables,
    fault: 'none',
    waits: false,
  };
  const child = startChild('test/ledger/following.child.ts', [JSON.stringify(settings)]);
  world.watch(child);
  heads.ask((await child.line(/^at /)).slice(3));
  return child;
}

/** Whoever has the lock of those who ask, as the database knows it. */
async function asking(): Promise<number[]> {
  const { rows } = await world.pool.query<{ pid: number }>(
    `select pid from pg_locks where locktype = 'advisory' and objid = 7 and granted
      and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows.map(({ pid }) => pid);
}

describe('two processes with one key and three witnesses', () => {
  it('show heads that only grow, hold nothing against a witness, and go on when the one that asks is killed', async () => {
    const witnesses = await Promise.all(
      ['a', 'b', 'c'].map((name) => world.witness(world.newFolder(), `${name}.example`)),
    );
    const policy = await world.policyOf(
      2,
      await Promise.all(witnesses.map((witness) => world.wayTo(witness, 250))),
    );
    const variables = {
      CONCEJO_DATA: world.newFolder(),
      CONCEJO_LOG_KEY: KEY,
      CONCEJO_LOG_POLICY: policy,
    };
    const children = [await start(1, variables), await start(2, variables)];
    await heads.until(1n, 10_000);
    const [asker, ...others] = await asking();
    expect([typeof asker, others]).toEqual(['number', []]);
    const before = heads.seen.length;
    await sleep(4_000);
    // At most one each 200 ms; slow machines have fewer.
    expect(heads.seen.length - before).toBeGreaterThan(5);
    expect(await asking()).toEqual([asker]);
    // One that is late is slow, which this machine may be as well.
    const faults = () =>
      children.flatMap(({ lines }) =>
        lines.filter((line) => line.startsWith('fault') && !line.endsWith('late')),
      );
    expect(faults()).toEqual([]);

    // A process of its own has the lock by one of its connections: both are killed in turn, and the other one goes on.
    const [first, second] = children as [Child, Child];
    for (const [killed, number] of [
      [first, 3],
      [second, 4],
    ] as const) {
      children.push(await start(number, variables));
      killed.process.kill('SIGKILL');
      await killed.ended;
      await heads.until(heads.size + 1n, 10_000);
    }
    expect(await asking()).toHaveLength(1);
    expect(await asking()).not.toEqual([asker]);
    expect(faults()).toEqual([]);

    for (const { process, ended } of children) {
      process.kill('SIGKILL');
      await ended;
    }
    const ledger = world.start(policy, variables.CONCEJO_DATA);
    const leaves = await leavesOf(world.store);
    expect(
      signersOf(await shown(ledger, BigInt(leaves.length)), [VKEY, ...witnesses.map((w) => w.vkey)]).length,
    ).toBeGreaterThanOrEqual(3);
    expect(faultsOf(heads.seen, leaves)).toEqual([]);
  }, 60_000);

  it('let one that stands by say so, and show the same head and keys', async () => {
    const one = await world.witness(world.newFolder(), 'a.example');
    const policy = await world.policyOf(1, [one]);
    const data = world.newFolder();
    const [first, second] = [world.start(policy, data), world.start(policy, data)];
    await world.grow(3);
    const note = await shown(first, 3n);
    await follow(second);
    expect([first.health().state, second.health().state]).toEqual(['following', 'standby']);
    expect((await second.published())?.note).toBe(note);
    expect(await second.trust.verifierKeys()).toEqual([VKEY]);
    expect(await first.trust.verifierKeys()).toEqual([VKEY]);
    await first.beforeApplicationShutdown();
    await world.grow(1);
    await shown(second, 4n);
    expect(second.health().state).toBe('following');
  });
});

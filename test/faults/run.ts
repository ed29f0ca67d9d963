/** A run: a world, clients that write, faults one after another as a seed gives them, and then the comparison. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ShownHeads } from '../ledger/shown-heads.js';
import { FAULTS, type Fault } from './faults.js';
import { Load } from './load.js';
import { Told } from './model.js';
import { Random } from './random.js';
import { findings, goesOn } from './settle.js';
import { withLog, World, type Place } from './world.js';

const VOTERS = 3_000;
const CLIENTS = 10;
/** Milliseconds under load before each fault. */
const BEFORE_MS: readonly [number, number] = [100, 900];
const HEAD_MS = 3_000;

/** One fault of a schedule. */
interface Step {
  readonly fault: Fault;
  readonly afterMs: number;
  readonly lastsMs: number;
  /** For what the fault chooses. */
  readonly random: Random;
}

export interface RunOptions {
  readonly place: Place;
  readonly seed: number;
  /** At least so many kills. */
  readonly kills: number;
  /** Every other fault so many times. */
  readonly others: number;
  /** By what the times of a schedule are multiplied. */
  readonly pace?: number;
  /** Only these steps of the schedule, from and to, counted from 0: to find out which ones it takes. */
  readonly steps?: readonly [number, number];
  /** Told of each step. */
  readonly onStep?: (text: string) => void;
}

export interface RunResult {
  readonly place: Place;
  readonly seed: number;
  readonly seconds: number;
  /** How often each fault struck. */
  readonly struck: ReadonlyMap<string, Struck>;
  /** What could not be done here, and why. */
  readonly notRun: ReadonlyMap<string, string>;
  /** Faults that were a kill -9. */
  readonly kills: number;
  readonly writes: ReturnType<Told['counts']>;
  /** Codes of refusals and reasons of unknown ends, by how many tries had them. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Requests that were sent twice at once, and ballots that overtook another one. */
  readonly repeated: number;
  readonly reordered: number;
  /** Heads of the ledger that clients were shown and kept. */
  readonly heads: number;
  /** In the log at the end. */
  readonly events: bigint;
  /** What is wrong. */
  readonly findings: readonly string[];
}

export interface Struck {
  readonly times: number;
  /** From a strike until all was ready again, the longest time in which nobody was told that anything was written. */
  readonly longestSilenceMs: number;
}

/** The faults of a place in the order that a seed gives. The same seed gives the same schedule. */
export function scheduleOf({ place, seed, kills, others, pace = 1 }: Omit<RunOptions, 'onStep'>): Step[] {
  const random = new Random(seed);
  const here = FAULTS.filter(({ places }) => places.includes(place));
  const killing = here.filter((fault) => fault.kills);
  const faults = here.filter((fault) => !fault.kills).flatMap((fault) => Array<Fault>(others).fill(fault));
  for (let i = 0; i < kills; i++)
    faults.push(i < killing.length ? (killing[i] as Fault) : random.of(killing));
  const drawn = faults.map((fault) => ({ fault, at: random.next() })).sort((a, b) => a.at - b.at);
  return drawn.map(({ fault }, i) => ({
    fault,
    afterMs: Math.round(pace * random.between(...BEFORE_MS)),
    lastsMs: Math.round(pace * random.between(...fault.lastsMs)),
    random: random.fork(i),
  }));
}

/** @throws Error where the world does not come to an end from which anything could be compared */
export async function run(options: RunOptions): Promise<RunResult> {
  const { place, seed } = options;
  const began = performance.now();
  const world = await World.start(place, VOTERS);
  const heads = new ShownHeads(HEAD_MS);
  try {
    const told = new Told();
    for (const { url } of world.webs) heads.ask(`${url}/log/checkpoint`);
    await heads.until(1n, 30_000);
    const vkeys = (await (await fetch(`${world.webs[0]?.url}/log/vkeys`)).text()).trim().split('\n');
    const load = new Load(world, told, new Random(seed).fork(-1), CLIENTS);
    const strikes = await strike(world, load, options).finally(() => load.stop());
    await goesOn(world, load, heads);
    await heads.stop();
    const wrong = world.webs.flatMap((web) => web.bugs()).map((line) => `answered 500: ${line}`);
    for (const web of world.webs) {
      const code = await web.stop();
      if (code !== 0) wrong.push(`${web.name} ended with ${code} when it was asked to stop\n${web.said()}`);
    }
    wrong.push(...(await findings(world, told, heads, vkeys)));
    const events = await withLog(world.variables, async (store) => (await store.head()) + 1n);
    return {
      ...{ place, seed, events, findings: wrong, ...strikes },
      seconds: (performance.now() - began) / 1_000,
      writes: told.counts(),
      reasons: told.reasons(),
      ...{ repeated: load.repeated, reordered: load.reordered, heads: heads.seen.length },
    };
  } finally {
    await heads.stop();
    await world.close();
  }
}

/** Goes through the schedule; the load is on all the while. */
async function strike(world: World, load: Load, options: RunOptions) {
  const { steps: [from, to] = [0, Infinity], onStep = () => undefined } = options;
  const struck = new Map<string, Struck>();
  const notRun = new Map<string, string>();
  let kills = 0;
  for (const [i, { fault, afterMs, lastsMs, random }] of scheduleOf(options).entries()) {
    if (i < from || i > to) continue;
    const why = fault.impossible?.(world);
    if (why !== undefined) {
      notRun.set(fault.name, why);
      continue;
    }
    await sleep(afterMs);
    onStep(`step ${i}: ${fault.name}, for ${lastsMs} ms`);
    const at = performance.now();
    const mend = await fault.strike(world, random);
    await sleep(lastsMs);
    await mend();
    await world.untilReady();
    const { times, longestSilenceMs } = struck.get(fault.name) ?? { times: 0, longestSilenceMs: 0 };
    const silenceMs = Math.max(longestSilenceMs, load.longestSilence(at));
    struck.set(fault.name, { times: times + 1, longestSilenceMs: silenceMs });
    if (fault.kills) kills++;
  }
  for (const web of world.webs) web.moveClock(0);
  return { struck, notRun, kills };
}

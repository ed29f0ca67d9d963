/**
 * Casting over HTTP: `concejo serve`, with runner and views on, in one process and the load in another, on the same
 * processors, beside the bare limit in turn: plain Fastify, the same checks and the same group commit.
 */
import { join } from 'node:path';
import { bytesOf } from '../../projections/bytes.js';
import { freePort } from '../../src/postgres/listening.js';
import { requests, type Booth } from './ballots.js';
import { openElection } from './cast-election.js';
import { MemoryWatch, processorMs } from './process-watch.js';
import { startServer, type Server } from './program.js';
import type { BareServer } from './cast-bare.child.js';
import { assertAllAnswered, LoadGenerator, percentile, type Load } from './raw-http.js';
import { withFolder } from './scratch.js';

const CONNECTIONS = 64;
const OPEN_LOOP_PER_SECOND = 1_000;
const TARGET_PER_SECOND = 1_500;
const TARGET_P99_MS = 100;

interface Sizes {
  /** Ballots of one round of the closed loop. */
  readonly round: number;
  /** Rounds of server and bare limit in turn; the first warms up and does not count. */
  readonly paired: number;
  /** Rounds of the server alone afterwards, while its memory is watched. */
  readonly more: number;
  readonly openLoop: number;
}

const FULL: Sizes = { round: 10_000, paired: 4, more: 5, openLoop: 10_000 };
const SHORT: Sizes = { round: 1_000, paired: 2, more: 1, openLoop: 1_000 };

/** Prints a line for each number. */
export async function run({ short }: { short: boolean }): Promise<void> {
  const sizes = short ? SHORT : FULL;
  await withFolder((folder) => withFolder((bareFolder) => measure(folder, bareFolder, sizes)));
}

async function measure(folder: string, bareFolder: string, sizes: Sizes): Promise<void> {
  const { round, paired, more, openLoop } = sizes;
  const voters = (paired + more) * round + openLoop;
  const booth = await openElection({ CONCEJO_DATA: folder }, voters);
  const name = `cast, ${voters} voters, ${CONNECTIONS} connections`;
  const server = await serve(folder);
  try {
    const bare = await serveBare(bareFolder, booth.target.sealedBytes);
    const memory = new MemoryWatch(server.program.pid);
    const rates: number[] = [];
    const bareRates: number[] = [];
    const costs: number[] = [];
    const bareCosts: number[] = [];
    let voter = 0;
    let bareOpen: Load;
    const load = async () => {
      const sent = requests(booth, voter, (voter += round));
      const measured = await closedLoop(server, sent);
      await memory.note(voter);
      return measured;
    };
    try {
      for (let i = 0; i < paired; i++) {
        const bareLoad = await closedLoop(bare, requests(bare.booth, i * round, (i + 1) * round));
        const measured = await load();
        if (i === 0) continue;
        bareRates.push(bareLoad.perSecond);
        rates.push(measured.perSecond);
        costs.push(measured.processorMs);
        bareCosts.push(bareLoad.processorMs);
        console.log(
          `${name}, closed loop, round ${i}: ${perSecond(measured)}, ${latencies(measured)}; bare limit ` +
            `${perSecond(bareLoad)}, ${latencies(bareLoad)}; ratio ${(measured.perSecond / bareLoad.perSecond).toFixed(2)}`,
        );
      }
      const sent = requests(bare.booth, paired * round, paired * round + openLoop);
      bareOpen = await openLoopOf(bare, sent);
    } finally {
      await stop(bare);
    }
    console.log(
      `${name}, closed loop, all rounds: ${Math.round(mean(rates))} ballots/s, ratio to the bare limit ` +
        `${(mean(rates) / mean(bareRates)).toFixed(2)}, to the target of ${TARGET_PER_SECOND} ` +
        (mean(rates) / TARGET_PER_SECOND).toFixed(2),
    );
    console.log(
      `${name}, processor time of the server's Node, which depends less on who else works on the machine: ` +
        `${mean(costs).toFixed(2)} ms a ballot, bare limit ${mean(bareCosts).toFixed(2)} ms, ` +
        `ratio ${(mean(costs) / mean(bareCosts)).toFixed(2)}`,
    );
    const open = await openLoopOf(server, requests(booth, voter, (voter += openLoop)));
    console.log(
      `${name}, open loop at ${OPEN_LOOP_PER_SECOND}/s: ${perSecond(open)}, ${latencies(open)}; bare limit ${perSecond(bareOpen)}, ` +
        `${latencies(bareOpen)}; ratio of p99 to the bare limit ` +
        `${(percentile(open.latencies, 99) / percentile(bareOpen.latencies, 99)).toFixed(2)}, to the ` +
        `target of ${TARGET_P99_MS} ms ${(percentile(open.latencies, 99) / TARGET_P99_MS).toFixed(2)}`,
    );
    await memory.note(voter);
    const alone: number[] = [];
    for (let i = 0; i < more; i++) alone.push((await load()).perSecond);
    console.log(
      `${name}, closed loop, after the bare limit has ended: ${Math.round(mean(alone))} ballots/s, ratio to the target ` +
        (mean(alone) / TARGET_PER_SECOND).toFixed(2),
    );
    console.log(`${name}, memory of the server: ${memory.told()}`);
  } finally {
    await stop(server);
  }
}

interface Serving {
  readonly program: Server;
  readonly load: LoadGenerator;
}

/** The program itself, on a folder whose election is open. */
async function serve(folder: string): Promise<Serving> {
  const port = await freePort();
  const env = { CONCEJO_DATA: folder, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'warn' };
  const program = await startServer('src/main.js', ['serve'], /^Concejo serves /, env);
  return { program, load: await LoadGenerator.open([port], CONNECTIONS) };
}

async function serveBare(folder: string, sealedBytes: number): Promise<Serving & { booth: Booth }> {
  const args = [join(folder, 'data'), String(sealedBytes)];
  const program = await startServer('test/bench/cast-bare.child.js', args, /^\{/);
  const { port, path, electionId, e, boxKey } = JSON.parse(program.ready) as BareServer;
  const target = { electionId, e, boxKey: bytesOf(boxKey), sealedBytes, disclosure: 'at-close' as const };
  return { program, booth: { target, path }, load: await LoadGenerator.open([port], CONNECTIONS) };
}

async function stop({ program, load }: Serving): Promise<void> {
  load.close();
  await program.stop();
}

/** A closed loop, and the milliseconds of processor time that a ballot took the server's Node process. */
async function closedLoop(
  { program, load }: Serving,
  sent: readonly Buffer[],
): Promise<Load & { processorMs: number }> {
  const before = await processorMs(program.pid);
  const measured = await load.closedLoop(sent);
  const after = await processorMs(program.pid);
  return { ...measured, processorMs: ((after ?? NaN) - (before ?? NaN)) / sent.length };
}

/** @throws Error for a ballot that is not taken */
async function openLoopOf({ load }: Serving, sent: readonly Buffer[]): Promise<Load> {
  const measured = await load.openLoop(sent, OPEN_LOOP_PER_SECOND);
  assertAllAnswered(measured, 201);
  return measured;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function perSecond(load: Load): string {
  return `${Math.round(load.perSecond)} ballots/s`;
}

function latencies({ latencies: all }: Load): string {
  return `p50 ${percentile(all, 50).toFixed(1)} ms, p99 ${percentile(all, 99).toFixed(1)} ms`;
}

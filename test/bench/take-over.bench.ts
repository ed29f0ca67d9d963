/**
 * How long it takes until another process goes on, after the one that was active was killed: `kill -9` of whichever of two
 * `concejo serve` moves the views, while ballots come in at the other; until a ballot that was sent after the kill is in
 * them. With EVENTSTORE_TEST_URL also of the one that gives events their places on EventStoreDB, until such a ballot is
 * acknowledged.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { requests } from './ballots.js';
import { LoadGenerator } from './raw-http.js';
import { holderOf, withSite, type Lock, type Site, type WebProcess } from './several.js';

const TARGET_MS = 3_000;
/** Between two looks, and between two ballots. */
const LOOK_MS = 10;

/** Prints a line for each engine. */
export async function run({ short }: { short: boolean }): Promise<void> {
  const kills = short ? 2 : 20;
  await withSite(100_000, {}, async (site) => {
    tell('the runner of the views', await killAndWait(site, 'runner', kills));
  });
  const url = process.env.EVENTSTORE_TEST_URL ?? '';
  if (url === '') {
    console.log('take-over, EventStoreDB: not run, EVENTSTORE_TEST_URL names no server');
    return;
  }
  const there = { EVENTSTORE_URL: url, EVENTSTORE_LOG: `bench-${randomBytes(6).toString('hex')}` };
  await withSite(100_000, there, async (site) => {
    tell('the sequencer on EventStoreDB', await killAndWait(site, 'sequencer', kills));
  });
}

function tell(what: string, took: readonly number[]): void {
  const [most, mean] = [Math.max(...took), took.reduce((sum, ms) => sum + ms, 0) / took.length];
  console.log(
    `take-over, ${what}, ${took.length} kills: at most ${Math.round(most)} ms, ${Math.round(mean)} ms on average; ` +
      `ratio of the longest to the target of ${TARGET_MS} ms ${(most / TARGET_MS).toFixed(2)}`,
  );
}

/** Milliseconds of each take-over. */
async function killAndWait(site: Site, lock: Lock, kills: number): Promise<number[]> {
  const { watch, start } = site;
  const processes = new Map<string, WebProcess>();
  for (const name of ['one', 'two']) processes.set(name, await start(name));
  const voters = new Voters(site);
  const took: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const holder = await until(() => holderOf(watch, lock));
    const killed = processes.get(holder);
    const [other] = [...processes.values()].filter(({ name }) => name !== holder);
    if (killed === undefined || other === undefined) throw new Error(`${holder} holds the lock`);
    const casting = await voters.castAt(other.port);
    await sleep(500 + Math.random() * 1_000);
    killed.program.kill();
    const at = performance.now();
    const ballots = casting.cast;
    // Those that were under way count for nothing.
    await until(() => Promise.resolve(casting.cast > ballots + 1 || undefined));
    if (lock === 'runner') {
      const head = await positionIn(watch, 'select position from log_head');
      await until(async () => (await positionIn(watch, VIEWS)) >= head || undefined);
    }
    took.push(performance.now() - at);
    await casting.stop();
    processes.set(holder, await start(holder));
  }
  return took;
}

const VIEWS = `select min(position) as position from views.checkpoints where state = 'live'`;

async function positionIn(watch: Client, sql: string): Promise<number> {
  const { rows } = await watch.query<{ position: string }>(sql);
  return Number(rows[0]?.position ?? -1);
}

/** Casts one ballot after the other at a process. */
class Voters {
  #next = 0;

  constructor(private readonly site: Site) {}

  async castAt(port: number): Promise<{ readonly cast: number; stop(): Promise<void> }> {
    const load = await LoadGenerator.open([port], 1);
    const casting = { cast: 0, stopped: false };
    const work = (async () => {
      while (!casting.stopped) {
        await load.closedLoop(requests(this.site.booth, this.#next, ++this.#next));
        casting.cast++;
        await sleep(LOOK_MS);
      }
    })();
    return {
      get cast() {
        return casting.cast;
      },
      stop: async () => {
        casting.stopped = true;
        await work;
        load.close();
      },
    };
  }
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(LOOK_MS);
  }
}

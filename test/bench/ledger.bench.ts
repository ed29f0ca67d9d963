/**
 * What the ledger costs whoever appends, and how long a receipt takes out of a large tree. Appends go on in turns with the
 * ledger following and without it, on the same log, so that what else the machine does meets both.
 */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { verifyInclusion } from '../../projections/ledger/tree.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { TileStore } from '../../src/ledger/tile-store.js';
import { makePool } from '../../src/postgres/pools.js';
import { readSettings } from '../../src/settings.js';
import { appendsOf, rate } from './append.bench.js';
import { quietLog, withDatabase, withFolder } from './scratch.js';

const CALLERS = 256;
const ROUNDS = 5;
const RECEIPTS = 500;

/** Prints a line for each number. */
export async function run({ short }: { short: boolean }): Promise<void> {
  await withFolder((folder) => withDatabase((url) => appending(url, folder)));
  await withDatabase((url) => receipts(url, short ? 100_000 : 10_000_000));
}

async function appending(url: string, folder: string): Promise<void> {
  const pool = makePool(url, quietLog, { max: 8 });
  const store = new PostgresEventStore(pool);
  const make = appendsOf('ledger', CALLERS);
  const append = () => rate(CALLERS, make, (one) => store.append(one));
  const [plain, followed]: [number[], number[]] = [[], []];
  let behind = 0n;
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const without = await append();
      const ledger = new Ledger(pool, store, nodeCrypto, readSettings({ CONCEJO_DATA: folder }), 'serve');
      await caughtUp(ledger, store);
      ledger.onApplicationBootstrap();
      const beside = await append();
      const late = (await store.head()) + 1n - ((await ledger.published())?.size ?? 0n);
      await ledger.beforeApplicationShutdown();
      // The first round warms up.
      if (round === 0) continue;
      plain.push(without);
      followed.push(beside);
      if (late > behind) behind = late;
    }
  } finally {
    await store.close();
    await pool.end();
  }
  console.log(
    `ledger, ${CALLERS} callers, ${ROUNDS} rounds in turns: ${mean(followed)} appends a second with the ledger, ${mean(plain)} without; ` +
      `ratio ${(mean(followed) / mean(plain)).toFixed(2)} (target 0.8); at most ${behind} events not under a signed head yet`,
  );
}

async function caughtUp(ledger: Ledger, store: PostgresEventStore): Promise<void> {
  while (((await ledger.published())?.size ?? 0n) <= (await store.head())) {
    await ledger.now();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A tree over random leaf hashes, as the log would have made it. */
async function receipts(url: string, size: number): Promise<void> {
  const pool = makePool(url, quietLog, { max: 8 });
  try {
    const tiles = await filled(pool, size);
    const ledger = new Ledger(pool, new PostgresEventStore(pool), nodeCrypto, readSettings({}), 'once');
    const tree = await tiles.tree();
    const head = { size: tree.size, root: tree.root() };
    const took: number[] = [];
    for (let i = 0; i < RECEIPTS; i++) {
      const index = (BigInt(`0x${randomBytes(8).toString('hex')}`) * head.size) >> 64n;
      const start = performance.now();
      const proof = await ledger.inclusionProof(index, head.size);
      took.push(performance.now() - start);
      const hash = (await tiles.tile(0, index >> 8n, Number(index & 255n) + 1))?.slice(-32);
      if (hash === undefined || !verifyInclusion(nodeCrypto, { index, hash }, head, proof)) {
        throw new Error(`The proof of ${index} is wrong`);
      }
    }
    took.sort((a, b) => a - b);
    const at = (share: number) => (took[Math.floor(share * (took.length - 1))] ?? 0).toFixed(2);
    console.log(
      `ledger, proofs in a tree of ${size}, each verified: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ` +
        `ratio of p99 to the target of 5 ms ${(Number(at(0.99)) / 5).toFixed(2)}`,
    );
  } finally {
    await pool.end();
  }
}

async function filled(pool: Pool, size: number): Promise<TileStore> {
  const tiles = new TileStore(pool, nodeCrypto);
  const step = 65_536;
  let tree = await tiles.tree();
  for (let left = size; left > 0; left -= step) {
    tree = await tiles.extend(tree, randomBytes(32 * Math.min(step, left)));
  }
  return tiles;
}

function mean(numbers: readonly number[]): number {
  return Math.round(numbers.reduce((sum, number) => sum + number, 0) / numbers.length);
}

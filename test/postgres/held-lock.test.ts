import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { letGo, LOCKS, stillHold, tryHold } from '../../src/postgres/held-lock.js';
import { makePool } from '../../src/postgres/pools.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { Said } from './folders.js';

let made: TestDatabase;
let pool: Pool;
const said = new Said();
beforeAll(async () => {
  made = await createTestDatabase();
  pool = makePool(made.url, said);
});
afterAll(async () => {
  await pool.end();
  await made.drop();
});

const lock = (number: number) => `${LOCKS}, ${number}`;
/** Longer than a holder may be silent. */
const LONG_MS = 12_000;

async function holder(number: number): Promise<PoolClient> {
  const client = await pool.connect();
  expect(await tryHold(client, lock(number))).toBe(true);
  return client;
}

async function isFree(number: number): Promise<boolean> {
  const client = await pool.connect();
  const free = await tryHold(client, lock(number));
  if (free) await letGo(client, lock(number));
  client.release();
  return free;
}

it('a lock is lost by who says nothing for ten seconds, as a frozen process does, and by nobody else', async () => {
  const silent = await holder(101);
  const amidst = await holder(102);
  await amidst.query('begin');
  const there = await holder(103);
  const before = await holder(104);
  await letGo(before, lock(104));
  before.release();
  expect([await isFree(101), await isFree(102), await isFree(103)]).toEqual([false, false, false]);
  for (const begun = performance.now(); performance.now() - begun < LONG_MS;) {
    await sleep(2_000);
    await stillHold(there);
  }
  expect([await isFree(101), await isFree(102), await isFree(103)]).toEqual([true, true, false]);
  await expect(stillHold(silent)).rejects.toThrow();
  await expect(amidst.query('commit')).rejects.toThrow();
  silent.release(true);
  amidst.release(true);
  await letGo(there, lock(103));
  there.release();
  // Who has let go may be as silent as all others in the pool.
  expect(said.lines).toEqual([]);
}, 30_000);

/** A clock that was moved under one process, confirmed by two persons at another one. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { ClockGuard, type Clock } from '../../src/clock.js';
import { clockConfirmation } from '../../src/staff/clock-confirmation.js';
import type { ApprovedAct } from '../../src/staff/act-kinds.js';
import type { Actor } from '../../src/staff/actor.js';
import { MovedClocks } from '../../src/staff/moved-clocks.js';
import { createTestDatabase, type TestDatabase } from '../database.js';

const HOUR_MS = 3_600_000;
const ACTOR = { id: 'ana', roles: ['administrator'] } as unknown as Actor;
const BY = { actId: 'act', actor: ACTOR, now: '' };

/** The system's, moved by the test. */
class MovableClock implements Clock {
  movedMs = 0;
  now = () => new Date(Date.now() + this.movedMs);
  monotonicMs = () => performance.now();
}

/** What a process has of it. */
class Process {
  readonly clock = new MovableClock();
  readonly guard = new ClockGuard(this.clock);
  readonly clocks: MovedClocks;
  readonly kind;
  constructor(pool: Pool) {
    this.clocks = new MovedClocks(pool, this.clock, this.guard, 'serve');
    this.kind = clockConfirmation(this.clocks);
  }
}

let database: TestDatabase;
let pool: Pool;
let one: Process;
let other: Process;
beforeEach(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url });
  [one, other] = [new Process(pool), new Process(pool)];
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

async function proposed(at: Process): Promise<ApprovedAct> {
  const prepared = await at.kind.prepare({}, BY);
  if ('rejected' in prepared) throw new Error(prepared.rejected);
  return { act: prepared.act } as unknown as ApprovedAct;
}
const rows = async () => (await pool.query('select from moved_clocks')).rowCount;

describe('a clock that was moved', () => {
  it('is confirmed at a process whose own is steady, which shows what the moved one shows', async () => {
    expect(await one.kind.prepare({}, BY)).toEqual({ rejected: 'clock-steady' });
    one.clock.movedMs = HOUR_MS;
    await one.clocks.look();
    const act = await proposed(other);
    const { shows, movedByMs } = act.act.data as { shows: string; movedByMs: number };
    expect(Math.abs(Date.parse(shows) - Date.now() - HOUR_MS)).toBeLessThan(60_000);
    expect(Math.abs(movedByMs - HOUR_MS)).toBeLessThan(2_000);
    expect([one.guard.isSteady(), other.guard.isSteady()]).toEqual([false, true]);
    await other.kind.execute(act);
    await one.clocks.look();
    expect([one.guard.isSteady(), await rows()]).toEqual([true, 0]);
    expect(await other.kind.prepare({}, BY)).toEqual({ rejected: 'clock-steady' });
  });

  it('is confirmed at once at its own process', async () => {
    one.clock.movedMs = -HOUR_MS;
    await one.kind.execute(await proposed(one));
    expect([one.guard.isSteady(), await rows()]).toEqual([true, 0]);
  });

  it('is not confirmed by who saw it before it was moved again', async () => {
    one.clock.movedMs = HOUR_MS;
    await one.clocks.look();
    const act = await proposed(other);
    one.clock.movedMs = 3 * HOUR_MS;
    await one.clocks.look();
    await other.kind.execute(act);
    await one.clocks.look();
    expect(one.guard.isSteady()).toBe(false);
    await other.kind.execute(await proposed(other));
    // And not when that happens between the confirmation and the look.
    one.clock.movedMs = 4 * HOUR_MS;
    await one.clocks.look();
    expect(one.guard.isSteady()).toBe(false);
  });

  it('is one of each process, and none of a process that has ended', async () => {
    one.clock.movedMs = HOUR_MS;
    other.clock.movedMs = 2 * HOUR_MS;
    await one.clocks.look();
    await other.kind.execute(await proposed(other));
    await one.clocks.look();
    expect([one.guard.isSteady(), other.guard.isSteady()]).toEqual([false, true]);
    await pool.query(`update moved_clocks set told_at = now() - interval '1 minute'`);
    expect(await other.kind.prepare({}, BY)).toEqual({ rejected: 'clock-steady' });
    await one.clocks.beforeApplicationShutdown();
    expect(await rows()).toBe(0);
  });
});

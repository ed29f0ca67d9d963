/** Interleavings, some hundred of them; `npm run test:faults` has more. SIMULATION_SEED=… has one alone, such as one that failed. */
import { describe, expect, it } from '@jest/globals';
import type { PostgresEventStore } from '../../../src/event-store/postgres.js';
import type { ViewRunner } from '../../../src/views/runner.js';
import { simulateLog, type Simulated } from './log-simulation.js';
import { withMutant, type Mutant } from './mutant.js';
import { simulateRunner } from './runner-simulation.js';

const SEEDS = 200;
const given = process.env.SIMULATION_SEED;
const seeds = given === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(given)];

/** The first seed that finds something. */
async function found(simulate: (seed: number) => Promise<Simulated>): Promise<number | undefined> {
  for (const seed of seeds) if ((await simulate(seed)).findings.length > 0) return seed;
  return undefined;
}

const OF_THE_LOG: readonly Mutant[] = [
  {
    name: 'takes two appends to one stream into one batch',
    file: 'src/event-store/batcher.ts',
    from: 'streams.has(stream)',
    to: 'false',
  },
  {
    name: 'does not try a failed batch one by one',
    file: 'src/event-store/batcher.ts',
    from: 'batch.length === 1',
    to: 'batch.length > 0',
  },
  {
    name: 'forgets the bytes that wait when all of it is given up',
    file: 'src/event-store/batcher.ts',
    from: 'this.#waitingBytes = 0;\n            }',
    to: '}',
  },
  {
    name: 'answers before the commit',
    file: 'src/event-store/postgres-batch.ts',
    from: "await client.query('commit')",
    to: "client.query('commit').catch(() => undefined)",
  },
  {
    name: 'does not look whether its events are there already',
    file: 'src/event-store/postgres-batch.ts',
    from: 'if (there !== undefined) return there;',
    to: '',
  },
  {
    name: 'takes what it wrote itself for a repetition',
    file: 'src/event-store/postgres-batch.ts',
    from: 'sent.add(append);',
    to: '',
  },
  {
    name: 'does not lock the head',
    file: 'src/event-store/postgres-batch.ts',
    from: 'select position from log_head for update',
    to: 'select position from log_head',
  },
];

const OF_THE_RUNNER: readonly Mutant[] = [
  {
    name: 'moves views without the lock of those who commit',
    file: 'src/views/checkpoints.ts',
    from: 'begin; select pg_advisory_xact_lock(${COMMIT_LOCK})',
    to: 'begin',
  },
  {
    name: 'folds again what another one has folded',
    file: 'src/views/live.ts',
    from: 'if (event.position > live.position) rows.fold(event)',
    to: 'rows.fold(event)',
  },
  {
    name: 'goes back to where it was itself',
    file: 'src/views/live.ts',
    from: 'live.position >= last',
    to: 'false',
  },
  {
    name: 'stops for good when a connection broke',
    file: 'src/views/runner.ts',
    from: 'if (isFinal(error)) {',
    to: '{',
  },
  {
    name: 'waits for hints alone',
    file: 'src/views/runner.ts',
    from: 'this.timers.after(this.pollMs, resolve)',
    to: '() => undefined',
  },
];

describe('the log', () => {
  it('is what callers were told, in whatever order all goes on', async () => {
    for (const seed of seeds) expect([seed, (await simulateLog(seed)).findings]).toEqual([seed, []]);
  }, 60_000);

  it.each(OF_THE_LOG.map((mutant) => [mutant.name, mutant] as const))(
    'is found wrong where an engine %s',
    async (_name, mutant) => {
      const seed = await withMutant(mutant, 'src/event-store/postgres.ts', (loaded) => {
        const { PostgresEventStore: Engine } = loaded as { PostgresEventStore: typeof PostgresEventStore };
        return found((each) => simulateLog(each, Engine));
      });
      expect(seed).toBeDefined();
    },
    60_000,
  );

  it('is the same again for the same seed', async () => {
    expect(await simulateLog(7)).toEqual(await simulateLog(7));
    expect((await simulateLog(7)).steps).not.toBe((await simulateLog(8)).steps);
  });
});

describe('the views', () => {
  it('are a replay after every commit, and come to the end of the log', async () => {
    for (const seed of seeds) expect([seed, (await simulateRunner(seed)).findings]).toEqual([seed, []]);
  }, 60_000);

  it.each(OF_THE_RUNNER.map((mutant) => [mutant.name, mutant] as const))(
    'are found wrong where a runner %s',
    async (_name, mutant) => {
      const seed = await withMutant(mutant, 'src/views/runner.ts', (loaded) => {
        const { ViewRunner: Runner } = loaded as { ViewRunner: typeof ViewRunner };
        return found((each) => simulateRunner(each, Runner));
      });
      expect(seed).toBeDefined();
    },
    60_000,
  );
});

/** The short form: every fault once, briefly. `npm run test:faults` has them many times, and longer. */
import { describe, expect, it } from '@jest/globals';
import { reportOf } from './report.js';
import { run, scheduleOf, type RunOptions } from './run.js';

/** Another one each time would make a build fail that changed nothing. */
const SEED = Number(process.env.FAULTS_SEED ?? 1);

const RUNS: readonly RunOptions[] = [
  { place: 'postgres', seed: SEED, kills: 4, others: 1, pace: 0.3 },
  { place: 'own-postgres', seed: SEED, kills: 2, others: 1, pace: 0.3 },
  { place: 'eventstoredb', seed: SEED, kills: 3, others: 1, pace: 0.2 },
];

describe('whatever breaks, what was acknowledged is there, once', () => {
  it.each(RUNS.map((options) => [options.place, options] as const))(
    'on %s',
    async (_place, options) => {
      const steps: string[] = [];
      try {
        const result = await run({ ...options, onStep: (text) => steps.push(text) });
        if (result.findings.length > 0) console.error(reportOf('npm test', [result], []));
        expect(result.findings).toEqual([]);
        expect(result.kills).toBe(options.kills);
        expect(result.writes.acknowledged).toBeGreaterThan(2 * steps.length);
        expect(result.heads).toBeGreaterThan(2);
      } catch (error) {
        console.error(`FAULTS_SEED=${options.seed}\n${steps.join('\n')}`);
        throw error;
      }
    },
    240_000,
  );

  it('in an order that the seed gives', () => {
    const of = (seed: number) =>
      scheduleOf({ place: 'postgres', seed, kills: 20, others: 2 }).map(
        ({ fault, afterMs, lastsMs }) => `${fault.name} ${afterMs} ${lastsMs}`,
      );
    expect(of(5)).toEqual(of(5));
    expect(of(5)).not.toEqual(of(6));
  });
});

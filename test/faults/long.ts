/**
 * The long form: `npm run test:faults`, or a part of it:
 *
 *     npm run test:faults -- --place eventstoredb --seed 7             one world alone
 *     npm run test:faults -- --place postgres --seed 7 --steps 12-14   some steps of a schedule, to find those that it takes
 *
 * `--kills` is how many kills there are in all, `--others` how many of every other fault, `--pace` by what
 * the times are multiplied, `--simulations` how many interleavings of
 * each simulation. The whole prints its report into
 * docs/reliability.md.
 */
import { parseArgs } from 'node:util';
import { keep, reportOf } from './report.js';
import { run, type RunResult } from './run.js';
import { simulateLog, type Simulated } from './simulation/log-simulation.js';
import { simulateRunner } from './simulation/runner-simulation.js';
import type { Place } from './world.js';

/** The part of the kills that each world has. */
const PARTS: readonly (readonly [Place, number])[] = [
  ['postgres', 0.5],
  ['own-postgres', 0.2],
  ['eventstoredb', 0.3],
];

const { values } = parseArgs({
  options: {
    place: { type: 'string' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '200' },
    others: { type: 'string', default: '3' },
    pace: { type: 'string', default: '1' },
    steps: { type: 'string' },
    simulations: { type: 'string', default: '5000' },
  },
});
const chosen = PARTS.filter(([place]) => values.place === undefined || values.place === place);
if (chosen.length === 0) throw new Error(`There are the places ${PARTS.map(([place]) => place).join(', ')}`);
const [from, to] = (values.steps ?? '').split('-').map(Number);
// Side by side: they have nothing in common but the machine, and mostly wait.
const runs: readonly RunResult[] = await Promise.all(
  chosen.map(([place, part]) =>
    run({
      place,
      seed: Number(values.seed),
      kills: Math.ceil(Number(values.kills) * part),
      others: Number(values.others),
      pace: Number(values.pace),
      ...(values.steps !== undefined && { steps: [from ?? 0, to ?? from ?? 0] as const }),
      onStep: (text) => console.log(`${place}, ${text}`),
    }),
  ),
);
const isWhole = values.place === undefined && values.steps === undefined;
const simulated = isWhole
  ? [
      await simulations('Group commit and trying again', simulateLog),
      await simulations('Projection runners', simulateRunner),
    ]
  : [];
const given = process.argv.slice(2).join(' ');
const report = reportOf(`npm run test:faults${given && ` -- ${given}`}`, runs, simulated);
console.log(`\n${report}`);
if (isWhole) await keep('docs/reliability.md', report);
if (runs.some(({ findings }) => findings.length > 0) || simulated.some(({ wrong }) => wrong.length > 0))
  process.exitCode = 1;

/** Interleavings from the seed on. */
async function simulations(what: string, simulate: (seed: number) => Promise<Simulated>) {
  const count = Number(values.simulations);
  const first = Number(values.seed);
  const wrong: string[] = [];
  let steps = 0;
  for (let seed = first; seed < first + count; seed++) {
    const result = await simulate(seed);
    steps += result.steps;
    for (const finding of result.findings) wrong.push(`${what}, SIMULATION_SEED=${seed}: ${finding}`);
  }
  return { what: `${what}: ${count} interleavings, ${steps} steps`, wrong };
}

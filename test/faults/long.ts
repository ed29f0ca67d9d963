/**
 * The long form: `npm run test:faults`, or a part of it:
 *
 *     npm run test:faults -- --place eventstoredb --seed 7             one world alone
 *     npm run test:faults -- --place postgres --seed 7 --steps 12-14   some steps of a schedule, to find those that it takes
 *
 * `--kills` is how many kills there are in all, `--others` how many of every other fault. The whole prints its report into
 * docs/reliability.md.
 */
import { parseArgs } from 'node:util';
import { keep, reportOf } from './report.js';
import { run, type RunResult } from './run.js';
import type { Place } from './world.js';

/** The part of the kills that each world has. */
const PARTS: readonly (readonly [Place, number])[] = [
  ['postgres', 0.75],
  ['own-postgres', 0.125],
  ['eventstoredb', 0.125],
];

const { values } = parseArgs({
  options: {
    place: { type: 'string' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '200' },
    others: { type: 'string', default: '4' },
    steps: { type: 'string' },
  },
});
const chosen = PARTS.filter(([place]) => values.place === undefined || values.place === place);
if (chosen.length === 0) throw new Error(`There are the places ${PARTS.map(([place]) => place).join(', ')}`);
const [from, to] = (values.steps ?? '').split('-').map(Number);
const runs: RunResult[] = [];
for (const [place, part] of chosen) {
  console.log(place);
  runs.push(
    await run({
      place,
      seed: Number(values.seed),
      kills: Math.ceil(Number(values.kills) * part),
      others: Number(values.others),
      ...(values.steps !== undefined && { steps: [from ?? 0, to ?? from ?? 0] as const }),
      onStep: (text) => console.log(text),
    }),
  );
}
const given = process.argv.slice(2).join(' ');
const report = reportOf(`npm run test:faults${given && ` -- ${given}`}`, runs, []);
console.log(`\n${report}`);
const isWhole = values.place === undefined && values.steps === undefined;
if (isWhole) await keep('docs/reliability.md', report);
if (runs.some(({ findings }) => findings.length > 0)) process.exitCode = 1;

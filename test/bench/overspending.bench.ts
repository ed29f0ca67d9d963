/** Bounded overspending of every real election under each utility, with the time over that of grouping the ballots. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { groupBallots } from '../../projections/tally/ballots.js';
import { tally } from '../../projections/tally/tally.js';
import type { Utility } from '../../projections/tally/supporters.js';
import { readElection } from '../../src/pabulib/election-file.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';
import { LODZ } from './files.js';

/** Prints a line for each election. */
export function run(): void {
  const folder = dirname(LODZ);
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.pb')) : [];
  if (files.length === 0) console.log(`overspending: not run, ${folder} is missing`);
  for (const name of files) {
    const { file } = parsePabulib(readFileSync(join(folder, name)));
    if (file === undefined) throw new Error(`${name} cannot be read`);
    const { projects, ballots, budget } = readElection(file);
    const [grouping, groups] = timed(() => groupBallots(ballots));
    const points = ballots.some((ballot) => ballot.points !== undefined);
    const times = (['cost', 'cardinality', 'score'] satisfies Utility[]).map((utility) => {
      const given = points ? ({ by: 'points' } as const) : ({ by: 'ranks', first: 3 } as const);
      const [ms] = timed(() =>
        tally(
          {
            v: 1,
            rule: 'bounded-overspending',
            utility,
            score: utility === 'score' ? given : { by: 'votes' },
            tieOrder: ['lowest-cost', 'most-votes', 'listed'],
            ties: projects.map(({ id }) => id),
          },
          projects,
          groups,
          budget,
        ),
      );
      return `${utility} ${ms.toFixed(0)} ms (${(ms / grouping).toFixed(1)})`;
    });
    console.log(
      `overspending, ${name}, ${ballots.length} ballots, ratio to grouping them: ${times.join(', ')}`,
    );
  }
}

function timed<T>(work: () => T): [ms: number, result: T] {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
}

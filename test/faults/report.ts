/** What a run came to, as Markdown: printed, and kept in docs/reliability.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import type { RunResult } from './run.js';
import type { Place } from './world.js';

const PLACES: Readonly<Record<Place, string>> = {
  postgres: 'Two web processes on one PostgreSQL',
  'own-postgres': 'One web process with the PostgreSQL that it starts itself',
  eventstoredb: 'Two web processes, the log on EventStoreDB (its double)',
};
/** What is between these lines of the document is written anew. */
const BEGIN = '<!-- report: begin -->';
const END = '<!-- report: end -->';

/** Many simulations of one thing, and what they found. */
export interface Simulations {
  readonly what: string;
  readonly wrong: readonly string[];
}

/** @param command that made the runs */
export function reportOf(
  command: string,
  runs: readonly RunResult[],
  simulated: readonly Simulations[],
): string {
  const sum = (of: (run: RunResult) => number) => runs.reduce((total, run) => total + of(run), 0);
  const faults = sum(({ struck }) => [...struck.values()].reduce((total, { times }) => total + times, 0));
  const findings = runs.flatMap((run) => run.findings);
  return [
    `Made by \`${command}\` with Node ${process.version}.`,
    '',
    `${faults} faults, of which ${sum((run) => run.kills)} were a kill -9, in ${Math.round(sum((run) => run.seconds) / 60)} minutes under load (of all worlds together, which ran side by side). ` +
      `Of ${sum((run) => run.writes.acknowledged + run.writes.refused + run.writes.unknown)} writes ` +
      `(${sum((run) => run.writes.tries)} tries), ${sum((run) => run.writes.acknowledged)} were acknowledged, ` +
      `${sum((run) => run.writes.refused)} refused, and of ${sum((run) => run.writes.unknown)} the client never knew. ` +
      `**What was lost, doubled, half there or otherwise wrong: ${findings.length === 0 ? 'nothing' : findings.length}.**`,
    '',
    ...findings.map((finding) => `- ${finding}`),
    ...runs.flatMap(runLines),
    ...(simulated.length === 0 ? [] : ['', '### Simulations', '']),
    ...simulated.flatMap(({ what, wrong }) => [
      `- ${what}; wrong: ${wrong.length === 0 ? 'nothing' : wrong.length}.`,
      ...wrong.map((each) => `  - ${each}`),
    ]),
  ].join('\n');
}

function runLines(run: RunResult): string[] {
  const { writes, struck, notRun } = run;
  const most = [...run.reasons]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, times]) => `${reason} (${times})`);
  return [
    '',
    `### ${PLACES[run.place]}`,
    '',
    `Seed ${run.seed}, ${Math.round(run.seconds)} s, ${run.kills} kills. ${writes.acknowledged} writes acknowledged, ${writes.refused} refused, ` +
      `${writes.unknown} unknown; ${run.repeated} requests sent twice at once, ${run.reordered} ballots ahead of an earlier one. ` +
      `${run.events} events in the log; ${run.heads} heads shown, each signed and a beginning of it.`,
    '',
    `Tries that were not acknowledged: ${most.join(', ')}.`,
    '',
    '| Fault | Times | Longest time without an acknowledgement |',
    '| --- | ---: | ---: |',
    ...[...struck]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, { times, longestSilenceMs }]) =>
          `| ${name} | ${times} | ${(longestSilenceMs / 1_000).toFixed(1)} s |`,
      ),
    ...[...notRun].map(([name, why]) => `| ${name} | NOT RUN | ${why} |`),
  ];
}

/** Puts a report in the place of the one before. @throws Error where the document has no place for it */
export async function keep(path: string, report: string): Promise<void> {
  const before = await readFile(path, 'utf8');
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${path} has no ${BEGIN} with ${END} after it`);
  const text = `${before.slice(0, from)}${BEGIN}\n\n${report}\n\n${before.slice(to)}`;
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), parser: 'markdown' }));
}

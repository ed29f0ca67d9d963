/** `concejo import FILE.pb`: an election of a file, cast through the same commands as any other. */
import { PabulibImport } from '../pabulib/import.js';
import type { ImportStep } from '../pabulib/import-steps.js';
import { print, type OutputOptions } from './output.js';
import { progressBar, type Progress } from './progress.js';
import { withApplication } from './running.js';
import { readInput } from './input.js';

export async function importFile(
  file: string,
  options: OutputOptions & { ruleset?: string; lenient?: boolean },
): Promise<void> {
  const bytes = readInput(file);
  const rulesetBytes = options.ruleset === undefined ? undefined : readInput(options.ruleset);
  const started = performance.now();
  const imported = await withApplication(
    (app) =>
      app.get(PabulibImport, { strict: false }).run(bytes, {
        ...(rulesetBytes !== undefined && { rulesetBytes }),
        lenient: options.lenient ?? false,
        progress: bars(),
      }),
    'real',
  );
  const seconds = (performance.now() - started) / 1_000;
  const left = imported.problems.filter(({ severity }) => severity === 'row');
  print(
    { ...imported, seconds },
    [
      `Election ${imported.electionId}: ${imported.web} web ballots cast, ${imported.paper} on paper, counted, in ${seconds.toFixed(1)} s.`,
      ...left.map(
        ({ line, code, detail }) =>
          `  left out, line ${line}: ${code}${detail === undefined ? '' : ` (${detail})`}`,
      ),
      `See it with: concejo serve, then /elections/${imported.electionId}`,
    ],
    options,
  );
}

const NAMES: Readonly<Record<ImportStep, string>> = {
  roll: 'Listing the roll',
  ballots: 'Casting ballots',
  marks: 'Marking the roll',
  paper: 'Keying paper',
  count: 'Counting',
};

/** A bar for every step. */
function bars(): (step: ImportStep, done: number, total: number) => void {
  let bar: Progress | undefined;
  let current: ImportStep | undefined;
  return (step, done, total) => {
    if (step !== current) {
      bar?.stop();
      bar = progressBar(NAMES[step]);
      current = step;
    }
    bar?.at(done, total);
    if (step === 'count' && done === total) bar?.stop();
  };
}

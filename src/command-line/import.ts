/** `concejo import FILE.pb`: an election of a file, cast through the same commands as any other. */
import { CommandBus } from '@nestjs/cqrs';
import { Presets, SingleBar } from 'cli-progress';
import { RollLines } from '../elections/roll-lines.js';
import { ImportOfficers } from '../pabulib/import-officers.js';
import { PabulibImport, type ImportStep } from '../pabulib/import.js';
import { CLOCK, COMMAND_LOG, CRYPTO, EVENT_STORE, POOL, SERVER_SECRET } from '../platform.module.js';
import type { Clock } from '../clock.js';
import type { Crypto } from '../../projections/crypto.js';
import type { CommandLog } from '../event-store/command-log.js';
import { print, type OutputOptions } from './output.js';
import { withApplication } from './running.js';
import { readInput } from './tally.js';

export async function importFile(
  file: string,
  options: OutputOptions & { ruleset?: string; lenient?: boolean },
): Promise<void> {
  const bytes = readInput(file);
  const rulesetBytes = options.ruleset === undefined ? undefined : readInput(options.ruleset);
  const started = performance.now();
  const imported = await withApplication(async (app) => {
    const crypto: Crypto = app.get(CRYPTO, { strict: false });
    const clock: Clock = app.get(CLOCK, { strict: false });
    const log: CommandLog = app.get(COMMAND_LOG, { strict: false });
    const officers = new ImportOfficers(
      log,
      crypto,
      clock,
      app.get<Uint8Array>(SERVER_SECRET, { strict: false }),
    );
    const importing = new PabulibImport({
      commands: app.get(CommandBus, { strict: false }),
      store: app.get(EVENT_STORE, { strict: false }),
      pool: app.get(POOL, { strict: false }),
      rollLines: app.get(RollLines, { strict: false }),
      crypto,
      clock,
      officers,
    });
    return importing.run(bytes, {
      ...(rulesetBytes !== undefined && { rulesetBytes }),
      lenient: options.lenient ?? false,
      progress: progressBar(),
    });
  });
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

/** A bar on standard error for every step, where somebody looks at it. */
function progressBar(): (step: ImportStep, done: number, total: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  let bar: SingleBar | undefined;
  let current: ImportStep | undefined;
  return (step, done, total) => {
    if (step !== current) {
      bar?.stop();
      bar = new SingleBar(
        { format: `${NAMES[step].padEnd(18)} {bar} {value}/{total}`, stream: process.stderr },
        Presets.shades_classic,
      );
      bar.start(total, done);
      current = step;
    }
    bar?.update(done);
    if (step === 'count' && done === total) bar?.stop();
  };
}

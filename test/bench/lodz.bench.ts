/**
 * The election of Lodz 2022 from its file, as `concejo import` does it: every web ballot made, sealed, signed and cast
 * through the command path with views on, paper in batches; then opened and counted from the log, and `concejo tally` on
 * the file as a process of its own. Ratios are to the targets, since there is no peer.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { groupBallots } from '../../projections/tally/ballots.js';
import { tally } from '../../projections/tally/tally.js';
import { createContext } from '../../src/app.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { countFromLog } from '../../src/elections/counting.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { readElection, rulesetOf } from '../../src/pabulib/election-file.js';
import { PabulibImport } from '../../src/pabulib/import.js';
import type { ImportStep } from '../../src/pabulib/import-steps.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { makeLog } from '../../src/rest/logger.js';
import { readSettings } from '../../src/settings.js';
import { LODZ } from './files.js';
import { timeScript } from './program.js';
import { withFolder } from './scratch.js';

const TARGET_MS = { import: 30_000, open: 2_000, count: 100, tally: 3_000 };
const NAME = basename(LODZ);

/** Prints a line for each number, or that the file is missing. */
export async function run(): Promise<void> {
  if (!existsSync(LODZ)) {
    console.log(`lodz: not run, ${LODZ} is missing`);
    return;
  }
  const bytes = readFileSync(LODZ);
  told('concejo tally, a whole process', await timeScript('src/main.js', ['tally', LODZ]), TARGET_MS.tally);
  countGroups(bytes);
  await withFolder((folder) => importAndOpen(folder, bytes));
}

async function importAndOpen(folder: string, bytes: Uint8Array): Promise<void> {
  const settings = readSettings({ CONCEJO_DATA: folder });
  const running = await createContext(settings, { log: makeLog('warn') });
  try {
    const { app } = running;
    const store: EventStore = app.get(EVENT_STORE, { strict: false });
    const importing = app.get(PabulibImport, { strict: false });
    const phases = new Phases();
    const started = performance.now();
    const processor = process.cpuUsage();
    const { electionId, web, paper } = await importing.run(bytes, { progress: (step) => phases.at(step) });
    const took = performance.now() - started;
    const { user, system } = process.cpuUsage(processor);
    console.log(
      `lodz, ${NAME}: processor time of the import in Node (without PostgreSQL): ${Math.round((user + system) / 1_000)} ms; ` +
        `ratio to its duration ${((user + system) / 1_000 / took).toFixed(2)}`,
    );
    told(`import of ${web} web ballots and ${paper} on paper (${phases.told()})`, took, TARGET_MS.import);
    const { times } = await countFromLog(store, nodeCrypto, electionId);
    told(`${web} web ballots opened by workers and read`, times.open, TARGET_MS.open);
    console.log(
      `lodz, ${NAME}: the log read and its events applied in ${Math.round(times.read)} ms, the ballots ` +
        `grouped, counted and published as a result in ${Math.round(times.count)} ms`,
    );
  } finally {
    await running.close();
  }
}

/** The count alone, of ballots that are grouped. */
function countGroups(bytes: Uint8Array): void {
  const { file } = parsePabulib(bytes);
  if (file === undefined) throw new Error(`${LODZ} cannot be read`);
  const election = readElection(file);
  const ruleset = rulesetOf(file, election);
  if ('rejected' in ruleset) throw new Error(`${LODZ}: ${ruleset.rejected} ${ruleset.field}`);
  const groups = groupBallots(election.ballots);
  const started = performance.now();
  tally(ruleset, election.projects, groups, election.budget);
  const took = performance.now() - started;
  told(
    `count of ${election.ballots.length} ballots in ${groups.length} groups, the first run`,
    took,
    TARGET_MS.count,
  );
}

/** How long each step took, from the first time it was told to the first time that the next was. */
class Phases {
  readonly #began: { step: string; at: number }[] = [{ step: 'reading and defining', at: performance.now() }];

  at(step: ImportStep): void {
    if (this.#began.at(-1)?.step !== step) this.#began.push({ step, at: performance.now() });
  }

  told(): string {
    const end = performance.now();
    return this.#began
      .map(
        ({ step, at }, index) =>
          `${step} ${(((this.#began[index + 1]?.at ?? end) - at) / 1_000).toFixed(1)} s`,
      )
      .join(', ');
  }
}

function told(what: string, ms: number, targetMs: number): void {
  console.log(
    `lodz, ${NAME}: ${what}: ${Math.round(ms)} ms; ratio to the target of ${targetMs} ms ${(ms / targetMs).toFixed(2)}`,
  );
}

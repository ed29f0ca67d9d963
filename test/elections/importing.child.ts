/**
 * Imports a file into a data folder with a PostgreSQL of its own, and says how far it is. Arguments: data folder, file.
 * Prints `found N` (ballots in the log at the start), `postgres PID`, `step NAME DONE`, `done JSON`; when the import fails,
 * `failed NAME: MESSAGE`, with exit code 4.
 */
import { readFileSync } from 'node:fs';
import { openEvent } from '../../projections/event.js';
import { createContext } from '../../src/app.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { fillBox } from '../../src/elections/counting.js';
import { Outcomes } from '../../src/elections/outcomes.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { readSettings } from '../../src/settings.js';
import { importInto } from '../pabulib/importing.js';

const [folder = '', file = ''] = process.argv.slice(2);
const running = await createContext(readSettings({ CONCEJO_DATA: folder, LOG_LEVEL: 'silent' }));
const { app } = running;
const store = app.get<EventStore>(EVENT_STORE, { strict: false });

let found = 0;
for await (const page of store.readAll(-1n)) {
  for (const recorded of page) if (openEvent(nodeCrypto, recorded).type === 'BallotCast') found += 1;
}
console.log(`found ${found}`);
const [pid] = readFileSync(`${folder}/postgres/data/postmaster.pid`, 'utf8').split('\n');
console.log(`postgres ${pid ?? ''}`);

try {
  const { electionId, web, paper } = await importInto(app, readFileSync(file), {
    progress: (step, done) => console.log(`step ${step} ${done}`),
  });
  const { box } = await fillBox(store, nodeCrypto, electionId);
  const digest = box.election.tallies.at(-1)?.outputDigest ?? '';
  const result = await app.get(Outcomes, { strict: false }).get(digest);
  const { tallies, phase } = box.election;
  const voters = { web: box.voters().web.size, marked: box.marks };
  const summary = { web, paper, phase, tallies: tallies.length, statuses: box.statuses(), voters };
  console.log(`done ${JSON.stringify({ ...summary, paperCounted: result?.paper, area: result?.areas[0] })}`);
  await running.close();
} catch (error) {
  console.log(`failed ${error instanceof Error ? `${error.name}: ${error.message}` : 'no error'}`);
  await running.close().catch(() => undefined);
  process.exit(4);
}

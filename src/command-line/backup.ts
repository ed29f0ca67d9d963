/** `concejo backup --out FILE`: everything that a restore needs but the secrets, while the site goes on. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertCity, takeBackup } from '../backup/backup.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { openEventStore } from '../event-store/open.js';
import { makeLog } from '../rest/logger.js';
import { readSettings } from '../settings.js';
import { assertWritable } from './input.js';
import { assertThere, ownDatabase } from './log-place.js';
import { print, version, type OutputOptions } from './output.js';
import { progressBar } from './progress.js';

export async function backup(options: OutputOptions & { out: string }): Promise<void> {
  const { out } = options;
  const settings = readSettings(process.env);
  assertThere(settings);
  assertWritable(out);
  const log = makeLog(process.env.LOG_LEVEL === undefined ? 'warn' : settings.logLevel, 'stderr');
  const database = await ownDatabase(settings, log, true);
  const { pool } = database;
  let store: EventStore | undefined;
  try {
    await assertCity(pool);
    store = await openEventStore({ settings, pool, log: (level, message) => log[level](message) });
    const staff = await readFile(join(settings.data, 'staff.json')).catch(() => undefined);
    const bars = { writing: progressBar('Writing the log'), checking: progressBar('Reading it back') };
    const sources = { crypto: nodeCrypto, pool, store, staff, program: version() };
    const taken = await takeBackup(sources, out, (step, done, of) => bars[step].at(done, of));
    for (const bar of Object.values(bars)) bar.stop();
    print(
      { out, ...taken },
      [
        `${out}: ${taken.events} events under the root ${taken.root}, and the tables beside them; read back and whole.`,
        'It holds people and texts: keep it as you keep the database. It holds no secrets, and no list of later erasures: keep',
        `${settings.electionKeys}, the key of the log, and ${join(settings.data, 'erasures.log')} apart.`,
      ],
      options,
    );
  } finally {
    await store?.close();
    await database.close();
  }
}

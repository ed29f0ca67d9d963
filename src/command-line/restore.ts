/** `concejo restore FILE --into WHERE`: a backup into an empty database, and what has to be brought from elsewhere. */
import { existsSync } from 'node:fs';
import { missingAfter, erasuresPath, hasLogKey, putBeside } from '../backup/kept-apart.js';
import { restoreBackup, type Restored } from '../backup/restore.js';
import { ErasuresFile } from '../contents/erasures-file.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { PostgresEventStore } from '../event-store/postgres.js';
import { migrationsFolder } from '../postgres/database.js';
import { makeLog } from '../rest/logger.js';
import { ownDatabase, settingsOf } from './log-place.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { progressBar } from './progress.js';

export interface RestoreOptions extends OutputOptions {
  into: string;
  until?: string;
  asNewLog?: boolean;
}

export async function restore(file: string, options: RestoreOptions): Promise<void> {
  const { into, asNewLog = false } = options;
  const until = indexIn(options.until);
  const settings = settingsOf(into);
  if (asNewLog && hasLogKey(settings)) {
    throw new CommandFailed(
      'restore-under-old-key',
      `A new log needs a new name, and ${settings.logKey} holds the old one: move it and secrets/log-signed away first.`,
    );
  }
  if (!existsSync(file)) throw new CommandFailed('file-not-found', `There is no file ${file}.`);
  const log = makeLog(process.env.LOG_LEVEL === undefined ? 'warn' : settings.logLevel, 'stderr');
  const hadErasures = existsSync(erasuresPath(settings));
  const erasures = await new ErasuresFile(erasuresPath(settings)).read();
  const database = await ownDatabase(settings, log, false);
  const { pool, ownerUrl } = database;
  const store = new PostgresEventStore(pool);
  try {
    const bars = { checking: progressBar('Reading the file'), restoring: progressBar('Restoring') };
    const target = {
      ...{ ownerUrl, migrations: migrationsFolder(), log, erasures },
      putBeside: (restored: Restored) => putBeside(settings, restored, asNewLog),
    };
    const restored = await restoreBackup(nodeCrypto, file, target, {
      ...{ until, asNewLog },
      onProgress: (step, done, of) => bars[step].at(done, of),
    });
    for (const bar of Object.values(bars)) bar.stop();
    const missing = await missingAfter(nodeCrypto, settings, { pool, store }, restored, hadErasures);
    const { index, root, erased, head } = restored;
    const events = index + 1n;
    print(
      { into, events, root, erased, of: head.events, at: head.at, missing },
      [
        `${events} of ${head.events} events of ${head.at} are in ${into}, under the root ${root}.`,
        ...(erased > 0 ? [`${erased} texts or files that were erased since did not come back.`] : []),
        ...missing.map(({ code, where, advice }) => `${code}: ${where}\n    ${advice}`),
        missing.length > 0
          ? 'Do that first. Then start concejo serve, which folds the views from the log, and run concejo doctor.'
          : 'Start concejo serve, which folds the views from the log, and run concejo doctor.',
      ],
      options,
    );
  } finally {
    await store.close();
    await database.close();
  }
}

function indexIn(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,16}$/.test(text)) return BigInt(text);
  throw new CommandFailed('index-malformed', `${text} is no index of an event: 0 or a greater whole number.`);
}

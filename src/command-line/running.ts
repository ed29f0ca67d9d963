/** Runs work inside the application without HTTP, and closes it whatever happens. */
import { existsSync, readdirSync } from 'node:fs';
import type { INestApplicationContext } from '@nestjs/common';
import { createContext } from '../app.js';
import { assertFolderOf } from '../demo/folder-mark.js';
import { messageOf } from '../postgres/postgres-error.js';
import { makeLog } from '../rest/logger.js';
import { readSettings, type Settings } from '../settings.js';
import { CommandFailed } from './output.js';

/**
 * @param folder `real`: what the work does has no place in a demo, and may begin a new folder; `any`: it reads what is there
 * @throws SettingInvalid, PostgresError, WrongFolder, CommandFailed: each says what to do
 */
export async function withApplication<T>(
  work: (app: INestApplicationContext, settings: Settings) => Promise<T>,
  folder: 'real' | 'any' = 'any',
): Promise<T> {
  const settings = readSettings(process.env);
  if (folder === 'real') assertFolderOf(settings.data, 'real');
  else if (settings.databaseUrl === undefined) assertHasData(settings.data);
  // Standard output is for the result; what the application has to say goes to standard error, and only if it matters.
  const log = makeLog(process.env.LOG_LEVEL === undefined ? 'warn' : settings.logLevel, 'stderr');
  const running = await createContext(settings, { log });
  let result: T;
  try {
    result = await work(running.app, settings);
  } catch (error) {
    // A database that went away cannot be closed either; why the work failed is what matters.
    await running.close().catch((closing: unknown) => log.warn(`Closing failed: ${messageOf(closing)}`));
    throw error;
  }
  await running.close();
  return result;
}

/** What reads must not make a city out of nothing, where somebody only forgot to name the folder. */
function assertHasData(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) return;
  throw new CommandFailed(
    'no-data',
    `There is nothing in ${folder}. Set CONCEJO_DATA to the folder of your city, or DATABASE_URL to its database.`,
  );
}

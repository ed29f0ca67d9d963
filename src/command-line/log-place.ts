/** A database that a command is told to work on: a data folder, or the address of a PostgreSQL. */
import type { Pool } from 'pg';
import { assertFolderOf } from '../demo/folder-mark.js';
import { openDatabase } from '../postgres/database.js';
import { reachEmbedded, startEmbedded } from '../postgres/embedded.js';
import { hasHome } from '../postgres/home.js';
import type { Log } from '../postgres/log.js';
import { makePool } from '../postgres/pools.js';
import { readSettings, type Settings } from '../settings.js';
import { CommandFailed } from './output.js';

/** The settings of a command whose database, and where its log is, are named on its command line. @throws SettingInvalid */
export function settingsOf(place: string): Settings {
  const { DATABASE_URL, DATABASE_OWNER_URL, CONCEJO_DATA, ...rest } = process.env;
  const others = { ...rest, EVENTSTORE_URL: undefined, EVENTSTORE_LOG: undefined };
  if (!/^postgres(ql)?:\/\//.test(place)) return readSettings({ ...others, CONCEJO_DATA: place });
  // The role that owns the tables stays the one of the settings, where these name the same database.
  const owner = place === DATABASE_URL ? DATABASE_OWNER_URL : undefined;
  return readSettings({ ...others, CONCEJO_DATA, DATABASE_URL: place, DATABASE_OWNER_URL: owner });
}

/** The database as the role that owns its tables, started where nobody else has; nothing is migrated. Close it in any case. */
export interface OwnedDatabase {
  readonly ownerUrl: string;
  readonly pool: Pool;
  close(): Promise<void>;
}

/**
 * @param beside whether it may be reached beside a program that has its folder: for what only reads
 * @throws PostgresError, WrongFolder
 */
export async function ownDatabase(settings: Settings, log: Log, beside: boolean): Promise<OwnedDatabase> {
  assertFolderOf(settings.data, 'real');
  const { databaseUrl, data } = settings;
  if (databaseUrl !== undefined) return owned(settings.ownerUrl ?? databaseUrl, log);
  const server = await (beside ? reachEmbedded : startEmbedded)({ folder: data, log });
  return owned(server.ownerUrl, log, () => server.stop());
}

/** What a command writes to: migrated, with the rights of the program at work. @throws PostgresError, WrongFolder */
export async function workDatabase(
  settings: Settings,
  log: Log,
): Promise<{ pool: Pool; close(): Promise<void> }> {
  assertFolderOf(settings.data, 'real');
  const { databaseUrl, ownerUrl, data: folder } = settings;
  return openDatabase({ databaseUrl, ownerUrl, folder }, log);
}

/** What reads must not make a database out of nothing. @throws CommandFailed */
export function assertThere({ databaseUrl, data }: Settings): void {
  if (databaseUrl !== undefined || hasHome(data)) return;
  throw new CommandFailed(
    'no-data',
    `There is no database in ${data}. Set CONCEJO_DATA to the folder of your city, or DATABASE_URL to its database.`,
  );
}

function owned(url: string, log: Log, stop: () => Promise<void> = () => Promise.resolve()): OwnedDatabase {
  const pool = makePool(url, log, { max: 8 });
  return { ownerUrl: url, pool, close: () => pool.end().finally(stop) };
}

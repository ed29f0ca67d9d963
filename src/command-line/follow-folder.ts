/** What `concejo follow` keeps in its folder beside the log: whom it follows and trusts, what it waits for, and alarms. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePolicy, type Policy } from '../../projections/ledger/policy.js';
import type { Alarm } from '../audit/alarm.js';
import type { Mirror } from '../audit/mirror.js';
import type { RemoteLog } from '../audit/remote-log.js';
import type { Watched } from '../audit/watched-receipts.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { lockFolder, type FolderLock } from '../postgres/folder-lock.js';
import { PostgresError } from '../postgres/postgres-error.js';
import { input } from './audit.js';
import { CommandFailed, type OutputOptions } from './output.js';

/** What a folder knows beside the log itself. */
export interface Following {
  v: 1;
  url: string;
  receipts: Record<string, Watched>;
  /** When the last new head was seen, or following began. */
  newSince: string;
}

const ALARM_EXIT = 3;
const STATE = 'following.json';

export async function keepState(mirror: Mirror, state: Following): Promise<void> {
  await mirror.write(STATE, JSON.stringify(state));
}

/** The folder's own, and the address to follow now. */
export async function stateOf(mirror: Mirror, url: string | undefined): Promise<Following> {
  const bytes = await mirror.read(STATE);
  const kept = bytes && (JSON.parse(Buffer.from(bytes).toString('utf8')) as Following);
  const address = url ?? kept?.url;
  if (address === undefined) {
    throw new CommandFailed(
      'url-missing',
      `Nothing is followed in ${mirror.folder} yet: give the address of a site, such as https://vota.example.org`,
    );
  }
  const newSince = kept?.newSince ?? new Date().toISOString();
  return { v: 1, url: address, receipts: kept?.receipts ?? {}, newSince };
}

/** The one given, else the folder's, else what the log says of itself, which is kept: from then on it must not change. */
export async function policyOf(
  mirror: Mirror,
  log: RemoteLog,
  options: { policy?: string },
): Promise<Policy> {
  const given = options.policy === undefined ? undefined : await input(options.policy);
  const kept = await mirror.read('policy');
  const bytes = given ?? kept ?? (await log.ownPolicy(nodeCrypto));
  const policy = parsePolicy(nodeCrypto, bytes);
  if ('refused' in policy) {
    const where = options.policy ?? join(mirror.folder, 'policy');
    throw new CommandFailed('policy-wrong', `${where} is wrong in line ${policy.line}: ${policy.refused}.`);
  }
  if (given === undefined && kept === undefined)
    process.stderr.write(
      `Without --policy the keys are taken from the log itself. Compare ${join(mirror.folder, 'policy')} with what the city has published elsewhere.\n`,
    );
  if (given !== undefined || kept === undefined) await mirror.write('policy', bytes);
  return policy;
}

/** Keeps the evidence and tells everybody. The same alarm is kept once. */
export async function raise(mirror: Mirror, alarm: Alarm, options: OutputOptions): Promise<void> {
  const { code, message, evidence } = alarm;
  const digest = createHash('sha256');
  for (const [name, bytes] of Object.entries(evidence)) digest.update(name).update(bytes);
  const path = `evidence/${code}-${digest.digest('hex').slice(0, 16)}`;
  for (const [name, bytes] of Object.entries(evidence))
    await mirror.write(`${path}/${name.replaceAll('/', '-')}`, bytes);
  const where = join(mirror.folder, path);
  await mirror.write(
    `${path}/about.json`,
    `${json({ alarm: code, message, at: new Date().toISOString() })}\n`,
  );
  if (options.json === true) process.stdout.write(`${json({ alarm: code, message, evidence: where })}\n`);
  else process.stderr.write(`ALARM ${code}: ${message}\nThe evidence is in ${where}\n`);
  process.exitCode = ALARM_EXIT;
}

export async function lockOf(folder: string): Promise<FolderLock> {
  try {
    await mkdir(folder, { recursive: true });
    return await lockFolder(folder);
  } catch (error) {
    if (error instanceof PostgresError && error.code === 'data-folder-in-use')
      throw new CommandFailed(
        'folder-in-use',
        `Another program follows into ${folder}. Stop that one, or give --folder another one.`,
      );
    const why = (error as NodeJS.ErrnoException).code ?? 'no reason given';
    throw new CommandFailed(
      'folder-not-writable',
      `${folder} cannot be written (${why}). Give --folder another one.`,
    );
  }
}

export function json(value: object): string {
  return JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? String(field) : field));
}

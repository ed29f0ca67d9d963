/** What `concejo follow` keeps in its folder beside the log: whom it follows and trusts, what it waits for, and alarms. */
import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePolicy, type Policy } from '../../projections/ledger/policy.js';
import type { Crypto } from '../../projections/crypto.js';
import { lockFolder, type FolderLock } from '../postgres/folder-lock.js';
import { PostgresError } from '../postgres/postgres-error.js';
import type { Alarm } from './alarm.js';
import type { Mirror } from './mirror.js';
import type { RemoteLog } from './remote-log.js';
import type { Watched } from './watched-receipts.js';

/** It cannot be followed like that. */
export class FollowingRefused extends Error {
  constructor(
    readonly code:
      | 'url-missing'
      | 'policy-wrong'
      | 'receipt-wrong'
      | 'checkpoint-of-another-log'
      | 'folder-in-use'
      | 'folder-not-empty'
      | 'folder-not-writable',
    message: string,
  ) {
    super(message);
    this.name = 'FollowingRefused';
  }
}

/** What a folder knows beside the log itself. */
export interface FollowingState {
  v: 1;
  url: string;
  receipts: Record<string, Watched>;
  /** When the last new head was seen, or following began. */
  newSince: string;
}

const STATE = 'following.json';

export async function keepState(mirror: Mirror, state: FollowingState): Promise<void> {
  await mirror.write(STATE, JSON.stringify(state));
}

/** The folder's own, and the address to follow now. @throws FollowingRefused `url-missing`, `folder-not-empty` */
export async function stateOf(mirror: Mirror, url: string | undefined): Promise<FollowingState> {
  const bytes = await mirror.read(STATE);
  const kept = bytes && (JSON.parse(Buffer.from(bytes).toString('utf8')) as FollowingState);
  const address = url ?? kept?.url;
  if (address === undefined) {
    throw new FollowingRefused(
      'url-missing',
      `Nothing is followed in ${mirror.folder} yet: give the address of a site, such as https://vota.example.org`,
    );
  }
  if (kept === undefined) await assertOwn(mirror.folder);
  const newSince = kept?.newSince ?? new Date().toISOString();
  return { v: 1, url: address, receipts: kept?.receipts ?? {}, newSince };
}

/** What a mirror writes before it keeps its state. */
const OWN = /^(concejo\.lock\..*|policy(\.new)?|following\.json\.new)$/;

/** @throws FollowingRefused `folder-not-empty` */
async function assertOwn(folder: string): Promise<void> {
  const other = (await readdir(folder)).find((name) => !OWN.test(name));
  if (other !== undefined)
    throw new FollowingRefused(
      'folder-not-empty',
      `${folder} holds other things, such as ${other}. Give --folder an empty one, or one that is not there yet.`,
    );
}

/**
 * The one given, else the folder's, else what the log says of itself, which is kept: from then on it must not change.
 * @returns `from` with the path of a policy that was taken from the log
 */
export async function policyOf(
  crypto: Crypto,
  mirror: Mirror,
  log: RemoteLog,
  given: { readonly name: string; readonly bytes: Uint8Array } | undefined,
): Promise<{ policy: Policy; from: string | undefined }> {
  const kept = await mirror.read('policy');
  const bytes = given?.bytes ?? kept ?? (await log.ownPolicy(crypto));
  const path = join(mirror.folder, 'policy');
  const policy = parsePolicy(crypto, bytes);
  if ('refused' in policy)
    throw new FollowingRefused(
      'policy-wrong',
      `${given?.name ?? path} is wrong in line ${policy.line}: ${policy.refused}.`,
    );
  const isOwn = given === undefined && kept === undefined;
  if (given !== undefined || isOwn) await mirror.write('policy', bytes);
  return { policy, from: isOwn ? path : undefined };
}

/** Once for each alarm. @returns the folder of it */
export async function keepEvidence(mirror: Mirror, { code, message, evidence }: Alarm): Promise<string> {
  const digest = createHash('sha256');
  for (const [name, bytes] of Object.entries(evidence)) digest.update(name).update(bytes);
  const path = `evidence/${code}-${digest.digest('hex').slice(0, 16)}`;
  for (const [name, bytes] of Object.entries(evidence))
    await mirror.write(`${path}/${name.replaceAll('/', '-')}`, bytes);
  const about = { alarm: code, message, at: new Date().toISOString() };
  await mirror.write(`${path}/about.json`, `${JSON.stringify(about)}\n`);
  return join(mirror.folder, path);
}

/** @throws FollowingRefused `folder-in-use`, `folder-not-writable` */
export async function lockOf(folder: string): Promise<FolderLock> {
  try {
    await mkdir(folder, { recursive: true });
    return await lockFolder(folder);
  } catch (error) {
    if (error instanceof PostgresError && error.code === 'data-folder-in-use')
      throw new FollowingRefused(
        'folder-in-use',
        `Another program follows into ${folder}. Stop that one, or give --folder another one.`,
      );
    const why = (error as NodeJS.ErrnoException).code ?? 'no reason given';
    throw new FollowingRefused(
      'folder-not-writable',
      `${folder} cannot be written (${why}). Give --folder another one.`,
    );
  }
}

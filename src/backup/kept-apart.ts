/** What is in no backup and has to be brought from elsewhere: what is missing after a restore, and what to do. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Pool } from 'pg';
import { utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { ErasuresFile } from '../contents/erasures-file.js';
import { RollLines } from '../elections/roll-lines.js';
import { sealedElections } from '../elections/sealed-elections.js';
import type { EventStore } from '../event-store/event-store.js';
import { memoryPath } from '../ledger/own-keys.js';
import { PRIVATE_KEY } from '../ledger/private-key.js';
import { replaceFile } from '../replace-file.js';
import type { Settings } from '../settings.js';
import type { Restored } from './restore.js';

/** A stable code, where, and what to do. */
export interface Missing {
  readonly code:
    | 'election-keys-missing'
    | 'log-key-missing'
    | 'log-head-missing'
    | 'log-behind-signed'
    | 'erasures-missing'
    | 'server-secret-missing'
    | 'staff-missing';
  readonly where: string;
  readonly advice: string;
}

type Places = Pick<Settings, 'data' | 'electionKeys' | 'logKey' | 'serverSecret' | 'staff'>;

/** Where the erasures are listed, beside the database that they are kept apart from. */
export function erasuresPath({ data }: Pick<Settings, 'data'>): string {
  return join(data, 'erasures.log');
}

/** Whether there is a key of the log, in a file or in the environment. */
export function hasLogKey({ logKey }: Pick<Settings, 'logKey'>): boolean {
  return logKey.startsWith(PRIVATE_KEY) || existsSync(logKey);
}

/** Where a memory goes that says nothing. */
const setAside = (memory: string) => `${memory}.before-restore`;

/**
 * Puts beside the database what the backup knows and a new folder does not: the staff's hashes, the erasures that were carried
 * out, and the last signed head: as the signer's memory where the log ends before it, so that nothing smaller is signed, else as
 * a file that can be given to `concejo log-head`. A memory that is no newer than the backup says nothing of what came after it, and is put
 * aside.
 */
export async function putBeside(places: Places, restored: Restored, asNewLog: boolean): Promise<void> {
  const { staff, erasures, head, index } = restored;
  await mkdir(places.data, { recursive: true });
  if (staff !== undefined && places.staff === undefined) {
    await writeFile(join(places.data, 'staff.json'), staff, { flag: 'wx', mode: 0o600 }).catch(unlessThere);
  }
  const file = new ErasuresFile(erasuresPath(places));
  const listed = new Set((await file.read()).map(({ contentId }) => contentId));
  for (const erasure of erasures) if (!listed.has(erasure.contentId)) await file.append(erasure);
  const { published } = head;
  if (asNewLog || published === undefined) return;
  const signed = await signedSize(places);
  const memory = memoryPath(places);
  if (BigInt(published.size) <= index + 1n) {
    // Whether somebody was shown a newer one nobody knows here, unless the memory of this host does.
    if (signed !== undefined && signed > BigInt(published.size)) return;
    if (signed !== undefined) await rename(memory, setAside(memory));
    await replaceFile(headPath(places), published.note);
    return;
  }
  if ((signed ?? -1n) >= BigInt(published.size)) return;
  await mkdir(dirname(memory), { recursive: true, mode: 0o700 });
  await replaceFile(memory, published.note);
}

/** @param hadErasures whether there was a list of erasures before the restore */
export async function missingAfter(
  crypto: Pick<Crypto, 'sha256'>,
  places: Places,
  { pool, store }: { pool: Pool; store: EventStore },
  { index, head, published }: Restored,
  hadErasures: boolean,
): Promise<Missing[]> {
  const missing: Missing[] = [];
  const ids = await new RollLines(pool, crypto).elections();
  const sealed = existsSync(places.electionKeys) ? [] : await sealedElections(store, crypto, ids);
  if (sealed.length > 0) {
    missing.push({
      code: 'election-keys-missing',
      where: places.electionKeys,
      advice:
        `put the master of the election keys there, from where you keep it apart. Without it nobody can open the ballots of ` +
        `${sealed.map(({ electionId }) => electionId).join(', ')}, and serve does not start.`,
    });
  }
  const signed = await signedSize(places);
  if (!hasLogKey(places) && (head.published !== undefined || signed !== undefined)) {
    missing.push({
      code: 'log-key-missing',
      where: places.logKey,
      advice: 'put the key of the log there, from where you keep it apart. Until then no head is signed.',
    });
  }
  if (signed !== undefined && signed > index + 1n) {
    missing.push({
      code: 'log-behind-signed',
      where: memoryPath(places),
      advice:
        `${signed} events were signed, and the log has ${index + 1n}: serve will sign nothing. Restore a newer backup, whole. ` +
        'If what is missing is lost for good, say so in public, move this file and the key of the log away, and restore once ' +
        'more with --as-new-log: the log then goes on under another name.',
    });
  }
  if (published !== undefined && signed === undefined) {
    const memory = memoryPath(places);
    missing.push({
      code: 'log-head-missing',
      where: memory,
      advice:
        (existsSync(setAside(memory))
          ? `what was there covers no more than the backup, and is ${setAside(memory)} now: nobody `
          : 'put it there if you kept one that is newer than the backup. Else nobody ') +
        'knows on this host what was signed last: with witnesses serve asks them, ' +
        'and without it signs nothing until concejo log-head FILE gives it the newest head that anybody has kept. The ' +
        `backup's is in ${headPath(places)}: the newest only where nothing was shown since.`,
    });
  }
  if (!hadErasures) {
    missing.push({
      code: 'erasures-missing',
      where: erasuresPath(places),
      advice:
        'texts that were erased after this backup was taken are there again. If you keep a list of erasures apart, put it there ' +
        'before you serve: what it names is deleted at once.',
    });
  }
  if (places.serverSecret === undefined && !existsSync(join(places.data, 'secrets', 'server'))) {
    missing.push({
      code: 'server-secret-missing',
      where: join(places.data, 'secrets', 'server'),
      advice:
        'put it there if you kept it. Else another is made: everybody signs in anew, requests from before are not known again, ' +
        'and imports under way cannot go on.',
    });
  }
  if (places.staff === undefined && !existsSync(join(places.data, 'staff.json'))) {
    missing.push({
      code: 'staff-missing',
      where: join(places.data, 'staff.json'),
      advice:
        'set CONCEJO_STAFF as before. Else two new administrators are made, and the staff of before is revoked.',
    });
  }
  return missing;
}

function headPath({ data }: Pick<Settings, 'data'>): string {
  return join(data, 'log-head');
}

/** Events under the last head that the signer remembers; `undefined` where it remembers none. */
async function signedSize(places: Pick<Settings, 'data'>): Promise<bigint | undefined> {
  const text = await readFile(memoryPath(places), 'utf8').catch(() => undefined);
  const checkpoint = text === undefined ? undefined : readCheckpoint(utf8(text));
  return checkpoint === undefined || typeof checkpoint === 'string' ? undefined : checkpoint.size;
}

function unlessThere(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}

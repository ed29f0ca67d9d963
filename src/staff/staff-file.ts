/** The staff of a first start: two administrators, so that what needs two persons can be done from the beginning. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseStaff, SettingInvalid, type Settings, type StaffSetting } from '../settings.js';
import { approvalKey, approvalSeed, hashKey, keyFrom } from './keys.js';
import { FIRST_ROLES } from './roles.js';

/** A key that was just made: shown once and kept nowhere. */
export interface NewKey {
  readonly id: string;
  readonly key: string;
}

export interface Staff {
  readonly staff: readonly StaffSetting[];
  /** Print them once; empty unless this start made them. */
  readonly newKeys: readonly NewKey[];
}

/** A new staff member with her key. `random` is 32 bytes. */
export function newStaffMember(
  id: string,
  roles: readonly string[],
  random: Uint8Array = randomBytes(32),
): { member: StaffSetting; key: string } {
  const key = keyFrom(random);
  const seed = approvalSeed(key, id);
  if (seed === undefined) throw new Error('A key that was just made is not one');
  return { member: { id, roles: [...roles], keyHash: hashKey(key), ed25519Pub: approvalKey(seed) }, key };
}

/**
 * The staff of CONCEJO_STAFF; or of `<data>/staff.json`, which a first start makes (mode 0600, hashes and public keys only).
 * @throws SettingInvalid
 */
export async function loadStaff(settings: Pick<Settings, 'data' | 'staff'>): Promise<Staff> {
  if (settings.staff !== undefined) return { staff: settings.staff, newKeys: [] };
  const path = join(settings.data, 'staff.json');
  const kept = await readKept(path);
  if (kept !== undefined) return { staff: kept, newKeys: [] };
  const made = ['admin-1', 'admin-2'].map((id) => newStaffMember(id, FIRST_ROLES));
  const staff = made.map(({ member }) => member);
  await mkdir(settings.data, { recursive: true });
  try {
    // `wx`: of two processes that start together the first one's keys count.
    await writeFile(path, `${JSON.stringify(staff, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return loadStaff(settings);
    throw new SettingInvalid(path, 'cannot be written: make the data folder writable, or set CONCEJO_STAFF');
  }
  return { staff, newKeys: made.map(({ member, key }) => ({ id: member.id, key })) };
}

async function readKept(path: string): Promise<readonly StaffSetting[] | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SettingInvalid(path, 'cannot be read: its owner must be who runs the program');
  }
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new SettingInvalid(
      path,
      'is not JSON: restore it from a backup, or delete it to make two new administrators',
    );
  }
  return parseStaff(list, path);
}

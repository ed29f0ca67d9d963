/** A witness on its folder: the key, the memory, and the lock that lets one process alone have them. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Crypto } from '../../projections/crypto.js';
import { lockFolder, type FolderLock } from '../postgres/folder-lock.js';
import { PostgresError } from '../postgres/postgres-error.js';
import { syncFolder } from '../sync-folder.js';
import { WitnessFailed } from './witness-failed.js';
import { WitnessKey } from './witness-key.js';
import { WitnessMemory } from './witness-memory.js';

export interface WitnessFolder {
  readonly key: WitnessKey;
  readonly memory: WitnessMemory;
  readonly lock: FolderLock;
}

/**
 * @param name of a new witness; one that is there has its own
 * @param origins of the logs that it is to cosign
 * @throws WitnessFailed
 */
export async function openWitness(
  crypto: Crypto,
  folder: string,
  name: string | undefined,
  origins: Iterable<string>,
): Promise<WitnessFolder> {
  const lock = await take(folder);
  try {
    const memory = new WitnessMemory(crypto, folder);
    const key = await openKey(crypto, folder, name, memory);
    await memory.check(origins);
    return { key, lock, memory };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openKey(
  crypto: Crypto,
  folder: string,
  name: string | undefined,
  memory: WitnessMemory,
): Promise<WitnessKey> {
  const heads = join(folder, 'heads');
  const known = await WitnessKey.read(crypto, folder);
  if (known === undefined) {
    if (existsSync(heads) && readdirSync(heads).length > 0) {
      throw new WitnessFailed(
        'witness-key-unusable',
        `${folder} has heads that were cosigned and not the key: bring the file key back, or begin with an empty folder.`,
      );
    }
    if (name === undefined) {
      throw new WitnessFailed(
        'witness-name-missing',
        `There is no witness in ${folder}. Give a new one its name for ever, such as --name witness.example.org.`,
      );
    }
    await mkdir(join(folder, 'splits'), { recursive: true });
    await mkdir(heads, { recursive: true });
    await memory.begin();
    await syncFolder(folder);
    return WitnessKey.make(crypto, folder, name);
  }
  if (!existsSync(heads)) {
    throw new WitnessFailed(
      'witness-memory-lost',
      `${folder} has the key of ${known.verifier.name} and not what it cosigned. Bring the folder heads back; if it is ` +
        'lost, begin with an empty folder and a new key, and tell the logs.',
    );
  }
  if (name !== undefined && name !== known.verifier.name) {
    throw new WitnessFailed(
      'witness-name-wrong',
      `The witness in ${folder} is ${known.verifier.name}: leave --name away, or take another folder.`,
    );
  }
  return known;
}

async function take(folder: string): Promise<FolderLock> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await lockFolder(folder);
  } catch (error) {
    if (error instanceof PostgresError && error.code === 'data-folder-in-use') {
      throw new WitnessFailed(
        'witness-folder-in-use',
        `Another process is the witness in ${folder}: two would cosign without knowing of each other. Stop that one first.`,
      );
    }
    throw new WitnessFailed(
      'witness-folder-unusable',
      `The folder ${folder} cannot be written: make it writable.`,
    );
  }
}

/**
 * What a witness has cosigned last, of each log one note in a file. It is all that a witness is good for: with an older or an
 * empty memory it would cosign a second history.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { replaceFile } from '../replace-file.js';

type Sha256 = Pick<Crypto, 'sha256'>;

/** How the specification names a log in an address: SHA-256 of its origin, in hex. */
export function originHash(crypto: Sha256, origin: string): string {
  return toHex(crypto.sha256(utf8(origin)));
}

export class WitnessMemory {
  constructor(
    private readonly crypto: Sha256,
    private readonly folder: string,
  ) {}

  /** The note as it was kept. Of a log that was never cosigned `undefined`. */
  async last(origin: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.folder, 'heads', originHash(this.crypto, origin)), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Durable when it resolves. */
  async keep(origin: string, note: string): Promise<void> {
    await replaceFile(join(this.folder, 'heads', originHash(this.crypto, origin)), note);
  }

  /** Keeps the first head that a log signed against one of the same size, beside that one: together they prove it. */
  async keepSplit(origin: string, notes: readonly [string, string]): Promise<void> {
    const path = join(this.folder, 'splits', originHash(this.crypto, origin));
    await writeFile(path, notes.join('\n'), { flag: 'wx', flush: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}

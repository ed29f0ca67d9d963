/**
 * What a witness has cosigned last, of each log one note in a file. It is all that a witness is good for: with an older or an
 * empty memory it would cosign a second history. So the logs that it ever cosigned are listed beside these files, a line of
 * hash and origin each: one that is listed is never begun from nothing.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { replaceFile } from '../replace-file.js';
import { WitnessFailed } from './witness-failed.js';

type Sha256 = Pick<Crypto, 'sha256'>;

const LIST = 'cosigned';

/** How the specification names a log in an address: SHA-256 of its origin, in hex. */
export function originHash(crypto: Sha256, origin: string): string {
  return toHex(crypto.sha256(utf8(origin)));
}

export class WitnessMemory {
  /** Origins by hash; `undefined`: not read yet. */
  #listed: Map<string, string> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly crypto: Sha256,
    private readonly folder: string,
  ) {}

  /** The memory of a new witness: it has cosigned nothing. */
  async begin(): Promise<void> {
    await replaceFile(join(this.folder, LIST), '');
  }

  /**
   * Lists what was kept and not listed by one that was killed in between, and looks for what was listed.
   * @param origins of logs that are to be cosigned @throws WitnessFailed where the last head of one is gone
   */
  async check(origins: Iterable<string>): Promise<void> {
    const listed = await this.#list();
    const heads = (await readdir(join(this.folder, 'heads'))).filter((name) => /^[0-9a-f]{64}$/.test(name));
    for (const hash of heads.filter((name) => !listed.has(name))) {
      const [origin = ''] = (await readFile(join(this.folder, 'heads', hash), 'utf8')).split('\n');
      if (originHash(this.crypto, origin) === hash) await this.#add(hash, origin);
    }
    for (const origin of origins) {
      const hash = originHash(this.crypto, origin);
      if (listed.has(hash) && !heads.includes(hash)) throw lost(origin, hash);
    }
  }

  /** The note as it was kept. Of a log that was never cosigned `undefined`. @throws WitnessFailed where it is gone */
  async last(origin: string): Promise<string | undefined> {
    const hash = originHash(this.crypto, origin);
    try {
      return await readFile(join(this.folder, 'heads', hash), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      if ((await this.#list()).has(hash)) throw lost(origin, hash);
      return undefined;
    }
  }

  /** Durable when it resolves. */
  async keep(origin: string, note: string): Promise<void> {
    const hash = originHash(this.crypto, origin);
    await replaceFile(join(this.folder, 'heads', hash), note);
    // After the head: listed without one, it could never be begun.
    if (!(await this.#list()).has(hash)) await this.#add(hash, origin);
  }

  /** Keeps the first head that a log signed against one of the same size, beside that one: together they prove it. */
  async keepSplit(origin: string, notes: readonly [string, string]): Promise<void> {
    const path = join(this.folder, 'splits', originHash(this.crypto, origin));
    await writeFile(path, notes.join('\n'), { flag: 'wx', flush: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }

  async #list(): Promise<Map<string, string>> {
    if (this.#listed !== undefined) return this.#listed;
    const text = await readFile(join(this.folder, LIST), 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new WitnessFailed(
        'witness-memory-lost',
        `${this.folder} has a key and no list of the logs that were cosigned with it. Bring the file ${LIST} back; if it is ` +
          'lost, begin with an empty folder and a new key, and tell the logs.',
      );
    });
    const lines = text.split('\n').filter((line) => line !== '');
    return (this.#listed = new Map(lines.map((line) => [line.slice(0, 64), line.slice(65)])));
  }

  /** One at a time, whichever log it is of. */
  #add(hash: string, origin: string): Promise<void> {
    const write = async () => {
      const listed = new Map(await this.#list()).set(hash, origin);
      const lines = [...listed].map(([name, of]) => `${name} ${of}\n`);
      await replaceFile(join(this.folder, LIST), lines.join(''));
      this.#listed?.set(hash, origin);
    };
    return (this.#writing = this.#writing.then(write, write));
  }
}

function lost(origin: string, hash: string): WitnessFailed {
  return new WitnessFailed(
    'witness-memory-lost',
    `This witness has cosigned ${origin}, and what it cosigned last (heads/${hash}) is not there. Bring that file back as it was. ` +
      `If it is lost, start without --log of ${origin}: the others go on, and that log needs a witness with an empty folder and a new key.`,
  );
}

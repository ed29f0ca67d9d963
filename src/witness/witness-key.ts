/** The key of a witness: made at its first start, and its name in it for ever. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Crypto } from '../../projections/crypto.js';
import { cosignText, type NoteSignature } from '../../projections/ledger/note.js';
import { COSIGNATURE, isKeyName, type VerifierKey } from '../../projections/ledger/verifier-key.js';
import { sign } from '../crypto/node-crypto.js';
import { parsePrivateKey, writePrivateKey } from '../ledger/private-key.js';
import { replaceFile } from '../replace-file.js';
import { WitnessFailed } from './witness-failed.js';

export class WitnessKey {
  private constructor(
    readonly verifier: VerifierKey,
    private readonly secretKey: Uint8Array,
  ) {}

  /** @param time seconds of Unix time */
  cosign(text: string, time: bigint): NoteSignature {
    return cosignText(this.verifier, text, time, (message) => sign(message, this.secretKey));
  }

  /** The key in a folder; `undefined` where there is none. @throws WitnessFailed */
  static async read(crypto: Pick<Crypto, 'sha256'>, folder: string): Promise<WitnessKey | undefined> {
    const path = keyPath(folder);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new WitnessFailed(
        'witness-key-unusable',
        `The key cannot be read from ${path}: make it readable.`,
      );
    }
    const key = parsePrivateKey(crypto, text.trim(), COSIGNATURE);
    if (typeof key === 'string') {
      throw new WitnessFailed(
        'witness-key-unusable',
        `${path} holds no key of a witness: bring the file back.`,
      );
    }
    return new WitnessKey(key.verifier, key.secretKey);
  }

  /** Makes the key of a new witness in a file (0600). @throws WitnessFailed */
  static async make(crypto: Pick<Crypto, 'sha256'>, folder: string, name: string): Promise<WitnessKey> {
    if (!isKeyName(name)) {
      throw new WitnessFailed('witness-name-wrong', 'The name has neither spaces nor plus signs (--name).');
    }
    await replaceFile(keyPath(folder), `${writePrivateKey(crypto, name, COSIGNATURE, randomBytes(32))}\n`);
    const key = await WitnessKey.read(crypto, folder);
    if (key === undefined) throw new TypeError('A key that was written is not there');
    return key;
  }
}

function keyPath(folder: string): string {
  return join(folder, 'key');
}

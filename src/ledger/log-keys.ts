/**
 * The keys that sign the log, with the log's name in them: lines of `PRIVATE+KEY+<origin>+<id>+<base64 of type and seed>`, in a
 * file (0600) or in the environment. While a key is replaced there are two lines, and both sign once the log has announced it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { Crypto } from '../../projections/crypto.js';
import { signText, type Note, type NoteSignature } from '../../projections/ledger/note.js';
import { ED25519, writeVerifierKey, type VerifierKey } from '../../projections/ledger/verifier-key.js';
import { sign } from '../crypto/node-crypto.js';
import { replaceFile } from '../replace-file.js';
import { parsePrivateKey, PRIVATE_KEY, writePrivateKey, type PrivateKey } from './private-key.js';

/** The log's key cannot be used; the message says what to do. */
export class LogKeyUnusable extends Error {
  readonly code = 'log-key-unusable';
  constructor(reason: string) {
    super(`The key of the log ${reason}`);
    this.name = 'LogKeyUnusable';
  }
}

export class LogKeys {
  private constructor(
    /** The log's name, which never changes. */
    readonly origin: string,
    private readonly keys: readonly PrivateKey[],
  ) {}

  /** @throws LogKeyUnusable */
  static parse(crypto: Pick<Crypto, 'sha256'>, text: string): LogKeys {
    const keys = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => parseKey(crypto, line));
    const [first] = keys;
    if (first === undefined) throw new LogKeyUnusable('has no line that begins with PRIVATE+KEY+');
    const origin = first.verifier.name;
    if (keys.some(({ verifier }) => verifier.name !== origin)) {
      throw new LogKeyUnusable(`names several logs: every line must be of ${origin}`);
    }
    return new LogKeys(origin, keys);
  }

  get verifiers(): readonly VerifierKey[] {
    return this.keys.map(({ verifier }) => verifier);
  }

  get vkeys(): string[] {
    return this.verifiers.map(writeVerifierKey);
  }

  /** The key of a log that has announced none: the one that signed a note, or of a log that was never signed the first. */
  first(signed: Pick<Note, 'signatures'> | undefined): string | undefined {
    const { verifiers } = this;
    const key =
      signed === undefined
        ? verifiers[0]
        : verifiers.find((one) =>
            signed.signatures.some(({ name, id }) => name === one.name && id === one.id),
          );
    return key && writeVerifierKey(key);
  }

  /** Those of these that are here; `undefined` where none is. */
  only(vkeys: readonly string[]): LogKeys | undefined {
    const keys = this.keys.filter(({ verifier }) => vkeys.includes(writeVerifierKey(verifier)));
    return keys.length === 0 ? undefined : new LogKeys(this.origin, keys);
  }

  /** A signature of each key over the text of a note. */
  sign(text: string): NoteSignature[] {
    return this.keys.map(({ verifier, secretKey }) =>
      signText(verifier, text, (message) => sign(message, secretKey)),
    );
  }
}

/**
 * The keys of a file, or of the text itself where that is given in its place; `undefined` where there is no file.
 * @throws LogKeyUnusable
 */
export async function readLogKeys(
  crypto: Pick<Crypto, 'sha256'>,
  pathOrKeys: string,
): Promise<LogKeys | undefined> {
  if (pathOrKeys.startsWith(PRIVATE_KEY)) return LogKeys.parse(crypto, pathOrKeys);
  try {
    return LogKeys.parse(crypto, await readFile(pathOrKeys, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof LogKeyUnusable) throw error;
    throw new LogKeyUnusable(`cannot be read from ${pathOrKeys}: make the file readable (CONCEJO_LOG_KEY)`);
  }
}

/** Makes the key of a new log in a file (0600), or finds the one that another process made at the same time. @throws LogKeyUnusable */
export async function makeLogKeys(
  crypto: Pick<Crypto, 'sha256'>,
  path: string,
  origin: string,
): Promise<LogKeys> {
  const line = keyLine(crypto, origin, randomBytes(32));
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, `${line}\n`, { flag: 'wx', mode: 0o600, flush: true });
    return LogKeys.parse(crypto, line);
  } catch (error) {
    const made =
      (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readLogKeys(crypto, path) : undefined;
    if (made === undefined)
      throw new LogKeyUnusable(`cannot be written to ${path}: make its folder writable`);
    return made;
  }
}

/** Adds the line of a new key to the file of the others. @throws LogKeyUnusable */
export async function addLogKey(crypto: Pick<Crypto, 'sha256'>, path: string, line: string): Promise<void> {
  await rewrite(path, (text) => `${text.replace(/\n*$/, '\n')}${line}\n`);
  await readLogKeys(crypto, path);
}

/** Takes the lines of a key out of the file; comments stay. @throws LogKeyUnusable */
export async function dropLogKey(crypto: Pick<Crypto, 'sha256'>, path: string, vkey: string): Promise<void> {
  const isOther = (line: string) => {
    const key = parsePrivateKey(crypto, line.trim(), ED25519);
    return typeof key === 'string' || writeVerifierKey(key.verifier) !== vkey;
  };
  await rewrite(path, (text) => text.split('\n').filter(isOther).join('\n'));
}

async function rewrite(path: string, change: (text: string) => string): Promise<void> {
  try {
    await replaceFile(path, change(await readFile(path, 'utf8')));
  } catch {
    throw new LogKeyUnusable(`cannot be written to ${path}: make the file and its folder writable`);
  }
}

/** A line of the file, of a seed of 32 bytes. */
export function keyLine(crypto: Pick<Crypto, 'sha256'>, origin: string, seed: Uint8Array): string {
  return writePrivateKey(crypto, origin, ED25519, seed);
}

function parseKey(crypto: Pick<Crypto, 'sha256'>, line: string): PrivateKey {
  const key = parsePrivateKey(crypto, line, ED25519);
  if (key === 'key-malformed') {
    throw new LogKeyUnusable('has a line that is not PRIVATE+KEY+<name>+<id>+<key>');
  }
  if (key === 'key-id-wrong') throw new LogKeyUnusable('has a line whose id is not that of its key');
  return key;
}

/** The keys of this log: what it has announced, what is on this host, and the signer that they make together. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { keysInUse, type KeyRegister } from '../../projections/ledger/key-register.js';
import { parseNote } from '../../projections/ledger/note.js';
import { parseVerifierKey, type VerifierKey } from '../../projections/ledger/verifier-key.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Settings } from '../settings.js';
import { readKeyRegister } from './key-events.js';
import { LogKeyUnusable, makeLogKeys, readLogKeys, type LogKeys } from './log-keys.js';
import type { Published } from './shown-head.js';
import { Signer } from './signer.js';

type KeySettings = Pick<Settings, 'data' | 'logKey' | 'logOrigin' | 'publicUrl'>;

/** Where the signer keeps what it signed last. */
export function memoryPath({ data }: Pick<Settings, 'data'>): string {
  return join(data, 'secrets', 'log-signed');
}

export class OwnKeys {
  #register: KeyRegister = [];
  #keys: LogKeys | undefined;
  #firstKey: string | undefined;
  #told = '';

  /** @param tell what whoever runs the log should know */
  constructor(
    private readonly crypto: Crypto,
    private readonly store: Pick<EventStore, 'readStream'>,
    private readonly settings: KeySettings,
    private readonly tell: (message: string) => void,
  ) {}

  /** What the log said when it was looked at last. */
  get register(): KeyRegister {
    return this.#register;
  }

  /** Looks into the log, and after a change of it into the file as well. */
  async look(): Promise<void> {
    const register = await readKeyRegister(this.store, this.crypto);
    if (keysInUse(register).join() !== keysInUse(this.#register).join()) this.#keys = undefined;
    this.#register = register;
  }

  /** The keys that sign now. Of a log that announced none it is known where that key is, and only after it has signed. */
  verifiers(): VerifierKey[] {
    if (this.#register.length > 0) return this.#parse(keysInUse(this.#register));
    return this.#firstKey === undefined ? [] : this.#parse([this.#firstKey]);
  }

  /** These and those that have signed before. */
  ever(): VerifierKey[] {
    const now = this.verifiers();
    return this.#register.length > 0 ? this.#parse(this.#register.map(({ vkey }) => vkey)) : now;
  }

  /** @param shown the head that everybody is shown @throws LogKeyUnusable, SigningRefused */
  async signer(shown: Published | undefined): Promise<Signer> {
    const keys = (this.#keys ??= await this.#open(shown));
    const signer = await Signer.open(this.crypto, keys, memoryPath(this.settings), shown?.note);
    this.#firstKey = signer.firstKey;
    this.#tellOf(keys);
    return signer;
  }

  /** Without signing: which key signed a head of a log that announced none. */
  async learnFirst(shown: Published | undefined): Promise<void> {
    if (shown === undefined || this.#register.length > 0 || this.#firstKey !== undefined) return;
    const note = parseNote(utf8(shown.note));
    const keys = await readLogKeys(this.crypto, this.settings.logKey);
    if (typeof note !== 'string') this.#firstKey = keys?.first(note);
  }

  /** Those of this host, announced or not. @throws LogKeyUnusable */
  async here(): Promise<readonly VerifierKey[]> {
    return (await readLogKeys(this.crypto, this.settings.logKey))?.verifiers ?? [];
  }

  /** Reads the file again when it is needed next. */
  forget(): void {
    this.#keys = undefined;
  }

  /** The key of a log that was never signed is made; one that was lost is not. */
  async #open(shown: Published | undefined): Promise<LogKeys> {
    const { logKey, logOrigin, publicUrl } = this.settings;
    const keys = await readLogKeys(this.crypto, logKey);
    if (keys !== undefined) return keys;
    if (shown !== undefined) {
      throw new LogKeyUnusable(`is not at ${logKey}: bring it back from where you keep it (CONCEJO_LOG_KEY)`);
    }
    const host = publicUrl === undefined ? 'localhost' : new URL(publicUrl).host;
    return makeLogKeys(this.crypto, logKey, logOrigin ?? `${host}/log/${randomBytes(4).toString('hex')}`);
  }

  /** Once of each state of things. */
  #tellOf({ vkeys }: LogKeys): void {
    const inUse =
      this.#register.length > 0 ? keysInUse(this.#register) : this.#firstKey ? [this.#firstKey] : [];
    const ever = this.#register.map(({ vkey }) => vkey);
    const unknown = vkeys.filter((vkey) => !inUse.includes(vkey) && !ever.includes(vkey));
    const missing = inUse.filter((vkey) => !vkeys.includes(vkey));
    const messages = [
      ...unknown.map(
        (vkey) =>
          `log-key-not-announced: ${vkey} signs nothing until concejo log-key rotate has announced it`,
      ),
      ...missing.map((vkey) => `log-key-missing: ${vkey} signs this log, and is not on this host`),
    ];
    if (messages.join() !== this.#told) for (const message of messages) this.tell(message);
    this.#told = messages.join();
  }

  #parse(vkeys: readonly string[]): VerifierKey[] {
    return vkeys.flatMap((vkey) => {
      const key = parseVerifierKey(this.crypto, vkey);
      return typeof key === 'string' ? [] : [key];
    });
  }
}

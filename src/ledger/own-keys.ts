/** The keys of this log: what it has announced, what is on this host, and the signer that they make together. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Crypto } from '../../projections/crypto.js';
import { keysInUse, type KeyRegister } from '../../projections/ledger/key-register.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Settings } from '../settings.js';
import { DIGESTS_STREAM } from '../views/publish.js';
import { readKeyRegister } from './key-events.js';
import { knownKeys, type KnownKeys } from './known-keys.js';
import { LogKeyUnusable, makeLogKeys, readLogKeys, type LogKeys } from './log-keys.js';
import type { HeadRow } from './shown-head.js';
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
  /** Nothing can have been signed with it before. */
  #isKeyNew = false;
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

  /** Looks into the log, and after a change of it into the file as well. @returns whether others sign than before */
  async look(): Promise<boolean> {
    const register = await readKeyRegister(this.store, this.crypto);
    const isOther = keysInUse(register).join() !== keysInUse(this.#register).join();
    if (isOther) this.#keys = undefined;
    this.#register = register;
    return isOther;
  }

  /** Of a log that announced none it is known where that key is, and only after it has signed. */
  known(): KnownKeys {
    return knownKeys(this.crypto, this.#register, this.#firstKey);
  }

  /** The key that signs a log which has announced none; `undefined` of one that has. */
  get firstKey(): string | undefined {
    return this.#register.length > 0 ? undefined : this.#firstKey;
  }

  /** @throws LogKeyUnusable, SigningRefused */
  async signer({ shown, firstKey }: HeadRow): Promise<Signer> {
    const keys = (this.#keys ??= await this.#open(shown !== undefined));
    const signer = await Signer.open(this.crypto, keys, memoryPath(this.settings), {
      shown: shown?.note,
      ever: knownKeys(this.crypto, this.#register, firstKey).ever,
      isNew: async () => shown === undefined && (this.#isKeyNew || !(await this.#wasServed())),
    });
    this.#firstKey = signer.firstKey;
    this.#tellOf(keys);
    return signer;
  }

  /**
   * Whether the events alone say that heads must have been signed: of a database that has lost what was shown. Whoever announces a
   * key or publishes digests has served the log before.
   */
  async #wasServed(): Promise<boolean> {
    if (this.#register.length > 0) return true;
    for await (const published of this.store.readStream(DIGESTS_STREAM)) return published.position >= 0n;
    return false;
  }

  /** Reads the file again when it is needed next. */
  forget(): void {
    this.#keys = undefined;
  }

  /** The key of a log that was never signed is made; one that was lost is not. */
  async #open(wasSigned: boolean): Promise<LogKeys> {
    const { logKey, logOrigin, publicUrl } = this.settings;
    const keys = await readLogKeys(this.crypto, logKey);
    if (keys !== undefined) return keys;
    if (wasSigned) {
      throw new LogKeyUnusable(`is not at ${logKey}: bring it back from where you keep it (CONCEJO_LOG_KEY)`);
    }
    const host = publicUrl === undefined ? 'localhost' : new URL(publicUrl).host;
    const origin = logOrigin ?? `${host}/log/${randomBytes(4).toString('hex')}`;
    const made = await makeLogKeys(this.crypto, logKey, origin);
    this.#isKeyNew = true;
    return made;
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
}

/**
 * What every process tells of the log, whether or not it signs: the head that is shown, the keys that sign, whom a reader has to
 * trust. It comes from the database, the events and the policy; no private key is needed.
 */
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { Policy } from '../../projections/ledger/policy.js';
import { writeVerifierKey, type VerifierKey } from '../../projections/ledger/verifier-key.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Settings } from '../settings.js';
import { readKeyRegister } from './key-events.js';
import { distinct, knownKeys, type KnownKeys } from './known-keys.js';
import { readLogKeys } from './log-keys.js';
import { readLogPolicy } from './log-policy.js';
import { readShown, type Published } from './shown-head.js';
import { Witnessing, type WitnessHealth } from './witnessing.js';

export class LogTrust {
  /** `undefined`: not read yet; `none`: there is no policy. */
  #witnessing: Promise<Witnessing | 'none'> | undefined;
  /** The same, as far as it is known. */
  #witnesses: Witnessing | undefined;

  /** @param tell what whoever runs the log should know */
  constructor(
    private readonly pool: Pool,
    private readonly store: Pick<EventStore, 'readStream'>,
    private readonly crypto: Crypto,
    private readonly settings: Pick<Settings, 'logKey' | 'logPolicy'>,
    private readonly tell: (message: string) => void,
  ) {}

  /** @throws LogPolicyUnusable */
  witnessing(): Promise<Witnessing | 'none'> {
    this.#witnessing ??= this.#readPolicy().catch((error: unknown) => {
      this.#witnessing = undefined;
      throw error;
    });
    return this.#witnessing;
  }

  /** Of those that are asked, as far as they were. */
  witnesses(): WitnessHealth[] {
    return this.#witnesses?.health() ?? [];
  }

  /** The head that everybody is shown, with its quorum where there is a policy; `undefined` before the first. */
  async published(): Promise<Published | undefined> {
    const witnesses = await this.witnessing();
    const { shown } = await readShown(this.pool);
    if (witnesses === 'none' || shown === undefined || witnesses.accepts(shown.note)) return shown;
    // A key may sign it that was announced meanwhile.
    witnesses.knowKeys((await this.keys()).inUse);
    return witnesses.accepts(shown.note) ? shown : undefined;
  }

  async keys(): Promise<KnownKeys> {
    const register = await readKeyRegister(this.store, this.crypto);
    return knownKeys(this.crypto, register, (await readShown(this.pool)).firstKey);
  }

  /** The keys that sign, which a reader checks heads with, as lines; none before the first head was signed. */
  async verifierKeys(): Promise<string[]> {
    return (await this.keys()).inUse.map(writeVerifierKey);
  }

  /** Whom a reader of this log has to trust, as the log itself says it. */
  async policy(): Promise<Policy> {
    return this.#policyWith((await this.keys()).inUse);
  }

  /** What the head that is shown is checked with on this host: its own key says more than a database that somebody changed. */
  async policyHere(): Promise<Policy> {
    const register = await readKeyRegister(this.store, this.crypto);
    const here = await this.#here();
    return register.length > 0 || here.length === 0 ? this.policy() : this.#policyWith(here);
  }

  /** What a head is checked with that somebody has kept: also with keys that were retired, or that are announced further on. */
  async policyEver(): Promise<Policy> {
    return this.#policyWith(distinct([...(await this.#here()), ...(await this.keys()).ever]));
  }

  async #policyWith(keys: readonly VerifierKey[]): Promise<Policy> {
    const witnesses = await this.witnessing();
    const given = witnesses === 'none' ? undefined : witnesses.policy;
    const logs = keys.length === 0 ? (given?.logs ?? []) : keys.map((key) => ({ key }));
    return { witnesses: [], groups: [], quorum: 'none', ...given, logs };
  }

  async #here(): Promise<readonly VerifierKey[]> {
    return (await readLogKeys(this.crypto, this.settings.logKey))?.verifiers ?? [];
  }

  async #readPolicy(): Promise<Witnessing | 'none'> {
    const { logPolicy } = this.settings;
    if (logPolicy === undefined) return 'none';
    const policy = await readLogPolicy(this.crypto, logPolicy);
    this.#witnesses = new Witnessing(this.crypto, policy, this.tell);
    return this.#witnesses;
  }
}

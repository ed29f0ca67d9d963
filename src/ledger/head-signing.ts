/**
 * Signs heads on the host that has the key, and without witnesses shows them. What was signed last is remembered; where it is not
 * known, it is taken from the witnesses, or nothing is signed.
 */
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { inTransaction } from '../postgres/transaction.js';
import type { Settings } from '../settings.js';
import { takeFromWitnesses } from './kept-head.js';
import { assertOfLog } from './log-policy.js';
import type { LogTrust } from './log-trust.js';
import { memoryPath, OwnKeys } from './own-keys.js';
import { readShown, show, tellFirstKey, type HeadRow } from './shown-head.js';
import { SigningRefused, type Head, type SignedHead, type Signer } from './signer.js';
import type { ProofFrom } from './witness-client.js';
import type { Witnessing } from './witnessing.js';

/** `shown`: there is nothing to do; `behind`: another process has a larger tree already. */
type Signed = SignedHead | 'shown' | 'behind';

export class HeadSigning {
  readonly #keys: OwnKeys;
  #signer: Signer | undefined;

  /** @param tell what whoever runs the log should know */
  constructor(
    crypto: Crypto,
    store: EventStore,
    private readonly pool: Pool,
    private readonly settings: Settings,
    private readonly trust: LogTrust,
    tell: (message: string) => void,
  ) {
    this.#keys = new OwnKeys(crypto, store, settings, tell);
  }

  /** Whether this process has signed, or begun to. */
  get hasBegun(): boolean {
    return this.#signer !== undefined;
  }

  /** A key that was announced or retired meanwhile signs from now on, or no longer. */
  async lookAtKeys(witnesses: Witnessing | 'none'): Promise<void> {
    if (await this.#keys.look()) this.#signer = undefined;
    if (witnesses !== 'none') witnesses.knowKeys(this.#keys.known().inUse);
  }

  /** A host that does not know what was signed last asks the witnesses for it first. @throws SigningRefused, LogKeyUnusable */
  async sign(
    head: Head,
    proofFrom: ProofFrom,
    witnesses: Witnessing | 'none',
    stop: AbortSignal,
  ): Promise<Signed> {
    try {
      return await this.#sign(head, proofFrom, witnesses);
    } catch (error) {
      const isMissing = error instanceof SigningRefused && error.code === 'log-head-missing';
      if (witnesses === 'none' || !isMissing) throw error;
      const { logs } = await this.trust.policyEver();
      const keys = logs.map(({ key }) => key);
      await takeFromWitnesses(memoryPath(this.settings), witnesses, keys, stop);
      return this.#sign(head, proofFrom, witnesses);
    }
  }

  /** Whoever brings back a file or the right database need not start the program anew. */
  forget(): void {
    this.#signer = undefined;
    this.#keys.forget();
  }

  /**
   * Under the row's lock, so that of several processes with the key one signs at a time, and none an older head than another
   * has.
   */
  #sign(head: Head, proofFrom: ProofFrom, witnesses: Witnessing | 'none'): Promise<Signed> {
    return inTransaction(this.pool, async (client) => {
      const row = await readShown(client, true);
      const { shown } = row;
      if (row.size > head.size) return 'behind';
      // The memory is read each time: another process may have signed, and a newer head may have been given (`concejo log-head`).
      this.#signer = undefined;
      const signer = (this.#signer = await this.#open(row, witnesses));
      const signed = await signer.sign(head, proofFrom, this.#keys.register);
      const { firstKey } = this.#keys;
      if (firstKey !== undefined && firstKey !== row.firstKey) await tellFirstKey(client, firstKey);
      const isShown = textIn(signed.note) === textIn(shown?.note);
      if (isShown && (witnesses === 'none' || witnesses.accepts(shown?.note))) return 'shown';
      if (witnesses === 'none') await show(client, signed);
      return signed;
    });
  }

  async #open(row: HeadRow, witnesses: Witnessing | 'none'): Promise<Signer> {
    const signer = await this.#keys.signer(row);
    if (witnesses !== 'none') {
      const { inUse, ever } = this.#keys.known();
      assertOfLog(witnesses.policy, ever);
      witnesses.knowKeys(inUse);
    }
    return signer;
  }
}

/** What was signed, without who signed it. */
function textIn(note: string | undefined): string | undefined {
  return note?.slice(0, note.lastIndexOf('\n\n'));
}

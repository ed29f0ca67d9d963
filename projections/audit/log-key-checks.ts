/** The rest of check 4: the keys that signed the head are those that the log itself has announced, and not retired. */
import type { Crypto } from '../crypto.js';
import type { LogEvent } from '../event.js';
import { evolveKeys, keyFault, type KeyRegister } from '../ledger/key-register.js';
import type { Findings } from './report.js';

const CHECK = 4;
/** A log has a new key once a year. */
const MOST_KEYS = 1_000;

/** The head that is audited, and who of the policy signed it. */
export interface SignedBy {
  size: bigint;
  /** Verifier keys. */
  vkeys: readonly string[];
}

export class LogKeyChecks {
  #register: KeyRegister = [];
  #head: SignedBy | undefined;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256' | 'isKey'>,
    private readonly findings: Findings,
  ) {}

  expect(head: SignedBy | undefined): void {
    this.#head = head;
  }

  see(event: LogEvent): void {
    if (event.type !== 'LogKeyAnnounced' && event.type !== 'LogKeyRetired') return;
    this.findings.examine(CHECK);
    if (this.#register.length >= MOST_KEYS) {
      this.findings.skip(CHECK, { code: 'log-keys-too-many', index: Number(event.position) });
      return;
    }
    const code = keyFault(this.crypto, this.#register, event);
    const id = event.type === 'LogKeyRetired' ? event.data.vkey : event.data.new;
    if (code !== undefined) this.findings.fail(CHECK, { code, index: Number(event.position), id });
    this.#register = evolveKeys(this.#register, event);
  }

  end(): void {
    if (this.#head === undefined) return;
    const { size, vkeys } = this.#head;
    for (const [i, id] of vkeys.entries()) {
      const known = this.#register.find(({ vkey }) => vkey === id);
      // Of a log that announced nothing one key may sign, and nothing in it says which.
      const isFirst = this.#register.length === 0 && i === 0;
      if (known === undefined && !isFirst) this.findings.fail(CHECK, { code: 'log-key-not-announced', id });
      if (known?.until !== undefined && known.until < size)
        this.findings.fail(CHECK, { code: 'log-key-retired', id, index: known.until });
    }
  }
}

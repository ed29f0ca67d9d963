/** Asks the witnesses of a policy to cosign the heads of the log, one head at a time. */
import { utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { parseNote, writeNote, type Note, type NoteSignature } from '../../projections/ledger/note.js';
import { meetsQuorum, type Policy } from '../../projections/ledger/policy.js';
import {
  checkCheckpoint,
  cosignaturesOn,
  openCheckpoint,
  type SignedCheckpoint,
} from '../../projections/ledger/signed-checkpoint.js';
import { writeVerifierKey, type VerifierKey } from '../../projections/ledger/verifier-key.js';
import { originHash } from '../witness/witness-memory.js';
import type { SignedHead } from './signer.js';
import { WitnessClient, type ProofFrom, type WitnessFault } from './witness-client.js';

/** When there is a quorum, the others are waited for so long. */
const GRACE_MS = 1_000;

export interface WitnessHealth {
  /** Its name in the policy. */
  readonly name: string;
  /** Why it did not cosign when it was asked last. */
  readonly code?: WitnessFault;
}

export class Witnessing {
  readonly #clients: readonly WitnessClient[];
  /** The head that is asked for, and who has cosigned it. */
  #text: string | undefined;
  readonly #cosigned = new Map<string, readonly NoteSignature[]>();
  #accepted: string | undefined;
  /** The policy with the keys that the log has announced since it was written. */
  #whole: Policy;

  /**
   * @param tell what whoever runs the log should know
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    private readonly crypto: Crypto,
    readonly policy: Policy,
    private readonly tell: (message: string) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#clients = policy.witnesses.flatMap((witness) =>
      witness.url === undefined ? [] : new WitnessClient(crypto, witness, witness.url, now),
    );
    this.#whole = policy;
  }

  /** Keys of the log beside those of the policy. */
  knowKeys(keys: readonly VerifierKey[]): void {
    const { logs } = this.policy;
    const named = logs.map(({ key }) => writeVerifierKey(key));
    const others = keys.filter((key) => !named.includes(writeVerifierKey(key)));
    this.#whole = { ...this.policy, logs: [...logs, ...others.map((key) => ({ key }))] };
  }

  health(): WitnessHealth[] {
    return this.#clients.map(({ name, fault }) => ({ name, ...(fault !== undefined && { code: fault }) }));
  }

  /** Whether a note meets the policy: a signature of the log, and the quorum. */
  accepts(note: string | undefined): boolean {
    if (note === undefined) return false;
    if (note === this.#accepted) return true;
    if (typeof checkCheckpoint(this.crypto, utf8(note), this.#whole) === 'string') return false;
    this.#accepted = note;
    return true;
  }

  /** Whether those that may be asked now could be enough. */
  mayBeEnough(): boolean {
    const askable = this.#clients.filter((client) => client.mayBeAsked()).map(({ name }) => name);
    return meetsQuorum(this.policy, new Set(askable));
  }

  /**
   * The largest head of the log that a witness has cosigned, for a host that has no memory of its own. Heads of a witness only
   * grow, and of those who cosigned the last one that was shown at least one has answered: so it is that one, or one that continues it.
   * @param keys of the log: a head that none of them signed is no answer
   * @returns `unknown` where those who did not answer could have been enough for a larger one, and who they are
   */
  async lastHead(
    keys: readonly VerifierKey[],
    stop: AbortSignal,
  ): Promise<{ note: string } | { unknown: string }> {
    const hash = originHash(this.crypto, keys[0]?.name ?? '');
    const told = new Map<string, SignedCheckpoint | 'none'>();
    const silent: string[] = [];
    await Promise.all(
      this.#clients.map(async (client) => {
        const answer = await client.lastHead(hash, stop);
        const head = typeof answer === 'string' ? answer : this.#headBy(client.name, answer.note, keys);
        if (head === 'none' || typeof head !== 'string') told.set(client.name, head);
        else silent.push(`${client.name} (${head})`);
      }),
    );
    const others = this.policy.witnesses.map(({ name }) => name).filter((name) => !told.has(name));
    const heads = [...told.values()].filter((head) => head !== 'none');
    const [last] = heads.sort((a, b) => (a.checkpoint.size < b.checkpoint.size ? 1 : -1));
    if (last !== undefined && !meetsQuorum(this.policy, new Set(others)))
      return { note: writeNote(last.note) };
    return { unknown: silent.join(', ') };
  }

  #headBy(name: string, note: string, keys: readonly VerifierKey[]): SignedCheckpoint | WitnessFault {
    const head = openCheckpoint(this.crypto, utf8(note), { logs: keys.map((key) => ({ key })) });
    if (typeof head === 'string') return 'witness-answer-wrong';
    const cosigned = cosignaturesOn(this.crypto, head.note, this.policy);
    const isIts = typeof cosigned !== 'string' && cosigned.some(({ witness }) => witness === name);
    return isIts ? head : 'witness-answer-wrong';
  }

  /**
   * The note with the lines of those who cosigned, where they are enough; `undefined` where they are not. Asked again for the
   * same head, it asks those who are missing. Rejects where a proof cannot be made.
   */
  async cosigned(head: SignedHead, proofFrom: ProofFrom, stop: AbortSignal): Promise<string | undefined> {
    const note = parseNote(utf8(head.note));
    if (typeof note === 'string') throw new TypeError(`A head that is no note: ${note}`);
    if (this.#text !== note.text) this.#cosigned.clear();
    this.#text = note.text;
    await this.#ask({ ...head, text: note.text }, proofFrom, stop);
    if (!this.#isEnough()) return undefined;
    const whole = this.#noteWith(note);
    if (!this.accepts(whole)) throw new TypeError('A note with its quorum that does not meet the policy');
    return whole;
  }

  async #ask(head: SignedHead & { text: string }, proofFrom: ProofFrom, stop: AbortSignal): Promise<void> {
    const enough = new AbortController();
    let grace: NodeJS.Timeout | undefined;
    const look = () => {
      if (this.#isEnough()) grace ??= setTimeout(() => enough.abort(), GRACE_MS);
    };
    look();
    const asked = this.#clients.filter((client) => !this.#cosigned.has(client.name) && client.mayBeAsked());
    const answers = await Promise.allSettled(
      asked.map(async (client) => {
        const before = client.fault;
        const signatures = await client.cosign(head, proofFrom, enough.signal, stop);
        if (signatures !== undefined) this.#cosigned.set(client.name, signatures);
        if (client.fault !== before) {
          this.tell(
            client.fault === undefined
              ? `witness-cosigns: ${client.name} cosigns again`
              : `witness-failed: ${client.name}: ${client.fault}`,
          );
        }
        look();
      }),
    );
    clearTimeout(grace);
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  #isEnough(): boolean {
    return meetsQuorum(this.policy, new Set(this.#cosigned.keys()));
  }

  /** Other cosignatures that the note may have come with, from before the policy was changed, stay. */
  #noteWith({ text, signatures }: Note): string {
    const { witnesses } = this.policy;
    const others = signatures.filter(
      ({ name, id }) => !witnesses.some(({ key }) => key.name === name && key.id === id),
    );
    const lines = witnesses.flatMap(({ name }) => this.#cosigned.get(name) ?? []);
    return writeNote({ text, signatures: [...others, ...lines] });
  }
}

/** Why a log waits, in words. */
export function quorumMissing(witnesses: readonly WitnessHealth[]): { code: string; reason: string } {
  const failing = witnesses.flatMap(({ name, code }) => (code === undefined ? [] : `${name} (${code})`));
  return {
    code: 'quorum-missing',
    reason: `Not enough witnesses have cosigned the last head; it is not shown. Failing: ${failing.join(', ')}`,
  };
}

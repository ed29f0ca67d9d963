/**
 * One witness as the log sees it: asked over HTTP, believed only as far as its signature goes, and left alone for a while after
 * it failed.
 *
 * @see https://c2sp.org/tlog-witness (add-checkpoint)
 */
import { utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { CONFLICT_TYPE, parseConflict, writeAddCheckpoint } from '../../projections/ledger/add-checkpoint.js';
import { parseSignatures, verifyNote, type NoteSignature } from '../../projections/ledger/note.js';
import { decodeUtf8 } from '../../projections/ledger/text.js';
import type { PolicyWitness } from '../../projections/ledger/policy.js';

export type WitnessFault =
  /** No connection, or one that broke. */
  | 'witness-unreachable'
  | 'witness-late'
  /** It does not follow this log (404), or not with the key that signed (403). */
  | 'witness-log-unknown'
  | 'witness-key-unknown'
  /** It has cosigned a head that this one does not continue (422), or a larger one (409). */
  | 'witness-log-inconsistent'
  | 'witness-ahead'
  /** Not what the protocol says, or not its signature. */
  | 'witness-answer-wrong'
  /** It has trouble of its own: any other status. */
  | 'witness-failing';

/** A head that the log has signed. */
export interface ToCosign {
  readonly size: bigint;
  /** The text of the note, which is what is cosigned. */
  readonly text: string;
  /** With the signatures of the log. */
  readonly note: string;
}

/** A consistency proof from a smaller size, out of the tree of the head. */
export type ProofFrom = (size: bigint) => Promise<readonly Uint8Array[]>;

/** For all that one head takes with one witness. */
const ANSWER_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** Another may ask it at the same time, so that it has moved on when the proof comes. */
const TRIES = 3;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export class WitnessClient {
  readonly name: string;
  readonly #address: string;
  /** What it is thought to have cosigned last; it says so where that is wrong. */
  #has = 0n;
  #failures = 0;
  #askAgainAt = -Infinity;
  #fault: WitnessFault | undefined;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly crypto: Pick<Crypto, 'verify'>,
    private readonly witness: PolicyWitness,
    url: string,
    private readonly now: () => number,
  ) {
    this.name = witness.name;
    this.#address = url.replace(/\/+$/, '');
  }

  /** What was wrong when it was asked last. */
  get fault(): WitnessFault | undefined {
    return this.#fault;
  }

  /** Whether it may be asked, or is left alone after a failure. */
  mayBeAsked(): boolean {
    return this.now() >= this.#askAgainAt;
  }

  /**
   * Its signatures on a head, verified; `undefined` where it gave none. Rejects where the proof cannot be made.
   * @param enough ends the asking: the witness is late
   * @param stop ends it as well, and nothing is held against the witness
   */
  async cosign(
    head: ToCosign,
    proofFrom: ProofFrom,
    enough: AbortSignal,
    stop: AbortSignal,
  ): Promise<NoteSignature[] | undefined> {
    const signal = AbortSignal.any([enough, stop, AbortSignal.timeout(ANSWER_MS)]);
    const answer = await this.#ask(head, proofFrom, signal);
    if (typeof answer !== 'string') {
      this.#failures = 0;
      this.#fault = undefined;
      return answer;
    }
    if (stop.aborted) return undefined;
    this.#fault = answer;
    this.#askAgainAt = this.now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    return undefined;
  }

  /**
   * Whether it accepts the keys under a head that it has cosigned before. It is asked as if from nothing: it looks at the
   * signature, and then says which size it has, or that it does not know the key.
   */
  async knowsKeyOf(note: string): Promise<boolean> {
    const body = writeAddCheckpoint({ oldSize: 0n, proof: [], checkpoint: utf8(note) });
    const answer = await this.#post(body, AbortSignal.timeout(ANSWER_MS));
    return typeof answer !== 'string' && (answer.status === 200 || answer.status === 409);
  }

  /**
   * The last head of a log that it cosigned, as it says, with nothing verified; `none`: it says that it cosigned none.
   * @param hash of the log's origin. C2SP leaves open how a witness tells this: `concejo witness` does at `/<hash>/checkpoint`
   */
  async lastHead(hash: string, stop: AbortSignal): Promise<{ note: string } | 'none' | WitnessFault> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS)]);
    const answer = await this.#fetch(`/${hash}/checkpoint`, { signal });
    if (typeof answer === 'string') return answer;
    const text = decodeUtf8(answer.body);
    // Another witness says 404 where it has nothing at such an address.
    if (answer.status === 404 && text === 'checkpoint-unknown\n') return 'none';
    if (answer.status !== 200) return FAULT_OF_STATUS.get(answer.status) ?? 'witness-failing';
    return text === undefined ? 'witness-answer-wrong' : { note: text };
  }

  async #ask(
    head: ToCosign,
    proofFrom: ProofFrom,
    signal: AbortSignal,
  ): Promise<NoteSignature[] | WitnessFault> {
    for (let tries = 0; tries < TRIES; tries++) {
      // From nothing, and to the same head, there is nothing to prove.
      const proof = this.#has === 0n || this.#has === head.size ? [] : await proofFrom(this.#has);
      const body = writeAddCheckpoint({ oldSize: this.#has, proof, checkpoint: utf8(head.note) });
      const answer = await this.#post(body, signal);
      if (typeof answer === 'string') return answer;
      if (answer.status === 200) return this.#signaturesIn(answer.body, head);
      if (answer.status !== 409) return FAULT_OF_STATUS.get(answer.status) ?? 'witness-failing';
      const size = answer.type === CONFLICT_TYPE ? parseConflict(answer.body) : undefined;
      if (size === undefined || size === this.#has) return 'witness-answer-wrong';
      if (size > head.size) return 'witness-ahead';
      this.#has = size;
    }
    return 'witness-failing';
  }

  #signaturesIn(body: Uint8Array, head: ToCosign): NoteSignature[] | WitnessFault {
    const signatures = parseSignatures(body);
    if (typeof signatures === 'string') return 'witness-answer-wrong';
    const { key } = this.witness;
    // It may sign with other keys as well, which this log does not know.
    const its = signatures.filter(({ name, id }) => name === key.name && id === key.id);
    const signed = verifyNote(this.crypto, { text: head.text, signatures: its }, [key]);
    if (typeof signed === 'string' || signed.length === 0) return 'witness-answer-wrong';
    this.#has = head.size;
    return its.slice(0, 1);
  }

  #post(body: string, signal: AbortSignal): Promise<Answered | WitnessFault> {
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    return this.#fetch('/add-checkpoint', { method: 'POST', body, headers, signal });
  }

  async #fetch(
    path: string,
    request: RequestInit & { signal: AbortSignal },
  ): Promise<Answered | WitnessFault> {
    try {
      const response = await fetch(`${this.#address}${path}`, { ...request, redirect: 'manual' });
      const bytes = await bytesOf(response);
      if (bytes === undefined) return 'witness-answer-wrong';
      return { status: response.status, type: response.headers.get('content-type'), body: bytes };
    } catch {
      return request.signal.aborted ? 'witness-late' : 'witness-unreachable';
    }
  }
}

interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly body: Uint8Array;
}

const FAULT_OF_STATUS: ReadonlyMap<number, WitnessFault> = new Map([
  [403, 'witness-key-unknown'],
  [404, 'witness-log-unknown'],
  [422, 'witness-log-inconsistent'],
]);

/** The body; `undefined` for one that is too long. */
async function bytesOf(response: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

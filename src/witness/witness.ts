/**
 * A witness: cosigns a head of a log if that only adds to what it cosigned before, and remembers it before it says so.
 *
 * @see https://c2sp.org/tlog-witness
 */
import { equalBytes, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import {
  CONFLICT_TYPE,
  parseAddCheckpoint,
  writeConflict,
  type AddCheckpoint,
} from '../../projections/ledger/add-checkpoint.js';
import { parseCheckpoint, type Checkpoint } from '../../projections/ledger/checkpoint.js';
import {
  parseNote,
  verifyNote,
  writeNote,
  writeSignatures,
  type Note,
} from '../../projections/ledger/note.js';
import { emptyRoot, verifyConsistency } from '../../projections/ledger/tree.js';
import { ED25519, parseVerifierKey, type VerifierKey } from '../../projections/ledger/verifier-key.js';
import { OneByOne } from './one-by-one.js';
import { WitnessFailed } from './witness-failed.js';
import type { WitnessKey } from './witness-key.js';
import { originHash, type WitnessMemory } from './witness-memory.js';

/** Requests about one log that may wait. */
const MOST_WAITING = 64;
export const TEXT_TYPE = 'text/plain; charset=utf-8';

/** In the terms of HTTP, which are those of the specification. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

interface Asked extends AddCheckpoint {
  readonly note: Note;
  readonly head: Checkpoint;
  /** The keys of the log that this witness knows. */
  readonly keys: readonly VerifierKey[];
}

export class Witness {
  readonly #queue = new OneByOne(MOST_WAITING);

  /**
   * @param logs the keys of the logs that it follows, by origin
   * @param now milliseconds of Unix time
   * @param tell what whoever runs the witness should know
   */
  constructor(
    private readonly crypto: Crypto,
    readonly key: WitnessKey,
    readonly logs: ReadonlyMap<string, readonly VerifierKey[]>,
    private readonly memory: WitnessMemory,
    private readonly now: () => number,
    private readonly tell: (message: string) => void,
  ) {}

  /** Answers `add-checkpoint`. Rejects, with nothing said, where the memory fails: WitnessFailed, or an error of the system. */
  async addCheckpoint(body: Uint8Array): Promise<Answer> {
    const request = parseAddCheckpoint(body);
    if (typeof request === 'string') return refusal(400, request);
    const note = parseNote(request.checkpoint);
    if (typeof note === 'string') return refusal(400, note);
    const head = parseCheckpoint(note.text);
    if (typeof head === 'string') return refusal(400, head);
    const keys = this.logs.get(head.origin);
    if (keys === undefined) return refusal(404, 'origin-unknown');
    const signed = verifyNote(this.crypto, note, keys);
    if (typeof signed === 'string') return refusal(403, 'log-signature-wrong');
    if (signed.length === 0) return refusal(403, 'log-signature-missing');
    if (request.oldSize > head.size) return refusal(400, 'old-size-too-large');
    const answer = await this.#queue.run(head.origin, () => this.#add({ ...request, note, head, keys }));
    return answer === 'busy' ? refusal(503, 'witness-busy') : answer;
  }

  /** The last head that was cosigned of the log with this hash of its origin, with the signatures. @throws WitnessFailed */
  async checkpoint(hash: string): Promise<string | undefined> {
    const origin = [...this.logs.keys()].find((one) => originHash(this.crypto, one) === hash);
    return origin === undefined ? undefined : (await this.#last(origin))?.text;
  }

  /** Its own request alone is between the look at the memory and the change of it. */
  async #add({ oldSize, proof, note, head, keys }: Asked): Promise<Answer> {
    const last = await this.#last(head.origin);
    const size = last?.head.size ?? 0n;
    if (oldSize !== size) return { status: 409, type: CONFLICT_TYPE, body: writeConflict(size) };
    if (!this.#continues(last?.head, head, proof)) {
      await this.#refused(last, head, note);
      return refusal(422, 'checkpoint-inconsistent');
    }
    const cosignature = this.key.cosign(note.text, BigInt(Math.floor(this.now() / 1000)));
    const { text, signatures } = note;
    // One line of each key: copies would only make it longer.
    const ofLog = keys.flatMap(
      (key) => signatures.find(({ name, id }) => name === key.name && id === key.id) ?? [],
    );
    await this.memory.keep(head.origin, writeNote({ text, signatures: [...ofLog, cosignature] }));
    return { status: 200, type: TEXT_TYPE, body: writeSignatures([cosignature]) };
  }

  #continues(last: Checkpoint | undefined, head: Checkpoint, proof: readonly Uint8Array[]): boolean {
    if (head.size === 0n && !equalBytes(head.root, emptyRoot(this.crypto))) return false;
    if (last === undefined || last.size === 0n) return proof.length === 0;
    return verifyConsistency(this.crypto, last, head, proof);
  }

  async #refused(last: Last | undefined, head: Checkpoint, note: Note): Promise<void> {
    const { origin, size } = head;
    if (last?.head.size !== size || size === 0n || equalBytes(last.head.root, head.root)) {
      this.tell(`checkpoint-refused: ${origin} of ${size}: no proof that it begins with what was cosigned`);
      return;
    }
    this.tell(`split-view: ${origin} signed two heads of ${size}: they are kept in the folder splits`);
    await this.memory.keepSplit(origin, [last.text, writeNote(note)]);
  }

  /** @throws WitnessFailed for a memory that this witness did not write */
  async #last(origin: string): Promise<Last | undefined> {
    const text = await this.memory.last(origin);
    if (text === undefined) return undefined;
    const note = parseNote(utf8(text));
    const head = typeof note === 'string' ? note : parseCheckpoint(note.text);
    const mine = typeof note === 'string' ? note : verifyNote(this.crypto, note, [this.key.verifier]);
    if (typeof head === 'string' || head.origin !== origin || typeof mine === 'string' || mine.length !== 1) {
      throw new WitnessFailed(
        'witness-memory-damaged',
        `What was cosigned last of ${origin} cannot be read: nothing of it is cosigned until the file ` +
          `heads/${originHash(this.crypto, origin)} is back as it was.`,
      );
    }
    return { text, head };
  }
}

interface Last {
  /** The note. */
  readonly text: string;
  readonly head: Checkpoint;
}

/** The keys of logs, as lines of `/log/vkeys`, by origin. @throws WitnessFailed */
export function logsOf(
  crypto: Pick<Crypto, 'sha256' | 'isKey'>,
  vkeys: readonly string[],
): Map<string, VerifierKey[]> {
  const logs = new Map<string, VerifierKey[]>();
  for (const vkey of new Set(vkeys)) {
    const key = parseVerifierKey(crypto, vkey);
    if (typeof key === 'string' || key.type !== ED25519) {
      throw new WitnessFailed(
        'witness-log-unusable',
        `${vkey} is not the key of a log (${typeof key === 'string' ? key : 'a witness has it'}): take a line of its /log/vkeys.`,
      );
    }
    logs.set(key.name, [...(logs.get(key.name) ?? []), key]);
  }
  return logs;
}

function refusal(status: number, code: string): Answer {
  return { status, type: TEXT_TYPE, body: `${code}\n` };
}

/** Opens an election's ballots after the close, on all processors: the costly part of a count. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Ballot } from '../../projections/ballot.js';
import type { OpeningFailure, SealedBox } from '../../projections/sealing.js';
import { openAll, openerOf, type BallotBox } from '../../projections/ballot-box.js';
import type { Crypto } from '../../projections/crypto.js';
import type { OpenedPart, OpeningPart } from './opening.worker.js';

/** `opened[i]` belongs to `ballots[i]`. */
interface Opened<B> {
  ballots: readonly B[];
  opened: readonly (Uint8Array | OpeningFailure | undefined)[];
}

/** Below this many ballots, starting workers takes longer than opening. */
const WORTH_WORKERS = 5_000;
/** Ballots of one message: few enough that whoever reads them begins soon. */
const PER_PART = 1_000;
/** Parts that wait at a worker: it goes on while its last one is read. */
const WAITING = 2;
const WORKER = fileURLToPath(new URL('./opening.worker.js', import.meta.url));
/** Under a test runner that compiles in memory there is no compiled worker on disk. */
const COMPILED = import.meta.url.endsWith('.js');

/** Opens and reads what `box.standingBallots()` gave, in the same order: the ballots that count and the spoiled ones. */
export async function readBallots(
  crypto: Pick<Crypto, 'sha512' | 'boxOpen'>,
  box: BallotBox,
  standing: ReturnType<BallotBox['standingBallots']>,
): Promise<ReturnType<BallotBox['read']>> {
  const all: ReturnType<BallotBox['read']> = { counted: [], spoiled: [] };
  for await (const { ballots, opened } of openInWorkers(crypto, box, standing)) {
    const { counted, spoiled } = box.read(ballots, opened);
    for (const ballot of counted) all.counted.push(ballot);
    for (const ballot of spoiled) all.spoiled.push(ballot);
  }
  return all;
}

/**
 * As `openAll`, part by part, on several processors where there are many ballots: the next are opened while the caller
 * reads those before.
 */
async function* openInWorkers<B extends { ballot: Ballot }>(
  crypto: Pick<Crypto, 'sha512' | 'boxOpen'>,
  box: BallotBox,
  ballots: readonly B[],
): AsyncGenerator<Opened<B>> {
  const workers = COMPILED && ballots.length >= WORTH_WORKERS ? startWorkers(box) : [];
  if (workers.length === 0) {
    yield { ballots, opened: openAll(crypto, box, ballots) };
    return;
  }
  try {
    const parts: B[][] = [];
    for (let at = 0; at < ballots.length; at += PER_PART) parts.push(ballots.slice(at, at + PER_PART));
    const opened: Promise<Opened<B>['opened']>[] = [];
    for (const [number, part] of parts.entries()) {
      const worker = workers[number % workers.length] as OpeningWorker;
      const before = opened[number - WAITING * workers.length] ?? Promise.resolve();
      const made = before.then(() => worker.open(number, part));
      // Whoever comes to this part hears of its failure; nobody may come so far.
      made.catch(() => undefined);
      opened.push(made);
    }
    for (const [number, part] of parts.entries()) {
      yield { ballots: part, opened: (await opened[number]) ?? [] };
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
  }
}

function startWorkers(box: BallotBox): OpeningWorker[] {
  const count = Math.min(8, availableParallelism());
  return Array.from({ length: count }, () => new OpeningWorker(box));
}

class OpeningWorker {
  readonly #worker: Worker;
  readonly #sealedBytes: number;
  readonly #waiting = new Map<number, (part: OpenedPart) => void>();
  readonly #failed: Promise<never>;

  constructor(box: BallotBox) {
    const opener = openerOf(box.election);
    this.#sealedBytes = opener.sealedBytes;
    this.#worker = new Worker(WORKER, { workerData: opener });
    this.#worker.on('message', (part: OpenedPart) => {
      this.#waiting.get(part.number)?.(part);
      this.#waiting.delete(part.number);
    });
    this.#failed = new Promise((_, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) =>
        reject(new Error(`A worker that opens ballots ended with code ${code}`)),
      );
    });
    this.#failed.catch(() => undefined);
  }

  async open(number: number, part: readonly { ballot: Ballot }[]): Promise<Opened<never>['opened']> {
    // Only what opening needs: everything else would be copied for nothing. A disclosed ballot has no box.
    const sealed = part.map(({ ballot }): SealedBox | undefined =>
      'b' in ballot ? { k: ballot.k, n: ballot.n, x: ballot.x, b: ballot.b } : undefined,
    );
    const made = new Promise<OpenedPart>((resolve) => this.#waiting.set(number, resolve));
    this.#worker.postMessage({ number, sealed } satisfies OpeningPart);
    const { plaintexts, failures } = await Promise.race([made, this.#failed]);
    const failed = new Map(failures);
    const size = this.#sealedBytes;
    return sealed.map((box, index) =>
      box === undefined
        ? undefined
        : (failed.get(index) ?? plaintexts.subarray(index * size, (index + 1) * size)),
    );
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

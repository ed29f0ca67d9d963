/** Opens an election's ballots after the close, on all processors: the costly part of a count. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Opener, OpeningFailure } from '../../projections/sealing.js';
import { openAll, openerOf, type BallotBox } from '../../projections/ballot-box.js';
import type { Crypto } from '../../projections/crypto.js';
import { sealedIn, type HeldBallot } from '../../projections/held-ballots.js';
import { AnsweringWorker } from '../answering-worker.js';
import type { OpenedPart, OpeningPart } from './opening.worker.js';
import { packBallots } from './sealed-records.js';

/** `opened[i]` belongs to `ballots[i]`. */
interface Opened<B> {
  ballots: readonly B[];
  opened: readonly (Uint8Array | OpeningFailure | undefined)[];
}

/** Below this many ballots, starting workers takes longer than opening. */
const WORTH_WORKERS = 5_000;
const MOST_WORKERS = 8;
/** Ballots of one message: few enough that whoever reads them begins soon. */
const PER_PART = 1_000;
/** Parts that wait at a worker: it goes on while its last one is read. */
const WAITING = 2;
const WORKER = fileURLToPath(new URL('./opening.worker.js', import.meta.url));
/** Under a test runner that compiles in memory there is no compiled worker on disk. */
const COMPILED = import.meta.url.endsWith('.js');

/** The workers of one count. They take a moment to start, so a reader of the log says early how many ballots it found. */
export class Opening {
  #workers: readonly OpeningWorker[] = [];

  /** There will be so many ballots at least: with many, workers start. */
  expect(ballots: number): void {
    if (!COMPILED || ballots < WORTH_WORKERS || this.#workers.length > 0) return;
    const count = Math.min(MOST_WORKERS, availableParallelism());
    this.#workers = Array.from({ length: count }, () => new AnsweringWorker(WORKER, 'opens ballots'));
  }

  /** Opens and reads what `box.standingBallots()` gave, in the same order: the ballots that count and the spoiled ones. */
  async read(
    crypto: Pick<Crypto, 'sha512' | 'boxOpen'>,
    box: BallotBox,
    standing: ReturnType<BallotBox['standingBallots']>,
  ): Promise<ReturnType<BallotBox['read']>> {
    this.expect(standing.length);
    if (this.#workers.length === 0) return box.read(standing, openAll(crypto, box, standing));
    const all: ReturnType<BallotBox['read']> = { counted: [], spoiled: [] };
    for await (const { ballots, opened } of openInWorkers(this.#workers, openerOf(box.election), standing)) {
      const { counted, spoiled } = box.read(ballots, opened);
      for (const ballot of counted) all.counted.push(ballot);
      for (const ballot of spoiled) all.spoiled.push(ballot);
    }
    return all;
  }

  /** Ends the workers. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}

/** Opens ballots part by part, in order: the next are opened while the caller reads those before. */
async function* openInWorkers<B extends { ballot: HeldBallot }>(
  workers: readonly OpeningWorker[],
  opener: Opener,
  ballots: readonly B[],
): AsyncGenerator<Opened<B>> {
  const parts: B[][] = [];
  for (let at = 0; at < ballots.length; at += PER_PART) parts.push(ballots.slice(at, at + PER_PART));
  const opened: Promise<Opened<B>['opened']>[] = [];
  for (const [number, part] of parts.entries()) {
    const worker = workers[number % workers.length] as OpeningWorker;
    const before = opened[number - WAITING * workers.length] ?? Promise.resolve();
    const made = before.then(() => openIn(worker, opener, part));
    // Whoever comes to this part hears of its failure; nobody may come so far.
    made.catch(() => undefined);
    opened.push(made);
  }
  for (const [number, part] of parts.entries()) {
    yield { ballots: part, opened: (await opened[number]) ?? [] };
  }
}

type OpeningWorker = AnsweringWorker<OpeningPart, OpenedPart>;

async function openIn(
  worker: OpeningWorker,
  opener: Opener,
  part: readonly { ballot: HeldBallot }[],
): Promise<Opened<never>['opened']> {
  const size = opener.sealedBytes;
  const { records, places } = packBallots(
    part.map(({ ballot }) => sealedIn(ballot)),
    size,
  );
  const { plaintexts, failures } = await worker.answer({ opener, records }, [records.buffer]);
  const failed = new Map(failures);
  return part.map(({ ballot }, index) => {
    // A disclosed ballot has no box.
    if (!('b' in ballot)) return undefined;
    const place = places[index];
    if (place === undefined) return 'box-length-wrong';
    return failed.get(place) ?? plaintexts.subarray(place * size, (place + 1) * size);
  });
}

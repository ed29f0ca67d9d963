/** Opens an election's ballots after the close, on all processors: the costly part of a count. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Ballot } from '../../projections/ballot.js';
import type { OpeningFailure, SealedBox } from '../../projections/sealing.js';
import { openAll, openerOf, type BallotBox } from '../../projections/ballot-box.js';
import type { Crypto } from '../../projections/crypto.js';
import type { OpenedPart, OpeningPart } from './opening.worker.js';

export type Opened = (Uint8Array | OpeningFailure | undefined)[];

/** Below this many ballots, starting workers takes longer than opening. */
const WORTH_WORKERS = 5_000;
const WORKER = fileURLToPath(new URL('./opening.worker.js', import.meta.url));
/** Under a test runner that compiles in memory there is no compiled worker on disk. */
const COMPILED = import.meta.url.endsWith('.js');

/** As `openAll`, in the same order: same answers, on several processors where there are many ballots. */
export async function openInWorkers(
  crypto: Pick<Crypto, 'sha512' | 'boxOpen'>,
  box: BallotBox,
  ballots: readonly { ballot: Ballot }[],
): Promise<Opened> {
  const sealed: SealedBox[] = [];
  // Only what a worker needs: everything else would be copied for nothing.
  for (const { ballot } of ballots) {
    if ('b' in ballot) sealed.push({ k: ballot.k, n: ballot.n, x: ballot.x, b: ballot.b });
  }
  if (!COMPILED || sealed.length < WORTH_WORKERS || sealed.length !== ballots.length) {
    return openAll(crypto, box, ballots);
  }
  const workers = Math.min(8, availableParallelism());
  const size = Math.ceil(sealed.length / workers);
  const parts = Array.from({ length: workers }, (_, index) => sealed.slice(index * size, (index + 1) * size));
  const opener = openerOf(box.election);
  return (await Promise.all(parts.map((part) => openPart({ opener, ballots: part })))).flat();
}

function openPart(part: OpeningPart): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: part });
    worker.once('message', ({ plaintexts, failures }: OpenedPart) => {
      const { sealedBytes } = part.opener;
      const failed = new Map(failures);
      resolve(
        part.ballots.map(
          (_, index) =>
            failed.get(index) ?? plaintexts.subarray(index * sealedBytes, (index + 1) * sealedBytes),
        ),
      );
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code !== 0) reject(new Error(`A worker that opens ballots ended with code ${code}`));
    });
  });
}

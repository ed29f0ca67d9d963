/** Opens parts of an election's ballots and hands the plaintexts of each back in one block of memory. */
import { parentPort, workerData } from 'node:worker_threads';
import { openBox, type Opener, type OpeningFailure, type SealedBox } from '../../projections/sealing.js';
import { nodeCrypto } from '../crypto/node-crypto.js';

export interface OpeningPart {
  number: number;
  sealed: readonly (SealedBox | undefined)[];
}

export interface OpenedPart {
  number: number;
  /** One plaintext of `sealedBytes` after another; zeros where there is none. */
  plaintexts: Uint8Array;
  failures: readonly (readonly [index: number, failure: OpeningFailure])[];
}

const opener = workerData as Opener;

parentPort?.on('message', ({ number, sealed }: OpeningPart) => {
  const plaintexts = new Uint8Array(sealed.length * opener.sealedBytes);
  const failures: [number, OpeningFailure][] = [];
  for (const [index, box] of sealed.entries()) {
    if (box === undefined) continue;
    const opened = openBox(nodeCrypto, opener, box);
    if (typeof opened === 'string') failures.push([index, opened]);
    else plaintexts.set(opened, index * opener.sealedBytes);
  }
  parentPort?.postMessage({ number, plaintexts, failures } satisfies OpenedPart, [plaintexts.buffer]);
});

/** Opens its part of an election's ballots and hands all plaintexts back in one block of memory. */
import { parentPort, workerData } from 'node:worker_threads';
import { openBox, type Opener, type OpeningFailure, type SealedBox } from '../../projections/sealing.js';
import { nodeCrypto } from '../crypto/node-crypto.js';

export interface OpeningPart {
  opener: Opener;
  ballots: readonly SealedBox[];
}

export interface OpenedPart {
  /** One plaintext of `sealedBytes` after another; zeros where opening failed. */
  plaintexts: Uint8Array;
  failures: readonly (readonly [index: number, failure: OpeningFailure])[];
}

const { opener, ballots } = workerData as OpeningPart;
const plaintexts = new Uint8Array(ballots.length * opener.sealedBytes);
const failures: [number, OpeningFailure][] = [];
for (const [index, ballot] of ballots.entries()) {
  const opened = openBox(nodeCrypto, opener, ballot);
  if (typeof opened === 'string') failures.push([index, opened]);
  else plaintexts.set(opened, index * opener.sealedBytes);
}
parentPort?.postMessage({ plaintexts, failures } satisfies OpenedPart, [plaintexts.buffer]);

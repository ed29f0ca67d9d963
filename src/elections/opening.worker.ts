/** Opens parts of an election's ballots and hands the plaintexts of each back in one block of memory. */
import { parentPort } from 'node:worker_threads';
import { openBytes, type Opener, type OpeningFailure } from '../../projections/sealing.js';
import type { Answered, Asked } from '../answering-worker.js';
import { boxCrypto } from '../crypto/boxes.js';
import { unpackBallots } from './sealed-records.js';

export interface OpeningPart {
  opener: Opener;
  records: Uint8Array;
}

export interface OpenedPart {
  /** One plaintext of `sealedBytes` after another; zeros where there is none. */
  plaintexts: Uint8Array;
  failures: readonly (readonly [place: number, failure: OpeningFailure])[];
}

parentPort?.on('message', ({ number, work: { opener, records } }: Asked<OpeningPart>) => {
  const ballots = [...unpackBallots(records, opener.sealedBytes)];
  const plaintexts = new Uint8Array(ballots.length * opener.sealedBytes);
  const failures: [number, OpeningFailure][] = [];
  for (const [place, ballot] of ballots.entries()) {
    const opened = openBytes(boxCrypto, opener, ballot);
    if (typeof opened === 'string') failures.push([place, opened]);
    else plaintexts.set(opened, place * opener.sealedBytes);
  }
  const answer = { plaintexts, failures };
  parentPort?.postMessage({ number, answer } satisfies Answered<OpenedPart>, [plaintexts.buffer]);
});

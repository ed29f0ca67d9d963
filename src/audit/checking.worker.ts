/** Checks keys and signatures and opens ballots for an audit, beside its folds. */
import { parentPort } from 'node:worker_threads';
import { bulkOf } from '../../projections/audit/bulk.js';
import type { Ballot } from '../../projections/ballot.js';
import type { Opener, OpeningFailure, SealedBox } from '../../projections/sealing.js';
import { nodeCrypto } from '../crypto/node-crypto.js';

export type CheckingWork =
  | { readonly ask: 'keys'; readonly keys: readonly string[] }
  | { readonly ask: 'signed'; readonly ballots: readonly Ballot[] }
  | { readonly ask: 'open'; readonly opener: Opener; readonly boxes: readonly SealedBox[] };

export interface CheckingAnswer {
  readonly number: number;
  readonly answer: readonly (boolean | Uint8Array | OpeningFailure)[];
}

const bulk = bulkOf(nodeCrypto);

async function answerTo(work: CheckingWork): Promise<CheckingAnswer['answer']> {
  switch (work.ask) {
    case 'keys':
      return bulk.areKeys(work.keys);
    case 'signed':
      return bulk.areSigned(work.ballots);
    case 'open':
      return bulk.open(work.opener, work.boxes);
  }
}

parentPort?.on('message', ({ number, work }: { number: number; work: CheckingWork }) => {
  void answerTo(work).then((answer) => parentPort?.postMessage({ number, answer } satisfies CheckingAnswer));
});

/** Folds pasts beside the server, and keeps them. */
import { parentPort } from 'node:worker_threads';
import { allViews } from '../../projections/views.js';
import type { Answered, Asked } from '../answering-worker.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { PastStates, type PastAsked, type PastTold } from './past-states.js';

const states = new PastStates(nodeCrypto, allViews);
parentPort?.on('message', ({ number, work }: Asked<PastAsked>) => {
  parentPort?.postMessage({ number, answer: states.tell(work) } satisfies Answered<PastTold>);
});

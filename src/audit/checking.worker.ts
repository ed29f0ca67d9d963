/** Checks keys and signatures and opens ballots for an audit, beside its folds. */
import { parentPort } from 'node:worker_threads';
import { bulkOf } from '../../projections/audit/bulk.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { answerTo, type CheckingAnswer, type CheckingWork } from './checking-work.js';

const bulk = bulkOf(nodeCrypto);

parentPort?.on('message', ({ number, work }: { number: number; work: CheckingWork }) => {
  void answerTo(bulk, work).then((answer) =>
    parentPort?.postMessage({ number, answer } satisfies CheckingAnswer, [answer.bytes.buffer]),
  );
});

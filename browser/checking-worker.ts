/** Checks keys and signatures and opens ballots for an audit, beside its folds. */
import { answerTo, type CheckingAnswer, type CheckingWork } from '../src/audit/checking-work.js';
import { browserBulk } from './crypto.js';

// Where a page did not come by https there is none, whatever the types say.
const bulk = browserBulk((crypto as Partial<Crypto>).subtle);

onmessage = ({ data: { number, work } }: MessageEvent<{ number: number; work: CheckingWork }>) => {
  void bulk
    .then((made) => answerTo(made, work))
    .then((answer) =>
      postMessage({ number, answer } satisfies CheckingAnswer, { transfer: [answer.bytes.buffer] }),
    );
};

/** Makes keys and ballots of an import's voters beside the server, as the devices of real voters do. */
import { parentPort } from 'node:worker_threads';
import { testBallot, testKey } from './test-voter.js';
import type { Asked, Made } from './test-booth.js';

parentPort?.on('message', ({ number, source, voters, target }: Asked) => {
  const pieces = voters.map(({ id, vote }) =>
    target === undefined ? testKey(source, id).publicKey : testBallot(source, target, id, vote),
  );
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  const lengths = pieces.map((piece) => piece.length);
  parentPort?.postMessage({ number, bytes, lengths } satisfies Made, [bytes.buffer]);
});

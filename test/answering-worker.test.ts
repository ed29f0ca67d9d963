import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AnsweringWorker } from '../src/answering-worker.js';

/** Doubles a number; ends at 0, and says nothing to anything below. */
const WORKER = `
import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ number, work }) => {
  if (work === 0) process.exit(3);
  if (work > 0) parentPort.postMessage({ number, answer: { doubled: 2 * work } });
});
`;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concejo-answering-'));
  file = join(folder, 'doubling.mjs');
  await writeFile(file, WORKER);
});
afterAll(() => rm(folder, { recursive: true }));

function doubling(): AnsweringWorker<number, { doubled: number }> {
  return new AnsweringWorker(file, 'doubles');
}

describe('a worker that answers', () => {
  it('gives each its own answer, and refuses all that is open when it ends, and what comes after', async () => {
    const worker = doubling();
    expect(await Promise.all([1, 2, 3].map((n) => worker.answer(n)))).toEqual([
      { doubled: 2 },
      { doubled: 4 },
      { doubled: 6 },
    ]);
    const open = Promise.allSettled([worker.answer(-1), worker.answer(0)]);
    const message = 'A worker that doubles ended with code 3';
    expect((await open).map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
      `Error: ${message}`,
      `Error: ${message}`,
    ]);
    await expect(worker.answer(1)).rejects.toThrow(message);
    await worker.end();
  });

  it('keeps no answer that was taken', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const worker = doubling();
    const answers: WeakRef<object>[] = [];
    for (let n = 1; n <= 50; n++) answers.push(new WeakRef(await worker.answer(n)));
    await worker.answer(1);
    // A weak reference holds until its turn ends.
    await new Promise((resolve) => setTimeout(resolve, 1));
    collect();
    expect(answers.filter((answer) => answer.deref() !== undefined).length).toBeLessThan(5);
    await worker.end();
  });
});

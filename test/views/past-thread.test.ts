/** The thread of pasts when it ends, says nothing, or is asked too much: whoever asks is told to come again, and it begins anew. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { Overloaded } from '../../src/event-store/event-store.js';
import type { PastAsked } from '../../src/views/past-states.js';
import { PastThread, type PastThreadOptions } from '../../src/views/past-thread.js';

/** Does what its index says: 0 ends, 1 fills the memory, 2 says nothing; any other is answered with a count of all it was told. */
const WORKER = `
import { parentPort } from 'node:worker_threads';
let told = 0;
const held = [];
parentPort.on('message', ({ number, work }) => {
  told += 1;
  if (work.index === 0n) process.exit(3);
  if (work.index === 1n) for (;;) held.push(new Array(1_000).fill(held.length));
  if (work.index > 2n) parentPort.postMessage({ number, answer: { digests: [String(told)] } });
});
`;
let folder: string;
let worker: string;
let thread: PastThread;
let warnings: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concejo-past-thread-'));
  worker = join(folder, 'past.mjs');
  await writeFile(worker, WORKER);
});
afterEach(() => thread.end());
afterAll(() => rm(folder, { recursive: true }));

function start(options: PastThreadOptions = {}): void {
  warnings = [];
  thread = new PastThread(nodeCrypto, [], (message) => warnings.push(message), { worker, ...options });
}
const ask = (index: bigint) => thread.tell({ do: 'known', views: [], index } satisfies PastAsked);
const ENDS = 0n;
const FILLS = 1n;
const SAYS_NOTHING = 2n;
const ANSWERS = 3n;

describe('the thread of pasts', () => {
  it.each([
    ['ends', ENDS, {}, 'ended with code 3'],
    ['takes more memory than it may', FILLS, { megabytes: 32 }, 'memory'],
    ['says nothing', SAYS_NOTHING, { answerMs: 5_000 }, 'said nothing for 5000 ms'],
  ])('that %s is told of once, and begins anew', async (_case, index, options, why) => {
    start(options);
    expect(await ask(ANSWERS)).toEqual({ digests: ['1'] });
    const open = await Promise.allSettled([ask(SAYS_NOTHING), ask(index)]);
    for (const one of open) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(Overloaded) });
    expect(warnings).toEqual([expect.stringContaining(why)]);
    expect(await ask(ANSWERS)).toEqual({ digests: ['1'] });
  });

  it('refuses at once what is more than it holds, and goes on with the rest', async () => {
    start({ most: 3 });
    const asked = await Promise.allSettled([3n, 4n, 5n, 6n].map(ask));
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(await ask(ANSWERS)).toEqual({ digests: ['4'] });
    expect(warnings).toEqual([]);
  });

  it('begins no more once it was ended', async () => {
    start();
    await ask(ANSWERS);
    await thread.end();
    await expect(ask(ANSWERS)).rejects.toThrow(Overloaded);
    expect(warnings).toEqual([]);
  });
});

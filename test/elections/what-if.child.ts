/** Counts a small election under other rulesets in the compiled thread, and prints what came of it, as JSON. */
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { startThread, type WhatIfThread } from '../../src/elections/what-if-thread.js';
import type { Told } from '../../src/elections/what-if-counter.js';
import { hardElection, story } from './what-if-stories.js';

async function loaded({ recorded, inputDigest }: ReturnType<typeof story>): Promise<WhatIfThread> {
  const thread = startThread(nodeCrypto);
  await thread.tell({ do: 'begin', electionId: story().electionId });
  const half = recorded.length >> 1;
  await thread.tell({ do: 'read', page: recorded.slice(0, half) });
  await thread.tell({ do: 'read', page: recorded.slice(half) });
  await thread.tell({ do: 'open', inputDigest });
  return thread;
}

// Threads keep no program running: on the server requests do.
const running = setInterval(() => undefined, 1_000);
const { questions, ...small } = story();
const thread = await loaded({ questions, ...small });
const answers = [];
for (const question of questions) answers.push(await thread.tell(question, 10_000));

const hard = hardElection();
const slow = await loaded(hard);
let ticks = 0;
const ticking = setInterval(() => (ticks += 1), 10);
const tooLong = await slow.tell(hard.questions[0] as Told, 150);
clearInterval(ticking);
const afterwards = await slow.tell(hard.questions[0] as Told).catch(String);

const wrong = await loaded({ ...small, questions, inputDigest: hard.inputDigest }).catch(String);
const ended = startThread(nodeCrypto);
const waiting = ended.tell({ do: 'begin', electionId: small.electionId }).catch(String);
await ended.end();

console.log(
  JSON.stringify(
    { answers, tooLong, ticks, hasEnded: slow.hasEnded, afterwards, wrong, waiting: await waiting },
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  ),
);
clearInterval(running);

/** Work that others do for an audit: in what order, how much at once, and what becomes of it on the way to a worker and back. */
import { describe, expect, it } from '@jest/globals';
import { bulkOf, Queue } from '../../projections/audit/bulk.js';
import { signedBallot } from '../../projections/ballot.js';
import { bytesOf } from '../../projections/bytes.js';
import type { SealedBytes } from '../../projections/sealing.js';
import { answerTo, sharedOut, type Answering } from '../../src/audit/checking-work.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { ballotOf, ELECTION_ID, electionKey, fixed, SEALED_BYTES } from '../elections/small-election.js';
import { ana, bea, votes } from './story.js';

const bulk = bulkOf(nodeCrypto);
const opener = { electionId: ELECTION_ID, secret: electionKey.secretKey, sealedBytes: SEALED_BYTES };

/** Answers as a worker does, whose messages are copies. */
class InPlace implements Answering {
  asked = 0;

  async answer(...[work, transfer]: Parameters<Answering['answer']>) {
    this.asked += 1;
    return structuredClone(await answerTo(bulk, structuredClone(work, { transfer })));
  }
}

describe('a queue', () => {
  it('says what was refused in the order of the questions, whoever answers first', async () => {
    const refused: number[] = [];
    let batch = 0;
    const ask = async (numbers: readonly number[]) => {
      const wait = batch++ % 2 === 0 ? 20 : 0;
      await new Promise((resolve) => setTimeout(resolve, wait));
      return numbers.map((number) => number % 100 !== 7);
    };
    const queue = new Queue<number, number>(ask, (place) => refused.push(place));
    for (let i = 0; i < 1_100; i++) queue.add(i, i);
    await queue.end();
    expect(refused).toEqual([7, 107, 207, 307, 407, 507, 607, 707, 807, 907, 1007]);
    expect(batch).toBe(5);
  });

  it('has somebody wait once much is under way', async () => {
    let open = 0;
    let most = 0;
    const ask = async (numbers: readonly number[]) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
      return numbers.map(() => true);
    };
    const queue = new Queue<number, number>(ask, () => undefined);
    for (let i = 0; i < 20_000; i++) {
      queue.add(i, i);
      await queue.crowded();
    }
    await queue.end();
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThan(20);
  });

  it('throws where somebody waits for it what breaks while it answers', async () => {
    const queue = new Queue<number, number>(
      () => Promise.reject(new Error('a worker ended')),
      () => undefined,
    );
    for (let i = 0; i < 300; i++) queue.add(i, i);
    await new Promise((resolve) => setTimeout(resolve, 1));
    await expect(queue.end()).rejects.toThrow('a worker ended');
  });
});

describe('work that is shared out', () => {
  const e = fixed('definition');
  const { ballot } = ballotOf(ana, e, votes(['bridge']));
  const { ballot: other } = ballotOf(bea, e, votes(['trees']));
  const sealed = [ballot, other].map((one): SealedBytes => {
    if (!('b' in one)) throw new Error('not sealed');
    return { k: bytesOf(one.k), n: one.n, x: bytesOf(one.x), b: bytesOf(one.b) };
  });

  it('comes to what comes of it on one thread', async () => {
    const shared = sharedOut([new InPlace(), new InPlace()]);
    const keys = [ballot.k, fixed('no key'), other.k];
    expect(await shared.areKeys(keys)).toEqual(bulk.areKeys(keys));
    const signed = [ballot, { ...ballot, g: other.g }, other].map((one) => signedBallot(one));
    expect(await shared.areSigned(signed)).toEqual([true, false, true]);
    const boxes = [sealed[0]!, { ...sealed[0]!, n: 2 }, { ...sealed[1]!, b: new Uint8Array(3) }, sealed[1]!];
    const opened = await shared.open(opener, boxes);
    expect(opened.slice(1, 3)).toEqual(['box-does-not-open', 'box-length-wrong']);
    const expected = await bulk.open(opener, boxes);
    expect(opened.map((one) => (typeof one === 'string' ? one : [...one]))).toEqual(
      expected.map((one) => (typeof one === 'string' ? one : [...one])),
    );
  });

  it('goes to whoever has the least to do', async () => {
    const workers = [new InPlace(), new InPlace(), new InPlace()];
    const shared = sharedOut(workers);
    await Promise.all(Array.from({ length: 9 }, async () => shared.areKeys([ballot.k])));
    expect(workers.map(({ asked }) => asked)).toEqual([3, 3, 3]);
  });
});

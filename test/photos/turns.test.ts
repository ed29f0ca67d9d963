import { describe, expect, it } from '@jest/globals';
import { Turns } from '../../src/photos/turns.js';

const limits = { atOnce: 2, waiting: 2, waitMs: 1_000, workMs: 1_000 };

/** Work that ends when it is told to. */
function work() {
  let end: (value: string) => void = () => undefined;
  const done = new Promise<string>((resolve) => (end = resolve));
  let begun = 0;
  return { end, begun: () => begun, run: () => (begun++, done) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('turns', () => {
  it('are so many at once, then in order, and what is beyond is refused', async () => {
    const turns = new Turns(limits);
    const all = Array.from({ length: 4 }, work);
    const answers = all.map(({ run }) => turns.take(run));
    await expect(turns.take(work().run)).rejects.toMatchObject({ code: 'overloaded' });
    expect(all.map(({ begun }) => begun())).toEqual([1, 1, 0, 0]);
    all[1]!.end('second');
    await settled();
    expect(all.map(({ begun }) => begun())).toEqual([1, 1, 1, 0]);
    for (const [index, { end }] of all.entries()) end(String(index));
    expect(await Promise.all(answers)).toEqual(['0', 'second', '2', '3']);
    // All are free again.
    expect(await turns.take(() => Promise.resolve('again'))).toBe('again');
  });

  it('go on after work that fails', async () => {
    const turns = new Turns({ ...limits, atOnce: 1 });
    await expect(turns.take(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await turns.take(() => Promise.resolve('again'))).toBe('again');
  });

  it('do not come to who has waited too long', async () => {
    const turns = new Turns({ ...limits, atOnce: 1, waitMs: 20 });
    const [long, late] = [work(), work()];
    const first = turns.take(long.run);
    await expect(turns.take(late.run)).rejects.toMatchObject({ code: 'overloaded' });
    long.end('done');
    expect([await first, late.begun()]).toEqual(['done', 0]);
    expect(await turns.take(() => Promise.resolve('again'))).toBe('again');
  });

  it('answer who waits for work that takes too long, and keep its place until it ends', async () => {
    const turns = new Turns({ ...limits, atOnce: 1, workMs: 20 });
    const [long, next] = [work(), work()];
    expect(await turns.take(long.run)).toBe('too-long');
    const second = turns.take(next.run);
    await settled();
    expect(next.begun()).toBe(0);
    long.end('at last');
    next.end('next');
    expect(await second).toBe('next');
  });
});

import { describe, expect, it } from '@jest/globals';
import { Kept } from '../../src/views/kept.js';

function kept() {
  const world = { changed: 1n, reads: 0, fails: false };
  const views = { lastChangedOf: () => Promise.resolve(world.changed) };
  const value = new Kept(views, [], async () => {
    world.reads += 1;
    if (world.fails) throw new Error('away');
    return Promise.resolve(world.reads);
  });
  return { world, value };
}

describe('what is kept', () => {
  it('is read once, and again once something changed', async () => {
    const { world, value } = kept();
    expect(await Promise.all([value.now(), value.now()])).toEqual([1, 1]);
    expect(await value.now()).toBe(1);
    world.changed = 2n;
    expect([await value.now(), await value.now(), world.reads]).toEqual([2, 2, 2]);
  });

  it('is read again after a failure', async () => {
    const { world, value } = kept();
    world.fails = true;
    await expect(value.now()).rejects.toThrow('away');
    world.fails = false;
    expect(await value.now()).toBe(2);
  });
});

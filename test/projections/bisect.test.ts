import { describe, expect, it } from '@jest/globals';
import { leading } from '../../projections/bisect.js';

describe('how many places at the beginning hold', () => {
  it.each([0, 1, 2, 3, 7, 8, 100])('of %d, as one after another says', (length) => {
    for (let count = 0; count <= length; count++)
      expect(leading(length, (place) => place < count)).toBe(count);
  });

  it('with a look at few of many', () => {
    let looks = 0;
    const holds = (place: number) => (looks++, place < 700_000);
    expect(leading(1_000_000, holds)).toBe(700_000);
    expect(looks).toBeLessThanOrEqual(20);
  });
});

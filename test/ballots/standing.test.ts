import { describe, expect, it } from '@jest/globals';
import { placeInTime, standing } from '../../projections/standing.js';

const windows = [
  { from: 10, until: 20, ended: 'suspended' as const },
  { from: 30, until: 40, ended: 'closed' as const },
  { from: 50, until: 60, ended: 'closed' as const },
];

function ballot(n: number, position: number, annulled = false) {
  return { id: `b${n}`, n, position, annulled };
}

describe('the place of a ballot in time', () => {
  it.each([
    [9, 'late'],
    [10, 'late'],
    [11, 'in-time'],
    [19, 'in-time'],
    [20, 'suspended'],
    [29, 'suspended'],
    [31, 'in-time'],
    [40, 'late'],
    [45, 'late'],
    [51, 'in-time'],
    [61, 'late'],
  ])('position %d is %s', (position, place) => {
    expect(placeInTime(windows, position)).toBe(place);
  });
});

describe('the ballots of one voter', () => {
  it('count once: the highest number in time', () => {
    const statuses = standing({ windows }, [ballot(1, 11), ballot(2, 35), ballot(3, 45)], undefined);
    expect(Object.fromEntries(statuses)).toEqual({ b1: 'superseded', b2: 'counted', b3: 'late' });
  });

  it('fall back to the next highest when one is annulled', () => {
    const statuses = standing({ windows }, [ballot(1, 11), ballot(2, 12, true)], undefined);
    expect(Object.fromEntries(statuses)).toEqual({ b1: 'counted', b2: 'annulled' });
  });

  it('are void, earlier and later, by a valid mark for paper, and not by a late one', () => {
    const ballots = [ballot(1, 11), ballot(2, 13)];
    expect(Object.fromEntries(standing({ windows }, ballots, 12))).toEqual({ b1: 'paper', b2: 'paper' });
    expect(Object.fromEntries(standing({ windows }, ballots, 45))).toEqual({
      b1: 'superseded',
      b2: 'counted',
    });
  });

  it('are all annulled with the election', () => {
    const annulled = { at: '2026-01-01T00:00:00.000Z', position: 70, basis: { code: 'double-voting' } };
    expect(Object.fromEntries(standing({ windows, annulled }, [ballot(1, 11)], undefined))).toEqual({
      b1: 'annulled',
    });
  });
});

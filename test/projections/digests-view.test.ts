import { describe, expect, it } from '@jest/globals';
import {
  digestsView,
  LAST_OCCASION,
  lastOccasion,
  occasionsView,
  type DigestsRow,
} from '../../projections/digests.view.js';
import type { LogEvent } from '../../projections/event.js';
import { foldInto } from '../../projections/projection.js';
import { counted, open } from '../web/fixtures.js';

const at = (position: number) => `2026-10-01T08:00:${String(position).padStart(2, '0')}.000Z`;

function happened(position: number, type: string, data: object): LogEvent {
  const place = { id: 'x', stream: 'x', at: at(position), actor: 'system' };
  return { type, data, ...place, position: BigInt(position), revision: 0n } as LogEvent;
}

const published = (position: number, view: string, index: number, digest: string) =>
  happened(position, 'ViewPublished', { view, index, digest });

describe('published digests', () => {
  it('are one row for each index, which begins with its first event', () => {
    const rows = foldInto(digestsView, new Map<string, DigestsRow>(), [
      published(4, 'a@1', 3, 'one'),
      published(5, 'b@1', 3, 'two'),
      published(9, 'a@1', 8, 'three'),
      published(12, 'a@1', 3, 'one'),
    ]);
    expect([...rows.values()]).toEqual([
      {
        index: 3,
        at: at(4),
        position: 4,
        digests: [
          { view: 'a@1', digest: 'one' },
          { view: 'b@1', digest: 'two' },
        ],
      },
      { index: 8, at: at(9), position: 9, digests: [{ view: 'a@1', digest: 'three' }] },
    ]);
  });

  it('hide no contradiction', () => {
    const rows = foldInto(digestsView, new Map<string, DigestsRow>(), [
      published(4, 'a@1', 3, 'one'),
      published(5, 'a@1', 3, 'other'),
    ]);
    expect(rows.get('3')?.digests.map(({ digest }) => digest)).toEqual(['one', 'other']);
  });
});

describe('occasions', () => {
  it('are closes, counts and certifications, and nothing that comes of them', () => {
    const rows = new Map<string, { position: number }>();
    const positions = [
      'VotingOpened',
      'VotingClosed',
      'TallyPublished',
      'ResultCertified',
      'ViewPublished',
    ].map(
      (type, position) =>
        foldInto(occasionsView, rows, [happened(position, type, {})]).get(LAST_OCCASION)?.position,
    );
    expect(positions).toEqual([undefined, 1, 2, 3, 3]);
  });

  it('of an election are the last that still holds', () => {
    const { certified: _certified, ...revoked } = counted;
    expect(lastOccasion(open)).toBeUndefined();
    expect(lastOccasion(counted)).toBe(150);
    expect(lastOccasion(revoked)).toBe(140);
    expect(lastOccasion({ ...revoked, tallies: [] })).toBe(90);
  });
});

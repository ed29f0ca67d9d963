/** Rules of annulment: pure predicates over what is seen of a ballot before it is opened. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, compareBytes, toBase64url } from '../../projections/bytes.js';
import {
  annulledBallots,
  annulledRoot,
  type AnnulmentRule,
  type CastMetadata,
} from '../../projections/annulment.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { fixed } from './small-election.js';

const cast: readonly CastMetadata[] = [
  { id: fixed('a1'), v: 'ana', at: '2026-10-02T10:00:00.000Z', position: 10 },
  { id: fixed('b1'), v: 'bea', at: '2026-10-02T11:00:00.000Z', position: 11 },
  { id: fixed('a2'), v: 'ana', at: '2026-10-02T12:00:00.000Z', position: 12 },
  { id: fixed('c1'), v: 'cai', at: '2026-10-02T12:00:00.000Z', position: 13 },
];

/** In byte order, as the rule gives them. */
function ids(...names: string[]): string[] {
  return names.map((name) => fixed(name)).sort((a, b) => compareBytes(bytesOf(a), bytesOf(b)));
}

describe('a rule of annulment', () => {
  const cases: [string, AnnulmentRule, number, string[], string[]][] = [
    [
      'positions, both ends included',
      { name: 'positions', first: 11, last: 12 },
      99,
      ['b1', 'a2'],
      ['b1', 'a1', 'a2'],
    ],
    [
      'hours, the end excluded',
      { name: 'hours', from: '2026-10-02T10:00:00.000Z', until: '2026-10-02T12:00:00.000Z' },
      99,
      ['a1', 'b1'],
      ['a1', 'a2', 'b1'],
    ],
    ['more than one ballot of a voter', { name: 'more-than', ballots: 1 }, 99, ['a1', 'a2'], ['a1', 'a2']],
    ['more than two, which nobody has', { name: 'more-than', ballots: 2 }, 99, [], []],
    ['more than one before the second was cast', { name: 'more-than', ballots: 1 }, 12, [], []],
    ['a single ballot', { name: 'single', ballot: fixed('a2'), claim: 'claim-1' }, 99, ['a2'], ['a1', 'a2']],
    [
      'nothing at or after the position that it was applied to',
      { name: 'positions', first: 0, last: 99 },
      11,
      ['a1'],
      ['a1'],
    ],
  ];

  it.each(cases)('annuls by %s', (_name, rule, through, ballots, ofVoters) => {
    expect(annulledBallots(rule, 'ballot', through, cast)).toEqual(ids(...ballots));
    expect(annulledBallots(rule, 'voter', through, cast)).toEqual(ids(...ofVoters));
  });

  const anyCast = fc.uniqueArray(
    fc.record({
      id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toBase64url),
      v: fc.constantFrom('ana', 'bea', 'cai'),
      at: fc.constantFrom('2026-10-02T10:00:00.000Z', '2026-10-02T11:00:00.000Z'),
      position: fc.nat(30),
    }),
    { selector: ({ id }) => id, maxLength: 20 },
  );
  const anyRule: fc.Arbitrary<AnnulmentRule> = fc.oneof(
    fc.record({ name: fc.constant('positions' as const), first: fc.nat(30), last: fc.nat(30) }),
    fc.record({ name: fc.constant('more-than' as const), ballots: fc.nat(4) }),
    fc.constant<AnnulmentRule>({
      name: 'hours',
      from: '2026-10-02T11:00:00.000Z',
      until: '2026-10-02T12:00:00.000Z',
    }),
  );

  it('gives the same set in whatever order the ballots come, and never fewer for whole voters', () => {
    fc.assert(
      fc.property(anyRule, anyCast, fc.nat(31), (rule, ballots, through) => {
        const some = annulledBallots(rule, 'ballot', through, ballots);
        const all = annulledBallots(rule, 'voter', through, ballots);
        expect(annulledBallots(rule, 'ballot', through, [...ballots].reverse())).toEqual(some);
        expect(all).toEqual(expect.arrayContaining(some));
        const voterOf = new Map(ballots.map(({ id, v }) => [id, v]));
        expect(new Set(all.map((id) => voterOf.get(id)))).toEqual(new Set(some.map((id) => voterOf.get(id))));
      }),
    );
  });
});

describe('the root that two persons approve', () => {
  it('changes with every id and with their number', () => {
    const root = annulledRoot(nodeCrypto, ids('a1', 'b1'));
    expect(root).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const others = [ids('a1'), ids('a1', 'b1', 'c1'), ids('a1', 'c1')].map((list) =>
      annulledRoot(nodeCrypto, list),
    );
    expect(new Set([root, ...others]).size).toBe(4);
  });
});

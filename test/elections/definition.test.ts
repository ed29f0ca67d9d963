/** What ballots bind to, and which definitions make sense. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalBytes } from '../../projections/canonical.js';
import {
  definitionHash,
  optionsRoot,
  rollRoot,
  rulesetHash,
  type Option,
} from '../../projections/definition.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { leafBytes } from '../../projections/event.js';
import {
  definitionProblem,
  MAX_SEALED_BYTES,
  sealedBytesNeeded,
} from '../../src/elections/definition-rules.js';
import { decide, NO_ELECTION, type DefinitionInput } from '../../src/elections/election.js';
import { MAX_APPEND_BYTES } from '../../src/event-store/event-store.js';
import { contentRef, ELECTION_ID, fixed, OPTIONS, parts, SCHEDULE, voter } from './small-election.js';

const NOW = '2026-09-01T00:00:00.000Z';
const [first] = OPTIONS as [Option];
const { ballot } = parts().definition;

describe('the hash that ballots bind to', () => {
  const defined = { ...parts().definition, ruleset: fixed('ruleset') };
  const facts = { boxKey: fixed('box'), rollRoot: fixed('roll'), optionsRoot: fixed('options') };
  const e = definitionHash(nodeCrypto, defined, facts);

  it('does not depend on the order in which fields were written', () => {
    const turned = Object.fromEntries(Object.entries(defined).reverse()) as typeof defined;
    expect(definitionHash(nodeCrypto, turned, facts)).toBe(e);
  });

  it.each([
    ['the election', { electionId: '00000000-0000-5000-8000-000000000000' }, {}],
    ['a budget', { areas: [{ id: 'city', budget: 1_001 }] }, {}],
    ['a limit', { ballot: { ...ballot, max: 3 } }, {}],
    ['the ruleset', { ruleset: fixed('another') }, {}],
    ['the schedule', { schedule: { ...SCHEDULE, closesAt: SCHEDULE.claimsUntil } }, {}],
    ['the rule for paper', { paper: 'none' as const }, {}],
    ['disclosure', { disclosure: 'immediate' as const }, {}],
    ['the box key', {}, { boxKey: fixed('another') }],
    ['the roll', {}, { rollRoot: fixed('another') }],
    ['the options', {}, { optionsRoot: fixed('another') }],
  ])('changes with %s', (_what, change, fact) => {
    expect(definitionHash(nodeCrypto, { ...defined, ...change }, { ...facts, ...fact })).not.toBe(e);
  });
});

describe('the roots', () => {
  it('change with order and with every part of an entry', () => {
    const options = [
      OPTIONS,
      [...OPTIONS].reverse(),
      OPTIONS.slice(1),
      [{ ...first, cost: 301 }, ...OPTIONS.slice(1)],
    ];
    expect(new Set(options.map((list) => optionsRoot(nodeCrypto, list))).size).toBe(4);
    const { entry } = voter('ana');
    const rolls = [
      [entry],
      [{ ...entry, w: 2 }],
      [{ ...entry, areas: ['city'] }],
      [entry, voter('bea').entry],
    ];
    expect(new Set(rolls.map((list) => rollRoot(nodeCrypto, list))).size).toBe(4);
  });

  it('tell a ruleset by what it says, not by how it is written', () => {
    expect(rulesetHash(nodeCrypto, { a: 1, b: 2 })).toBe(rulesetHash(nodeCrypto, { b: 2, a: 1 }));
    expect(rulesetHash(nodeCrypto, { a: 1, b: 2 })).not.toBe(rulesetHash(nodeCrypto, { a: 1, b: 3 }));
  });
});

describe('a definition', () => {
  it('is good as it stands', () => {
    expect(definitionProblem(parts(), NOW)).toBeUndefined();
  });

  const schedule = (change: Partial<typeof SCHEDULE>) => ({ schedule: { ...SCHEDULE, ...change } });
  const limits = (change: Partial<DefinitionInput['ballot']>) => ({ ballot: { ...ballot, ...change } });
  const refused: [string, Partial<DefinitionInput>, string][] = [
    ['closing when it opens', schedule({ closesAt: SCHEDULE.opensAt }), 'schedule-out-of-order'],
    ['an opening at 24:30', schedule({ opensAt: '2026-09-30T24:30:00.000Z' }), 'instant-invalid'],
    ['a close in month 99', schedule({ closesAt: '2026-99-99T18:00:00.000Z' }), 'instant-invalid'],
    ['claims until 30 February', schedule({ claimsUntil: '2027-02-30T18:00:00.000Z' }), 'instant-invalid'],
    ['claims that end before the close', schedule({ claimsUntil: SCHEDULE.opensAt }), 'claims-before-close'],
    ['an area twice', { areas: [...parts().definition.areas, { id: 'city', budget: 1 }] }, 'area-repeated'],
    [
      'an option in an area that it does not have',
      { areas: [{ id: 'city', budget: 1_000 }] },
      'option-area-unknown',
    ],
    ['more at least than at most', limits({ min: 3 }), 'limits-contradict'],
    ['nothing to choose', limits({ min: 0, max: 0 }), 'limits-contradict'],
    ['choose-1 of two', limits({ type: 'choose-1', max: 2 }), 'limits-contradict'],
    ['points without their most', limits({ type: 'cumulative' }), 'points-missing'],
    [
      'more points at least than at most',
      limits({ type: 'cumulative', minSum: 4, maxSum: 3 }),
      'limits-contradict',
    ],
    ['points for approvals', limits({ maxSum: 3 }), 'points-without-cumulative'],
    ['least points for rankings', limits({ type: 'ordinal', minSum: 3 }), 'points-without-cumulative'],
    ['a most cost for rankings', limits({ type: 'ordinal', maxCost: 5 }), 'limits-contradict'],
    ['a sealed length too short for its ballots', limits({ sealedBytes: 64 }), 'sealed-bytes-too-small'],
  ];

  it.each(refused)('is refused for %s', (_why, change, rejected) => {
    expect(definitionProblem(parts(change), NOW)).toMatchObject({ rejected });
  });

  it('is refused when its close is over, unless it was held elsewhere', () => {
    expect(definitionProblem(parts(), SCHEDULE.closesAt)).toMatchObject({ rejected: 'schedule-in-past' });
    expect(definitionProblem(parts({ origin: 'import' }), SCHEDULE.closesAt)).toBeUndefined();
  });

  it('is refused without options, with one twice, and with a ruleset that names others', () => {
    expect(definitionProblem({ ...parts(), options: [] }, NOW)).toEqual({
      rejected: 'no-options',
      field: 'options',
    });
    const twice = { ...parts(), options: [...OPTIONS, first] };
    expect(definitionProblem(twice, NOW)).toEqual({ rejected: 'option-repeated', field: 'options.5.id' });
    const ruleset = { ...parts().ruleset, rule: 'greedy-exclusive', conflicts: [['bench', 'nowhere']] };
    expect(definitionProblem({ ...parts(), ruleset }, NOW)).toMatchObject({
      rejected: 'ruleset-unknown-option',
    });
  });

  describe('that does not fit the log', () => {
    const many = (count: number, id: (i: number) => string, more: Partial<Option> = {}): Option[] =>
      Array.from({ length: count }, (_, i) => ({ ...first, id: id(i), ...more }));
    const short = (i: number) => `p${i}`;
    const long = (i: number) => String(i).padStart(64, '0');

    it('is good with 5,000 options of short ids', () => {
      expect(definitionProblem(parts({}, many(5_000, short)), NOW)).toBeUndefined();
    });

    it('is refused for a ruleset beyond one event, and for options beyond one append', () => {
      const limits = { areas: [{ id: 'a'.repeat(64), budget: 1 }] };
      const wide = {
        area: 'a'.repeat(64),
        category: 'c'.repeat(64),
        place: { lat: 43_360_000, lon: -5_840_000 },
      };
      expect(definitionProblem(parts({}, many(1_000, long)), NOW)).toMatchObject({
        rejected: 'ruleset-too-large',
      });
      expect(definitionProblem(parts(limits, many(3_500, short, wide)), NOW)).toMatchObject({
        rejected: 'options-too-many',
      });
    });

    it('is refused for ballots that could not be sealed, unless they are there already', () => {
      const change = { ballot: { ...ballot, max: 2_000, sealedBytes: MAX_SEALED_BYTES } };
      expect(definitionProblem(parts(change, many(2_000, short)), NOW)).toMatchObject({
        rejected: 'ballot-too-long',
      });
      const imported = parts({ ...change, origin: 'import' }, many(2_000, short));
      expect(definitionProblem(imported, NOW)).toBeUndefined();
      const repeated = { ballot: { ...change.ballot, repeats: 'count' as const } };
      expect(definitionProblem(parts(repeated), NOW)).toMatchObject({ rejected: 'ballot-too-long' });
    });

    it('is refused for a ruleset with a number that has no canonical form', () => {
      const ruleset = { ...parts().ruleset, threshold: { votes: -0 } };
      expect(definitionProblem({ ...parts(), ruleset }, NOW)).toMatchObject({
        rejected: 'ruleset-malformed',
      });
    });

    it('has its largest events within what the log takes', () => {
      const options = many(5_000, short);
      const defined = decide(
        NO_ELECTION,
        { do: 'define', ...parts({}, options) },
        { electionId: ELECTION_ID, now: NOW, actor: { id: 'system', roles: [] }, crypto: nodeCrypto },
      );
      if ('rejected' in defined) throw new Error(defined.rejected);
      const place = { id: ELECTION_ID, stream: `election-${ELECTION_ID}`, at: NOW, actor: 'a'.repeat(64) };
      const sizes = defined.map((event) => leafBytes(event, place).length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MAX_APPEND_BYTES);
    });
  });

  it('is refused when a tie could stay undecided, unless it was held elsewhere', () => {
    const ends = (tieOrder: readonly string[], ties?: readonly string[]) => ({
      ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder, ...(ties && { ties }) },
    });
    const all = OPTIONS.map(({ id }) => id);
    const refusedOrders = [ends(['lowest-cost', 'most-votes']), ends(['listed', 'lowest-cost'], all)];
    for (const order of refusedOrders) {
      expect(definitionProblem({ ...parts(), ...order }, NOW)).toEqual({
        rejected: 'tie-order-not-total',
        field: 'ruleset.tieOrder',
      });
      expect(definitionProblem({ ...parts({ origin: 'import' }), ...order }, NOW)).toBeUndefined();
    }
  });
});

describe('the sealed length', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/);
  const anyOptions = fc.uniqueArray(id, { minLength: 1, maxLength: 12 }).map((ids) =>
    ids.map((name, i): Option => ({
      id: name,
      area: i % 2 ? 'north' : 'city',
      cost: 1,
      title: contentRef('x'),
    })),
  );
  const types = fc.constantFrom(
    'approval' as const,
    'ordinal' as const,
    'cumulative' as const,
    'yes-no' as const,
  );

  const repeating = fc.constantFrom('refuse' as const, 'count' as const);

  it('holds the longest ballot within the limits, whatever the type', () => {
    fc.assert(
      fc.property(
        anyOptions,
        fc.integer({ min: 1, max: 8 }),
        types,
        repeating,
        (options, max, type, repeats) => {
          const rules = { type, min: 0, max, repeats, limits: 'refuse' as const };
          const vote = ['city', 'north'].map((a) => {
            const own = options.filter(({ area }) => area === a).map((option) => option.id);
            const sorted = own.sort((x, y) => y.length - x.length);
            const [longest] = sorted;
            const chosen =
              repeats === 'count' && longest !== undefined
                ? Array.from({ length: max }, () => longest)
                : sorted.slice(0, max);
            if (type === 'approval') return { a, ids: chosen };
            if (type === 'ordinal') return { a, order: chosen };
            if (type === 'yes-no') return { a, choice: chosen.map((name) => [name, 'abstain']) };
            return { a, pts: chosen.map((name) => [name, Number.MAX_SAFE_INTEGER]) };
          });
          const word = '~'.repeat(32);
          const plaintext = { v: 1, e: fixed('e'), k: fixed('k'), n: 100, vote, vn: word };
          const length = sealedBytesNeeded(rules, ['city', 'north'], options);
          // One byte more than the plaintext: the padding has at least its 0x80.
          expect(canonicalBytes(plaintext).length).toBeLessThan(length);
          expect(length % 64).toBe(0);
        },
      ),
    );
  });
});

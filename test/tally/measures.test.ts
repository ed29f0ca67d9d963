import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupBallots, type Ballot, type Project } from '../../projections/tally/ballots.js';
import { add, rational } from '../../projections/tally/rational.js';
import { effectiveSupport, representation, sharesBy } from '../../projections/tally/measures.js';
import { ejrPlusUpToOne } from '../../projections/tally/proportionality.js';
import { count } from './tie-orders.js';

function project(id: string, cost: number): Project {
  return { id, cost: BigInt(cost) };
}

function ballot(weight: number, ...options: string[]): Ballot {
  return { options, weight };
}

/** A bridge in the north; a school and a park in the south. */
const PROJECTS = [project('bridge', 60), project('park', 40), project('school', 50)];
const BALLOTS = [
  ballot(3, 'bridge'),
  ballot(2, 'bridge', 'park'),
  ballot(4, 'school'),
  ballot(1, 'park', 'school', 'school'),
  ballot(2),
];
const BRIDGE_AND_PARK = { projects: PROJECTS, ballots: BALLOTS, funded: new Set(['bridge', 'park']) };

describe('representation', () => {
  it('counts voters by what is funded of their approvals', () => {
    expect(representation(BRIDGE_AND_PARK)).toEqual({
      voters: 12n,
      withNothing: 6n,
      empty: 2n,
      byApprovals: [
        { utility: 0n, voters: 6n },
        { utility: 1n, voters: 4n },
        { utility: 2n, voters: 2n },
      ],
      byCost: [
        { utility: 0n, voters: 6n },
        { utility: 40n, voters: 1n },
        { utility: 60n, voters: 3n },
        { utility: 100n, voters: 2n },
      ],
    });
  });

  it('takes a project without points on a ballot with points as not approved', () => {
    const ballots = [{ options: ['bridge', 'park'], points: [0, 3], weight: 1 }];
    const { byApprovals } = representation({ ...BRIDGE_AND_PARK, ballots });
    expect(byApprovals).toEqual([{ utility: 1n, voters: 1n }]);
  });

  it('refuses a funded id that is not a project', () => {
    expect(() => representation({ ...BRIDGE_AND_PARK, funded: new Set(['tunnel']) })).toThrow(RangeError);
  });

  it('says of nobody that nobody has nothing', () => {
    expect(representation({ ...BRIDGE_AND_PARK, ballots: [] })).toEqual({
      voters: 0n,
      withNothing: 0n,
      empty: 0n,
      byApprovals: [],
      byCost: [],
    });
  });
});

describe('shares by area', () => {
  const areas = new Map([
    ['bridge', 'north'],
    ['school', 'south'],
  ]);

  it('sets money beside votes, each project counted once a ballot', () => {
    expect(sharesBy(BRIDGE_AND_PARK, areas)).toEqual([
      { label: '', cost: 40n, ofCost: { n: 2n, d: 5n }, votes: 3n, ofVotes: { n: 3n, d: 13n } },
      { label: 'north', cost: 60n, ofCost: { n: 3n, d: 5n }, votes: 5n, ofVotes: { n: 5n, d: 13n } },
      { label: 'south', cost: 0n, ofCost: { n: 0n, d: 1n }, votes: 5n, ofVotes: { n: 5n, d: 13n } },
    ]);
  });

  it('are 0 of nothing', () => {
    const nothing = { projects: PROJECTS, ballots: [], funded: new Set<string>() };
    for (const { ofCost, ofVotes } of sharesBy(nothing, areas)) {
      expect([ofCost, ofVotes]).toEqual([
        { n: 0n, d: 1n },
        { n: 0n, d: 1n },
      ]);
    }
  });
});

describe('effective support', () => {
  it('divides each voter among the funded projects that the voter approves', () => {
    // bridge: 3 voters wholly and 2 by half; park: 2 by half and 1 wholly; of 12.
    expect([...effectiveSupport(BRIDGE_AND_PARK)]).toEqual([
      ['bridge', { n: 1n, d: 3n }],
      ['park', { n: 1n, d: 6n }],
    ]);
  });

  it('counts how often a ballot occurs, which pabutools does not', () => {
    const apart = BALLOTS.flatMap((one) => Array<Ballot>(one.weight).fill({ ...one, weight: 1 }));
    const once = BALLOTS.map((one) => ({ ...one, weight: 1 }));
    const expected = effectiveSupport(BRIDGE_AND_PARK);
    expect(effectiveSupport({ ...BRIDGE_AND_PARK, ballots: apart })).toEqual(expected);
    expect(effectiveSupport({ ...BRIDGE_AND_PARK, ballots: once })).not.toEqual(expected);
  });
});

describe('EJR+ up to one project', () => {
  const three = [project('a', 50), project('b', 50), project('c', 50)];

  it('names the project that half of the voters could pay for and do not get', () => {
    const ballots = [ballot(6, 'a', 'b'), ballot(4, 'c')];
    const all = { projects: three, ballots, funded: new Set(['a', 'b']) };
    // Four of ten hold 40 of 100, and c costs 50.
    expect(ejrPlusUpToOne(all, 100n, 'cardinality')).toEqual([]);
    const half = { ...all, ballots: [ballot(5, 'a', 'b'), ballot(5, 'c')] };
    const witness = { project: 'c', voters: 5n, utility: 0n };
    expect(ejrPlusUpToOne(half, 100n, 'cardinality')).toEqual([witness]);
    expect(ejrPlusUpToOne(half, 100n, 'cost')).toEqual([witness]);
    expect(ejrPlusUpToOne(half, 99n, 'cost')).toEqual([]);
  });

  it('finds the group inside a larger one that is served well enough', () => {
    // Six of twelve approve c, two of them have a and b. The other four hold 50 of 150.
    const ballots = [ballot(2, 'a', 'b', 'c'), ballot(4, 'c'), ballot(6, 'a', 'b')];
    const outcome = { projects: three, ballots, funded: new Set(['a', 'b']) };
    expect(ejrPlusUpToOne(outcome, 150n, 'cardinality')).toEqual([{ project: 'c', voters: 4n, utility: 0n }]);
  });

  it('differs by utility: one dear project is much for its cost and little as one project', () => {
    const projects = [project('hall', 90), project('tree', 10), project('bench', 20)];
    const ballots = [ballot(1, 'hall', 'tree', 'bench')];
    const outcome = { projects, ballots, funded: new Set(['hall']) };
    expect(ejrPlusUpToOne(outcome, 110n, 'cost')).toEqual([
      { project: 'bench', voters: 1n, utility: 90n },
      { project: 'tree', voters: 1n, utility: 90n },
    ]);
    // For 99 the voter has 90 and could not have more than 100 with the tree; but nine trees for one hall.
    expect(ejrPlusUpToOne(outcome, 99n, 'cardinality')).toEqual([
      { project: 'bench', voters: 1n, utility: 1n },
      { project: 'tree', voters: 1n, utility: 1n },
    ]);
    expect(ejrPlusUpToOne(outcome, 99n, 'cost')).toEqual([]);
  });

  it('has no witness in a withdrawn project, and in a free one only by number', () => {
    const withdrawn = { ...project('gone', 10), withdrawn: true };
    const outcome = {
      projects: [withdrawn, project('free', 0)],
      ballots: [ballot(1, 'gone', 'free')],
      funded: new Set<string>(),
    };
    expect(ejrPlusUpToOne(outcome, 100n, 'cost')).toEqual([]);
    expect(ejrPlusUpToOne(outcome, 100n, 'cardinality')).toEqual([
      { project: 'free', voters: 1n, utility: 0n },
    ]);
  });
});

const IDS = ['10', '9', 'b', 'A'];
const election = fc.record({
  costs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
  ballots: fc.array(
    fc.record({
      options: fc.array(fc.constantFrom(...IDS), { maxLength: 4 }),
      weight: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  funded: fc.subarray(IDS),
  budget: fc.bigInt({ min: 0n, max: 25n }),
});

function withProjects({ costs, ballots, funded }: { costs: number[]; ballots: Ballot[]; funded: string[] }) {
  const projects = IDS.map((id, index) => project(id, costs[index] ?? 1));
  return { projects, ballots, funded: new Set(funded) };
}

describe('for any outcome', () => {
  it('effective supports and the voters with nothing are all voters', () => {
    fc.assert(
      fc.property(election, (given) => {
        const outcome = withProjects(given);
        const { voters, withNothing } = representation(outcome);
        const all = [...effectiveSupport(outcome).values()].reduce(add, rational(withNothing, voters));
        expect(all).toEqual({ n: 1n, d: 1n });
      }),
    );
  });

  it('the measures are the same for ballots and projects in any order, grouped or not', () => {
    fc.assert(
      fc.property(election, (given) => {
        const outcome = withProjects(given);
        const labels = new Map(IDS.map((id, index) => [id, String(index % 2)]));
        const apart = outcome.ballots.flatMap((one) => Array<Ballot>(one.weight).fill({ ...one, weight: 1 }));
        const other = {
          projects: outcome.projects.toReversed(),
          ballots: groupBallots(apart.toReversed()),
          funded: new Set([...outcome.funded].reverse()),
        };
        expect(representation(other)).toEqual(representation(outcome));
        expect(sharesBy(other, labels)).toEqual(sharesBy(outcome, labels));
        expect([...effectiveSupport(other)]).toEqual([...effectiveSupport(outcome)]);
        expect(ejrPlusUpToOne(other, given.budget, 'cost')).toEqual(
          ejrPlusUpToOne(outcome, given.budget, 'cost'),
        );
      }),
    );
  });

  it.each(['cost', 'cardinality'] as const)(
    'EJR+ (%s) is what trying every group of voters says',
    (utility) => {
      fc.assert(
        fc.property(election, (given) => {
          const { projects, ballots, funded } = withProjects(given);
          const voters = ballots.flatMap((one) => Array<Ballot>(one.weight).fill({ ...one, weight: 1 }));
          const cost = (id: string) => projects.find((one) => one.id === id)?.cost ?? 0n;
          const worthOf = (id: string) => (utility === 'cost' ? cost(id) : 1n);
          const has = ({ options }: Ballot) =>
            [...new Set(options)].filter((id) => funded.has(id)).reduce((all, id) => all + worthOf(id), 0n);
          const witnesses = projects.filter(({ id }) => {
            if (funded.has(id)) return false;
            for (let mask = 1; mask < 2 ** voters.length; mask++) {
              const group = voters.filter((_, index) => (mask >> index) & 1);
              if (!group.every(({ options }) => options.includes(id))) continue;
              const money = BigInt(group.length) * given.budget;
              const all = BigInt(voters.length);
              const served = (voter: Ballot) =>
                (has(voter) + worthOf(id)) * cost(id) * all > money * worthOf(id);
              if (!group.some(served)) return true;
            }
            return false;
          });
          const found = ejrPlusUpToOne({ projects, ballots, funded }, given.budget, utility);
          expect(found.map((witness) => witness.project)).toEqual(witnesses.map(({ id }) => id).sort());
        }),
        { numRuns: 150 },
      );
    },
  );

  it.each(['cost', 'cardinality'] as const)(
    'equal shares satisfies EJR+ up to one project (%s)',
    (utility) => {
      let unfunded = 0;
      fc.assert(
        fc.property(election, (given) => {
          const outcome = withProjects(given);
          const shares = {
            rule: 'equal-shares',
            utility,
            completion: 'none',
            tieOrder: ['listed'],
            ties: IDS,
          };
          const funded = new Set(count(shares, outcome.projects, outcome.ballots, given.budget).funded);
          unfunded += IDS.length - funded.size;
          expect(ejrPlusUpToOne({ ...outcome, funded }, given.budget, utility)).toEqual([]);
        }),
        { numRuns: 500 },
      );
      expect(unfunded).toBeGreaterThan(100);
    },
  );
});

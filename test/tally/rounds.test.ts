import { describe, expect, it } from '@jest/globals';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import type { Candidate } from '../../projections/tally/order.js';
import { runRounds, type Process } from '../../projections/tally/rounds.js';
import { count } from './tie-orders.js';
import { shuffled } from './shuffled.js';

const PAIRS = 40;

/** Pairs of tied projects, one pair after another. `both`: of each pair the other one is funded next, else never. */
class Pairs implements Process<readonly string[], Candidate> {
  readonly start = [];
  looks = 0;

  constructor(private readonly both: (pair: number) => boolean) {}

  best(funded: readonly string[]) {
    this.looks += 1;
    let pair = 0;
    for (let place = 0; place < funded.length; pair++) {
      const first = funded[place] ?? '';
      place += this.both(pair) ? 2 : 1;
      if (place > funded.length)
        return { tied: [candidate(first.startsWith('a') ? `b${pair}` : `a${pair}`)], score: 1n };
    }
    return { tied: pair < PAIRS ? [candidate(`a${pair}`), candidate(`b${pair}`)] : [], score: 1n };
  }

  take(funded: readonly string[], { project }: Candidate) {
    return [...funded, project.id];
  }

  /** Finer than needed: also in which order. */
  key(funded: readonly string[]) {
    return funded.join();
  }

  independent() {
    return false;
  }

  remaining() {
    return 0n;
  }
}

function candidate(id: string): Candidate {
  return { project: { id, cost: 1n }, votes: 1n, score: 1n };
}

const LISTED = {
  tieOrder: ['listed' as const],
  ties: Array.from({ length: PAIRS }, (_, pair) => `b${pair}`),
};

function ties(process: Pairs, ruleset: Parameters<typeof runRounds>[1] = LISTED) {
  const rounds = runRounds(process, ruleset);
  if ('undecided' in rounds) throw new Error('undecided');
  return rounds.ties;
}

describe('rounds', () => {
  it('looks at a limited number of states for all ties together', () => {
    const process = new Pairs(() => false);
    const met = ties(process);
    expect(met.map(({ matters }) => matters)).toEqual(met.map(() => true));
    expect(met).toHaveLength(PAIRS);
    expect(process.looks).toBeLessThan(1_200);
  });

  it('knows that late ties do not matter, even where there are too many states for the early ones', () => {
    const met = ties(new Pairs(() => true));
    expect(met.at(0)?.matters).toBe(true);
    expect(met.slice(-5).map(({ matters }) => matters)).toEqual([false, false, false, false, false]);
  });

  it('blames no tie for a later one', () => {
    const met = ties(new Pairs((pair) => pair < PAIRS - 1));
    expect(met.slice(-4).map(({ matters }) => matters)).toEqual([false, false, false, true]);
    const few = new Pairs((pair) => pair < PAIRS - 1);
    expect(runRounds(few, { tieOrder: ['most-votes'] })).toMatchObject({
      undecided: 'tie-undecided',
      projects: ['a0', 'b0'],
    });
    expect(few.looks).toBeLessThan(1_200);
  });

  it.each([
    { rule: 'phragmen' },
    { rule: 'exact-equal-shares', utility: 'cost' },
    { rule: 'exact-equal-shares', utility: 'cardinality', completion: 'add-opt' },
  ])('tells the same of many cloned projects in any order: %j', (fields) => {
    const pairs = Array.from({ length: 14 }, (_, pair) => pair);
    const projects = pairs.flatMap((pair): Project[] => {
      const cost = BigInt(40 + ((pair * 7) % 30));
      return [
        { id: `a${pair}`, cost },
        { id: `b${pair}`, cost },
      ];
    });
    const ballots = Array.from({ length: 60 }, (_, voter): Ballot => {
      const wanted = pairs.filter((pair) => (voter * (pair + 3) + pair * pair) % 11 < 4);
      return { options: wanted.flatMap((pair) => [`a${pair}`, `b${pair}`]), weight: 1 };
    });
    const all = { ...fields, tieOrder: ['listed'], ties: projects.map(({ id }) => id) };
    const outcome = count(all, projects, ballots, 800n);
    expect(outcome.ties.length).toBeGreaterThan(5);
    for (const seed of [3, 5, 8]) {
      const numbers = Array.from({ length: 200 }, (_, place) => (place * seed * 7_919) % 211).values();
      const other = count(all, shuffled(projects, numbers), shuffled(ballots, numbers), 800n);
      expect(other).toEqual(outcome);
    }
  });
});

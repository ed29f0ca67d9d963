/** Who is elected where options are put in one order: the first ones for the seats, ties by the declared criteria. */
import type { DecisionTie, DecisionUndecided } from './outcome.js';
import type { DecisionTieCriterion } from './ruleset.js';

/** An option to be put in order. */
export interface Standing {
  id: string;
  /** Ballots that support it, by weight; without any it is never elected. */
  votes: bigint;
}

export interface TieOrder {
  tieOrder: readonly DecisionTieCriterion[];
  ties?: readonly string[];
}

/** Puts first what has more of what decides: below 0 when `a` comes first, 0 when nothing tells them apart. */
export type Order<T> = (a: T, b: T) => number;

/** The criteria of a ruleset in one order, and the one that told two options apart. `before` is that of `previous-rounds`. */
export function declaredOrder<T extends Standing>({ tieOrder, ties }: TieOrder, before?: Order<T>) {
  const place = new Map(ties?.map((id, index) => [id, index]));
  const by = (criterion: DecisionTieCriterion, a: T, b: T): number => {
    switch (criterion) {
      case 'most-votes':
        return a.votes === b.votes ? 0 : a.votes > b.votes ? -1 : 1;
      case 'previous-rounds':
        return before?.(a, b) ?? 0;
      case 'listed':
        return (place.get(a.id) ?? place.size) - (place.get(b.id) ?? place.size);
    }
  };
  return (a: T, b: T): { criterion: DecisionTieCriterion; difference: number } | undefined => {
    for (const criterion of tieOrder) {
      const difference = by(criterion, a, b);
      if (difference !== 0) return { criterion, difference };
    }
    return undefined;
  };
}

/** Equal options in declared order; those that nothing tells apart are together, by id. `decidedBy` has the criteria used. */
export function split<T extends Standing>(
  equal: readonly T[],
  tieOrder: TieOrder,
  before?: Order<T>,
): { runs: T[][]; decidedBy: DecisionTieCriterion[] } {
  const declared = declaredOrder(tieOrder, before);
  const used = new Set<DecisionTieCriterion>();
  const runs: T[][] = [];
  // The id decides nothing: it only keeps the order of the input out of the result.
  const sorted = [...equal].sort((a, b) => declared(a, b)?.difference ?? (a.id < b.id ? -1 : 1));
  for (const option of sorted) {
    const last = runs.at(-1);
    const previous = last?.at(-1);
    const apart = previous && declared(previous, option);
    if (apart) used.add(apart.criterion);
    if (last === undefined || apart) runs.push([option]);
    else last.push(option);
  }
  return { runs, decidedBy: tieOrder.tieOrder.filter((criterion) => used.has(criterion)) };
}

export interface Placed<T> {
  standing: T;
  place: number;
  elected: boolean;
}

/** Elects the first `seats` options that have any support. The same for any order of `standings`. */
export function elect<T extends Standing>(
  standings: readonly T[],
  better: Order<T>,
  seats: number,
  tieOrder: TieOrder,
): { placed: Placed<T>[]; ties: DecisionTie[] } | DecisionUndecided {
  const placed: Placed<T>[] = [];
  const ties: DecisionTie[] = [];
  let open = seats;
  for (const equal of grouped(standings, better)) {
    const { runs, decidedBy } = split(equal, tieOrder);
    if (equal.length > 1) {
      const options = runs.flat().map(({ id }) => id);
      ties.push({ about: 'place', options, decidedBy, matters: compete(equal, open) });
    }
    for (const run of runs) {
      if (compete(run, open)) {
        const options = run.filter(supported).map(({ id }) => id);
        return { undecided: 'tie-undecided', about: 'place', options, seats: open };
      }
      const place = placed.length + 1;
      const elected = open > 0 ? run.filter(supported) : [];
      for (const standing of run) placed.push({ standing, place, elected: elected.includes(standing) });
      open -= elected.length;
    }
  }
  return { placed, ties };
}

/** Whether there are seats for some of them and not for all. */
function compete(equal: readonly Standing[], open: number): boolean {
  return open > 0 && equal.filter(supported).length > open;
}

function supported({ votes }: Standing): boolean {
  return votes > 0n;
}

/** Groups of equal options, the best first. */
function grouped<T extends Standing>(standings: readonly T[], better: Order<T>): T[][] {
  const groups: T[][] = [];
  for (const standing of [...standings].sort(better)) {
    const last = groups.at(-1);
    const first = last?.[0];
    if (last !== undefined && first !== undefined && better(first, standing) === 0) last.push(standing);
    else groups.push([standing]);
  }
  return groups;
}

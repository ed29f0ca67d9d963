/** The best choice of things that fit together, exactly. Pure numbers: nothing here knows of projects. */

export interface Item {
  readonly cost: bigint;
  readonly worth: bigint;
}

/** Decisions for or against a thing before the search is given up. */
export const MOST_STEPS = 5_000_000;

/** More things than this are not looked at: a decision about each would be open at once. */
const MOST_ITEMS = 2_000;

/**
 * The places of the items, in ascending order, that together cost at most `capacity` and are worth most; of several such
 * choices any. None when there are more than 2,000 things that fit, or the search takes more than `MOST_STEPS`.
 *
 * Branch and bound: items by worth for each of the cost; a branch is given up when even with the part of the next item that
 * still fits it would not be worth more than the best choice so far.
 */
export function bestChoice(items: readonly Item[], capacity: bigint): number[] | undefined {
  const sorted = items
    .map((item, place) => ({ ...item, place }))
    .filter(({ cost, worth }) => cost <= capacity && worth > 0n)
    .sort((a, b) => {
      const difference = b.worth * a.cost - a.worth * b.cost;
      return difference === 0n ? a.place - b.place : difference < 0n ? -1 : 1;
    });
  if (sorted.length > MOST_ITEMS) return undefined;
  const costs = [0n];
  const worths = [0n];
  for (const { cost, worth } of sorted) {
    costs.push((costs.at(-1) ?? 0n) + cost);
    worths.push((worths.at(-1) ?? 0n) + worth);
  }
  /** At most this can be won from the items from a place on. */
  const bound = (from: number, room: bigint): bigint => {
    const until = (costs[from] ?? 0n) + room;
    let [low, high] = [from, sorted.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((costs[middle] ?? 0n) <= until) low = middle;
      else high = middle - 1;
    }
    const whole = (worths[low] ?? 0n) - (worths[from] ?? 0n);
    const next = sorted[low];
    return next === undefined ? whole : whole + ((until - (costs[low] ?? 0n)) * next.worth) / next.cost;
  };
  let best: readonly number[] = [];
  let most = 0n;
  let steps = 0;
  const taken: number[] = [];
  const search = (from: number, room: bigint, worth: bigint): boolean => {
    if ((steps += 1) > MOST_STEPS) return false;
    if (worth > most) [best, most] = [[...taken], worth];
    const item = sorted[from];
    if (item === undefined || worth + bound(from, room) <= most) return true;
    if (item.cost <= room) {
      taken.push(item.place);
      const found = search(from + 1, room - item.cost, worth + item.worth);
      taken.pop();
      if (!found) return false;
    }
    return search(from + 1, room, worth);
  };
  return search(0, capacity, 0n) ? [...best].sort((a, b) => a - b) : undefined;
}

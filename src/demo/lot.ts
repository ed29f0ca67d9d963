/** Chance that is the same every time: a demo's is drawn from names. */
import { createHash } from 'node:crypto';

/** Gives numbers from 0, and below 1. */
export type Lot = () => number;

export function lot(name: string): Lot {
  let state = createHash('sha256').update(name).digest();
  return () => {
    state = createHash('sha256').update(state).digest();
    return state.readUInt32BE(0) / 0x1_0000_0000;
  };
}

/** @throws RangeError for an empty list */
export function oneOf<T>(random: Lot, list: readonly T[]): T {
  const [drawn] = list.slice(Math.floor(random() * list.length));
  if (drawn === undefined) throw new RangeError('There is nothing to draw from');
  return drawn;
}

/** One of these, each as often as its weight has it. @throws RangeError for an empty list */
export function weighted<T>(random: Lot, list: readonly T[], weight: (one: T) => number): T {
  let left = random() * list.reduce((sum, one) => sum + weight(one), 0);
  return list.find((one) => (left -= weight(one)) < 0) ?? oneOf(random, list.slice(-1));
}

const { cos, exp, log, PI, sqrt } = Math;

/** Log-normal, as waiting times are: half of them below the median. @param spread of the logarithm */
export function waiting(random: Lot, median: number, spread: number): number {
  // Box and Muller.
  const normal = sqrt(-2 * log(1 - random())) * cos(2 * PI * random());
  return median * exp(spread * normal);
}

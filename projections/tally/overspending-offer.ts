/**
 * The best way in which the supporters of a project can pay for it under bounded overspending, between doubles that surely
 * hold it. Why they do, and why no other ways need to be looked at: `docs/counting/overspending-exactness.md`.
 */

/** A number that is not negative and within `radius` of `middle`. */
export interface Ball {
  readonly middle: number;
  readonly radius: number;
}

/** Voters who have the same left and to whom a project is worth the same. */
export interface Payer {
  readonly ball: Ball;
  /** What it is worth to each of them, a whole number; and how many they are. */
  readonly share: number;
  readonly weight: number;
}

/** The place of no payer: the way in which the whole cost is paid. */
export const WHOLE = -1;

/** At a price of alpha rho for each unit of share, supporters pay the part alpha of the cost. */
export interface Way {
  /** The place of those who have just nothing left then, or `WHOLE`. */
  readonly of: number;
  /** Bounds of alpha rho. */
  readonly partLow: number;
  readonly partHigh: number;
  /** Bounds of rho. */
  readonly priceLow: number;
  readonly priceHigh: number;
}

export interface Offer {
  /** Bounds of the least rho / alpha; the upper one is infinite where doubles cannot tell whether anybody has anything. */
  readonly low: number;
  readonly high: number;
  /** The ways that may have it. */
  readonly ways: readonly Way[];
}

const EPSILON = Number.EPSILON;
const { max, min } = Math;

/** @param payers at least one, whose balance may be nothing only if its radius is as large as its middle */
export function offerOf(cost: Ball, payers: readonly Payer[]): Offer {
  const error = 2 * (payers.length + 16) * EPSILON;
  const costLow = (cost.middle - cost.radius) * (1 - EPSILON);
  const costHigh = (cost.middle + cost.radius) * (1 + EPSILON);
  const { order, parts, rest, worth, unsure, most } = sorted(payers);
  // What all together may be off, and what that does to the price at which they pay the whole cost.
  const off = unsure * (1 + error) + 2 * error * costHigh;
  let [wholeLow, wholeHigh] = [-1, -1];
  const lows = new Float64Array(payers.length);
  const ways: Way[] = [];
  let money = 0;
  let high = Infinity;
  for (let i = 0; i < payers.length; i++) {
    const of = order[i] as number;
    const { ball, share, weight } = payers[of] as Payer;
    const part = parts[of] as number;
    const left = rest[i] as number;
    const paid = money + part * left;
    if (wholeLow < 0 && paid >= costLow - off) {
      wholeLow = (max(0, costLow - off - money) / left) * (1 - error);
    }
    if (wholeHigh < 0 && paid >= costHigh + off) {
      wholeHigh = (max(0, costHigh + off - money) / left) * (1 + error);
    }
    const partOff = partError(ball.radius / share, part);
    const paidOff = (unsure + partOff * worth) * (1 + error) + error * paid;
    const partLow = max(0, part - partOff);
    const partHigh = part + partOff;
    const overLow = max(1, costLow / (paid + paidOff));
    const overHigh = paid > paidOff ? max(1, costHigh / (paid - paidOff)) : Infinity;
    // Nobody pays more than the part for each unit: so a very small one, however unsure, is a bad way.
    const least = (costLow / worth) * (costLow / worth / partHigh);
    lows[i] = min(Number.MAX_VALUE, max(partLow * overLow * overLow, least) * (1 - 2 * error));
    high = min(high, partHigh * overHigh * overHigh * (1 + 2 * error));
    ways.push({
      of,
      partLow,
      partHigh,
      priceLow: partLow * overLow * (1 - 2 * error),
      priceHigh: partHigh * overHigh * (1 + 2 * error),
    });
    money += weight * ball.middle;
  }
  if (wholeHigh >= 0) high = min(high, wholeHigh);
  const possible = ways.filter((_, i) => (lows[i] as number) <= high);
  const low = lows.reduce((least, one) => min(least, one), wholeLow >= 0 ? wholeLow : Infinity);
  if (wholeLow >= 0 && wholeLow <= high) {
    const partHigh = wholeHigh >= 0 ? wholeHigh : most;
    possible.push({ of: WHOLE, partLow: wholeLow, partHigh, priceLow: wholeLow, priceHigh: partHigh });
  }
  return { low, high, ways: possible };
}

/** Payers by the part at which they have just nothing left, the least first. */
function sorted(payers: readonly Payer[]) {
  const count = payers.length;
  const parts = new Float64Array(count);
  const order = new Uint32Array(count);
  /** Weight times share: of all, and from each place of `order` on. */
  const rest = new Float64Array(count);
  let worth = 0;
  /** By how much all together may have more or less. */
  let unsure = 0;
  /** No part is larger. */
  let most = 0;
  for (const [of, { ball, share, weight }] of payers.entries()) {
    const part = ball.middle / share;
    parts[of] = part;
    order[of] = of;
    unsure += weight * ball.radius;
    most = max(most, part + partError(ball.radius / share, part));
  }
  order.sort((a, b) => (parts[a] as number) - (parts[b] as number));
  for (let i = count - 1; i >= 0; i--) {
    const { share, weight } = payers[order[i] as number] as Payer;
    worth += weight * share;
    rest[i] = worth;
  }
  return { parts, order, rest, worth, unsure, most };
}

function partError(radius: number, part: number): number {
  return radius * (1 + 4 * EPSILON) + part * (2 * EPSILON);
}

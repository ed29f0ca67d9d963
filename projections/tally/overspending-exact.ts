/** The best way to pay under bounded overspending, on exact fractions. Only those balances are worked out that it hangs on. */
import { WHOLE, type Offer, type Payer, type Way } from './overspending-offer.js';
import { add, compare, divide, multiply, rational, subtract, ZERO, type Rational } from './rational.js';
import { TooHard } from './too-hard.js';

/** Bits of a denominator. They can double with every project whose cost is not wholly paid. */
const MOST_BITS = 2n ** 15n;

export interface ExactPayer extends Payer {
  /** What each of these voters has. */
  exact(): Rational;
}

/** For each unit of share. */
export interface ExactOffer {
  /** Rho / alpha. */
  readonly ratio: Rational;
  /** Rho. */
  readonly price: Rational;
}

/** Alpha rho, and what is paid at it. */
interface Paid {
  readonly part: Rational;
  readonly sum: Rational;
}

/** Of two ways that are equally good, the one in which less is paid. `undefined` when nobody has anything. @throws TooHard */
export function exactOffer(
  cost: bigint,
  payers: readonly ExactPayer[],
  { ways }: Pick<Offer, 'ways'>,
): ExactOffer | undefined {
  const due = rational(cost);
  let best: (ExactOffer & { part: Rational }) | undefined;
  for (const way of ways) {
    const paid = way.of === WHOLE ? wholeWay(due, payers, way) : partWay(payers, way);
    if (paid === undefined) continue;
    const { part, sum } = paid;
    const over = compare(sum, due) < 0 ? divide(due, sum) : rational(1n);
    const price = multiply(part, over);
    const ratio = multiply(price, over);
    const difference = best === undefined ? -1 : compare(ratio, best.ratio) || compare(part, best.part);
    if (difference < 0) best = { ratio, price, part };
  }
  return best;
}

/** Some pay just all they have, and others what that comes to for each unit. */
function partWay(payers: readonly ExactPayer[], way: Way): Paid | undefined {
  const own = payers[way.of] as ExactPayer;
  const part = divide(own.exact(), rational(BigInt(own.share)));
  if (part.n === 0n) return undefined;
  let units = 0n;
  let sum = ZERO;
  for (const payer of payers) {
    const { share, weight } = payer;
    if (spends(payer, way) ?? compare(payer.exact(), multiply(part, rational(BigInt(share)))) < 0) {
      sum = kept(add(sum, multiply(payer.exact(), rational(BigInt(weight)))));
    } else units += BigInt(weight) * BigInt(share);
  }
  return { part, sum: add(sum, multiply(part, rational(units))) };
}

/** All together pay the whole cost, if they can. */
function wholeWay(due: Rational, payers: readonly ExactPayer[], way: Way): Paid | undefined {
  const open = new Set(payers.filter((payer) => spends(payer, way) !== true));
  let left = due;
  let units = worthOf(payers);
  const spend = (payer: ExactPayer) => {
    open.delete(payer);
    left = kept(subtract(left, multiply(payer.exact(), rational(BigInt(payer.weight)))));
    units -= worthOf([payer]);
  };
  for (const payer of payers) if (!open.has(payer)) spend(payer);
  // The price rises with everybody who spends all, and so more and more do.
  while (units > 0n) {
    const part = divide(left, rational(units));
    const spent = [...open].filter(
      (payer) =>
        spends(payer, way) === undefined &&
        compare(payer.exact(), multiply(part, rational(BigInt(payer.share)))) < 0,
    );
    if (spent.length === 0) return { part, sum: due };
    spent.forEach(spend);
  }
  return undefined;
}

function worthOf(payers: readonly ExactPayer[]): bigint {
  return payers.reduce((sum, { share, weight }) => sum + BigInt(share) * BigInt(weight), 0n);
}

/** @throws TooHard */
export function kept(value: Rational): Rational {
  if (value.d >> MOST_BITS !== 0n) throw new TooHard(`fractions have more than ${String(MOST_BITS)} bits.`);
  return value;
}

/** Whether they have less than what is asked of them; `undefined` where the doubles cannot tell. */
function spends({ ball: { middle, radius }, share }: Payer, { partLow, partHigh }: Way): boolean | undefined {
  const safe = 8 * Number.EPSILON;
  if ((middle + radius) * (1 + safe) < partLow * share * (1 - safe)) return true;
  if ((middle - radius) * (1 - safe) > partHigh * share * (1 + safe)) return false;
  return undefined;
}

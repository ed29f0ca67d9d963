/**
 * Balances under bounded overspending. A balance is told by the purchases that were paid from it, in whatever order: it is the
 * endowment less what each of them charges, or nothing. A purchase is told by its cost and by who pays with which balance. Each
 * has a number, and equal ones have the same: what is equal by its history needs no arithmetic.
 */
import type { Amount } from './amount.js';
import { exactOffer, kept, type ExactOffer, type ExactPayer } from './overspending-exact.js';
import { offerOf, type Ball, type Offer } from './overspending-offer.js';
import { compare, gcd, multiply, rational, subtract, ZERO, type Rational } from './rational.js';
import { bits, down, up } from './rounding.js';

/** The number of a balance that is surely nothing. */
export const EMPTY = 0;

interface Balance {
  readonly ball: Ball;
  /** What was paid from it: purchases, ascending, each with the share paid for. */
  readonly paid: readonly (readonly [purchase: number, share: number])[];
  exact?: Rational;
  money?: Amount;
}

interface Purchase {
  readonly cost: bigint;
  readonly payers: readonly ExactPayer[];
  /** `undefined` when nobody has anything. */
  readonly offer: Offer | undefined;
  exact?: ExactOffer | undefined;
  /** What is left of a balance after it, by its number and the share. */
  readonly children: Map<number, Map<number, number>>;
}

const EPSILON = Number.EPSILON;
/** Amounts below this are only known to be so. */
const TINY = 2 ** -900;
const { max, min } = Math;

export class OverspendingBalances {
  /** The number of the balance that everybody begins with. */
  readonly first = 1;
  readonly #balances: Balance[];
  readonly #purchases: Purchase[] = [];
  readonly #balanceNumbers = new Map<string, number>();
  readonly #purchaseNumbers = new Map<string, number>();
  /** Doubles hold amounts over two to this power, so that squares of them are within their range. */
  readonly #shift: bigint;

  constructor(
    private readonly endowment: Rational,
    budget: bigint,
  ) {
    this.#shift = BigInt(max(0, bits(budget) - 200));
    this.#balances = [
      { ball: { middle: 0, radius: 0 }, paid: [], exact: ZERO },
      { ball: this.#ball(endowment), paid: [], exact: endowment },
    ];
  }

  /** @param payers by number of a balance: share, and the weight of the voters of both */
  purchase(cost: bigint, payers: ReadonlyMap<number, ReadonlyMap<number, number>>): number {
    // Twice the cost from twice the voters is the same purchase.
    let common = cost;
    for (const byShare of payers.values()) {
      for (const weight of byShare.values()) if (common > 1n) common = gcd(common, BigInt(weight));
    }
    const list = [...payers].flatMap(([balance, byShare]) =>
      [...byShare].map(([share, weight]) => [balance, share, weight / Number(common)] as const),
    );
    list.sort(([a, x], [b, y]) => a - b || x - y);
    const name = `${cost / common} ${list.join(' ')}`;
    const known = this.#purchaseNumbers.get(name);
    if (known !== undefined) return known;
    const made = this.#purchases.push(this.#made(cost / common, list)) - 1;
    this.#purchaseNumbers.set(name, made);
    return made;
  }

  #made(
    cost: bigint,
    list: readonly (readonly [balance: number, share: number, weight: number])[],
  ): Purchase {
    const payers = list.map(([balance, share, weight]) => {
      const { ball } = this.#balances[balance] as Balance;
      return { ball, share, weight, exact: () => this.#exactBalance(balance) };
    });
    const offer = payers.length === 0 ? undefined : offerOf(this.#ball(rational(cost)), payers);
    return { cost, payers, offer, children: new Map() };
  }

  /** `undefined` when nobody has anything. */
  offer(purchase: number): Offer | undefined {
    return this.#purchases[purchase]?.offer;
  }

  /** `undefined` when nobody has anything. @throws TooHard */
  exact(purchase: number): ExactOffer | undefined {
    const one = this.#purchases[purchase] as Purchase;
    return one.offer && (one.exact ??= exactOffer(one.cost, one.payers, one.offer));
  }

  /** Rho / alpha for each unit of share, in minor units. @param purchase one for which somebody has something */
  ratio(purchase: number): Amount {
    const { low, high } = this.offer(purchase) as Offer;
    return this.#amount(low, high, () => (this.exact(purchase) as ExactOffer).ratio);
  }

  /** Rho likewise. */
  price(purchase: number): Amount {
    const { low, high } = this.#price(purchase);
    return this.#amount(low, high, () => (this.exact(purchase) as ExactOffer).price);
  }

  /** A balance by its number, in minor units: always the same one. */
  money(number: number): Amount {
    const balance = this.#balances[number] as Balance;
    const { middle, radius } = balance.ball;
    const [low, high] = [max(0, down(middle - radius)), up(middle + radius)];
    return (balance.money ??= this.#amount(low, high, () => this.#exactBalance(number)));
  }

  /** Amounts over two to the power of `#shift` may be too large for doubles: then fractions alone tell them. */
  #amount(low: number, high: number, exact: () => Rational): Amount {
    return this.#shift === 0n ? { low, high, exact } : { low: 0, high: Infinity, exact };
  }

  /** The number of what is left of a balance after a purchase. */
  charged(balance: number, purchase: number, share: number): number {
    if (balance === EMPTY) return EMPTY;
    const { children } = this.#purchases[purchase] as Purchase;
    let byShare = children.get(balance);
    if (byShare === undefined) children.set(balance, (byShare = new Map<number, number>()));
    let child = byShare.get(share);
    if (child === undefined) byShare.set(share, (child = this.#left(balance, purchase, share)));
    return child;
  }

  #left(balance: number, purchase: number, share: number): number {
    const { ball, paid: before } = this.#balances[balance] as Balance;
    const price = this.#price(purchase);
    const high = up(up(ball.middle + ball.radius) - down(price.low * share));
    if (high <= 0) return EMPTY;
    const low = max(0, down(down(ball.middle - ball.radius) - up(price.high * share)));
    const earlier = before.find(([of]) => of === purchase)?.[1] ?? 0;
    const others = before.filter(([of]) => of !== purchase);
    const paid = [...others, [purchase, earlier + share] as const].sort(([a], [b]) => a - b);
    const name = paid.join(' ');
    const known = this.#balanceNumbers.get(name);
    if (known !== undefined) return known;
    const half = (high - low) / 2;
    const made =
      this.#balances.push({ ball: { middle: low + half, radius: up(half + high * EPSILON) }, paid }) - 1;
    this.#balanceNumbers.set(name, made);
    return made;
  }

  /** Bounds of what a supporter is charged for each unit of share. */
  #price(purchase: number): { low: number; high: number } {
    const { ways } = this.offer(purchase) as Offer;
    const low = ways.reduce((least, { priceLow }) => min(least, priceLow), Infinity);
    const high = ways.reduce((most, { priceHigh }) => max(most, priceHigh), 0);
    if (high - low <= high * 2 ** -20) return { low, high };
    // Ways that are apart, and nearly as good.
    const { middle, radius } = this.#ball((this.exact(purchase) as ExactOffer).price);
    return { low: down(middle - radius), high: up(middle + radius) };
  }

  #exactBalance(number: number): Rational {
    const balance = this.#balances[number] as Balance;
    if (balance.exact !== undefined) return balance.exact;
    let left = this.endowment;
    for (const [purchase, share] of balance.paid) {
      const { price } = this.exact(purchase) as ExactOffer;
      left = kept(subtract(left, multiply(price, rational(BigInt(share)))));
    }
    balance.exact = compare(left, ZERO) < 0 ? ZERO : left;
    return balance.exact;
  }

  /** Holds an amount over two to the power of `#shift`. */
  #ball({ n, d }: Rational): Ball {
    // So many bits that what is cut off is less than what the radius has room for.
    const more = BigInt(max(0, bits(d) + Number(this.#shift) - bits(n) + 64));
    const whole = (n << more) / (d << this.#shift);
    const cut = BigInt(max(0, bits(whole) - 1000));
    const power = Number(cut - more);
    if (power < -1000) return { middle: TINY, radius: TINY };
    const middle = Number(whole >> cut) * 2 ** power;
    return { middle, radius: up(middle * 2 * EPSILON) };
  }
}

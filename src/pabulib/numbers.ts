/** Numbers as `.pb` files write them. */

/** An amount with at most two decimals, in minor units; `undefined` for anything else. */
export function minorUnits(text: string): bigint | undefined {
  const match = /^(\d{1,18})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (match === null) return undefined;
  return BigInt(match[1] ?? '0') * 100n + BigInt((match[2] ?? '').padEnd(2, '0'));
}

/** Minor units as the file writes them: no decimals where there are no cents. */
export function amountText(minor: bigint): string {
  const cents = minor % 100n;
  return cents === 0n ? String(minor / 100n) : `${minor / 100n}.${String(cents).padStart(2, '0')}`;
}

/** A whole number, not negative and at most 2^53 - 1; `undefined` for anything else, such as `1e3` or nothing. */
export function wholeNumber(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Infinity;
  return Number.isSafeInteger(value) ? value : undefined;
}

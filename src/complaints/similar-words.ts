/** How alike two texts are, without knowing their language: by the three-letter pieces of their words. Pure. */

/** Words of one text that are looked at. */
const MOST_WORDS = 300;

/** The words of a text without accents and case, in their order. */
export function plainWords(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * The pieces of a text: its words without accents and case, each with a blank on either side, cut into all pieces of three
 * letters ("bench" has ` be`, `ben`, `enc`, `nch`, `ch `), each once.
 */
export function pieces(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const word of plainWords(text).slice(0, MOST_WORDS)) {
    // Words of one or two letters are in every text.
    if (word.length < 3) continue;
    const padded = ` ${word} `;
    for (let at = 0; at + 3 <= padded.length; at++) found.add(padded.slice(at, at + 3));
  }
  return found;
}

/** Sørensen–Dice coefficient of two sets of pieces, in thousandths: 0 nothing in common, 1000 the same. */
export function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (one.size === 0 || other.size === 0) return 0;
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  let common = 0;
  for (const piece of small) if (large.has(piece)) common++;
  return Math.round((2_000 * common) / (one.size + other.size));
}

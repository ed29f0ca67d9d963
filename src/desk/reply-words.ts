/** Words with placeholders, filled in for one matter. Pure. */
import type { Texts } from '../contents/text.js';

/** What stands in braces: `{number}`. */
export const PLACEHOLDERS = ['number', 'category', 'area', 'department', 'date', 'due'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** What a matter has of these, in one language. */
export type ReplyValues = Readonly<Partial<Record<Placeholder, string>>>;

const IN_BRACES = /\{([^{}]*)\}/g;

/** Those in braces that are none of the placeholders. */
export function unknownPlaceholders(words: Texts): string[] {
  const known = new Set<string>(PLACEHOLDERS);
  return Object.values(words).flatMap((text) =>
    [...text.matchAll(IN_BRACES)].map(([, name = '']) => name).filter((name) => !known.has(name)),
  );
}

/** Whether they say, once filled in, something of the matter itself; the day is nobody's. */
export function saysOfMatter(words: Texts): boolean {
  return Object.values(words).some((text) =>
    [...text.matchAll(IN_BRACES)].some(([, name]) =>
      PLACEHOLDERS.some((one) => one === name && one !== 'date'),
    ),
  );
}

/** The words with values in place of placeholders; those without a value stay as they are, and are named in `missing`. */
export function filledIn(
  words: Texts,
  valuesIn: (language: string) => ReplyValues,
): { words: Texts; missing: readonly Placeholder[] } {
  const missing = new Set<Placeholder>();
  const filled = Object.entries(words).map(([language, text]) => {
    const values = valuesIn(language);
    const said = text.replace(IN_BRACES, (whole, name: string) => {
      const placeholder = PLACEHOLDERS.find((one) => one === name);
      if (placeholder === undefined) return whole;
      const value = values[placeholder];
      if (value === undefined) missing.add(placeholder);
      return value ?? whole;
    });
    return [language, said] as const;
  });
  return { words: Object.fromEntries(filled), missing: [...missing] };
}

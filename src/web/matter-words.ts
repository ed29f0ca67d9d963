/** The words of the pages of complaints, suggestions and thank-yous, in every language. */
import type { Language } from './languages.js';
import { ast } from './matter-words.ast.js';
import { en } from './matter-words.en.js';
import { es, type MatterWords } from './matter-words.es.js';

export const MATTER_WORDS: Readonly<Record<Language, MatterWords>> = { es, ast, en };

/** Why something was refused, for who filled in a form. */
export function refusalInWords(language: Language, code: string): string {
  const { refusals, refusedOtherwise } = MATTER_WORDS[language];
  return Object.hasOwn(refusals, code) ? (refusals[code] ?? '') : refusedOtherwise(code);
}

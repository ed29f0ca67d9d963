/** The words of the pages of staff's work on matters, in every language. */
import { ast } from './desk-words.ast.js';
import { en } from './desk-words.en.js';
import { es, type DeskWords } from './desk-words.es.js';
import type { Language } from './languages.js';
import { refusalInWords } from './matter-words.js';

export const DESK_WORDS: Readonly<Record<Language, DeskWords>> = { es, ast, en };

/** Why something was refused, for staff. */
export function deskRefusal(language: Language, code: string): string {
  const { refusals } = DESK_WORDS[language];
  return Object.hasOwn(refusals, code) ? (refusals[code] ?? '') : refusalInWords(language, code);
}

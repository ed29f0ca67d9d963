/** The messages of every language, and codes in words. */
import type { Language } from './languages.js';
import { ast } from './messages.ast.js';
import { en } from './messages.en.js';
import { es, type Messages } from './messages.es.js';

export const MESSAGES: Readonly<Record<Language, Messages>> = { es, ast, en };

/** A code in words; a code that nobody translated stays as it is. */
export function inWords(words: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(words, code) ? (words[code] ?? code) : code;
}

/** The words of the pages of staff's work on matters, in every language. */
import type { Rejection } from '../event-store/command-log.js';
import { ast } from './desk-words.ast.js';
import { en } from './desk-words.en.js';
import { es, type DeskWords } from './desk-words.es.js';
import type { Language } from './languages.js';
import { refusalInWords } from './matter-words.js';

export const DESK_WORDS: Readonly<Record<Language, DeskWords>> = { es, ast, en };

/** Why something was refused, for staff. @param detail values for what stands in braces in the sentence */
export function deskRefusal(language: Language, code: string, detail: Rejection['detail'] = {}): string {
  const { refusals } = DESK_WORDS[language];
  if (!Object.hasOwn(refusals, code)) return refusalInWords(language, code);
  return (refusals[code] ?? '').replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(detail, name) ? `{${detail[name]}}` : whole,
  );
}

/**
 * A text that is one thing in several languages. Its bytes are the UTF-8 JSON of language to words with sorted keys, so
 * that the same words have the same bytes.
 */
import type { Rejection } from '../event-store/command-log.js';

/** BCP 47 language (lower case) to words. `und` is for what has no language, such as a list of names. */
export type Texts = Readonly<Record<string, string>>;

export const TEXT_MEDIA_TYPE = 'text/plain';

/** Characters (code points) of one language at most, unless a caller asks for fewer or more. */
export const MAX_TEXT_LENGTH = 10_000;
const MAX_LANGUAGES = 10;

/** @see RFC 5646 §2.1: a language, and at most three more subtags. */
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/;
// C0 but tab and line feed, DEL and C1, and what turns the direction of the words around it (it can make a text look
// like another one): LRE, RLE, PDF, LRO, RLO and the isolates.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The texts in the form in which they are kept: NFC, line feeds, nothing around the words. `path` names the object in the
 * request. Rejects with `text-missing`, `text-languages-too-many`, `text-language-invalid`, `text-malformed`,
 * `text-control-character`, `text-empty` or `text-too-long`.
 */
export function normalTexts(texts: Texts, path: string, maxLength = MAX_TEXT_LENGTH): Texts | Rejection {
  const languages = Object.keys(texts).sort();
  if (languages.length === 0) return { rejected: 'text-missing', field: path };
  if (languages.length > MAX_LANGUAGES) {
    return { rejected: 'text-languages-too-many', field: path, detail: { max: MAX_LANGUAGES } };
  }
  const normal: [string, string][] = [];
  for (const language of languages) {
    if (!LANGUAGE.test(language)) return { rejected: 'text-language-invalid', field: path };
    const field = `${path}.${language}`;
    const words: unknown = texts[language];
    if (typeof words !== 'string') return { rejected: 'text-malformed', field };
    const text = words.replace(/\r\n?/g, '\n').normalize('NFC').trim();
    const fault = textFault(text);
    if (fault !== undefined) return { rejected: fault, field };
    if (text === '') return { rejected: 'text-empty', field };
    if (countCharacters(text) > maxLength) {
      return { rejected: 'text-too-long', field, detail: { max: maxLength } };
    }
    normal.push([language, text]);
  }
  return Object.fromEntries(normal);
}

/** What no words may have, wherever somebody writes them: half of a surrogate pair, and what is not seen and changes what is. */
export function textFault(text: string): 'text-malformed' | 'text-control-character' | undefined {
  if (LONE_SURROGATE.test(text)) return 'text-malformed';
  return CONTROL.test(text) ? 'text-control-character' : undefined;
}

/** Code points: every surrogate pair is one. */
function countCharacters(text: string): number {
  return text.length - (text.match(/[\u{10000}-\u{10ffff}]/gu)?.length ?? 0);
}

/** The bytes of normal texts. */
export function textBytes(texts: Texts): Uint8Array {
  const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return new TextEncoder().encode(JSON.stringify(sorted));
}

/** The texts of bytes whose commitment was verified. @throws SyntaxError for bytes that `textBytes` never makes */
export function parseTexts(bytes: Uint8Array): Texts {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Texts;
}

/**
 * The words in the first language that there are: a wanted one, else its plain language (`es` for `es-mx`), else the first
 * of `texts`, because words in another language are better than none.
 */
export function textIn(texts: Texts, languages: readonly string[]): string {
  for (const wanted of languages) {
    const language = wanted.toLowerCase();
    for (const candidate of [language, language.split('-')[0] ?? '']) {
      // Own properties only: what is wanted comes from outside and could be `constructor`.
      if (Object.hasOwn(texts, candidate)) return texts[candidate] ?? '';
    }
  }
  return Object.values(texts)[0] ?? '';
}

/** The languages of the pages, and which one somebody gets. */

export const LANGUAGES = ['es', 'ast', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each in itself, for the switch. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  es: 'Español',
  ast: 'Asturianu',
  en: 'English',
};

/** For a text that is not there in a page's language: who reads Asturian reads Spanish. */
const FALLBACKS: Readonly<Record<Language, readonly string[]>> = {
  es: ['es', 'ast', 'en'],
  ast: ['ast', 'es', 'en'],
  en: ['en', 'es', 'ast'],
};

export interface LanguageWishes {
  /** `?lang=`. */
  readonly query?: unknown;
  readonly cookie?: string | undefined;
  readonly acceptLanguage?: string | undefined;
}

/** The address's language, else the cookie's, else the browser's first that is offered, else the city's first. */
export function chooseLanguage(wishes: LanguageWishes, offered: readonly Language[]): Language {
  return (
    offered.find((language) => language === wishes.query) ??
    offered.find((language) => language === wishes.cookie) ??
    accepted(wishes.acceptLanguage ?? '', offered) ??
    offered[0] ??
    'es'
  );
}

/** The languages of the settings that the pages have; all of them when there is none. */
export function offeredLanguages(wanted: readonly string[]): readonly Language[] {
  const offered = wanted.flatMap((language) => LANGUAGES.filter((known) => known === language));
  return offered.length === 0 ? LANGUAGES : offered;
}

/** @see RFC 9110 §12.5.4; a header of more than 50 entries is cut. */
function accepted(header: string, offered: readonly Language[]): Language | undefined {
  const ranges = header
    .split(',', 50)
    .map((entry) => {
      const [range = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return {
        language: range.split('-')[0] ?? '',
        weight: weight === undefined ? 1 : Number(weight.slice(2)),
      };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { language } of ranges) {
    const match = offered.find((candidate) => candidate === language);
    if (match !== undefined) return match;
  }
  return undefined;
}

/** Words with the language that they are in, so that a screen reader pronounces them rightly. */
export interface Words {
  readonly text: string;
  readonly language: string;
}

/** The words of a text in the best language for a page; `undefined` for a text that is not public (any more). */
export function wordsIn(
  texts: Readonly<Record<string, string>> | undefined,
  language: Language,
): Words | undefined {
  if (texts === undefined) return undefined;
  const found =
    FALLBACKS[language].find((candidate) => Object.hasOwn(texts, candidate)) ?? Object.keys(texts)[0];
  const text = found === undefined ? undefined : texts[found];
  return found === undefined || text === undefined ? undefined : { text, language: found };
}

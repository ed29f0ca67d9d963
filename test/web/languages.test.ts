import { describe, expect, it } from '@jest/globals';
import { chooseLanguage, LANGUAGES, offeredLanguages, wordsIn } from '../../src/web/languages.js';
import { inWords, MESSAGES } from '../../src/web/messages.js';

describe('choosing a language', () => {
  it('takes the address before the cookie before the browser before the first', () => {
    const wishes = { query: 'ast', cookie: 'en', acceptLanguage: 'es' };
    expect(chooseLanguage(wishes, LANGUAGES)).toBe('ast');
    expect(chooseLanguage({ ...wishes, query: 'xx' }, LANGUAGES)).toBe('en');
    expect(chooseLanguage({ acceptLanguage: 'es' }, LANGUAGES)).toBe('es');
    expect(chooseLanguage({}, ['en', 'es'])).toBe('en');
  });

  it('reads what a browser accepts by its weights', () => {
    expect(chooseLanguage({ acceptLanguage: 'fr, en-GB;q=0.5, ast-ES;q=0.9, es;q=0' }, LANGUAGES)).toBe(
      'ast',
    );
    expect(chooseLanguage({ acceptLanguage: 'es;q=0, en;q=0.1' }, LANGUAGES)).toBe('en');
    expect(chooseLanguage({ acceptLanguage: '*, ;;q=,' }, LANGUAGES)).toBe('es');
  });

  it('takes no word of an address for a language', () => {
    expect(chooseLanguage({ query: ['ast', 'en'], cookie: '__proto__' }, LANGUAGES)).toBe('es');
  });

  it('offers what the settings and the pages both have', () => {
    expect(offeredLanguages(['ast', 'eo', 'es'])).toEqual(['ast', 'es']);
    expect(offeredLanguages(['eo'])).toEqual(LANGUAGES);
  });
});

describe('words', () => {
  it('fall back from Asturian to Spanish, and say in which language they are', () => {
    expect(wordsIn({ en: 'Quay', es: 'Muelle' }, 'ast')).toEqual({ text: 'Muelle', language: 'es' });
    expect(wordsIn({ pl: 'Nabrzeże' }, 'es')).toEqual({ text: 'Nabrzeże', language: 'pl' });
    expect(wordsIn({}, 'es')).toBeUndefined();
    expect(wordsIn(undefined, 'es')).toBeUndefined();
  });

  it('of a code that nobody translated are the code', () => {
    expect(inWords({ sport: 'Deporte' }, 'sport')).toBe('Deporte');
    expect(inWords({ sport: 'Deporte' }, 'constructor')).toBe('constructor');
  });
});

/** Every message with its path; functions are called, so that each gives its words. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const words = (value as (...args: unknown[]) => unknown)(
      ...Array.from({ length: value.length }, () => '2'),
    );
    return [[`${path}()`, String(words)]];
  }
  return Object.entries(value as object).flatMap(([key, inner]) => flatten(inner, `${path}.${key}`));
}

describe('messages', () => {
  const spanish = new Map(flatten(MESSAGES.es));

  it.each(LANGUAGES)(
    'are complete in %s: nothing empty, nothing left over, every value in its place',
    (language) => {
      const messages = flatten(MESSAGES[language]);
      const paths = (all: Iterable<string>) => [...all].map((path) => path.replace('()', '')).sort();
      expect(paths(messages.map(([path]) => path))).toEqual(paths(spanish.keys()));
      for (const [path, words] of messages) {
        expect({ path, empty: words.trim() === '' }).toEqual({ path, empty: false });
        expect({ path, broken: words.includes('undefined') }).toEqual({ path, broken: false });
      }
    },
  );

  it.each(['ast', 'en'] as const)('in %s are a translation, not a copy', (language) => {
    const sentences = flatten(MESSAGES[language]).filter(([, words]) => words.length > 25);
    const same = sentences.filter(([path, words]) => spanish.get(path) === words);
    // A few sentences are the same in Spanish and Asturian.
    expect(same.length).toBeLessThan(sentences.length / 20);
  });
});

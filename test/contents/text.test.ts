import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalTexts, parseTexts, textBytes, textIn, type Texts } from '../../src/contents/text.js';

describe('a text in several languages', () => {
  it('is kept in NFC, with line feeds and nothing around it', () => {
    expect(normalTexts({ es: ' an\u0303o\r\nnuevo\r ', ast: 'añu' }, 'title')).toEqual({
      ast: 'añu',
      es: 'año\nnuevo',
    });
  });

  it.each<[code: string, texts: unknown, field: string]>([
    ['text-missing', {}, 'title'],
    [
      'text-languages-too-many',
      Object.fromEntries(Array.from('abcdefghijk', (c) => [`e${c}`, 'x'])),
      'title',
    ],
    ['text-language-invalid', { Spanish: 'x' }, 'title'],
    ['text-language-invalid', { ES: 'x' }, 'title'],
    ['text-language-invalid', JSON.parse('{"__proto__": "x"}'), 'title'],
    ['text-malformed', { es: 1 }, 'title.es'],
    ['text-malformed', { es: 'half \ud83d' }, 'title.es'],
    ['text-control-character', { es: 'a\u0000b' }, 'title.es'],
    ['text-control-character', { es: 'a\u009fb' }, 'title.es'],
    ['text-control-character', { es: 'turned \u202eround' }, 'title.es'],
    ['text-empty', { es: ' \n ' }, 'title.es'],
    ['text-too-long', { es: '😀'.repeat(11) }, 'title.es'],
    ['text-too-long', { es: 'x'.repeat(1_000_000) }, 'title.es'],
  ])('is refused with %s', (rejected, texts, field) => {
    expect(normalTexts(texts as Texts, 'title', 10)).toMatchObject({ rejected, field });
  });

  it('counts characters, not their halves', () => {
    expect(normalTexts({ es: '😀'.repeat(10) }, 'title', 10)).toEqual({ es: '😀'.repeat(10) });
    expect(normalTexts({ es: 'Tab\tand\nline 👩‍👩‍👧' }, 'title')).toEqual({ es: 'Tab\tand\nline 👩‍👩‍👧' });
  });

  it('has bytes that do not depend on the order of languages, and reads back', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((t) => t.trim() !== '');
    fc.assert(
      fc.property(text, text, (es, ast) => {
        const bytes = textBytes({ es, ast });
        expect(textBytes({ ast, es })).toEqual(bytes);
        expect(parseTexts(bytes)).toEqual({ es, ast });
      }),
    );
  });

  it.each([
    [['ast', 'es'], 'añu'],
    [['fr', 'en', 'es'], 'year'],
    [['es-MX'], 'año'],
    [['constructor', 'fr'], 'añu'],
    [[], 'añu'],
  ])('in %j', (languages, expected) => {
    expect(textIn({ ast: 'añu', en: 'year', es: 'año' }, languages)).toBe(expected);
  });
});

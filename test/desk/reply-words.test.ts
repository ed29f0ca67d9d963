import { describe, expect, it } from '@jest/globals';
import { isFor } from '../../src/desk/reply-templates.js';
import { filledIn, unknownPlaceholders } from '../../src/desk/reply-words.js';

describe('words with placeholders', () => {
  const values = { es: { number: '1a2b', area: 'Puerto' }, en: { number: '1a2b', area: 'Harbour' } };
  const valuesIn = (language: string) => values[language as 'es'];

  it('are filled in, each language with its own', () => {
    const words = { es: 'La {number} de {area}, {area}.', en: '{number} in {area}' };
    expect(filledIn(words, valuesIn)).toEqual({
      words: { es: 'La 1a2b de Puerto, Puerto.', en: '1a2b in Harbour' },
      missing: [],
    });
  });

  it('keep what there is no value for, and say so once', () => {
    const { words, missing } = filledIn({ es: '{department}: {category} {department}' }, valuesIn);
    expect(words).toEqual({ es: '{department}: {category} {department}' });
    expect(missing).toEqual(['department', 'category']);
  });

  it('put in what looks like a placeholder as it is', () => {
    const odd = () => ({ area: '{number} $& $1' });
    expect(filledIn({ es: 'En {area}.' }, odd).words).toEqual({ es: 'En {number} $& $1.' });
  });

  it('tell what stands in braces and is none', () => {
    expect(unknownPlaceholders({ es: '{number} {nombre}', en: '{} {Number} {toString}' })).toEqual([
      'nombre',
      '',
      'Number',
      'toString',
    ]);
    expect(unknownPlaceholders({ es: 'sin {number} } {' })).toEqual([]);
  });
});

describe('a template', () => {
  const parents = new Map([
    ['lamp', { parent: 'lighting' }],
    ['lighting', {}],
    ['one', { parent: 'two' }],
    ['two', { parent: 'one' }],
  ]);
  it.each([
    [undefined, 'lamp', true],
    [undefined, undefined, true],
    ['lamp', 'lamp', true],
    ['lighting', 'lamp', true],
    ['lamp', 'lighting', false],
    ['lamp', undefined, false],
    ['lamp', 'one', false],
  ])('of %s is for a matter of %s: %s', (category, ofMatter, fits) => {
    expect(isFor(category === undefined ? {} : { category }, ofMatter, parents)).toBe(fits);
  });
});

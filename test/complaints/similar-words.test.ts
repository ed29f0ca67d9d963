import { describe, expect, it } from '@jest/globals';
import { likeness, pieces } from '../../src/complaints/similar-words.js';

const alike = (one: string, other: string) => likeness(pieces(one), pieces(other));

describe('likeness', () => {
  it('is 1000 for the same words in another order, case and without accents', () => {
    expect(alike('La farola está rota', 'ROTA esta la Farola')).toBe(1_000);
  });

  it('is 0 for nothing in common, and for texts without words', () => {
    expect(alike('farola', 'zumo')).toBe(0);
    expect(alike('', 'farola')).toBe(0);
    expect(alike('a el 1', 'a el 1')).toBe(0);
  });

  it('puts the same trouble in other words above another trouble', () => {
    const lamp = 'La farola de la esquina no funciona desde el lunes';
    const same = 'Farola apagada en la esquina, no funciona por la noche';
    const other = 'Hay un banco roto en el parque y nadie lo arregla';
    expect(alike(lamp, same)).toBeGreaterThan(2 * alike(lamp, other));
  });

  it('cuts words into pieces of three letters with a blank on either side', () => {
    expect([...pieces('bench')]).toEqual([' be', 'ben', 'enc', 'nch', 'ch ']);
  });
});

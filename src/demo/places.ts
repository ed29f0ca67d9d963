/** Where things are in the demo's city: streets and grounds with made-up names, each well within one of the areas of `city.ts`. */
import type { Lot } from './lot.js';

export type Ground = 'street' | 'park' | 'beach' | 'school' | 'bar' | 'golf';

export interface DemoPlace {
  readonly area: string;
  readonly ground: Ground;
  readonly name: string;
  /** As it stands in a sentence after "en". */
  readonly inWords: string;
  /** Its two ends, in microdegrees. */
  readonly ends: readonly [readonly [lat: number, long: number], readonly [lat: number, long: number]];
}

type End = readonly [lat: number, long: number];

function place(area: string, ground: Ground, inWords: string, from: End, to: End): DemoPlace {
  const name = inWords.replace(/^(el|la|los|las) /, '');
  const ends = [from, to].map(([lat, long]) => [Math.round(lat * 1e6), Math.round(long * 1e6)]);
  return {
    area,
    ground,
    inWords,
    name: name.charAt(0).toUpperCase() + name.slice(1),
    ends: ends as unknown as DemoPlace['ends'],
  };
}

export const PLACES: readonly DemoPlace[] = [
  place('harbour', 'street', 'la calle del Faro', [43.562, -6.088], [43.567, -6.087]),
  place('harbour', 'street', 'la calle de las Redes', [43.5625, -6.091], [43.5625, -6.08]),
  place('harbour', 'street', 'el paseo del Muelle', [43.5675, -6.094], [43.568, -6.07]),
  place('harbour', 'street', 'la cuesta de la Atalaya', [43.5615, -6.097], [43.566, -6.099]),
  place('harbour', 'bar', 'la plaza de la Lonja', [43.5648, -6.083], [43.5652, -6.081]),
  place('harbour', 'bar', 'la calle de la Sidra', [43.563, -6.085], [43.5646, -6.084]),
  place('harbour', 'beach', 'la playa de las Gaviotas', [43.5688, -6.116], [43.5686, -6.1]),
  place('harbour', 'park', 'el parque del Rompeolas', [43.564, -6.075], [43.566, -6.072]),
  place('harbour', 'school', 'el colegio Costa Verde', [43.5622, -6.078], [43.5626, -6.077]),
  place('market', 'street', 'la avenida de la Estación', [43.5485, -6.091], [43.558, -6.083]),
  place('market', 'street', 'la calle del Mercado', [43.5495, -6.086], [43.5525, -6.08]),
  place('market', 'street', 'la calle de los Telares', [43.545, -6.088], [43.5465, -6.074]),
  place('market', 'street', 'la calle del Doctor Inventado', [43.5535, -6.09], [43.5535, -6.073]),
  place('market', 'street', 'la ronda del Este', [43.535, -6.065], [43.555, -6.063]),
  place('market', 'street', 'la calle del Reloj', [43.5505, -6.0895], [43.556, -6.079]),
  place('market', 'bar', 'la plaza del Mercado', [43.5508, -6.0838], [43.5512, -6.082]),
  place('market', 'bar', 'la calle de los Cantares', [43.5518, -6.087], [43.553, -6.0855]),
  place('market', 'park', 'el parque de los Tilos', [43.547, -6.082], [43.549, -6.078]),
  place('market', 'park', 'los jardines de la Estación', [43.5495, -6.0925], [43.5505, -6.0905]),
  place('market', 'school', 'el instituto del Este', [43.5425, -6.07], [43.543, -6.068]),
  place('market', 'school', 'el colegio La Alameda', [43.5475, -6.09], [43.548, -6.0885]),
  place('valley', 'street', 'la carretera del Valle', [43.558, -6.098], [43.535, -6.11]),
  place('valley', 'street', 'el camino del Molino', [43.54, -6.102], [43.545, -6.112]),
  place('valley', 'street', 'la calle de la Fuente', [43.552, -6.1], [43.554, -6.107]),
  place('valley', 'street', 'la travesía de San Inventado', [43.5465, -6.0985], [43.549, -6.104]),
  place('valley', 'park', 'la senda del río', [43.5375, -6.098], [43.556, -6.1005]),
  place('valley', 'school', 'la escuela del Valle', [43.5442, -6.1005], [43.5446, -6.0995]),
  place('valley', 'bar', 'la plaza de la Bolera', [43.5525, -6.1022], [43.5528, -6.1012]),
  place('valley', 'golf', 'el campo de golf de La Vega', [43.534, -6.115], [43.539, -6.1165]),
];

/** As far to either side of the middle of a street, in microdegrees: some fifteen metres. */
const ASIDE = 150;

/** A point on it in microdegrees, with its address. */
export function pointIn(random: Lot, { ends: [from, to], ground, name }: DemoPlace) {
  const along = random();
  const aside = () => (random() * 2 - 1) * ASIDE;
  const number = 1 + Math.floor(along * 60) * 2 + (random() < 0.5 ? 1 : 0);
  return {
    lat: Math.round(from[0] + (to[0] - from[0]) * along + aside()),
    long: Math.round(from[1] + (to[1] - from[1]) * along + aside()),
    address: ground === 'street' ? `${name}, ${number}` : name,
  };
}

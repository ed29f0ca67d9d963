/** The made-up city of the demo, in the format of `docs/city.example.json`. Its coast is an empty stretch of sea. */
import { holidaysOf } from './holidays.js';

type Corners = [west: number, south: number, east: number, north: number];

function rectangle([west, south, east, north]: Corners) {
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: 'Polygon', coordinates: [ring] };
}

export const DEMO_CITY = {
  city: {
    name: {
      es: 'Villaficticia (ciudad inventada)',
      ast: 'Villaficticia (ciudá inventada)',
      en: 'Villaficticia (a made-up city)',
    },
    timeZone: 'Europe/Madrid',
    languages: ['es', 'ast', 'en'],
  },
  areas: [
    {
      id: 'city',
      name: { es: 'Toda la ciudad', ast: 'Tola ciudá', en: 'The whole city' },
      geometry: rectangle([-6.12, 43.53, -6.06, 43.57]),
    },
    {
      id: 'harbour',
      parent: 'city',
      name: { es: 'El Puerto', ast: 'El Puertu', en: 'Harbour' },
      geometry: rectangle([-6.12, 43.56, -6.06, 43.57]),
    },
    {
      id: 'market',
      parent: 'city',
      name: { es: 'El Mercado', ast: 'El Mercáu', en: 'Market' },
      geometry: rectangle([-6.095, 43.53, -6.06, 43.56]),
    },
    {
      id: 'valley',
      parent: 'city',
      name: { es: 'El Valle', ast: 'El Valle', en: 'Valley' },
      geometry: rectangle([-6.12, 43.53, -6.095, 43.56]),
    },
  ],
  departments: [
    { id: 'participation', name: { es: 'Participación', ast: 'Participación', en: 'Participation' } },
    { id: 'works', name: { es: 'Obras públicas', ast: 'Obres públiques', en: 'Public works' } },
    { id: 'lighting', name: { es: 'Alumbrado', ast: 'Alluméu', en: 'Lighting' } },
    { id: 'cleaning', name: { es: 'Limpieza', ast: 'Llimpieza', en: 'Cleaning' } },
    { id: 'parks', name: { es: 'Parques y jardines', ast: 'Parques y xardinos', en: 'Parks and gardens' } },
    { id: 'mobility', name: { es: 'Movilidad', ast: 'Movilidá', en: 'Mobility' } },
    { id: 'water', name: { es: 'Aguas', ast: 'Agües', en: 'Water' } },
    { id: 'police', name: { es: 'Policía local', ast: 'Policía llocal', en: 'Local police' } },
  ],
};

/** The city's file with the holidays of all years from one instant to another. */
export function demoCityFile(from: Date, until: Date) {
  const years: Record<string, string[]> = {};
  for (let year = from.getUTCFullYear(); year <= until.getUTCFullYear(); year++)
    years[year] = holidaysOf(year);
  return { ...DEMO_CITY, holidays: { calendar: 'villaficticia', years } };
}

/** Budgets of the areas in cents. */
export const BUDGETS = [
  { id: 'city', budget: 30_000_000 },
  { id: 'harbour', budget: 8_000_000 },
  { id: 'market', budget: 8_000_000 },
  { id: 'valley', budget: 8_000_000 },
];

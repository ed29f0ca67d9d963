/** A city's file and what its import answers, in the description of the API. What a file may hold is checked by `readCity`. */
import { Type, type TSchema } from 'typebox';

const comment = { $comment: Type.Optional(Type.Unknown()) };

function closed<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object({ ...comment, ...properties }, { additionalProperties: false });
}

const Id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$' });
const Texts = Type.Record(Type.String(), Type.String(), { description: 'By language', minProperties: 1 });
const Geometry = Type.Object(
  {
    type: Type.String({ enum: ['Polygon', 'MultiPolygon'] }),
    coordinates: Type.Array(Type.Array(Type.Unknown())),
  },
  { description: 'In degrees, longitude first (RFC 7946)' },
);
const Feature = Type.Object({
  type: Type.Optional(Type.String({ enum: ['Feature'] })),
  id: Id,
  geometry: Type.Union([Geometry, Type.Null()]),
});

/** `docs/city.md` explains each field. */
export const CityFileBody = closed({
  city: closed({
    name: Texts,
    timeZone: Type.String({ description: 'A name of the IANA list' }),
    languages: Type.Array(Type.String({ pattern: '^[a-z]{2,3}$' }), { minItems: 1, maxItems: 10 }),
  }),
  areas: Type.Array(
    closed({
      id: Id,
      parent: Type.Optional(Id),
      name: Texts,
      pabulib: Type.Optional(
        Type.Array(Type.String(), { description: 'What .pb files call it', maxItems: 20 }),
      ),
      geometry: Type.Optional(Geometry),
    }),
    { description: 'One of them, the whole city, has no parent', minItems: 1, maxItems: 2_000 },
  ),
  polygons: Type.Optional(
    Type.Object(
      { type: Type.String({ enum: ['FeatureCollection'] }), features: Type.Array(Feature) },
      { description: 'Shapes by the id of their area, for those that have none beside their name' },
    ),
  ),
  departments: Type.Optional(Type.Array(closed({ id: Id, name: Texts }), { maxItems: 500 })),
  holidays: Type.Optional(
    closed({
      calendar: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }),
      years: Type.Record(Type.String(), Type.Array(Type.String())),
    }),
  ),
});

/** Made up. */
export const CITY_FILE_EXAMPLE = {
  city: { name: { es: 'Valdeejemplo' }, timeZone: 'Europe/Madrid', languages: ['es', 'ast'] },
  areas: [
    { id: 'city', name: { es: 'Todo Valdeejemplo' }, pabulib: ['Valdeejemplo', 'Citywide'] },
    {
      id: 'harbour',
      parent: 'city',
      name: { es: 'El Puerto', ast: 'El Puertu' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [-6.2, 43.5],
            [-6.1, 43.5],
            [-6.1, 43.6],
            [-6.2, 43.5],
          ],
        ],
      },
    },
  ],
  departments: [{ id: 'works', name: { es: 'Obras' } }],
  holidays: { calendar: 'valdeejemplo', years: { '2026': ['2026-01-01', '2026-09-08'] } },
};

export const CityImportedAnswer = {
  schema: Type.Object(
    {
      events: Type.Integer({ minimum: 0, description: '0 when the log said all of it before' }),
      position: Type.String({
        pattern: '^-?\\d+$',
        description: 'Place in the log of the last event; -1 when there was nothing to append',
      }),
    },
    { additionalProperties: false },
  ),
  example: { events: 5, position: '1041' },
};

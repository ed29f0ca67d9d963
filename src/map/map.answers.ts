/** What the addresses of the map answer. */
import { Type } from 'typebox';
import { closed, Code, Count, Instant, Uuid } from '../../projections/events/schema.js';
import { MatterKind, StateKind } from '../../projections/events/complaints.js';
import { matterJson, MATTER, MATTER_EXAMPLE } from '../complaints/matters.answers.js';
import type { NearMatter } from './map.queries.js';
import type { OnMap } from './place-map.js';

const Point = closed({
  type: Type.Literal('Point'),
  coordinates: Type.Tuple([Type.Number(), Type.Number()], {
    description: 'Longitude and latitude in degrees',
  }),
});
const Feature = Type.Union([
  closed({
    type: Type.Literal('Feature'),
    id: Uuid,
    geometry: Point,
    properties: closed({ kind: MatterKind, category: Code, stateKind: StateKind, filedAt: Instant }),
  }),
  closed({
    type: Type.Literal('Feature'),
    geometry: Point,
    properties: closed({
      count: Type.Integer({ minimum: 2, description: 'Matters that lie there together' }),
    }),
  }),
]);

/** RFC 7946. */
export const MapAnswer = {
  schema: closed({
    type: Type.Literal('FeatureCollection'),
    count: Type.Integer({ minimum: 0, description: 'Of all matters in the box' }),
    features: Type.Array(Feature),
  }),
  example: {
    type: 'FeatureCollection',
    count: 13,
    features: [
      {
        type: 'Feature',
        id: '0d9c4a1e-0f6a-5c1e-9a3e-5d2f1c7b8a90',
        geometry: { type: 'Point', coordinates: [-6.1023, 43.5451] },
        properties: {
          kind: 'complaint',
          category: 'street-lamp',
          stateKind: 'open',
          filedAt: '2026-05-01T08:00:00.000Z',
        },
      },
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [-6.0987, 43.5422] },
        properties: { count: 12 },
      },
    ],
  },
};

export const NearAnswer = {
  schema: closed({
    items: Type.Array(
      closed({
        matter: MATTER,
        metres: Count,
        likeness: Type.Integer({
          minimum: 0,
          maximum: 1_000,
          description: 'Of the words; 1000 for the same',
        }),
      }),
    ),
  }),
  example: { items: [{ matter: MATTER_EXAMPLE, metres: 12, likeness: 412 }] },
};

export function mapJson({ matters, clusters, count }: OnMap) {
  return {
    type: 'FeatureCollection',
    count,
    features: [
      ...matters.map(({ id, lat, long, kind, category, stateKind, filedAt }) => ({
        type: 'Feature',
        id,
        geometry: pointOf(lat, long),
        properties: { kind, category, stateKind, filedAt },
      })),
      ...clusters.map((cluster) => ({
        type: 'Feature',
        geometry: pointOf(cluster.lat, cluster.long),
        properties: { count: cluster.count },
      })),
    ],
  };
}

export function nearJson({ matter, metres, likeness }: NearMatter) {
  return { matter: matterJson(matter), metres, likeness };
}

function pointOf(lat: number, long: number) {
  return { type: 'Point', coordinates: [long / 1e6, lat / 1e6] };
}

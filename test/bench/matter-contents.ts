/**
 * What the matters of `matter-log.ts` are about, as contents: made up, and for the same number the same. A fifth of them is about
 * one place of its category, as when everybody writes about one lamp; the others are spread over the city.
 */
import type { Pool } from 'pg';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import { recordBytes, type Place } from '../../src/complaints/details.js';
import { contentCommitment, RECORD_MEDIA_TYPE, type ContentRef } from '../../src/contents/contents.js';
import { TEXT_MEDIA_TYPE, textBytes } from '../../src/contents/text.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';

export const CATEGORIES = 40;
const AREAS = 60;
const DEPARTMENTS = 12;
/** West, south, width and height of the city, in microdegrees: five kilometres in each direction. */
export const CITY_BOX = { west: -6_120_000, south: 43_530_000, width: 60_000, height: 40_000 };
/** Some fifty metres around the place that many write about. */
const NEAR = 600;
const WORDS = (
  'la farola de esta calle lleva semanas apagada y nadie viene a verla por noche pasamos miedo los vecinos junto al parque hay ' +
  'baches enormes que con lluvia parecen charcos contenedores llenos desde el lunes ruido insoportable del bar hasta tarde aceras ' +
  'rotas donde una persona mayor se cayó ayer falta sombra en los bancos gracias por arreglar tan pronto semáforo estropeado cruce ' +
  'peligroso para niños colegio árbol caído sobre carril bici fuente sin agua papeleras quemadas'
).split(' ');

/** From 0 to below 1: which number has which looks like chance, and never changes. */
export function chance(i: number, what: number): number {
  let bits = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(what + 1, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}

/** Of a thing of a number; `group` tells things of one number apart. */
export function uuid(group: number, i: number): string {
  return `${group.toString(16).padStart(8, '0')}-0000-5000-8000-${i.toString(16).padStart(12, '0')}`;
}

/** Category, area and department of a matter. */
export function aboutOf(i: number): { category: string; area: string; department: string } {
  const category = Math.floor(chance(i, 1) * CATEGORIES);
  return {
    category: `category-${category}`,
    area: `area-${Math.floor(chance(i, 2) * AREAS)}`,
    department: `department-${category % DEPARTMENTS}`,
  };
}

export function placeOf(i: number): Required<Place> {
  const address = `Calle ${i % 900}, ${1 + (i % 60)}`;
  if (chance(i, 4) < 0.2) return { ...near(crowdedPlace(aboutOf(i).category), i), address };
  return { ...within(i), address };
}

/** What many write about in a category. */
export function crowdedPlace(category: string): { lat: number; long: number } {
  return within(-1_000 - Number(category.replace('category-', '')));
}

function within(i: number): { lat: number; long: number } {
  const { west, south, width, height } = CITY_BOX;
  return {
    lat: south + Math.floor(chance(i, 5) * height),
    long: west + Math.floor(chance(i, 6) * width),
  };
}

function near({ lat, long }: { lat: number; long: number }, i: number): { lat: number; long: number } {
  const off = (what: number) => Math.round((chance(i, what) - 0.5) * NEAR);
  return { lat: lat + off(7), long: long + off(8) };
}

/** Some 25 words. */
export function textOf(i: number): string {
  return Array.from(
    { length: 18 + (i % 15) },
    (_, n) => WORDS[Math.floor(chance(i, 100 + n) * WORDS.length)],
  ).join(' ');
}

const PARTS = ['details', 'text', 'place', 'words'] as const;
type Part = (typeof PARTS)[number];

interface BenchContent extends ContentRef {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly salt: Uint8Array;
}

/** The reference of a content, which does not depend on whether it is written. */
export function refOf(i: number, part: Part): ContentRef {
  const { id, commitment } = contentOf(i, part);
  return { id, commitment };
}

function contentOf(i: number, part: Part): BenchContent {
  const id = uuid(1 + PARTS.indexOf(part), i);
  const salt = nodeCrypto.sha256(utf8(id));
  const bytes = bytesOf(i, part);
  const isText = part === 'text' || part === 'words';
  const commitment = toBase64url(contentCommitment(nodeCrypto, { id, salt, bytes }));
  return { id, commitment, mediaType: isText ? TEXT_MEDIA_TYPE : RECORD_MEDIA_TYPE, bytes, salt };
}

function bytesOf(i: number, part: Part): Uint8Array {
  if (part === 'text') return textBytes({ es: textOf(i) });
  if (part === 'words') return textBytes({ es: `Hemos ido a verlo. ${textOf(i + 1)}` });
  if (part === 'place') return recordBytes(placeOf(i));
  const text = refOf(i, 'text');
  const more = { place: placeOf(i), answers: {}, photos: [], private: false, language: 'es' };
  return recordBytes({ ...aboutOf(i), ...more, text });
}

const PER_STATEMENT = 2_000;

/** Writes the contents of so many matters into their table. */
export async function writeContents(pool: Pool, matters: number): Promise<void> {
  for (const part of PARTS) {
    for (let from = 0; from < matters; from += PER_STATEMENT) {
      const many = Math.min(PER_STATEMENT, matters - from);
      const rows = Array.from({ length: many }, (_, index) => contentOf(from + index, part));
      await pool.query(
        `insert into contents (id, media_type, bytes, salt, commitment, kept, created_at)
         select id, media_type, bytes, salt, decode(commitment, 'base64'), true, now()
         from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::text[])
           as written (id, media_type, bytes, salt, commitment)`,
        [
          rows.map(({ id }) => id),
          rows.map(({ mediaType }) => mediaType),
          rows.map(({ bytes }) => bytes),
          rows.map(({ salt }) => salt),
          rows.map(({ commitment }) => `${commitment.replaceAll('-', '+').replaceAll('_', '/')}=`),
        ],
      );
    }
  }
}

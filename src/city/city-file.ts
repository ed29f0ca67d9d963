/**
 * The one file that describes a city: JSON, checked whole before anything is written, with every problem named by a code
 * and the path of its field. See `docs/city.example.json`.
 */
import { canonicalText, MAX_CANONICAL_BYTES, NotCanonical } from '../../projections/canonical.js';
import type { DataOf } from '../../projections/events/catalogue.js';
import type { Texts } from '../contents/text.js';
import { treeProblems, namesProblems } from './area-rules.js';
import { isTimeZone } from '../calendar.js';
import { Fields, type Problem } from './fields.js';
import type { Polygon } from './geometry.js';
import { readPolygons } from './geojson.js';
import { readHolidays } from './holidays-file.js';

export type { Problem } from './fields.js';

export interface AreaEntry {
  id: string;
  parent?: string;
  name: Texts;
  /** What `.pb` files call it. */
  pabulib: readonly string[];
  polygons: readonly Polygon[];
}

export interface CityFile {
  name: Texts;
  timeZone: string;
  languages: readonly string[];
  /** Every parent before its children. */
  areas: readonly AreaEntry[];
  departments: readonly { id: string; name: Texts }[];
  holidays: readonly DataOf<'HolidaysDeclared'>[];
}

export const MAX_CITY_FILE_BYTES = 20_000_000;
const MAX_AREAS = 2_000;
const MAX_DEPARTMENTS = 500;
/** What the leaf of an event holds beside its data. */
const ENVELOPE_BYTES = 1_000;
const MAX_NAME_LENGTH = 200;
const LANGUAGE = /^[a-z]{2,3}$/;
const TIME_ZONE = /^[A-Za-z_]{1,32}(\/[A-Za-z0-9_+-]{1,32}){0,2}$/;

/** What the bytes of a file hold as JSON. `file-too-large`, `file-not-json`. */
export function parseCityFile(bytes: Uint8Array): { file: unknown } | { problems: readonly Problem[] } {
  if (bytes.length > MAX_CITY_FILE_BYTES) return { problems: [{ code: 'file-too-large', field: '' }] };
  try {
    return { file: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown };
  } catch {
    return { problems: [{ code: 'file-not-json', field: '' }] };
  }
}

/** The city of a file as it came out of JSON, or every problem found in it (a hundred at most). */
export function readCity(file: unknown): { city: CityFile } | { problems: readonly Problem[] } {
  const fields = new Fields();
  const city = cityOf(fields, file);
  return fields.problems.length > 0 ? { problems: fields.problems } : { city };
}

function cityOf(fields: Fields, parsed: unknown): CityFile {
  const file = fields.object(parsed, '', ['city', 'areas', 'polygons', 'departments', 'holidays']);
  const city = fields.object(file.city, 'city', ['name', 'timeZone', 'languages']);
  const timeZone = fields.text(city.timeZone, 'city.timeZone');
  if (timeZone !== '' && !(TIME_ZONE.test(timeZone) && isTimeZone(timeZone))) {
    fields.problem('time-zone-unknown', 'city.timeZone');
  }
  return {
    name: fields.texts(city.name, 'city.name', MAX_NAME_LENGTH),
    timeZone,
    languages: readLanguages(fields, city.languages),
    areas: readAreas(fields, file.areas, file.polygons),
    departments: readDepartments(fields, file.departments),
    holidays: readHolidays(fields, file.holidays),
  };
}

function readLanguages(fields: Fields, value: unknown): string[] {
  const languages = fields.list(value, 'city.languages', 10).map((language, index) => {
    const field = `city.languages.${index}`;
    const code = fields.text(language, field);
    if (code !== '' && !LANGUAGE.test(code)) fields.problem('language-invalid', field);
    return code;
  });
  if (languages.length === 0) fields.problem('languages-missing', 'city.languages');
  fields.unique(languages, 'language-repeated', (index) => `city.languages.${index}`);
  return languages;
}

function readAreas(fields: Fields, value: unknown, collection: unknown): AreaEntry[] {
  const features = readFeatures(fields, collection);
  const areas = fields.list(value, 'areas', MAX_AREAS).map((item, index): AreaEntry => {
    const field = `areas.${index}`;
    const area = fields.object(item, field, ['id', 'parent', 'name', 'pabulib', 'geometry']);
    const id = fields.id(area.id, `${field}.id`);
    const parent = area.parent === undefined ? undefined : fields.id(area.parent, `${field}.parent`);
    const feature = features.get(id);
    features.delete(id);
    if (feature && area.geometry !== undefined) fields.problem('geometry-repeated', `${field}.geometry`);
    const geometry = feature ?? { value: area.geometry, field: `${field}.geometry` };
    const entry: AreaEntry = {
      id,
      name: fields.texts(area.name, `${field}.name`, MAX_NAME_LENGTH),
      pabulib: fields
        .list(area.pabulib ?? [], `${field}.pabulib`, 20)
        .map((alias, i) => fields.line(alias, `${field}.pabulib.${i}`, MAX_NAME_LENGTH)),
      polygons: geometry.value === undefined ? [] : readPolygons(fields, geometry.value, geometry.field),
      ...(parent !== undefined && { parent }),
    };
    checkSize(fields, entry, geometry.field);
    return entry;
  });
  for (const { field } of features.values()) fields.problem('polygon-of-no-area', field);
  fields.unique(
    areas.map((area) => area.id),
    'area-id-repeated',
    (index) => `areas.${index}.id`,
  );
  for (const { code, field } of [...treeProblems(areas), ...namesProblems(areas)])
    fields.problem(code, field);
  return parentsFirst(areas);
}

/** The geometries of a GeoJSON FeatureCollection by the `id` of each feature, which is an area's. @see RFC 7946 §3.2 */
function readFeatures(fields: Fields, value: unknown): Map<string, { value: unknown; field: string }> {
  const found = new Map<string, { value: unknown; field: string }>();
  if (value === undefined) return found;
  const collection = fields.object(value, 'polygons');
  if (collection.type !== 'FeatureCollection') fields.problem('geojson-not-features', 'polygons.type');
  for (const [index, item] of fields.list(collection.features, 'polygons.features', MAX_AREAS).entries()) {
    const field = `polygons.features.${index}`;
    const feature = fields.object(item, field);
    const id = fields.id(feature.id, `${field}.id`);
    if (found.has(id)) fields.problem('polygon-repeated', `${field}.id`);
    found.set(id, { value: feature.geometry ?? undefined, field: `${field}.geometry` });
  }
  return found;
}

/** An area is one event, and an event has a greatest size. */
function checkSize(fields: Fields, { polygons }: AreaEntry, field: string): void {
  try {
    if (canonicalText(polygons).length <= MAX_CANONICAL_BYTES - ENVELOPE_BYTES) return;
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
  }
  fields.problem('polygon-too-large', field);
}

function readDepartments(fields: Fields, value: unknown): { id: string; name: Texts }[] {
  const departments = fields
    .list(value ?? [], 'departments', MAX_DEPARTMENTS)
    .map((item, index): { id: string; name: Texts } => {
      const field = `departments.${index}`;
      const department = fields.object(item, field, ['id', 'name']);
      return {
        id: fields.id(department.id, `${field}.id`),
        name: fields.texts(department.name, `${field}.name`, MAX_NAME_LENGTH),
      };
    });
  fields.unique(
    departments.map((department) => department.id),
    'department-id-repeated',
    (index) => `departments.${index}.id`,
  );
  return departments;
}

/** In the file's order as far as parents come first. Areas in a cycle are left out: they are a problem already. */
function parentsFirst(areas: readonly AreaEntry[]): AreaEntry[] {
  const ordered = areas.filter((area) => area.parent === undefined);
  // The list is iterated over what is added meanwhile.
  for (const { id } of ordered) ordered.push(...areas.filter((area) => area.parent === id));
  return ordered;
}

/** What a city is: its areas, departments, holidays and time zone. Stream `city`. */
import { Type } from 'typebox';
import { Code, ContentRef, Day, eventType, Id, Language, Microdegrees } from './schema.js';

/** Ring of [longitude, latitude] pairs in microdegrees, closed (first = last). */
const Ring = Type.Array(Type.Tuple([Microdegrees, Microdegrees]), { minItems: 4, maxItems: 2_000 });

/** No longer in use. It stays described, because older matters and elections still name it. */
const withdrawn = Type.Optional(Type.Literal(true));

/** Replaces what was described before. `languages`: the first is the one that every public text should have. */
export const CityDescribed = eventType('CityDescribed', 1, {
  name: ContentRef,
  /** IANA name. */
  timeZone: Type.String({ pattern: '^[A-Za-z_]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}$' }),
  languages: Type.Array(Language, { minItems: 1, maxItems: 10 }),
});
/**
 * An area of the tree, replacing what was described before under the same id; the whole city is the one without a parent.
 * `aliases` is a text in the language `und`, one name a line: what `.pb` files call this area.
 */
export const AreaDescribed = eventType('AreaDescribed', 1, {
  areaId: Id,
  parent: Type.Optional(Id),
  name: ContentRef,
  aliases: Type.Optional(ContentRef),
  /** Polygons, each an outer ring and its holes; empty where the shape is not known. */
  polygons: Type.Array(Type.Array(Ring, { minItems: 1, maxItems: 50 }), { maxItems: 100 }),
  withdrawn,
});
export const DepartmentDescribed = eventType('DepartmentDescribed', 1, {
  departmentId: Id,
  name: ContentRef,
  withdrawn,
});
/** All holidays of a year, replacing what was declared for that year before. Saturdays and Sundays need no mention. */
export const HolidaysDeclared = eventType('HolidaysDeclared', 1, {
  year: Type.Integer({ minimum: 1900, maximum: 9999 }),
  days: Type.Array(Day, { maxItems: 60 }),
  /** The local calendar that these days belong to. */
  calendar: Code,
});

/** What a city is: its areas, departments, holidays and time zone. Stream `city`. */
import { Type } from 'typebox';
import { Code, ContentRef, Day, eventType, Id, Language, Microdegrees } from './schema.js';

/** Ring of [longitude, latitude] pairs in microdegrees, closed (first = last). */
const Ring = Type.Array(Type.Tuple([Microdegrees, Microdegrees]), { minItems: 4, maxItems: 2_000 });

export const CityDescribed = eventType('CityDescribed', 1, {
  name: ContentRef,
  /** IANA name. */
  timeZone: Type.String({ pattern: '^[A-Za-z_]{1,32}(/[A-Za-z_+-]{1,32}){0,2}$' }),
  languages: Type.Array(Language, { minItems: 1, maxItems: 10 }),
});
/** An area of the tree; the whole city is the one without a parent. `pabulib`: the names that `.pb` files use for it are contents. */
export const AreaDescribed = eventType('AreaDescribed', 1, {
  areaId: Id,
  parent: Type.Optional(Id),
  name: ContentRef,
  aliases: Type.Optional(ContentRef),
  /** Polygons, each an outer ring and its holes. */
  polygons: Type.Array(Type.Array(Ring, { minItems: 1, maxItems: 50 }), { maxItems: 100 }),
});
export const DepartmentDescribed = eventType('DepartmentDescribed', 1, { departmentId: Id, name: ContentRef });
export const HolidaysDeclared = eventType('HolidaysDeclared', 1, {
  year: Type.Integer({ minimum: 1900, maximum: 9999 }),
  days: Type.Array(Day, { maxItems: 60 }),
  /** The local calendar that these days belong to. */
  calendar: Code,
});

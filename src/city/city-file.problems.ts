/** What can be wrong with a city's file: sentences for people, by the codes of `city-file.ts` and what it reads with. */
import { TEXT_PROBLEMS } from '../contents/contents.problems.js';
import { registerProblems } from '../rest/problems.js';

const SENTENCES: Readonly<Record<string, readonly [title: string, detail: string]>> = {
  'field-missing': ['Field missing', 'This has to be there.'],
  'field-unknown': ['Unknown field', 'The file has no such field. Most are typing errors.'],
  'object-expected': ['Object expected', 'An object in braces stands here.'],
  'list-expected': ['List expected', 'A list in brackets stands here.'],
  'list-too-long': ['List too long', 'This list has more than {max} entries.'],
  'text-expected': ['Text expected', 'A text in quotes stands here.'],
  'id-invalid': [
    'Invalid id',
    'An id has 1 to 64 letters, digits and . _ : / -, the first a letter or digit.',
  ],
  'code-invalid': ['Invalid code', 'A code has lower-case letters, digits and -.'],
  'time-zone-unknown': [
    'Unknown time zone',
    'A time zone is a name of the IANA list, such as Europe/Madrid.',
  ],
  'language-invalid': [
    'Language invalid',
    'A language of the city is two or three letters, such as es or ast.',
  ],
  'languages-missing': ['Languages missing', 'Name one language at least.'],
  'language-repeated': ['Language repeated', 'This language stands here twice.'],
  'area-id-repeated': ['Area repeated', 'There is an area with this id before it.'],
  'area-root-missing': ['No whole city', 'One area has no parent: the whole city.'],
  'area-roots-several': ['Several whole cities', 'Only one area has no parent. Say in which one this lies.'],
  'area-parent-unknown': ['Unknown parent', 'The file has no area with this id.'],
  'area-tree-cycle': ['Areas in a circle', 'This area lies in itself.'],
  'pabulib-name-repeated': ['Name used twice', 'Another area goes by this name in .pb files already.'],
  'geojson-not-features': ['No FeatureCollection', 'A GeoJSON FeatureCollection stands here.'],
  'geojson-not-polygons': ['No polygon', 'The shape of an area is a Polygon or a MultiPolygon.'],
  'geometry-repeated': ['Shape given twice', 'This area has a shape under polygons already.'],
  'polygon-repeated': ['Shape given twice', 'There is a feature with this id before it.'],
  'polygon-of-no-area': ['Shape of no area', 'The file has no area with the id of this feature.'],
  'polygon-empty': ['Polygon without rings', 'A polygon has one ring at least.'],
  'polygon-too-large': ['Shape too large', 'This shape does not fit an event. Give it fewer points.'],
  'position-invalid': ['Invalid position', 'A position is longitude and latitude in degrees.'],
  'ring-too-short': [
    'Ring too short',
    'A ring has four positions at least, more than a millionth of a degree apart.',
  ],
  'ring-not-closed': ['Ring not closed', 'A ring ends where it begins.'],
  'ring-without-area': ['Ring without area', 'This ring encloses nothing.'],
  'department-id-repeated': ['Department repeated', 'There is a department with this id before it.'],
  'year-invalid': ['Invalid year', 'A year has four digits and is not before 1900.'],
  'day-invalid': ['No such day', 'A day is written as 2026-12-25, and is in the calendar.'],
  'day-of-other-year': ['Day of another year', 'This day is not in the year under which it stands.'],
  'day-repeated': ['Day repeated', 'This day stands here twice.'],
};

registerProblems(
  Object.fromEntries(
    Object.entries(SENTENCES).map(([code, [title, detail]]) => [code, { status: 422, title, detail }]),
  ),
);

/** Every code with which `readCity` finds fault. */
export const CITY_FILE_PROBLEMS: readonly string[] = [...Object.keys(SENTENCES), ...TEXT_PROBLEMS];

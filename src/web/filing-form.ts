/** The form with which a matter is filed, read field by field: what was typed is kept as it is, right or wrong. Pure. */
import { MATTER_KINDS, type MatterKind } from '../../projections/matter.js';
import type { Answers } from '../complaints/details.js';
import type { Filing } from '../complaints/filing.js';
import { LANGUAGES } from './languages.js';

export type Fields = Readonly<Record<string, unknown>>;

export interface Typed {
  readonly commandId: string;
  readonly kind: string;
  readonly category: string;
  readonly text: string;
  readonly address: string;
  readonly area: string;
  /** Integer microdegrees, as the phone gave them. */
  readonly lat: string;
  readonly long: string;
  readonly email: string;
  /** Asked for at the city's desk alone, where staff writes for somebody. */
  readonly name: string;
  readonly phone: string;
  /** Hers; empty for that of the page. */
  readonly language: string;
  readonly isPrivate: boolean;
  /** By code of the question; in the order in which they came. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
  /** Ids of photos that were sent before. */
  readonly photos: readonly string[];
}

/** What is wrong, by field: `text`, `place`, `area`, `email`, `photos`, `answers.CODE`, or `form` for the whole. */
export type Faults = Readonly<Record<string, string>>;

export const MOST_PHOTOS = 3;

const ANSWER = /^answers\.([a-z0-9][a-z0-9-]{0,63})$/;
const MICRODEGREES = /^-?\d{1,9}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isKind(given: unknown): given is MatterKind {
  return MATTER_KINDS.some((kind) => kind === given);
}

export function readTyped(fields: Fields): Typed {
  const text = (name: string) => listOf(fields[name])[0] ?? '';
  const answers = Object.entries(fields).flatMap(([name, given]) => {
    const code = ANSWER.exec(name)?.[1];
    const said = listOf(given).filter((one) => one.trim() !== '');
    return code === undefined || said.length === 0 ? [] : [[code, said] as const];
  });
  return {
    commandId: text('commandId'),
    kind: text('kind'),
    category: text('category'),
    text: text('text').replace(/\r\n?/g, '\n'),
    address: text('address'),
    area: text('area'),
    lat: text('lat'),
    long: text('long'),
    email: text('email'),
    name: text('name'),
    phone: text('phone'),
    language: text('language'),
    isPrivate: text('private') !== '',
    answers: Object.fromEntries(answers),
    photos: listOf(fields.photos)
      .filter((id) => UUID.test(id))
      .slice(0, MOST_PHOTOS),
  };
}

function listOf(given: unknown): string[] {
  return (Array.isArray(given) ? given : [given]).filter((one): one is string => typeof one === 'string');
}

/** The filing that was typed, or what is wrong with it before anybody is asked. */
export function filingOf(typed: Typed, ofPage: string): Filing | { readonly faults: Faults } {
  const { kind, category, text, address, area, isPrivate, photos } = typed;
  const reporter = reporterOf(typed);
  if (!isKind(kind)) return { faults: { form: 'kind-not-taken' } };
  if (text.trim() === '') return { faults: { text: 'text-missing' } };
  const point = pointOf(typed);
  const said = address.trim();
  const place = { ...point, ...(said !== '' && { address: said.slice(0, 300) }) };
  return {
    kind,
    category,
    text: text.trim(),
    language: LANGUAGES.find((one) => one === typed.language) ?? ofPage,
    answers: answersOf(typed),
    photos,
    private: isPrivate,
    ...(Object.keys(place).length > 0 && { place }),
    ...(area !== '' && { area }),
    ...(Object.keys(reporter).length > 0 && { reporter }),
  };
}

function reporterOf({ name, email, phone }: Typed): NonNullable<Filing['reporter']> {
  const given = { name: name.trim(), email: email.trim(), phone: phone.trim() };
  return Object.fromEntries(Object.entries(given).filter(([, said]) => said !== ''));
}

/** The phone's position; nothing where it gave none. */
export function pointOf({ lat, long }: Typed): { lat: number; long: number } | undefined {
  return MICRODEGREES.test(lat) && MICRODEGREES.test(long)
    ? { lat: Number(lat), long: Number(long) }
    : undefined;
}

function answersOf({ answers }: Typed): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([code, said]) => [code, said.length === 1 ? (said[0] ?? '') : said]),
  );
}

/** What is shown of it again: a point that was refused would be refused for ever, since nobody sees it in the form. */
export function typedAgain(typed: Typed, faults: Faults): Typed {
  return faults.place === undefined ? typed : { ...typed, lat: '', long: '' };
}

/** Beside which field of the form a refusal stands. */
export function faultsOf({ rejected, field = '' }: { rejected: string; field?: string | undefined }): Faults {
  const name = field.startsWith('photos') ? 'photos' : field.startsWith('place') ? 'place' : field;
  const beside = name === 'reporter.email' ? 'email' : name;
  const known = ['text', 'place', 'area', 'email', 'photos'].includes(beside) || ANSWER.test(beside);
  return { [known ? beside : 'form']: rejected };
}

/** What a POST of a request says, checked as far as the specification goes; the rest is for the rules of matters. Pure. */
import type { CategoryRow } from '../../projections/categories.view.js';
import { Problem } from '../rest/problem.js';
import './open311.problems.js';
import type { Given, Parameters } from './parameters.js';
import { isXmlText } from './xml.js';

/** Characters. @see GeoReport v2, POST Service Request */
export const MAX_WORDS = 4_000;
const MAX_ADDRESS = 500;
const MAX_NAME = 200;
/** A tag, its end, a comment or an instruction: `5 < 6` and `<3` are none. */
const HTML = /<(?:[a-z!/?]|%)/i;
/** Degrees, with at most fifteen digits after the point. */
const DEGREES = /^[+-]?\d{1,3}(?:\.\d{1,15})?$/;
const ATTRIBUTE = /^attribute\[([^\]]{1,100})\](?:\[\])?$/;
const URL = /^https?:\/\/\S{1,1000}$/;
/** FixMyStreet sends it for a report without a pin. */
const NOWHERE = '#NOTPINPOINTED#';
/** FixMyStreet sends it for no family name. */
const NO_NAME = '-';

/** In microdegrees. */
export interface FormPlace {
  readonly lat?: number;
  readonly long?: number;
  readonly address?: string;
}

export interface RequestForm {
  readonly code: string;
  readonly words: string;
  readonly place: FormPlace | undefined;
  readonly reporter: { readonly name?: string; readonly email?: string; readonly phone?: string };
}

/** All but the answers. @throws Problem with the field that is wrong */
export function requestFormOf(form: Parameters): RequestForm {
  const code = form.needed('service_code');
  const place = placeOf(form);
  const words = wordsOf(form, 'description');
  const name = [form.text('first_name'), form.text('last_name')]
    .filter((part) => part !== NO_NAME)
    .join(' ')
    .trim();
  const [email, phone] = [form.text('email'), form.text('phone')];
  return {
    code,
    words: withMedia(words, form.all('media_url')),
    place,
    reporter: {
      ...(name !== '' && { name: cut(name) }),
      ...(email !== undefined && { email }),
      ...(phone !== undefined && { phone: cut(phone) }),
    },
  };
}

/** Whole characters only. */
function cut(text: string): string {
  return Array.from(text).slice(0, MAX_NAME).join('');
}

/** Plain words. @throws Problem `open311-missing`, `-too-long`, `-html` or `-character` */
export function wordsOf(form: Parameters, field: string): string {
  const words = form.needed(field);
  assertPlain(words, field, MAX_WORDS);
  if (HTML.test(words)) throw new Problem('open311-html', { field });
  return words;
}

function assertPlain(words: string, field: string, max: number): void {
  if (Array.from(words.replace(/\r\n/g, '\n')).length > max) {
    throw new Problem('open311-too-long', { field, parameters: { max } });
  }
  if (!isXmlText(words)) throw new Problem('open311-character', { field });
}

/** Pictures elsewhere are fetched by nobody here: that they are there is told in the words, as far as these have room. */
function withMedia(words: string, media: readonly string[]): string {
  let told = words;
  for (const url of media.filter((one) => URL.test(one) && !HTML.test(one))) {
    const more = `${told}\n${told === words ? '\n' : ''}${url}`;
    if (Array.from(more).length <= MAX_WORDS) told = more;
  }
  return told;
}

/** A point, an address or both; `undefined` where the client says that there is none. */
function placeOf(form: Parameters): FormPlace | undefined {
  const [lat, long] = [form.text('lat'), form.text('long')];
  const address = form.text('address_string');
  const id = form.text('address_id');
  if (address !== undefined) assertPlain(address, 'address_string', MAX_ADDRESS);
  if (id !== undefined) assertPlain(id, 'address_id', MAX_ADDRESS);
  const words = address ?? (id === NOWHERE ? undefined : id);
  if (lat === undefined && long === undefined) {
    if (address === undefined && id === undefined) throw new Problem('open311-location-missing');
    return words === undefined ? undefined : { address: words };
  }
  const point = { lat: microdegrees(lat, 90), long: microdegrees(long, 180) };
  return { ...point, ...(words !== undefined && { address: words }) };
}

function microdegrees(text: string | undefined, most: number): number {
  const degrees = text !== undefined && DEGREES.test(text) ? Number(text) : NaN;
  if (!(Math.abs(degrees) <= most)) throw new Problem('open311-location-wrong', { field: 'lat, long' });
  return Math.round(degrees * 1_000_000);
}

/**
 * Answers to those questions that the service has: `attribute[code]`, or `attribute[code][]`. Others are left out, since
 * clients send what other cities ask for.
 */
export function answersOf(
  form: Given,
  questions: CategoryRow['questions'],
): Record<string, string | string[]> {
  const open = new Set(questions.filter(({ variable }) => variable).map(({ code }) => code));
  const answers = new Map<string, string[]>();
  for (const [name, given] of Object.entries(form)) {
    const code = ATTRIBUTE.exec(name)?.[1];
    if (code === undefined || !open.has(code)) continue;
    const values = (Array.isArray(given) ? given : [given]).filter(
      (value): value is string => typeof value === 'string' && value.trim() !== '',
    );
    if (values.length > 0) answers.set(code, [...(answers.get(code) ?? []), ...values]);
  }
  return Object.fromEntries(
    [...answers].map(([code, values]) => [code, values.length === 1 ? (values[0] as string) : values]),
  );
}

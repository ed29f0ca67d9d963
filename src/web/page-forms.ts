/** What pages with forms share: where they lead, and what their forms send. */
import type { FastifyReply } from 'fastify';
import type { Texts } from '../contents/text.js';
import { LANGUAGES } from './languages.js';

/** What a form or a query says: by name a value, or several. */
export type Parameters = Readonly<Record<string, unknown>>;

const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

/** Sends whoever is not signed in to the form for it. */
export function toSignIn(reply: FastifyReply, next: string): string {
  void reply.code(303).header('location', `/session?next=${encodeURIComponent(next)}`);
  return '';
}

/** Sends whoever did something to a page that shows it. */
export function seeOther(reply: FastifyReply, address: string): string {
  void reply.code(303).header('location', address);
  return '';
}

export function textOf(given: unknown): string {
  return typeof given === 'string' ? given.replace(/\r\n?/g, '\n').trim() : '';
}

/** The values of a name that may come several times. */
export function valuesOf(given: unknown): string[] {
  const all: unknown[] = Array.isArray(given) ? given : [given];
  return all.filter((one) => typeof one === 'string' && one !== '') as string[];
}

/** What was typed, by the names of the fields; of several values the last. */
export function fieldsOf(body: Parameters): Record<string, string> {
  return Object.fromEntries(Object.keys(body).map((name) => [name, textOf(body[name])]));
}

export function idIn<Name extends string>(name: Name, given: unknown): Partial<Record<Name, string>> {
  return typeof given === 'string' && ID.test(given) ? ({ [name]: given } as Record<Name, string>) : {};
}

/** Words in the language that their form names, and in those that have a field of their own (`words-es`). */
export function textsIn(body: Parameters, name: string): Texts | undefined {
  const text = textOf(body[name]);
  const language = textOf(body.language);
  const all = {
    ...(text !== '' && { [/^[a-z]{2,3}$/.test(language) ? language : 'es']: text }),
    ...Object.fromEntries(
      LANGUAGES.flatMap((each) => {
        const words = textOf(body[`${name}-${each}`]);
        return words === '' ? [] : [[each, words] as const];
      }),
    ),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}

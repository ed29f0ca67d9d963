/** A city that takes matters, over HTTP, and those who file and answer them. */
import { Codes } from '../../src/complaints/codes.js';
import { People } from '../../src/complaints/people.js';
import { DEMO_CATEGORIES } from '../../src/demo/categories.js';
import { DEMO_CITY } from '../../src/demo/city.js';
import { json, newCommandId } from '../elections/booth.js';
import type { Client, people, Site } from '../rest/site.js';

/** In the harbour of the demo's city. */
export const LAMP_AT = { lat: 43_565_000, long: -6_100_000, address: 'Calle del Faro, 12' };
export const LAMP = {
  kind: 'complaint',
  category: 'street-lamp',
  text: 'La farola lleva apagada una semana.',
  language: 'es',
  place: LAMP_AT,
  answers: { lamp: 'off' },
};

export interface Receipt {
  position: string;
  repeated: boolean;
  events: { type: string }[];
}
export type Filed = Receipt & { matterId: string; link: string };

/** Describes the demo's city and categories. */
export async function describeCity(site: Client): Promise<void> {
  const holidays = { calendar: 'villaficticia', years: { '2026': ['2026-01-01'], '2027': ['2027-01-01'] } };
  await json(site.as('ana', 'PUT', '/api/v1/city', { body: { ...DEMO_CITY, holidays }, id: newCommandId() }));
  const described = site.as('ana', 'PUT', '/api/v1/matters/categories', {
    body: DEMO_CATEGORIES,
    id: newCommandId(),
  });
  const { position } = await json<Receipt>(described);
  await site.fetch(`/api/v1/matters?atLeast=${position}`);
}

/** A request of anybody. */
export function post(site: Client, path: string, body: object, id = newCommandId()): Promise<Response> {
  return site.fetch(`/api/v1/matters${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': id },
    body: JSON.stringify(body),
  });
}

let filings = 0;

/** With another telephone each time: the same twice within a minute would be one. */
export function file(site: Client, filing: object = LAMP): Promise<Filed> {
  const reporter = { phone: `600 ${++filings}`, ...(filing as { reporter?: object }).reporter };
  return json<Filed>(post(site, '', { ...filing, reporter }), 201);
}

/** Joins with an address, and enters the code that went to it. @returns her id */
export async function joinBy(site: Site, matterId: string, email: string): Promise<string> {
  const joining = post(site, `/${matterId}/joinings`, { email, language: 'es' });
  const { link } = await json<{ link: string }>(joining, 201);
  const all = site.running.app.get(People, { strict: false });
  const { personId } = (await all.byLink(link))!;
  await json(
    post(site, '/by-link/confirmations', {
      link,
      code: await site.running.app.get(Codes, { strict: false }).newCode(personId),
    }),
  );
  return personId;
}

/** What staff does with a matter: `act(site, 'lin', id, 'move', { … })`. */
export function act(
  site: Client,
  who: keyof typeof people,
  matterId: string,
  what: string,
  body?: object,
  id = newCommandId(),
): Promise<Response> {
  return site.as(who, 'POST', `/api/v1/matters/${matterId}/${what}`, { ...(body && { body }), id });
}

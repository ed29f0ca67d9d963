/** Describing the city over HTTP, in the whole program. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Compile } from 'typebox/schema';
import { CityFileBody } from '../../src/city/city.answers.js';
import { MAX_CITY_FILE_BYTES } from '../../src/city/city-file.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { MAX_BODY_BYTES } from '../../src/rest/media-types.js';
import { people, problem, Site } from '../rest/site.js';

interface CityJson {
  $comment?: string;
  city: Record<string, unknown>;
  areas: Record<string, unknown>[];
}

const example = JSON.parse(readFileSync('docs/city.example.json', 'utf8')) as CityJson;

let site: Site;
beforeAll(async () => (site = await Site.start()));
afterAll(() => site.stop());

const head = () => site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head();

let keys = 0;
const newKey = () => `city-file-number-${++keys}`;

const put = (body: unknown, id: string | undefined = newKey(), who: keyof typeof people = 'ana') =>
  site.as(who, 'PUT', '/api/v1/city', { body, ...(id !== '' && { id }) });

/** Status, code and field; fails when anything was appended. */
async function refused(sent: () => Promise<Response>): Promise<string> {
  const before = await head();
  const { status, code, field } = await problem(await sent());
  expect(await head()).toBe(before);
  return `${String(status)} ${String(code)}${typeof field === 'string' ? ` ${field}` : ''}`;
}

describe('PUT /api/v1/city', () => {
  it('is refused to whoever may not, and without a name of its own', async () => {
    const body = JSON.stringify(example);
    const headers = { 'content-type': 'application/json', 'idempotency-key': newKey() };
    const nobody = () => site.fetch('/api/v1/city', { method: 'PUT', headers, body });
    expect(await refused(nobody)).toBe('401 sign-in-needed');
    expect(await refused(() => put(example, newKey(), 'lin'))).toBe('403 role-missing');
    expect(await refused(() => put(example, ''))).toBe('400 idempotency-key-required Idempotency-Key');
  });

  it('describes the city, once for each key, and readers see it', async () => {
    expect(await refused(() => site.fetch('/api/v1/city?atLeast=0'))).toBe('404 city-not-described');
    const key = newKey();
    const first = await put(example, key);
    expect(first.status).toBe(200);
    const answer = (await first.json()) as { events: number; position: string };
    expect(answer).toEqual({ events: 9, position: String(await head()) });
    const read = await site.fetch(`/api/v1/city?atLeast=${answer.position}`);
    expect(await read.json()).toMatchObject({ name: { es: 'Valdeejemplo' }, timeZone: 'Europe/Madrid' });
    const etag = read.headers.get('etag') ?? '';
    const again = await site.fetch('/api/v1/city', { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);

    const other = structuredClone(example);
    other.city.name = { es: 'Otro nombre' };
    expect(await refused(() => put(other, key))).toBe('422 command-id-reused');
    expect(((await (await put(other)).json()) as { events: number }).events).toBe(1);
    const before = await head();
    expect(await (await put(example, key)).json()).toEqual(answer);
    expect(await head()).toBe(before);
  });

  it('names every fault of a file by code and field, with a sentence for each', async () => {
    const wrong = structuredClone(example);
    wrong.city.timeZone = 'Europe/Nowhere';
    wrong.areas[2]!.name = { es: '' };
    wrong.areas[3]!.parent = 'valley';
    wrong.areas[1]!.name = { es: 'x'.repeat(201) };
    expect(await refused(() => put(wrong))).toBe('422 time-zone-unknown city.timeZone');
    const { errors } = (await problem(await put(wrong))) as {
      errors: { field: string; code: string; message: string }[];
    };
    expect(errors.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'city.timeZone time-zone-unknown',
      'areas.1.name.es text-too-long',
      'areas.2.name.es text-empty',
      'areas.3.parent area-parent-unknown',
    ]);
    expect(errors[1]?.message).toContain('more than 200 characters');
    for (const { message } of errors) expect(message).toMatch(/^[A-Z][^{}]+\.$/);
    expect(await refused(() => put([]))).toBe('422 object-expected ');
  });

  it('takes a file that is larger than other bodies, of whoever is signed in, up to its limit', async () => {
    const large = { ...example, $comment: 'x'.repeat(3 * MAX_BODY_BYTES) };
    expect((await put(large)).status).toBe(200);
    const tooLarge = { ...example, $comment: 'x'.repeat(MAX_CITY_FILE_BYTES) };
    expect(await refused(() => put(tooLarge))).toBe('413 body-too-large');
    // Refused before its body is read: else it would be answered that this is no JSON.
    const headers = { 'content-type': 'application/json', 'idempotency-key': newKey() };
    const send = (more: Record<string, string>) => () =>
      site.fetch('/api/v1/city', { method: 'PUT', headers: { ...headers, ...more }, body: '{' });
    expect(await refused(send({}))).toBe('401 sign-in-needed');
    expect(await refused(send({ authorization: 'Bearer concejo_unknown' }))).toBe('401 key-unknown');
    expect(await refused(send({ authorization: `Bearer ${people.ana.key}` }))).toBe('400 malformed-json');
  });

  it('is described by a schema that fits the example of the documentation', () => {
    const schema = Compile(CityFileBody);
    expect(schema.Errors(example)).toEqual([true, []]);
    expect(schema.Check({ ...example, areas: [{ ...example.areas[0], id: 'La Cuesta' }] })).toBe(false);
    expect(schema.Check({ ...example, streets: [] })).toBe(false);
  });
});

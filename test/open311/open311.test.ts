/** The program's own Open311, asked by the independent client for everything that the specification has. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { conformance, failures } from './conformance.js';
import { openCity, type OpenCity } from './city.js';

let city: OpenCity;
beforeAll(async () => {
  city = await openCity();
}, 120_000);
afterAll(() => city.site.stop());

describe('Open311', () => {
  it.each(['xml', 'json'] as const)(
    'does all that the specification and FixMyStreet ask for, in %s',
    async (format) => {
      expect(await failures(conformance(city.facts, [format]))).toEqual([]);
    },
    240_000,
  );

  it('answers who has the same already with nothing', async () => {
    for (const path of ['discovery.xml', 'services.json', `requests/${city.facts.older}.xml`]) {
      const first = await fetch(city.facts.baseUrl + path);
      const tag = first.headers.get('etag') ?? '';
      expect([path, first.status, tag]).toEqual([path, 200, expect.stringMatching(/^W\/"/)]);
      const again = await fetch(city.facts.baseUrl + path, { headers: { 'if-none-match': tag } });
      expect([path, again.status, await again.text()]).toEqual([path, 304, '']);
    }
  });

  it('writes nothing of who reports into the log', async () => {
    const email = `${randomUUID()}@example.org`;
    const id = await city.file({ email, first_name: 'Saramunda', address_string: 'Calle Escondida 5' });
    const log = await city.logText();
    expect(log).toContain(id);
    for (const said of [email, 'Saramunda', 'Escondida', 'lights'])
      expect(log.includes(said)).toBe(said === 'lights');
  });
});

/** The program's own Open311, asked by the independent client for everything that the specification has. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Open311Clients } from '../../src/open311/clients.js';
import { Views } from '../../src/views/views.js';
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

  it('reads no other matters than those of the page or of the span that it is asked for', async () => {
    const views = city.site.running.app.get(Views, { strict: false });
    const read = async (path: string) => {
      const [list, having, many] = [
        jest.spyOn(views, 'list'),
        jest.spyOn(views, 'having'),
        jest.spyOn(views, 'many'),
      ];
      const answer = await fetch(city.facts.baseUrl + path);
      expect([path, answer.status]).toEqual([path, 200]);
      const found = (await answer.json()) as unknown[];
      const pages = await Promise.all(list.mock.results.map((one) => one.value as Promise<{ rows: [] }>));
      const matters = [
        ...having.mock.calls.map((call) => call[2]),
        ...many.mock.calls.map((call) => call[1]),
      ];
      for (const spy of [list, having, many]) spy.mockRestore();
      return {
        found: found.length,
        rows: Math.max(...pages.map(({ rows }) => rows.length), ...matters.map((ids) => ids.length)),
      };
    };
    const tenth = await read('requests.json?service_code=litter&page=10&page_size=100');
    expect(tenth).toEqual({ found: 100, rows: 100 });
    const minutesAgo = (n: number) => new Date(Date.now() - n * 60_000).toISOString();
    const span = `start_date=${minutesAgo(610)}&end_date=${minutesAgo(600)}`;
    const updates = await read(`servicerequestupdates.json?api_key=${city.facts.apiKey}&${span}`);
    expect(updates).toEqual({ found: 5, rows: expect.any(Number) });
    expect(updates.rows).toBeLessThan(20);
    const all = `servicerequestupdates.json?api_key=${city.facts.apiKey}&start_date=${minutesAgo(2_000)}`;
    const every = (await (await fetch(city.facts.baseUrl + all)).json()) as { updated_datetime: string }[];
    const times = every.map((one) => one.updated_datetime);
    expect(times).toEqual(times.toSorted());
  });

  it('reads services once for however many answers, and counts who asks for them', async () => {
    const { app } = city.site.running;
    const [views, clients] = [app.get(Views, { strict: false }), app.get(Open311Clients, { strict: false })];
    const [list, counted] = [jest.spyOn(views, 'list'), jest.spyOn(clients, 'countRead')];
    for (const path of ['discovery.xml', 'services.json', 'services/poles.json'])
      expect((await fetch(city.facts.baseUrl + path)).status).toBe(200);
    expect(counted).toHaveBeenCalledTimes(3);
    expect(list.mock.calls.map(([view]) => view.name)).not.toContain('categories');
    for (const spy of [list, counted]) spy.mockRestore();
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

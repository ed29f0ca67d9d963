/** GET of requests: by id, by filters, by page; what is public of them. */
import type { ServiceRequest } from '../client/answers.js';
import { fieldsOf } from '../client/forms.js';
import { claim, DAY_MS, type Probe } from '../probe.js';

const MAX_ROWS = 1_000;

export const listingChecks: Readonly<Record<string, (probe: Probe) => Promise<void>>> = {
  'the last 90 days are listed, and at most 1,000': async (probe) => {
    const id = await probe.released();
    const now = probe.city.now().getTime();
    const listed = await probe.requests({});
    claim(listed.length === MAX_ROWS, `lists ${listed.length}`);
    const recent = await probe.requests({ service_code: probe.city.plain });
    claim(ids(recent).includes(id), 'does not list a new one');
    for (const { requested_datetime } of [...listed, ...recent]) {
      claim(
        Date.parse(requested_datetime) >= now - 90 * DAY_MS - 60_000,
        `lists one of ${requested_datetime}`,
      );
    }
    claim(!ids(recent).includes(probe.city.older), 'lists one that is older');
  },

  'one that is older is found between its dates': async (probe) => {
    const { older } = probe.city;
    const { requested_datetime: at, service_code } = await probe.request(older);
    // The bounds belong to the span, and are instants in any zone.
    const span = { start_date: at, end_date: inZone(new Date(Date.parse(at) + 1_000)) };
    claim(ids(await probe.requests({ ...span, service_code })).includes(older), 'does not list it');
    const day = new Date(Date.parse(at) - DAY_MS);
    const before = { start_date: inZone(day), end_date: inZone(new Date(Date.parse(at) - 1_000)) };
    claim(
      !ids(await probe.requests({ ...before, service_code })).includes(older),
      'lists it before it was made',
    );
    const after = {
      start_date: inZone(new Date(Date.parse(at) + 1_000)),
      end_date: inZone(new Date(Date.parse(at) + DAY_MS)),
    };
    claim(
      !ids(await probe.requests({ ...after, service_code })).includes(older),
      'lists it after it was made',
    );
  },

  'a start alone bounds the list': async (probe) => {
    const start = new Date(probe.city.now().getTime() - 2 * DAY_MS);
    await probe.released();
    const query = { service_code: probe.city.plain, start_date: start.toISOString() };
    const listed = await probe.requests(query);
    claim(listed.length > 0, 'lists nothing');
    for (const { requested_datetime: at } of listed)
      claim(Date.parse(at) >= start.getTime(), `lists one of ${at}`);
  },

  'a span of 90 days is listed, and a longer one refused': async (probe) => {
    const end = probe.city.now().getTime();
    const span = (ms: number) => ({
      start_date: new Date(end - ms).toISOString(),
      end_date: new Date(end).toISOString(),
      page_size: 1,
    });
    await probe.requests(span(90 * DAY_MS));
    await probe.refused(await probe.client.get('requests', span(90 * DAY_MS + 1_000)), 400);
    await probe.refused(await probe.client.get('requests', span(-DAY_MS)), 400);
  },

  'a wrong date is refused': async (probe) => {
    const wrong = ['yesterday', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00', '2026-01-01', '1767225600'];
    for (const date of wrong) {
      await probe.refused(await probe.client.get('requests', { start_date: date }), 400, 'start_date');
      await probe.refused(await probe.client.get('requests', { end_date: date }), 400, 'end_date');
    }
  },

  'a status chooses, several do, and an unknown one is refused': async (probe) => {
    const service_code = probe.city.busy;
    for (const status of ['open', 'closed'] as const) {
      const listed = await probe.requests({ service_code, status });
      claim(listed.length > 0, `lists none that is ${status}`);
      for (const one of listed) claim(one.status === status, `lists one that is ${one.status}`);
    }
    const both = await probe.requests({ service_code, status: 'open,closed' });
    claim(new Set(both.map(({ status }) => status)).size === 2, 'lists one status of two');
    await probe.refused(await probe.client.get('requests', { status: 'lost' }), 400, 'status');
    await probe.refused(await probe.client.get('requests', { status: 'open,lost' }), 400, 'status');
  },

  'a service code chooses, several do, and an unknown one chooses nothing': async (probe) => {
    const { plain, busy } = probe.city;
    await probe.released();
    for (const code of [plain, busy]) {
      const listed = await probe.requests({ service_code: code });
      claim(listed.length > 0, `lists none of ${code}`);
      for (const { service_code } of listed) claim(service_code === code, `lists one of ${service_code}`);
    }
    const both = await probe.requests({ service_code: `${plain},${busy}` });
    claim(new Set(both.map(({ service_code }) => service_code)).size === 2, 'lists one service of two');
    const reply = await probe.client.get('requests', { service_code: 'no-such-service' });
    if (reply.status === 200)
      claim((await probe.shaped<unknown[]>('requests', reply)).length === 0, 'lists some');
    else await probe.refused(reply, 404);
  },

  'ids choose, whatever else is asked for, and an unknown one is left out': async (probe) => {
    const { older } = probe.city;
    const id = await probe.released();
    const service_request_id = `${older},${id},no-such-request`;
    const asked = {
      service_request_id,
      service_code: 'no-such-service',
      status: 'closed',
      start_date: '2001-01-01T00:00:00Z',
    };
    const listed = ids(await probe.requests(asked)).sort();
    claim(listed.join() === [older, id].sort().join(), `lists ${listed.join()}`);
  },

  'pages are of the size asked for, one after the other, and end': async (probe) => {
    const service_code = probe.city.busy;
    const page = (number: number, page_size: number) =>
      probe.requests({ service_code, page: number, page_size });
    const four = ids(await page(1, 4));
    claim(four.length === 4, `has ${four.length} on a page of 4`);
    const twice = [...ids(await page(1, 2)), ...ids(await page(2, 2))];
    claim(twice.join() === four.join(), 'has other ones on two pages of 2');
    const second = await page(2, MAX_ROWS);
    claim(second.length > 0, 'has nothing after the first 1,000');
    const end = await page(1_000, MAX_ROWS);
    claim(end.length === 0, 'never ends');
    for (const wrong of ['0', '-1', 'two', '1.5']) {
      await probe.refused(await probe.client.get('requests', { page: wrong }), 400, 'page');
      await probe.refused(await probe.client.get('requests', { page_size: wrong }), 400, 'page_size');
    }
  },

  'extensions come when they are asked for': async (probe) => {
    const words = probe.words();
    const id = await probe.released();
    await probe.city.close(id, words);
    await probe.city.seen();
    const reply = await probe.client.get(`requests/${id}`, { extensions: 'true' });
    const [found] = await probe.shaped<ServiceRequest[]>('requests-extended', reply);
    const notes = found?.notes ?? [];
    claim(notes.length >= 2, `has ${notes.length} notes`);
    const times = notes.map(({ datetime }) => Date.parse(datetime));
    claim(times.join() === [...times].sort((a, b) => a - b).join(), 'has its notes in no order');
    claim(
      notes.some(({ description }) => description?.includes(words) === true),
      'does not tell what was answered',
    );
    const listed = await probe.client.get('requests', { service_request_id: id, extensions: 'true' });
    await probe.shaped('requests-extended', listed);
    for (const no of ['', 'false']) {
      await probe.shaped('requests', await probe.client.get(`requests/${id}`, { extensions: no }));
    }
  },

  'an unknown request is not found': async (probe) => {
    for (const id of [
      'no-such-request',
      '0',
      '00000000-0000-4000-8000-000000000000',
      '%00',
      '..%2fservices',
    ]) {
      await probe.refused(await probe.client.get(`requests/${id}`), 404);
    }
  },

  'one for staff alone is not found': async (probe) => {
    const { hidden } = probe.city;
    const one = await probe.client.get(`requests/${hidden}`);
    await probe.refused(one, 404);
    const unknown = await probe.client.get('requests/no-such-request');
    claim(
      one.text.replace(hidden, '') === unknown.text.replace('no-such-request', ''),
      'says more than of an unknown one',
    );
    const listed = await probe.requests({ service_request_id: `${hidden},${probe.city.older}` });
    claim(!ids(listed).includes(hidden), 'is listed by its id');
  },

  'before its release a request has its status and its service, and is in no list': async (probe) => {
    const description = probe.words();
    const address_string = 'Calle Escondida 5';
    const id = await probe.file(probe.form({ description, address_string }));
    const found = await probe.request(id);
    const { text } = await probe.client.get(`requests/${id}`, { extensions: 'true' });
    claim(!text.includes(description) && !text.includes(address_string), 'tells what was written');
    for (const field of [
      'description',
      'address',
      'address_id',
      'zipcode',
      'lat',
      'long',
      'media_url',
    ] as const) {
      claim(found[field] === null, `tells ${field}`);
    }
    claim(found.service_code === probe.city.plain, `is of ${found.service_code}`);
    const query = { service_code: probe.city.plain };
    claim(!ids(await probe.requests(query)).includes(id), 'is listed');
    await probe.city.release(id);
    await probe.city.seen();
    claim(ids(await probe.requests(query)).includes(id), 'is not listed after its release');
  },

  'a public request has its place in numbers': async (probe) => {
    const { inside } = probe.city;
    const { lat, long, address } = await probe.request(
      await probe.released(probe.form({ address_string: 'Calle Corrida 12' })),
    );
    claim(lat !== null && Math.abs(lat - inside.lat) < 0.000_01, `is at ${lat ?? 'no latitude'}`);
    claim(long !== null && Math.abs(long - inside.long) < 0.000_01, `is at ${long ?? 'no longitude'}`);
    claim(address === 'Calle Corrida 12', `is at ${address ?? 'no address'}`);
  },

  'a closed request tells when and why': async (probe) => {
    const words = probe.words();
    const id = await probe.released();
    const before = probe.city.now().getTime();
    await probe.city.close(id, words);
    await probe.city.seen();
    const found = await probe.request(id);
    claim(found.status === 'closed', `is ${found.status}`);
    claim(
      Math.abs(Date.parse(found.updated_datetime) - before) < 60_000,
      `was closed at ${found.updated_datetime}`,
    );
    claim(found.status_notes?.includes(words) === true, `says ${found.status_notes ?? 'nothing'}`);
  },

  'an empty parameter of the list means the same as none': async (probe) => {
    const names = [
      'jurisdiction_id',
      'service_request_id',
      'start_date',
      'end_date',
      'status',
      'page',
      'extensions',
    ];
    const query = { service_code: probe.city.busy, page_size: 3 };
    const without = await probe.requests(query);
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    claim(
      ids(await probe.requests({ ...query, ...empty })).join() === ids(without).join(),
      'answers another list',
    );
    // FixMyStreet's key, and what nobody knows.
    const more = { ...query, api_key: '', nonsense: '1' };
    claim(ids(await probe.requests(more)).join() === ids(without).join(), 'answers another list');
  },

  'codes with a comma between them may come as parameters of one name': async (probe) => {
    const { plain, busy } = probe.city;
    const fields = [...fieldsOf({ service_code: plain }), ...fieldsOf({ service_code: busy })];
    const listed = await probe.shaped<ServiceRequest[]>(
      'requests',
      await probe.client.get('requests', fields),
    );
    claim(new Set(listed.map(({ service_code }) => service_code)).size === 2, 'lists one service of two');
  },
};

function ids(requests: readonly ServiceRequest[]): string[] {
  return requests.map(({ service_request_id }) => service_request_id);
}

/** The same instant with an offset: Gijón's summer. */
function inZone(at: Date): string {
  return new Date(at.getTime() + 7_200_000).toISOString().replace('Z', '+02:00');
}

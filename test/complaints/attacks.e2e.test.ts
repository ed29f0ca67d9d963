/** What somebody tries who means harm, over the whole program: each row of docs/security.md that names this file. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { openEvent, type LogEvent } from '../../projections/event.js';
import { Contents } from '../../src/contents/contents.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { isRejection } from '../../src/event-store/command-log.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import { newStaffMember } from '../../src/staff/staff-file.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { people, problem, Site } from '../rest/site.js';
import { act, describeCity, file, LAMP, LAMP_AT, post, type Filed } from './story.js';

const mo = newStaffMember('mo', ['moderator'], new Uint8Array(32).fill(11));

let site: Site;
beforeAll(async () => {
  const staff = [...Object.values(people), mo].map(({ member }) => member);
  site = await Site.start(
    { clock: storyClock() },
    { CONCEJO_STAFF: JSON.stringify(staff), TRUST_PROXY: 'yes' },
  );
  await describeCity(site);
}, 60_000);
afterAll(() => site.stop());

async function seen(): Promise<void> {
  await site.fetch(`/api/v1/matters?atLeast=${await store().head()}`);
}

function store(): EventStore {
  return site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
}

async function eventsOf(matterId: string): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  for await (const event of store().readStream(`matter-${matterId}`))
    events.push(openEvent(nodeCrypto, event));
  return events;
}

it('a moderator publishes nothing of a private matter by the ids that its events tell', async () => {
  const { matterId } = await file(site, { ...LAMP, private: true, text: 'SECRETO' });
  const filed = (await eventsOf(matterId)).find(({ type }) => type === 'MatterFiled')!;
  const { id } = (filed.data as { details: { id: string } }).details;
  const answer = await site.fetch('/api/v1/contents/release', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${mo.key}`,
      'content-type': 'application/json',
      'idempotency-key': newCommandId(),
    },
    body: JSON.stringify({ ids: [id] }),
  });
  expect(await problem(answer)).toMatchObject({ status: 409, code: 'content-never-shown' });
  await seen();
  expect((await site.fetch(`/api/v1/contents/${id}`)).status).toBe(404);
});

it('nobody chooses her address before a proxy that adds it', async () => {
  const guess = (claimed: string, added: string) =>
    site.fetch('/api/v1/session', {
      headers: { authorization: 'Bearer concejo_wrong', 'x-forwarded-for': `${claimed}, ${added}` },
    });
  for (let n = 0; n < 10; n++) expect((await guess(`203.0.113.${n}`, '198.51.100.20')).status).toBe(401);
  expect((await guess('203.0.113.99', '198.51.100.20')).status).toBe(429);
  expect((await guess('198.51.100.20', '198.51.100.21')).status).toBe(401);
});

async function photo(): Promise<string> {
  const bytes = Buffer.from('\xff\xd8\xff\xe0', 'latin1');
  const ref = await site.running.app
    .get(Contents, { strict: false })
    .addFile({ mediaType: 'image/jpeg', bytes });
  if (isRejection(ref)) throw new Error(ref.rejected);
  return ref.id;
}

it('one photo named by two at once is one matter’s', async () => {
  const taken: number[] = [];
  for (let n = 0; n < 5; n++) {
    const mine = await photo();
    const { link } = await file(site);
    const answers = await Promise.all([
      post(site, '', { ...LAMP, text: `La mía, ${n}.`, photos: [mine] }),
      post(site, '', { ...LAMP, text: `La otra, ${n}.`, photos: [mine] }),
      post(site, '/by-link/additions', { link, photos: [mine] }),
    ]);
    taken.push(answers.filter(({ ok }) => ok).length);
    for (const refused of answers.filter(({ ok }) => !ok))
      expect(await problem(refused)).toMatchObject({ status: 422, code: 'photo-unknown' });
  }
  expect(taken).toEqual([1, 1, 1, 1, 1]);
});

it('the same filing twice at once has its photo once, and is answered twice', async () => {
  const [id, mine] = [newCommandId(), await photo()];
  const send = () => post(site, '', { ...LAMP, photos: [mine] }, id);
  const [one, other] = await Promise.all([send(), send()]);
  expect(await json<Filed>(Promise.resolve(one), 201)).toMatchObject({
    matterId: (await json<Filed>(Promise.resolve(other), 201)).matterId,
  });
});

it('a photo of an addition that was refused is sent again with it', async () => {
  const [{ link }, mine] = [await file(site), await photo()];
  const refused = await post(site, '/by-link/additions', { link, text: 'a\u202eb', photos: [mine] });
  expect(await problem(refused)).toMatchObject({ code: 'text-control-character' });
  await json(post(site, '/by-link/additions', { link, text: 'ab', photos: [mine] }));
});

it('wrong links from an address keep nobody there from a right one', async () => {
  const from = (link: string, what = 'views', more: object = {}) =>
    site.fetch(`/api/v1/matters/by-link/${what}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': newCommandId(),
        'x-forwarded-for': '198.51.100.6',
      },
      body: JSON.stringify({ link, ...more }),
    });
  const { link } = await file(site);
  await seen();
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) statuses.push((await from('A'.repeat(43))).status);
  expect(statuses.lastIndexOf(404)).toBe(9);
  expect(statuses.slice(10)).toEqual([429, 429]);
  expect((await from('A'.repeat(43), 'additions', { text: 'x' })).status).toBe(429);
  expect((await from(link)).status).toBe(200);
  expect((await from(link, 'additions', { text: 'x' })).status).toBe(200);
});

it.each<[string, string, object]>([
  ['text-control-character', 'reporter.name', { reporter: { name: 'a\0b', email: 'a@example.org' } }],
  ['text-malformed', 'reporter.name', { reporter: { name: 'a\ud800b', email: 'a@example.org' } }],
  ['email-invalid', 'reporter.email', { reporter: { email: 'a\0b@example.org' } }],
  ['email-invalid', 'reporter.email', { reporter: { email: 'a\ud800b@example.org' } }],
  ['text-control-character', 'place.address', { place: { address: 'a\0b' } }],
  ['text-malformed', 'place.address', { place: { address: 'a\ud800' } }],
])('what no database keeps is refused with %s of %s', async (code, field, more) => {
  expect(await problem(await post(site, '', { ...LAMP, ...more }))).toMatchObject({
    status: 422,
    code,
    field,
  });
});

it('nothing is found under an id that no database keeps', async () => {
  const act = { body: { place: true }, id: newCommandId() };
  const statuses = await Promise.all([
    site.fetch('/api/v1/matters/%00'),
    post(site, '/%00/joinings', { language: 'es' }),
    site.as('lin', 'GET', '/api/v1/matters/%00/file'),
    site.as('lin', 'POST', '/api/v1/matters/%00/release', act),
    site.fetch('/feeds/matters/%00.atom'),
    site.fetch('/matters/%00', { headers: { accept: 'text/html' } }),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  const odd = Buffer.from(JSON.stringify(['-filed_at', ['\0'], '\0'])).toString('base64url');
  for (const query of [`cursor=${odd}`, 'category=%00', 'q=%00', 'atLeast=%00', 'of=%00']) {
    expect([query, (await site.fetch(`/api/v1/matters?${query}`)).status]).toEqual([
      query,
      expect.any(Number),
    ]);
    expect((await site.fetch(`/api/v1/matters?${query}`)).status).toBeLessThan(500);
  }
});

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

it('the map and what is near are asked so often by one address, and then not before Retry-After', async () => {
  const ask = (path: string, address: string) =>
    site.fetch(`/api/v1/matters/${path}`, { headers: { 'x-forwarded-for': address } });
  const map = 'map?bbox=-6.2,43.5,-6,43.7&zoom=14';
  const statuses = await Promise.all(
    Array.from({ length: 110 }, async () => (await ask(map, '198.51.100.30')).status),
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(100);
  const near = await site.fetch('/api/v1/matters/near', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.30' },
    body: JSON.stringify({ lat: 43_565_000, long: -6_100_000, category: 'street-lamp' }),
  });
  expect(await problem(near)).toMatchObject({ status: 429, code: 'too-many-looks' });
  expect(Number(near.headers.get('retry-after'))).toBeLessThanOrEqual(10);
  expect((await ask(map, '198.51.100.31')).status).toBe(200);
  // The pages that look around have the same limit, and those that do not have none.
  const page = (path: string, form?: Record<string, string>) =>
    site.fetch(path, {
      headers: { accept: 'text/html', origin: site.origin, 'x-forwarded-for': '198.51.100.30' },
      ...(form !== undefined && { method: 'POST', body: formOf(form) }),
    });
  const lamp = { kind: 'complaint', category: 'street-lamp', text: 'Apagada.', 'answers.lamp': 'off' };
  const filing = { ...lamp, commandId: newCommandId(), lat: '43.565', long: '-6.1' };
  const pages = [
    await page('/matters?bbox=-6.2,43.5,-6,43.7'),
    await page('/matters/new', filing),
    await page('/matters'),
    await page('/matters/new', { ...filing, isOther: '1' }),
  ];
  expect(pages.map(({ status }) => status)).toEqual([429, 429, 200, 201]);
});

it('an erasure leaves no details that an assignment wrote after the release', async () => {
  const place = { ...LAMP_AT, address: 'Calle Única de Nela, 7' };
  const { matterId, link } = await file(site, { ...LAMP, text: 'Lo de Nela.', place });
  await json(act(site, 'lin', matterId, 'release', { place: true }));
  await json(act(site, 'lin', matterId, 'assign', { department: 'works' }));
  const pool = site.running.app.get<Pool>(POOL, { strict: false });
  const left = async () =>
    (
      await pool.query(
        "select from contents where position(convert_to('Única de Nela', 'UTF8') in bytes) > 0",
      )
    ).rowCount;
  expect(await left()).toBeGreaterThan(0);
  await json(post(site, '/by-link/erasures', { link }));
  expect(await left()).toBe(0);
});

/** A matter that others have joined goes on when its reporter erases herself: they are owed the answer. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { MattersUpkeep } from '../../src/complaints/upkeep.js';
import { Codes } from '../../src/complaints/codes.js';
import { People } from '../../src/complaints/people.js';
import { POOL } from '../../src/platform.module.js';
import { json, storyClock } from '../elections/booth.js';
import { TestMailServer } from '../mail/mail-server.js';
import { problem, Site } from '../rest/site.js';
import { until } from '../views/world.js';
import { act, describeCity, file, LAMP, LAMP_AT, post, type Filed, type Receipt } from './story.js';
import { photosAt } from '../desk/desk-world.js';

const [NELA, XUAN, PILAR] = ['nela@example.org', 'xuan@example.org', 'pilar@example.org'];
const HOUSE = { ...LAMP_AT, address: 'Calle de mi Casa, 3' };
const WORDS = 'Delante de mi casa no hay luz.';
let server: TestMailServer;
let site: Site;
let pool: Pool;
let people: People;

beforeAll(async () => {
  server = await TestMailServer.start();
  const mail = { CONCEJO_SMTP: server.url, CONCEJO_MAIL_FROM: 'Villa <no-reply@villa.example>' };
  site = await Site.start({ clock: storyClock() }, { ...mail, PUBLIC_URL: 'https://vota.villa.example' });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  people = site.running.app.get(People, { strict: false });
  await describeCity(site);
});
afterAll(async () => {
  await site.stop();
  await server.stop();
});

const staff = (matterId: string, what: string, body?: object) =>
  json<Receipt>(act(site, 'lin', matterId, what, body));

async function head(): Promise<string> {
  return (await pool.query<{ position: string }>('select max(position) as position from events')).rows[0]!
    .position;
}

interface Seen {
  state: string;
  text: object;
  photos: string[];
  joined: number;
  members: number;
  of?: string;
  erased?: string;
  reporterErased?: string;
  place?: object;
}

async function see(matterId: string): Promise<Seen> {
  return json(site.fetch(`/api/v1/matters/${matterId}?atLeast=${await head()}`));
}

async function confirm(link: string, email: string): Promise<void> {
  // The code that goes out by itself would take the place of this one.
  await until('the first code is out', () => server.delivered.some(({ to }) => to === email));
  const code = await site.running.app
    .get(Codes, { strict: false })
    .newCode((await people.byLink(link))!.personId);
  await json(post(site, '/by-link/confirmations', { link, code }));
}

/** A public matter of hers with a photo, which Xuan has joined and of which Pilar's is a duplicate. */
async function joined(): Promise<{ hers: Filed; same: Filed; photo: string }> {
  server.delivered.length = 0;
  const [photo = ''] = await photosAt(site, 1);
  const hers = await file(site, {
    ...LAMP,
    place: HOUSE,
    text: WORDS,
    photos: [photo],
    reporter: { name: 'Nela', email: NELA },
  });
  await confirm(hers.link, NELA);
  await staff(hers.matterId, 'release', { place: true });
  await see(hers.matterId);
  const joins = post(site, `/${hers.matterId}/joinings`, { language: 'es', email: XUAN });
  await confirm((await json<{ link: string }>(joins, 201)).link, XUAN);
  const same = await file(site, { ...LAMP, reporter: { email: PILAR } });
  await confirm(same.link, PILAR);
  await staff(same.matterId, 'release', { place: false });
  await staff(same.matterId, 'duplicate', { of: hers.matterId });
  return { hers, same, photo };
}

async function kept(words: string): Promise<number> {
  const found = await Promise.all(
    ['matter_people', 'outbox'].map((table) =>
      pool.query(`select from ${table} t where t::text like $1`, [`%${words}%`]),
    ),
  );
  const { rowCount } = await pool.query(
    "select from contents where position(convert_to($1, 'UTF8') in bytes) > 0",
    [words],
  );
  return found.reduce((sum, { rowCount: count }) => sum + (count ?? 0), rowCount ?? 0);
}

describe('a matter that others have joined', () => {
  it('is answered to all of them after its reporter erased herself, and keeps nothing of hers', async () => {
    const { hers, same, photo } = await joined();
    await json(post(site, '/by-link/erasures', { link: hers.link }));

    expect(await see(same.matterId)).toMatchObject({ state: 'duplicate', of: hers.matterId });
    const left = await see(hers.matterId);
    expect(left).toMatchObject({ state: 'open', text: {}, photos: [], joined: 2, members: 1 });
    expect([left.erased, left.reporterErased, left.place]).toEqual([undefined, 'gdpr-17', undefined]);
    expect((await site.fetch(`/api/v1/contents/${photo}`)).status).toBe(410);
    for (const words of [NELA, WORDS, HOUSE.address]) expect([words, await kept(words)]).toEqual([words, 0]);
    expect(await (await site.fetch(`/matters/${hers.matterId}`)).text()).toContain('Sigue adelante');

    await staff(hers.matterId, 'assign', { department: 'works' });
    await staff(hers.matterId, 'answer', { state: 'resolved', words: { es: 'Cambiada.' } });
    const told = () =>
      server.delivered.filter(({ message }) => message.includes('Cambiada.')).map(({ to }) => to);
    await until('both are told', () => told().length >= 2);
    expect(told().sort()).toEqual([PILAR, XUAN]);
  });

  it('has the words of the city where it is shown again', async () => {
    const { hers } = await joined();
    await staff(hers.matterId, 'hide', { reason: 'names-somebody' });
    await json(post(site, '/by-link/erasures', { link: hers.link }));
    const wordless = await act(site, 'lin', hers.matterId, 'release', { place: true });
    expect(await problem(wordless)).toMatchObject({ status: 422, code: 'text-empty' });
    await staff(hers.matterId, 'release', { place: true, text: { es: 'Farola apagada.' } });
    expect((await see(hers.matterId)).text).toEqual({ es: 'Farola apagada.' });
    // What is erased again is hers, and nothing that came later.
    await people.addReporter(hers.matterId, { language: 'es', email: NELA }, []);
    await site.running.app.get(MattersUpkeep, { strict: false }).round();
    expect(await kept(NELA)).toBe(0);
    expect((await see(hers.matterId)).text).toEqual({ es: 'Farola apagada.' });
    await staff(hers.matterId, 'assign', { department: 'works' });
  });

  it('is erased as a whole where nobody else has', async () => {
    const alone = await file(site);
    await staff(alone.matterId, 'release', { place: false });
    await json(post(site, '/by-link/erasures', { link: alone.link }));
    expect((await see(alone.matterId)).erased).toBe('gdpr-17');
    const answer = await act(site, 'lin', alone.matterId, 'answer', {
      state: 'resolved',
      words: { es: 'Ya.' },
    });
    expect(await problem(answer)).toMatchObject({ code: 'matter-erased' });
  });
});

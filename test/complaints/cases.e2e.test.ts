/** Matters that say the same: whose mails, whose figures and whose pages change when staff puts them together and apart. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { People } from '../../src/complaints/people.js';
import { POOL } from '../../src/platform.module.js';
import { json, storyClock } from '../elections/booth.js';
import { TestMailServer } from '../mail/mail-server.js';
import { Site } from '../rest/site.js';
import { until } from '../views/world.js';
import { act, describeCity, file, LAMP, post, type Filed, type Receipt } from './story.js';

const NELA = 'nela@example.org';
let server: TestMailServer;
let site: Site;
let pool: Pool;

beforeAll(async () => {
  server = await TestMailServer.start();
  const mail = { CONCEJO_SMTP: server.url, CONCEJO_MAIL_FROM: 'Villa <no-reply@villa.example>' };
  site = await Site.start({ clock: storyClock() }, { ...mail, PUBLIC_URL: 'https://vota.villa.example' });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  await describeCity(site);
});
afterAll(async () => {
  await site.stop();
  await server.stop();
});

function staff(matterId: string, what: string, body?: object): Promise<Receipt> {
  return json<Receipt>(act(site, 'lin', matterId, what, body));
}

/** By somebody who has confirmed her address. */
async function confirmed(email: string): Promise<Filed> {
  const filed = await file(site, { ...LAMP, reporter: { name: 'Nela', email } });
  const people = site.running.app.get(People, { strict: false });
  // The code that goes out by itself would take the place of this one.
  await until('the first code is out', () => server.delivered.some(({ to }) => to === email));
  const [person] = await people.ofMatter(filed.matterId);
  const code = await people.newCode(person!.personId);
  await json(post(site, '/by-link/confirmations', { link: filed.link, code }));
  return filed;
}

/** In every table that is about people and their mails. */
async function rowsWith(words: string): Promise<string[]> {
  const tables = ['matter_people', 'matter_links', 'matter_keys', 'matter_cases', 'outbox', 'contents'];
  const found = await Promise.all(
    tables.map((table) => pool.query(`select from ${table} t where t::text like $1`, [`%${words}%`])),
  );
  return tables.filter((_, index) => found[index]?.rowCount !== 0);
}

describe('a duplicate', () => {
  it('is answered with the other, by one mail, and leaves no address when it is erased', async () => {
    const [kept, same] = [await file(site), await confirmed(NELA)];
    await staff(kept.matterId, 'release', { place: false });
    await staff(same.matterId, 'duplicate', { of: kept.matterId });
    await staff(kept.matterId, 'answer', { state: 'resolved', words: { es: 'Cambiada.' } });
    const mails = () =>
      server.delivered.filter(({ to, message }) => to === NELA && message.includes('Cambiada.'));
    await until('she is told', () => mails().length > 0);
    await until('nothing waits', async () => {
      const waiting = await pool.query("select from outbox where state <> 'sent'");
      return waiting.rowCount === 0;
    });
    expect(mails()).toHaveLength(1);
    await json(post(site, '/by-link/erasures', { link: same.link }));
    expect(await rowsWith(NELA)).toEqual([]);
  });
});

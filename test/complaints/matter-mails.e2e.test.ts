/** A street lamp by mail: the code, the link, the answer, the end of a subscription and the erasure, over a real mail server. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { POOL } from '../../src/platform.module.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { headerOf, TestMailServer, textOf, type Delivered } from '../mail/mail-server.js';
import { Site } from '../rest/site.js';
import { until } from '../views/world.js';
import { act, describeCity, file, LAMP, post, type Filed, type Receipt } from './story.js';

const NELA = 'nela@example.org';
const XUAN = 'xuan@example.org';
const ORIGIN = 'https://vota.villa.example';
let server: TestMailServer;
let site: Site;
let lamp: Filed;

beforeAll(async () => {
  server = await TestMailServer.start();
  const mail = { CONCEJO_SMTP: server.url, CONCEJO_MAIL_FROM: 'Villa <no-reply@villa.example>' };
  site = await Site.start({ clock: storyClock() }, { ...mail, PUBLIC_URL: ORIGIN });
  await describeCity(site);
});
afterAll(async () => {
  await site.stop();
  await server.stop();
});

/** The only mail to an address since so many were taken. */
async function mailTo(to: string, since: number): Promise<Delivered> {
  await until(`there is a mail to ${to}`, () => server.delivered.slice(since).some((one) => one.to === to));
  return server.delivered.slice(since).find((one) => one.to === to)!;
}

const staff = (what: string, body: object) => json<Receipt>(act(site, 'lin', lamp.matterId, what, body));
const addresses = async (sql: string) =>
  JSON.stringify((await site.running.app.get<Pool>(POOL, { strict: false }).query<object>(sql)).rows);

describe('a matter by mail', () => {
  it('sends the code to who filed it, and once she has entered it her link', async () => {
    lamp = await file(site, { ...LAMP, reporter: { name: 'Nela', email: NELA } });
    const code = /es (\d{6})\./.exec(textOf(await mailTo(NELA, 0)))?.[1] ?? '';
    const confirmation = { link: lamp.link, code };
    await json(post(site, '/by-link/confirmations', confirmation));
    const text = textOf(await mailTo(NELA, 1));
    const link = /vota\.villa\.example\/matters\/own#([\w-]{43})/.exec(text)?.[1] ?? '';
    expect(link).not.toBe(lamp.link);
    expect(await json(post(site, '/by-link/views', { link }))).toMatchObject({ matterId: lamp.matterId });
  });

  it('tells the answer to her and to who joined, and nobody the same twice', async () => {
    await staff('release', { place: true });
    const joining = { language: 'en', email: XUAN };
    const { link } = await json<Filed>(post(site, `/${lamp.matterId}/joinings`, joining), 201);
    const code = /is (\d{6})\./.exec(textOf(await mailTo(XUAN, 2)))?.[1];
    for (let i = 0; i < 2; i++) await json(post(site, '/by-link/confirmations', { link, code }));
    await staff('answer', { state: 'answered', words: { es: 'La arreglamos el lunes.' } });
    const since = 3;
    const [hers, his] = [await mailTo(NELA, since), await mailTo(XUAN, since)];
    expect(textOf(hers)).toContain('La arreglamos el lunes.');
    expect(textOf(hers)).toContain(`${ORIGIN}/matters/${lamp.matterId}`);
    expect(textOf(his)).toContain('La arreglamos el lunes.');
    expect(server.delivered).toHaveLength(5);
    expect(new Set(server.delivered.map(({ messageId }) => messageId)).size).toBe(5);
  });

  it('ends for who joined by the button of a mail program, and not by a look at the address', async () => {
    const his = server.delivered.findLast(({ to }) => to === XUAN)!;
    const address = /<(.*)>/.exec(headerOf(his.message, 'List-Unsubscribe') ?? '')?.[1] ?? '';
    expect(headerOf(his.message, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    const path = address.replace(ORIGIN, '');
    const asked = await site.fetch(path);
    expect(asked.status).toBe(200);
    expect(await asked.text()).toContain('<form method="post"');
    expect(await addresses('select email from matter_people')).toContain(XUAN);
    const oneClick = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    };
    const forged = `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`;
    expect((await site.fetch(forged, oneClick)).status).toBe(200);
    expect(await addresses('select email from matter_people')).toContain(XUAN);
    for (let i = 0; i < 2; i++) expect((await site.fetch(path, oneClick)).status).toBe(200);
    expect(await addresses('select email from matter_people')).not.toContain(XUAN);
    expect(await addresses('select recipient from outbox')).not.toContain(XUAN);
    await json<Receipt>(act(site, 'lin', lamp.matterId, 'move', { state: 'resolved' }, newCommandId()));
    await mailTo(NELA, 5);
    expect(server.delivered.slice(5).map(({ to }) => to)).toEqual([NELA]);
  });

  it('is nowhere any more once she is erased', async () => {
    await until(
      'nothing waits',
      async () => (await addresses(`select from outbox where state <> 'sent'`)) === '[]',
    );
    await json(post(site, '/by-link/erasures', { link: lamp.link }));
    expect(await addresses('select recipient, text from outbox')).toBe('[]');
    expect(await addresses('select email from matter_people')).not.toContain(NELA);
  });
});

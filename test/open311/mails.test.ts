/** Who files by another program has no link from us: it comes with the code, and waits in the outbox where no mail is set up. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { POOL } from '../../src/platform.module.js';
import { json } from '../elections/booth.js';
import { post } from '../complaints/story.js';
import { until } from '../views/world.js';
import { openCity, type OpenCity } from './city.js';

let city: OpenCity;
let pool: Pool;
beforeAll(async () => {
  city = await openCity();
  pool = city.site.running.app.get<Pool>(POOL, { strict: false });
}, 60_000);
afterAll(() => city.site.stop());

interface Mail {
  recipient: string;
  kind: string;
  state: string;
  text: string;
}

/** With their words, which no staff sees. */
async function waiting(email: string, count: number): Promise<Mail[]> {
  const found = async () => {
    const { rows } = await pool.query<Mail>(
      'select recipient, kind, state, text from outbox where recipient = $1 order by made_at',
      [email],
    );
    return rows;
  };
  await until(`there are ${count} mails to ${email}`, async () => (await found()).length >= count);
  return found();
}

describe('a request with an address', () => {
  it('whose mails cannot be sent leaves code and link where staff sees them, and they work', async () => {
    const id = await city.file({ email: 'nela@example.org' });
    const [mail, ...more] = await waiting('nela@example.org', 1);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ kind: 'matter-code', state: 'waiting' });
    // Staff sees that it waits, and for whom.
    const seen = await json<{ items: object[] }>(city.site.as('ana', 'GET', '/api/v1/mail?state=waiting'));
    const { recipient, kind, state } = mail!;
    expect(seen.items).toContainEqual(expect.objectContaining({ recipient, kind, state }));
    expect(JSON.stringify(seen)).not.toMatch(/\d{6}\./);
    const code = /es (\d{6})\./.exec(mail!.text)?.[1];
    const link = /^([\w-]{43})$/m.exec(mail!.text)?.[1] ?? '';
    expect(await json(post(city.site, '/by-link/views', { link }))).toMatchObject({
      matterId: id,
      email: 'given',
    });
    await json(post(city.site, '/by-link/confirmations', { link, code }));
    await waiting('nela@example.org', 2);
    // Of what it is about the mail says nothing: whoever has the address did not have to file it.
    expect(mail!.text).not.toContain('Una farola');
  });

  it('of a service that takes nothing unconfirmed becomes a request by that code', async () => {
    const body = new URLSearchParams({
      api_key: city.otherKey,
      service_code: 'trees',
      lat: String(city.facts.inside.lat),
      long: String(city.facts.inside.long),
      description: 'Un árbol caído',
      email: 'xuan@example.org',
    });
    const answer = await fetch(`${city.facts.baseUrl}requests.json`, { method: 'POST', body });
    const [{ token }] = (await answer.json()) as [{ token: string }];
    await city.facts.seen();
    const asked = () => fetch(`${city.facts.baseUrl}tokens/${token}.json`);
    expect((await asked()).status).toBe(404);
    const [mail] = await waiting('xuan@example.org', 1);
    const code = /es (\d{6})\./.exec(mail!.text)?.[1];
    const link = /^([\w-]{43})$/m.exec(mail!.text)?.[1] ?? '';
    await json(post(city.site, '/by-link/confirmations', { link, code }));
    await city.facts.seen();
    expect(await (await asked()).json()).toEqual([{ service_request_id: token, token }]);
  });

  it('without one makes no mail', async () => {
    const id = await city.file();
    const { rows } = await pool.query('select from outbox where about = $1', [`matter-${id}`]);
    expect(rows).toEqual([]);
  });
});

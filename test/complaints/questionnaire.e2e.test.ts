/** Four weeks after the end: the mail that asks, the page that it leads to, and what is never asked or asked twice. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { QuestionnaireRound } from '../../src/complaints/questionnaire-round.js';
import { POOL } from '../../src/platform.module.js';
import { DAY_MS, json, storyClock } from '../elections/booth.js';
import { TestMailServer, textOf, type Delivered } from '../mail/mail-server.js';
import { Site } from '../rest/site.js';
import { asAdmin } from '../test-server.js';
import { until } from '../views/world.js';
import { act, describeCity, file, LAMP, post, type Filed, type Receipt } from './story.js';

const ORIGIN = 'https://vota.villa.example';
const clock = storyClock();
let server: TestMailServer;
let site: Site;
let pool: Pool;
let round: QuestionnaireRound;

beforeAll(async () => {
  server = await TestMailServer.start();
  const mail = { CONCEJO_SMTP: server.url, CONCEJO_MAIL_FROM: 'Villa <no-reply@villa.example>' };
  site = await Site.start({ clock }, { ...mail, PUBLIC_URL: ORIGIN });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  round = site.running.app.get(QuestionnaireRound, { strict: false });
  await describeCity(site);
});
afterAll(async () => {
  await site.stop();
  await server.stop();
});

const asking = () => server.delivered.filter((one) => textOf(one).includes('Hace cuatro semanas'));
const asked = (to: string): Delivered[] => asking().filter((one) => one.to === to);

/** When a matter's reporter is to be asked, once the reactor has come there. */
async function due(
  matterId: string,
  isThere: boolean,
): Promise<{ due_at: Date; done_at: Date | null } | undefined> {
  const found = async () =>
    (
      await pool.query<{ due_at: Date; done_at: Date | null }>(
        'select due_at, done_at from matter_questionnaires where matter_id = $1',
        [matterId],
      )
    ).rows[0];
  await until(`the reactor knows of ${matterId}`, async () => ((await found()) !== undefined) === isThere);
  return found();
}

async function filed(email: string, more: object = {}): Promise<Filed> {
  const one = await file(site, { ...LAMP, reporter: { email }, ...more });
  await until('the code was sent', () => server.delivered.some(({ to }) => to === email));
  return one;
}

async function confirmed(email: string, more: object = {}): Promise<Filed> {
  const one = await filed(email, more);
  const code = /es (\d{6})\./.exec(textOf(server.delivered.find(({ to }) => to === email)!))?.[1];
  await json(post(site, '/by-link/confirmations', { link: one.link, code }));
  return one;
}

const answer = ({ matterId }: Filed, state = 'resolved') =>
  json<Receipt>(act(site, 'lin', matterId, 'answer', { state, words: { es: 'Cambiada.' } }));
const report = (link: string, fixed: boolean) => json<Receipt>(post(site, '/by-link/fixes', { link, fixed }));

function send(path: string, fields: Record<string, string>, cookie = ''): Promise<Response> {
  return site.fetch(path, {
    method: 'POST',
    headers: {
      accept: 'text/html',
      'accept-language': 'es',
      origin: ORIGIN,
      cookie,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields).toString(),
  });
}

describe('the questionnaire', () => {
  it('comes once, four weeks after the end, and its link opens a page that asks and opens the matter again', async () => {
    const lamp = await confirmed('nela@example.org');
    await answer(lamp);
    const planned = await due(lamp.matterId, true);
    expect(planned!.due_at.getTime() - clock.now().getTime()).toBeGreaterThan(27.9 * DAY_MS);
    await round.round();
    expect(await due(lamp.matterId, true)).toEqual(planned);
    clock.advance(28 * DAY_MS);
    await Promise.all([round.round(), round.round()]);
    await round.round();
    await until('it came', () => asked('nela@example.org').length > 0);
    expect(asked('nela@example.org')).toHaveLength(1);
    const text = textOf(asked('nela@example.org')[0]!);
    expect(text).toContain('Hace cuatro semanas que se cerró.');
    const link = /vota\.villa\.example\/matters\/own#([\w-]{43})/.exec(text)?.[1] ?? '';

    const opened = await send('/matters/own', { link });
    const cookie = (opened.headers.get('set-cookie') ?? '').split(';', 1)[0]!;
    const page = await site.fetch('/matters/own', {
      headers: { cookie, accept: 'text/html', 'accept-language': 'es' },
    });
    const html = await page.text();
    expect(html).toContain('¿Está arreglado?');
    expect(html).toMatch(/<button name="fixed" value="true">.*<button name="fixed" value="false">/s);
    // Who sends neither answer opens nothing.
    for (const more of ['', '&fixed=', '&fixed=no']) {
      const fields = Object.fromEntries(new URLSearchParams(`commandId=${randomUUID()}${more}`));
      expect((await send('/matters/own/fixes', fields, cookie)).status).toBe(422);
    }
    const no = await send('/matters/own/fixes', { commandId: randomUUID(), fixed: 'false' }, cookie);
    expect(no.status).toBe(303);
    await due(lamp.matterId, false);
    const position = /atLeast=(\d+)/.exec(no.headers.get('location') ?? '')?.[1] ?? '';
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    const own = await json<{ matter: { stateKind: string; history: { reason?: string }[] } }>(
      post(site, '/by-link/views', { link: lamp.link }),
    );
    expect(own.matter).toMatchObject({ stateKind: 'open' });
    expect(own.matter.history.at(-1)).toMatchObject({ what: 'MatterReopened', reason: 'questionnaire' });

    // What is closed again is asked about again.
    await answer(lamp);
    await due(lamp.matterId, true);
    clock.advance(28 * DAY_MS);
    await round.round();
    await until('it came again', () => asked('nela@example.org').length === 2);
  }, 30_000);

  it('is not sent about what is open again, nor to who has said so, is erased, or never confirmed her address', async () => {
    const [open, said, erased, unconfirmed] = [
      await confirmed('open@example.org'),
      await confirmed('said@example.org'),
      await confirmed('erased@example.org'),
      await filed('never@example.org'),
    ];
    for (const one of [open, said, erased, unconfirmed]) {
      await answer(one);
      await due(one.matterId, true);
    }
    await json(act(site, 'lin', open.matterId, 'reopen', { words: { es: 'No era esa.' } }));
    await report(said.link, true);
    await json(post(site, '/by-link/erasures', { link: erased.link }));
    await due(open.matterId, false);
    await due(erased.matterId, false);
    await until('what she said is known', async () => (await due(said.matterId, true))?.done_at !== null);
    clock.advance(28 * DAY_MS);
    const before = asking().length;
    await round.round();
    expect((await due(unconfirmed.matterId, true))?.done_at).not.toBeNull();
    const { rows } = await pool.query("select from outbox where kind = 'matter-questionnaire'");
    expect([asking().length, rows.length]).toEqual([before, before]);
  }, 30_000);

  it('is not sent where the matter was opened again a moment ago, which the reactor has not heard of', async () => {
    const lamp = await confirmed('late@example.org');
    await answer(lamp);
    await due(lamp.matterId, true);
    await report(lamp.link, false);
    await due(lamp.matterId, false);
    const closedAt = new Date(clock.now().getTime() - 30 * DAY_MS);
    await pool.query('insert into matter_questionnaires (matter_id, closed_at, due_at) values ($1, $2, $3)', [
      lamp.matterId,
      closedAt,
      clock.now(),
    ]);
    await round.round();
    const { rows } = await pool.query('select done_at from matter_questionnaires where matter_id = $1', [
      lamp.matterId,
    ]);
    expect(rows).toEqual([{ done_at: null }]);
    expect(asked('late@example.org')).toEqual([]);
  }, 30_000);

  it('is not sent to who said a moment ago that it is fixed, which the reactor has not heard of', async () => {
    const lamp = await confirmed('just@example.org');
    await answer(lamp);
    await due(lamp.matterId, true);
    await report(lamp.link, true);
    await until('what she said is known', async () => (await due(lamp.matterId, true))?.done_at !== null);
    await pool.query('update matter_questionnaires set done_at = null, due_at = $2 where matter_id = $1', [
      lamp.matterId,
      clock.now(),
    ]);
    await round.round();
    expect(await due(lamp.matterId, true)).toMatchObject({ done_at: null });
    const { rows } = await pool.query(
      "select from outbox where kind = 'matter-questionnaire' and about = $1",
      [`matter-${lamp.matterId}`],
    );
    expect(rows).toEqual([]);
  }, 30_000);

  it('stands as failed where it was due before the database was restored: it may have been sent', async () => {
    const lamp = await confirmed('moved@example.org');
    await answer(lamp);
    await due(lamp.matterId, true);
    clock.advance(28 * DAY_MS);
    await pool.query('update outbox_home set since = $1', [clock.now()]);
    await round.round();
    const { rows } = await pool.query(
      "select state, reason from outbox where kind = 'matter-questionnaire' and about = $1",
      [`matter-${lamp.matterId}`],
    );
    expect(rows).toEqual([{ state: 'failed', reason: 'too-old' }]);
    expect(asked('moved@example.org')).toEqual([]);
  }, 30_000);

  it('leaves no link of a mail that was not put in', async () => {
    const lamp = await confirmed('broken@example.org');
    await answer(lamp);
    await due(lamp.matterId, true);
    clock.advance(28 * DAY_MS);
    const links = async () => (await pool.query('select from matter_links')).rowCount;
    const before = await links();
    const owner = (sql: string) => asAdmin(site.settings.ownerUrl!, (client) => client.query(sql));
    await owner("alter table outbox add constraint broken check (kind <> 'matter-questionnaire') not valid");
    await expect(round.round()).rejects.toThrow();
    expect(await links()).toBe(before);
    expect((await due(lamp.matterId, true))?.done_at).toBeNull();
    await owner('alter table outbox drop constraint broken');
    await round.round();
    expect(await links()).toBe((before ?? 0) + 1);
  }, 30_000);
});

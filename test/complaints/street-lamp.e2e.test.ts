/**
 * The life of a street lamp: filed by phone with a photo, joined by a neighbour, assigned, waited for, answered, not fixed, opened
 * again, fixed, asked about by mail, and erased by who filed it. Then the views are made again from the log alone, and everybody is
 * answered the same as before.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { matterStepsView } from '../../projections/matter-steps.view.js';
import { mattersView } from '../../projections/matters.view.js';
import { QuestionnaireRound } from '../../src/complaints/questionnaire-round.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { ViewRunner } from '../../src/views/runner.js';
import { tableName } from '../../src/views/table.js';
import { DAY_MS, json, storyClock } from '../elections/booth.js';
import { TestMailServer, textOf, type Delivered } from '../mail/mail-server.js';
import { telephonePhoto } from '../photos/pictures.js';
import { Site } from '../rest/site.js';
import { until } from '../views/world.js';
import { act, describeCity, LAMP_AT, type Receipt } from './story.js';

const ORIGIN = 'https://vota.villa.example';
const NELA = 'nela@example.org';
const XUAN = 'xuan@example.org';
const WORDS = 'No alumbra la farola de la rula.';
const clock = storyClock();
let server: TestMailServer;
let site: Site;
let pool: Pool;

beforeAll(async () => {
  server = await TestMailServer.start();
  const mail = { CONCEJO_SMTP: server.url, CONCEJO_MAIL_FROM: 'Villa <no-reply@villa.example>' };
  site = await Site.start({ clock }, { ...mail, PUBLIC_URL: ORIGIN });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  await describeCity(site);
});
afterAll(async () => {
  await site.stop();
  await server.stop();
});

const AS_PAGE = { accept: 'text/html', 'accept-language': 'es', origin: ORIGIN };
const SEEN = { headers: { accept: 'text/html', 'accept-language': 'es' } };

async function page(path: string, cookie = ''): Promise<string> {
  return (await site.fetch(path, { headers: { ...SEEN.headers, cookie } })).text();
}

/** A form without files, as a browser sends it. */
function send(path: string, fields: Readonly<Record<string, string>>, cookie = ''): Promise<Response> {
  return site.fetch(path, {
    method: 'POST',
    headers: { ...AS_PAGE, cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
}

/** The hidden fields of the form that goes to an address. */
function fieldsOf(html: string, action: string): Record<string, string> {
  const form = html.split('<form').find((one) => one.includes(`action="${action}"`)) ?? '';
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value]));
}

const linkIn = (html: string) => /matters\/own#([\w-]{43})/.exec(html)?.[1] ?? '';

/** Opens the page of somebody's own, and gives its cookie. */
async function open(link: string): Promise<string> {
  await site.fetch(`/api/v1/matters?atLeast=${String(await head())}`);
  const opened = await send('/matters/own', { link });
  expect(opened.status).toBe(303);
  return (opened.headers.get('set-cookie') ?? '').split(';', 1)[0]!;
}

/** Of a form for a street lamp that was just opened. */
async function newCommandIdOfPage(): Promise<string> {
  const html = await page('/matters/new?kind=complaint&category=street-lamp');
  return /name="commandId" value="([^"]+)"/.exec(html)?.[1] ?? '';
}

/** What somebody does on her page; the page as it is then. */
async function does(cookie: string, what: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const action = `/matters/own/${what}`;
  const hidden = fieldsOf(await page('/matters/own', cookie), action);
  expect([what, hidden.commandId]).toEqual([what, expect.stringMatching(/^[\w-]{16,}$/)]);
  const done = await send(action, { ...hidden, ...fields }, cookie);
  expect([what, done.status]).toEqual([what, 303]);
  // As a browser, which forgets the cookie where it is told to.
  const kept = (done.headers.get('set-cookie') ?? '').startsWith('concejo_matter=;') ? '' : cookie;
  return page(done.headers.get('location')!, kept);
}

/** Mails to somebody, of which there must be so many by now. */
async function mailsTo(to: string, count: number): Promise<Delivered[]> {
  const found = () => server.delivered.filter((one) => one.to === to);
  await until(`${to} has got ${count} mails`, () => found().length >= count);
  expect(found()).toHaveLength(count);
  return found();
}
const lastTo = async (to: string, count: number) => textOf((await mailsTo(to, count)).at(-1)!);
const codeIn = (text: string) => /es (\d{6})\./.exec(text)?.[1] ?? '';

async function staff(id: string, what: string, body: object): Promise<Receipt> {
  const receipt = await json<Receipt>(act(site, 'lin', id, what, body));
  await site.fetch(`/api/v1/matters?atLeast=${receipt.position}`);
  return receipt;
}

async function head(): Promise<bigint> {
  return site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head();
}

/** Everything that anybody may ask for. */
async function publicAnswers(id: string): Promise<Record<string, unknown>> {
  await site.fetch(`/api/v1/matters?atLeast=${String(await head())}`);
  const answers: Record<string, unknown> = {};
  for (const path of [
    '/api/v1/matters',
    '/api/v1/matters?stateKind=fixed&area=harbour&category=street-lamp',
    `/api/v1/matters/${id}`,
    '/api/v1/matters/map?bbox=-6.2,43.5,-6,43.7&zoom=22',
    '/api/v1/matters/categories',
    '/api/v1/matters/years',
    '/api/v1/matters/years/2026',
  ]) {
    // The figures of a year say of which moment they are.
    const { at: _asked, ...answer } = await json(site.fetch(path));
    answers[path] = answer;
  }
  for (const path of [
    '/api/v1/matters/years/2026/report.csv',
    '/feeds/matters.atom',
    `/feeds/matters/${id}.atom`,
  ]) {
    const answer = await site.fetch(path);
    answers[path] = [answer.status, await answer.text()];
  }
  return answers;
}

interface Lamp {
  state: string;
  stateKind: string;
  joined: number;
  reopened: number;
  text: Record<string, string>;
  photos: string[];
  erased?: string;
  place?: object;
  history: { what: string; state?: string; reason?: string; words?: Record<string, string> }[];
}
const seen = (id: string) => json<Lamp>(site.fetch(`/api/v1/matters/${id}`));

describe('a street lamp', () => {
  let id: string;
  let nela: string;
  let xuan: string;
  let photo: string;

  it('is filed by phone, with a photo, where the phone is', async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries({
      commandId: await newCommandIdOfPage(),
      kind: 'complaint',
      category: 'street-lamp',
      text: WORDS,
      'answers.lamp': 'off',
      lat: String(LAMP_AT.lat),
      long: String(LAMP_AT.long),
      address: LAMP_AT.address,
      email: NELA,
    })) {
      form.set(name, value);
    }
    const jpeg = await telephonePhoto(640, 480);
    form.append('photo', new Blob([Uint8Array.from(jpeg)], { type: 'image/jpeg' }), 'farola.jpg');
    const filed = await site.fetch('/matters/new', { method: 'POST', headers: AS_PAGE, body: form });
    const said = await filed.text();
    expect([filed.status, said.includes('Te hemos enviado un código por correo')]).toEqual([201, true]);
    id = /<data value="([0-9a-f-]{36})">/.exec(said)?.[1] ?? '';
    nela = await open(linkIn(said));
    const confirmed = await does(nela, 'confirmations', { code: codeIn(await lastTo(NELA, 1)) });
    expect(confirmed).toContain('Tu correo está confirmado.');
    expect(await lastTo(NELA, 2)).toContain(`${ORIGIN}/matters/own#`);
    expect((await site.fetch(`/api/v1/matters/${id}`)).status).toBe(404);
  });

  it('is published by staff, and found by a neighbour who was about to file the same', async () => {
    await staff(id, 'release', { place: true });
    const lamp = await seen(id);
    expect(lamp).toMatchObject({ state: 'open', text: { es: WORDS }, place: LAMP_AT });
    photo = lamp.photos[0] ?? '';
    const shown = await site.fetch(`/api/v1/contents/${photo}`);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg']);

    // What is near is looked for in memory, which follows the views.
    await until('it is on the map', async () => {
      const map = await site.fetch('/api/v1/matters/map?bbox=-6.2,43.5,-6,43.7&zoom=22');
      return (await map.text()).includes(id);
    });
    const fields = { kind: 'complaint', category: 'street-lamp', text: 'La farola no alumbra.' };
    const at = { lat: String(LAMP_AT.lat + 20), long: String(LAMP_AT.long) };
    const commandId = await newCommandIdOfPage();
    const filing = { ...fields, ...at, 'answers.lamp': 'off', email: XUAN, commandId };
    const found = await (await send('/matters/new', filing)).text();
    expect(found).toContain('¿Es una de estas?');
    const action = `/matters/${id}/joinings`;
    const joined = await send(action, fieldsOf(found, action));
    const said = await joined.text();
    expect([joined.status, said.includes('Te has sumado')]).toEqual([201, true]);
    xuan = await open(linkIn(said));
    const confirmed = await does(xuan, 'confirmations', { code: codeIn(await lastTo(XUAN, 1)) });
    expect(confirmed).toContain('Tu correo está confirmado.');
    await site.fetch(`/api/v1/matters?atLeast=${String(await head())}`);
    expect((await seen(id)).joined).toBe(1);
  });

  it('is assigned, and waits for its reporter until she says more', async () => {
    await staff(id, 'assign', { department: 'works', reason: 'wrong-department' });
    await staff(id, 'move', { state: 'waiting', words: { es: '¿Qué farola es?' } });
    expect(await lastTo(NELA, 3)).toContain('¿Qué farola es?');
    expect(await lastTo(XUAN, 2)).toContain('¿Qué farola es?');
    clock.advance(3 * DAY_MS);
    expect(await does(nela, 'additions', { text: 'La segunda desde la plaza.' })).toContain(
      'La segunda desde la plaza.',
    );
    expect(await seen(id)).toMatchObject({ state: 'in-progress', department: 'works' });
  });

  it('is answered, is not fixed, and is opened again', async () => {
    clock.advance(DAY_MS);
    await staff(id, 'answer', { state: 'answered', words: { es: 'La arreglamos el lunes.' } });
    for (const [to, count] of [
      [NELA, 4],
      [XUAN, 3],
    ] as const)
      expect(await lastTo(to, count)).toContain('La arreglamos el lunes.');
    clock.advance(7 * DAY_MS);
    nela = await open(linkIn(textOf((await mailsTo(NELA, 4))[1]!)));
    await does(nela, 'fixes', { fixed: 'false', text: 'Sigue apagada.' });
    expect(await seen(id)).toMatchObject({ state: 'open', stateKind: 'open', reopened: 1 });
    // Who opened it again knows, and her words are hers until staff has looked at them.
    expect(await lastTo(XUAN, 4)).not.toContain('Sigue apagada.');
  });

  it('is fixed, and four weeks later she is asked whether it is, and says so', async () => {
    clock.advance(2 * DAY_MS);
    await staff(id, 'answer', { state: 'resolved', words: { es: 'Se cambió la lámpara.' } });
    await mailsTo(NELA, 5);
    await mailsTo(XUAN, 5);
    await until(
      'it is planned',
      async () => (await pool.query('select from matter_questionnaires')).rowCount === 1,
    );
    const round = site.running.app.get(QuestionnaireRound, { strict: false });
    clock.advance(27 * DAY_MS);
    await round.round();
    clock.advance(DAY_MS);
    await round.round();
    await round.round();
    const asked = await lastTo(NELA, 6);
    expect(asked).toContain('Hace cuatro semanas que se cerró.');
    await mailsTo(XUAN, 5);
    nela = await open(linkIn(asked));
    expect(await page('/matters/own', nela)).toContain('¿Está arreglado?');
    expect(await does(nela, 'fixes', { fixed: 'true' })).toContain('Dice que está arreglado.');
    expect(await seen(id)).toMatchObject({ state: 'resolved', stateKind: 'fixed', reopened: 1, joined: 1 });
  });

  it('is erased by who filed it, and is the same for everybody when the log is replayed', async () => {
    expect(await does(nela, 'erasures', { sure: '1' })).toContain('Borrado. Tu enlace ya no lleva a nada.');
    const before = await publicAnswers(id);
    const lamp = before[`/api/v1/matters/${id}`] as Lamp;
    const gone = { reporterErased: 'gdpr-17', text: {}, photos: [] };
    expect(lamp).toMatchObject({ state: 'resolved', ...gone, joined: 1 });
    expect([lamp.erased, lamp.place]).toEqual([undefined, undefined]);
    expect(lamp.history.map(({ what }) => what)).toEqual([
      ...['MatterFiled', 'MatterConfirmed', 'MatterReleased', 'MatterAssigned', 'MatterMoved', 'MatterAdded'],
      ...[
        'MatterAnswered',
        'FixReported',
        'MatterReopened',
        'MatterAnswered',
        'FixReported',
        'ReporterErased',
      ],
    ]);
    expect(lamp.history.at(-3)?.words).toEqual({ es: 'Se cambió la lámpara.' });
    expect((await site.fetch(`/api/v1/contents/${photo}`)).status).toBe(410);
    const everything = JSON.stringify(before);
    for (const hers of [WORDS, LAMP_AT.address, 'segunda desde', 'Sigue apagada', NELA, XUAN])
      expect([hers, everything.includes(hers)]).toEqual([hers, false]);
    const { rows } = await pool.query<{ recipient: string }>(
      'select distinct recipient from outbox where recipient is not null',
    );
    // Who joined is still there.
    expect(rows).toEqual([{ recipient: XUAN }]);

    // Nothing of the old views is left that the new ones could have come from.
    for (const view of [mattersView, matterStepsView]) await pool.query(`delete from ${tableName(view)}`);
    expect((await site.fetch(`/api/v1/matters/${id}`)).status).toBe(404);
    await site.running.app.get(ViewRunner, { strict: false }).rebuild();
    expect(await publicAnswers(id)).toEqual(before);
  });
});

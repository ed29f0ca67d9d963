/** The pages of matters as the program serves them, over HTTP and in a real browser without JavaScript. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { act, describeCity, file, LAMP, LAMP_AT } from '../complaints/story.js';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { RulesInForce } from '../../src/categories/rules-in-force.js';
import { Views } from '../../src/views/views.js';
import { MatterCatalogue } from '../../src/web/matter-catalogue.js';
import { json, storyClock } from '../elections/booth.js';
import { telephonePhoto } from '../photos/pictures.js';
import { people, Site } from '../rest/site.js';
import { DESK, axe, hasBrowser, openBrowser, PHONE } from './browser.js';

const clock = storyClock();
let site: Site;
let logged = '';
beforeAll(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
  site = await Site.start({ clock, log });
  await describeCity(site);
});
afterAll(() => site.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  site.fetch(path, { headers: { accept: 'text/html,*/*', 'accept-language': 'en', ...headers } });
const text = async (path: string) => (await get(path)).text();

const FIELDS = {
  kind: 'complaint',
  category: 'street-lamp',
  text: 'The lamp has been off for a week.',
  'answers.lamp': 'off',
  address: 'Calle del Faro, 12',
};

function send(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return site.fetch(path, {
    method: 'POST',
    headers: {
      accept: 'text/html',
      'accept-language': 'en',
      origin: site.origin,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  });
}

const newForm = (fields: Record<string, string> = {}) => ({ ...FIELDS, commandId: randomUUID(), ...fields });
const linkIn = (html: string) => /matters\/own#([A-Za-z0-9_-]{43})"/.exec(html)?.[1];
const numberIn = (html: string) => /<data value="([0-9a-f-]{36})">/.exec(html)?.[1] ?? '';

async function released(filing: object = LAMP): Promise<string> {
  const { matterId } = await file(site, filing);
  const { position } = await json<{ position: string }>(
    act(site, 'lin', matterId, 'release', { place: true }),
  );
  await site.fetch(`/api/v1/matters?atLeast=${position}`);
  return matterId;
}

/** Pages follow the log within moments. */
async function soon<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It did not come about');
}

describe('filing by a form', () => {
  it('begins with a kind and what it is about, those that take the kind alone', async () => {
    const first = await get('/matters/new');
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const html = await first.text();
    expect(html).toContain('href="/matters/new?kind=complaint&amp;category=street-lamp"');
    expect(html).toContain('call 112');
    const second = await text('/matters/new?kind=complaint&category=street-lamp');
    expect(second).toContain('Where cables hang loose');
    expect(second).toContain('name="answers.lamp"');
    expect(second).toMatch(/name="commandId" value="[0-9a-f-]{36}"/);
    expect(await text('/matters/new?kind=thanks&category=dark-street')).not.toContain('name="text"');
    expect(await text('/matters/new?kind=x&category=nothing')).toContain('What is it about?');
  });

  it('shows the link once, and the same form again is the same matter', async () => {
    const fields = newForm();
    const answers = [await send('/matters/new', fields), await send('/matters/new', fields)];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]!.headers.get('cache-control')).toBe('no-store');
    const [first, again] = await Promise.all(answers.map((answer) => answer.text()));
    expect(numberIn(first!)).toBe(numberIn(again!));
    expect(linkIn(first!)).toBeDefined();
    const other = await send('/matters/new', { ...fields, text: 'Something else' });
    expect([other.status, await other.text()]).toEqual([422, expect.stringContaining('was sent already')]);
    expect((await get(`/matters/${numberIn(first!)}`)).status).toBe(404);
  });

  it.each([
    [{ text: ' ' }, 'text', 'Write what it is about.'],
    [{ email: 'nobody' }, 'email', 'This is no e-mail address.'],
    [{ area: 'nowhere' }, 'area', 'The city has no such area.'],
    [{ lat: '40400000', long: '-3700000' }, 'where', 'This place is not in the city.'],
    [{ 'answers.lamp': 'x' }, 'question-lamp', 'Choose one of the answers.'],
  ])('says of %j beside its field what is wrong, and keeps what was typed', async (wrong, field, says) => {
    const answer = await send('/matters/new', newForm(wrong));
    const html = await answer.text();
    expect(answer.status).toBe(422);
    expect(html).toMatch(new RegExp(`id="${field}-fault"[^>]*>${says}`));
    expect(html).toContain('value="Calle del Faro, 12"');
    if (field !== 'text') expect(html).toContain('The lamp has been off for a week.</textarea>');
  });

  it('takes nothing from another site', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      expect((await send('/matters/new', newForm(), { origin })).status).toBe(403);
    }
  });

  it('shows what is near before it files, and then either joins or files', async () => {
    const near = await released();
    const fields = newForm({ lat: String(LAMP_AT.lat), long: String(LAMP_AT.long) });
    await soon(async () => {
      const map = await (await site.fetch('/api/v1/matters/map?bbox=-6.2,43.5,-6,43.7&zoom=22')).text();
      return map.includes(near) || undefined;
    });
    const html = await (await send('/matters/new', fields)).text();
    expect(html).toContain('Is it one of these?');
    expect(html).toContain(`action="/matters/${near}/joinings"`);
    expect(html).toContain(`name="text" value="${FIELDS.text}"`);
    expect((await send('/matters/new', { ...fields, isOther: '1' })).status).toBe(201);
    const joined = await send(`/matters/${near}/joinings`, { commandId: randomUUID(), email: '' });
    expect([joined.status, linkIn(await joined.text())]).toEqual([201, expect.any(String)]);
  });

  it('takes photos, and keeps them when something else is wrong', async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries(newForm({ email: 'nobody', isOther: '1' })))
      form.set(name, value);
    const jpeg = await telephonePhoto();
    form.append('photo', new Blob([Uint8Array.from(jpeg)], { type: 'image/jpeg' }), 'lamp.jpg');
    const sendForm = (body: FormData) =>
      site.fetch('/matters/new', {
        method: 'POST',
        headers: { origin: site.origin, accept: 'text/html' },
        body,
      });
    const refused = await sendForm(form);
    const kept = /name="photos" value="([0-9a-f-]{36})"/.exec(await refused.text())?.[1];
    expect([refused.status, kept]).toEqual([422, expect.any(String)]);
    form.set('photo', new Blob(['no photo'], { type: 'image/jpeg' }), 'lamp.jpg');
    expect(await (await sendForm(form)).text()).toMatch(/id="photos-fault"/);
    const filed = await send('/matters/new', newForm({ photos: kept!, isOther: '1' }));
    const id = numberIn(await filed.text());
    const whole = await soon(async () => {
      const answer = await site.as('lin', 'GET', `/api/v1/matters/${id}/file`);
      return answer.status === 200 ? ((await answer.json()) as { photos: string[] }) : undefined;
    });
    expect(whole.photos).toEqual([kept]);
  });
});

describe('photos beyond the limits', () => {
  const LARGE = 5_300_000;
  const form = async (photos: readonly (Buffer | number)[], fields: Record<string, string>) => {
    const form = new FormData();
    for (const photo of photos) {
      const bytes = typeof photo === 'number' ? new Uint8Array(photo) : Uint8Array.from(photo);
      form.append('photo', new Blob([bytes], { type: 'image/jpeg' }), 'lamp.jpg');
    }
    // After the photos, as some of them stand in the form.
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return form;
  };
  const post = (path: string, body: FormData, cookie = '') =>
    site.fetch(path, {
      method: 'POST',
      headers: { origin: site.origin, accept: 'text/html', 'accept-language': 'en', cookie },
      body,
    });

  it.each([
    ['one that is too large', async () => [await telephonePhoto(), LARGE], 'The photo is too large', 1],
    [
      'three of 6.9 MB',
      () => Promise.resolve([6_900_000, 6_900_000, 6_900_000]),
      'The photo is too large',
      0,
    ],
    [
      'four',
      () => Promise.all([32, 34, 36, 38].map((height) => telephonePhoto(64, height))),
      'You have chosen more photos than fit',
      3,
    ],
  ])('%s: what was typed is kept, and the photos that fit', async (_, photos, says, kept) => {
    const answer = await post('/matters/new', await form(await photos(), newForm({ isOther: '1' })));
    const html = await answer.text();
    expect(answer.status).toBe(422);
    expect(html).toMatch(new RegExp(`id="photos-fault"[^>]*>${says}`));
    expect(html).toContain(`${FIELDS.text}</textarea>`);
    expect(html.match(/name="photos" value=/g) ?? []).toHaveLength(kept);
  });

  it('on her own page keep her words, too', async () => {
    const { link, position } = await file(site);
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    const opened = await send('/matters/own', { link });
    const cookie = (opened.headers.get('set-cookie') ?? '').split(';', 1)[0]!;
    const sent = await form([LARGE], { commandId: randomUUID(), text: 'Look at this one.' });
    const answer = await post('/matters/own/additions', sent, cookie);
    expect([answer.status, await answer.text()]).toEqual([
      422,
      expect.stringMatching(
        /Look at this one\.<\/textarea>[^]*additions-photos-fault[^>]*>The photo is too large/,
      ),
    ]);
  });
});

describe('public pages', () => {
  it('a matter is in the list and has a page, asked for again and not sent again', async () => {
    const id = await released({ ...LAMP, text: 'Parpadea la luz <b>de la plaza</b>.' });
    expect(await text('/matters?area=harbour&stateKind=open')).toContain(`href="/matters/${id}"`);
    expect(await text('/matters?stateKind=fixed&kind=thanks')).toContain('There are none like this.');
    const first = await get(`/matters/${id}`);
    const html = await first.text();
    expect(html).toContain('Parpadea la luz &lt;b>de la plaza&lt;/b>.');
    expect(html).toContain('In time: it must be answered by the end of');
    expect(html).toContain(`href="/matters/${id}/join"`);
    const again = await get(`/matters/${id}`, { 'if-none-match': first.headers.get('etag')! });
    expect(again.status).toBe(304);
  });

  it('reads what it names once for many pages, and the figures only for who gets the page', async () => {
    const views = site.running.app.get(Views, { strict: false });
    const catalogue = site.running.app.get(MatterCatalogue, { strict: false });
    const id = await released();
    const tag = (await get('/matters')).headers.get('etag') ?? '';
    const [list, sums] = [jest.spyOn(views, 'list'), jest.spyOn(views, 'sums')];
    for (const path of ['/matters', `/matters/${id}`, '/matters/new', '/matters'])
      expect((await get(path, { 'if-none-match': tag })).status).toBe(path === '/matters' ? 304 : 200);
    expect(list.mock.calls.map(([view]) => view.name)).not.toContain('categories');
    expect(list.mock.calls.map(([view]) => view.name)).not.toContain('areas');
    expect(sums).not.toHaveBeenCalled();
    for (const spy of [list, sums]) spy.mockRestore();
    const { calendar } = (await catalogue.get()).catalogue;
    // Not of three years alone: the same days for pages and for REST.
    expect(calendar).toBe((await site.running.app.get(RulesInForce, { strict: false }).now()).calendar);
  });

  it('one that is hidden has no page and stands in no list', async () => {
    const id = await released();
    const { position } = await json<{ position: string }>(act(site, 'lin', id, 'hide', { reason: 'insult' }));
    expect((await get(`/matters/${id}?atLeast=${position}`)).status).toBe(404);
    expect(await text('/matters')).not.toContain(id);
    expect((await get('/matters/nothing')).status).toBe(404);
  });

  it('one that is not public is told as one that never was, and leads on', async () => {
    const { matterId } = await file(site);
    const said = async (id: string) => /<main[^]*?<p class="small">/.exec(await text(`/matters/${id}`))?.[0];
    const html = await said(matterId);
    expect(html).toBe(await said(randomUUID()));
    expect(html).toContain('There is nothing public with this number');
    expect(html).toContain('href="/matters"');
    expect(html).toContain('href="/matters/own"');
  });

  it('a matter whose day has passed says so in words', async () => {
    const id = await released();
    clock.advance(100 * 24 * 3_600_000);
    expect(await text(`/matters/${id}`)).toContain('Overdue: it had to be answered by the end of');
    expect(await text('/matters')).toMatch(/[1-9]\d* are past their day without an answer/);
  });

  it('the figures of the year are there, and those of another year are not', async () => {
    const html = await text('/matters/numbers');
    expect(html).toContain('Year 2026');
    expect(html).toMatch(/<th scope="row">Received<\/th><td class="number">[1-9]/);
    expect((await get('/matters/numbers?year=1999')).status).toBe(404);
  });
});

describe('a link', () => {
  const open = (link: string) => send('/matters/own', { link });
  const cookieOf = (answer: Response) => (answer.headers.get('set-cookie') ?? '').split(';', 1)[0]!;

  it('opens the page of its matter, by a cookie that no other page and no script gets', async () => {
    const { link, position } = await file(site);
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    // As a whole address, too.
    const opened = await open(` ${site.origin}/matters/own#${link} `);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/matters/own']);
    expect(opened.headers.get('set-cookie')).toMatch(
      /^concejo_matter=[\w-]{43}; Max-Age=1800; Path=\/matters\/own; HttpOnly; SameSite=Strict$/,
    );
    const cookie = cookieOf(opened);
    const page = await get('/matters/own', { cookie });
    const html = await page.text();
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(html).toContain(LAMP.text);
    expect(html).toContain('Nobody but the city sees it yet.');
    expect(html).not.toContain(link);
    const left = await send('/matters/own/end', {}, { cookie });
    expect(left.headers.get('set-cookie')).toMatch(/^concejo_matter=; Max-Age=0;/);
    expect(logged).toContain('/matters/own');
    expect(logged).not.toContain(link);
  });

  it('lets its reporter add, and erase once she is sure', async () => {
    const { link, position } = await file(site);
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    const cookie = cookieOf(await open(link));
    const act = (what: string, fields: Record<string, string>, headers = {}) =>
      send(`/matters/own/${what}`, { commandId: randomUUID(), ...fields }, { cookie, ...headers });
    const empty = await act('additions', { text: ' ' });
    expect([empty.status, await empty.text()]).toEqual([422, expect.stringContaining('Write something.')]);
    const added = await act('additions', { text: 'It is the second one.' });
    expect(added.status).toBe(303);
    const html = await (await get(added.headers.get('location')!, { cookie })).text();
    expect(html).toContain('It is the second one.');
    expect((await act('ratings', { stars: '9' })).status).toBe(422);
    expect((await act('erasures', {})).status).toBe(422);
    expect((await act('erasures', { sure: '1' }, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await act('nothing', {})).status).toBe(404);
    const erased = await act('erasures', { sure: '1' });
    expect(erased.headers.get('location')).toMatch(/erased=1/);
    expect((await open(link)).status).toBe(404);
  });
});

describe('a reporter’s own photos', () => {
  async function withPhotos(path: string, fields: Record<string, string>, photos: number, cookie = '') {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    for (let n = 0; n < photos; n++) {
      const jpeg = await telephonePhoto(64, 32 + 2 * n);
      form.append('photo', new Blob([Uint8Array.from(jpeg)], { type: 'image/jpeg' }), 'lamp.jpg');
    }
    const headers = { origin: site.origin, accept: 'text/html', 'accept-language': 'en', cookie };
    return site.fetch(path, { method: 'POST', headers, body: form });
  }

  async function openedBy(link: string): Promise<string> {
    return soon(async () => {
      const opened = await send('/matters/own', { link });
      return opened.status === 303 ? opened.headers.get('set-cookie')!.split(';', 1)[0] : undefined;
    });
  }

  const photosIn = (html: string) =>
    [...html.matchAll(/href="(\/matters\/own\/photos\/[0-9a-f-]{36})"/g)].map(([, at]) => at!);

  it('are hers alone, by her cookie, and kept by no browser; and she can send more', async () => {
    const filed = await (await withPhotos('/matters/new', newForm({ isOther: '1' }), 1)).text();
    const cookie = await openedBy(linkIn(filed)!);
    const [first] = photosIn(await (await get('/matters/own', { cookie })).text());
    for (const path of [first!, `${first!}/preview`]) {
      const seen = await get(path, { cookie });
      expect([seen.status, seen.headers.get('content-type'), seen.headers.get('cache-control')]).toEqual([
        200,
        'image/jpeg',
        'no-store',
      ]);
      expect(new Uint8Array(await seen.arrayBuffer()).subarray(0, 2)).toEqual(Uint8Array.of(0xff, 0xd8));
      expect((await get(path)).status).toBe(404);
      const other = await openedBy((await file(site)).link);
      expect((await get(path, { cookie: other })).status).toBe(404);
    }
    const id = first!.split('/').at(-1)!;
    expect((await get(`/api/v1/contents/${id}`)).status).toBe(404);
    expect((await get(`/api/v1/photos/${id}/preview`)).status).toBe(404);

    const addition = { commandId: randomUUID(), text: '' };
    const added = await withPhotos('/matters/own/additions', addition, 2, cookie);
    expect(added.status).toBe(303);
    const again = await withPhotos('/matters/own/additions', addition, 2, cookie);
    expect(again.headers.get('location')).toBe(added.headers.get('location'));
    const html = await (await get(added.headers.get('location')!, { cookie })).text();
    expect(photosIn(html)).toHaveLength(3);
    for (const path of photosIn(html)) expect((await get(`${path}/preview`, { cookie })).status).toBe(200);
  });

  it('of who joined are none, and what is no photo is told', async () => {
    const filed = await (await withPhotos('/matters/new', newForm({ isOther: '1' }), 1)).text();
    const cookie = await openedBy(linkIn(filed)!);
    const [photo] = photosIn(await (await get('/matters/own', { cookie })).text());
    const matterId = numberIn(filed);
    const { position } = await json<{ position: string }>(
      act(site, 'lin', matterId, 'release', { place: true }),
    );
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    const joined = await send(`/matters/${matterId}/joinings`, { commandId: randomUUID(), email: '' });
    const joiner = await openedBy(linkIn(await joined.text())!);
    expect((await get(photo!, { cookie: joiner })).status).toBe(404);
    const form = new FormData();
    form.set('commandId', randomUUID());
    form.set('text', 'Look at this.');
    form.append('photo', new Blob(['no photo'], { type: 'image/jpeg' }), 'lamp.jpg');
    const headers = { origin: site.origin, accept: 'text/html', 'accept-language': 'en', cookie };
    const refused = await site.fetch('/matters/own/additions', { method: 'POST', headers, body: form });
    expect([refused.status, await refused.text()]).toEqual([
      422,
      expect.stringMatching(/This is no(t a)? .*photo[^]*Look at this\.<\/textarea>/i),
    ]);
    const foreign = { ...headers, origin: 'https://evil.example' };
    expect(
      (await site.fetch('/matters/own/additions', { method: 'POST', headers: foreign, body: form })).status,
    ).toBe(403);
  });
});

describe('the queue', () => {
  it('is for those who read it, and asks others to sign in', async () => {
    expect((await get('/staff/matters')).headers.get('location')).toBe('/session?next=%2Fstaff%2Fmatters');
    const asked = (who: 'pia' | 'lin') =>
      get('/staff/matters?department=lighting', { authorization: `Bearer ${people[who].key}` });
    expect((await asked('pia')).status).toBe(403);
    const { matterId, position } = await file(site);
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    expect(await (await asked('lin')).text()).toContain(`href="/staff/matters/${matterId}"`);
    const refused = await site.fetch(`/staff/matters/${matterId}/hide`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${people.lin.key}`,
        accept: 'text/html',
        'accept-language': 'en',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `commandId=${randomUUID()}&reason=insult`,
    });
    expect([refused.status, await refused.text()]).toEqual([
      422,
      expect.stringContaining('It could not be done: It is not public.'),
    ]);
  });
});

(hasBrowser ? describe : describe.skip)('in a browser without JavaScript', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  const visitor = async (javaScriptEnabled = false) => {
    const context = await browser.newContext({ javaScriptEnabled, locale: 'es-ES', viewport: PHONE });
    context.setDefaultTimeout(10_000);
    return { context, page: await context.newPage() };
  };

  async function signIn(page: Page): Promise<void> {
    await page.goto(`${site.origin}/staff/matters`);
    await page.getByLabel('Clave').fill(people.lin.key);
    await page.getByRole('button', { name: 'Entrar' }).click();
  }

  it('a street lamp is filed by phone, published, answered, and seen by everybody and by its reporter', async () => {
    const { context, page } = await visitor();
    await page.goto(`${site.origin}/matters`);
    await page.getByRole('link', { name: /^Escribir una queja/ }).click();
    await page.getByRole('link', { name: 'Farola', exact: true }).click();
    await page.getByRole('radio', { name: 'Está apagada' }).check();
    await page.getByLabel('Cuéntalo').fill('No alumbra la farola de la rula.');
    await page.getByLabel(/^Dirección/).fill('Muelle, 3');
    await page.getByLabel(/^Zona/).selectOption('harbour');
    await page.getByRole('button', { name: 'Enviar' }).click();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Enviada');
    const link = (await page.locator('.own-link').innerText()).trim();
    const id = (await page.locator('main data').getAttribute('value')) ?? '';

    const staff = await visitor();
    await signIn(staff.page);
    await staff.page.locator(`a[href="/staff/matters/${id}"]`).click();
    expect(await staff.page.locator('main').innerText()).toContain('No es pública.');
    await staff.page.getByRole('button', { name: 'Publicar', exact: true }).click();
    expect(await staff.page.getByRole('status').innerText()).toBe('Hecho.');
    await staff.page.locator('summary', { hasText: 'Contestar' }).first().click();
    await staff.page.locator('#answer-words').fill('Se cambió la lámpara.');
    await staff.page.locator('#answer-state').selectOption('resolved');
    await staff.page.getByRole('button', { name: 'Contestar', exact: true }).click();
    expect(await staff.page.getByRole('status').innerText()).toBe('Hecho.');
    await staff.context.close();

    const anybody = await visitor();
    await anybody.page.goto(`${site.origin}/matters/${id}`);
    const seen = await anybody.page.locator('main').innerText();
    expect(seen).toContain('No alumbra la farola de la rula.');
    expect(seen).toContain('Se cambió la lámpara.');
    expect(seen).toContain('Contestada en plazo');
    await anybody.context.close();

    // Without a script the fragment does nothing: she pastes it.
    await page.goto(link);
    await page.getByLabel('Tu enlace').fill(link);
    await page.getByRole('button', { name: 'Abrir' }).click();
    expect(new URL(page.url()).hash).toBe('');
    await page.getByRole('button', { name: 'No, abrirla de nuevo' }).click();
    expect(await page.getByRole('status').innerText()).toBe('Hecho.');
    expect(await page.locator('.history').innerText()).toContain('Abierta de nuevo');
    await context.close();
  }, 60_000);

  it('a link opens its own matter where somebody else’s page was open, and leaves the address', async () => {
    const first = await file(site, { ...LAMP, text: 'Lo de la primera.' });
    const second = await file(site, { ...LAMP, text: 'Lo de la segunda.' });
    const { context, page } = await visitor(true);
    const shows = (text: string) => page.locator('main', { hasText: text }).waitFor();
    await page.goto(`${site.origin}/matters/own#${first.link}`);
    await shows('Lo de la primera.');
    await page.goto(`${site.origin}/matters`);
    await page.goto(`${site.origin}/matters/own#${second.link}`);
    await shows('Lo de la segunda.');
    // On the page itself the browser loads nothing anew.
    await page.goto(`${site.origin}/matters/own#${first.link}`);
    await shows('Lo de la primera.');
    expect(page.url()).toBe(`${site.origin}/matters/own`);
    await context.close();
  }, 60_000);

  it('a link that was cut off says so, and a place in the page is no link', async () => {
    const { link } = await file(site);
    const { context, page } = await visitor(true);
    await page.goto(`${site.origin}/matters/own#content`);
    expect(await page.locator('#link-fault').count()).toBe(0);
    await page.goto(`${site.origin}/matters`);
    await page.goto(`${site.origin}/matters/own#${link.slice(0, 20)}`);
    await page.locator('#link-fault', { hasText: 'Aquí no hay un enlace' }).waitFor();
    expect(page.url()).toBe(`${site.origin}/matters/own`);
    await context.close();
  }, 60_000);

  it('axe finds nothing on any page, and none is wider than a phone', async () => {
    const id = await released();
    const { link } = await file(site, { ...LAMP, reporter: { email: 'nela@example.org' } });
    const { matterId: waiting } = await file(site);
    for (const { colorScheme, viewport } of [
      { colorScheme: 'light', viewport: PHONE },
      { colorScheme: 'dark', viewport: DESK },
    ] as const) {
      // Only the checker is a script: the policy of the site would stop it.
      const context = await browser.newContext({ colorScheme, viewport, bypassCSP: true, locale: 'es-ES' });
      const page = await context.newPage();
      await signIn(page);
      await page.goto(`${site.origin}/matters/own`);
      await page.locator('input[name=link]').fill(link);
      await page.getByRole('button', { name: 'Abrir' }).click();
      expect(await page.getByRole('button', { name: 'Cerrar mi página' }).count()).toBe(1);
      for (const path of [
        '/matters',
        '/matters?stateKind=fixed&kind=thanks',
        `/matters/${id}`,
        `/matters/${id}/join`,
        '/matters/new',
        '/matters/new?kind=complaint&category=street-lamp',
        '/matters/numbers',
        '/matters/own',
        '/staff/matters',
        `/staff/matters/${waiting}`,
        `/staff/matters/${id}`,
      ]) {
        await page.goto(site.origin + path);
        await page
          .locator('details')
          .evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
        const widths = await page.locator('html').evaluate((html) => [html.scrollWidth, html.clientWidth]);
        expect([path, widths[0]]).toEqual([path, widths[1]]);
        expect([path, await axe(page)]).toEqual([path, []]);
      }
      await context.close();
    }
  }, 120_000);
});

describe('a link', () => {
  it('that is none, or nobody’s, is told beside the field, and few are tried', async () => {
    expect(await (await send('/matters/own', { link: 'abc' })).text()).toContain('There is no link here');
    expect(await (await send('/matters/own', { link: 'A'.repeat(43) })).text()).toContain(
      'This link leads nowhere.',
    );
    let status = 404;
    for (let tries = 0; tries < 20 && status === 404; tries++)
      status = (await send('/matters/own', { link: 'B'.repeat(43) })).status;
    expect(status).toBe(429);
    // They keep nobody behind the same address from a right one.
    const { link, position } = await file(site);
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    expect((await send('/matters/own', { link })).status).toBe(303);
  });
});

describe('after the turn of a year', () => {
  it('what nobody answered is still told and listed, and the figures are those of the last year that has some', async () => {
    const late = await released({ ...LAMP, text: 'Nadie contesta.' });
    const answered = await released({ ...LAMP, text: 'Esta se contesta.' });
    const words = { state: 'resolved', words: { es: 'Arreglada.' } };
    const { position } = await json<{ position: string }>(act(site, 'lin', answered, 'answer', words));
    clock.advance(Date.parse('2027-01-02T08:00:00.000Z') - clock.now().getTime());
    const html = await text(`/matters?atLeast=${position}`);
    expect(html).toMatch(
      /None came in this year yet\. <a href="\/matters\?overdue=true">[2-9]\d* are past their day/,
    );
    const list = await text('/matters?overdue=true');
    expect(list).toContain(`href="/matters/${late}"`);
    expect(list).not.toContain(`href="/matters/${answered}"`);
    expect(list).toContain('<h2>Overdue and without an answer</h2>');
    const rest = await site.fetch('/api/v1/matters?overdue=true&limit=100');
    const { items } = (await rest.json()) as { items: { id: string; answeredAt?: string }[] };
    expect(items.map(({ id }) => id)).toContain(late);
    expect(items.filter(({ answeredAt }) => answeredAt !== undefined)).toEqual([]);
    expect((await site.fetch('/api/v1/matters?overdue=no')).status).toBe(422);
    expect(await text('/matters/numbers')).toContain('Year 2026');
  });
});

/** The pages of staff's work on matters in a real browser: all of them without JavaScript, and the one that draws with it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { done, fileWithPhotos, isCovered, until } from '../desk/desk-world.js';
import { Matters } from '../../src/complaints/matters.js';
import { ContentLife } from '../../src/contents/content-life.js';
import { describeCity, file, LAMP, post } from '../complaints/story.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { people, Site } from '../rest/site.js';
import { DESK, axe, hasBrowser, openBrowser, PHONE } from './browser.js';

let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  await describeCity(site);
});
afterAll(() => site.stop());

const get = (path: string, who: keyof typeof people = 'lin') =>
  site.fetch(path, {
    headers: { accept: 'text/html', 'accept-language': 'en', authorization: `Bearer ${people[who].key}` },
  });

function send(path: string, fields: Record<string, string> | string[][], who: keyof typeof people = 'lin') {
  return site.fetch(path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${people[who].key}`,
      accept: 'text/html',
      'accept-language': 'en',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields).toString(),
  });
}

const commandId = () => randomUUID();

describe('what was added to a public matter', () => {
  it('is released as staff saw it, and not what came since', async () => {
    const { matterId, link } = await file(site);
    const add = async (text: string) =>
      until(site, await json(post(site, '/by-link/additions', { link, text })));
    await done(site, matterId, 'release', { photos: [], place: true });
    await add('Lo que se vio.');
    const page = await (await get(`/staff/matters/${matterId}`)).text();
    const seen = /name="seen" value="([^"]+)"/.exec(page)?.[1] ?? '';
    await add('Lo que nadie vio.');
    const path = `/staff/matters/${matterId}/release-additions`;
    const answer = await send(path, { commandId: commandId(), seen });
    expect(answer.status).toBe(303);
    await get(answer.headers.get('location') ?? '');
    const shown = await (await site.fetch(`/api/v1/matters/${matterId}`)).text();
    expect([shown.includes('Lo que se vio.'), shown.includes('Lo que nadie vio.')]).toEqual([true, false]);
  });

  it('is released though something else was erased', async () => {
    const { matterId, link } = await file(site);
    await done(site, matterId, 'release', { photos: [], place: true });
    for (const text of ['Un nombre.', 'Sigue apagada.'])
      await until(site, await json(post(site, '/by-link/additions', { link, text })));
    const { own } = await site.running.app.get(Matters, { strict: false }).look(matterId);
    const by = { commandId: newCommandId(), actor: { id: 'dpo', roles: [] }, request: new Uint8Array() };
    const life = site.running.app.get(ContentLife, { strict: false });
    await life.erase(own.at(-2)!.id, 'gdpr-17', by);
    const page = await (await get(`/staff/matters/${matterId}`)).text();
    const seen = /name="seen" value="([^"]+)"/.exec(page)?.[1] ?? '';
    expect(seen).toBe(own.at(-1)!.id);
    const path = `/staff/matters/${matterId}/release-additions`;
    expect((await send(path, { commandId: commandId(), seen })).status).toBe(303);
  });
});

const fileOf = (id: string) =>
  json<{ photos: string[]; history: { what: string; words?: Record<string, string> }[] }>(
    site.as('lin', 'GET', `/api/v1/matters/${id}/file`),
  );
const answersOf = async (id: string) =>
  (await fileOf(id)).history.filter(({ what }) => what === 'MatterAnswered').map(({ words }) => words);

async function makeTemplate(more: object = {}): Promise<string> {
  const body = {
    name: `Plantilla ${randomUUID().slice(0, 8)}`,
    category: 'street-lamp',
    state: 'resolved',
    words: { es: 'Cambiada, {number}.', en: 'Changed, {number}.' },
    ...more,
  };
  const made = site.as('lin', 'POST', '/api/v1/reply-templates', { body, id: newCommandId() });
  return (await json<{ id: string }>(made, 201)).id;
}

describe('pages for those who work on the queue alone', () => {
  it('ask others to sign in, and refuse who has no role for it', async () => {
    const { matterId, photos, position } = await fileWithPhotos(site, 1);
    await until(site, { position });
    const pages = [
      '/staff/matters/templates',
      `/staff/matters/${matterId}/photos/${photos[0]}`,
      `/staff/matters/${matterId}/alike`,
      `/staff/matters/${matterId}/beside/${matterId}`,
    ];
    for (const path of pages) {
      const asked = await site.fetch(path, { headers: { accept: 'text/html' } });
      expect([path, asked.status, asked.headers.get('location')]).toEqual([
        path,
        303,
        `/session?next=${encodeURIComponent(path)}`,
      ]);
      expect([path, (await get(path, 'pia')).status]).toEqual([path, 403]);
      const shown = await get(path);
      expect([path, shown.status, shown.headers.get('cache-control')]).toEqual([path, 200, 'no-store']);
    }
    for (const path of [...pages, '/staff/matters/answers', `/staff/matters/${matterId}/notes`]) {
      const sent = await send(path, { commandId: commandId(), note: 'x' }, 'pia');
      expect([path, sent.status]).toEqual([path, 403]);
    }
  });
});

describe('a form that is refused', () => {
  it('says why and keeps what was typed', async () => {
    const { matterId, photos, position } = await fileWithPhotos(site, 1);
    await until(site, { position });
    const photo = `/staff/matters/${matterId}/photos/${photos[0]}`;
    const wrong = await send(photo, { commandId: commandId(), 'left-0': '120', 'top-0': '1' });
    const html = await wrong.text();
    expect([wrong.status, html]).toEqual([
      422,
      expect.stringContaining('A box lies outside the photo, or has no size.'),
    ]);
    expect(html).toContain('name="left-0"');
    expect(html).toContain('value="120"');
    const template = await send('/staff/matters/templates', {
      commandId: commandId(),
      name: 'Mine',
      'words-en': 'For {nobody}',
    });
    const refused = await template.text();
    expect([template.status, refused]).toEqual([422, expect.stringMatching(/value="Mine"/)]);
    expect(refused).toContain('What stands in braces cannot be filled in: {nobody}.');
    const many = await send('/staff/matters/answers', {
      commandId: commandId(),
      step: 'preview',
      matter: matterId,
      'words-en': 'By {when}',
    });
    expect([many.status, await many.text()]).toEqual([
      422,
      expect.stringContaining('What stands in braces cannot be filled in: {when}.'),
    ]);
    const note = await send(`/staff/matters/${matterId}/notes`, { commandId: commandId(), note: ' ' });
    expect([note.status, await note.text()]).toEqual([422, expect.stringContaining('Write something.')]);
    const alike = await send(`/staff/matters/${matterId}/alike`, { commandId: commandId() });
    expect([alike.status, await alike.text()]).toEqual([422, expect.stringContaining('Choose some.')]);
    const beside = `/staff/matters/${matterId}/beside/${matterId}`;
    const itself = await send(beside, { commandId: commandId(), act: 'gather' });
    expect([itself.status, await itself.text()]).toEqual([422, expect.stringContaining('same matter')]);
    expect((await send(beside, { commandId: commandId(), act: 'x' })).status).toBe(404);
  });
});

describe('the form that publishes', () => {
  it('has no photo ticked at first, and those that were public once they are hidden', async () => {
    const { matterId, photos } = await fileWithPhotos(site, 2);
    await until(site, await file(site));
    const ticked = async () =>
      [...(await (await get(`/staff/matters/${matterId}`)).text()).matchAll(/<input[^>]*name="photo-[^>]*>/g)]
        .map(([input]) => input)
        .filter((input) => input.includes(' checked'));
    expect(await ticked()).toEqual([]);
    const fields = { commandId: commandId(), category: 'street-lamp', [`photo-${photos[1]}`]: '1' };
    expect((await send(`/staff/matters/${matterId}/release`, fields)).status).toBe(303);
    await until(site, await done(site, matterId, 'hide', { reason: 'insult' }));
    const again = await ticked();
    expect(again).toHaveLength(1);
    expect(again[0]).toContain(photos[1]);
  });
});

describe('answers to many by a form', () => {
  it('are sent once, however often the form is', async () => {
    const [one, two] = [await file(site), await file(site)];
    await until(site, two);
    const template = await makeTemplate();
    const matters = [one, two].map(({ matterId }) => ['matter', matterId]);
    const first = await send('/staff/matters/answers', [['commandId', commandId()], ...matters]);
    expect(await first.text()).toContain('2 are chosen.');
    const looked = await send('/staff/matters/answers', [
      ['commandId', commandId()],
      ['step', 'preview'],
      ['template', template],
      ...matters,
    ]);
    const html = await looked.text();
    for (const { matterId } of [one, two]) expect(html).toContain(`Changed, ${matterId.slice(0, 8)}.`);
    expect(html).toContain('Answer all 2');
    expect(html).toContain('Nobody will get the answer by mail');
    const seen = [...html.matchAll(/name="(seen-[^"]+)" value="(\d+)"/g)].map(([, name, at]) => [name!, at!]);
    const form = [
      ['commandId', commandId()],
      ['step', 'send'],
      ['template', template],
      ['version', '1'],
      ['state', 'resolved'],
      ...matters,
      ...seen,
    ];
    for (let times = 0; times < 2; times++) {
      const sent = await send('/staff/matters/answers', form);
      expect([sent.status, await sent.text()]).toEqual([200, expect.stringContaining('2 were answered.')]);
    }
    const last = await file(site);
    await until(site, last);
    for (const { matterId } of [one, two]) {
      const number = matterId.slice(0, 8);
      expect(await answersOf(matterId)).toEqual([{ es: `Cambiada, ${number}.`, en: `Changed, ${number}.` }]);
    }
    expect(await (await send('/staff/matters/answers', { commandId: commandId() })).text()).toContain(
      'Choose some in the queue.',
    );
  });
});

(hasBrowser ? describe : describe.skip)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  async function staff(options: object = {}): Promise<Page> {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      locale: 'en-GB',
      viewport: DESK,
      ...options,
    });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    await page.goto(`${site.origin}/staff/matters`);
    await page.getByLabel('Key').fill(people.lin.key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    return page;
  }

  it('photos are seen, one is covered, and some are published, without JavaScript', async () => {
    const { matterId, photos, position } = await fileWithPhotos(site, 3);
    await until(site, { position });
    const page = await staff({ viewport: PHONE });
    await page.goto(`${site.origin}/staff/matters/${matterId}`);
    // Each picture is there: above, and in the form that publishes it.
    const widths = await page.locator('main img').evaluateAll((all) =>
      Promise.all(
        all.map(async (one) => {
          const image = one as HTMLImageElement;
          image.loading = 'eager';
          await image.decode();
          return image.naturalWidth;
        }),
      ),
    );
    expect(widths).toEqual(Array.from({ length: 6 }, () => 320));
    await page.getByRole('link', { name: 'Cover a part of photo 2' }).click();
    expect(await page.locator('main').innerText()).toContain('The original is erased for good.');
    expect(await page.getByRole('button', { name: 'Add a box' }).count()).toBe(0);
    for (const [side, value] of Object.entries({ Left: 0, Top: 0, Width: 45, Height: 100 }))
      await page.getByLabel(`${side} of box 1, in per cent`).fill(String(value));
    await page.getByRole('button', { name: 'See how it will look' }).click();
    const preview = (await page.getByAltText('This is how it will look').getAttribute('src')) ?? '';
    expect(await isCovered(Buffer.from(preview.split(',')[1] ?? '', 'base64'))).toBe(true);
    expect((await fileOf(matterId)).photos).toEqual(photos);
    await page.getByRole('button', { name: 'Cover, and erase the original' }).click();
    expect(await page.getByRole('status').innerText()).toBe('Done.');
    const after = (await fileOf(matterId)).photos;
    expect([after[0], after[2]]).toEqual([photos[0], photos[2]]);
    expect(after[1]).not.toBe(photos[1]);
    await page.locator(`input[name="photo-${after[1]}"]`).check();
    await page.locator(`input[name="photo-${after[2]}"]`).check();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    expect(await page.getByRole('status').innerText()).toBe('Done.');
    await page.goto(`${site.origin}/matters/${matterId}`);
    const shown = await page
      .locator('.photos a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(shown.slice(0, 2)).toEqual([`/api/v1/contents/${after[1]}`, `/api/v1/contents/${after[2]}`]);
    await page.context().close();
  }, 60_000);

  it('boxes are drawn with a pointer, and moved, resized and taken away with the keyboard', async () => {
    const { matterId, photos, position } = await fileWithPhotos(site, 1);
    await until(site, { position });
    const page = await staff({ javaScriptEnabled: true });
    await page.goto(`${site.origin}/staff/matters/${matterId}/photos/${photos[0]}`);
    const number = (side: string, box: number) =>
      page.getByLabel(`${side} of box ${box}, in per cent`).inputValue().then(Number);
    const boxOf = async (box: number) => [
      await number('Left', box),
      await number('Top', box),
      await number('Width', box),
      await number('Height', box),
    ];
    const picture = page.locator('[data-picture] img');
    const { x, y, width, height } = (await picture.boundingBox())!;
    // From the lower right to the upper left, and beyond the border.
    await page.mouse.move(x + width * 0.5, y + height * 0.8);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.25, y + height * 0.4, { steps: 4 });
    await page.mouse.up();
    const drawn = await boxOf(1);
    for (const [index, wanted] of [25, 40, 25, 40].entries())
      expect(Math.abs((drawn[index] ?? 0) - wanted)).toBeLessThan(1);
    // A tap is no box.
    await page.mouse.click(x + 3, y + 3);
    expect(await page.locator('[data-picture] button').count()).toBe(1);
    await page.getByRole('button', { name: 'Add a box' }).click();
    expect(await boxOf(2)).toEqual([40, 40, 20, 20]);
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp', 'Shift+ArrowDown', 'Shift+ArrowLeft'])
      await page.keyboard.press(key);
    expect(await boxOf(2)).toEqual([42, 39, 19, 21]);
    await page.keyboard.press('Delete');
    expect(await page.locator('[data-picture] button').count()).toBe(1);
    await page.getByLabel('Width of box 1, in per cent').fill('50');
    const shown = await page.locator('[data-picture] button').boundingBox();
    expect(Math.abs((shown?.width ?? 0) - width / 2)).toBeLessThan(3);
    await page.getByRole('button', { name: 'See how it will look' }).click();
    await page.getByRole('button', { name: 'Cover, and erase the original' }).click();
    expect(await page.getByRole('status').innerText()).toBe('Done.');
    expect((await fileOf(matterId)).photos).not.toContain(photos[0]);
    await page.context().close();
  }, 60_000);

  it('a template is made, changed and used; a note is written and erased', async () => {
    const { matterId, position } = await file(site);
    await until(site, { position });
    const page = await staff();
    await page.getByRole('link', { name: 'Templates' }).click();
    const making = page.locator('form[action="/staff/matters/templates"]');
    await making.getByLabel('Name').fill('Lamp changed');
    await making.getByLabel(/^Subject/).selectOption('street-lamp');
    await making.getByLabel(/^State/).selectOption('resolved');
    await making.getByLabel('Words (Español)').fill('Se cambió en {area}.');
    await making.getByLabel('Words (English)').fill('It was changed, number {number}.');
    await page.getByRole('button', { name: 'Make a template' }).click();
    expect(await page.getByRole('status').innerText()).toBe('Done.');
    const card = page.locator('.card', { hasText: 'Lamp changed' });
    await card.locator('summary').click();
    await card.getByLabel('Name').fill('Lamp renewed');
    await card.getByRole('button', { name: 'Save' }).click();
    expect(await page.locator('.cards').innerText()).toContain('Version 2, by lin');

    await page.goto(`${site.origin}/staff/matters/${matterId}`);
    await page.getByLabel('Use a template').selectOption({ label: 'Lamp renewed' });
    await page.getByRole('button', { name: 'Use a template' }).click();
    const english = page.getByLabel('What is said (English)');
    expect(await english.inputValue()).toBe(`It was changed, number ${matterId.slice(0, 8)}.`);
    await english.fill('It was changed.');
    expect(await page.locator('#answer-state').inputValue()).toBe('resolved');
    await page.getByRole('button', { name: 'Answer', exact: true }).click();
    expect(await page.getByRole('status').innerText()).toBe('Done.');
    const [answer] = await answersOf(matterId);
    expect(Object.keys(answer ?? {})).toEqual(['en', 'es']);
    expect(answer?.en).toBe('It was changed.');
    expect(answer?.es).not.toContain('{');

    await page.getByLabel('New note').fill('She called twice.');
    await page.getByRole('button', { name: 'Add the note' }).click();
    expect(await page.locator('main').innerText()).toContain('She called twice.');
    await page.getByRole('button', { name: /^Erase the note by lin/ }).click();
    expect(await page.locator('main').innerText()).not.toContain('She called twice.');
    await page.context().close();
  }, 60_000);

  it('matters are found by a filter, chosen and answered together', async () => {
    const words = { text: 'Semáforo raro de la plaza.' };
    const [one, two] = [await file(site, { ...LAMP, ...words }), await file(site, { ...LAMP, ...words })];
    await until(site, two);
    const page = await staff();
    await page.locator('summary', { hasText: 'Choose which are shown' }).click();
    await page.getByLabel('Words that it has').fill('semaforo PLAZA');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.locator('summary', { hasText: 'How the work goes' }).click();
    expect(await page.locator('main').innerText()).toContain('Answered this month');
    const boxes = page.locator('input[name=matter]');
    expect(await boxes.count()).toBe(2);
    for (const box of await boxes.all()) await box.check();
    await page.getByRole('button', { name: 'Answer those chosen' }).click();
    await page.getByLabel('Or words of your own (English)').fill('It works again: {number}.');
    await page.getByRole('button', { name: 'See what each gets' }).click();
    const preview = await page.locator('main').innerText();
    for (const { matterId } of [one, two])
      expect(preview).toContain(`It works again: ${matterId.slice(0, 8)}.`);
    await page.getByRole('button', { name: 'Answer all 2' }).click();
    expect(await page.getByRole('status').innerText()).toBe('2 were answered.');
    await page.context().close();
  }, 60_000);

  it('two that say the same are compared, and one is marked as the other', async () => {
    const text = 'Hay un árbol caído sobre el banco verde.';
    const [first, second] = [await file(site, { ...LAMP, text }), await file(site, { ...LAMP, text })];
    await until(site, second);
    const page = await staff();
    await page.goto(`${site.origin}/staff/matters/${second.matterId}/alike`);
    await page.locator(`a[href$="/beside/${first.matterId}"]`).click();
    const beside = await page.locator('.beside').innerText();
    expect(beside.split(text)).toHaveLength(3);
    await page.getByRole('button', { name: 'The first is the same as the second' }).click();
    expect(await page.getByRole('status').innerText()).toBe('Done.');
    expect(new URL(page.url()).pathname).toBe(`/staff/matters/${first.matterId}`);
    const { history } = await fileOf(second.matterId);
    expect(history.at(-1)?.what).toBe('MatterDuplicated');
    await page.context().close();
  }, 60_000);

  it.each([
    { colorScheme: 'light', viewport: PHONE },
    { colorScheme: 'dark', viewport: DESK },
  ] as const)(
    'axe finds nothing on any of them, and none is wider: %j',
    async (options) => {
      const { matterId, photos, position } = await fileWithPhotos(site, 2);
      await until(site, { position });
      const { matterId: other } = await fileWithPhotos(site, 1);
      await until(site, await done(site, other, 'release', { place: true }));
      const template = await makeTemplate();
      // Scripts are on for the checker.
      const page = await staff({ ...options, bypassCSP: true, javaScriptEnabled: true });
      const check = async (name: string) => {
        await page
          .locator('details')
          .evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
        const widths = await page.locator('html').evaluate((html) => [html.scrollWidth, html.clientWidth]);
        expect([name, widths[0]]).toEqual([name, widths[1]]);
        expect([name, await axe(page)]).toEqual([name, []]);
      };
      for (const path of [
        '',
        '?shown=done&kind=complaint',
        '/templates',
        `/${matterId}`,
        `/${matterId}?template=${template}`,
        `/${matterId}/photos/${photos[0]}`,
        `/${matterId}/alike`,
        `/${matterId}/beside/${other}`,
      ]) {
        await page.goto(`${site.origin}/staff/matters${path}`);
        await check(path);
      }
      await page.goto(`${site.origin}/staff/matters/${matterId}/photos/${photos[0]}`);
      await page.getByRole('button', { name: 'Add a box' }).click();
      await page.getByRole('button', { name: 'See how it will look' }).click();
      await check('a photo with a preview');
      await page.goto(`${site.origin}/staff/matters?shown=open`);
      await page.locator(`input[name=matter][value="${matterId}"]`).check();
      await page.getByRole('button', { name: 'Answer those chosen' }).click();
      await check('answers to many');
      await page.getByLabel('Use a template').selectOption(template);
      await page.getByRole('button', { name: 'See what each gets' }).click();
      await check('a preview of answers');
      await page.context().close();
    },
    180_000,
  );
});

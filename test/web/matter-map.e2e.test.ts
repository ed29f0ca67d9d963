/** The map of public matters in a real browser, by touch, mouse and keyboard, with scripts and without; and filing with its help. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { act, describeCity, LAMP, type Filed, type Receipt } from '../complaints/story.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { Site } from '../rest/site.js';
import { DESK, axe, hasBrowser, openBrowser, PHONE } from './browser.js';

/** More than are shown one by one, in a square of a kilometre and a half in the harbour and the market. */
const SIDE = 15;
const MANY = 201;
const HALL = { lat: 43_545_000, long: -6_110_000 };

let site: Site;
let hall: string;

/** By staff, for whom there is no limit. */
async function released(filing: object): Promise<string> {
  const { matterId } = await json<Filed>(
    site.as('lin', 'POST', '/api/v1/matters', { body: filing, id: newCommandId() }),
    201,
  );
  await json<Receipt>(act(site, 'lin', matterId, 'release', { place: true }));
  return matterId;
}

beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  await describeCity(site);
  const lamps = Array.from({ length: MANY }, (_, n) => ({
    ...LAMP,
    text: `Farola número ${n}, apagada.`,
    place: { lat: 43_555_000 + 700 * (n % SIDE), long: -6_076_000 + 1_000 * Math.floor(n / SIDE) },
  }));
  for (let from = 0; from < MANY; from += 4) await Promise.all(lamps.slice(from, from + 4).map(released));
  const text = 'La farola de la puerta del consistorio parpadea sin parar.';
  hall = await released({ ...LAMP, text, place: { ...HALL, address: 'Plaza Mayor, 1' } });
  for (;;) {
    const answer = await site.fetch('/api/v1/matters/map?bbox=-6.2,43.5,-6,43.7&zoom=3');
    if (((await answer.json()) as { count: number }).count === MANY + 1) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}, 120_000);
afterAll(() => site.stop());

const page = async (path: string, language = 'en') =>
  (await site.fetch(path, { headers: { accept: 'text/html', 'accept-language': language } })).text();

describe('the map of the list', () => {
  it('has clusters that lead closer, until matters stand one by one', async () => {
    let html = await page('/matters');
    expect(html).toContain(`There are ${MANY + 1} in this part of the map.`);
    for (let steps = 0; steps < 8 && html.includes('class="map-cluster"'); steps++) {
      const [, into] = /<a href="([^"]+)" data-bbox="[^"]+" aria-label="\d+ together/.exec(html)!;
      html = await page(into!.replaceAll('&amp;', '&'));
    }
    expect(html).not.toContain('class="map-cluster"');
    expect(html).toMatch(
      /<a href="\/matters\/[0-9a-f-]{36}" aria-label="Street lamp · (Harbour|Market) \(Open\)"/,
    );
  }, 30_000);

  it('begins with the area that is chosen, keeps the filters, and shows nothing that they leave out', async () => {
    const html = await page('/matters?area=valley&stateKind=open');
    expect(html).toContain('There is one in this part of the map.');
    expect(html).toContain(`aria-label="Street lamp · Valley (Open)"`);
    expect(html).toContain('href="/matters?area=valley&amp;stateKind=open&amp;bbox=');
    expect(await page('/matters?stateKind=fixed')).toContain('There are none in this part of the map.');
    // What places do not tell has no map.
    expect(await page('/matters?department=lighting')).not.toContain('data-map=');
  });

  it('takes what is no box for none, and changes its ETag with what it shows', async () => {
    const tag = async (path: string) => (await site.fetch(path)).headers.get('etag');
    expect(await page('/matters?bbox=1,2,3')).toContain(`There are ${MANY + 1} in this part`);
    expect(await tag('/matters?bbox=-6.2,43.5,-6,43.6')).not.toBe(
      await tag('/matters?bbox=-6.1,43.5,-6,43.6'),
    );
  });

  it('stands on the page of one matter, with its place and what leads around it', async () => {
    const html = await page(`/matters/${hall}`);
    expect(html).toContain('aria-label="The place, on the map of the city"');
    expect(html).toContain('href="geo:43.545000,-6.110000"');
    const [, around] = /href="(\/matters\?bbox=[^"]+)"/.exec(html)!;
    expect(await page(around!)).toContain(`href="/matters/${hall}"`);
  });
});

(hasBrowser ? describe : describe.skip)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  /** A visitor whose every request goes to this site: nobody else hears of her. */
  async function visit(
    path: string,
    visitor: (page: Page) => Promise<void>,
    options: BrowserContextOptions = {},
    expected: readonly RegExp[] = [],
  ) {
    const context = await browser.newContext({ locale: 'en-GB', viewport: DESK, ...options });
    const opened = await context.newPage();
    opened.setDefaultTimeout(10_000);
    const [elsewhere, faults]: [string[], string[]] = [[], []];
    opened.on('request', (request) => {
      if (!request.url().startsWith(site.origin) && !request.url().startsWith('data:'))
        elsewhere.push(request.url());
    });
    opened.on('console', (message) => {
      if (message.type() === 'error' && !expected.some((one) => one.test(message.text())))
        faults.push(message.text());
    });
    opened.on('pageerror', (error) => faults.push(error.message));
    await opened.goto(site.origin + path);
    await visitor(opened);
    await context.close();
    expect([elsewhere, faults]).toEqual([[], []]);
  }

  const count = (opened: Page) => opened.locator('[data-map-list] [role=status]').innerText();
  const parts = (opened: Page) => opened.locator('[data-map-areas]').getAttribute('transform');

  it('goes closer by keyboard without loading the page again, says how many there are, and can be shared', async () => {
    await visit('/matters', async (opened) => {
      await opened.evaluate(() => document.body.setAttribute('data-same', ''));
      await opened.locator('svg a[data-bbox]').first().focus();
      await opened.keyboard.press('Enter');
      await opened.waitForFunction(
        (all) => !document.querySelector('[data-map-list] [role=status]')?.textContent.includes(all),
        String(MANY + 1),
      );
      const said = await count(opened);
      const address = opened.url();
      expect(address).toContain('bbox=');
      expect(await opened.locator('body[data-same]').count()).toBe(1);
      await opened.reload();
      expect(opened.url()).toBe(address);
      expect(await count(opened)).toBe(said);
      expect(await opened.locator('body[data-same]').count()).toBe(0);
      await opened.getByRole('link', { name: 'All', exact: true }).click();
      await opened.getByText(`There are ${MANY + 1} in this part`).waitFor();
    });
  }, 60_000);

  it('is dragged by hand, where its outlines and its marks go along, and what was only dragged is not opened', async () => {
    await visit('/matters?bbox=-6.12,43.53,-6.06,43.57', async (opened) => {
      const cluster = opened.locator('svg a[data-bbox]').first();
      const box = (await cluster.boundingBox())!;
      await opened.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await opened.mouse.down();
      await opened.mouse.move(box.x + box.width / 2 + 40, box.y + box.height / 2 + 30, { steps: 4 });
      const moved = (await cluster.boundingBox())!;
      expect(Math.abs(moved.x - box.x - 40) + Math.abs(moved.y - box.y - 30)).toBeLessThan(4);
      await opened.mouse.up();
      expect(await parts(opened)).toMatch(/^scale\(1\) translate\((3|4)\d/);
      expect(await opened.locator('h1').innerText()).toBe('Complaints and suggestions');
      await opened.waitForURL((url) => !url.search.includes('bbox=-6.12,43.53,-6.06,43.57'));
    });
  }, 60_000);

  it('without scripts the same links lead there', async () => {
    await visit(
      '/matters',
      async (opened) => {
        await opened.locator('[data-map-list] a').first().click();
        expect(new URL(opened.url()).searchParams.get('bbox')).toMatch(/^-6/);
        await opened.getByRole('link', { name: 'Farther' }).click();
        expect(await opened.locator('svg').first().isVisible()).toBe(true);
      },
      { javaScriptEnabled: false, viewport: PHONE },
    );
  }, 60_000);

  const begin = '/matters/new?kind=complaint&category=street-lamp';

  it('files in the place that is touched on the map, and shows what is near while she writes', async () => {
    await visit(
      begin,
      async (opened) => {
        await opened.getByText('Mark it on the map').tap();
        const svg = opened.locator('[data-pick] svg');
        await svg.scrollIntoViewIfNeeded();
        const { width, height } = (await svg.boundingBox())!;
        // West of the middle by a third: the valley.
        await svg.tap({ position: { x: width / 6, y: height / 2 } });
        await opened.getByText('The marked place will be sent.').waitFor();
        const [lat, long] = await Promise.all(
          ['lat', 'long'].map((name) => opened.locator(`input[name=${name}]`).inputValue()),
        );
        expect(Number(lat)).toBeGreaterThan(43_545_000);
        expect(Number(lat)).toBeLessThan(43_555_000);
        expect(Number(long)).toBeLessThan(-6_105_000);
        expect(await opened.locator('.map-pin').isVisible()).toBe(true);
        // The point says the area.
        expect(await opened.locator('[name=area]').isVisible()).toBe(false);
        await opened.getByRole('radio', { name: 'It is off' }).check();
        await opened.locator('textarea[name=text]').fill('No light at all.');
        await opened.getByRole('button', { name: 'Send', exact: true }).tap();
        await opened.getByRole('heading', { level: 1, name: 'Sent' }).waitFor();
      },
      { viewport: PHONE, hasTouch: true },
    );
  }, 60_000);

  it('does without a place again, and leaves none that was refused', async () => {
    const away = { geolocation: { latitude: 40.4, longitude: -3.7 }, permissions: ['geolocation'] };
    await visit(
      begin,
      async (opened) => {
        const value = (name: string) => opened.locator(`input[name=${name}]`).inputValue();
        const area = opened.locator('[name=area]');
        const remove = opened.getByRole('button', { name: 'Remove this place' });
        expect(await remove.isVisible()).toBe(false);
        await opened.locator('[data-position] button').click();
        await remove.waitFor();
        expect([await value('lat'), await area.isVisible()]).toEqual(['40400000', false]);
        await remove.click();
        expect([await value('lat'), await area.isVisible(), await remove.isVisible()]).toEqual([
          '',
          true,
          false,
        ]);
        await opened.locator('[data-position] button').click();
        await remove.waitFor();
        await opened.getByRole('radio', { name: 'It is off' }).check();
        await opened.locator('textarea[name=text]').fill('No light at all, far away.');
        const refused = opened.waitForResponse(
          (answer) => answer.request().method() === 'POST' && answer.status() === 422,
        );
        await opened.getByRole('button', { name: 'Send', exact: true }).click();
        await refused;
        await opened.locator('#where-fault').waitFor();
        expect([await value('lat'), await area.isVisible()]).toEqual(['', true]);
        await area.selectOption('harbour');
        await opened.getByRole('button', { name: 'Send', exact: true }).click();
        await opened.getByRole('heading', { level: 1, name: 'Sent' }).waitFor();
      },
      away,
      [/422/],
    );
  }, 60_000);

  it('makes a large photo small before it is sent', async () => {
    // Noise, of which a picture of this size has some 15 MB.
    const noise = randomBytes(3 * 2_600 * 2_000);
    const large = await sharp(noise, { raw: { width: 2_600, height: 2_000, channels: 3 } })
      .jpeg({ quality: 100 })
      .toBuffer();
    expect(large.length).toBeGreaterThan(5_500_000);
    await visit(begin, async (opened) => {
      const file = { name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: large };
      await opened.locator('input[name=photo]').setInputFiles([file]);
      await opened.getByRole('radio', { name: 'It is off' }).check();
      await opened.locator('textarea[name=text]').fill('See the photo of the lamp with a broken glass.');
      // At once: it waits until the photo is ready.
      await opened.getByRole('button', { name: 'Send', exact: true }).click();
      await opened.getByRole('heading', { level: 1, name: 'Sent' }).waitFor({ timeout: 30_000 });
    });
  }, 90_000);

  it('marks the middle by keyboard', async () => {
    await visit(begin, async (opened) => {
      await opened.locator('[data-pick] summary').focus();
      await opened.keyboard.press('Enter');
      await opened.locator('[data-pick]').getByRole('link', { name: 'Go west' }).press('Enter');
      await opened.getByRole('button', { name: 'Mark the middle' }).press('Enter');
      const long = Number(await opened.locator('input[name=long]').inputValue());
      expect(long).toBeLessThan(-6_100_000);
      expect(new URL(opened.url()).pathname).toBe('/matters/new');
    });
  }, 60_000);

  it('joins in one tap what stands near where the phone is, with her address, and is not asked again if she goes on', async () => {
    const phone = {
      viewport: PHONE,
      geolocation: { latitude: HALL.lat / 1e6, longitude: HALL.long / 1e6 },
      permissions: ['geolocation'],
    };
    await visit(
      begin,
      async (opened) => {
        await opened.getByRole('button', { name: 'Use my location' }).click();
        await opened.getByRole('heading', { name: 'Is it one of these?' }).waitFor();
        expect(await opened.locator('[data-near]').innerText()).toContain('puerta del consistorio');
        await opened.locator('input[name=email]').first().fill('nela@example.org');
        const joined = opened.waitForRequest((request) =>
          request.url().endsWith(`/matters/${hall}/joinings`),
        );
        await opened.getByRole('button', { name: /^Join/ }).click();
        expect((await joined).postData()).toContain('email=nela%40example.org');
        await opened.locator('.own-link').waitFor();
      },
      phone,
    );
    await visit(
      begin,
      async (opened) => {
        await opened.getByRole('button', { name: 'Use my location' }).click();
        await opened.getByRole('heading', { name: 'Is it one of these?' }).waitFor();
        await opened.getByRole('radio', { name: 'It is off' }).check();
        await opened.locator('textarea[name=text]').fill('Another thing: the lamp on the wall is off.');
        await opened.getByRole('button', { name: 'Send', exact: true }).click();
        await opened.getByRole('heading', { level: 1, name: 'Sent' }).waitFor();
      },
      phone,
    );
  }, 60_000);

  it('finds by words and address what says the same, where there is no point', async () => {
    await visit(begin, async (opened) => {
      await opened.locator('textarea[name=text]').fill('La farola de la puerta del consistorio parpadea.');
      await opened.getByRole('heading', { name: 'Is it one of these?' }).waitFor();
      expect(await opened.locator('[data-near] .card').count()).toBe(1);
      await opened.locator('textarea[name=text]').fill('Otra cosa.');
      await opened.locator('[data-near] .card').waitFor({ state: 'detached' });
      await opened.locator('input[name=address]').fill('plaza mayor 1');
      await opened.locator('[data-near] .card').waitFor();
    });
  }, 60_000);

  it('axe finds nothing with the map, and no page is wider than a phone', async () => {
    for (const { colorScheme, viewport } of [
      { colorScheme: 'light', viewport: PHONE },
      { colorScheme: 'dark', viewport: DESK },
    ] as const) {
      const context = await browser.newContext({ colorScheme, viewport, bypassCSP: true, locale: 'es-ES' });
      const opened = await context.newPage();
      for (const path of ['/matters', '/matters?bbox=-6.1,43.55,-6.08,43.56', `/matters/${hall}`, begin]) {
        await opened.goto(site.origin + path);
        await opened
          .locator('details')
          .evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
        const [wide, room] = await opened
          .locator('html')
          .evaluate((html) => [html.scrollWidth, html.clientWidth]);
        expect([path, wide]).toEqual([path, room]);
        expect([path, await axe(opened)]).toEqual([path, []]);
      }
      await context.close();
    }
  }, 120_000);
});

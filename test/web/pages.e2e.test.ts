/** The pages as the program serves them, over HTTP and in a real browser, on the city of the demo. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { ballotsView } from '../../projections/ballots.view.js';
import { Views } from '../../src/views/views.js';
import type { Site } from '../rest/site.js';
import { DESK, axe, hasBrowser, openBrowser, PHONE } from './browser.js';
import { officers, someLeaf, startDemoSite } from './demo-site.js';

let site: Site;
/** Of the election that is open, and of the one that was counted and certified. */
let open: string;
let finished: string;
/** The leaf hash of a ballot. */
let leaf: string;

beforeAll(async () => {
  site = await startDemoSite();
  const { items } = (await (await site.fetch('/api/v1/elections')).json()) as {
    items: { id: string; phase: string }[];
  };
  open = items.find(({ phase }) => phase === 'open')!.id;
  finished = items.find(({ phase }) => phase === 'certified')!.id;
  leaf = await someLeaf(site);
}, 120_000);

afterAll(() => site.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  site.fetch(path, { headers: { accept: 'text/html,*/*', ...headers } });

describe('over HTTP', () => {
  it('a page is asked for again and not sent again while nothing changed', async () => {
    for (const path of [
      '/',
      `/elections/${open}`,
      `/elections/${finished}`,
      `/elections/${finished}/explanation`,
      `/elections/${finished}/record`,
    ]) {
      const first = await get(path);
      const etag = first.headers.get('etag') ?? '';
      expect([path, first.status, first.headers.get('cache-control')]).toEqual([path, 200, 'no-cache']);
      expect(first.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(first.headers.get('vary')).toContain('Accept-Language, Cookie');
      const again = await get(path, { 'if-none-match': etag });
      // The clock of a demo stands on its pages: a new minute is a new page.
      if (again.headers.get('etag') === etag) expect([path, again.status]).toEqual([path, 304]);
      const inEnglish = await get(path, { 'if-none-match': etag, 'accept-language': 'en' });
      expect([path, inEnglish.status]).toEqual([path, 200]);
    }
  });

  it('the language is of the address, then of the cookie, then of the browser', async () => {
    const languageOf = async (path: string, headers: Record<string, string>) =>
      /<html lang="(\w+)"/.exec(await (await get(path, headers)).text())?.[1];
    expect(await languageOf('/', { 'accept-language': 'ast' })).toBe('ast');
    expect(await languageOf('/', { 'accept-language': 'ast', cookie: 'lang=en' })).toBe('en');
    expect(await languageOf('/?lang=es', { 'accept-language': 'ast', cookie: 'lang=en' })).toBe('es');
    expect((await get('/?lang=ast')).headers.get('set-cookie')).toMatch(/^lang=ast;.*HttpOnly; SameSite=Lax/);
    expect((await get('/?lang=xx')).headers.get('set-cookie')).toBeNull();
  });

  it('the style sheet may be kept for ever', async () => {
    const page = await (await get('/')).text();
    const path = /<link rel="stylesheet" href="([^"]+)"/.exec(page)?.[1] ?? '';
    const style = await site.fetch(path);
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
    expect(style.headers.get('cache-control')).toContain('immutable');
    expect((await site.fetch('/assets/pages-other.css')).status).toBe(404);
  });

  it('what is not there is told in words, in the language of who asks', async () => {
    for (const path of ['/nothing-here', '/elections/x', `/elections/${open.replace(/^./, 'x')}`]) {
      const answer = await get(path, { 'accept-language': 'ast' });
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.text()).toMatch(/<h1>Nun /);
    }
    for (const count of ['0', '2', 'x', '1e1']) {
      expect((await get(`/elections/${finished}?count=${count}`)).status).toBe(404);
    }
    expect((await get(`/elections/${finished}?count=1`)).status).toBe(200);
    expect((await get('/?after=nonsense')).status).toBe(400);
  });

  it('a problem of a page that never ran keeps the policy and says nothing of what was asked', async () => {
    const answer = await get('/%3Cscript%3Ealert(1)%3C/script%3E?lang=en');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await answer.text()).not.toContain('<script');
  });

  it.each(['//evil.example/x', '/\\evil.example/x', '///evil.example'])(
    '%s leads to no other site',
    async (path) => {
      const html = await (await get(path, { 'accept-language': 'en' })).text();
      expect(html).toContain('href="/evil.example');
      expect(html).not.toMatch(/href="[/\\]{2}/);
    },
  );

  it('a ballot is found by its id and by its pseudonym', async () => {
    const views = site.running.app.get(Views, { strict: false });
    const { rows } = await views.list(ballotsView, { limit: 1_000 });
    const { key: id, row } = rows.find(({ row: { electionId } }) => electionId === finished)!;
    const { v } = row;
    const one = await (await get(`/elections/${finished}/ballots?ballot=%20${id}%20&lang=en`)).text();
    expect(one).toContain('This is the ballot that counts for its voter.');
    const all = await get(`/elections/${finished}/ballots?voter=${v}&lang=en`);
    expect(await all.text()).toContain(id);
    expect(all.headers.get('cache-control')).toBe('no-store');
    const elsewhere = await (await get(`/elections/${open}/ballots?ballot=${id}&lang=en`)).text();
    expect(elsewhere).toContain('This vote has no ballot with this identifier.');
    const nobody = await (await get(`/elections/${open}/ballots?voter=${'A'.repeat(22)}&lang=en`)).text();
    expect(nobody).toContain('no line with this pseudonym');
  });

  it('staff pages are for staff', async () => {
    const answer = await get('/staff');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/session?next=%2Fstaff']);
    const post = await site.fetch('/staff/acts/x/approvals', { method: 'POST' });
    expect(post.status).toBe(401);
  });

  it('the clock of a demo says which hours it takes, and leads back', async () => {
    for (const hours of ['-5', '1.5', '999999999', 'x', '']) {
      const answer = await site.fetch('/demo/clock?lang=en', {
        method: 'POST',
        headers: {
          accept: 'text/html',
          origin: site.origin,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: `hours=${hours}`,
      });
      const html = await answer.text();
      expect([hours, answer.status]).toEqual([hours, 422]);
      expect(html).toContain('whole hours from 1 to 8,760');
      expect(html).toContain('href="/demo"');
    }
  });

  it('the sign-in goes on only to this site', async () => {
    expect(await (await get('/session?next=/staff')).text()).toContain('name="next" value="/staff"');
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
      expect(await (await get(`/session?next=${encodeURIComponent(next)}`)).text()).not.toContain(
        'name="next"',
      );
    }
  });
});

/** Every page, in each of its states that the demo has. */
const paths = () => [
  '/',
  `/elections/${open}`,
  `/elections/${finished}`,
  `/elections/${finished}/explanation`,
  `/elections/${finished}/record`,
  `/elections/${finished}/ballots?ballot=abc`,
  '/session?failed=1',
  '/demo',
  '/audit',
  '/receipts?leaf=abc',
  `/receipts/${leaf}`,
  '/nothing-here',
];

/** Opens every table that stands closed: it must fit as well. */
async function openEverything(page: Page): Promise<void> {
  const closed = page.locator('details:not([open]) > summary');
  while ((await closed.count()) > 0) await closed.first().click();
}

(hasBrowser ? describe : describe.skip)('in a browser without JavaScript', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  async function visit<T>(options: BrowserContextOptions, work: (page: Page) => Promise<T>) {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'es-ES', ...options });
    try {
      return await work(await context.newPage());
    } finally {
      await context.close();
    }
  }

  it(
    'no page is wider than a phone, and none breaks the policy of the site',
    () =>
      visit({ viewport: PHONE }, async (page) => {
        const complaints: string[] = [];
        page.on('console', (message) => {
          if (/Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
        });
        for (const path of paths()) {
          await page.goto(site.origin + path);
          await openEverything(page);
          const widths = await page.locator('html').evaluate((html) => [html.scrollWidth, html.clientWidth]);
          expect([path, widths[0]]).toEqual([path, widths[1]]);
        }
        expect(complaints).toEqual([]);
      }),
    60_000,
  );

  it('somebody reads on from the list to the reasons, and changes the language on the way', () =>
    visit({ viewport: PHONE }, async (page) => {
      await page.goto(site.origin);
      await page.getByRole('link', { name: 'Asturianu' }).click();
      await page.getByRole('link', { name: /primer edición/ }).click();
      expect(await page.locator('html').getAttribute('lang')).toBe('ast');
      const result = page.getByRole('table', { name: /^Resultáu en/ }).first();
      expect(await result.getByRole('rowheader').first().innerText()).toMatch(/✔\s+Financiáu/);
      await page.getByRole('link', { name: 'Acta de la votación' }).click();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^Acta de la votación/);
    }));

  it('an officer signs in, and the second one approves what the first proposed', async () => {
    const [first, second] = officers as [(typeof officers)[number], (typeof officers)[number]];
    const proposed = await site.fetch('/api/v1/acts', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${first.key}`,
        'content-type': 'application/json',
        'idempotency-key': 'propose-early-close-1',
      },
      body: JSON.stringify({
        kind: 'close-early',
        body: { electionId: open, reason: { code: 'flood', texts: { es: 'Se inundó <b>todo</b>' } } },
      }),
    });
    expect([proposed.status, await proposed.text()]).toEqual([201, expect.anything()]);
    await visit({ viewport: DESK }, async (page) => {
      await page.goto(`${site.origin}/session`);
      await page.getByLabel('Clave').fill('nobody');
      await page.getByRole('button', { name: 'Entrar' }).click();
      expect(await page.getByRole('alert').innerText()).toContain('no es de nadie');
      await page.getByLabel('Clave').fill(first.key);
      await page.getByRole('button', { name: 'Entrar' }).click();
      expect(await page.getByText('Lo propusiste tú').count()).toBe(1);
      expect(await page.getByRole('button', { name: /Aprobar/ }).count()).toBe(0);
      await page.getByRole('button', { name: 'Salir' }).click();
      expect(await page.getByRole('link', { name: 'Acceso del personal' }).count()).toBe(1);
      await page.goto(`${site.origin}/session`);
      await page.getByLabel('Clave').fill(second.key);
      await page.getByRole('button', { name: 'Entrar' }).click();
      await page.getByRole('button', { name: 'Aprobar: Cerrar antes de tiempo, de officer-1' }).click();
      expect(await page.getByRole('status').innerText()).toContain('Hecho');
      await page.goto(`${site.origin}/elections/${open}`);
      const history = await page.locator('.history').innerText();
      expect(history).toContain('Se inundó <b>todo</b>');
      expect(history).toMatch(/Aprobado por: officer-1, officer-2/);
    });
  }, 60_000);
});

(hasBrowser ? describe : describe.skip)('for everybody', () => {
  it.each([
    { colorScheme: 'light', viewport: PHONE, pages: 'all' },
    // The same pages in other colours: those that have every one of them.
    { colorScheme: 'dark', viewport: DESK, pages: 'colourful' },
  ] as const)(
    'axe finds nothing on any page in $colorScheme at $viewport.width',
    async ({ pages, ...options }) => {
      const browser = await openBrowser();
      const chosen =
        pages === 'all' ? paths() : [`/elections/${finished}`, `/elections/${finished}/ballots?ballot=abc`];
      try {
        // Only the checker is a script: the policy of the site would stop it.
        const context = await browser.newContext({ ...options, bypassCSP: true, locale: 'es-ES' });
        const page = await context.newPage();
        for (const path of chosen) {
          await page.goto(site.origin + path);
          // What stands closed must be readable as well.
          await page
            .locator('details')
            .evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
          expect([path, await axe(page)]).toEqual([path, []]);
        }
      } finally {
        await browser.close();
      }
    },
    240_000,
  );
});

describe('a certificate, on the pages alone', () => {
  const signIn = async (key: string): Promise<string> => {
    const answer = await post('/session', { key }, {});
    return (answer.headers.get('set-cookie') ?? '').split(';', 1)[0]!;
  };
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string>) =>
    site.fetch(path, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        origin: site.origin,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    });
  const formIn = (html: string) => {
    const [, action = '', inside = ''] =
      /<form method="post" action="(\/staff\/elections\/[^"]+)"[^>]*>(.*?)<\/form>/s.exec(html) ?? [];
    const fields = [...inside.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, n, v]) => [n, v]);
    return { action, fields: Object.fromEntries(fields) as Record<string, string> };
  };
  const phase = async () =>
    ((await (await site.fetch(`/api/v1/elections/${finished}`)).json()) as { phase: string }).phase;

  it('is proposed by one and approved by another', async () => {
    const [one, other] = (await Promise.all(officers.map(({ key }) => signIn(key)))) as [string, string];
    expect(await (await get('/staff', { cookie: one })).text()).not.toContain('/certification');
    // The demo's is certified already: two persons revoke it, and the program counts again.
    const proposed = await site.fetch('/api/v1/acts', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${officers[0]!.key}`,
        'content-type': 'application/json',
        'idempotency-key': 'revoke-to-certify-again-1',
      },
      body: JSON.stringify({
        kind: 'revoke',
        body: { electionId: finished, tally: 1, reason: { code: 'claim-upheld' } },
      }),
    });
    const { id } = (await proposed.json()) as { id: string };
    await post(`/staff/acts/${id}/approvals`, {}, { cookie: other });
    let form = formIn('');
    for (const until = Date.now() + 30_000; form.action === '' && Date.now() < until;) {
      form = formIn(await (await get('/staff', { cookie: one })).text());
      if (form.action === '') await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const { action, fields } = form;
    expect(fields.tally).toBe('2');
    // Not from another site, nor by nobody, nor for another count than the latest.
    expect((await post(action, fields, { cookie: one, origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(action, fields, {})).status).toBe(401);
    const old = await post(action, { ...fields, tally: '1' }, { cookie: one });
    expect(old.headers.get('location')).toBe('/staff?refused=tally-stale');
    for (const answer of [
      await post(action, fields, { cookie: one }),
      await post(action, fields, { cookie: one }),
    ]) {
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/staff?proposed=1']);
    }
    expect(await phase()).toBe('counted');
    const waiting = await (await get('/staff?lang=en', { cookie: other })).text();
    expect(waiting).not.toContain('/certification');
    const approvals = [
      ...waiting.matchAll(/action="([^"]+\/approvals)"><button aria-label="Approve: Certify/g),
    ];
    expect(approvals).toHaveLength(1);
    const done = await post(approvals[0]![1]!, {}, { cookie: other });
    expect(done.headers.get('location')).toBe('/staff?done=1');
    // The pages follow the log within moments.
    const until = Date.now() + 10_000;
    while ((await phase()) !== 'certified' && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await phase()).toBe('certified');
  }, 60_000);
});

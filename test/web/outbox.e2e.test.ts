/** The page of the outbox: what it shows to administrators in three languages, and that it does what its buttons say. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Pool } from 'pg';
import { Outbox } from '../../src/mail/outbox.js';
import { POOL } from '../../src/platform.module.js';
import { LANGUAGES } from '../../src/web/languages.js';
import { OUTBOX_WORDS } from '../../src/web/outbox-words.js';
import { people, Site } from '../rest/site.js';
import { DESK, axe, hasBrowser, openBrowser, PHONE } from './browser.js';

const ATTACK = '<img src=x onerror=alert(1)> "Hola"';
let site: Site;
let pool: Pool;
let logged = '';
beforeAll(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
  site = await Site.start({ log });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  const outbox = site.running.app.get(Outbox, { strict: false });
  const put = (name: string, at: Date) =>
    outbox.put({ event: name, about: 'matter-1', at }, [
      {
        kind: 'matter-answered',
        to: `${name}@example.org`,
        language: 'es',
        subject: `Para ${name}`,
        text: ATTACK,
      },
    ]);
  await put('waits', new Date());
  await put('old', new Date(0));
  await put('unsure', new Date());
  await put('refused', new Date());
  await pool.query(
    `update outbox set state = 'unknown', reason = 'interrupted', tries = 1 where recipient = 'unsure@example.org'`,
  );
  await pool.query(
    `update outbox set state = 'failed', reason = 'smtp-550', tries = 1 where recipient = 'refused@example.org'`,
  );
  await outbox.put({ event: 'none', about: 'matter-2', at: new Date() }, [
    { kind: 'note', to: 'no address', language: 'es', subject: 'A nadie', text: 'Hola' },
  ]);
});
afterAll(() => site.stop());

function get(query = '', who: keyof typeof people = 'ana', language = 'en'): Promise<Response> {
  return site.fetch(`/staff/mail${query}`, {
    headers: { authorization: `Bearer ${people[who].key}`, accept: 'text/html', 'accept-language': language },
  });
}
const html = async (query = '', language = 'en') => (await get(query, 'ana', language)).text();

function press(
  path: string,
  fields: Record<string, string>,
  who: keyof typeof people = 'ana',
): Promise<Response> {
  return site.fetch(path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${people[who].key}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields).toString(),
  });
}

/** The form of a mail that does this. */
function formOf(page: string, subject: string, act: string): { path: string; tries: string } | undefined {
  const card = page.split('<li class="card">').find((one) => one.includes(`>${subject}</h2>`)) ?? '';
  const path = new RegExp(`action="(/staff/mail/[0-9a-f-]{36}/${act})"`).exec(card)?.[1];
  const tries = /name="tries" value="(\d+)"/.exec(card)?.[1];
  return path === undefined || tries === undefined ? undefined : { path, tries };
}

async function stateOf(name: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ state: string }>('select state from outbox where recipient = $1', [
    `${name}@example.org`,
  ]);
  return rows[0]?.state;
}

describe('the page of the outbox', () => {
  it('is for administrators, asks others to sign in, and is kept nowhere', async () => {
    const asked = await site.fetch('/staff/mail', { headers: { accept: 'text/html' } });
    expect([asked.status, asked.headers.get('location')]).toEqual([303, '/session?next=%2Fstaff%2Fmail']);
    expect((await get('', 'lin')).status).toBe(403);
    expect((await get()).headers.get('cache-control')).toBe('no-store');
    const { path = '', tries = '' } = formOf(await html(), 'Para unsure', 'sendings') ?? {};
    expect((await press(path, { tries }, 'lin')).status).toBe(403);
    expect(await stateOf('unsure')).toBe('unknown');
  });

  it('lists what is in a state, what failed and why', async () => {
    const all = await html();
    for (const name of ['waits', 'old', 'unsure', 'refused']) expect(all).toContain(`${name}@example.org`);
    expect(all).toContain('Waiting: 1. Failed: 3. Unknown: 1.');
    expect(all).toContain('There is no mail server (CONCEJO_SMTP)');
    const failed = await html('?state=failed');
    expect(failed).not.toContain('waits@example.org');
    expect(failed).toContain('the server refused it (smtp-550)');
    expect(failed).toContain('three days are over');
    expect(failed).toContain('this is no e-mail address');
    expect(await html('?state=sent')).toContain('There are none.');
    expect((await get('?cursor=AAAA')).status).toBe(400);
  });

  it('shows the words of no mail that opens a matter', async () => {
    const outbox = site.running.app.get(Outbox, { strict: false });
    const mail = {
      kind: 'matter-code',
      to: 'code@example.org',
      language: 'es' as const,
      subject: 'Su código',
    };
    await outbox.put({ event: 'code', about: 'matter-1', at: new Date() }, [
      { ...mail, text: 'Su código es 042517.', secret: true },
    ]);
    const page = await html('?state=waiting');
    expect(page).toContain('code@example.org');
    expect(page).toContain('It holds a code or a link');
    expect(page).not.toContain('042517');
    await outbox.erase('code@example.org');
  });

  it('shows words as the words that they are', async () => {
    const page = await html();
    expect(page).toContain('&lt;img src=x');
    expect(page).not.toContain('<img src=x');
  });

  it.each(LANGUAGES)('says everything in %s', async (language) => {
    const page = await html('?state=unknown', language);
    expect(page).toContain(`<html lang="${language}">`);
    expect(page).toContain(OUTBOX_WORDS[language].title);
    expect(page).toContain(OUTBOX_WORDS[language].reasons.interrupted);
    expect(page.replace(/<[^>]+>/g, ' ')).not.toMatch(/undefined|NaN|\[object|Invalid Date/);
    const { kinds, reasons, refusals } = OUTBOX_WORDS.es;
    for (const [own, spanish] of [
      [OUTBOX_WORDS[language].kinds, kinds],
      [OUTBOX_WORDS[language].reasons, reasons],
      [OUTBOX_WORDS[language].refusals, refusals],
    ] as const)
      expect(Object.keys(own)).toEqual(Object.keys(spanish));
  });

  it('sends again what failed or is unknown, once, and says when it has moved on', async () => {
    const page = await html();
    const { path, tries } = formOf(page, 'Para unsure', 'sendings')!;
    const again = await press(path, { tries, state: 'unknown' });
    expect([again.status, again.headers.get('location')]).toEqual([
      303,
      '/staff/mail?state=unknown&done=sent',
    ]);
    expect(await stateOf('unsure')).toBe('waiting');
    const second = await press(path, { tries });
    expect(second.headers.get('location')).toBe('/staff/mail?refused=mail-moved-on');
    expect(await html('?refused=mail-moved-on')).toContain('It changed meanwhile: look again.');
    expect((await press(path, {})).headers.get('location')).toBe('/staff/mail?refused=mail-moved-on');
    // What is no address is none the second time either, and what waits goes by itself.
    expect(formOf(page, 'A nadie', 'sendings')).toBeUndefined();
    expect(formOf(page, 'Para waits', 'sendings')).toBeUndefined();
    expect((await press('/staff/mail/x/sendings', { tries })).status).toBe(404);
    expect((await press(path.replace('sendings', 'nothing'), { tries })).status).toBe(404);
  });

  it('leaves one unsent', async () => {
    const { path, tries } = formOf(await html(), 'Para old', 'discards')!;
    const left = await press(path, { tries });
    expect(left.headers.get('location')).toBe('/staff/mail?done=left');
    expect(await stateOf('old')).toBeUndefined();
  });

  it('goes on where there are more', async () => {
    const outbox = site.running.app.get(Outbox, { strict: false });
    const mails = Array.from({ length: 60 }, (_, i) => ({
      kind: 'note',
      to: `p${i}@example.org`,
      language: 'es' as const,
      subject: `Nota ${i}`,
      text: 'Hola',
    }));
    await outbox.put({ event: 'many', about: 'matter-3', at: new Date() }, mails);
    const first = await html('?state=waiting');
    const more =
      /href="(\/staff\/mail)(\?state=waiting&amp;cursor=[\w-]+)" rel="next"/.exec(first)?.[2] ?? '';
    const second = await html(more.replace('&amp;', '&'));
    const found = [first, second].flatMap((page) =>
      [...page.matchAll(/<dd>(p\d+)@example/g)].map(([, name]) => name),
    );
    expect(new Set(found).size).toBe(60);
  });

  it('is led to from the page of staff, and nothing of it is in the log', async () => {
    const staff = await site.fetch('/staff', {
      headers: { authorization: `Bearer ${people.ana.key}`, accept: 'text/html' },
    });
    expect(await staff.text()).toContain('href="/staff/mail"');
    expect(logged).toContain('/staff/mail');
    expect(logged).not.toMatch(/example\.org|Para unsure/);
  });
});

(hasBrowser ? describe : describe.skip)('in a browser', () => {
  it('axe finds nothing, and it is no wider than a phone', async () => {
    const browser = await openBrowser();
    for (const [colorScheme, viewport] of [
      ['light', PHONE],
      ['dark', DESK],
    ] as const) {
      const context = await browser.newContext({ colorScheme, viewport, bypassCSP: true, locale: 'es-ES' });
      const page = await context.newPage();
      await page.goto(`${site.origin}/staff/mail`);
      await page.getByLabel('Clave').fill(people.ana.key);
      await page.getByRole('button', { name: 'Entrar' }).click();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Correo saliente');
      // Few cards, with every part that one has.
      await page.getByRole('link', { name: 'Fallido', exact: true }).click();
      await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
      const widths = await page
        .locator('html')
        .evaluate((element) => [element.scrollWidth, element.clientWidth]);
      expect(widths[0]).toBe(widths[1]);
      expect(await axe(page)).toEqual([]);
      await context.close();
    }
    await browser.close();
  }, 120_000);
});

/** Codes for addresses: of who joins, once more from her page, few in all, and what a duplicate takes along. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { POOL } from '../../src/platform.module.js';
import { json, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { until } from '../views/world.js';
import { act, describeCity, file, LAMP, post, type Filed, type Receipt } from './story.js';

const MINUTE_MS = 60_000;
const clock = storyClock();
let site: Site;
let pool: Pool;
beforeAll(async () => {
  // Without a mail server: every mail stands in the outbox.
  site = await Site.start({ clock });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  await describeCity(site);
});
afterAll(() => site.stop());

interface Mail {
  kind: string;
  about: string;
  text: string;
}

async function mailsTo(email: string): Promise<Mail[]> {
  const { rows } = await pool.query<Mail>(
    'select kind, about, text from outbox where recipient = $1 order by made_at',
    [email],
  );
  return rows;
}

async function codes(email: string, count: number): Promise<string[]> {
  const found = async () =>
    (await mailsTo(email)).flatMap(({ kind, text }) =>
      kind === 'matter-code' ? (/(?:es|is) (\d{6})\./.exec(text)?.[1] ?? []) : [],
    );
  await until(`${count} codes for ${email}`, async () => (await found()).length >= count);
  return found();
}

async function shown(more: object = {}): Promise<Filed> {
  const lamp = await file(site, { ...LAMP, ...more });
  await json(act(site, 'lin', lamp.matterId, 'release', { place: true }));
  return lamp;
}

const confirm = (link: string, code: string | undefined) =>
  post(site, '/by-link/confirmations', { link, code });
const ask = (link: string) => post(site, '/by-link/codes', { link });
const answer = async ({ matterId }: Filed) => {
  await json<Receipt>(act(site, 'lin', matterId, 'move', { state: 'scheduled', words: { es: 'Iremos.' } }));
};
/** The reactor has come to what was written last. */
async function reacted(): Promise<void> {
  const { rows } = await pool.query<{ position: string }>('select max(position) as position from events');
  await until('the reactor has come there', async () => {
    const { rows: at } = await pool.query<{ position: string }>(
      "select position from reactors where name = 'mail'",
    );
    return BigInt(at[0]!.position) >= BigInt(rows[0]!.position);
  });
}

describe('the address of who joins', () => {
  it('gets a code and nothing else before it was entered, and the news after it', async () => {
    const lamp = await shown();
    const joining = { language: 'en', email: 'xuan@example.org' };
    const { link } = await json<Filed>(post(site, `/${lamp.matterId}/joinings`, joining), 201);
    const [code] = await codes('xuan@example.org', 1);
    await answer(lamp);
    await reacted();
    expect((await mailsTo('xuan@example.org')).map(({ kind }) => kind)).toEqual(['matter-code']);
    const wrong = code === '000000' ? '000001' : '000000';
    expect(await problem(await confirm(link, wrong))).toMatchObject({ code: 'code-wrong' });
    // Who asks again did not see the first answer.
    for (const types of [['MatterJoined'], []]) {
      const receipt = await json<Receipt>(confirm(link, code));
      expect(receipt.position).toMatch(/^\d+$/);
      expect(receipt.events.map(({ type }) => type)).toEqual(types);
    }
    expect(await json(post(site, '/by-link/views', { link }))).toEqual({
      role: 'joiner',
      email: 'confirmed',
      matterId: lamp.matterId,
    });
    await answer(lamp);
    await until('the news', async () => (await mailsTo('xuan@example.org')).length === 2);
    // All are about the matter, so that they go with it.
    expect(new Set((await mailsTo('xuan@example.org')).map(({ about }) => about))).toEqual(
      new Set([`matter-${lamp.matterId}`]),
    );
    await json(post(site, '/by-link/erasures', { link }));
    expect(await mailsTo('xuan@example.org')).toEqual([]);
  });

  it('of a joiner stands in no event', async () => {
    const { rows } = await pool.query("select from events where type = 'MatterConfirmed'");
    expect(rows).toEqual([]);
  });
});

describe('another code', () => {
  it('takes the place of the one before, not within five minutes and ten at most', async () => {
    const { link } = await file(site, { ...LAMP, reporter: { email: 'nela@example.org' } });
    const [first] = await codes('nela@example.org', 1);
    expect(await problem(await ask(link))).toMatchObject({ status: 422, code: 'code-too-soon' });
    clock.advance(5 * MINUTE_MS);
    await json(ask(link));
    const [, second] = await codes('nela@example.org', 2);
    if (first !== second)
      expect(await problem(await confirm(link, first))).toMatchObject({ code: 'code-wrong' });
    for (let number = 3; number <= 10; number++) {
      clock.advance(5 * MINUTE_MS);
      await json(ask(link));
    }
    clock.advance(60 * MINUTE_MS);
    expect(await problem(await ask(link))).toMatchObject({ status: 422, code: 'too-many-codes' });
    const all = await codes('nela@example.org', 10);
    expect(all).toHaveLength(10);
    await json(confirm(link, all.at(-1)));
    expect(await problem(await ask(link))).toMatchObject({ status: 409, code: 'matter-confirmed' });
  });

  it('is for who left an address, and has a link', async () => {
    const { link } = await file(site);
    expect(await problem(await ask(link))).toMatchObject({ status: 422, code: 'no-address' });
    expect(await problem(await ask('A'.repeat(43)))).toMatchObject({ status: 404, code: 'link-unknown' });
  });

  it('asked for twice at the same moment is one', async () => {
    const { link } = await file(site, { ...LAMP, reporter: { email: 'twice@example.org' } });
    await codes('twice@example.org', 1);
    clock.advance(5 * MINUTE_MS);
    const answers = await Promise.all([ask(link), ask(link), ask(link)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
    expect(await codes('twice@example.org', 2)).toHaveLength(2);
  });

  it('is asked for on her page, without JavaScript, also by who joined', async () => {
    const lamp = await shown();
    const joining = { language: 'en', email: 'page@example.org' };
    const { link } = await json<Filed>(post(site, `/${lamp.matterId}/joinings`, joining), 201);
    await codes('page@example.org', 1);
    clock.advance(5 * MINUTE_MS);
    const form = (path: string, fields: Record<string, string>, cookie = '') =>
      site.fetch(path, {
        method: 'POST',
        headers: {
          accept: 'text/html',
          'accept-language': 'en',
          origin: site.origin,
          cookie,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams(fields).toString(),
      });
    const page = async (path: string, cookie: string) =>
      (await site.fetch(path, { headers: { cookie, accept: 'text/html', 'accept-language': 'en' } })).text();
    const cookie = ((await form('/matters/own', { link })).headers.get('set-cookie') ?? '').split(';', 1)[0]!;
    expect(await page('/matters/own', cookie)).toMatch(
      /<button[^>]* formaction="\/matters\/own\/codes"[^>]*>Send me/,
    );
    const sent = await form('/matters/own/codes', { commandId: randomUUID() }, cookie);
    expect(sent.status).toBe(303);
    expect(await page(sent.headers.get('location')!, cookie)).toContain('We have sent you another code.');
    const [, code = ''] = await codes('page@example.org', 2);
    const confirmed = await form('/matters/own/confirmations', { commandId: randomUUID(), code }, cookie);
    expect(confirmed.status).toBe(303);
    expect(await page(confirmed.headers.get('location')!, cookie)).toContain(
      'Your e-mail address is confirmed.',
    );
  });
});

describe('a duplicate', () => {
  it('is told of with the answer of the other one once its reporter has confirmed her address', async () => {
    const kept = await shown();
    const [early, late] = [
      await file(site, { ...LAMP, reporter: { email: 'early@example.org' } }),
      await file(site, { ...LAMP, reporter: { email: 'late@example.org' } }),
    ];
    const [[earlyCode], [lateCode]] = [
      await codes('early@example.org', 1),
      await codes('late@example.org', 1),
    ];
    await json(confirm(early.link, earlyCode));
    for (const { matterId } of [early, late])
      await json(act(site, 'lin', matterId, 'duplicate', { of: kept.matterId }));
    const news = async (email: string) =>
      (await mailsTo(email)).filter(({ kind }) => kind === 'matter-answered');
    const all = () =>
      json(act(site, 'lin', kept.matterId, 'answer', { state: 'answered', words: { es: 'Iremos.' } }));
    await all();
    await until('early is told', async () => (await news('early@example.org')).length === 1);
    // No code by which she could do nothing.
    expect(await codes('late@example.org', 1)).toHaveLength(1);
    expect(await news('late@example.org')).toEqual([]);
    await json(confirm(late.link, lateCode));
    await all();
    await until('late is told', async () => (await news('late@example.org')).length === 1);
    expect((await news('late@example.org')).map(({ about }) => about)).toEqual([`matter-${late.matterId}`]);
  });
});

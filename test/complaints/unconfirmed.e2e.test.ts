/** A category that takes nothing unconfirmed: what staff sees and does before the code was entered, and what becomes of the rest. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { Matters } from '../../src/complaints/matters.js';
import { MattersUpkeep } from '../../src/complaints/upkeep.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { DAY_MS, json, newCommandId, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { until } from '../views/world.js';
import { act, describeCity, file, LAMP, post, type Filed } from './story.js';

const NOISE = { ...LAMP, category: 'noise', text: 'Música hasta las tres.', answers: {} };
const clock = storyClock();
let site: Site;
let pool: Pool;
let upkeep: MattersUpkeep;
beforeAll(async () => {
  site = await Site.start({ clock });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  upkeep = site.running.app.get(MattersUpkeep, { strict: false });
  await describeCity(site);
});
afterAll(() => site.stop());

type Noise = Filed & { confirmUntil: string };

function noise(email: string): Promise<Noise> {
  return file(site, { ...NOISE, reporter: { email } }) as Promise<Noise>;
}

/** Without a mail server the code waits in the outbox. */
async function codeFor(email: string): Promise<string> {
  const code = async () => {
    const { rows } = await pool.query<{ text: string }>('select text from outbox where recipient = $1', [
      email,
    ]);
    return /es (\d{6})\./.exec(rows[0]?.text ?? '')?.[1];
  };
  await until('there is a code', async () => (await code()) !== undefined);
  return (await code())!;
}

async function queue(position: string): Promise<string[]> {
  const { items } = await json<{ items: { id: string }[] }>(
    site.as('lin', 'GET', `/api/v1/matters/queue?category=noise&atLeast=${position}`),
  );
  return items.map(({ id }) => id);
}

describe('a matter of a category that takes nothing unconfirmed', () => {
  it('is nowhere where staff looks for work, and is answered with no others', async () => {
    const [one, two] = [await noise('uno@example.org'), await noise('dos@example.org')];
    await site.fetch(`/api/v1/matters?atLeast=${two.position}`);
    const numbers = await json<{ open: number }>(site.as('lin', 'GET', '/api/v1/matters/queue/numbers'));
    expect(numbers.open).toBe(0);
    const { items: alike } = await json<{ items: object[] }>(
      site.as('lin', 'GET', `/api/v1/matters/${one.matterId}/alike`),
    );
    expect(alike).toEqual([]);
    const body = { matters: [one.matterId], state: 'answered', words: { es: 'Gracias.' } };
    const { items } = await json<{ items: object[] }>(
      site.as('lin', 'POST', '/api/v1/matters/bulk-answers/previews', { body }),
    );
    expect(items).toMatchObject([{ refused: 'matter-unconfirmed' }]);
  });

  it('tells who files it until when she has time, and staff sees and does nothing before', async () => {
    const { matterId, link, position, confirmUntil } = await noise('nela@example.org');
    const days = (Date.parse(confirmUntil) - clock.now().getTime()) / DAY_MS;
    expect(Math.round(days)).toBe(30);
    expect(await queue(position)).toEqual([]);
    for (const [what, body] of [
      ['release', { place: true }],
      ['assign', { department: 'works' }],
      ['move', { state: 'scheduled' }],
      ['answer', { state: 'answered', words: { es: 'Iremos.' } }],
      ['duplicate', { of: randomUUID() }],
    ] as const) {
      const refused = await problem(await act(site, 'lin', matterId, what, body));
      if (what !== 'duplicate')
        expect([what, refused.status, refused.code]).toEqual([what, 409, 'matter-unconfirmed']);
    }
    const own = await json(post(site, '/by-link/views', { link }));
    expect(own).toMatchObject({ email: 'given', confirmUntil });
    const whole = await json(site.as('lin', 'GET', `/api/v1/matters/${matterId}/file`));
    expect(whole).toMatchObject({ people: [{ confirmed: false }] });

    const before = whole.due;
    const confirmed = await json<Filed>(
      post(site, '/by-link/confirmations', { link, code: await codeFor('nela@example.org') }),
    );
    expect(await queue(confirmed.position)).toEqual([matterId]);
    await json(act(site, 'lin', matterId, 'release', { place: true }));
    // The clock began with the filing.
    expect((await json(site.as('lin', 'GET', `/api/v1/matters/${matterId}/file`))).due).toBe(before);
    expect(await json(post(site, '/by-link/views', { link }))).not.toHaveProperty('confirmUntil');
  });

  it('is nothing that staff is shown as alike before', async () => {
    const text = 'Los altavoces de la verbena.';
    const seen = await file(site, { ...LAMP, text });
    const one = (await file(site, { ...NOISE, text, reporter: { email: 'alike@example.org' } })) as Noise;
    const alike = async (position: string) => {
      const path = `/api/v1/matters/${seen.matterId}/alike?atLeast=${position}`;
      return JSON.stringify(await json(site.as('lin', 'GET', path)));
    };
    expect(await alike(one.position)).not.toContain(one.matterId);
    const confirmation = { link: one.link, code: await codeFor('alike@example.org') };
    const { position } = await json<Filed>(post(site, '/by-link/confirmations', confirmation));
    expect(await alike(position)).toContain(one.matterId);
  });

  it('says so again to who sends the same again', async () => {
    const id = newCommandId();
    const body = { ...NOISE, text: 'Otra vez.', reporter: { email: 'otra@example.org' } };
    const first = await json<Noise>(post(site, '', body, id), 201);
    const again = await json<Noise>(post(site, '', body, id), 201);
    expect([again.matterId, again.confirmUntil]).toEqual([first.matterId, first.confirmUntil]);
  });

  it('says so on the page that files it, and on her own', async () => {
    const form = (fields: Record<string, string>, path = '/matters/new', cookie = '') =>
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
    const filed = await (
      await form({
        kind: 'complaint',
        category: 'noise',
        text: 'Ruido.',
        email: 'pax@example.org',
        commandId: randomUUID(),
      })
    ).text();
    expect(filed).toContain('One step is missing');
    const link = /matters\/own#([A-Za-z0-9_-]{43})"/.exec(filed)![1]!;
    const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
    await site.fetch(`/api/v1/matters?atLeast=${String(await store.head())}`);
    const cookie = ((await form({ link }, '/matters/own')).headers.get('set-cookie') ?? '').split(';', 1)[0]!;
    const own = await (
      await site.fetch('/matters/own', { headers: { cookie, accept: 'text/html', 'accept-language': 'en' } })
    ).text();
    expect(own).toContain('Nobody of the city deals with it before you enter the code.');
  });

  it('is no matter and erased when nobody has confirmed it for thirty days, and one that was is left alone', async () => {
    const [never, ever] = [await noise('never@example.org'), await noise('ever@example.org')];
    const code = await codeFor('ever@example.org');
    await json(post(site, '/by-link/confirmations', { link: ever.link, code }));
    clock.advance(29 * DAY_MS);
    await upkeep.round();
    expect((await post(site, '/by-link/views', { link: never.link })).status).toBe(200);
    clock.advance(1.1 * DAY_MS);
    await upkeep.round();
    await upkeep.round();
    expect((await post(site, '/by-link/views', { link: never.link })).status).toBe(404);
    expect((await post(site, '/by-link/views', { link: ever.link })).status).toBe(200);
    const matters = site.running.app.get(Matters, { strict: false });
    expect((await matters.look(never.matterId)).row).toMatchObject({ state: 'void', erased: 'unconfirmed' });
    expect((await matters.look(ever.matterId)).row).not.toHaveProperty('erased');
    const { rows } = await pool.query('select from outbox where recipient = $1', ['never@example.org']);
    expect(rows).toEqual([]);
  });

  it('leaves matters of other categories alone that nobody confirmed', async () => {
    const { matterId, link, position } = await file(site, {
      ...LAMP,
      reporter: { email: 'lamp@example.org' },
    });
    const { items } = await json<{ items: { id: string }[] }>(
      site.as('lin', 'GET', `/api/v1/matters/queue?category=street-lamp&atLeast=${position}`),
    );
    expect(items.map(({ id }) => id)).toContain(matterId);
    clock.advance(60 * DAY_MS);
    await upkeep.round();
    expect((await post(site, '/by-link/views', { link })).status).toBe(200);
  });
});

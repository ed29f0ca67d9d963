/** Reply templates, and one reply to many matters, over HTTP. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { POOL } from '../../src/platform.module.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { people, problem, Site } from '../rest/site.js';
import { act, describeCity, file, joinBy, LAMP, type Filed } from '../complaints/story.js';
import { done, until } from './desk-world.js';

let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  await describeCity(site);
});
afterAll(() => site.stop());

const ADDRESS = '/api/v1/reply-templates';
const LAMP_WORDS = {
  name: 'Farola cambiada',
  category: 'lighting-group',
  state: 'resolved',
  words: {
    es: 'Se cambió ({number}, {category}, {area}, {department}) el {date}.',
    en: 'Changed on {date} in {area}.',
  },
};

interface Template {
  id: string;
  version: number;
  name: string;
  author: string;
  words: Record<string, string>;
  filled?: Record<string, string>;
}

function make(body: object, id = newCommandId(), who: keyof typeof people = 'lin'): Promise<Response> {
  return site.as(who, 'POST', ADDRESS, { body, id });
}
const made = (body: object = LAMP_WORDS) => json<Template>(make(body), 201);
const change = (id: string, body: object) => site.as('lin', 'PUT', `${ADDRESS}/${id}`, { body });
const withdraw = (id: string, version: number) =>
  site.as('lin', 'POST', `${ADDRESS}/${id}/withdrawals`, { body: { version } });
const all = async (query = '') =>
  (await json<{ items: Template[] }>(site.as('lin', 'GET', `${ADDRESS}${query}`))).items;

async function filed(filing: object = LAMP): Promise<Filed> {
  const one = await file(site, filing);
  await until(site, one);
  return one;
}

describe('reply templates', () => {
  it('are made, changed and withdrawn, each time as a version with its author', async () => {
    const { id, version, author } = await made();
    expect([version, author]).toEqual([1, 'lin']);
    const changed = await json<Template>(change(id, { ...LAMP_WORDS, name: 'Otra', version: 1 }));
    expect(changed).toMatchObject({ id, version: 2, name: 'Otra' });
    // The same again is the same version; what somebody saw before is no longer there.
    expect(await json(change(id, { ...LAMP_WORDS, name: 'Otra', version: 1 }))).toMatchObject({ version: 2 });
    expect(await problem(await change(id, { ...LAMP_WORDS, name: 'Tercera', version: 1 }))).toMatchObject({
      status: 409,
      code: 'template-changed',
    });
    expect((await all()).find((one) => one.id === id)).toMatchObject({ version: 2 });
    expect(await problem(await withdraw(id, 1))).toMatchObject({ code: 'template-changed' });
    await json(withdraw(id, 2));
    await json(withdraw(id, 2));
    expect((await all()).some((one) => one.id === id)).toBe(false);
    expect(await problem(await change(id, { ...LAMP_WORDS, version: 3 }))).toMatchObject({
      status: 404,
      code: 'template-unknown',
    });
  });

  it('are made once by one request', async () => {
    const id = newCommandId();
    const [first, again] = [
      await json<Template>(make(LAMP_WORDS, id), 201),
      await json<Template>(make(LAMP_WORDS, id), 201),
    ];
    expect(again).toEqual(first);
    expect(await problem(await make({ ...LAMP_WORDS, name: 'Otra' }, id))).toMatchObject({
      code: 'command-id-reused',
    });
    await json(withdraw(first.id, 1));
  });

  it.each<[code: string, change: object]>([
    ['category-unknown', { category: 'moon' }],
    ['state-unknown', { state: 'flying' }],
    ['state-unknown', { state: 'duplicate' }],
    ['placeholder-unknown', { words: { es: 'Hola {nombre}' } }],
    ['text-missing', { words: {} }],
    ['text-empty', { words: { es: '  ' } }],
    ['name-missing', { name: '  ' }],
    ['invalid-input', { name: '' }],
  ])('are refused with %s for %j', async (code, wrong) => {
    expect(await problem(await make({ ...LAMP_WORDS, ...wrong }))).toMatchObject({ code });
  });

  it('have no version beyond any, over REST and on the page', async () => {
    const { id } = await made();
    const beyond = 2_147_483_647;
    expect(await problem(await change(id, { ...LAMP_WORDS, version: beyond }))).toMatchObject({
      code: 'invalid-input',
    });
    expect(await problem(await withdraw(id, beyond))).toMatchObject({ code: 'invalid-input' });
    const page = await site.fetch(`/staff/matters/templates/${id}/change`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${people.lin.key}`,
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ commandId: newCommandId(), version: String(beyond) }).toString(),
    });
    expect(page.status).toBe(404);
    await json(withdraw(id, 1));
  });

  it('are no more than are listed', async () => {
    const pool = site.running.app.get<Pool>(POOL, { strict: false });
    const id = newCommandId();
    const last = await json<Template>(make(LAMP_WORDS, id), 201);
    await pool.query(
      `insert into reply_templates (template_id, version, name, words, withdrawn, author, written_at)
       select gen_random_uuid(), 1, 'Una de muchas', '{"es":"a"}', false, 'lin', now() from generate_series(1, $1)`,
      [1_000 - (await all()).length],
    );
    expect(await problem(await make(LAMP_WORDS))).toMatchObject({ status: 409, code: 'templates-too-many' });
    expect(await json(make(LAMP_WORDS, id), 201)).toEqual(last);
    expect(await all()).toHaveLength(1_000);
    await pool.query(
      `insert into reply_templates (template_id, version, name, words, withdrawn, author, written_at)
       select template_id, 2, name, words, true, author, now() from reply_templates where name = 'Una de muchas'`,
    );
    await json(withdraw(last.id, 1));
    expect(await all()).toEqual([]);
  });

  it('are staff’s alone', async () => {
    expect(await problem(await make(LAMP_WORDS, newCommandId(), 'pia'))).toMatchObject({
      code: 'role-missing',
    });
    expect(await problem(await site.as('pia', 'GET', ADDRESS))).toMatchObject({ code: 'role-missing' });
    expect((await site.fetch(ADDRESS)).status).toBe(401);
  });

  it('are offered for a matter of their category, filled in for it in each language', async () => {
    const template = await made();
    const other = await made({ ...LAMP_WORDS, name: 'Bache', category: 'pothole' });
    const { matterId } = await filed();
    const offered = await all(`?matter=${matterId}`);
    expect(offered.map(({ id }) => id)).toContain(template.id);
    expect(offered.map(({ id }) => id)).not.toContain(other.id);
    const { filled } = offered.find(({ id }) => id === template.id)!;
    expect(filled?.es).toMatch(
      new RegExp(`^Se cambió \\(${matterId.slice(0, 8)}, Farola, .+, .+\\) el 1 de mayo de 2026\\.$`),
    );
    expect(filled?.en).toMatch(/^Changed on 1 May 2026 in [^{}]+\.$/);
    for (const { id, version } of [template, other]) await json(withdraw(id, version));
  });

  it('say today and the day by which it must be answered', async () => {
    const words = { es: 'Hoy, {date}; antes de que acabe el {due}.' };
    const { id, version } = await made({ ...LAMP_WORDS, words });
    const { matterId } = await filed();
    const { filled } = (await all(`?matter=${matterId}`)).find((one) => one.id === id)!;
    expect(filled?.es).toMatch(
      /^Hoy, \d+ de mayo de 2026; antes de que acabe el \d+ de (julio|agosto) de 2026\.$/,
    );
    await json(withdraw(id, version));
  });
});

describe('one reply to many', () => {
  const BULK = '/api/v1/matters/bulk-answers';
  interface Item {
    id: string;
    refused?: string;
    words?: Record<string, string>;
    people: number;
    mails: number;
  }
  const preview = (body: object, who: keyof typeof people = 'lin') =>
    site.as(who, 'POST', `${BULK}/previews`, { body });
  const send = (body: object, id = newCommandId()) => site.as('lin', 'POST', BULK, { body, id });
  /** What is sent once it was looked at. */
  const seen = async <Body extends { matters: string[] }>(body: Body) => {
    const answer = await preview(body);
    const { items } = answer.ok
      ? ((await answer.json()) as { items: (Item & { seen?: string })[] })
      : { items: [] };
    const at = new Map(items.map((item) => [item.id, item.seen]));
    return { ...body, matters: body.matters.map((id) => ({ id, seen: at.get(id) ?? '0' })) };
  };
  const words = { es: 'Ya está, {number}.' };
  const answersOf = async (matterId: string) => {
    const { history } = await json<{ history: { what: string; words?: Record<string, string> }[] }>(
      site.as('lin', 'GET', `/api/v1/matters/${matterId}/file`),
    );
    return history.filter(({ what }) => what === 'MatterAnswered').map((step) => step.words);
  };

  it('says first what each would get, whom it reaches, and which are refused and why', async () => {
    const template = await made();
    const lamp = await filed({ ...LAMP, reporter: { email: 'nela@example.org' } });
    const pothole = await filed({ ...LAMP, category: 'pothole', answers: {} });
    const answered = await filed();
    await until(site, await done(site, answered.matterId, 'answer', { state: 'resolved', words }));
    const nothing = randomUUID();
    const { ready, items } = await json<{ ready: number; items: Item[] }>(
      preview({
        matters: [lamp.matterId, pothole.matterId, answered.matterId, lamp.matterId, nothing],
        state: 'resolved',
        template: { id: template.id, version: 1 },
      }),
    );
    expect(ready).toBe(1);
    expect(items.map(({ id, refused }) => [id, refused])).toEqual([
      [lamp.matterId, undefined],
      [pothole.matterId, 'template-other-category'],
      [answered.matterId, 'matter-answered'],
      [nothing, 'matter-unknown'],
    ]);
    // Her address is not confirmed, so nothing is sent to it.
    expect(items[0]).toMatchObject({ people: 1, mails: 0 });
    expect(items[0]?.words?.es).toContain(lamp.matterId.slice(0, 8));
    expect(await answersOf(lamp.matterId)).toEqual([]);
    await json(withdraw(template.id, 1));
  });

  it('counts the people of a case with it, and those who are written to', async () => {
    const main = await filed();
    await done(site, main.matterId, 'release', { place: true });
    await joinBy(site, main.matterId, 'xuan@example.org');
    const member = await filed();
    const gathered = await json<{ position: string }>(
      act(site, 'lin', main.matterId, 'gather', { members: [member.matterId] }),
    );
    await until(site, gathered);
    const { items } = await json<{ items: Item[] }>(
      preview({ matters: [member.matterId, main.matterId], state: 'resolved', words }),
    );
    expect(items.map(({ refused, people, mails }) => [refused, people, mails])).toEqual([
      ['answered-with-case', 1, 0],
      [undefined, 3, 1],
    ]);
  });

  it('answers each once, however often it is sent, and says what became of each', async () => {
    const [one, two, late] = [await filed(), await filed(), await filed()];
    const matters = [one, two, late].map(({ matterId }) => matterId);
    await until(site, await done(site, late.matterId, 'answer', { state: 'answered', words }));
    const id = newCommandId();
    const body = await seen({ matters, state: 'resolved', words });
    const first = await json<{ answered: number; items: Item[]; position: string }>(send(body, id));
    expect(first.answered).toBe(2);
    expect(first.items.map(({ refused }) => refused)).toEqual([undefined, undefined, 'matter-answered']);
    await until(site, first);
    const again = await json<{ answered: number; items: Item[] }>(send(body, id));
    expect(again.items.map(({ refused }) => refused)).toEqual([undefined, undefined, 'matter-answered']);
    for (const matterId of matters.slice(0, 2)) {
      expect(await answersOf(matterId)).toEqual([{ es: `Ya está, ${matterId.slice(0, 8)}.` }]);
    }
    expect(await answersOf(late.matterId)).toHaveLength(1);
    const other = await problem(await send({ ...body, state: 'answered' }, id));
    expect(other).toMatchObject({ code: 'command-id-reused' });
  });

  it('is not sent where the template was changed since it was looked at', async () => {
    const template = await made();
    const { matterId } = await filed();
    await json(change(template.id, { ...LAMP_WORDS, words: { es: 'Otra cosa' }, version: 1 }));
    const body = await seen({
      matters: [matterId],
      state: 'resolved',
      template: { id: template.id, version: 1 },
    });
    expect(await problem(await send(body))).toMatchObject({ status: 409, code: 'template-changed' });
    expect(
      await problem(await send({ ...body, state: 'answered', template: { id: template.id, version: 2 } })),
    ).toMatchObject({ code: 'template-other-state' });
    expect(await answersOf(matterId)).toEqual([]);
  });

  it.each<[code: string, change: object]>([
    ['invalid-input', { matters: [] }],
    ['invalid-input', { matters: Array.from({ length: 101 }, () => randomUUID()) }],
    ['state-unknown', { state: 'flying' }],
    ['responsible-missing', { state: 'not-responsible' }],
    ['text-missing', { words: undefined }],
    ['placeholder-unknown', { words: { es: '{name}' } }],
    ['template-unknown', { template: { id: randomUUID(), version: 1 } }],
  ])('is refused with %s for %j', async (code, wrong) => {
    const body = { matters: [randomUUID()], state: 'resolved', words, ...wrong };
    expect(await problem(await preview(body))).toMatchObject({ code });
    expect(await problem(await send(await seen(body)))).toMatchObject({ code });
  });

  it('is staff’s alone, and words that a matter has nothing for are not sent', async () => {
    const { matterId } = await filed({ ...LAMP, place: { address: 'Muelle' } });
    const body = { matters: [matterId], state: 'resolved', words: { es: 'En {area}.' } };
    expect(await problem(await preview(body, 'pia'))).toMatchObject({ code: 'role-missing' });
    const { items } = await json<{ items: Item[] }>(send(await seen(body)));
    expect(items[0]?.refused).toBe('placeholder-empty');
  });
});

/** The pages of matters as the program serves them, over HTTP and in a real browser without JavaScript. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { act, describeCity, file, LAMP, LAMP_AT } from '../complaints/story.js';
import { json, storyClock } from '../elections/booth.js';
import { telephonePhoto } from '../photos/pictures.js';
import { Site } from '../rest/site.js';

const clock = storyClock();
let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock });
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
const numberIn = (html: string) => /<code>([0-9a-f-]{36})<\/code>/.exec(html)?.[1] ?? '';

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
    for (const [name, value] of Object.entries(newForm({ email: 'nobody' }))) form.set(name, value);
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
    const filed = await send('/matters/new', newForm({ photos: kept! }));
    const id = numberIn(await filed.text());
    const whole = await soon(async () => {
      const answer = await site.as('lin', 'GET', `/api/v1/matters/${id}/file`);
      return answer.status === 200 ? ((await answer.json()) as { photos: string[] }) : undefined;
    });
    expect(whole.photos).toEqual([kept]);
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

  it('one that is hidden has no page and stands in no list', async () => {
    const id = await released();
    const { position } = await json<{ position: string }>(act(site, 'lin', id, 'hide', { reason: 'insult' }));
    expect((await get(`/matters/${id}?atLeast=${position}`)).status).toBe(404);
    expect(await text('/matters')).not.toContain(id);
    expect((await get('/matters/nothing')).status).toBe(404);
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

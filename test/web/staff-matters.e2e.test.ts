/** What staff reads and does on the pages of matters, over HTTP: what goes with what, how one is found, where it is and what was answered. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { matterNumber } from '../../src/complaints/matter-number.js';
import { describeCity, file, LAMP, post } from '../complaints/story.js';
import { done, queueOf, until } from '../desk/desk-world.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { newStaffMember } from '../../src/staff/staff-file.js';
import { people, Site } from '../rest/site.js';

const staff = {
  lin: people.lin,
  mo: newStaffMember('mo', ['moderator'], new Uint8Array(32).fill(11)),
  aud: newStaffMember('aud', ['auditor'], new Uint8Array(32).fill(12)),
  dora: newStaffMember('dora', ['data-protection-officer'], new Uint8Array(32).fill(13)),
};
type Who = keyof typeof staff;

let site: Site;
beforeAll(async () => {
  const members = Object.values({ ...people, ...staff }).map(({ member }) => member);
  site = await Site.start({ clock: storyClock() }, { CONCEJO_STAFF: JSON.stringify(members) });
  await describeCity(site);
});
afterAll(() => site.stop());

const asked = (who: Who) => ({
  accept: 'text/html',
  'accept-language': 'en',
  authorization: `Bearer ${staff[who].key}`,
});
const get = (path: string, who: Who = 'lin') => site.fetch(path, { headers: asked(who) });
const read = async (path: string, who: Who = 'lin') => (await get(path, who)).text();
const send = (path: string, fields: Record<string, string>, who: Who = 'lin') =>
  site.fetch(path, {
    method: 'POST',
    headers: { ...asked(who), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ commandId: randomUUID(), ...fields }).toString(),
  });
const fileOf = (id: string) =>
  json<{ of?: string; state: string }>(site.as('lin', 'GET', `/api/v1/matters/${id}/file`));
const shownOf = (id: string) => `/staff/matters/${id}`;

describe('matters that go together', () => {
  it('name each other on the pages of staff, say whom an answer reaches, and are separated by a form', async () => {
    const [lamp, one, two, same] = [await file(site), await file(site), await file(site), await file(site)];
    const members = [one.matterId, two.matterId];
    await json(
      site.as('lin', 'POST', `/api/v1/matters/${lamp.matterId}/gather`, {
        body: { members },
        id: newCommandId(),
      }),
    );
    await until(site, await done(site, same.matterId, 'duplicate', { of: lamp.matterId }));
    const ofCase = await read(shownOf(lamp.matterId));
    for (const { matterId } of [one, two, same]) {
      expect(ofCase).toContain(`href="${shownOf(matterId)}"`);
      expect(ofCase).toContain(`action="${shownOf(matterId)}/separate"`);
    }
    expect(ofCase).toContain('3 others go with this one, and are answered with it:');
    expect(ofCase).toContain('It is also the answer for whoever wrote the 3 others that go with this one.');
    const ofMember = await read(shownOf(one.matterId));
    expect(ofMember).toContain('It goes with this one, and is answered with it:');
    for (const { matterId } of [lamp, two, same]) expect(ofMember).toContain(`href="${shownOf(matterId)}"`);
    expect(ofMember).not.toContain('It is also the answer');
    expect(await read(shownOf(same.matterId))).toContain('It is the same as this one, and goes on there:');
    const apart = await send(`${shownOf(same.matterId)}/separate`, {});
    expect(apart.status).toBe(303);
    expect(await read(apart.headers.get('location') ?? '')).not.toContain('Goes with');
    expect(await fileOf(same.matterId)).toMatchObject({ state: 'open' });
    expect(await fileOf(same.matterId)).not.toHaveProperty('of');
    const again = await send(`${shownOf(same.matterId)}/separate`, {});
    expect([again.status, await again.text()]).toEqual([
      422,
      expect.stringContaining('does not go with another one any more'),
    ]);
    // Who only reads is offered nothing.
    expect(await read(shownOf(one.matterId), 'aud')).not.toContain('/separate');
  });

  it('are put together by a number where they are not alike', async () => {
    const lamp = await file(site);
    const other = await file(site, { ...LAMP, category: 'pothole', answers: {}, text: 'Un socavón enorme.' });
    await until(site, other);
    const alike = `${shownOf(lamp.matterId)}/alike`;
    expect(await read(alike)).not.toContain(other.matterId);
    for (const number of [
      matterNumber(other.matterId),
      `%23${matterNumber(other.matterId)}`,
      other.matterId,
    ]) {
      const found = await get(`${alike}?number=${number}`);
      expect([number, found.status, found.headers.get('location')]).toEqual([
        number,
        303,
        `${shownOf(lamp.matterId)}/beside/${other.matterId}`,
      ]);
    }
    for (const number of ['00000000', 'farola']) {
      const none = await get(`${alike}?number=${number}`);
      expect([number, none.status, await none.text()]).toEqual([
        number,
        422,
        expect.stringContaining('There is no matter with this number.'),
      ]);
    }
  });
});

describe('the number of a matter', () => {
  it('is found by the search of the queue, in whatever state it is', async () => {
    const closed = await file(site);
    await until(
      site,
      await done(site, closed.matterId, 'answer', { state: 'resolved', words: { es: 'Hecho.' } }),
    );
    const number = matterNumber(closed.matterId);
    for (const words of [number, number.toUpperCase(), closed.matterId, closed.matterId.slice(0, 13)]) {
      expect((await queueOf(site, `words=${words}`)).items.map(({ id }) => id)).toEqual([closed.matterId]);
      expect(await read(`/staff/matters?shown=release&words=${words}`)).toContain(
        `href="/staff/matters/${closed.matterId}`,
      );
    }
    expect((await queueOf(site, `words=${number}&stateKind=open`)).items).toEqual([]);
    expect((await queueOf(site, `words=${number}&category=pothole`)).items).toEqual([]);
    expect((await queueOf(site, `words=${number}&category=lighting-group`)).items).toHaveLength(1);
  });

  it('stands in the queue, in the file, on the public page and on her own', async () => {
    const lamp = await file(site);
    await until(site, await done(site, lamp.matterId, 'release', { place: true }));
    const number = `<code>${matterNumber(lamp.matterId)}</code>`;
    for (const path of [
      '/staff/matters?shown=open&order=newest',
      shownOf(lamp.matterId),
      `/matters/${lamp.matterId}`,
    ])
      expect([path, await read(path)]).toEqual([path, expect.stringContaining(number)]);
    expect(await ownPage(lamp.link)).toContain(number);
  });
});

async function ownPage(link: string): Promise<string> {
  const opened = await site.fetch('/matters/own', {
    method: 'POST',
    headers: {
      accept: 'text/html',
      'content-type': 'application/x-www-form-urlencoded',
      origin: site.origin,
      'sec-fetch-site': 'same-origin',
    },
    body: new URLSearchParams({ link }).toString(),
  });
  const cookie = opened.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return (
    await site.fetch('/matters/own', { headers: { accept: 'text/html', 'accept-language': 'en', cookie } })
  ).text();
}

describe('where a matter is and what was answered', () => {
  it('are said in words and on a map, to staff, on both of those compared, and to who wrote', async () => {
    const { address: _address, ...point } = LAMP.place;
    const lamp = await file(site, { ...LAMP, place: point, answers: { lamp: 'flickers' } });
    const other = await file(site, { ...LAMP, place: point, answers: { lamp: 'flickers' } });
    await until(site, other);
    const pages = {
      file: await read(shownOf(lamp.matterId)),
      beside: await read(`${shownOf(lamp.matterId)}/beside/${other.matterId}`),
      own: await ownPage(lamp.link),
    };
    for (const [name, html] of Object.entries(pages)) {
      const times = name === 'beside' ? 2 : 1;
      const count = (what: string) => [name, what, html.split(what).length - 1];
      for (const said of [
        'What is wrong with it?',
        'It flickers',
        '43.565000, -6.100000',
        'class="place-map"',
      ])
        expect(count(said)).toEqual([name, said, times]);
      expect(html).not.toContain('>flickers<');
      expect(html).not.toContain('No place');
      expect(html).toContain('href="geo:43.565000,-6.100000"');
    }
  });
});

describe('whose a matter is', () => {
  it('is offered as a list of departments, and said by its name', async () => {
    const lamp = await file(site);
    await until(site, await done(site, lamp.matterId, 'release', { place: true }));
    const page = await read(shownOf(lamp.matterId));
    expect(page).toContain('list="answer-responsible-list"');
    expect(page).toMatch(/<datalist id="answer-responsible-list">.*<option value="works" label="[^"]+"/s);
    const answer = { 'words-en': 'Not ours.', state: 'not-responsible' };
    const sent = await send(`${shownOf(lamp.matterId)}/answer`, { ...answer, responsible: 'works' });
    expect(sent.status).toBe(303);
    await get(sent.headers.get('location') ?? '');
    const shown = await read(`/matters/${lamp.matterId}`);
    expect(shown).not.toContain('<code>works</code>');
    expect(shown).toMatch(/Whose it is: [A-Z][^<]+\./);
  });
});

describe('who is no listener', () => {
  it('erases as a data protection officer: with a basis, and once she says that she is sure', async () => {
    const lamp = await file(site);
    await until(site, lamp);
    const path = shownOf(lamp.matterId);
    const page = await read(path, 'dora');
    expect(page).toContain('Erase for data protection');
    expect(page).toContain('value="gdpr-17"');
    expect(page).not.toContain('You can read');
    for (const who of ['lin', 'aud'] as const)
      expect(await read(path, who)).not.toContain('Erase for data protection');
    for (const [fields, said] of [
      [{ basis: 'gdpr-17' }, 'Tick that you want to erase it.'],
      [{ sure: '1' }, 'Say what it is based on.'],
    ] as const) {
      const refused = await send(`${path}/erase`, fields, 'dora');
      expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining(said)]);
    }
    expect((await send(`${path}/erase`, { basis: 'gdpr-17', sure: '1' }, 'lin')).status).toBe(422);
    const erased = await send(`${path}/erase`, { basis: 'gdpr-17', sure: '1' }, 'dora');
    expect(erased.status).toBe(303);
    const after = await read(erased.headers.get('location') ?? '', 'dora');
    expect(after).not.toContain(LAMP.text);
    expect(after).not.toContain('Erase for data protection');
    expect(await fileOf(lamp.matterId)).toMatchObject({ erased: 'gdpr-17' });
  });

  it('hides as a moderator what everybody sees, and reads nothing else', async () => {
    const [hidden, secret] = [await file(site), await file(site)];
    await done(site, hidden.matterId, 'release', { place: true });
    const added = await json<{ position: string }>(
      post(site, '/by-link/additions', { link: hidden.link, text: 'Solo para el Ayuntamiento.' }),
    );
    await until(site, added);
    const path = shownOf(hidden.matterId);
    expect(await read(`/matters/${hidden.matterId}`, 'mo')).toContain(`href="${path}"`);
    const page = await read(path, 'mo');
    expect(page).toContain(LAMP.text);
    expect(page).not.toContain('Solo para el Ayuntamiento.');
    expect(page).not.toContain('Who writes');
    expect((await get(shownOf(secret.matterId), 'mo')).status).toBe(404);
    expect((await get('/staff/matters', 'mo')).status).toBe(403);
    expect((await send(`${path}/answer`, { 'words-es': 'Hola' }, 'mo')).status).toBe(403);
    expect((await send(`${path}/hide`, {}, 'mo')).status).toBe(422);
    const done1 = await send(`${path}/hide`, { reason: 'insult' }, 'mo');
    expect([done1.status, done1.headers.get('location')]).toEqual([
      303,
      expect.stringMatching(/^\/staff\?done=1&atLeast=\d+$/),
    ]);
    expect((await get(done1.headers.get('location') ?? '', 'mo')).status).toBe(200);
    expect((await get(`/matters/${hidden.matterId}`, 'mo')).status).toBe(404);
  });
});

describe('a listener who writes for somebody at the desk', () => {
  const sendForm = (fields: Record<string, string>, who?: Who) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const headers = who === undefined ? { accept: 'text/html', 'sec-fetch-site': 'same-origin' } : asked(who);
    return site.fetch('/matters/new', {
      method: 'POST',
      headers: { ...headers, 'accept-language': 'en', origin: site.origin },
      body,
    });
  };
  const fields = (name: string) => ({
    commandId: randomUUID(),
    kind: 'complaint',
    category: 'street-lamp',
    text: `Farola de ${name}`,
    address: `Plaza de ${name}, 3`,
    'answers.lamp': 'off',
    isOther: '1',
  });

  it('is asked who it is, and gets a slip to hand over', async () => {
    const form = await read('/matters/new?kind=complaint&category=street-lamp');
    for (const name of ['name', 'phone', 'language']) expect(form).toContain(`name="${name}"`);
    const hers = { name: 'Nela Pumar', phone: '600 112 233', language: 'ast' };
    const filed = await sendForm({ ...fields('Nela'), ...hers }, 'lin');
    const slip = await filed.text();
    expect([filed.status, slip]).toEqual([201, expect.stringContaining('Print this page and give it')]);
    expect(slip).not.toContain('take a picture');
    expect(slip).not.toContain('Open my page now');
    const [, id = ''] = /href="\/staff\/matters\/([0-9a-f-]{36})"/.exec(slip) ?? [];
    expect(slip).toContain(`<code>${matterNumber(id)}</code>`);
    await until(site, await file(site));
    const people = (await fileOf(id)) as unknown as { people: object[] };
    expect(people.people).toMatchObject([{ role: 'reporter', ...hers }]);
  });

  it('and nobody else is', async () => {
    const page = await site.fetch('/matters/new?kind=complaint&category=street-lamp', {
      headers: { accept: 'text/html', 'accept-language': 'en' },
    });
    expect(await page.text()).not.toContain('name="phone"');
    const filed = await sendForm(fields('otra'));
    expect([filed.status, await filed.text()]).toEqual([201, expect.stringContaining('Open my page now')]);
  });
});

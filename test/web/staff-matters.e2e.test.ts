/** What staff reads and does on the pages of matters, over HTTP: what goes with what, how one is found, where it is and what was answered. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { matterNumber } from '../../src/complaints/matter-number.js';
import { describeCity, file, LAMP } from '../complaints/story.js';
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

/** Matters that say the same, public or not, as staff finds them over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { done, until } from './desk-world.js';
import { describeCity, file, LAMP, LAMP_AT } from '../complaints/story.js';

let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  await describeCity(site);
});
afterAll(() => site.stop());

interface Alike {
  matter: { id: string; private: boolean };
  metres?: number;
  likeness: number;
}
const alike = async (id: string) =>
  (await json<{ items: Alike[] }>(site.as('lin', 'GET', `/api/v1/matters/${id}/alike`))).items;

describe('matters that say the same', () => {
  it('are near, or say much the same, public or not, the most alike first', async () => {
    const place = (metres: number) => ({ ...LAMP_AT, lat: LAMP_AT.lat + metres * 9 });
    const own = await file(site);
    const sameWords = await file(site, { ...LAMP, place: place(10) });
    const near = await file(site, { ...LAMP, text: 'Cristales rotos.', place: place(30) });
    await done(site, near.matterId, 'release', { place: true });
    const far = await file(site, { ...LAMP, text: 'Otra cosa muy distinta.', place: place(300) });
    const quoted = await file(site, {
      ...LAMP,
      category: 'pothole',
      answers: {},
      private: true,
      place: { address: 'No sé' },
    });
    const closed = await file(site);
    await until(site, await done(site, closed.matterId, 'move', { state: 'resolved' }));
    const found = await alike(own.matterId);
    expect(found.map(({ matter }) => matter.id)).toEqual([
      sameWords.matterId,
      quoted.matterId,
      near.matterId,
    ]);
    expect(found[0]).toMatchObject({ metres: 10, likeness: 1_000 });
    expect(found[1]).toMatchObject({ matter: { private: true }, likeness: 1_000 });
    expect(found[1]).not.toHaveProperty('metres');
    expect(found[2]?.metres).toBe(30);
    expect(found.map(({ matter }) => matter.id)).not.toContain(far.matterId);
    // What goes with another one already is not offered again.
    const marked = await done(site, sameWords.matterId, 'duplicate', { of: own.matterId });
    await until(site, marked);
    expect((await alike(own.matterId)).map(({ matter }) => matter.id)).toEqual([
      quoted.matterId,
      near.matterId,
    ]);
  });

  it('are for staff, and of what there is', async () => {
    const { matterId, position } = await file(site);
    await until(site, { position });
    expect(await problem(await site.as('pia', 'GET', `/api/v1/matters/${matterId}/alike`))).toMatchObject({
      code: 'role-missing',
    });
    for (const nothing of ['nothing', '0d9c4a1e-0f6a-5c1e-9a3e-5d2f1c7b8a90'])
      expect((await site.as('lin', 'GET', `/api/v1/matters/${nothing}/alike`)).status).toBe(404);
  });
});

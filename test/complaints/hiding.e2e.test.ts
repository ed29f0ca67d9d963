/** A matter that somebody hides while somebody else shows a part of it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Matters } from '../../src/complaints/matters.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { done, fileWithPhotos } from '../desk/desk-world.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { Site } from '../rest/site.js';
import { act, describeCity, file, post } from './story.js';

const words = { es: 'Doña Ana Pérez, del 3º B, se equivoca.' };
let site: Site;
let matters: Matters;
beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  matters = site.running.app.get(Matters, { strict: false });
  await describeCity(site);
});
afterAll(() => site.stop());

/** Hides a matter at the moment at which what was read of it is shown. */
async function hiding(matterId: string, work: () => Promise<unknown>): Promise<void> {
  const inTurn = { show: matters.show.bind(matters), showThese: matters.showThese.bind(matters) };
  const hide = async () => {
    Object.assign(matters, inTurn);
    await done(site, matterId, 'hide', { reason: 'insult' });
  };
  matters.show = async (...given) => {
    await hide();
    return matters.show(...given);
  };
  matters.showThese = async (...given) => {
    await hide();
    return matters.showThese(...given);
  };
  try {
    await work();
  } finally {
    Object.assign(matters, inTurn);
  }
}

/** How many of the contents of a matter everybody may fetch. */
async function publicOf(matterId: string): Promise<number> {
  const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  await site.fetch(`/api/v1/matters?atLeast=${await store.head()}`);
  const { own, said, others } = await matters.look(matterId);
  const ids = [...own, ...said.values(), ...others].map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(0);
  const answers = await Promise.all(ids.map((id) => site.fetch(`/api/v1/contents/${id}`)));
  return answers.filter(({ status }) => status === 200).length;
}

describe('of a matter that is hidden at the same moment nothing stays public', () => {
  it('when it is released', async () => {
    const { matterId } = await file(site);
    await hiding(matterId, () => done(site, matterId, 'release', { place: true }));
    expect(await publicOf(matterId)).toBe(0);
  });

  it('when it is answered', async () => {
    const { matterId } = await file(site);
    await done(site, matterId, 'release', { place: true });
    await hiding(matterId, () => done(site, matterId, 'answer', { state: 'answered', words }));
    expect(await publicOf(matterId)).toBe(0);
  });

  it('when what was added later is released', async () => {
    const { matterId, link } = await file(site);
    await done(site, matterId, 'release', { place: true });
    await json(post(site, '/by-link/additions', { link, text: 'Sigue apagada.' }));
    const ids = [(await matters.look(matterId)).own.at(-1)!.id];
    await hiding(matterId, () => done(site, matterId, 'release-additions', { ids }));
    expect(await publicOf(matterId)).toBe(0);
  });

  it('when a photo of it is covered', async () => {
    const { matterId, photos } = await fileWithPhotos(site, 1);
    await done(site, matterId, 'release', { place: true });
    const body = { boxes: [{ unit: 'permille', left: 0, top: 0, width: 450, height: 1_000 }] };
    const address = `/api/v1/matters/${matterId}/photos/${photos[0]}/redactions`;
    await hiding(matterId, () => json(site.as('lin', 'POST', address, { body, id: newCommandId() })));
    expect(await publicOf(matterId)).toBe(0);
  });

  it('and what another one was answered with by the same words is staff’s to show there', async () => {
    const [kept, same] = [await file(site), await file(site)];
    for (const { matterId } of [kept, same]) await done(site, matterId, 'release', { place: true });
    await json(act(site, 'lin', kept.matterId, 'gather', { members: [same.matterId] }));
    await hiding(kept.matterId, () => done(site, kept.matterId, 'answer', { state: 'answered', words }));
    const said = [...(await matters.look(same.matterId)).said.values()][0]!.id;
    await publicOf(kept.matterId);
    expect((await site.fetch(`/api/v1/contents/${said}`)).status).toBe(410);
    const whole = site.as('lin', 'GET', `/api/v1/matters/${same.matterId}/file`);
    const { withheld } = await json<{ withheld: string[] }>(whole);
    expect(withheld).toEqual([said]);
    await done(site, same.matterId, 'release-additions', { ids: withheld });
    await publicOf(same.matterId);
    expect((await site.fetch(`/api/v1/contents/${said}`)).status).toBe(200);
  });
});

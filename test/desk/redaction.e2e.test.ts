/** Photos of matters that only staff sees, those that are released with it, and parts that are covered for good. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { openEvent, type LogEvent } from '../../projections/event.js';
import { MattersUpkeep } from '../../src/complaints/upkeep.js';
import { ContentLife } from '../../src/contents/content-life.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { act, describeCity, post } from '../complaints/story.js';
import { done, fileWithPhotos, isCovered, photosAt, until } from './desk-world.js';

let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  await describeCity(site);
});
afterAll(() => site.stop());

const at = (matterId: string, photo: string, more = '') =>
  `/api/v1/matters/${matterId}/photos/${photo}${more}`;
const LEFT = { unit: 'permille', left: 0, top: 0, width: 450, height: 1_000 };

function cover(matterId: string, photo: string, boxes: object[] = [LEFT], id = newCommandId()) {
  return site.as('lin', 'POST', at(matterId, photo, '/redactions'), { body: { boxes }, id });
}

async function covered(matterId: string, photo: string): Promise<{ photo: string; position: string }> {
  return json(cover(matterId, photo));
}

async function events(): Promise<LogEvent[]> {
  const all: LogEvent[] = [];
  const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  for await (const page of store.readAll(-1n)) all.push(...page.map((one) => openEvent(nodeCrypto, one)));
  return all;
}

interface Shown {
  photos: string[];
  history: { what: string; photos: string[] }[];
}
const publicOf = (matterId: string) => json<Shown>(site.fetch(`/api/v1/matters/${matterId}`));

describe('before its release', () => {
  it('photos are served to listeners alone, and kept by nobody in between', async () => {
    const filed = await fileWithPhotos(site, 2);
    await until(site, filed);
    const [photo = ''] = filed.photos;
    for (const more of ['', '/preview']) {
      const answer = await site.as('lin', 'GET', at(filed.matterId, photo, more));
      expect([
        answer.status,
        answer.headers.get('cache-control'),
        answer.headers.get('content-type'),
      ]).toEqual([200, 'no-store', 'image/jpeg']);
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      expect((await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).format).toBe('jpeg');
      const refused = await site.as('pia', 'GET', at(filed.matterId, photo, more));
      expect(await problem(refused)).toMatchObject({ status: 403, code: 'role-missing' });
      expect((await site.fetch(at(filed.matterId, photo, more))).status).toBe(401);
    }
    expect((await site.fetch(`/api/v1/photos/${photo}/preview`)).status).toBe(404);
    // Of another matter, or of none, there is nothing.
    const other = await fileWithPhotos(site, 1);
    await until(site, other);
    const [nobodys = ''] = await photosAt(site, 1);
    for (const [matterId, id] of [
      [other.matterId, photo],
      [filed.matterId, nobodys],
      [filed.matterId, 'nothing'],
    ] as const)
      expect((await site.as('lin', 'GET', at(matterId, id))).status).toBe(404);
  });

  it('those are chosen that are released with it: all, some or none', async () => {
    for (const chosen of [[], [1], [0, 1]]) {
      const { matterId, photos } = await fileWithPhotos(site, 2);
      const ids = chosen.map((index) => photos[index]!);
      await until(site, await done(site, matterId, 'release', { place: true, photos: ids }));
      expect((await publicOf(matterId)).photos).toEqual(ids);
    }
  });
});

describe('a part that is covered', () => {
  it('is looked at first, and then nothing was changed', async () => {
    const filed = await fileWithPhotos(site, 1);
    await until(site, filed);
    const path = at(filed.matterId, filed.photos[0]!, '/redaction-previews');
    const before = (await events()).length;
    const shown = await site.as('lin', 'POST', path, { body: { boxes: [LEFT] } });
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await isCovered(await shown.arrayBuffer())).toBe(true);
    expect((await events()).length).toBe(before);
    const whole = await site.as('lin', 'GET', at(filed.matterId, filed.photos[0]!));
    expect(await isCovered(await whole.arrayBuffer())).toBe(false);
    expect(await problem(await site.as('pia', 'POST', path, { body: { boxes: [LEFT] } }))).toMatchObject({
      code: 'role-missing',
    });
    expect(await problem(await site.as('lin', 'POST', path, { body: { boxes: [] } }))).toMatchObject({
      code: 'boxes-missing',
    });
  });

  it('is black in another photo, the original is erased, and the other is released with the matter', async () => {
    const { matterId, photos } = await fileWithPhotos(site, 2);
    const [face = '', lamp = ''] = photos;
    const { photo, position } = await covered(matterId, face);
    await until(site, { position });
    expect(photo).not.toBe(face);
    expect((await site.as('lin', 'GET', at(matterId, face))).status).toBe(404);
    for (const more of ['', '/preview']) {
      const answer = await site.as('lin', 'GET', at(matterId, photo, more));
      expect(await isCovered(await answer.arrayBuffer())).toBe(true);
    }
    const all = await events();
    expect(all.findLast(({ type }) => type === 'MatterPhotoReplaced')).toMatchObject({
      actor: 'lin',
      data: { matterId, original: face, photo: { id: photo } },
    });
    expect(all.findLast(({ type }) => type === 'ContentErased')).toMatchObject({
      actor: 'system',
      data: { contentId: face, basis: 'redaction' },
    });
    // What is gone cannot be released.
    const old = await site.as('lin', 'POST', `/api/v1/matters/${matterId}/release`, {
      body: { place: true, photos: [face] },
      id: newCommandId(),
    });
    expect(await problem(old)).toMatchObject({ code: 'photo-unknown' });
    await until(site, await done(site, matterId, 'release', { place: true, photos: [photo, lamp] }));
    expect((await publicOf(matterId)).photos).toEqual([photo, lamp]);
  });

  it('of a public photo is shown covered from then on', async () => {
    const { matterId, photos } = await fileWithPhotos(site, 1);
    await done(site, matterId, 'release', { place: true });
    const { photo, position } = await covered(matterId, photos[0]!);
    await until(site, { position });
    expect((await publicOf(matterId)).photos).toEqual([photo]);
    const shown = await site.fetch(`/api/v1/contents/${photo}`);
    expect(await isCovered(await shown.arrayBuffer())).toBe(true);
    expect((await site.fetch(`/api/v1/contents/${photos[0]}`)).status).toBe(410);
    expect((await site.fetch(`/api/v1/photos/${photos[0]}/preview`)).status).toBe(410);
  });

  it('of a photo that came later stands in the step with which it came', async () => {
    const filed = await fileWithPhotos(site, 0);
    await done(site, filed.matterId, 'release', { place: true });
    const [later = ''] = await photosAt(site, 1);
    await json(post(site, '/by-link/additions', { link: filed.link, photos: [later] }));
    const { photo, position } = await covered(filed.matterId, later);
    await until(site, { position });
    await until(site, await done(site, filed.matterId, 'release-additions', { ids: [photo] }));
    const { history } = await publicOf(filed.matterId);
    expect(history.find(({ what }) => what === 'MatterAdded')?.photos).toEqual([photo]);
    expect(history.at(-1)?.what).toBe('MatterPhotoReplaced');
  });

  it('of a later photo that was public is shown covered from then on, and the original by nobody', async () => {
    const filed = await fileWithPhotos(site, 0);
    await done(site, filed.matterId, 'release', { place: true });
    const [later = ''] = await photosAt(site, 1);
    await json(post(site, '/by-link/additions', { link: filed.link, photos: [later] }));
    await until(site, await done(site, filed.matterId, 'release-additions', { ids: [later] }));
    const id = newCommandId();
    const first = await json<{ photo: string }>(cover(filed.matterId, later, [LEFT], id));
    // Again, as after a crash: what was public is known though it is erased.
    const { photo, position } = await json<{ photo: string; position: string }>(
      cover(filed.matterId, later, [LEFT], id),
    );
    expect(photo).toBe(first.photo);
    await until(site, { position });
    expect((await site.fetch(`/api/v1/contents/${photo}`)).status).toBe(200);
    expect((await site.fetch(`/api/v1/contents/${later}`)).status).toBe(410);
    const old = await act(site, 'lin', filed.matterId, 'release-additions', { ids: [later] });
    expect(await problem(old)).toMatchObject({ code: 'content-unknown' });
  });

  it('of a later photo that was hidden stays hidden', async () => {
    const filed = await fileWithPhotos(site, 0);
    await done(site, filed.matterId, 'release', { place: true });
    const [later = ''] = await photosAt(site, 1);
    await json(post(site, '/by-link/additions', { link: filed.link, photos: [later] }));
    await done(site, filed.matterId, 'release-additions', { ids: [later] });
    const life = site.running.app.get(ContentLife, { strict: false });
    const by = { commandId: newCommandId(), actor: { id: 'mo', roles: [] }, request: new Uint8Array() };
    await life.hide(later, 'personal-data', by);
    const { photo, position } = await covered(filed.matterId, later);
    await until(site, { position });
    expect((await site.fetch(`/api/v1/contents/${photo}`)).status).toBe(404);
  });

  it('has no original left where the program ended after its event', async () => {
    const filed = await fileWithPhotos(site, 1);
    const [later = ''] = await photosAt(site, 1);
    await done(site, filed.matterId, 'release', { place: true });
    await json(post(site, '/by-link/additions', { link: filed.link, photos: [later] }));
    await until(site, await done(site, filed.matterId, 'release-additions', { ids: [later] }));
    const originals = [filed.photos[0]!, later];
    const life = site.running.app.get(ContentLife, { strict: false });
    const erase = life.erase.bind(life);
    life.erase = () => Promise.reject(new Error('killed'));
    for (const original of originals) expect((await cover(filed.matterId, original)).status).toBe(500);
    life.erase = erase;
    const shown = await act(site, 'lin', filed.matterId, 'release-additions', { ids: [later] });
    expect(await problem(shown)).toMatchObject({ code: 'content-unknown' });
    const upkeep = site.running.app.get(MattersUpkeep, { strict: false });
    for (let round = 0; round < 2; round++) await upkeep.round();
    for (const original of originals)
      expect((await site.fetch(`/api/v1/contents/${original}`)).status).toBe(410);
    const erased = (await events()).filter(
      ({ type, data }) =>
        type === 'ContentErased' && 'contentId' in data && originals.includes(data.contentId),
    );
    expect(erased.map(({ data }) => 'basis' in data && data.basis)).toEqual(['redaction', 'redaction']);
  });

  it('is covered once: the same request again answers the same photo', async () => {
    const { matterId, photos } = await fileWithPhotos(site, 1);
    const id = newCommandId();
    const first = await json<{ photo: string; repeated: boolean }>(cover(matterId, photos[0]!, [LEFT], id));
    const again = await json<{ photo: string; repeated: boolean }>(cover(matterId, photos[0]!, [LEFT], id));
    expect(again).toMatchObject({ photo: first.photo, repeated: true });
    // Another request finds the original gone, and covers the new one as often as it likes.
    expect(await problem(await cover(matterId, photos[0]!))).toMatchObject({ code: 'photo-unknown' });
    const twice = await covered(matterId, first.photo);
    expect(twice.photo).not.toBe(first.photo);
  });

  it('is refused to others, and where a box covers nothing', async () => {
    const { matterId, photos } = await fileWithPhotos(site, 1);
    const [photo = ''] = photos;
    const refused = await site.as('pia', 'POST', at(matterId, photo, '/redactions'), {
      body: { boxes: [LEFT] },
      id: newCommandId(),
    });
    expect(await problem(refused)).toMatchObject({ code: 'role-missing' });
    const outside = { ...LEFT, left: 1_000 };
    expect(await problem(await cover(matterId, photo, [outside]))).toMatchObject({ code: 'box-malformed' });
    expect(await problem(await cover(matterId, photo, [{ ...LEFT, width: 0 }]))).toMatchObject({
      code: 'invalid-input',
    });
  });

  it('goes with everything else when the reporter erases it', async () => {
    const filed = await fileWithPhotos(site, 1);
    const { photo } = await covered(filed.matterId, filed.photos[0]!);
    await json(post(site, '/by-link/erasures', { link: filed.link }));
    const erased = (await events()).flatMap(({ type, data }) =>
      type === 'ContentErased' && 'contentId' in data ? [data.contentId] : [],
    );
    expect(erased).toEqual(expect.arrayContaining([filed.photos[0], photo]));
    expect(await problem(await cover(filed.matterId, photo))).toMatchObject({ code: 'matter-erased' });
  });
});

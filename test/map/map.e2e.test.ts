/** Where public matters are, over HTTP: only what may be shown, at once also when it no longer may. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openEvent } from '../../projections/event.js';
import { PublicPlaces } from '../../src/map/public-places.js';
import { Contents } from '../../src/contents/contents.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { Views } from '../../src/views/views.js';
import { until } from '../views/world.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { act, describeCity, file, LAMP, LAMP_AT, post, type Receipt } from '../complaints/story.js';

interface Collection {
  type: string;
  count: number;
  features: { id?: string; geometry: { coordinates: number[] }; properties: object }[];
}
interface Near {
  items: { matter: { id: string; text: Record<string, string> }; metres: number; likeness: number }[];
}

let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  await describeCity(site);
});
afterAll(() => site.stop());

const CITY = '-6.12,43.53,-6.06,43.57';

async function shown(more = '', { position } = { position: '0' }): Promise<Collection> {
  // The map looks again after a second at the latest.
  await site.fetch(`/api/v1/matters?atLeast=${position}`);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  return json<Collection>(site.fetch(`/api/v1/matters/map?bbox=${CITY}&zoom=14${more}`));
}

async function near(text: string, more: object = {}): Promise<Near['items']> {
  const body = { lat: LAMP_AT.lat, long: LAMP_AT.long, category: 'street-lamp', text, ...more };
  return (await json<Near>(post(site, '/near', body))).items;
}

async function released(filing: object): Promise<Receipt & { matterId: string }> {
  const { matterId } = await file(site, filing);
  const receipt = await json<Receipt>(act(site, 'lin', matterId, 'release', { place: true }));
  return { ...receipt, matterId };
}

describe('the map of matters', () => {
  it('is empty where there is nothing, and shows nothing before a release', async () => {
    const { position } = await file(site);
    expect(await shown('', { position })).toEqual({ type: 'FeatureCollection', count: 0, features: [] });
    expect(await near(LAMP.text)).toEqual([]);
  });

  it('shows what is released, as GeoJSON, and filters', async () => {
    const lamp = await released({ ...LAMP, text: 'Otra farola, en la plaza.' });
    const map = await shown('', lamp);
    expect(map).toEqual({
      type: 'FeatureCollection',
      count: 1,
      features: [
        {
          type: 'Feature',
          id: lamp.matterId,
          geometry: { type: 'Point', coordinates: [LAMP_AT.long / 1e6, LAMP_AT.lat / 1e6] },
          properties: {
            kind: 'complaint',
            category: 'street-lamp',
            stateKind: 'open',
            filedAt: expect.stringMatching(/^2026-/),
          },
        },
      ],
    });
    expect((await shown('&stateKind=fixed')).count).toBe(0);
    expect((await shown('&category=street-lamp&kind=complaint&stateKind=open')).count).toBe(1);
  });

  it('is read before anybody asks for it', async () => {
    const { app } = site.running;
    const views = app.get(Views, { strict: false });
    const list = jest.spyOn(views, 'list');
    const places = new PublicPlaces(views, app.get(Contents, { strict: false }), () => undefined, Infinity);
    places.start();
    const box = { west: -6_120_000, south: 43_530_000, east: -6_060_000, north: 43_570_000 };
    await until('read', () => list.mock.results.length > 0);
    await places.in(box, 14, {});
    list.mockClear();
    expect(await places.in(box, 14, {})).toMatchObject({ count: 1 });
    expect(list).not.toHaveBeenCalled();
    list.mockRestore();
  });

  it('refuses a box that is none', async () => {
    for (const bbox of ['1,2,3', 'a,b,c,d', '-6,43,-7,44', '-181,43,-6,44', '-6.12,43.57,-6.06,43.53']) {
      const answer = await site.fetch(`/api/v1/matters/map?bbox=${bbox}&zoom=14`);
      expect(await problem(answer)).toMatchObject({ status: 422, code: 'invalid-input' });
    }
    for (const zoom of ['23', '-1', 'x', '']) {
      const answer = await site.fetch(`/api/v1/matters/map?bbox=${CITY}&zoom=${zoom}`);
      expect(await problem(answer)).toMatchObject({ status: 422, code: 'invalid-input' });
    }
  });

  it('tells what is near and says the same, and nothing of another category or further away', async () => {
    const same = await released({ ...LAMP, text: 'La farola parpadea toda la noche y no deja dormir.' });
    const far = { ...LAMP_AT, lat: LAMP_AT.lat - 20_000 };
    const away = await released({ ...LAMP, place: far });
    await shown('', away);
    const found = await near('Una farola que parpadea por la noche');
    expect(found[0]).toMatchObject({ matter: { id: same.matterId }, metres: 0 });
    expect(found[0]!.likeness).toBeGreaterThan(found[1]!.likeness);
    expect(found).toHaveLength(2);
    expect(await near('Una farola', { category: 'trees' })).toEqual([]);
    expect(await problem(await post(site, '/near', { lat: 91_000_000 }))).toMatchObject({ status: 422 });
  });

  it('counts no place in a cluster that was hidden or erased by itself, and counts it again when it is shown again', async () => {
    const app = site.running.app;
    const of = <T>(what: abstract new (...given: never[]) => T) => app.get<T>(what, { strict: false });
    // All together, whatever their number.
    const places = new PublicPlaces(of(Views), of(Contents), () => undefined, 0, 0);
    const count = async ({ position }: Receipt) => {
      await site.fetch(`/api/v1/matters?atLeast=${position}`);
      const box = { west: -6.12e6, south: 43.53e6, east: -6.06e6, north: 43.57e6 };
      const { matters, clusters } = await places.in(box, 0, {});
      return clusters.reduce((sum, { count: many }) => sum + many, matters.length);
    };
    const { matterId, ...receipt } = await released(LAMP);
    const before = await count(await released(LAMP));
    expect(before).toBeGreaterThan(2);
    const store = app.get<EventStore>(EVENT_STORE, { strict: false });
    let place = '';
    for await (const event of store.readStream(`matter-${matterId}`)) {
      const { type, data } = openEvent(nodeCrypto, event);
      if (type === 'MatterReleased') place = (data as { place: { id: string } }).place.id;
    }
    const staff = (what: string, body: object) =>
      json<Receipt>(site.as('ana', 'POST', `/api/v1/contents/${what}`, { body, id: newCommandId() }));
    expect(await count(await staff(`${place}/hide`, { reason: 'personal-data' }))).toBe(before - 1);
    const again = await staff('release', { ids: [place] });
    expect(await count({ ...receipt, ...again })).toBe(before);
    expect(await count(await staff(`${place}/erase`, { basis: 'gdpr-17' }))).toBe(before - 1);
  });

  it('shows no more what was hidden, in that very moment', async () => {
    const lamp = await released(LAMP);
    const before = await shown('', lamp);
    expect(before.features.map(({ id }) => id)).toContain(lamp.matterId);
    const { position } = await json<Receipt>(act(site, 'lin', lamp.matterId, 'hide', { reason: 'insult' }));
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    const at = `/api/v1/matters/map?bbox=${CITY}&zoom=14`;
    const after = await json<Collection>(site.fetch(at));
    expect(after.features.map(({ id }) => id)).not.toContain(lamp.matterId);
    expect(after.count).toBe(before.count - 1);
    expect((await near(LAMP.text)).map(({ matter }) => matter.id)).not.toContain(lamp.matterId);
    expect((await shown()).count).toBe(before.count - 1);
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { areasView } from '../../projections/city.view.js';
import type { CityImported } from '../../src/city/city-import.js';
import { ImportCity } from '../../src/city/city.commands.js';
import { FindAreaByPabulibName } from '../../src/city/city.queries.js';
import { openApplication } from '../contents/application.js';
import { accepted, openWorld, type World } from '../contents/world.js';

let world: World;
let app: NestFastifyApplication;
beforeAll(async () => {
  world = await openWorld();
  app = await openApplication(world);
});
afterAll(async () => {
  await app.close();
  await world.close();
});

const example: unknown = JSON.parse(readFileSync('docs/city.example.json', 'utf8'));

async function get(path: string, headers: Record<string, string> = {}) {
  await world.seen();
  return app.inject({ method: 'GET', url: `/api/v1/${path}`, headers });
}

describe('the city over REST', () => {
  it.each([
    ['city', 'city-not-described'],
    ['areas/hill', 'area-unknown'],
    ['holidays/2026', 'holidays-not-declared'],
    ['holidays/soon', 'holidays-not-declared'],
  ])('%s is not there before it is described', async (path, code) => {
    // Also with a runner that has just begun: its tables are made first.
    expect((await get(path)).json()).toMatchObject({ status: 404, code });
    expect((await get('areas')).json()).toEqual({ items: [] });
  });

  it('is described by administrators and by nobody else', async () => {
    const commands = app.get(CommandBus);
    const clerk = { ...world.by(), actor: { id: 'bea', roles: ['moderator'] } };
    expect(await commands.execute(new ImportCity(example, clerk))).toEqual({ rejected: 'role-missing' });
    expect(accepted<CityImported>(await commands.execute(new ImportCity(example, world.by()))).events).toBe(
      9,
    );
  });

  it('is shown', async () => {
    expect((await get('city')).json()).toEqual({
      name: { ast: 'Valdeexemplu', en: 'Valdeejemplo', es: 'Valdeejemplo' },
      timeZone: 'Europe/Madrid',
      languages: ['es', 'ast', 'en'],
    });
    const areas = (await get('areas')).json<{ items: object[] }>().items;
    expect(areas).toHaveLength(4);
    expect(areas[1]).toEqual({
      id: 'harbour',
      parent: 'city',
      name: { ast: 'El Puertu', en: 'Harbour', es: 'El Puerto' },
    });
    expect(
      (await get('departments')).json<{ items: object[] }>().items.map((item) => (item as { id: string }).id),
    ).toEqual(['parks', 'works']);
    expect((await get('holidays/2027')).json()).toMatchObject({ year: 2027, calendar: 'valdeejemplo' });
  });

  it('gives an area as GeoJSON, in the very degrees of the file', async () => {
    const hill = await get('areas/hill');
    expect(hill.headers['content-type']).toMatch(/^application\/geo\+json/);
    const file = example as {
      polygons: { features: { geometry: { coordinates: unknown } }[] };
    };
    expect(hill.json()).toEqual({
      type: 'Feature',
      id: 'hill',
      properties: { parent: 'city', name: { ast: 'La Cuesta', en: 'The Hill', es: 'La Cuesta' } },
      geometry: { type: 'MultiPolygon', coordinates: [file.polygons.features[1]!.geometry.coordinates] },
    });
    expect((await get('areas/hill%2Fold-school')).json()).toMatchObject({
      id: 'hill/old-school',
      geometry: null,
    });
  });

  it.each(['city', 'areas', 'areas/hill', 'departments', 'holidays/2026'])(
    'answers 304 for what the caller has: %s',
    async (path) => {
      const first = await get(path);
      const again = await get(path, { 'if-none-match': String(first.headers.etag) });
      expect([first.statusCode, again.statusCode, again.body]).toEqual([200, 304, '']);
    },
  );

  it('changes its tag when a name is hidden', async () => {
    const before = await get('areas/harbour');
    const list = await get('areas');
    const other = await get('areas/hill');
    const { name } = (await world.views.get(areasView, 'harbour'))!;
    accepted(await world.life.hide(name.id, 'insult', world.by()));
    const after = await get('areas/harbour', { 'if-none-match': String(before.headers.etag) });
    expect(after.statusCode).toBe(200);
    expect(after.json()).toMatchObject({ properties: { name: {} } });
    expect((await get('areas', { 'if-none-match': String(list.headers.etag) })).statusCode).toBe(200);
    expect((await get('areas/hill', { 'if-none-match': String(other.headers.etag) })).statusCode).toBe(304);
  });

  it('finds the area that a .pb file names', async () => {
    const queries = app.get(QueryBus);
    expect(await queries.execute(new FindAreaByPabulibName('puerto'))).toBe('harbour');
    expect(await queries.execute(new FindAreaByPabulibName('CITYWIDE'))).toBe('city');
    expect(await queries.execute(new FindAreaByPabulibName('Bielany'))).toBeUndefined();
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { areasView, CITY_KEY, cityView, departmentsView, holidaysView } from '../../projections/city.view.js';
import { CityImport, type CityImported } from '../../src/city/city-import.js';
import type { CommandLog } from '../../src/event-store/command-log.js';
import type { ContentLife } from '../../src/contents/content-life.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { areaAt } from '../../src/city/areas.js';
import { accepted, openWorld, type World } from '../contents/world.js';

let world: World;
beforeAll(async () => (world = await openWorld()));
afterAll(() => world.close());

interface CityJson {
  city: { name: Record<string, string> };
  areas: { id: string; parent?: string; name: Record<string, string>; pabulib?: string[] }[];
  departments: { id: string; name: Record<string, string> }[];
}

const example = JSON.parse(readFileSync('docs/city.example.json', 'utf8')) as CityJson;

function changed(change: (city: CityJson) => void): CityJson {
  const city = structuredClone(example);
  change(city);
  return city;
}

/** An import as it is in a process that ends in the middle. */
function dying({ life = world.life, log = world.log }: { life?: unknown; log?: unknown }): CityImport {
  const { store, contents, clock } = world;
  return new CityImport(store, log as CommandLog, contents, life as ContentLife, nodeCrypto, clock);
}

async function contentsCount(): Promise<unknown> {
  return (await world.pool.query('select count(*) from contents')).rows;
}

async function areas() {
  await world.seen();
  return (await world.views.list(areasView)).rows.map(({ row }) => row);
}

describe('the import of a city', () => {
  it('refuses a wrong file whole', async () => {
    const wrong = changed((city) => (city.areas[1]!.parent = 'nowhere'));
    expect(await world.cityImport.run(wrong, world.by())).toEqual({
      rejected: 'area-parent-unknown',
      field: 'areas.1.parent',
      detail: { problems: 1 },
      problems: [{ code: 'area-parent-unknown', field: 'areas.1.parent' }],
    });
    expect(await world.store.head()).toBe(-1n);
  });

  it('makes everything that the file says, with names that everybody sees', async () => {
    const imported = accepted<CityImported>(await world.cityImport.run(example, world.by('first')));
    // The city, four areas, two departments, two years.
    expect(imported.events).toBe(9);
    expect(imported.position).toBe(await world.store.head());
    const found = await areas();
    expect(found.map((area) => area.areaId)).toEqual(['city', 'harbour', 'hill', 'hill/old-school']);
    const names = await world.public.many(found.map((area) => area.name));
    expect(names.get(found[1]!.name.id)).toEqual({ ast: 'El Puertu', en: 'Harbour', es: 'El Puerto' });
    expect(await world.public.text(found[0]!.aliases!, [])).toBe('Valdeejemplo\nCitywide');
    expect(areaAt(found, 43_550_000, -6_150_000)?.areaId).toBe('harbour');
    expect(areaAt(found, 43_550_000, -6_050_000)?.areaId).toBe('city');
    expect(await world.views.get(cityView, CITY_KEY)).toMatchObject({ timeZone: 'Europe/Madrid' });
    expect((await world.views.get(holidaysView, '2026'))?.days).toContain('2026-09-08');
  });

  it('again changes nothing, with the same command or another', async () => {
    const head = await world.store.head();
    const first = { events: 9, position: head };
    const contents = (await world.pool.query('select count(*) from contents')).rows;
    expect(await world.cityImport.run(example, world.by('first'))).toEqual(first);
    expect(await world.cityImport.run(example, world.by())).toEqual({ events: 0, position: -1n });
    expect(await world.store.head()).toBe(head);
    expect((await world.pool.query('select count(*) from contents')).rows).toEqual(contents);
  });

  it('of a changed file appends the difference', async () => {
    const head = await world.store.head();
    const file = changed((city) => {
      city.areas[1]!.name = { es: 'Puerto Nuevo' };
      city.areas.splice(3, 1);
      city.departments.pop();
    });
    expect(accepted<CityImported>(await world.cityImport.run(file, world.by())).events).toBe(3);
    expect((await world.types()).slice(Number(head) + 1)).toEqual([
      'AreaDescribed',
      'AreaDescribed',
      'DepartmentDescribed',
      'ContentReleased',
    ]);
    const found = await areas();
    expect(await world.public.text(found[1]!.name, ['ast'])).toBe('Puerto Nuevo');
    expect(found[3]).toMatchObject({ areaId: 'hill/old-school', withdrawn: true });
    expect((await world.views.get(departmentsView, 'parks'))?.withdrawn).toBe(true);
  });

  it('does not show again a name that staff hid, and writes anew one that was erased', async () => {
    accepted<CityImported>(await world.cityImport.run(example, world.by()));
    const [, harbour, hill] = await areas();
    accepted(await world.life.hide(harbour!.name.id, 'insult', world.by()));
    accepted(await world.life.erase(hill!.name.id, 'court', world.by()));
    expect(accepted<CityImported>(await world.cityImport.run(example, world.by())).events).toBe(1);
    const after = await areas();
    expect(after[1]?.name).toEqual(harbour?.name);
    expect(await world.public.text(after[1]!.name, ['es'])).toBeUndefined();
    expect(await world.public.text(after[2]!.name, ['es'])).toBe('La Cuesta');
  });

  it('that is asked for twice at the same moment describes each thing as one of them said', async () => {
    const files = ['Uno', 'Dos'].map((es) => changed((city) => (city.city.name = { es })));
    const answers = await Promise.all(files.map((file) => world.cityImport.run(file, world.by())));
    // Neither fights the other for the last word.
    for (const answer of answers) expect(accepted<CityImported>(answer).events).toBe(1);
    await world.seen();
    const city = await world.views.get(cityView, CITY_KEY);
    expect(['Uno', 'Dos']).toContain(await world.public.text(city!.name, ['es']));
  });

  it('that is asked for again after another one writes nothing, and the other one stands', async () => {
    const [one, other] = ['Primero', 'Segundo'].map((es) => changed((city) => (city.city.name = { es })));
    const first = accepted<CityImported>(await world.cityImport.run(one, world.by('once')));
    accepted(await world.cityImport.run(other, world.by()));
    const [head, contents] = [await world.store.head(), await contentsCount()];
    expect(await world.cityImport.run(one, world.by('once'))).toEqual(first);
    expect([await world.store.head(), await contentsCount()]).toEqual([head, contents]);
    const reused = { ...world.by('once'), request: new Uint8Array(1) };
    expect(await world.cityImport.run(one, reused)).toEqual({ rejected: 'command-id-reused' });
    expect([await world.store.head(), await contentsCount()]).toEqual([head, contents]);
  });

  it('shows no words of events that were refused', async () => {
    const log = {
      find: world.log.find.bind(world.log),
      run: () => Promise.resolve({ rejected: 'id-taken-elsewhere' }),
    };
    const file = changed((city) => (city.city.name = { es: 'Nunca' }));
    const head = await world.store.head();
    expect(await dying({ log }).run(file, world.by())).toEqual({ rejected: 'id-taken-elsewhere' });
    expect(await world.store.head()).toBe(head);
  });

  it('that ended before its words were shown is finished by the same command, and by another', async () => {
    for (const [es, finishing] of [
      ['Oculto', 'killed-1'],
      ['Tapado', 'another'],
    ] as const) {
      const file = changed((city) => (city.city.name = { es }));
      const killed = es === 'Oculto' ? finishing : 'killed-2';
      const life = { show: () => Promise.reject(new Error('killed')) };
      await expect(dying({ life }).run(file, world.by(killed))).rejects.toThrow('killed');
      await world.seen();
      const { name } = (await world.views.get(cityView, CITY_KEY))!;
      expect(await world.public.text(name, ['es'])).toBeUndefined();
      const finished = accepted<CityImported>(await world.cityImport.run(file, world.by(finishing)));
      expect(finished).toEqual({
        events: es === 'Oculto' ? 1 : 0,
        position: await world.store.head(),
      });
      await world.seen();
      expect(await world.public.text(name, ['es'])).toBe(es);
    }
  });

  it('that ended between two appends goes on with the second', async () => {
    const file = changed((city) => {
      for (let i = 0; i < 450; i++) city.departments.push({ id: `d${i}`, name: { es: `Servicio ${i}` } });
    });
    let runs = 0;
    const log = {
      find: world.log.find.bind(world.log),
      run: (command: Parameters<CommandLog['run']>[0]) =>
        ++runs > 1 ? Promise.reject(new Error('killed')) : world.log.run(command),
    };
    await expect(dying({ log }).run(file, world.by('long'))).rejects.toThrow('killed');
    await world.seen();
    expect((await departments()).length).toBe(401);
    const done = accepted<CityImported>(await world.cityImport.run(file, world.by('long')));
    const appended = (await departments()).length;
    // The name of the city, which the test before changed, comes first.
    expect([done.events, appended]).toEqual([451, 452]);
    expect(done.position).toBe(await world.store.head());
    expect(await world.cityImport.run(file, world.by('long'))).toEqual(done);
  });
});

async function departments() {
  await world.seen();
  return (await world.views.list(departmentsView, { limit: 1_000 })).rows;
}

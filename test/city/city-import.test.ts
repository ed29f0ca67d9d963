import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { areasView, CITY_KEY, cityView, departmentsView, holidaysView } from '../../projections/city.view.js';
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

const example = readFileSync('docs/city.example.json');

function changed(change: (city: CityJson) => void): Buffer {
  const city = JSON.parse(example.toString()) as CityJson;
  change(city);
  return Buffer.from(JSON.stringify(city));
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
      field: 'areas[1].parent',
      detail: { problems: 1 },
    });
    expect(await world.store.head()).toBe(-1n);
  });

  it('makes everything that the file says, with names that everybody sees', async () => {
    const imported = accepted(await world.cityImport.run(example, world.by('first')));
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
    expect(accepted(await world.cityImport.run(file, world.by())).events).toBe(3);
    expect((await world.types()).slice(Number(head) + 1)).toEqual([
      'ContentReleased',
      'AreaDescribed',
      'AreaDescribed',
      'DepartmentDescribed',
    ]);
    const found = await areas();
    expect(await world.public.text(found[1]!.name, ['ast'])).toBe('Puerto Nuevo');
    expect(found[3]).toMatchObject({ areaId: 'hill/old-school', withdrawn: true });
    expect((await world.views.get(departmentsView, 'parks'))?.withdrawn).toBe(true);
  });

  it('does not show again a name that staff hid, and writes anew one that was erased', async () => {
    accepted(await world.cityImport.run(example, world.by()));
    const [, harbour, hill] = await areas();
    accepted(await world.life.hide(harbour!.name.id, 'insult', world.by()));
    accepted(await world.life.erase(hill!.name.id, 'court', world.by()));
    expect(accepted(await world.cityImport.run(example, world.by())).events).toBe(1);
    const after = await areas();
    expect(after[1]?.name).toEqual(harbour?.name);
    expect(await world.public.text(after[1]!.name, ['es'])).toBeUndefined();
    expect(await world.public.text(after[2]!.name, ['es'])).toBe('La Cuesta');
  });

  it('that is asked for twice at the same moment describes each thing as one of them said', async () => {
    const files = ['Uno', 'Dos'].map((es) => changed((city) => (city.city.name = { es })));
    const answers = await Promise.all(files.map((file) => world.cityImport.run(file, world.by())));
    // Neither fights the other for the last word.
    for (const answer of answers) expect(accepted(answer).events).toBe(1);
    await world.seen();
    const city = await world.views.get(cityView, CITY_KEY);
    expect(['Uno', 'Dos']).toContain(await world.public.text(city!.name, ['es']));
  });
});

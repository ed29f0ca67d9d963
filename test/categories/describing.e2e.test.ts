/** Describing categories over REST: departments are the city's, and what is withdrawn is told, also beforehand. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_CATEGORIES } from '../../src/demo/categories.js';
import { describeCity } from '../complaints/story.js';
import { json, newCommandId } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';

let site: Site;
beforeAll(async () => {
  site = await Site.start();
  await describeCity(site);
});
afterAll(() => site.stop());

const put = (body: object, query = '', id = newCommandId()) =>
  site.as('ana', 'PUT', `/api/v1/matters/categories${query}`, { body, id });
const shown = () => json<object>(site.fetch('/api/v1/matters/categories'));
const without = (gone: string) => ({
  ...DEMO_CATEGORIES,
  categories: DEMO_CATEGORIES.categories.filter(({ id }) => id !== gone),
});

it('refuses a department that the city does not have, by its field', async () => {
  const before = await shown();
  const categories = [
    ...DEMO_CATEGORIES.categories,
    { id: 'new', name: { es: 'Nueva' }, department: 'navy' },
  ];
  const field = `categories.${categories.length - 1}.department`;
  for (const query of ['', '?dryRun=true']) {
    expect(await problem(await put({ ...DEMO_CATEGORIES, categories }, query))).toMatchObject({
      status: 422,
      code: 'department-unknown',
      errors: [{ field, code: 'department-unknown' }],
    });
  }
  expect(await shown()).toEqual(before);
});

describe('what a file does not name any more', () => {
  it('is told beforehand, and nothing is changed', async () => {
    const before = await shown();
    const named = { es: 'Agujero' };
    const body = {
      ...without('pothole'),
      states: [{ id: 'on-hold', kind: 'open', name: { es: 'En espera' } }],
      categories: without('pothole').categories.map((one) =>
        one.id === 'litter' ? { ...one, name: named } : one,
      ),
    };
    expect(await json(put(body, '?dryRun=true'))).toEqual({
      events: 3,
      position: '-1',
      withdrawn: ['pothole'],
      withdrawnStates: [],
    });
    expect(await shown()).toEqual(before);
    expect(await json(put(DEMO_CATEGORIES, '?dryRun=true'))).toMatchObject({ events: 0, withdrawn: [] });
    expect(await problem(await put(body, '?dryRun=maybe'))).toMatchObject({ code: 'invalid-input' });
  });

  it('is named by the answer, also of the same command again', async () => {
    const states = [{ id: 'on-hold', kind: 'open', name: { es: 'En espera' } }];
    await json(put({ ...DEMO_CATEGORIES, states }));
    const id = newCommandId();
    const told = { events: 2, withdrawn: ['pothole'], withdrawnStates: ['on-hold'] };
    expect(await json(put(without('pothole'), '', id))).toMatchObject(told);
    expect(await json(put(without('pothole'), '', id))).toMatchObject(told);
    expect(await json(put(without('pothole')))).toMatchObject({
      events: 0,
      withdrawn: [],
      withdrawnStates: [],
    });
  });
});

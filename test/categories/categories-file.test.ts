import { describe, expect, it } from '@jest/globals';
import { readCategories, type CategoriesFile } from '../../src/categories/categories-file.js';
import { DEMO_CATEGORIES } from '../../src/demo/categories.js';
import { DEMO_CITY } from '../../src/demo/city.js';

const name = { es: 'Farola' };
const DEPARTMENTS = new Set(DEMO_CITY.departments.map(({ id }) => id));

function read(file: unknown): CategoriesFile {
  const answer = readCategories(file, DEPARTMENTS);
  if ('problems' in answer) throw new Error(JSON.stringify(answer.problems));
  return answer.categories;
}

describe('a file of categories', () => {
  it('of the demo is whole: a tree of about twenty, whose departments the city has', () => {
    const { categories } = read(DEMO_CATEGORIES);
    const taken = categories.filter(({ kinds }) => kinds.length > 0);
    expect(taken.length).toBeGreaterThanOrEqual(20);
    const departments = DEMO_CITY.departments.map(({ id }) => id);
    for (const { department } of taken) expect(departments).toContain(department);
    for (const [index, { parent }] of categories.entries()) {
      const before = categories.slice(0, index).map(({ id }) => id);
      if (parent !== undefined) expect(before).toContain(parent);
    }
  });

  it('says little, and the rest is usual', () => {
    const { categories, states } = read({ categories: [{ id: 'lamp', name }] });
    expect(categories).toEqual([
      {
        id: 'lamp',
        name,
        kinds: ['complaint', 'suggestion', 'thanks'],
        questions: [],
        anonymous: true,
        confirm: false,
        radius: 100,
        keywords: [],
      },
    ]);
    expect(states.map(({ state }) => state)).toContain('waiting');
  });

  it('names states anew and adds its own', () => {
    const own = [
      { id: 'open', kind: 'open', name: { es: 'Recibida' } },
      { id: 'on-hold', kind: 'open', stops: true, name: { es: 'En espera' }, open311: 'investigating' },
    ];
    const { states } = read({ categories: [], states: own });
    expect(states.find(({ state }) => state === 'open')?.name).toEqual({ es: 'Recibida' });
    expect(states.at(-1)).toEqual({
      state: 'on-hold',
      kind: 'open',
      stops: true,
      name: { es: 'En espera' },
      open311: 'investigating',
    });
  });

  it('names a state of the program without changing what it means', () => {
    const { states } = read({ categories: [], states: [{ id: 'waiting', name: { es: 'Esperamos' } }] });
    const waiting = {
      state: 'waiting',
      kind: 'open',
      stops: true,
      open311: 'open',
      name: { es: 'Esperamos' },
    };
    expect(states.find(({ state }) => state === 'waiting')).toEqual(waiting);
    const { states: others } = read({
      categories: [],
      states: [{ id: 'resolved', name, open311: 'closed' }],
    });
    expect(others.find(({ state }) => state === 'resolved')).toMatchObject({
      kind: 'fixed',
      open311: 'closed',
    });
  });

  const question = { code: 'q', text: name };
  it.each<[code: string, field: string, file: object]>([
    ['field-missing', 'categories', {}],
    ['field-unknown', 'categories.0.nmae', { categories: [{ id: 'a', name, nmae: 1 }] }],
    ['code-invalid', 'categories.0.id', { categories: [{ id: 'A b', name }] }],
    [
      'category-repeated',
      'categories.1.id',
      {
        categories: [
          { id: 'a', name },
          { id: 'a', name },
        ],
      },
    ],
    ['category-parent-unknown', 'categories.0.parent', { categories: [{ id: 'a', parent: 'b', name }] }],
    ['category-tree-cycle', 'categories.0.parent', { categories: [{ id: 'a', parent: 'a', name }] }],
    [
      'department-unknown',
      'categories.0.department',
      { categories: [{ id: 'a', name, department: 'navy' }] },
    ],
    ['matter-kind-unknown', 'categories.0.kinds.0', { categories: [{ id: 'a', name, kinds: ['void'] }] }],
    ['boolean-expected', 'categories.0.anonymous', { categories: [{ id: 'a', name, anonymous: 'yes' }] }],
    ['number-invalid', 'categories.0.targetDays', { categories: [{ id: 'a', name, targetDays: 0 }] }],
    ['number-invalid', 'categories.0.radius', { categories: [{ id: 'a', name, radius: 1.5 }] }],
    [
      'question-repeated',
      'categories.0.questions.1.code',
      { categories: [{ id: 'a', name, questions: [question, question] }] },
    ],
    [
      'datatype-unknown',
      'categories.0.questions.0.datatype',
      { categories: [{ id: 'a', name, questions: [{ ...question, datatype: 'map' }] }] },
    ],
    [
      'values-not-of-datatype',
      'categories.0.questions.0.values',
      { categories: [{ id: 'a', name, questions: [{ ...question, datatype: 'singlevaluelist' }] }] },
    ],
    ['state-kind-unknown', 'states.0.kind', { categories: [], states: [{ id: 's', kind: 'x', name }] }],
    ['state-kind-fixed', 'states.0.kind', { categories: [], states: [{ id: 'void', kind: 'open', name }] }],
    [
      'state-kind-fixed',
      'states.0.kind',
      { categories: [], states: [{ id: 'resolved', kind: 'closed', name }] },
    ],
    [
      'state-stops-closed',
      'states.0.stops',
      { categories: [], states: [{ id: 's', kind: 'closed', stops: true, name }] },
    ],
  ])('is refused with %s at %s', (code, field, file) => {
    expect(readCategories(file, DEPARTMENTS)).toMatchObject({ problems: [{ code, field }] });
  });
});

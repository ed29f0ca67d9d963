/**
 * The file of a city's categories: JSON, checked whole before anything is written, with every problem named by a code and
 * the path of its field. See `docs/categories.md`.
 */
import type { DataOf } from '../../projections/events/catalogue.js';
import { STATE_KINDS, MATTER_KINDS, type MatterKind } from '../../projections/matter.js';
import { Fields, type Problem } from '../city/fields.js';
import type { Texts } from '../contents/text.js';
import { FIRST_STATES, type MatterStateEntry } from './states.js';
import { CODE } from '../../projections/events/schema.js';

type Datatype = DataOf<'CategoryDescribed'>['questions'][number]['datatype'];

export interface QuestionEntry {
  code: string;
  datatype: Datatype;
  required: boolean;
  variable: boolean;
  text: Texts;
  hint?: Texts;
  values: readonly { key: string; name: Texts }[];
}

export interface CategoryEntry {
  id: string;
  parent?: string;
  name: Texts;
  description?: Texts;
  kinds: MatterKind[];
  department?: string;
  questions: readonly QuestionEntry[];
  notice?: Texts;
  anonymous: boolean;
  confirm: boolean;
  targetDays?: number;
  radius: number;
  keywords: string[];
}

export interface CategoriesFile {
  /** Every parent before its children. */
  categories: readonly CategoryEntry[];
  /** Those of the program with what the file says otherwise, then the file's own. */
  states: readonly MatterStateEntry[];
}

const MAX_CATEGORIES = 200;
const MAX_STATES = 50;
const MAX_NAME_LENGTH = 200;
const MAX_WORDS_LENGTH = 2_000;
const DATATYPES: readonly string[] = [
  'string',
  'text',
  'number',
  'datetime',
  'singlevaluelist',
  'multivaluelist',
];
const LISTS: readonly string[] = ['singlevaluelist', 'multivaluelist'];
/** Metres around a place in which others of the category are shown, where the file says nothing. */
const RADIUS = 100;

/**
 * The categories of a file as it came out of JSON, or every problem found in it (a hundred at most).
 * @param departments ids of those that the city has
 */
export function readCategories(
  file: unknown,
  departments: ReadonlySet<string>,
): { categories: CategoriesFile } | { problems: readonly Problem[] } {
  const fields = new Fields();
  const parsed = fields.object(file, '', ['categories', 'states']);
  const categories = fields
    .list(parsed.categories, 'categories', MAX_CATEGORIES)
    .map((item, index) => readCategory(fields, item, `categories.${index}`));
  fields.unique(
    categories.map(({ id }) => id),
    'category-repeated',
    (index) => `categories.${index}.id`,
  );
  const sorted = parentsFirst(categories);
  for (const [index, { id, parent }] of categories.entries()) {
    if (parent === undefined || sorted.some((one) => one.id === id)) continue;
    const isKnown = categories.some((one) => one.id === parent);
    fields.problem(isKnown ? 'category-tree-cycle' : 'category-parent-unknown', `categories.${index}.parent`);
  }
  for (const [index, { department }] of categories.entries()) {
    if (department !== undefined && !departments.has(department))
      fields.problem('department-unknown', `categories.${index}.department`);
  }
  const states = readStates(fields, parsed.states ?? []);
  return fields.problems.length > 0
    ? { problems: fields.problems }
    : { categories: { categories: sorted, states } };
}

function readCategory(fields: Fields, item: unknown, field: string): CategoryEntry {
  const one = fields.object(item, field, CATEGORY_FIELDS);
  const kinds = fields
    .list(one.kinds ?? MATTER_KINDS, `${field}.kinds`, MATTER_KINDS.length)
    .map((kind, index) => {
      const text = fields.text(kind, `${field}.kinds.${index}`);
      if (text !== '' && !(MATTER_KINDS as readonly string[]).includes(text))
        fields.problem('matter-kind-unknown', `${field}.kinds.${index}`);
      return text as MatterKind;
    });
  const questions = fields
    .list(one.questions ?? [], `${field}.questions`, 30)
    .map((question, index) => readQuestion(fields, question, `${field}.questions.${index}`));
  fields.unique(
    questions.map(({ code }) => code),
    'question-repeated',
    (index) => `${field}.questions.${index}.code`,
  );
  return {
    id: code(fields, one.id, `${field}.id`),
    ...(one.parent !== undefined && { parent: code(fields, one.parent, `${field}.parent`) }),
    name: fields.texts(one.name, `${field}.name`, MAX_NAME_LENGTH),
    ...words(fields, one.description, 'description', field),
    kinds,
    ...(one.department !== undefined && { department: fields.id(one.department, `${field}.department`) }),
    questions,
    ...words(fields, one.notice, 'notice', field),
    anonymous: flag(fields, one.anonymous, `${field}.anonymous`, true),
    confirm: flag(fields, one.confirm, `${field}.confirm`, false),
    ...(one.targetDays !== undefined && {
      targetDays: whole(fields, one.targetDays, `${field}.targetDays`, 1, 1_000),
    }),
    radius: whole(fields, one.radius ?? RADIUS, `${field}.radius`, 0, 100_000),
    keywords: fields
      .list(one.keywords ?? [], `${field}.keywords`, 20)
      .map((keyword, index) => code(fields, keyword, `${field}.keywords.${index}`)),
  };
}

const CATEGORY_FIELDS = [
  'id',
  'parent',
  'name',
  'description',
  'kinds',
  'department',
  'questions',
  'notice',
  'anonymous',
  'confirm',
  'targetDays',
  'radius',
  'keywords',
];

function readQuestion(fields: Fields, item: unknown, field: string): QuestionEntry {
  const known = ['code', 'datatype', 'required', 'variable', 'text', 'hint', 'values'];
  const one = fields.object(item, field, known);
  const datatype = fields.text(one.datatype ?? 'string', `${field}.datatype`);
  if (!DATATYPES.includes(datatype)) fields.problem('datatype-unknown', `${field}.datatype`);
  const values = fields.list(one.values ?? [], `${field}.values`, 100).map((value, index) => {
    const at = `${field}.values.${index}`;
    const { key, name } = fields.object(value, at, ['key', 'name']);
    return { key: code(fields, key, `${at}.key`), name: fields.texts(name, `${at}.name`, MAX_NAME_LENGTH) };
  });
  fields.unique(
    values.map(({ key }) => key),
    'value-repeated',
    (index) => `${field}.values.${index}.key`,
  );
  if (LISTS.includes(datatype) !== values.length > 0)
    fields.problem('values-not-of-datatype', `${field}.values`);
  return {
    code: code(fields, one.code, `${field}.code`),
    datatype: datatype as Datatype,
    required: flag(fields, one.required, `${field}.required`, false),
    variable: flag(fields, one.variable, `${field}.variable`, true),
    text: fields.texts(one.text, `${field}.text`, MAX_WORDS_LENGTH),
    ...words(fields, one.hint, 'hint', field),
    values,
  };
}

function readStates(fields: Fields, value: unknown): MatterStateEntry[] {
  const own = fields.list(value, 'states', MAX_STATES).map((item, index): MatterStateEntry => {
    const field = `states.${index}`;
    const one = fields.object(item, field, ['id', 'kind', 'stops', 'name', 'open311']);
    const state = code(fields, one.id, `${field}.id`);
    // Of a state that comes with the program the file says what it says, and all else stays.
    const first = FIRST_STATES.find((known) => known.state === state);
    const kind = fields.text(one.kind ?? first?.kind, `${field}.kind`);
    if (!(STATE_KINDS as readonly string[]).includes(kind))
      fields.problem('state-kind-unknown', `${field}.kind`);
    // Folds, rules and Open311 speak of these, so what they mean stays.
    if (first !== undefined && first.kind !== kind) fields.problem('state-kind-fixed', `${field}.kind`);
    const stops = flag(fields, one.stops, `${field}.stops`, first?.stops ?? false);
    const usual = kind === 'open' ? 'open' : 'closed';
    if (stops && kind !== 'open') fields.problem('state-stops-closed', `${field}.stops`);
    return {
      state,
      kind: kind as MatterStateEntry['kind'],
      stops,
      name: fields.texts(one.name, `${field}.name`, MAX_NAME_LENGTH),
      open311: code(fields, one.open311 ?? first?.open311 ?? usual, `${field}.open311`),
    };
  });
  fields.unique(
    own.map(({ state }) => state),
    'state-repeated',
    (index) => `states.${index}.id`,
  );
  return [...new Map([...FIRST_STATES, ...own].map((state) => [state.state, state])).values()];
}

/** Those whose parents are there, parents first; what is in a circle or under nothing is left out. */
function parentsFirst(categories: readonly CategoryEntry[]): CategoryEntry[] {
  const sorted: CategoryEntry[] = [];
  const done = new Set<string | undefined>([undefined]);
  for (let before = -1; before !== sorted.length;) {
    before = sorted.length;
    for (const one of categories) {
      if (done.has(one.id) || !done.has(one.parent)) continue;
      done.add(one.id);
      sorted.push(one);
    }
  }
  return sorted;
}

function code(fields: Fields, value: unknown, field: string): string {
  const text = fields.text(value, field);
  if (typeof value === 'string' && !CODE.test(text)) fields.problem('code-invalid', field);
  return text;
}

function words(
  fields: Fields,
  value: unknown,
  name: 'description' | 'notice' | 'hint',
  field: string,
): Partial<Record<typeof name, Texts>> {
  return value === undefined ? {} : { [name]: fields.texts(value, `${field}.${name}`, MAX_WORDS_LENGTH) };
}

function flag(fields: Fields, value: unknown, field: string, usual: boolean): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? usual;
  fields.problem('boolean-expected', field);
  return usual;
}

function whole(fields: Fields, value: unknown, field: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  fields.problem('number-invalid', field, { least, most });
  return least;
}

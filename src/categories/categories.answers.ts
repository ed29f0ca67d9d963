/**
 * What the addresses of categories take and answer, as schemas with examples. What a file may hold is checked by
 * `readCategories`.
 */
import { Type } from 'typebox';
import { closed, Code, Count, Id } from '../../projections/events/schema.js';
import { MatterKind, StateKind } from '../../projections/events/complaints.js';
import { MATTER_KINDS, STATE_KINDS } from '../../projections/matter.js';
import { CityImportedAnswer } from '../city/city.answers.js';
import type { Texts as Said } from '../contents/text.js';
import { Words } from '../contents/contents.answers.js';
import { defined } from '../rest/defined.js';
import type { NamedCategory, NamedState } from './categories.queries.js';

const { Optional } = Type;
const Texts = Type.Record(Type.String(), Type.String(), { description: 'By language', minProperties: 1 });

/** `docs/categories.md` explains each field. */
export const CategoriesFileBody = closed({
  $comment: Optional(Type.String()),
  categories: Type.Array(
    closed({
      $comment: Optional(Type.String()),
      id: Code,
      parent: Optional(Code),
      name: Texts,
      description: Optional(Texts),
      kinds: Optional(Type.Array(Type.String({ enum: [...MATTER_KINDS] }))),
      department: Optional(Id),
      questions: Optional(
        Type.Array(
          closed({
            code: Code,
            datatype: Optional(
              Type.String({
                enum: ['string', 'text', 'number', 'datetime', 'singlevaluelist', 'multivaluelist'],
              }),
            ),
            required: Optional(Type.Boolean()),
            variable: Optional(Type.Boolean()),
            text: Texts,
            hint: Optional(Texts),
            values: Optional(Type.Array(closed({ key: Code, name: Texts }))),
          }),
          { maxItems: 30 },
        ),
      ),
      notice: Optional(Texts),
      anonymous: Optional(Type.Boolean()),
      confirm: Optional(Type.Boolean()),
      targetDays: Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
      radius: Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
      keywords: Optional(Type.Array(Code)),
    }),
    { maxItems: 200 },
  ),
  states: Optional(
    Type.Array(
      closed({
        id: Code,
        kind: Type.String({ enum: [...STATE_KINDS] }),
        stops: Optional(Type.Boolean()),
        name: Texts,
        open311: Optional(Code),
      }),
      { maxItems: 50 },
    ),
  ),
});

/** Made up. */
export const CATEGORIES_FILE_EXAMPLE = {
  categories: [
    { id: 'lighting', name: { es: 'Alumbrado', en: 'Lighting' }, kinds: [] },
    {
      id: 'street-lamp',
      parent: 'lighting',
      name: { es: 'Farola apagada', en: 'Street lamp out' },
      kinds: ['complaint'],
      department: 'works',
      targetDays: 10,
      radius: 50,
      questions: [
        {
          code: 'lamp',
          datatype: 'singlevaluelist',
          required: true,
          text: { es: '¿Qué le pasa?' },
          values: [
            { key: 'off', name: { es: 'Está apagada' } },
            { key: 'flickers', name: { es: 'Parpadea' } },
          ],
        },
      ],
    },
  ],
  states: [{ id: 'on-hold', kind: 'open', name: { es: 'En espera' }, open311: 'investigating' }],
};

const PublicQuestion = closed({
  code: Code,
  datatype: Type.String(),
  required: Type.Boolean(),
  variable: Type.Boolean(),
  text: Words,
  hint: Optional(Words),
  values: Type.Array(closed({ key: Code, name: Words })),
});
export const CategoriesAnswer = {
  schema: closed({
    categories: Type.Array(
      closed({
        id: Code,
        parent: Optional(Code),
        name: Words,
        description: Optional(Words),
        notice: Optional(Words),
        kinds: Type.Array(MatterKind),
        department: Optional(Id),
        questions: Type.Array(PublicQuestion),
        anonymous: Type.Boolean(),
        confirm: Type.Boolean(),
        targetDays: Optional(Count),
        radius: Count,
        keywords: Type.Array(Code),
        withdrawn: Optional(Type.Boolean()),
      }),
    ),
    states: Type.Array(
      closed({
        id: Code,
        kind: StateKind,
        stops: Type.Boolean({ description: 'The legal clock stands in it' }),
        name: Words,
        open311: Code,
        withdrawn: Optional(Type.Boolean()),
      }),
    ),
  }),
  example: {
    categories: [
      {
        id: 'street-lamp',
        parent: 'lighting',
        name: { es: 'Farola apagada', en: 'Street lamp out' },
        kinds: ['complaint'],
        department: 'works',
        questions: [
          {
            code: 'lamp',
            datatype: 'singlevaluelist',
            required: true,
            variable: true,
            text: { es: '¿Qué le pasa?' },
            values: [{ key: 'off', name: { es: 'Está apagada' } }],
          },
        ],
        anonymous: true,
        confirm: false,
        targetDays: 10,
        radius: 50,
        keywords: ['lamp'],
      },
    ],
    states: [{ id: 'open', kind: 'open', stops: false, name: { es: 'Abierta' }, open311: 'open' }],
  },
};

export const CategoriesImportedAnswer = {
  schema: Type.Object(
    {
      ...CityImportedAnswer.schema.properties,
      withdrawn: Type.Array(Code, { description: 'Categories that the file does not name any more' }),
      withdrawnStates: Type.Array(Code),
    },
    { additionalProperties: false },
  ),
  example: { ...CityImportedAnswer.example, withdrawn: ['phone-box'], withdrawnStates: [] },
};

export function categoryJson({ row, texts }: NamedCategory) {
  const namesOf = (ref: { id: string } | undefined): Said | undefined => ref && (texts.get(ref.id) ?? {});
  const {
    categoryId,
    parent,
    kinds,
    department,
    questions,
    anonymous,
    confirm,
    targetDays,
    radius,
    keywords,
  } = row;
  return {
    id: categoryId,
    ...defined({ parent, department, targetDays, withdrawn: row.withdrawn }),
    ...defined({ description: namesOf(row.description), notice: namesOf(row.notice) }),
    name: namesOf(row.name),
    kinds,
    questions: questions.map(({ order: _order, text, hint, values, ...question }) => ({
      ...question,
      text: namesOf(text),
      ...defined({ hint: namesOf(hint) }),
      values: values.map(({ key, name }) => ({ key, name: namesOf(name) })),
    })),
    anonymous,
    confirm,
    radius,
    keywords,
  };
}

export function stateJson({ state, kind, stops, name, open311, withdrawn }: NamedState) {
  return { id: state, kind, stops, name, open311, ...defined({ withdrawn }) };
}

/** A file of categories in the description of the API. What a file may hold is checked by `readCategories`. */
import { Type } from 'typebox';
import { closed, Code, Id } from '../../projections/events/schema.js';
import { MATTER_KINDS, STATE_KINDS } from '../../projections/matters.view.js';

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

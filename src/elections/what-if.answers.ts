/** What counting under another ruleset takes and answers, as schemas with an example. Sums are decimal strings. */
import { Type } from 'typebox';
import { closed, Code, Id } from '../../projections/events/schema.js';
import { Outcome, OUTCOME, Tally, TALLY, Whole } from './elections.answers.js';

const Preferences = closed({ first: Whole, second: Whole, indifferent: Whole });
const money = { first: Whole, second: Whole };

export const WhatIfAnswerShape = {
  schema: closed({
    /** The official count, which is the first of the two in every comparison. */
    official: Tally,
    /** As it was counted, with what was not given. */
    ruleset: Type.Record(Type.String(), Type.Unknown()),
    areas: Type.Array(
      closed({
        area: Id,
        outcome: Outcome,
        comparison: closed({
          gained: Type.Array(Id),
          lost: Type.Array(Id),
          byApprovals: Preferences,
          byCost: Preferences,
          withNothing: closed({ ...money, both: Whole }),
        }),
      }),
    ),
    /** What the funded projects get, over all areas. Projects without a category are under the empty label. */
    money: closed({
      byArea: Type.Array(closed({ label: Id, ...money })),
      byCategory: Type.Array(closed({ label: Type.Union([Code, Type.Literal('')]), ...money })),
    }),
  }),
  example: {
    official: TALLY,
    ruleset: {
      v: 1,
      rule: 'equal-shares',
      utility: 'cost',
      completion: 'none',
      score: { by: 'votes' },
      tieOrder: ['lowest-cost', 'most-votes'],
    },
    areas: [
      {
        area: 'centre',
        outcome: { ...OUTCOME, rule: 'equal-shares' },
        comparison: {
          gained: ['P-01'],
          lost: [],
          byApprovals: { first: '0', second: '4120', indifferent: '4914' },
          byCost: { first: '0', second: '4120', indifferent: '4914' },
          withNothing: { first: '9034', second: '4914', both: '4914' },
        },
      },
    ],
    money: {
      byArea: [{ label: 'centre', first: '0', second: '2500000' }],
      byCategory: [{ label: 'environment', first: '0', second: '2500000' }],
    },
  },
};

export const RULESET = { ruleset: { rule: 'equal-shares', utility: 'cost', completion: 'none' } };

/** What the address of an explanation answers, as a schema with an example. Its fields: docs/counting/explanation.md. */
import { Type } from 'typebox';
import { closed, Code, Count, Id, Uuid } from '../../projections/events/schema.js';
import { Fraction, oneOf, Outcome, OUTCOME, Tally, TALLY, Whole } from './elections.answers.js';

const { Optional } = Type;
/** Votes that need not be whole: at most two decimals. */
const Decimal = Type.String({ pattern: '^\\d+(\\.\\d\\d)?$' });
const Amount = closed({ project: Id, amount: Whole });
const Label = Type.Union([Code, Type.Literal('')]);
const Level = closed({ utility: Whole, voters: Whole });

const Round = closed({
  project: Id,
  price: Whole,
  inFull: Whole,
  allTheyHad: Whole,
  /** Under bounded overspending, as is `weighed`. */
  overspent: Optional(Whole),
  offers: Type.Array(closed({ project: Id, effective: Decimal, price: Whole, weighed: Optional(Whole) })),
  behind: Optional(Decimal),
});

const Fairness = closed({
  voters: closed({
    voters: Whole,
    withNothing: Whole,
    empty: Whole,
    byApprovals: Type.Array(Level),
    byCost: Type.Array(Level),
  }),
  categories: Type.Array(
    closed({ label: Label, cost: Whole, ofCost: Fraction, votes: Whole, ofVotes: Fraction }),
  ),
  effectiveSupport: Type.Array(closed({ project: Id, part: Fraction })),
  ejrPlusUpToOne: Type.Array(closed({ project: Id, voters: Whole, utility: Whole })),
});

const Explanation = closed({
  v: Type.Literal(1),
  outcome: Outcome,
  /** Under the greedy family and bounded overspending. */
  turns: Optional(Type.Array(closed({ project: Id, remaining: Whole }))),
  /** Under equal shares, exact equal shares and bounded overspending. */
  utility: Optional(oneOf('cost', 'cardinality', 'score')),
  rounds: Optional(Type.Array(Round)),
  /** Under Phragmén. */
  purchases: Optional(
    Type.Array(
      closed({
        project: Id,
        earned: Whole,
        runnerUp: Optional(closed({ project: Id, earned: Whole })),
      }),
    ),
  ),
  stop: Optional(closed({ projects: Type.Array(Id), earned: Whole })),
  losers: Type.Array(
    closed({
      project: Id,
      held: Optional(Whole),
      left: Optional(Whole),
      missing: Optional(Whole),
      paid: Optional(Type.Array(Amount)),
      cost: Optional(Whole),
      support: Optional(Whole),
    }),
  ),
  runnersUp: Type.Array(Id),
  fairness: Fairness,
});

export const ExplanationAnswer = {
  schema: closed({
    tally: closed({ ...Tally.properties, through: Count, position: Count }),
    explanation: closed({
      v: Type.Literal(1),
      electionId: Uuid,
      through: Count,
      areas: Type.Array(closed({ area: Id, explanation: Explanation })),
    }),
  }),
  example: {
    tally: { ...TALLY, through: 9120, position: 9121 },
    explanation: {
      v: 1,
      electionId: '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11',
      through: 9120,
      areas: [
        {
          area: 'centre',
          explanation: {
            v: 1,
            outcome: { ...OUTCOME, rule: 'equal-shares', endowment: '10000000/9034' },
            utility: 'cost',
            rounds: [
              {
                project: 'P-01',
                price: '607',
                inFull: '4120',
                allTheyHad: '0',
                offers: [
                  { project: 'P-01', effective: '4120', price: '607' },
                  { project: 'P-02', effective: '3981.25', price: '880' },
                ],
                behind: '138.75',
              },
            ],
            losers: [
              {
                project: 'P-02',
                held: '4406996',
                left: '2208417',
                missing: '1291583',
                paid: [{ project: 'P-01', amount: '2198579' }],
                cost: '2208417',
                support: '1167',
              },
            ],
            runnersUp: ['P-02'],
            fairness: {
              voters: {
                voters: '9034',
                withNothing: '4914',
                empty: '0',
                byApprovals: [
                  { utility: '0', voters: '4914' },
                  { utility: '1', voters: '4120' },
                ],
                byCost: [
                  { utility: '0', voters: '4914' },
                  { utility: '2500000', voters: '4120' },
                ],
              },
              categories: [
                { label: 'environment', cost: '2500000', ofCost: '1', votes: '4120', ofVotes: '1' },
              ],
              effectiveSupport: [{ project: 'P-01', part: '2060/4517' }],
              ejrPlusUpToOne: [],
            },
          },
        },
      ],
    },
  },
};

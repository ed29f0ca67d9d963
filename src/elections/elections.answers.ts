/** What the addresses of elections answer, as schemas with examples, and examples of what they take. Positions and sums are decimal strings, amounts minor units. */
import { Type, type TSchema } from 'typebox';
import { Words } from '../contents/contents.answers.js';
import { AS_OF } from '../rest/as-of.js';
import { AnnulmentRule, BallotRules, Reason, Schedule } from '../../projections/events/elections.js';
import {
  Bytes32,
  closed,
  Code,
  Count,
  Id,
  Instant,
  Microdegrees,
  Money,
  Uuid,
} from '../../projections/events/schema.js';

const { Optional } = Type;
/** A whole number that may pass 2^53. */
export const Whole = Type.String({ pattern: '^\\d{1,40}$' });
/** `7` or `7/2`. */
export const Fraction = Type.String({ pattern: '^\\d+(/\\d+)?$' });
/** By language. */

const Signed = Type.String({ pattern: '^-?\\d{1,19}$' });

export function oneOf(...values: string[]): TSchema {
  return Type.String({ enum: values });
}

const electionId = '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11';
const HASH = 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M';
const at = '2026-05-15T20:00:01.000Z';

const summary = {
  id: Uuid,
  title: Words,
  phase: oneOf('defined', 'open', 'suspended', 'closed', 'opened', 'counted', 'certified', 'annulled'),
  schedule: Schedule,
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  origin: oneOf('live', 'import'),
  onRoll: Count,
  turnout: closed({ web: Count, paper: Count }),
};
const summaryExample = {
  id: electionId,
  title: { es: 'Presupuesto participativo 2026' },
  phase: 'counted',
  schedule: {
    opensAt: '2026-05-01T08:00:00.000Z',
    closesAt: '2026-05-15T20:00:00.000Z',
    claimsUntil: '2026-05-25T20:00:00.000Z',
  },
  currency: 'EUR',
  origin: 'live',
  onRoll: 48210,
  turnout: { web: 8021, paper: 1013 },
};

const links = closed({ next: Optional(Type.String()) });

export const ElectionListAnswer = {
  schema: closed({ items: Type.Array(closed(summary)), next: Optional(Type.String()), links, ...AS_OF }),
  example: { items: [summaryExample], links: {} },
};

export const Tally = closed({
  number: Count,
  through: Whole,
  at: Instant,
  position: Whole,
  inputDigest: Bytes32,
  outputDigest: Bytes32,
  cast: Count,
  counted: Count,
  revoked: Optional(Type.Literal(true)),
});
export const TALLY = {
  number: 1,
  through: '9120',
  at,
  position: '9121',
  inputDigest: HASH,
  outputDigest: HASH,
  cast: 9100,
  counted: 9034,
};

export const ElectionAnswer = {
  schema: closed({
    ...summary,
    profile: oneOf('open'),
    disclosure: oneOf('at-close', 'immediate'),
    areas: Type.Array(closed({ id: Id, budget: Money })),
    ballot: BallotRules,
    paper: closed({
      rule: oneOf('prevails', 'yields', 'none'),
      batches: Count,
      sheets: Count,
      reconciled: Optional(closed({ marks: Count, surplus: Count })),
    }),
    ruleset: closed({ hash: Bytes32, body: Optional(Type.Record(Type.String(), Type.Unknown())) }),
    opening: Optional(
      closed({
        e: Bytes32,
        boxKey: Bytes32,
        rollRoot: Bytes32,
        optionsRoot: Bytes32,
        at: Instant,
        position: Whole,
      }),
    ),
    key: Optional(closed({ secret: Bytes32, at: Instant, position: Whole })),
    counts: Type.Array(Tally),
    certified: Optional(
      closed({ tally: Count, at: Instant, position: Whole, outputDigest: Bytes32, by: Type.Array(Id) }),
    ),
    annulments: Type.Array(
      closed({
        actId: Uuid,
        at: Instant,
        position: Whole,
        rule: AnnulmentRule,
        scope: oneOf('ballot', 'voter'),
        count: Count,
        basis: Reason,
        afterKey: Type.Boolean(),
        words: Optional(Words),
      }),
    ),
    history: Type.Array(
      closed({
        what: Type.String(),
        at: Instant,
        actor: Id,
        position: Whole,
        reason: Optional(Reason),
        approvedBy: Optional(Type.Array(Id)),
        words: Optional(Words),
      }),
    ),
    ...AS_OF,
  }),
  example: {
    ...summaryExample,
    profile: 'open',
    disclosure: 'at-close',
    areas: [{ id: 'centre', budget: 10_000_000 }],
    ballot: { type: 'approval', min: 1, max: 5, repeats: 'refuse', limits: 'refuse', sealedBytes: 448 },
    paper: { rule: 'none', batches: 0, sheets: 0 },
    ruleset: {
      hash: HASH,
      body: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['lowest-cost'] },
    },
    opening: {
      e: HASH,
      boxKey: HASH,
      rollRoot: HASH,
      optionsRoot: HASH,
      at: '2026-05-01T08:00:00.000Z',
      position: '19',
    },
    key: { secret: HASH, at, position: '9119' },
    counts: [TALLY],
    annulments: [],
    history: [
      { what: 'ElectionDefined', at: '2026-04-20T09:00:00.000Z', actor: 'officer-1', position: '12' },
    ],
  },
};

export const OptionListAnswer = {
  schema: closed({
    items: Type.Array(
      closed({
        id: Id,
        area: Id,
        cost: Money,
        category: Optional(Code),
        place: Optional(closed({ lat: Microdegrees, lon: Microdegrees })),
        withdrawn: Optional(Type.Literal(true)),
        title: Words,
        /** The content that holds the title: /api/v1/contents/{id}. */
        content: Uuid,
      }),
    ),
    ...AS_OF,
  }),
  example: {
    items: [
      {
        id: 'P-01',
        area: 'centre',
        cost: 2_500_000,
        category: 'environment',
        place: { lat: 43_532_100, lon: -5_661_100 },
        title: { es: 'Mil árboles' },
        content: '0190f3a2-6d1e-7c44-9f0b-2c9f6b1f1a55',
      },
    ],
  },
};

export const TurnoutAnswer = {
  schema: closed({
    onRoll: Count,
    perArea: Type.Array(closed({ area: Id, count: Count })),
    /** Voters with a web ballot, and voters marked for paper. */
    web: Count,
    paper: Count,
    /** Ballots, those that replace an earlier one included. */
    ballots: Count,
    hours: Type.Array(closed({ hour: Instant, web: Count, paper: Count })),
    ...AS_OF,
  }),
  example: {
    onRoll: 48210,
    perArea: [{ area: 'centre', count: 48210 }],
    web: 9034,
    paper: 0,
    ballots: 9100,
    hours: [{ hour: '2026-05-01T08:00:00.000Z', web: 212, paper: 0 }],
  },
};

const Why = closed({
  code: oneOf(
    'funded',
    'funded-with-reserve',
    'funded-from-reserve',
    'part-funded',
    'withdrawn',
    'below-threshold',
    'conflict',
    'does-not-fit',
    'after-stop',
    'bought',
    'completed',
    'supporters-short',
    'below-cost-support',
    'no-support',
    'supporters-cannot-pay',
    'not-in-optimum',
    'allocated',
    'not-whole',
  ),
  of: Optional(Type.String()),
  remaining: Optional(Signed),
  needed: Optional(Whole),
  missing: Optional(Whole),
  with: Optional(Id),
  stoppedBy: Optional(Id),
  money: Optional(Whole),
  round: Optional(Whole),
  paid: Optional(Whole),
});
const Stratum = closed({
  ballots: Whole,
  votes: Type.Array(closed({ id: Id, votes: Whole, score: Whole })),
  funded: Optional(Type.Array(Id)),
});
export const Outcome = closed({
  rule: Type.String(),
  budget: Whole,
  funded: Type.Array(Id),
  cost: Whole,
  /** What reserve money pays beside it. */
  reserve: Optional(Whole),
  /** Voters who prefer equal shares or greedy, where the two were compared. */
  comparison: Optional(closed({ shares: Whole, greedy: Whole, indifferent: Whole })),
  ballots: Whole,
  /** What a voter held in the end for each unit of weight, where supporters share the money. */
  endowment: Optional(Fraction),
  projects: Type.Array(
    closed({
      id: Id,
      cost: Whole,
      votes: Whole,
      score: Whole,
      rank: Count,
      funded: Type.Boolean(),
      reason: Why,
    }),
  ),
  ties: Type.Array(
    closed({
      score: Whole,
      /** What that is, where it is no score of ballots. */
      of: Optional(oneOf('paid', 'earned', 'payers', 'worth')),
      perCost: Optional(Whole),
      projects: Type.Array(Id),
      decidedBy: Type.Array(Type.String()),
      matters: Type.Boolean(),
    }),
  ),
});
const votes = [{ id: 'P-01', votes: '4120', score: '4120' }];

export const OUTCOME = {
  rule: 'greedy',
  budget: '10000000',
  funded: ['P-01'],
  cost: '2500000',
  ballots: '9034',
  projects: [
    {
      id: 'P-01',
      cost: '2500000',
      votes: '4120',
      score: '4120',
      rank: 1,
      funded: true,
      reason: { code: 'funded', remaining: '10000000' },
    },
  ],
  ties: [],
};

export const ResultAnswer = {
  schema: closed({
    tally: closed({ ...Tally.properties, through: Count, position: Count }),
    certified: Type.Boolean(),
    /** Its digest is `outputDigest` of the tally. */
    result: closed({
      v: Type.Literal(1),
      electionId: Uuid,
      through: Count,
      ruleset: Bytes32,
      ballots: closed({
        cast: Count,
        counted: Count,
        spoiled: Count,
        superseded: Count,
        late: Count,
        suspended: Count,
        annulled: Count,
        paper: Count,
      }),
      paper: closed({ batches: Count, sheets: Count, counted: Count, marks: Count, surplus: Count }),
      spoiled: Type.Array(closed({ id: Type.String(), reason: Code })),
      breaches: Type.Array(closed({ id: Type.String(), code: Code, area: Id })),
      areas: Type.Array(closed({ area: Id, together: Outcome, web: Stratum, paper: Stratum })),
    }),
    ...AS_OF,
  }),
  example: {
    tally: { ...TALLY, through: 9120, position: 9121 },
    certified: false,
    result: {
      v: 1,
      electionId,
      through: 9120,
      ruleset: HASH,
      ballots: {
        cast: 9100,
        counted: 9034,
        spoiled: 0,
        superseded: 66,
        late: 0,
        suspended: 0,
        annulled: 0,
        paper: 0,
      },
      paper: { batches: 0, sheets: 0, counted: 0, marks: 0, surplus: 0 },
      spoiled: [],
      breaches: [],
      areas: [
        {
          area: 'centre',
          together: OUTCOME,
          web: { ballots: '9034', votes, funded: ['P-01'] },
          paper: { ballots: '0', votes: [{ id: 'P-01', votes: '0', score: '0' }], funded: [] },
        },
      ],
    },
  },
};

export const REASON = { code: 'storm', texts: { es: 'Temporal: los centros cerraron un día.' } };

export const DEFINITION = {
  title: { es: 'Presupuesto participativo 2026' },
  disclosure: 'at-close',
  currency: 'EUR',
  areas: [{ id: 'centre', budget: 10_000_000 }],
  ballot: { type: 'approval', min: 1, max: 5, repeats: 'refuse', limits: 'refuse' },
  ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['lowest-cost', 'most-votes'] },
  schedule: summaryExample.schedule,
  paper: 'none',
  options: [{ id: 'P-01', area: 'centre', cost: 2_500_000, title: { es: 'Mil árboles' } }],
};

export const ROLL = { lines: [{ person: 'line 1042', k: HASH, areas: ['centre'] }], last: true };

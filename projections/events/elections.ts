/** What happens to an election, from its definition to its certified result. Stream `election-<electionId>`. */
import { Type } from 'typebox';
import {
  Approvals,
  Bytes32,
  closed,
  Code,
  ContentRef,
  Count,
  eventType,
  Id,
  Instant,
  Microdegrees,
  Money,
  Sealed,
  Uuid,
} from './schema.js';

/** Why staff did something: a code that statistics can count, and words in a content that can be erased. */
export const Reason = closed({ code: Code, content: Type.Optional(ContentRef) });

/** Limits of one area's part of a ballot. Which fields apply depends on the type; see `docs/counting/README.md`. */
export const BallotRules = closed({
  type: Type.Union([
    Type.Literal('approval'),
    Type.Literal('knapsack'),
    Type.Literal('choose-1'),
    Type.Literal('cumulative'),
    Type.Literal('ordinal'),
    Type.Literal('yes-no'),
  ]),
  /** Least and most options in one area. */
  min: Count,
  max: Count,
  /** Cumulative only: least and most points in sum. */
  minSum: Type.Optional(Count),
  maxSum: Type.Optional(Count),
  /** Approval only: the most that the chosen options may cost together, beside the area's budget for knapsack. */
  maxCost: Type.Optional(Money),
  /** An option twice in one ballot: refused, or counted as often as it stands there (as some cities do). */
  repeats: Type.Union([Type.Literal('refuse'), Type.Literal('count')]),
  /** A ballot outside the limits: refused, or counted and reported (a city's paper may break its own limits). */
  limits: Type.Union([Type.Literal('refuse'), Type.Literal('report')]),
  /** Every sealed plaintext is padded to this many bytes, so that its length says nothing. */
  sealedBytes: Type.Integer({ minimum: 64, maximum: 30_000 }),
});

export const Schedule = closed({
  opensAt: Instant,
  /** Exclusive: a ballot at this instant is late. */
  closesAt: Instant,
  /** End of the claims period; certification comes after it. */
  claimsUntil: Instant,
});

export const Option = closed({
  id: Id,
  area: Id,
  cost: Money,
  category: Type.Optional(Code),
  place: Type.Optional(closed({ lat: Microdegrees, lon: Microdegrees })),
  title: ContentRef,
  /** Stays listed and votable in old ballots, and is never funded. */
  withdrawn: Type.Optional(Type.Literal(true)),
});

/** Everything about an election that its definition fixes, apart from options, roll and box key. */
const definition = {
  electionId: Uuid,
  title: ContentRef,
  profile: Type.Literal('open'),
  disclosure: Type.Union([Type.Literal('at-close'), Type.Literal('immediate')]),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  areas: Type.Array(closed({ id: Id, budget: Money }), { minItems: 1, maxItems: 200 }),
  ballot: BallotRules,
  ruleset: Bytes32,
  schedule: Schedule,
  /** Whether a mark for paper voids web ballots, yields to them, or no paper is used. */
  paper: Type.Union([Type.Literal('prevails'), Type.Literal('yields'), Type.Literal('none')]),
  /** `import`: cast with test keys from a file of an election that was held elsewhere. */
  origin: Type.Union([Type.Literal('live'), Type.Literal('import')]),
};

/** The ruleset as data; its hash `HT("ruleset", JCS(ruleset))` stands in the definition. */
export const RulesetPublished = eventType('RulesetPublished', 1, {
  electionId: Uuid,
  hash: Bytes32,
  ruleset: Type.Record(Type.String({ pattern: '^[A-Za-z0-9_]{1,64}$' }), Type.Unknown()),
});
export const ElectionDefined = eventType('ElectionDefined', 1, definition);
/** Replaces the definition; only before voting opens. */
export const ElectionAmended = eventType('ElectionAmended', 1, { ...definition, reason: Reason });
/** A listing of options in chunks; a listing with a higher number replaces the one before as soon as its last chunk stands. */
export const OptionsListed = eventType('OptionsListed', 1, {
  electionId: Uuid,
  listing: Count,
  chunk: Count,
  last: Type.Boolean(),
  options: Type.Array(Option, { minItems: 1, maxItems: 150 }),
});

/** `e` is what every ballot binds to: `HT("definition", JCS(definition))`, see `projections/definition.ts`. */
export const VotingOpened = eventType('VotingOpened', 1, {
  electionId: Uuid,
  e: Bytes32,
  boxKey: Bytes32,
  rollRoot: Bytes32,
  optionsRoot: Bytes32,
});
export const VotingExtended = eventType('VotingExtended', 1, {
  electionId: Uuid,
  schedule: Schedule,
  reason: Reason,
});
export const VotingSuspended = eventType('VotingSuspended', 1, { electionId: Uuid, reason: Reason });
export const VotingResumed = eventType('VotingResumed', 1, { electionId: Uuid, reason: Reason });
/** `early` needs two persons; `schedule` is the scheduler's. */
export const VotingClosed = eventType('VotingClosed', 1, {
  electionId: Uuid,
  cause: Type.Union([Type.Literal('schedule'), Type.Literal('early')]),
  actId: Type.Optional(Uuid),
  reason: Type.Optional(Reason),
  approvals: Type.Optional(Approvals),
});
export const VotingReopened = eventType('VotingReopened', 1, {
  electionId: Uuid,
  actId: Uuid,
  schedule: Schedule,
  reason: Reason,
  approvals: Approvals,
});

/** Paper sheets, keyed twice, sealed to the election's key like a ballot until the key is published. */
export const PaperBatchRecorded = eventType('PaperBatchRecorded', 1, {
  electionId: Uuid,
  actId: Uuid,
  batch: Id,
  sheets: Count,
  /** `HT("paper-batch", salt, JCS(sheets))`: what both officers signed. */
  digest: Bytes32,
  x: Bytes32,
  b: Sealed,
  approvals: Approvals,
});
/**
 * Sheets were compared with marks; a surplus is printed in the record. Without it the key is not published. Where there are
 * fewer sheets than marks it is an act of two persons with a reason: those voters' web ballots are void, and their paper
 * cannot be keyed any more once the key is public.
 */
export const PaperReconciled = eventType('PaperReconciled', 1, {
  electionId: Uuid,
  batches: Count,
  sheets: Count,
  marks: Count,
  surplus: Count,
  actId: Type.Optional(Uuid),
  reason: Type.Optional(Reason),
  approvals: Type.Optional(Approvals),
});
/** From here on everybody opens and counts, and nothing is extended, reopened or resumed. */
export const ElectionKeyPublished = eventType('ElectionKeyPublished', 1, {
  electionId: Uuid,
  secret: Bytes32,
});

/** A count of the ballots up to `through` (exclusive position); the outcome with `outputDigest` is recomputed by anybody. */
export const TallyPublished = eventType('TallyPublished', 1, {
  electionId: Uuid,
  number: Count,
  through: Count,
  ruleset: Bytes32,
  inputDigest: Bytes32,
  outputDigest: Bytes32,
  cast: Count,
  counted: Count,
});
export const ResultCertified = eventType('ResultCertified', 1, {
  electionId: Uuid,
  actId: Uuid,
  tally: Count,
  outputDigest: Bytes32,
  approvals: Approvals,
});
export const ResultRevoked = eventType('ResultRevoked', 1, {
  electionId: Uuid,
  actId: Uuid,
  tally: Count,
  reason: Reason,
  approvals: Approvals,
});

/** A named pure predicate over the log's metadata, never over opened votes; see `projections/annulment.ts`. */
export const AnnulmentRule = Type.Union([
  closed({ name: Type.Literal('positions'), first: Count, last: Count }),
  closed({ name: Type.Literal('hours'), from: Instant, until: Instant }),
  closed({ name: Type.Literal('more-than'), ballots: Count }),
  closed({ name: Type.Literal('single'), ballot: Bytes32, claim: Id }),
]);
/**
 * In chunks under one act. The approvals sign the act without `chunk`, `ids` and `approvals`.
 * `scope`: only these ballots (the voter's next highest counts), or every ballot of these voters.
 */
export const BallotsAnnulled = eventType('BallotsAnnulled', 1, {
  electionId: Uuid,
  actId: Uuid,
  rule: AnnulmentRule,
  scope: Type.Union([Type.Literal('ballot'), Type.Literal('voter')]),
  /** The rule was applied to ballots before this position. */
  through: Count,
  count: Count,
  /** Merkle root over `HT("ballot", id)` in byte order of the ids. */
  idsRoot: Bytes32,
  afterKey: Type.Boolean(),
  basis: Reason,
  approvals: Approvals,
  chunk: Count,
  ids: Type.Array(Bytes32, { minItems: 1, maxItems: 1_000 }),
});
export const ElectionAnnulled = eventType('ElectionAnnulled', 1, {
  electionId: Uuid,
  actId: Uuid,
  basis: Reason,
  approvals: Approvals,
});

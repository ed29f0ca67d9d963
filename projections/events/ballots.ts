/** The roll (stream `roll-<electionId>`) and what one voter does (stream `ballots-<electionId>.<v>`). */
import { Type } from 'typebox';
import { Bytes32, Bytes64, closed, Code, Count, eventType, Id, Pseudonym, Sealed, Uuid } from './schema.js';

/** One line of the roll: `k` is absent where somebody can vote on paper only. */
export const RollEntry = closed({
  v: Pseudonym,
  k: Type.Optional(Bytes32),
  areas: Type.Array(Id, { minItems: 1, maxItems: 200 }),
  /** Weight of the voter's ballot. */
  w: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** Class of voters, `all` where there is only one. */
  g: Type.Optional(Code),
  /** Salted commitment to the line of the census. */
  c: Bytes32,
});

/** At most 400 entries and 60,000 bytes. */
export const RollListed = eventType('RollListed', 1, {
  electionId: Uuid,
  chunk: Count,
  entries: Type.Array(RollEntry, { minItems: 1, maxItems: 400 }),
});
/** The roll is complete; `root` is the Merkle root over `HT("roll-entry", JCS(entry))` in listed order. */
export const RollCommitted = eventType('RollCommitted', 1, {
  electionId: Uuid,
  count: Count,
  perArea: Type.Array(closed({ area: Id, count: Count })),
  root: Bytes32,
});

/** One area's part of a vote: which field stands there depends on the election's ballot type. */
export const AreaVote = closed({
  a: Id,
  ids: Type.Optional(Type.Array(Id)),
  pts: Type.Optional(Type.Array(Type.Tuple([Id, Count]))),
  order: Type.Optional(Type.Array(Id)),
  choice: Type.Optional(
    Type.Array(
      Type.Tuple([Id, Type.Union([Type.Literal('yes'), Type.Literal('no'), Type.Literal('abstain')])]),
    ),
  ),
});

/** What is sealed: `vn` is the voter's own word, seen beside the opened ballot. */
export const Plaintext = closed({
  v: Type.Literal(1),
  e: Bytes32,
  k: Bytes32,
  n: Count,
  vote: Type.Array(AreaVote, { maxItems: 200 }),
  vn: Type.String({ pattern: '^[\\x20-\\x7e]{0,32}$' }),
});

const head = {
  v: Type.Literal(1),
  /** Definition hash. */
  e: Bytes32,
  /** Class of the voter. */
  cl: Code,
  /** Ballot key. */
  k: Bytes32,
  /** Sequence number of this voter's ballots, from 1. */
  n: Type.Integer({ minimum: 1, maximum: 100 }),
  /** Id of the ballot before; absent in the first. */
  p: Type.Optional(Bytes32),
};
export const SealedBallot = closed({ ...head, x: Bytes32, b: Sealed, g: Bytes64 });
/** With `disclosure: immediate` the plaintext stands in place of `x` and `b`. */
export const DisclosedBallot = closed({ ...head, t: Plaintext, g: Bytes64 });
export const Ballot = Type.Union([SealedBallot, DisclosedBallot]);

/** `at` of its leaf is cut to the full hour; the position keeps the order. */
export const BallotCast = eventType('BallotCast', 1, {
  electionId: Uuid,
  v: Pseudonym,
  id: Bytes32,
  ballot: Ballot,
});
export const BallotKeyReplaced = eventType('BallotKeyReplaced', 1, {
  electionId: Uuid,
  v: Pseudonym,
  old: Type.Optional(Bytes32),
  new: Bytes32,
});
/** The voter took a paper ballot. */
export const RollMarkedPaper = eventType('RollMarkedPaper', 1, { electionId: Uuid, v: Pseudonym });

/** What staff send for the acts of two persons about an election, with an example and every refusal of each. */
import { Type } from 'typebox';
import { AnnulmentRule } from '../../projections/events/elections.js';
import { Bytes32, closed, Code, Count, Id, Instant, Uuid } from '../../projections/events/schema.js';
import { Sheet } from '../../projections/paper.js';
import { TEXT_PROBLEMS } from '../contents/contents.problems.js';
import type { ActDescription } from '../staff/act-description.js';

const electionId = '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11';
const digest = 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M';
const reason = { code: 'storm', texts: { es: 'Temporal: los centros cerraron un día.' } };

/** Whatever the act, when it is carried out. */
const ANY = ['role-missing', 'election-unknown', 'election-annulled', 'approvals-invalid'];

/** A reason in words: the words become a content, shown as soon as the act is carried out. */
const WordedReason = closed({
  code: Code,
  texts: Type.Optional(
    Type.Record(Type.String({ pattern: '^[a-z]{2,3}$' }), Type.String({ maxLength: 2_000 })),
  ),
});

const Closing = closed({ electionId: Uuid, reason: WordedReason });
const Reopening = closed({
  electionId: Uuid,
  closesAt: Instant,
  claimsUntil: Type.Optional(Instant),
  reason: WordedReason,
});
const Certification = closed({ electionId: Uuid, tally: Count, outputDigest: Bytes32 });
const Revocation = closed({ electionId: Uuid, tally: Count, reason: WordedReason });
const BallotAnnulment = closed({
  electionId: Uuid,
  rule: AnnulmentRule,
  scope: Type.Union([Type.Literal('ballot'), Type.Literal('voter')]),
  reason: WordedReason,
});
const MissingPaper = closed({ electionId: Uuid, reason: WordedReason });
const ElectionAnnulment = closed({ electionId: Uuid, reason: WordedReason });
const Batch = closed({
  electionId: Uuid,
  batch: Id,
  sheets: Type.Array(Sheet, { minItems: 1, maxItems: 1_000 }),
});
/** The second officer keys the sheets again, from the paper. */
const SecondKeying = closed({ sheets: Type.Array(Sheet, { minItems: 1, maxItems: 1_000 }) });

export const closeEarly = {
  summary: 'Close voting before its time',
  body: Closing,
  example: { electionId, reason },
  problems: { proposing: ['invalid-input', ...TEXT_PROBLEMS], carryingOut: [...ANY, 'wrong-phase'] },
} satisfies ActDescription;

export const reopen = {
  summary: 'Reopen voting, before the key is published',
  body: Reopening,
  example: { electionId, closesAt: '2026-05-18T20:00:00.000Z', reason },
  problems: {
    proposing: ['invalid-input', 'instant-invalid', 'election-unknown', 'claims-shortened', ...TEXT_PROBLEMS],
    carryingOut: [...ANY, 'wrong-phase', 'key-published', 'schedule-in-past', 'claims-before-close'],
  },
} satisfies ActDescription;

export const certify = {
  summary: 'Certify the latest count, after the claims period',
  body: Certification,
  example: { electionId, tally: 1, outputDigest: digest },
  problems: {
    proposing: ['invalid-input'],
    carryingOut: [...ANY, 'wrong-phase', 'claims-period', 'tally-stale', 'recount-needed'],
  },
} satisfies ActDescription;

export const revoke = {
  summary: 'Revoke a certificate',
  body: Revocation,
  example: { electionId, tally: 1, reason: { code: 'claim-upheld' } },
  problems: { proposing: ['invalid-input', ...TEXT_PROBLEMS], carryingOut: [...ANY, 'not-certified'] },
} satisfies ActDescription;

export const annulElection = {
  summary: 'Annul the whole election',
  body: ElectionAnnulment,
  example: { electionId, reason: { code: 'court-order' } },
  problems: { proposing: ['invalid-input', ...TEXT_PROBLEMS], carryingOut: [...ANY, 'revoke-first'] },
} satisfies ActDescription;

export const annulBallots = {
  summary: 'Annul ballots by a rule that sees no choice and that anybody applies again',
  body: BallotAnnulment,
  example: {
    electionId,
    rule: { name: 'more-than', ballots: 1 },
    scope: 'voter',
    reason: { code: 'double-vote', texts: { es: 'Un fallo dejó votar dos veces.' } },
  },
  problems: {
    proposing: ['invalid-input', 'instant-invalid', 'election-unknown', 'nothing-to-annul', ...TEXT_PROBLEMS],
    carryingOut: [...ANY, 'wrong-phase', 'revoke-first', 'nothing-to-annul', 'too-many-to-annul'],
  },
} satisfies ActDescription;

const sheets = [{ s: 1, vote: [{ a: 'centre', ids: ['P-01'] }] }];

export const recordBatch = {
  summary: 'Record a batch of paper sheets, keyed by two officers (role paper-officer)',
  body: Batch,
  example: { electionId, batch: 'centre-1', sheets },
  second: { body: SecondKeying, example: { sheets } },
  problems: {
    proposing: [
      'invalid-input',
      'sheets-malformed',
      'election-unknown',
      'no-paper',
      'wrong-phase',
      'batch-exists',
    ],
    approving: ['invalid-input', 'sheets-malformed', 'sheets-differ'],
    carryingOut: [...ANY, 'no-paper', 'wrong-phase', 'key-published', 'batch-exists'],
  },
} satisfies ActDescription;

export const reconcileMissing = {
  summary: 'Reconcile paper where marks have no sheet: both persons sign the numbers',
  body: MissingPaper,
  example: { electionId, reason: { code: 'not-cast', texts: { es: 'Dos personas se fueron sin votar.' } } },
  problems: {
    proposing: [
      'invalid-input',
      'election-unknown',
      'no-paper',
      'wrong-phase',
      'batch-pending',
      'paper-complete',
      ...TEXT_PROBLEMS,
    ],
    carryingOut: [...ANY, 'wrong-phase', 'batch-pending', 'paper-changed', 'key-published'],
  },
} satisfies ActDescription;

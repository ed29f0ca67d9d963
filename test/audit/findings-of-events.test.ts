/** Codes of events, rolls, ballots and counts that `faults.test.ts` does not have: a log told otherwise for each. */
import { describe, expect, it } from '@jest/globals';
import nacl from 'tweetnacl';
import { actorFault } from '../../projections/audit/actors.js';
import { Findings, type Verdict } from '../../projections/audit/report.js';
import { TimeChecks } from '../../projections/audit/time-checks.js';
import { ViewChecks } from '../../projections/audit/view-checks.js';
import { ballotId, ballotMessage, type AreaVote, type SealedBallot } from '../../projections/ballot.js';
import { bytesOf, toBase64url, utf8 } from '../../projections/bytes.js';
import { canonicalBytes, parseCanonical } from '../../projections/canonical.js';
import { contentsView } from '../../projections/contents.view.js';
import type { CountResult } from '../../projections/count.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { ballotNonce, batchNonce, pad } from '../../projections/sealing.js';
import { nodeCrypto, sign } from '../../src/crypto/node-crypto.js';
import {
  ACT_ID,
  approve,
  ELECTION_ID,
  electionKey,
  OFFICERS,
  officerKeys,
  OPTIONS,
  SCHEDULE,
  SEALED_BYTES,
  seed,
} from '../elections/small-election.js';
import {
  audited,
  CASTS,
  dora,
  DURING,
  ofType,
  tell,
  votes,
  withData,
  type Cast,
  type Entry,
  type Twist,
} from './story.js';

interface Fault extends Twist {
  check: number;
  code: string;
  verdict?: Verdict;
}

const electionId = ELECTION_ID;
const OTHER = toBase64url(seed('something else'));
const reason = { code: 'storm' };

function election(event: NewEvent, at = DURING, actor = 'officer-a'): Entry {
  return { stream: `election-${electionId}`, event, at, actor };
}

const before = (type: NewEvent['type'], ...added: readonly Entry[]): Twist => ({
  edit: ofType(type, (entry) => [...added, entry]),
});

const suspended = election({ type: 'VotingSuspended', data: { electionId, reason } });

/** Dora's ballot beside those of the others. */
const castBy = (vote: readonly AreaVote[], change?: Cast['change']): Twist => ({
  casts: [...CASTS, { who: dora, vote, ...(change && { change }) }],
});

/** The ids of ballots follow what was changed in them. */
const renamed: Twist['edit'] = ofType('BallotCast', (entry) =>
  withData(entry, { id: ballotId(nodeCrypto, entry.event.data.ballot) }),
);

function resigned(ballot: SealedBallot): SealedBallot {
  return { ...ballot, g: toBase64url(sign(ballotMessage(ballot), dora.keys.secretKey)) };
}

/** Dora's box, well sealed, with something else in it. */
function filledWith(bytes: Uint8Array): Twist {
  const change: Cast['change'] = (ballot) => {
    const { k, n } = ballot as SealedBallot;
    const { publicKey, secretKey } = nacl.box.keyPair.fromSecretKey(seed('ephemeral of another box'));
    const nonce = ballotNonce(nodeCrypto, electionId, { k: bytesOf(k), n, x: publicKey });
    const b = toBase64url(nacl.box(pad(bytes, SEALED_BYTES), nonce, electionKey.publicKey, secretKey));
    return resigned({ ...(ballot as SealedBallot), x: toBase64url(publicKey), b });
  };
  return { ...castBy(votes(['bench']), change), edit: renamed };
}

/** A batch of paper in which this was sealed. */
function batchWith(bytes: Uint8Array, to = electionKey.publicKey): Twist {
  return {
    edit: ofType('PaperBatchRecorded', (entry) => {
      const { approvals: _approvals, ...data } = entry.event.data;
      const { publicKey, secretKey } = nacl.box.keyPair.fromSecretKey(seed('ephemeral of another batch'));
      const nonce = batchNonce(nodeCrypto, electionId, data.batch, publicKey);
      const b = toBase64url(nacl.box(pad(bytes, 1_024), nonce, to, secretKey));
      const batch = { ...data, x: toBase64url(publicKey), b };
      const approvals = approve({ type: 'PaperBatchRecorded', data: batch }, SCHEDULE.closesAt);
      return { ...entry, event: { type: 'PaperBatchRecorded', data: { ...batch, approvals } } };
    }),
  };
}

const points: Twist['definition'] = {
  ballot: {
    ...{ type: 'cumulative', min: 1, max: 2, minSum: 3, maxSum: 6 },
    ...{ repeats: 'refuse', limits: 'refuse', sealedBytes: SEALED_BYTES },
  },
};
const given = (bench: number): AreaVote[] => [{ a: 'city', pts: [['bench', bench]] }] as never;

/** In a result that is published with its own digest. */
const listed = (change: (spoiled: CountResult['spoiled']) => CountResult['spoiled']): Twist => ({
  result: (result) => ({ ...result, spoiled: change(result.spoiled) }),
});

/** An annulment of nothing, told otherwise. */
function annulled(change: { through?: number; chunk?: number }): Twist {
  const act = {
    ...{ electionId, actId: ACT_ID, scope: 'ballot' as const, count: 0, afterKey: false, basis: reason },
    rule: { name: 'single' as const, ballot: OTHER, claim: 'claim-1' },
    through: change.through ?? 5,
    idsRoot: toBase64url(nodeCrypto.sha256(new Uint8Array())),
  };
  const approvals = approve({ type: 'BallotsAnnulled', data: act });
  const data = { ...act, approvals, chunk: change.chunk ?? 0, ids: [OTHER] };
  return {
    edit: ofType('VotingClosed', (entry) => [
      entry,
      election({ type: 'BallotsAnnulled', data }, SCHEDULE.closesAt),
    ]),
  };
}

const granted = (actorId: string, changes: object): Twist => ({
  edit: ofType('RoleGranted', (entry) =>
    entry.event.data.actorId === actorId ? withData(entry, changes) : entry,
  ),
});

const areas = ['city', 'north', 'city'].map((id) => ({ id, budget: 400 }));

/** The rules were exchanged after all was counted, and the log sealed again. */
const exchanged: Twist = {
  leaves: (leaves) =>
    leaves.map((leaf) => {
      const event = parseCanonical(leaf) as { type: string; data: object };
      if (event.type !== 'RulesetPublished') return leaf;
      return canonicalBytes({ ...event, data: { ...event.data, ruleset: { v: 1, rule: 'dice' } } });
    }),
};

const FAULTS: readonly Fault[] = [
  {
    check: 2,
    code: 'event-not-understood',
    crypto: {
      ...nodeCrypto,
      boxPublicKey: (secret) => {
        if (toBase64url(secret) === toBase64url(electionKey.secretKey)) throw new Error('no such key');
        return nodeCrypto.boxPublicKey(secret);
      },
    },
  },
  { check: 7, code: 'approval-not-granted', ...granted(OFFICERS[1], { roles: ['administrator'] }) },
  {
    check: 7,
    code: 'approval-key-unusable',
    ...granted(OFFICERS[1], { key: toBase64url(officerKeys(OFFICERS[0]).publicKey) }),
  },
  { check: 8, code: 'not-when-suspended', ...before('VotingClosed', suspended, suspended) },
  {
    check: 8,
    code: 'not-when-closed',
    ...before(
      'PaperReconciled',
      election({
        type: 'OptionsListed',
        data: { electionId, listing: 2, chunk: 0, last: true, options: [...OPTIONS] },
      }),
    ),
  },
  {
    check: 8,
    code: 'not-when-counted',
    ...before('ViewPublished', election({ type: 'VotingSuspended', data: { electionId, reason } })),
  },
  { check: 8, code: 'opened-without-roll', edit: ofType('RollCommitted', () => []) },
  {
    check: 9,
    code: 'schedule-out-of-order',
    edit: ofType('ElectionDefined', (entry) =>
      withData(entry, { schedule: { ...SCHEDULE, claimsUntil: SCHEDULE.opensAt } }),
    ),
  },
  {
    check: 9,
    code: 'extension-not-later',
    ...before(
      'VotingClosed',
      election({ type: 'VotingExtended', data: { electionId, schedule: SCHEDULE, reason } }),
    ),
  },
  { check: 9, code: 'area-repeated', edit: ofType('ElectionDefined', (entry) => withData(entry, { areas })) },
  {
    check: 13,
    code: 'area-repeated',
    roll: [{ ...dora.entry, areas: ['city', 'city'] }],
    casts: [],
  },
  {
    check: 9,
    code: 'ruleset-not-of-definition',
    edit: ofType('ElectionDefined', (entry) => withData(entry, { ruleset: OTHER })),
  },
  { check: 9, code: 'ruleset-invalid', ...exchanged },
  { check: 39, code: 'recount-impossible', ...exchanged },
  {
    check: 9,
    code: 'listing-number-wrong',
    edit: ofType('OptionsListed', (entry) => withData(entry, { listing: 7 })),
  },
  {
    check: 9,
    code: 'option-repeated',
    edit: ofType('OptionsListed', (entry) =>
      withData(entry, { options: [...entry.event.data.options, entry.event.data.options[0]!] }),
    ),
  },
  {
    check: 9,
    code: 'option-area-unknown',
    edit: ofType('OptionsListed', (entry) =>
      withData(entry, { options: entry.event.data.options.map((one) => ({ ...one, area: 'moon' })) }),
    ),
  },
  {
    check: 34,
    code: 'listed-with-another-reason',
    casts: [...CASTS, { who: dora, vote: votes(['bench']), boxKey: officerKeys(OFFICERS[0]).publicKey }],
    ...listed((spoiled) => spoiled.map((one) => ({ ...one, reason: 'over-budget' }))),
  },
  {
    check: 36,
    code: 'listed-and-sound',
    ...listed(() => [{ id: OTHER, reason: 'over-budget' }]),
  },
  { check: 35, code: 'plaintext-malformed', verdict: 'WARN', ...filledWith(utf8('no vote')) },
  {
    check: 35,
    code: 'plaintext-of-another-ballot',
    verdict: 'WARN',
    ...filledWith(canonicalBytes({ v: 1, e: OTHER, k: dora.entry.k, n: 1, vote: votes(['bench']), vn: '' })),
  },
  { check: 36, code: 'vote-malformed', verdict: 'WARN', ...castBy([{ a: 'city', order: ['bench'] }]) },
  {
    check: 36,
    code: 'areas-not-in-order',
    verdict: 'WARN',
    ...castBy([...votes(['bench'], ['swing']).reverse()]),
  },
  { check: 36, code: 'area-not-allowed', verdict: 'WARN', ...castBy([{ a: 'moon', ids: ['bench'] }]) },
  { check: 36, code: 'option-unknown', verdict: 'WARN', ...castBy(votes(['tower'])) },
  { check: 36, code: 'option-repeated', verdict: 'WARN', ...castBy(votes(['bench', 'bench'])) },
  { check: 36, code: 'too-few-options', verdict: 'WARN', ...castBy(votes([])) },
  { check: 36, code: 'too-many-options', verdict: 'WARN', ...castBy(votes(['bench', 'bridge', 'trees'])) },
  {
    check: 36,
    code: 'over-budget',
    verdict: 'WARN',
    ...castBy(votes(['bridge', 'trees'])),
    definition: {
      ballot: {
        ...{ type: 'knapsack', min: 1, max: 2, repeats: 'refuse' },
        ...{ limits: 'refuse', sealedBytes: SEALED_BYTES },
      },
    },
  },
  {
    check: 36,
    code: 'too-few-points',
    verdict: 'WARN',
    definition: points,
    casts: [{ who: dora, vote: given(1) }],
  },
  {
    check: 36,
    code: 'too-many-points',
    verdict: 'WARN',
    definition: points,
    casts: [{ who: dora, vote: given(60) }],
  },
  {
    check: 42,
    code: 'batches-wrong',
    edit: ofType('PaperReconciled', (entry) => withData(entry, { batches: 2 })),
  },
  {
    check: 42,
    code: 'surplus-wrong',
    edit: ofType('PaperReconciled', (entry) => withData(entry, { surplus: 0 })),
  },
  { check: 42, code: 'batch-plaintext-malformed', ...batchWith(utf8('no sheets')) },
  {
    check: 42,
    code: 'batch-box-does-not-open',
    ...batchWith(utf8('no sheets'), officerKeys(OFFICERS[0]).publicKey),
  },
  {
    check: 43,
    code: 'counted-wrong',
    edit: ofType('TallyPublished', (entry) => withData(entry, { counted: entry.event.data.counted + 1 })),
  },
  { check: 43, code: 'annulled-chunk-wrong', ...annulled({ chunk: 1 }) },
  { check: 43, code: 'annulled-the-future', ...annulled({ through: 1_000 }) },
  { check: 44, code: 'content-given-twice', contents: (all) => [...all, all[0]!] },
];

describe('an audit', () => {
  it.each(FAULTS)('gives $check $code', async (fault) => {
    const report = await audited(tell(fault), fault.crypto && { crypto: fault.crypto });
    const found = report.checks.find(({ number }) => number === fault.check);
    expect([found?.verdict, found?.findings.map(({ code }) => code)]).toEqual([
      fault.verdict ?? 'FAIL',
      expect.arrayContaining([fault.code]),
    ]);
    expect(report.passed).toBe(fault.verdict === 'WARN');
  });

  it('cannot say which ballots differ where the result is not there', async () => {
    const twist = listed(() => [{ id: OTHER, reason: 'over-budget' }]);
    const report = await audited({ ...tell(twist), results: [] });
    const found = report.checks.find(({ number }) => number === 34);
    expect([report.cause, found?.verdict, found?.code]).toEqual([39, 'NOT-CHECKED', 'result-not-given']);
  });
});

describe('an act of two persons', () => {
  it('has two approvals, whatever its schema should allow some day', () => {
    const { event } = election({
      type: 'ResultCertified',
      data: { electionId, actId: ACT_ID, tally: 1, outputDigest: OTHER, approvals: [] },
    });
    const grants = [{ from: 0, roles: ['returning-officer'], key: OTHER }];
    const staff = () => ({ actorId: 'officer-a', grants });
    const logged = { ...event, id: 'x', at: DURING, actor: 'officer-a', stream: '', position: 9n };
    expect(actorFault(nodeCrypto, logged as unknown as LogEvent, staff)?.code).toBe('approvals-not-two');
  });
});

describe('what is bounded', () => {
  const at = (position: number, type: string, time: string, data: object = {}) =>
    ({ type, data, at: time, position: BigInt(position), id: 'x', actor: 'system' }) as unknown as LogEvent;

  it('is how many times are compared, and then the check says so', () => {
    const findings = new Findings();
    const times = new TimeChecks(findings, 10);
    const row = { schedule: SCHEDULE, history: [{ at: '2026-09-01T00:00:00.000Z' }] };
    times.see(at(0, 'VotingOpened', SCHEDULE.opensAt, { electionId }), row as never);
    // Before the definition, so that none of them says anything of the opening.
    for (let i = 1; i <= 12; i++) times.see(at(i, 'ViewPublished', '2000-01-01T00:00:00.000Z'), undefined);
    const check = findings.report(0, '').checks.find(({ number }) => number === 8);
    expect([check?.verdict, check?.code]).toEqual(['NOT-CHECKED', 'times-too-many']);
  });

  it('is how far a view is gone back, and then the check says so', () => {
    const findings = new Findings();
    const views = new ViewChecks(nodeCrypto, findings, undefined, undefined, 2);
    const contentId = (i: number) => `00000000-0000-5000-8000-${String(i).padStart(12, '0')}`;
    for (let i = 0; i < 12; i++)
      views.see(at(i, 'ContentReleased', DURING, { contentId: contentId(i), commitment: OTHER }));
    const view = `${contentsView.name}@${contentsView.version}`;
    views.see(at(12, 'ViewPublished', DURING, { view, index: 1, digest: OTHER }));
    const check = findings.report(0, '').checks.find(({ number }) => number === 49);
    expect([check?.verdict, check?.code]).toEqual(['NOT-CHECKED', 'view-too-old']);
  });
});

/** What each check finds beside its mutant: one thing told otherwise, and the code it gets. */
import { describe, expect, it } from '@jest/globals';
import nacl from 'tweetnacl';
import { isLowOrder } from '../../projections/audit/low-order.js';
import { phaseFault } from '../../projections/audit/phases.js';
import type { Verdict } from '../../projections/audit/report.js';
import { toBase64url } from '../../projections/bytes.js';
import { canonicalBytes, parseCanonical } from '../../projections/canonical.js';
import type { LogEvent } from '../../projections/event.js';
import { nodeCrypto, signingKeyPair } from '../../src/crypto/node-crypto.js';
import {
  ACT_ID,
  approve,
  ballotOf,
  contentRef,
  ELECTION_ID,
  SCHEDULE,
  seed,
  voter,
} from '../elections/small-election.js';
import { annulledRoot } from '../../projections/annulment.js';
import {
  ana,
  audited,
  bea,
  cai,
  CASTS,
  dora,
  DURING,
  everybody,
  gil,
  ofType,
  tell,
  votes,
  withData,
  type Entry,
  type Twist,
} from './story.js';

interface Fault extends Twist {
  check: number;
  code: string;
  verdict?: Verdict;
  what: string;
}

const electionId = ELECTION_ID;
const OTHER = toBase64url(seed('something else'));
const REASON = { code: 'other' };
const ballotsOf = (v: string) => `ballots-${electionId}.${v}`;

/** With the last leaf told otherwise: nothing else hangs on it. */
function lastLeaf(change: (leaf: Record<string, unknown>) => Record<string, unknown>): Twist {
  return {
    leaves: (leaves) => {
      const last = parseCanonical(leaves.at(-1) as Uint8Array) as Record<string, unknown>;
      return [...leaves.slice(0, -1), canonicalBytes(change(last))];
    },
  };
}

/** An event more, before or after the first of a type. */
function near(type: string, added: Entry, where: 'before' | 'after' = 'before'): Twist {
  let isThere = false;
  return {
    edit: (entry) => {
      if (isThere || entry.event.type !== type) return [entry];
      isThere = true;
      return where === 'before' ? [added, entry] : [entry, added];
    },
  };
}

function election(event: Entry['event'], at = DURING, actor = 'officer-a'): Entry {
  return { stream: `election-${electionId}`, event, at, actor };
}

function marked(v: string, at = DURING): Entry {
  return {
    stream: ballotsOf(v),
    event: { type: 'RollMarkedPaper', data: { electionId, v } },
    at,
    actor: 'officer-a',
  };
}

function replaced(who: { v: string; entry: { k?: string } }, key: string, old = who.entry.k): Entry {
  const data = { electionId, v: who.v, new: key, ...(old !== undefined && { old }) };
  const event = { type: 'BallotKeyReplaced' as const, data };
  return { stream: ballotsOf(who.v), event, at: DURING, actor: 'officer-a' };
}

/** Annuls these ballots by a rule that finds bea's. */
function annulled(change: Record<string, unknown> = {}): Twist {
  let id = '';
  return {
    edit: (entry) => {
      if (entry.event.type === 'BallotCast' && entry.event.data.v === bea.v) id = entry.event.data.id;
      if (entry.event.type !== 'VotingClosed') return [entry];
      const act = {
        electionId,
        actId: ACT_ID,
        rule: { name: 'single' as const, ballot: id, claim: 'claim-1' },
        scope: 'ballot' as const,
        through: 19,
        count: 1,
        idsRoot: annulledRoot(nodeCrypto, [id]),
        afterKey: false,
        basis: REASON,
        ...change,
      };
      const approvals = approve({ type: 'BallotsAnnulled', data: act });
      const data = { ...act, approvals, chunk: 0, ids: [id] };
      return [entry, election({ type: 'BallotsAnnulled', data }, SCHEDULE.closesAt)];
    },
  };
}

/** Publications of the roll under another label. */
function renamedView(which: (entry: Entry) => boolean, view: string): Twist['edit'] {
  return ofType('ViewPublished', (entry) =>
    entry.event.data.view === 'roll@2' && which(entry) ? withData(entry, { view }) : entry,
  );
}

const newKey = toBase64url(signingKeyPair(seed('a new key')).publicKey);

const FAULTS: readonly Fault[] = [
  {
    check: 2,
    code: 'event-type-unknown',
    what: 'an unknown type',
    ...lastLeaf((leaf) => ({ ...leaf, type: 'Other' })),
  },
  {
    check: 2,
    code: 'event-type-unknown',
    what: 'a type of Object',
    ...lastLeaf((leaf) => ({ ...leaf, type: 'toString' })),
  },
  {
    check: 2,
    code: 'event-type-unknown',
    what: 'a later schema',
    ...lastLeaf((leaf) => ({ ...leaf, schema: 2 })),
  },
  {
    check: 2,
    code: 'leaf-version-unknown',
    what: 'a later leaf',
    ...lastLeaf((leaf) => ({ ...leaf, v: 2 })),
  },
  {
    check: 2,
    code: 'leaf-members-wrong',
    what: 'a member more',
    ...lastLeaf((leaf) => ({ ...leaf, note: 'x' })),
  },
  {
    check: 2,
    code: 'leaf-members-wrong',
    what: 'a member less',
    ...lastLeaf((leaf) => ({ ...leaf, actor: undefined })),
  },
  {
    check: 2,
    code: 'leaf-members-wrong',
    what: 'a number for a text',
    ...lastLeaf((leaf) => ({ ...leaf, at: 1 })),
  },
  {
    check: 2,
    code: 'stream-wrong',
    what: 'another stream',
    ...lastLeaf((leaf) => ({ ...leaf, stream: 'staff' })),
  },
  {
    check: 45,
    code: 'event-id-malformed',
    what: 'an id of words',
    ...lastLeaf((leaf) => ({ ...leaf, id: 'Ana' })),
  },
  {
    check: 45,
    code: 'instant-invalid',
    what: '30 February',
    ...lastLeaf((leaf) => ({ ...leaf, at: '2026-02-30T08:00:00.000Z' })),
  },
  {
    check: 45,
    code: 'actor-malformed',
    what: 'a name for an actor',
    ...lastLeaf((leaf) => ({ ...leaf, actor: 'Ana P' })),
  },
  {
    check: 45,
    code: 'bytes-not-strict',
    what: 'stray bits',
    edit: ofType('ViewPublished', (entry) => withData(entry, { digest: `${'A'.repeat(42)}B` })),
  },
  {
    check: 45,
    code: 'instant-invalid',
    what: 'an end of claims on 31 November',
    ...lastLeaf((leaf) => ({
      ...leaf,
      ...{ type: 'VotingExtended', stream: `election-${electionId}` },
      data: {
        electionId,
        schedule: { ...SCHEDULE, claimsUntil: '2026-11-31T18:00:00.000Z' },
        reason: REASON,
      },
    })),
  },
  {
    check: 45,
    code: 'free-text',
    what: 'words in a ruleset',
    ...lastLeaf((leaf) => ({
      ...leaf,
      ...{ type: 'RulesetPublished', stream: `election-${electionId}` },
      data: { electionId, hash: OTHER, ruleset: { v: 1, notes: ['by Ana Perez'] } },
    })),
  },
  {
    check: 45,
    code: 'instant-not-cut',
    what: 'the minute of a ballot',
    edit: ofType('BallotCast', (entry) => ({ ...entry, at: '2026-10-02T10:07:00.000Z' })),
  },
  {
    check: 7,
    code: 'ballot-of-another-actor',
    what: 'a ballot that an officer cast',
    edit: ofType('BallotCast', (entry) => ({ ...entry, actor: 'officer-a' })),
  },
  {
    check: 7,
    code: 'role-for-system',
    what: 'a role for nobody',
    ...near('ElectionDefined', {
      stream: 'staff',
      event: { type: 'RoleGranted', data: { actorId: 'system', roles: ['paper-officer'], key: newKey } },
      at: DURING,
      actor: 'system',
    }),
  },
  {
    check: 7,
    code: 'approvals-missing',
    what: 'an early close by one',
    edit: ofType('VotingClosed', (entry) => withData(entry, { cause: 'early' })),
  },
  {
    check: 7,
    code: 'approvals-same-person',
    what: 'a certificate that one signed twice',
    edit: ofType('ResultCertified', (entry) => {
      const [first] = entry.event.data.approvals;
      return withData(entry, { approvals: [first!, first!] });
    }),
  },
  {
    check: 7,
    code: 'approval-signature-wrong',
    what: 'a certificate for another count',
    edit: ofType('ResultCertified', (entry) => withData(entry, { actId: electionId })),
  },
  {
    check: 7,
    code: 'role-missing',
    what: 'an officer who had left',
    ...near('RollListed', {
      stream: 'staff',
      event: { type: 'RoleRevoked', data: { actorId: 'officer-a' } },
      at: DURING,
      actor: 'system',
    }),
  },
  {
    check: 8,
    code: 'opened-too-early',
    what: 'an early opening',
    edit: ofType('VotingOpened', (e) => ({ ...e, at: DURING.replace('10-02', '09-30') })),
  },
  {
    check: 8,
    code: 'closed-too-early',
    what: 'an early close',
    edit: ofType('VotingClosed', (e) => ({ ...e, at: DURING })),
  },
  {
    check: 8,
    code: 'election-not-defined',
    what: 'an election that nobody defined',
    ...near('ElectionDefined', election({ type: 'VotingResumed', data: { electionId, reason: REASON } })),
  },
  {
    check: 8,
    code: 'election-defined-twice',
    what: 'two definitions',
    edit: ofType('ElectionDefined', (e) => [e, e]),
  },
  {
    check: 8,
    code: 'count-number-wrong',
    what: 'a second count first',
    edit: ofType('TallyPublished', (e) => withData(e, { number: 2 })),
  },
  {
    check: 8,
    code: 'count-without-need',
    what: 'the same count twice',
    edit: ofType('TallyPublished', (e) => [e, withData(e, { number: 2, through: e.event.data.through + 1 })]),
  },
  {
    check: 8,
    code: 'count-goes-back',
    what: 'a count of before',
    edit: ofType('TallyPublished', (e) => withData(e, { through: 20 })),
  },
  {
    check: 8,
    code: 'count-of-the-future',
    what: 'a count of later',
    edit: ofType('TallyPublished', (e) => withData(e, { through: 1_000 })),
  },
  {
    check: 8,
    code: 'certified-another-count',
    what: 'another certificate',
    edit: ofType('ResultCertified', (e) => withData(e, { tally: 2 })),
  },
  {
    check: 8,
    code: 'batch-recorded-twice',
    what: 'a batch twice',
    edit: ofType('PaperBatchRecorded', (entry) => [entry, entry]),
  },
  {
    check: 9,
    code: 'ruleset-hash-wrong',
    what: 'another ruleset',
    edit: ofType('RulesetPublished', (e) => withData(e, { hash: OTHER })),
  },
  {
    check: 9,
    code: 'roll-root-wrong',
    what: 'another roll',
    edit: ofType('VotingOpened', (e) => withData(e, { rollRoot: OTHER })),
  },
  {
    check: 9,
    code: 'options-root-wrong',
    what: 'other options',
    edit: ofType('VotingOpened', (e) => withData(e, { optionsRoot: OTHER })),
  },
  {
    check: 9,
    code: 'listing-incomplete',
    what: 'a cut listing',
    edit: ofType('OptionsListed', (e) => withData(e, { last: false })),
  },
  {
    check: 9,
    code: 'listing-chunk-wrong',
    what: 'a gap in a listing',
    edit: ofType('OptionsListed', (e) => withData(e, { chunk: 1 })),
  },
  {
    check: 9,
    code: 'claims-shortened',
    what: 'an extension into the claims period',
    ...near(
      'VotingOpened',
      election({
        type: 'VotingExtended',
        data: {
          electionId,
          schedule: { ...SCHEDULE, claimsUntil: '2026-10-14T18:00:00.000Z' },
          reason: REASON,
        },
      }),
      'after',
    ),
  },
  {
    check: 13,
    code: 'chunk-out-of-order',
    what: 'a chunk too late',
    edit: ofType('RollListed', (e) => withData(e, { chunk: 1 })),
  },
  {
    check: 13,
    code: 'root-wrong',
    what: 'another root',
    edit: ofType('RollCommitted', (e) => withData(e, { root: OTHER })),
  },
  {
    check: 13,
    code: 'line-repeated',
    what: 'a line twice',
    roll: [...everybody, { ...ana.entry, k: newKey }],
  },
  {
    check: 13,
    code: 'area-unknown',
    what: 'an area that is none',
    roll: [...everybody, voter('x', { areas: ['moon'] }).entry],
  },
  {
    check: 13,
    code: 'area-counts-wrong',
    what: 'counts of areas',
    edit: ofType('RollCommitted', (e) => withData(e, { perArea: [] })),
  },
  {
    check: 13,
    code: 'listed-after-commitment',
    what: 'a chunk after the commitment',
    edit: ofType('RollCommitted', (entry) => [
      entry,
      {
        ...entry,
        event: { type: 'RollListed', data: { electionId, chunk: 1, entries: [voter('late').entry] } },
      },
    ]),
  },
  {
    check: 15,
    code: 'key-before-wrong',
    what: 'a key of nobody replaced',
    ...near('VotingClosed', replaced(bea, newKey, OTHER)),
  },
  {
    check: 15,
    code: 'key-of-nobody',
    what: 'a key for nobody',
    ...near('VotingClosed', replaced({ ...voter('nobody') }, newKey)),
  },
  {
    check: 16,
    code: 'key-given-twice',
    verdict: 'WARN',
    what: 'a key that is another’s',
    ...near('VotingClosed', replaced(bea, cai.entry.k!)),
  },
  {
    check: 20,
    code: 'before-opening',
    what: 'a ballot before the opening',
    ...near('VotingOpened', {
      stream: ballotsOf(dora.v),
      event: {
        type: 'BallotCast',
        data: { electionId, v: dora.v, ...ballotOf(dora, OTHER, votes(['bench'])) },
      },
      at: DURING,
      actor: dora.v,
    }),
  },
  {
    check: 21,
    code: 'class-wrong',
    what: 'a ballot of another class',
    roll: everybody.map((e) => (e.v === bea.v ? { ...e, g: 'young' } : e)),
  },
  {
    check: 21,
    code: 'key-replaced',
    what: 'a ballot of the key before',
    ...near('BallotCast', replaced(bea, newKey)),
  },
  {
    check: 21,
    code: 'not-on-roll',
    what: 'a ballot of nobody',
    casts: [...CASTS, { who: voter('nobody'), vote: votes(['bench']) }],
  },
  {
    check: 23,
    code: 'ballot-repeated',
    what: 'a ballot twice',
    edit: ofType('BallotCast', (entry) => (entry.event.data.v === bea.v ? [entry, entry] : entry)),
  },
  {
    check: 23,
    code: 'sequence-broken',
    what: 'a number left out',
    casts: [...CASTS, { who: dora, vote: votes(['bench']), n: 2 }],
  },
  {
    check: 24,
    code: 'box-length-wrong',
    what: 'a longer box',
    casts: [
      ...CASTS,
      { who: dora, vote: votes(['bench']), change: (b) => ('b' in b ? { ...b, b: `${b.b}AAAA` } : b) },
    ],
  },
  {
    check: 24,
    code: 'disclosure-wrong',
    what: 'sealed ballots of an open vote',
    definition: { disclosure: 'immediate' },
  },
  { check: 42, code: 'marked-twice', what: 'two marks', ...near('VotingClosed', marked(gil.v)) },
  {
    check: 42,
    code: 'mark-of-nobody',
    what: 'a mark of nobody',
    ...near('VotingClosed', marked(voter('nobody').v)),
  },
  {
    check: 42,
    code: 'mark-after-ballot',
    what: 'a mark where the web prevails',
    definition: { paper: 'yields' },
  },
  {
    check: 42,
    code: 'ballot-after-mark',
    what: 'a ballot after the mark',
    ...near('BallotCast', marked(bea.v)),
  },
  {
    check: 9,
    code: 'ballot-of-another-definition',
    what: 'a ballot of another election',
    casts: [...CASTS, { who: dora, vote: votes(['bench']), change: (b) => ({ ...b, e: OTHER }) }],
  },
  {
    check: 42,
    code: 'sheets-wrong',
    what: 'other sheets',
    edit: ofType('PaperReconciled', (e) => withData(e, { sheets: 3 })),
  },
  {
    check: 42,
    code: 'batch-plaintext-of-another-ballot',
    what: 'a batch that is not the signed one',
    edit: ofType('PaperBatchRecorded', (entry) => withData(entry, { digest: OTHER })),
  },
  { check: 43, code: 'annulled-count-wrong', what: 'an annulment of two', ...annulled({ count: 2 }) },
  { check: 43, code: 'annulled-root-wrong', what: 'an annulment of others', ...annulled({ idsRoot: OTHER }) },
  {
    check: 43,
    code: 'annulled-ids-wrong',
    what: 'an annulment that its rule does not find',
    ...annulled({ rule: { name: 'more-than', ballots: 50 } }),
  },
  {
    check: 43,
    code: 'annulled-not-listed',
    what: 'an annulment of which a part is missing',
    ...annulled({ rule: { name: 'positions', first: 0, last: 18 } }),
  },
  { check: 44, code: 'content-missing', what: 'a missing title', contents: ([, ...others]) => others },
  {
    check: 44,
    code: 'content-not-public',
    what: 'a draft with its salt',
    contents: (all) => [...all, { ...all[0]!, id: contentRef('a draft').id }],
  },
  {
    check: 44,
    code: 'committed-twice',
    what: 'a title that was exchanged',
    edit: ofType('ContentReleased', (entry) => withData(entry, { commitment: OTHER })),
  },
  {
    check: 49,
    code: 'view-of-the-future',
    what: 'a view of later',
    edit: ofType('ViewPublished', (e) => withData(e, { index: 1_000 })),
  },
  {
    check: 49,
    code: 'view-version-unknown',
    verdict: 'NOT-CHECKED',
    what: 'a view of another version',
    edit: renamedView(() => true, 'roll@1'),
  },
  {
    check: 49,
    code: 'view-version-unknown',
    verdict: 'NOT-CHECKED',
    what: 'a view of an older version that was published last',
    edit: renamedView(({ at }) => at !== SCHEDULE.closesAt, 'roll@1'),
  },
  {
    check: 49,
    code: 'view-version-unknown',
    verdict: 'NOT-CHECKED',
    what: 'a view of a newer version before the last one',
    edit: renamedView(({ at }) => at === SCHEDULE.closesAt, 'roll@3'),
  },
  {
    check: 49,
    code: 'view-version-unknown',
    verdict: 'NOT-CHECKED',
    what: 'a view that was given up',
    edit: renamedView(({ at }) => at === SCHEDULE.closesAt, 'rolls@1'),
  },
  {
    check: 49,
    code: 'view-superseded',
    verdict: 'WARN',
    what: 'a view of an older version before the last one',
    edit: renamedView(({ at }) => at === SCHEDULE.closesAt, 'roll@1'),
  },
];

type Row = Parameters<typeof phaseFault>[0];

describe('the phases of an election', () => {
  const paper = { batches: 0, sheets: 0 };
  const row = { definition: { paper: 'prevails', ruleset: OTHER }, schedule: SCHEDULE, paper, windows: [] };
  const tally = { number: 1, through: 30, outputDigest: OTHER };
  const secret = { electionId, secret: OTHER };
  const count = { electionId, number: 2, through: 50, ruleset: OTHER };
  const counted = { ...row, phase: 'counted', key: { position: 20 }, tallies: [tally], annulments: [] };
  const annulled = { ...counted, annulments: [{ position: 40 }] };
  const certificate = { electionId, tally: 1, outputDigest: OTHER };

  it.each([
    ['key-before-reconciliation', { ...row, phase: 'closed' }, 'ElectionKeyPublished', secret],
    ['not-when-open', { ...row, phase: 'open' }, 'ElectionKeyPublished', secret],
    ['not-when-opened', { ...row, phase: 'opened' }, 'VotingReopened', { electionId, schedule: SCHEDULE }],
    ['reopened-in-past', { ...row, phase: 'closed' }, 'VotingReopened', { electionId, schedule: SCHEDULE }],
    ['after-end-of-voting', { ...row, phase: 'suspended' }, 'VotingResumed', { electionId }],
    ['opened-too-late', { ...row, phase: 'defined' }, 'VotingOpened', { electionId }],
    ['no-paper', { ...row, phase: 'open', definition: { paper: 'none' } }, 'RollMarkedPaper', { electionId }],
    ['count-by-another-ruleset', annulled, 'TallyPublished', { ...count, ruleset: 'x' }],
    [undefined, annulled, 'TallyPublished', count],
    ['count-goes-back', annulled, 'TallyPublished', { ...count, through: 30 }],
    ['certified-before-recount', annulled, 'ResultCertified', certificate],
    [undefined, counted, 'ResultCertified', certificate],
    [
      'revoked-another-count',
      { ...row, phase: 'certified', certified: { tally: 2 } },
      'ResultRevoked',
      certificate,
    ],
    ['after-key-wrong', counted, 'BallotsAnnulled', { electionId, afterKey: false }],
    ['not-when-certified', { ...row, phase: 'certified' }, 'ElectionAnnulled', { electionId }],
    ['not-when-annulled', { ...row, phase: 'annulled' }, 'VotingOpened', { electionId }],
    ['not-when-defined', { ...row, phase: 'defined' }, 'BallotKeyReplaced', { electionId }],
  ])('give %s', (code, before, type, data) => {
    const event = { type, data, position: 60n, at: '2026-10-16T08:00:00.000Z' } as unknown as LogEvent;
    expect(phaseFault(before as unknown as Row, event)).toBe(code);
  });
});

describe('ephemeral keys of low order', () => {
  const bytesOf = (u: bigint) =>
    Uint8Array.from({ length: 32 }, (_, i) => Number((u >> BigInt(8 * i)) & 255n));
  const P = 2n ** 255n - 19n;
  const secret = new Uint8Array(32).fill(77);
  const shared = (u: bigint) => nacl.scalarMult(secret, bytesOf(u));
  const eight = 325606250916557431795983626356110631294008115727848805560023387167927233504n;
  const other = 39382357235489614581723060781553021112529911719440698176882885853963445705823n;

  it.each([0n, 1n, P - 1n, P, P + 1n, eight, other, eight + 2n ** 255n])('are found: %s', (u) => {
    expect(shared(u).every((byte) => byte === 0)).toBe(true);
    expect(isLowOrder(bytesOf(u))).toBe(true);
  });

  it.each([2n, 9n, P - 2n, P + 2n, eight + 1n])('are not taken for one: %s', (u) => {
    expect(shared(u).every((byte) => byte === 0)).toBe(false);
    expect(isLowOrder(bytesOf(u))).toBe(false);
  });
});

describe('an audit', () => {
  it.each(FAULTS)('gives $check $code for $what', async (fault) => {
    const report = await audited(tell(fault));
    const found = report.checks.find(({ number }) => number === fault.check);
    expect([found?.verdict, found?.findings.map(({ code }) => code)]).toEqual([
      fault.verdict ?? 'FAIL',
      expect.arrayContaining([fault.code]),
    ]);
    if (found?.verdict === 'FAIL') expect(report.passed).toBe(false);
  });

  it('takes an annulment that its rule finds', async () => {
    const report = await audited(tell(annulled()));
    expect(report.checks.filter(({ verdict }) => verdict === 'FAIL')).toEqual([]);
  });

  it('takes a mark and a new key, and what is cast with it', async () => {
    const keys = signingKeyPair(seed('a new key'));
    const casts = [...CASTS, { who: { ...dora, keys }, vote: votes(['bench']) }];
    const report = await audited(tell({ casts, ...near('BallotCast', replaced(dora, newKey)) }));
    expect(report.checks.filter(({ verdict }) => verdict === 'FAIL')).toEqual([]);
  });

  it.each(['VotingClosed', 'ElectionKeyPublished', 'TallyPublished'])(
    'takes a ballot that was under way when voting ended, and came into the log beside %s',
    async (type) => {
      const late: Entry[] = [];
      const edit = (entry: Entry): readonly Entry[] => {
        if (entry.event.type === 'BallotCast' && entry.event.data.v === bea.v) {
          late.push(entry);
          return [];
        }
        if (entry.event.type !== type) return [entry];
        // Of a count it stands before the event, and after what was counted: it is in none of its numbers.
        return type === 'TallyPublished' ? [...late, entry] : [entry, ...late];
      };
      const report = await audited(tell({ edit }));
      expect(late).toHaveLength(1);
      expect(report.checks.filter(({ verdict }) => verdict === 'FAIL')).toEqual([]);
    },
  );

  it('finds digests that were published some events after their index', async () => {
    const held: Entry[] = [];
    const report = await audited(
      tell({
        edit: (entry) => {
          if (entry.event.type === 'ViewPublished' && entry.at === SCHEDULE.closesAt) {
            held.push(entry);
            return [];
          }
          return entry.event.type === 'ResultCertified' ? [entry, ...held.splice(0)] : [entry];
        },
      }),
    );
    const views = report.checks.find(({ number }) => number === 49);
    expect([views?.verdict, views?.examined]).toEqual(['PASS', 36]);
  });

  it('leaves open what it was not given', async () => {
    const story = tell();
    const report = await audited({ ...story, contents: [], heads: {} }, { contents: 'none' });
    const open = report.checks
      .filter(({ verdict }) => verdict === 'NOT-CHECKED')
      .map(({ number, code }) => [number, code]);
    expect(open).toEqual([
      [3, 'checkpoint-not-given'],
      [4, 'policy-not-given'],
      [5, 'policy-not-given'],
      [44, 'contents-not-given'],
    ]);
    expect([report.passed, report.cause]).toEqual([false, undefined]);
  });

  it('keeps few of many findings', async () => {
    const twist = { edit: ofType('ViewPublished', (entry) => withData(entry, { digest: OTHER })) };
    const views = (await audited(tell(twist))).checks.find(({ number }) => number === 49);
    expect([views?.findings.length, views?.more]).toEqual([20, 16]);
  });
});

/** What may be done to an election, and when: given what happened, when somebody asks, then events or a refusal. */
import { describe, expect, it } from '@jest/globals';
import { actOf, verifyApprovals } from '../../projections/approval.js';
import { toBase64url } from '../../projections/bytes.js';
import { definitionHash, optionsRoot, rulesetHash } from '../../projections/definition.js';
import type { ElectionRow, Phase } from '../../projections/elections.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import {
  decide,
  evolve,
  isStale,
  NO_ELECTION,
  type ElectionCommand,
  type ElectionState,
} from '../../src/elections/election.js';
import {
  ACT_ID,
  approve,
  batchOf,
  ELECTION_ID,
  electionKey,
  fixed,
  OPTIONS,
  parts,
  SCHEDULE,
  SmallLog,
} from './small-election.js';

const electionId = ELECTION_ID;
const officer = { id: 'officer-a', roles: ['returning-officer'] };
const paperOfficer = { id: 'officer-b', roles: ['paper-officer'] };
const system = { id: 'system', roles: [] };
const reason = { code: 'fault' };
const boxKey = toBase64url(electionKey.publicKey);
const secret = toBase64url(electionKey.secretKey);
const roll = { root: fixed('roll'), count: 3, areas: ['city'] };
const tally = { through: 90, inputDigest: fixed('in'), outputDigest: fixed('out'), cast: 5, counted: 4 };
const approvals = approve({ type: 'VotingClosed', data: {} });

const BEFORE = '2026-09-01T00:00:00.000Z';
const DURING = '2026-10-03T12:00:00.000Z';
const AFTER = '2026-10-09T12:00:00.000Z';
const PAST_CLAIMS = '2026-10-16T12:00:00.000Z';
const LATER = { closesAt: '2026-10-12T18:00:00.000Z', claimsUntil: '2026-10-20T18:00:00.000Z' };

const define: ElectionCommand = { do: 'define', ...parts() };
const open: ElectionCommand = { do: 'open', boxKey, roll };
const reconcile: ElectionCommand = { do: 'reconcile', marks: 0 };
const publishKey: ElectionCommand = { do: 'publish-key', secret, publicKey: boxKey };
const publishTally: ElectionCommand = { do: 'publish-tally', tally };
const certify: ElectionCommand = {
  do: 'certify',
  actId: ACT_ID,
  tally: 1,
  outputDigest: tally.outputDigest,
  approvals,
};
const revoke: ElectionCommand = { do: 'revoke', actId: ACT_ID, tally: 1, reason, approvals };
const annul: ElectionCommand = { do: 'annul', actId: ACT_ID, basis: reason, approvals };
const closeEarly: ElectionCommand = { do: 'close-early', actId: ACT_ID, reason, approvals };
const reopen: ElectionCommand = { do: 'reopen', actId: ACT_ID, schedule: LATER, reason, approvals };
const annulment = {
  actId: ACT_ID,
  rule: { name: 'more-than', ballots: 1 },
  scope: 'ballot',
  through: 80,
  count: 1,
  idsRoot: fixed('root'),
  basis: reason,
  approvals,
} as const;
const annulBallots: ElectionCommand = { do: 'annul-ballots', annulment, ids: [fixed('ballot')] };

type Step = readonly [command: ElectionCommand, now: string];

/** The way through a whole election, by the phase that it leads to. */
const DEFINED: readonly Step[] = [[define, BEFORE]];
const OPEN: readonly Step[] = [...DEFINED, [open, SCHEDULE.opensAt]];
const SUSPENDED: readonly Step[] = [...OPEN, [{ do: 'suspend', reason }, DURING]];
const CLOSED: readonly Step[] = [...OPEN, [{ do: 'close' }, SCHEDULE.closesAt]];
const RECONCILED: readonly Step[] = [...CLOSED, [reconcile, AFTER]];
const OPENED: readonly Step[] = [...RECONCILED, [publishKey, AFTER]];
const COUNTED: readonly Step[] = [...OPENED, [publishTally, AFTER]];
const CERTIFIED: readonly Step[] = [...COUNTED, [certify, SCHEDULE.claimsUntil]];
const ANNULLED: readonly Step[] = [...COUNTED, [annul, AFTER]];

/** Counted up to position 7, and ballots annulled after it. */
const OVERTAKEN: readonly Step[] = [
  ...OPENED,
  [{ do: 'publish-tally', tally: { ...tally, through: 7 } }, AFTER],
  [annulBallots, AFTER],
];

function given(steps: readonly Step[]): ElectionState {
  const log = new SmallLog();
  let state = NO_ELECTION;
  for (const [command, now] of steps) {
    const decided = decide(state, command, { electionId, now, actor: system, crypto: nodeCrypto });
    if ('rejected' in decided) throw new Error(`${command.do} was refused: ${decided.rejected}`);
    for (const event of decided) state = evolve(state, log.add(`election-${electionId}`, event, now));
  }
  return state;
}

function when(state: ElectionState, command: ElectionCommand, now = DURING, actor = officer) {
  return decide(state, command, { electionId, now, actor, crypto: nodeCrypto });
}

function events(decided: ReturnType<typeof decide>): NewEvent[] {
  if ('rejected' in decided) throw new Error(`refused: ${decided.rejected}`);
  return decided;
}

function rowOf(state: ElectionState): ElectionRow {
  if (state.row === undefined) throw new Error('no election');
  return state.row;
}

const wrongPhase = (phase: Phase) => ({ rejected: 'wrong-phase', detail: { phase } });

describe('who may act', () => {
  it('is the returning officer, and the system for what is scheduled', () => {
    expect(when(NO_ELECTION, define, BEFORE, paperOfficer)).toEqual({ rejected: 'role-missing' });
    expect(when(given(CLOSED), { do: 'close' }, AFTER, { id: 'stranger', roles: [] })).toEqual({
      rejected: 'role-missing',
    });
    expect(events(when(given(OPEN), { do: 'close' }, AFTER, system))).toHaveLength(1);
  });

  it('is the paper officer for batches, and not the returning officer', () => {
    const { electionId: _id, ...batch } = batchOf('box-1', fixed('e'), [{ s: 1, vote: [] }]);
    expect(when(given(CLOSED), { do: 'record-batch', batch }, AFTER, officer)).toEqual({
      rejected: 'role-missing',
    });
    expect(events(when(given(CLOSED), { do: 'record-batch', batch }, AFTER, paperOfficer))).toHaveLength(1);
  });
});

describe('every command but the first', () => {
  const commands: readonly ElectionCommand[] = [
    open,
    { do: 'close' },
    reconcile,
    publishKey,
    publishTally,
    certify,
    revoke,
    annul,
    annulBallots,
  ];

  it.each(commands.map((command) => [command.do, command] as const))(
    '%s needs an election that is not annulled',
    (_do, command) => {
      expect(when(NO_ELECTION, command)).toEqual({ rejected: 'election-unknown' });
      expect(when(given(ANNULLED), command)).toEqual({ rejected: 'election-annulled' });
    },
  );
});

describe('define', () => {
  it('says the definition with the hash of its ruleset, the ruleset, and the options', () => {
    const { definition, ruleset, options } = parts();
    const hash = rulesetHash(nodeCrypto, ruleset);
    expect(when(NO_ELECTION, define, BEFORE)).toEqual([
      { type: 'ElectionDefined', data: { ...definition, ruleset: hash } },
      { type: 'RulesetPublished', data: { electionId, hash, ruleset } },
      { type: 'OptionsListed', data: { electionId, listing: 1, chunk: 0, last: true, options } },
    ]);
  });

  it('lists many options in chunks of which only the last is marked, and the state holds them all', () => {
    const options = Array.from(
      { length: 250 },
      (_, i) => ({ ...OPTIONS[0], id: `p${i}` }) as (typeof OPTIONS)[number],
    );
    const many: ElectionCommand = {
      do: 'define',
      ...parts({ ballot: { ...parts().definition.ballot, max: 1 } }, options),
    };
    const lists = events(when(NO_ELECTION, many, BEFORE)).filter((event) => event.type === 'OptionsListed');
    expect(lists.map(({ data }) => [data.chunk, data.options.length, data.last])).toEqual([
      [0, 100, false],
      [1, 100, false],
      [2, 50, true],
    ]);
    expect(given([[many, BEFORE]]).options).toEqual(options);
  });

  it('is refused a second time, and when the definition makes no sense', () => {
    expect(when(given(DEFINED), define, BEFORE)).toEqual({ rejected: 'election-exists' });
    expect(when(NO_ELECTION, { ...define, options: [] }, BEFORE)).toMatchObject({
      rejected: 'no-options',
    });
  });
});

describe('amend', () => {
  const amend: ElectionCommand = {
    do: 'amend',
    reason,
    ...parts({ currency: 'USD' }, OPTIONS.slice(0, 1)),
  };

  it('replaces definition and options until voting opens', () => {
    const state = given([...DEFINED, [amend, BEFORE]]);
    expect(rowOf(state).definition.currency).toBe('USD');
    expect([rowOf(state).listing, rowOf(state).options, state.options]).toEqual([2, 1, OPTIONS.slice(0, 1)]);
  });

  it('is refused afterwards, and when the new definition makes no sense', () => {
    expect(when(given(OPEN), amend)).toEqual(wrongPhase('open'));
    expect(when(given(DEFINED), { ...amend, options: [] }, BEFORE)).toMatchObject({
      rejected: 'no-options',
    });
  });
});

describe('open', () => {
  it('states the hash over all that is fixed from here on', () => {
    const state = given(DEFINED);
    const facts = { boxKey, rollRoot: roll.root, optionsRoot: optionsRoot(nodeCrypto, OPTIONS) };
    const e = definitionHash(nodeCrypto, rowOf(state).definition, facts);
    expect(when(state, open, SCHEDULE.opensAt)).toEqual([
      { type: 'VotingOpened', data: { electionId, e, ...facts } },
    ]);
  });

  it.each([
    ['a millisecond before its time', '2026-10-01T07:59:59.999Z', roll, 'too-early'],
    ['when the close has come', SCHEDULE.closesAt, roll, 'voting-over'],
    ['without a committed roll', DURING, undefined, 'roll-not-committed'],
    ['with nobody on the roll', DURING, { ...roll, count: 0 }, 'roll-empty'],
    ['with a line of an area that is gone', DURING, { ...roll, areas: ['gone'] }, 'roll-area-unknown'],
  ])('is refused %s', (_when, now, given_, rejected) => {
    expect(when(given(DEFINED), { ...open, roll: given_ }, now)).toMatchObject({
      rejected,
    });
  });

  it('is refused a second time', () => {
    expect(when(given(OPEN), open)).toEqual(wrongPhase('open'));
  });
});

describe('extend', () => {
  const extend = (schedule: typeof LATER): ElectionCommand => ({ do: 'extend', schedule, reason });

  it('moves the close and keeps what ballots bind to', () => {
    const before = given(OPEN);
    const after = given([...OPEN, [extend(LATER), DURING]]);
    expect(rowOf(after).schedule).toEqual({ ...SCHEDULE, ...LATER });
    expect(rowOf(after).opening?.e).toBe(rowOf(before).opening?.e);
    expect(events(when(given(SUSPENDED), extend(LATER)))).toHaveLength(1);
  });

  it.each([
    ['to the same time', { ...LATER, closesAt: SCHEDULE.closesAt }, DURING, 'extension-not-later'],
    ['to an earlier time', { ...LATER, closesAt: DURING }, DURING, 'extension-not-later'],
    ['at the close', LATER, SCHEDULE.closesAt, 'voting-over'],
    ['past the claims period', { ...LATER, claimsUntil: SCHEDULE.closesAt }, DURING, 'claims-before-close'],
    ['to 24:30', { ...LATER, closesAt: '2026-10-12T24:30:00.000Z' }, DURING, 'instant-invalid'],
    ['to 30 February', { ...LATER, claimsUntil: '2027-02-30T18:00:00.000Z' }, DURING, 'instant-invalid'],
    [
      'that ends the claims earlier',
      { closesAt: '2026-10-09T18:00:00.000Z', claimsUntil: '2026-10-10T18:00:00.000Z' },
      DURING,
      'claims-shortened',
    ],
    ['into the claims', { ...LATER, claimsUntil: SCHEDULE.claimsUntil }, DURING, 'claims-shortened'],
  ])('is refused %s', (_how, schedule, now, rejected) => {
    expect(when(given(OPEN), extend(schedule), now)).toMatchObject({ rejected });
  });

  it('keeps the length of the claims period', () => {
    const [event] = events(
      when(given(OPEN), { do: 'extend', schedule: { closesAt: LATER.closesAt }, reason }),
    );
    const schedule = { ...SCHEDULE, closesAt: LATER.closesAt, claimsUntil: '2026-10-19T18:00:00.000Z' };
    expect(event?.data).toMatchObject({ schedule });
  });

  it('is refused before and after voting', () => {
    expect(when(given(DEFINED), extend(LATER))).toEqual(wrongPhase('defined'));
    expect(when(given(CLOSED), extend(LATER))).toEqual(wrongPhase('closed'));
  });
});

describe('suspend and resume', () => {
  const resume: ElectionCommand = { do: 'resume', reason };

  it('interrupt the voting', () => {
    expect(rowOf(given(SUSPENDED)).phase).toBe('suspended');
    const { phase, windows } = rowOf(given([...SUSPENDED, [resume, DURING]]));
    expect(phase).toBe('open');
    expect(windows.map(({ ended }) => ended)).toEqual(['suspended', undefined]);
  });

  it('are refused in any other phase, and resuming at the close', () => {
    expect(when(given(SUSPENDED), { do: 'suspend', reason })).toEqual(wrongPhase('suspended'));
    expect(when(given(DEFINED), { do: 'suspend', reason })).toEqual(wrongPhase('defined'));
    expect(when(given(OPEN), resume)).toEqual(wrongPhase('open'));
    expect(when(given(SUSPENDED), resume, SCHEDULE.closesAt)).toEqual({ rejected: 'voting-over' });
  });
});

describe('close', () => {
  it('comes at its time, to the millisecond, also while voting is suspended', () => {
    const event = { type: 'VotingClosed', data: { electionId, cause: 'schedule' } };
    expect(when(given(OPEN), { do: 'close' }, SCHEDULE.closesAt)).toEqual([event]);
    expect(when(given(SUSPENDED), { do: 'close' }, SCHEDULE.closesAt)).toEqual([event]);
    expect(when(given(OPEN), { do: 'close' }, '2026-10-08T17:59:59.999Z')).toEqual({
      rejected: 'close-needs-two',
    });
    expect(when(given(CLOSED), { do: 'close' }, AFTER)).toEqual(wrongPhase('closed'));
  });

  it('may come early with two signatures, which the event keeps', () => {
    const data = { electionId, cause: 'early', actId: ACT_ID, reason };
    const signed = approve({ type: 'VotingClosed', data });
    const [event] = events(when(given(OPEN), { ...closeEarly, approvals: signed }));
    expect(event).toEqual({ type: 'VotingClosed', data: { ...data, approvals: signed } });
    const staff = (actorId: string) => ({ actorId, grants: [] });
    const place = { position: 9, roles: officer.roles };
    expect(verifyApprovals(nodeCrypto, actOf(event as LogEvent), signed, staff, place)).toBe(
      'approval-not-granted',
    );
    expect(when(given(DEFINED), closeEarly)).toEqual(wrongPhase('defined'));
  });
});

describe('reopen', () => {
  it('goes back to voting under a new schedule, and the paper must be reconciled again', () => {
    const row = rowOf(given([...RECONCILED, [reopen, AFTER]]));
    expect([row.phase, row.schedule.closesAt, row.paper.reconciled, row.closed]).toEqual([
      'open',
      LATER.closesAt,
      undefined,
      undefined,
    ]);
  });

  it('is refused once the key is public, before the close, and to a time that is over', () => {
    expect(when(given(OPENED), reopen, AFTER)).toEqual({ rejected: 'key-published' });
    expect(when(given(COUNTED), reopen, AFTER)).toEqual({ rejected: 'key-published' });
    expect(when(given(OPEN), reopen)).toEqual(wrongPhase('open'));
    expect(when(given(CLOSED), reopen, LATER.closesAt)).toMatchObject({ rejected: 'schedule-in-past' });
    const early = { ...reopen, schedule: { ...LATER, claimsUntil: AFTER } } as ElectionCommand;
    expect(when(given(CLOSED), early, AFTER)).toMatchObject({ rejected: 'claims-before-close' });
    const never = { ...reopen, schedule: { closesAt: '2026-99-99T18:00:00.000Z' } } as ElectionCommand;
    expect(when(given(CLOSED), never, AFTER)).toMatchObject({ rejected: 'instant-invalid' });
  });

  it('keeps the claims period: as long as it was, and ending no earlier', () => {
    const until = (schedule: { closesAt: string; claimsUntil?: string }, steps = CLOSED, now = AFTER) => {
      const decided = when(given(steps), { ...reopen, schedule }, now);
      return 'rejected' in decided ? decided.rejected : decided[0]?.data;
    };
    expect(until({ closesAt: LATER.closesAt })).toMatchObject({
      schedule: { claimsUntil: '2026-10-19T18:00:00.000Z' },
    });
    expect(until({ ...LATER, claimsUntil: SCHEDULE.claimsUntil })).toBe('claims-shortened');
    // Closed early, and open again for a shorter time than was scheduled.
    const early: readonly Step[] = [...OPEN, [closeEarly, DURING]];
    const sooner = { closesAt: '2026-10-05T18:00:00.000Z' };
    expect(until(sooner, early, DURING)).toMatchObject({ schedule: { claimsUntil: SCHEDULE.claimsUntil } });
    expect(until({ ...sooner, claimsUntil: '2026-10-13T18:00:00.000Z' }, early, DURING)).toBe(
      'claims-shortened',
    );
  });
});

describe('paper', () => {
  const withoutPaper: readonly Step[] = [
    [{ do: 'define', ...parts({ paper: 'none' }) }, BEFORE],
    [open, DURING],
    [{ do: 'close' }, AFTER],
  ];
  const { electionId: _id, ...batch } = batchOf('box-1', fixed('e'), [
    { s: 1, vote: [] },
    { s: 2, vote: [] },
  ]);
  const record: ElectionCommand = { do: 'record-batch', batch };

  it('is recorded between the close and the key, each batch once', () => {
    expect(when(given(CLOSED), record, AFTER, paperOfficer)).toEqual([
      { type: 'PaperBatchRecorded', data: { electionId, ...batch } },
    ]);
    expect(when(given([...CLOSED, [record, AFTER]]), record, AFTER, paperOfficer)).toEqual({
      rejected: 'batch-exists',
      field: 'batch',
    });
    expect(when(given(OPEN), record, DURING, paperOfficer)).toEqual(wrongPhase('open'));
    expect(when(given(OPENED), record, AFTER, paperOfficer)).toEqual({ rejected: 'key-published' });
  });

  it('is compared with the marks, and a surplus is told', () => {
    const state = given([...CLOSED, [record, AFTER]]);
    const said = (marks: number) => when(state, { do: 'reconcile', marks }, AFTER);
    const facts = { electionId, batches: 1, sheets: 2 };
    expect(said(1)).toEqual([{ type: 'PaperReconciled', data: { ...facts, marks: 1, surplus: 1 } }]);
    expect(said(2)).toEqual([{ type: 'PaperReconciled', data: { ...facts, marks: 2, surplus: 0 } }]);
    expect(when(given(OPEN), reconcile)).toEqual(wrongPhase('open'));
  });

  it('is reconciled by two persons, and by nobody alone, where a mark has no sheet', () => {
    const state = given([...CLOSED, [record, AFTER]]);
    expect(when(state, { do: 'reconcile', marks: 3 }, AFTER)).toEqual({
      rejected: 'paper-missing',
      detail: { sheets: 2, marks: 3 },
    });
    expect(when(given(CLOSED), { do: 'reconcile', marks: 1 }, AFTER)).toMatchObject({
      rejected: 'paper-missing',
    });
    const facts = { batches: 1, sheets: 2, marks: 3 };
    const signed = { ...facts, actId: ACT_ID, reason, approvals };
    const data = { electionId, ...signed, surplus: 0 };
    expect(when(state, { do: 'reconcile', marks: 3, signed }, AFTER)).toEqual([
      { type: 'PaperReconciled', data },
    ]);
    for (const other of [{ batches: 2 }, { sheets: 1 }, { marks: 4 }]) {
      const stale = { do: 'reconcile' as const, marks: 3, signed: { ...signed, ...other } };
      expect(when(state, stale, AFTER)).toEqual({ rejected: 'paper-changed' });
    }
    expect(when(state, { do: 'reconcile', marks: 4, signed }, AFTER)).toEqual({ rejected: 'paper-changed' });
  });

  it('is reconciled again when a batch comes after the reconciliation', () => {
    const state = given([...RECONCILED, [record, AFTER]]);
    expect(when(state, publishKey, AFTER)).toEqual({ rejected: 'paper-not-reconciled' });
    const again = given([...RECONCILED, [record, AFTER], [{ do: 'reconcile', marks: 2 }, AFTER]]);
    expect(rowOf(again).paper).toEqual({ batches: 1, sheets: 2, reconciled: { marks: 2, surplus: 0 } });
    expect(events(when(again, publishKey, AFTER))).toHaveLength(1);
  });

  it('is refused where the election has none', () => {
    expect(when(given(withoutPaper), record, AFTER, paperOfficer)).toEqual({ rejected: 'no-paper' });
    expect(when(given(withoutPaper), reconcile, AFTER)).toEqual({ rejected: 'no-paper' });
    expect(events(when(given(withoutPaper), publishKey, AFTER))).toHaveLength(1);
  });
});

describe('publish-key', () => {
  it('comes after close and reconciliation, and only with the key that ballots were sealed to', () => {
    expect(when(given(RECONCILED), publishKey, AFTER)).toEqual([
      { type: 'ElectionKeyPublished', data: { electionId, secret } },
    ]);
    expect(when(given(CLOSED), publishKey, AFTER)).toEqual({ rejected: 'paper-not-reconciled' });
    expect(when(given(OPEN), publishKey)).toEqual(wrongPhase('open'));
    const other = { ...publishKey, publicKey: fixed('another key') } as ElectionCommand;
    expect(when(given(RECONCILED), other, AFTER)).toEqual({ rejected: 'election-key-wrong' });
  });
});

describe('publish-tally', () => {
  it('numbers each count, beside the ones before, and counts again only when something changed', () => {
    const { ruleset } = rowOf(given(DEFINED)).definition;
    expect(when(given(OPENED), publishTally)).toEqual([
      { type: 'TallyPublished', data: { electionId, number: 1, ruleset, ...tally } },
    ]);
    expect(when(given(OVERTAKEN), publishTally)).toMatchObject([{ data: { number: 2 } }]);
    expect(when(given(COUNTED), publishTally)).toEqual({ rejected: 'count-current' });
    expect(when(given(CLOSED), publishTally)).toEqual(wrongPhase('closed'));
    expect(when(given(CERTIFIED), publishTally)).toEqual(wrongPhase('certified'));
  });

  it('refuses a count that something overtook: the key, another count, or ballots annulled meanwhile', () => {
    const countedTo = (through: number): ElectionCommand => ({
      do: 'publish-tally',
      tally: { ...tally, through },
    });
    const keyAt = rowOf(given(OPENED)).key?.position ?? 0;
    expect(keyAt).toBeGreaterThan(0);
    expect(when(given(OPENED), countedTo(keyAt))).toEqual({ rejected: 'count-outdated' });
    expect(events(when(given(OPENED), countedTo(keyAt + 1)))).toHaveLength(1);
    const row = rowOf(given(OVERTAKEN));
    const before = row.tallies.at(0)?.through ?? 0;
    const annulledAt = row.annulments.at(0)?.position ?? 0;
    expect(annulledAt).toBeGreaterThan(before);
    for (const through of [before - 1, before, annulledAt])
      expect(when(given(OVERTAKEN), countedTo(through))).toEqual({ rejected: 'count-outdated' });
    expect(events(when(given(OVERTAKEN), countedTo(annulledAt + 1)))).toHaveLength(1);
  });
});

describe('certify and revoke', () => {
  it('certify the last count once the claims period is over, to the millisecond', () => {
    expect(rowOf(given(CERTIFIED)).certified).toMatchObject({ tally: 1, by: ['officer-a', 'officer-b'] });
    const early = when(given(COUNTED), certify, '2026-10-15T17:59:59.999Z');
    expect(early).toEqual({ rejected: 'claims-period', detail: { until: SCHEDULE.claimsUntil } });
    expect(when(given(OPENED), certify, PAST_CLAIMS)).toEqual(wrongPhase('opened'));
    expect(when(given(CERTIFIED), certify, PAST_CLAIMS)).toEqual(wrongPhase('certified'));
  });

  it('refuse another count than the last, or another result than was counted', () => {
    const recounted = given([...OVERTAKEN, [publishTally, AFTER]]);
    expect(when(recounted, certify, PAST_CLAIMS)).toEqual({ rejected: 'tally-stale' });
    const other = { ...certify, outputDigest: fixed('other') } as ElectionCommand;
    expect(when(given(COUNTED), other, PAST_CLAIMS)).toEqual({ rejected: 'tally-stale' });
  });

  it('refuse a count that an annulment overtook', () => {
    const overtaken = given(OVERTAKEN);
    expect(isStale(rowOf(overtaken))).toBe(true);
    const asked = { ...certify, outputDigest: tally.outputDigest } as ElectionCommand;
    expect(when(overtaken, asked, PAST_CLAIMS)).toEqual({ rejected: 'recount-needed' });
    expect(isStale(rowOf(given(COUNTED)))).toBe(false);
  });

  it('take a certification back, which asks for a new count', () => {
    const revoked = given([...CERTIFIED, [revoke, PAST_CLAIMS]]);
    expect([rowOf(revoked).phase, rowOf(revoked).certified, isStale(rowOf(revoked))]).toEqual([
      'opened',
      undefined,
      true,
    ]);
    expect(when(given(COUNTED), revoke, PAST_CLAIMS)).toEqual({ rejected: 'not-certified' });
    expect(when(given(CERTIFIED), { ...revoke, tally: 2 })).toEqual({
      rejected: 'not-certified',
    });
  });
});

describe('annulling', () => {
  it('tells a long list of ballots in chunks under one act', () => {
    const ids = Array.from({ length: 2_001 }, (_, i) => fixed(`ballot ${i}`));
    const chunks = events(when(given(COUNTED), { ...annulBallots, ids }, AFTER));
    expect(
      chunks.map(
        (event) =>
          event.type === 'BallotsAnnulled' && [event.data.chunk, event.data.ids.length, event.data.afterKey],
      ),
    ).toEqual([
      [0, 1_000, true],
      [1, 1_000, true],
      [2, 1, true],
    ]);
    const acts = new Set(chunks.map((event) => JSON.stringify(actOf(event as LogEvent))));
    expect(acts.size).toBe(1);
    expect(when(given(CLOSED), annulBallots, AFTER)).toMatchObject([{ data: { afterKey: false } }]);
  });

  it('is refused for nothing, for too many, before voting, and under a certificate', () => {
    const ids = Array.from({ length: 20_001 }, () => fixed('x'));
    expect(when(given(COUNTED), { ...annulBallots, ids: [] })).toEqual({
      rejected: 'nothing-to-annul',
    });
    expect(when(given(COUNTED), { ...annulBallots, ids })).toMatchObject({
      rejected: 'too-many-to-annul',
    });
    expect(when(given(DEFINED), annulBallots)).toEqual(wrongPhase('defined'));
    expect(when(given(CERTIFIED), annulBallots)).toEqual({ rejected: 'revoke-first' });
    expect(when(given(CERTIFIED), annul)).toEqual({ rejected: 'revoke-first' });
  });

  it('may void the whole election, and nothing can be cast any more', () => {
    const row = rowOf(given([...OPEN, [annul, DURING]]));
    expect([row.phase, row.windows.at(-1)?.ended]).toEqual(['annulled', 'closed']);
  });
});

/** Times that contradict one another: what could not have been done yet, or not any more, when its own time says so. */
import { describe, expect, it } from '@jest/globals';
import type { Finding, Report } from '../../projections/audit/report.js';
import type { NewEvent } from '../../projections/event.js';
import { approve, ELECTION_ID, SCHEDULE, voter } from '../elections/small-election.js';
import { ana, audited, dora, DURING, ofType, tell, withData, type Entry, type Twist } from './story.js';

const electionId = ELECTION_ID;
const CLOSE = SCHEDULE.closesAt;
const AFTER_CLOSE = '2026-10-08T19:00:00.000Z';
const reason = { code: 'storm' };

type Edit = NonNullable<Twist['edit']>;
const dated = (type: NewEvent['type'], at: string): Edit => ofType(type, (entry) => ({ ...entry, at }));
const before = (type: NewEvent['type'], ...entries: readonly Entry[]): Edit =>
  ofType(type, (entry) => [...entries, entry]);
const bySystem = (event: NewEvent, at: string): Entry => ({
  stream: `election-${electionId}`,
  event,
  at,
  actor: 'system',
});

async function told(edit: Edit): Promise<Report & { of: (number: number) => readonly Finding[] }> {
  const report = await audited(tell({ edit }));
  const of = (number: number) => report.checks.find((check) => check.number === number)?.findings ?? [];
  return { ...report, of };
}

const codesOf = (findings: readonly Finding[]) => [...new Set(findings.map(({ code }) => code))];

describe('an act that is dated ahead', () => {
  it.each<[string, string, Edit]>([
    ['a certificate within the claims period', SCHEDULE.claimsUntil, dated('ViewPublished', CLOSE)],
    ['a close before the end of voting', CLOSE, dated('PaperBatchRecorded', DURING)],
    ['an opening before its time', SCHEDULE.opensAt, dated('BallotCast', '2026-10-01T06:00:00.000Z')],
  ])('is given away by what follows it: %s', async (_what, needed, edit) => {
    const report = await told(edit);
    expect([report.passed, report.cause]).toEqual([false, 8]);
    expect(report.of(8)[0]).toEqual({
      code: 'dated-ahead',
      index: expect.any(Number),
      id: expect.any(String),
      expected: needed,
      found: expect.stringMatching(/^2026-10-0\dT\d\d:00:00\.000Z \(\d+\)$/),
    });
  });

  it('is not given away by a clock that stood at the year 2000, which a city is asked about', async () => {
    const report = await told(dated('ViewPublished', '2000-01-01T00:00:00.000Z'));
    expect(report.passed).toBe(true);
    expect(report.of(8)[0]).toMatchObject({
      code: 'time-goes-back',
      expected: CLOSE,
      found: '2000-01-01T00:00:00.000Z (-844797600 s)',
    });
  });
});

describe('what is dated back', () => {
  const suspended = bySystem({ type: 'VotingSuspended', data: { electionId, reason } }, AFTER_CLOSE);
  const resumed = bySystem({ type: 'VotingResumed', data: { electionId, reason } }, DURING);
  const extended = {
    ...SCHEDULE,
    closesAt: '2026-10-09T18:00:00.000Z',
    claimsUntil: '2026-10-16T18:00:00.000Z',
  };
  const extension = bySystem(
    { type: 'VotingExtended', data: { electionId, schedule: extended, reason } },
    DURING,
  );
  const isMark = ofType('RollMarkedPaper', (entry) => [suspended, resumed, entry]);

  it('resumes voting after its end', async () => {
    const report = await told(before('VotingClosed', suspended, resumed));
    expect([report.passed, codesOf(report.of(8))]).toEqual([false, ['dated-back', 'time-goes-back']]);
  });

  it('extends voting after its end', async () => {
    const report = await told(before('VotingClosed', suspended, extension));
    expect(report.of(8)[0]?.code).toBe('dated-back');
    expect(report.passed).toBe(false);
  });

  it('marks the roll after the end of voting', async () => {
    expect(codesOf((await told(isMark)).of(42))).toEqual(['dated-back']);
  });

  it('casts ballots after the end of voting', async () => {
    const edit: Edit = (entry) =>
      entry.event.type === 'BallotCast' && entry.event.data.v === ana.v && entry.event.data.ballot.n === 1
        ? [suspended, resumed, entry]
        : [entry];
    const { of } = await told(edit);
    expect(codesOf(of(20))).toEqual(['dated-back']);
    expect(of(20)).toHaveLength(5);
  });
});

describe('what came after the end of voting by its own time', () => {
  it('is no mark for paper', async () => {
    const report = await told(dated('RollMarkedPaper', AFTER_CLOSE));
    expect([report.cause, codesOf(report.of(42))]).toEqual([42, ['after-end-of-voting']]);
  });

  it('is no new ballot key', async () => {
    const data = { electionId, v: dora.v, old: dora.entry.k!, new: voter('dora again').entry.k! };
    const replaced: Entry = {
      stream: `ballots-${electionId}.${dora.v}`,
      event: { type: 'BallotKeyReplaced', data },
      at: AFTER_CLOSE,
      actor: 'officer-a',
    };
    const report = await told(before('VotingClosed', replaced));
    expect([report.cause, codesOf(report.of(15))]).toEqual([15, ['after-end-of-voting']]);
  });

  it('is no definition', async () => {
    const report = await told(dated('ElectionDefined', CLOSE));
    expect([report.cause, codesOf(report.of(9))]).toEqual([9, ['schedule-in-past']]);
  });
});

describe('two approvals', () => {
  const [early, late] = ['2026-10-08T20:00:00.000Z', '2026-10-16T08:00:00.000Z'];
  const approvedAt = (...times: readonly string[]): Edit =>
    ofType('ResultCertified', (entry) => {
      const { approvals: _approvals, ...data } = entry.event.data;
      const approvals = times.map((at, place) => approve({ type: 'ResultCertified', data }, at)[place]!);
      return withData(entry, { approvals });
    });

  it.each<[string, string, string]>([
    ['approval-after-act', early, '2026-10-16T09:30:00.000Z'],
    ['approvals-far-apart', early, late],
  ])('are asked about: %s', async (code, one, other) => {
    const report = await told(approvedAt(one, other));
    expect([report.passed, codesOf(report.of(7))]).toEqual([true, [code]]);
  });

  it('may be a week apart', async () => {
    const report = await told(approvedAt('2026-10-09T09:00:00.000Z', late));
    expect([report.passed, report.of(7)]).toEqual([true, []]);
  });
});

describe('an honest log', () => {
  it('has clocks that differ a little, and hours for what voters do', async () => {
    const edit: Edit = (entry) => {
      if (entry.event.type === 'ViewPublished')
        return [{ ...entry, at: new Date(Date.parse(entry.at) - 9 * 60_000).toISOString() }];
      return entry.event.type === 'BallotCast' ? [{ ...entry, at: SCHEDULE.opensAt }] : [entry];
    };
    const report = await told(edit);
    expect([report.passed, report.of(8), report.of(20)]).toEqual([true, [], []]);
  });

  it('marks nobody before voting has opened', async () => {
    const mark: Entry = {
      stream: `ballots-${electionId}.${dora.v}`,
      event: { type: 'RollMarkedPaper', data: { electionId, v: dora.v } },
      at: '2026-09-01T00:00:00.000Z',
      actor: 'officer-a',
    };
    const report = await told(before('VotingOpened', mark));
    expect(codesOf(report.of(8))).toEqual(['not-when-defined']);
  });
});

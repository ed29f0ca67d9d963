/** Logs and bundles that somebody made to deceive: each must fail, and by which check is said. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { auditBundle } from '../../projections/audit/audit-bundle.js';
import { writeBundle, type BundleFile } from '../../projections/audit/bundle.js';
import type { Report } from '../../projections/audit/report.js';
import { concat, toBase64url, utf8 } from '../../projections/bytes.js';
import type { NewEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { approve, ELECTION_ID, SCHEDULE, seed } from '../elections/small-election.js';
import { ORIGIN } from '../ledger/signers.js';
import { audited, filesOf, headOf, ofType, POLICY, tell, type Entry, type Story } from './story.js';

const electionId = ELECTION_ID;
let story: Story;
beforeAll(() => {
  story = tell();
});

async function auditOf(files: readonly BundleFile[], election?: string): Promise<Report> {
  const { size, root } = headOf(story.leaves);
  const facts = { origin: ORIGIN, size, root: toBase64url(root), ...(election && { election }) };
  const pieces: Uint8Array[] = [];
  for await (const piece of writeBundle(nodeCrypto, facts, files)) pieces.push(piece);
  return auditBundle([concat(...pieces)], { crypto: nodeCrypto, policy: POLICY });
}

function found(report: Report, number: number) {
  const check = report.checks.find((one) => one.number === number);
  return [report.passed, check?.verdict, check?.code];
}

const file = (name: string, text: string): BundleFile => ({ name, read: () => utf8(text) });

describe('a bundle that deceives', () => {
  it('leaves out the titles of the very election that it is of', async () => {
    const without = filesOf(story).filter(({ name }) => !name.startsWith('contents/'));
    expect((await auditOf(filesOf(story), electionId)).passed).toBe(true);
    expect(found(await auditOf(without, electionId), 44)).toEqual([false, 'FAIL', 'content-missing']);
  });

  it('has a result that no count of the log names', async () => {
    const forged = file(`results/${toBase64url(seed('forged'))}.json`, '{"areas":[],"v":1}');
    const report = await auditOf([...filesOf(story), forged]);
    expect(found(report, 39)).toEqual([false, 'FAIL', 'result-of-no-count']);
  });

  it('has a schema that is not the one of its events', async () => {
    const forged = file('schemas/BallotCast.v1.schema.json', '{}');
    const report = await auditOf([...filesOf(story), forged]);
    expect(found(report, 1)).toEqual([false, 'FAIL', 'schema-not-of-type']);
  });
});

const after = '2026-10-03T10:00:00.000Z';
const later = '2026-10-04T10:00:00.000Z';
const reason = { code: 'storm' };
const early = { electionId, cause: 'early' as const, actId: 'aaaaaaaa-0000-5000-8000-000000000001', reason };
const again = { electionId, actId: 'aaaaaaaa-0000-5000-8000-000000000002', schedule: SCHEDULE, reason };
const closed: NewEvent = {
  type: 'VotingClosed',
  data: { ...early, approvals: approve({ type: 'VotingClosed', data: early }) },
};
const reopened: NewEvent = {
  type: 'VotingReopened',
  data: { ...again, approvals: approve({ type: 'VotingReopened', data: again }) },
};
const inPlaceOfClose = (make: (entry: Entry) => readonly Entry[]) => ofType('VotingClosed', make);

describe('a log that deceives', () => {
  it('passes with an early close and a reopening that two persons approved', async () => {
    const edit = inPlaceOfClose((entry) => [
      { ...entry, event: closed, at: after },
      { ...entry, event: reopened, at: after },
      entry,
    ]);
    expect((await audited(tell({ edit }))).passed).toBe(true);
  });

  it('closes a second time with the approvals of the first', async () => {
    const edit = inPlaceOfClose((entry) => [
      { ...entry, event: closed, at: after },
      { ...entry, event: reopened, at: after },
      { ...entry, event: closed, at: later },
    ]);
    expect(found(await audited(tell({ edit })), 7)).toEqual([false, 'FAIL', 'act-repeated']);
  });

  it('reopens at a time before the close', async () => {
    const edit = inPlaceOfClose((entry) => [
      entry,
      { ...entry, event: reopened, at: after },
      { ...entry, at: SCHEDULE.closesAt },
    ]);
    expect(found(await audited(tell({ edit })), 8)).toEqual([false, 'FAIL', 'reopened-before-close']);
  });

  it('has an event twice', async () => {
    const leaves = (all: Uint8Array[]) => [...all, all[0] as Uint8Array];
    expect(found(await audited(tell({ leaves })), 2)).toEqual([false, 'FAIL', 'event-repeated']);
  });
});

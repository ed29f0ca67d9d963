/** Logs and bundles that somebody made to deceive: each must fail, and by which check is said. */
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { annulledRoot } from '../../projections/annulment.js';
import { AnnulmentChecks } from '../../projections/audit/annulment-checks.js';
import { auditBundle } from '../../projections/audit/audit-bundle.js';
import { bulkOf, type Bulk } from '../../projections/audit/bulk.js';
import { writeBundle, type BundleFile } from '../../projections/audit/bundle.js';
import { GivenResults } from '../../projections/audit/given-results.js';
import { Findings, type Report } from '../../projections/audit/report.js';
import { tarEnd, tarHeader, tarPadding } from '../../projections/audit/tar.js';
import { ViewChecks } from '../../projections/audit/view-checks.js';
import { readLeaf } from '../../projections/audit/leaf.js';
import { concat, equalBytes, toBase64url, utf8 } from '../../projections/bytes.js';
import { Names } from '../../projections/packed.js';
import { contentsView } from '../../projections/contents.view.js';
import { electionsView } from '../../projections/elections.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { approve, ELECTION_ID, SCHEDULE, seed } from '../elections/small-election.js';
import { ORIGIN } from '../ledger/signers.js';
import { audited, filesOf, headOf, ofType, POLICY, rawLeaf, tell, type Entry, type Story } from './story.js';

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

describe('a bundle that would fill the memory of an auditor', () => {
  /** Bytes that are given to a parser, which may make fifty times as many of them. */
  async function parsedBy(work: () => Promise<Report>): Promise<{ report: Report; most: number }> {
    const parse = jest.spyOn(JSON, 'parse');
    try {
      const report = await work();
      return { report, most: Math.max(...parse.mock.calls.map(([text]) => text.length)) };
    } finally {
      parse.mockRestore();
    }
  }
  const MEGABYTES = 4_000_000;
  const manifestOf = (text: string) =>
    concat(tarHeader('manifest.json', text.length), utf8(text), tarPadding(text.length), tarEnd());
  const lastViews = () => {
    const index = story.leaves.length - 1 - 2 * allViews.length - 1;
    return `views/roll@2/${index}/000000`;
  };
  const stated = () => story.results[0]!.outputDigest;

  it.each([
    ['lists within lists', '['.repeat(MEGABYTES)],
    ['lists beside lists', `{"files":[${'[],'.repeat(MEGABYTES / 3)}[]]}`],
    ['objects in a list', `{"files":[${'{},'.repeat(MEGABYTES / 3)}{}]}`],
  ])('has its manifest refused before it is parsed: %s', async (_what, text) => {
    const { report, most } = await parsedBy(() =>
      auditBundle([manifestOf(text)], { crypto: nodeCrypto, policy: POLICY }),
    );
    expect(found(report, 1)).toEqual([false, 'FAIL', 'manifest-malformed']);
    // What the auditor tries on itself.
    expect(most).toBeLessThan(10_000);
  });

  it.each([
    ['view-rows-wrong', lastViews, `a\t${'['.repeat(MEGABYTES)}\n`],
    [
      'view-rows-too-many',
      lastViews,
      Array.from({ length: 50_000 }, (_, at) => `${String(at).padStart(6, '0')}\t{}\n`).join(''),
    ],
    ['view-not-published', () => 'views/roll@2/1/000000', `a\t${'['.repeat(MEGABYTES)}\n`],
  ])('has rows of a view hashed, never parsed: %s', async (code, name, text) => {
    const { report, most } = await parsedBy(() => auditOf([...filesOf(story), file(name(), text)]));
    expect(found(report, 49)).toEqual([false, 'FAIL', code]);
    expect(most).toBeLessThan(60_001);
  });

  it.each([
    ['result-too-large', '['.repeat(MEGABYTES)],
    ['result-not-of-digest', '{"spoiled":[1],"v":1}'],
  ])('has its results parsed only as far as a count has any: %s', async (code, text) => {
    const files = filesOf(story).filter(({ name }) => !name.startsWith('results/'));
    const { report, most } = await parsedBy(() =>
      auditOf([...files, file(`results/${stated()}.json`, text)]),
    );
    expect(found(report, 39)).toEqual([false, 'FAIL', code]);
    expect(most).toBeLessThan(60_001);
  });

  it('has heads kept up to a limit', async () => {
    const heads = Array.from({ length: 20 }, (_, at) => file(`checkpoints/${at + 1}`, 'x'.repeat(1_000_000)));
    expect(found(await auditOf([...filesOf(story), ...heads]), 1)).toEqual([
      false,
      'FAIL',
      'checkpoints-too-large',
    ]);
  });

  it('has results kept up to a limit, and compares those beyond by their hash', () => {
    const results = new GivenResults(nodeCrypto);
    for (let at = 0; at < 40; at++) results.give(String(at), new Uint8Array(2_000_000).fill(at));
    const kept = [...results.left()].filter((digest) => results.take(digest)?.bytes !== undefined);
    expect(kept).toHaveLength(32);
    results.give('again', new Uint8Array(2_000_000));
    expect(results.take('again')?.bytes).toHaveLength(2_000_000);
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

describe('a log that would keep an auditor busy', () => {
  it('has its digests checked up to a limit, and does not pass beyond it', () => {
    const verdictWith = (mostWork?: number) => {
      const findings = new Findings();
      const views = new ViewChecks(nodeCrypto, findings, mostWork, mostWork && 0);
      for (const [index, leaf] of story.leaves.entries()) {
        const read = readLeaf(leaf, index);
        if ('event' in read) views.see(read.event);
      }
      const check = findings.report(0, '').checks.find(({ number }) => number === 49);
      return [check?.verdict, check?.code];
    };
    expect(verdictWith()).toEqual(['PASS', 'passed']);
    expect(verdictWith(3)).toEqual(['NOT-CHECKED', 'views-too-many']);
  });

  it('has a row hashed once for each change, however often its view is published', () => {
    let rowsHashed = 0;
    const row = utf8('concejo/v1/row');
    const sha256 = (bytes: Uint8Array) => {
      if (equalBytes(bytes.subarray(4, 4 + row.length), row)) rowsHashed += 1;
      return nodeCrypto.sha256(bytes);
    };
    const findings = new Findings();
    const views = new ViewChecks({ sha256 }, findings);
    let position = 0;
    const see = (type: string, data: object) =>
      views.see({
        ...{ type, data, at: after, position: BigInt(position++), id: 'x', actor: 'system' },
      } as unknown as LogEvent);
    const contentId = (at: number) => `00000000-0000-5000-8000-${String(at).padStart(12, '0')}`;
    const rows = 2_000;
    for (let at = 0; at < rows; at++)
      see('ContentReleased', { contentId: contentId(at), commitment: toBase64url(seed('text')) });
    const label = `${contentsView.name}@${contentsView.version}`;
    const times = 100;
    for (let at = 0; at < times; at++) {
      see('ContentErased', { contentId: contentId(at), reason: 'data-protection' });
      see('ViewPublished', { view: label, index: position - 1, digest: 'none' });
      // And as it was before: those rows once more, and once more as they are.
      see('ViewPublished', { view: label, index: position - 3, digest: 'none' });
    }
    expect(rowsHashed).toBeGreaterThanOrEqual(rows + times);
    expect(rowsHashed).toBeLessThan(rows + 4 * times);
    const check = findings.report(0, '').checks.find(({ number }) => number === 49)!;
    expect([check.code, check.findings.length + check.more]).toEqual(['view-digest-wrong', 2 * times]);
  });

  it('has its counts made up to a limit, and does not pass beyond it', async () => {
    const edit = ofType('TallyPublished', (entry) => Array.from({ length: 600 }, () => entry));
    let opened = 0;
    const bulk = bulkOf(nodeCrypto);
    const counting: Bulk = {
      ...bulk,
      open: (opener, ballots) => {
        opened += ballots.length;
        return bulk.open(opener, ballots);
      },
    };
    const report = await audited(tell({ edit }), { bulk: counting, selfTest: false });
    expect(report.checks.find(({ number }) => number === 38)?.code).toBe('counts-too-many');
    expect(report.passed).toBe(false);
    // Three stand, and no more than 500 counts are made.
    expect(opened).toBeGreaterThan(3 * 400);
    expect(opened).toBeLessThan(3 * 500);
  });

  it('has its annulments looked over up to a limit, and does not pass beyond it', () => {
    const findings = new Findings();
    const checks = new AnnulmentChecks(nodeCrypto, findings, { lines: new Names(), ballots: new Names() });
    const event = (type: string, data: object, position: number) =>
      ({
        type,
        data,
        at: after,
        position: BigInt(position),
        id: 'x',
        actor: 'system',
      }) as unknown as LogEvent;
    const cast = 2_000;
    const idOf = (at: number) => toBase64url(seed(`ballot ${at}`));
    for (let at = 0; at < cast; at++) checks.see(event('BallotCast', { id: idOf(at), v: 'v' }, at));
    let position = cast;
    const annul = (rule: object, ids: readonly string[], actId: string) => {
      const data = { rule, scope: 'ballot', through: cast, count: ids.length, chunk: 0, ids, actId };
      checks.see(event('BallotsAnnulled', { ...data, idsRoot: annulledRoot(nodeCrypto, ids) }, position++));
    };
    // Claims of single ballots are settled by the hundred.
    for (let at = 0; at < cast; at++)
      annul({ name: 'single', ballot: idOf(at), claim: `claim-${at}` }, [idOf(at)], `claim-${at}`);
    const checked = () => findings.report(0, '').checks.find(({ number }) => number === 43)!;
    expect(checked().verdict).toBe('PASS');
    for (let act = 0; act < 1_100; act++) annul({ name: 'hours', from: '', until: '' }, [], String(act));
    const { verdict, findings: left, more } = checked();
    expect([verdict, left[0]?.code]).toEqual(['NOT-CHECKED', 'annulments-too-many']);
    // Of 2,000,000 ballots and 64 times each, 2,000 at once.
    expect(left.length + more).toBeGreaterThan(30);
    expect(left.length + more).toBeLessThan(100);
  });

  it('keeps no list that grows with every change once for each change', () => {
    // What is alive, whatever the collector has left lying about: 150 MB here, and 1,300 MB without the weights.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const alive = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const views = new ViewChecks(nodeCrypto, new Findings());
    const heapAfter = (events: number) => {
      const opened = story.leaves.findIndex((leaf) => Buffer.from(leaf).includes('"VotingOpened"'));
      const see = (leaf: Uint8Array, index: number) => {
        const read = readLeaf(leaf, index);
        if (!('event' in read)) throw new Error(read.finding.code);
        views.see(read.event);
      };
      story.leaves.slice(0, opened + 1).forEach(see);
      for (let i = 0; i < events; i++) {
        const data = { electionId, reason };
        const type = i % 2 === 0 ? 'VotingSuspended' : 'VotingResumed';
        const id = `00000000-0000-5000-8000-${String(i).padStart(12, '0')}`;
        const place = { id, stream: `election-${electionId}`, actor: 'system', at: after, schema: 1 };
        see(rawLeaf({ ...place, type, data }), opened + 1 + i);
      }
      return alive();
    };
    const before = alive();
    const kept = heapAfter(12_000) - before;
    expect(views.rows(electionsView).size).toBe(1);
    expect(kept).toBeLessThan(300_000_000);
  });
});

/** The second opinion on approvals, annulments and definitions agrees with the product, on a whole bundle and on generated cases. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { annulledBallots, annulledRoot, type AnnulmentRule } from '../../projections/annulment.js';
import { verifyApprovals } from '../../projections/approval.js';
import { auditBundle } from '../../projections/audit/audit-bundle.js';
import { toBase64url } from '../../projections/bytes.js';
import { canonicalText } from '../../projections/canonical.js';
import { definitionHash, optionsRoot, rollRoot } from '../../projections/definition.js';
import type { DataOf } from '../../projections/events/catalogue.js';
import type { NewEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import {
  ACT_ID,
  approve,
  ELECTION_ID,
  fixed,
  OFFICERS,
  officerKeys,
  OPTIONS,
  SCHEDULE,
  seed,
} from '../elections/small-election.js';
import { annulledBy, approversOf, eventsOf, jcs, openingOf, type Told } from './second-opinion.js';
import { bundleOf, POLICY, tell, type Entry } from './story.js';

const electionId = ELECTION_ID;
const SEED = { seed: 20_261_127 };
const basis = { code: 'storm' };

/** The story with every kind of act of two persons in it: an early close, a reopening, annulments. */
async function bundle(): Promise<Uint8Array> {
  const ballots: { id: string; v: string; at: string; position: number }[] = [];
  let position = 0;
  const act = (type: 'VotingClosed' | 'VotingReopened', data: object, at: string): Entry => {
    const approvals = approve({ type, data: data as Record<string, unknown> }, at);
    const event = { type, data: { ...data, approvals } } as unknown as NewEvent;
    return { stream: `election-${electionId}`, event, at, actor: OFFICERS[0] };
  };
  const annulment = (rule: AnnulmentRule, scope: 'ballot' | 'voter', number: number): Entry => {
    const ids = annulledBallots(rule, scope, position, ballots);
    const actId = ACT_ID.replace(/.$/, String(number));
    const facts = { count: ids.length, idsRoot: annulledRoot(nodeCrypto, ids), afterKey: false, basis };
    const data = { electionId, actId, rule, scope, through: position, ...facts };
    const approvals = approve({ type: 'BallotsAnnulled', data }, SCHEDULE.closesAt);
    const event = { type: 'BallotsAnnulled' as const, data: { ...data, approvals, chunk: 0, ids } };
    return { stream: `election-${electionId}`, event, at: SCHEDULE.closesAt, actor: OFFICERS[0] };
  };
  const early = '2026-10-03T10:00:00.000Z';
  const edit = (entry: Entry): Entry[] => {
    let entries = [entry];
    if (entry.event.type === 'VotingClosed') {
      const ids = { electionId, actId: ACT_ID };
      entries = [
        act('VotingClosed', { ...ids, cause: 'early', reason: basis }, early),
        act('VotingReopened', { ...ids, schedule: SCHEDULE, reason: basis }, early),
        entry,
      ];
    }
    if (entry.event.type === 'PaperBatchRecorded')
      entries = [
        annulment({ name: 'more-than', ballots: 1 }, 'ballot', 1),
        annulment({ name: 'positions', first: 0, last: position }, 'voter', 2),
        entry,
      ];
    if (entry.event.type === 'BallotCast')
      ballots.push({ id: entry.event.data.id, v: entry.event.data.v, at: entry.at, position });
    position += entries.length;
    return entries;
  };
  return bundleOf(tell({ edit }));
}

describe('a second opinion on a bundle', () => {
  it('finds the same approvals, annulments and definition as the auditor that passes it', async () => {
    const bytes = await bundle();
    const report = await auditBundle([bytes], { crypto: nodeCrypto, policy: POLICY });
    expect(report.checks.filter(({ verdict }) => verdict === 'FAIL')).toEqual([]);
    const events = eventsOf(bytes);
    expect(events).toHaveLength(report.size);
    const acts = events.filter(({ data }) => data.approvals !== undefined);
    expect(new Set(acts.map(({ type }) => type))).toEqual(
      new Set(['BallotsAnnulled', 'PaperBatchRecorded', 'ResultCertified', 'VotingClosed', 'VotingReopened']),
    );
    for (const one of acts) expect(approversOf(events, one).sort()).toEqual(OFFICERS);
    const annulments = events.filter(({ type }) => type === 'BallotsAnnulled');
    expect(annulments.map(({ data }) => (data.ids as unknown[]).length)).toEqual([2, 5]);
    for (const { data } of annulments)
      expect(annulledBy(events, data)).toEqual({ ids: data.ids, root: data.idsRoot });
    const opening = events.find(({ type }) => type === 'VotingOpened')!;
    expect(openingOf(events, opening)).toEqual({
      e: opening.data.e,
      rollRoot: opening.data.rollRoot,
      optionsRoot: opening.data.optionsRoot,
    });
    const casts = events.filter(({ type }) => type === 'BallotCast');
    for (const { data } of casts) expect((data.ballot as { e: string }).e).toBe(opening.data.e);
  });

  it('has nobody approve an act of which anything was changed, or under a key that was taken back', async () => {
    const events = eventsOf(await bundle());
    const acts = events.filter(({ data }) => data.approvals !== undefined);
    for (const one of acts) {
      expect(approversOf(events, { ...one, data: { ...one.data, more: 1 } })).toEqual([]);
      expect(approversOf(events, { ...one, type: 'ElectionAnnulled' })).toEqual([]);
    }
    const [first] = OFFICERS;
    const revoked: Told = {
      index: 2,
      type: 'RoleRevoked',
      at: '',
      actor: 'system',
      data: { actorId: first },
    };
    expect(approversOf([...events.slice(0, 2), revoked], acts.at(-1)!)).toEqual([OFFICERS[1]]);
  });
});

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.boolean(),
    fc.integer(),
    fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[A-Za-z0-9_]{1,8}$/), tie('value'), { maxKeys: 4 }),
  ),
})).value;
const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}[A-Z0-9_]{0,2}$/), json, { maxKeys: 5 });

describe('a second opinion on generated cases', () => {
  it('writes JSON as the log does', () => {
    fc.assert(
      fc.property(json, (value) => expect(jcs(value)).toBe(canonicalText(value))),
      { ...SEED, numRuns: 300 },
    );
  });

  it('takes and refuses the same approvals', () => {
    const staff = (actorId: string) => ({
      actorId,
      grants: [{ from: 0, roles: ['officer'], key: toBase64url(officerKeys(actorId).publicKey) }],
    });
    const granted = OFFICERS.map((actorId, index) => {
      const { key } = staff(actorId).grants[0]!;
      return { index, type: 'RoleGranted', at: '', actor: 'system', data: { actorId, key } };
    });
    const cases = fc.record({
      data: object.filter((data) => !('approvals' in data || 'chunk' in data || 'ids' in data)),
      at: fc.constantFrom(SCHEDULE.closesAt, SCHEDULE.opensAt),
      spoil: fc.constantFrom('nothing', 'data', 'type', 'at', 'signature', 'actors'),
      bit: fc.nat({ max: 511 }),
    });
    const property = fc.property(cases, ({ data, at, spoil, bit }) => {
      let act = { type: 'VotingClosed', data };
      let approvals = [...approve(act, at)];
      const sig = Buffer.from(approvals[0]!.sig, 'base64url');
      sig[bit >> 3]! ^= 1 << (bit & 7);
      if (spoil === 'data') act = { ...act, data: { ...data, zz: 1 } };
      if (spoil === 'type') act = { ...act, type: 'VotingReopened' };
      if (spoil === 'at') approvals = approvals.map((one) => ({ ...one, at: SCHEDULE.claimsUntil }));
      if (spoil === 'signature') approvals[0] = { ...approvals[0]!, sig: sig.toString('base64url') };
      if (spoil === 'actors')
        approvals = approvals.map((one, place) => ({ ...one, actor: OFFICERS[1 - place]! }));
      const told: Told = { index: 9, at, actor: 'system', type: act.type, data: { ...act.data, approvals } };
      const isRight = approversOf(granted, told).length === 2;
      expect(isRight).toBe(spoil === 'nothing');
      const place = { position: 9, roles: ['officer'] };
      expect(verifyApprovals(nodeCrypto, act, approvals, staff, place) === undefined).toBe(isRight);
    });
    fc.assert(property, { ...SEED, numRuns: 150 });
  });

  it('annuls the same ballots by every rule', () => {
    const hour = fc.nat({ max: 9 }).map((h) => `2026-10-02T0${h}:00:00.000Z`);
    const cast = fc.record({ voter: fc.nat({ max: 5 }), at: hour, gap: fc.nat({ max: 2 }) });
    const rule = fc.oneof(
      fc.record({ name: fc.constant('positions' as const), first: fc.nat(40), last: fc.nat(40) }),
      fc.record({ name: fc.constant('hours' as const), from: hour, until: hour }),
      fc.record({ name: fc.constant('more-than' as const), ballots: fc.nat(5) }),
      fc.nat(30).map((at) => ({ name: 'single' as const, ballot: fixed(`ballot ${at}`), claim: 'c-1' })),
    );
    const acts = fc.record({
      casts: fc.array(cast, { maxLength: 25 }),
      rule,
      scope: fc.constantFrom('ballot' as const, 'voter' as const),
      through: fc.nat(60),
    });
    const property = fc.property(acts, ({ casts, rule: by, scope, through }) => {
      let position = 0;
      const ballots = casts.map(({ voter, at, gap }, place) => {
        position += 1 + gap;
        return { id: fixed(`ballot ${place}`), v: `voter-${voter}`, at, position };
      });
      const events = ballots.map(({ id, v, at, position: index }): Told => {
        return { index, type: 'BallotCast', at, actor: v, data: { electionId, id, v } };
      });
      const ids = annulledBallots(by, scope, through, ballots);
      const found = annulledBy(events, { electionId, rule: by, scope, through });
      expect(found).toEqual({ ids, root: annulledRoot(nodeCrypto, ids) });
    });
    fc.assert(property, { ...SEED, numRuns: 300 });
  });

  it('hashes the same definitions, options and rolls', () => {
    const entries = fc.array(
      fc.record({ v: fc.nat(99), w: fc.integer({ min: 1, max: 9 }), areas: fc.subarray(['city', 'north']) }),
      { maxLength: 40 },
    );
    const cases = fc.record({
      entries,
      count: fc.nat(OPTIONS.length),
      chunks: fc.integer({ min: 1, max: 3 }),
      more: object,
      isAmended: fc.boolean(),
    });
    const property = fc.property(cases, ({ entries: lines, count, chunks, more, isAmended }) => {
      const roll = lines.map(({ v, ...rest }) => ({ ...rest, v: fixed(`v ${v}`, 16), c: fixed(`c ${v}`) }));
      const options = OPTIONS.slice(0, count);
      const definition = { ...more, electionId };
      const [boxKey, other] = [toBase64url(seed('box')), { ...definition, title: 'another' }];
      const parts = [...inParts(options, chunks)].map((part, chunk) => ({
        listing: 2,
        chunk,
        options: part,
      }));
      const told = [
        ['ElectionDefined', isAmended ? other : definition],
        ...(isAmended ? [['ElectionAmended', { ...definition, reason: basis }] as const] : []),
        ['OptionsListed', { listing: 1, chunk: 0, options: OPTIONS }],
        ...parts.map((part) => ['OptionsListed', part] as const),
        ...[...inParts(roll, chunks)].map((part) => ['RollListed', { entries: part }] as const),
        ['VotingOpened', { boxKey }],
      ] as const;
      const events = told.map(([type, data], index): Told => {
        return { index, type, at: '', actor: '', data: { ...data, electionId } };
      });
      const rollOf = rollRoot(nodeCrypto, roll);
      const optionsOf = optionsRoot(nodeCrypto, options);
      const facts = { boxKey, rollRoot: rollOf, optionsRoot: optionsOf };
      const { reason: _reason, ...known } = definition as Record<string, unknown>;
      const e = definitionHash(nodeCrypto, known as DataOf<'ElectionDefined'>, facts);
      expect(openingOf(events, events.at(-1)!)).toEqual({ rollRoot: rollOf, optionsRoot: optionsOf, e });
    });
    fc.assert(property, { ...SEED, numRuns: 150 });
  });
});

/** In so many parts, of which the first ones may be all there is. */
function* inParts<T>(things: readonly T[], parts: number): Generator<readonly T[]> {
  const size = Math.max(1, Math.ceil(things.length / parts));
  for (let at = 0; at < Math.max(1, things.length); at += size) yield things.slice(at, at + size);
}

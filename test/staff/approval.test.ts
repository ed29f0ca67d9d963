/** Approvals as an auditor checks them: from the log's own words, with nothing of the server. */
import { describe, expect, it } from '@jest/globals';
import {
  actOf,
  approvalMessage,
  verifyApprovals,
  type Act,
  type Approval,
} from '../../projections/approval.js';
import { toBase64url } from '../../projections/bytes.js';
import { foldInto } from '../../projections/projection.js';
import { grantAt, staffView, type StaffRow } from '../../projections/staff.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { nodeCrypto, sign, signingKeyPair } from '../../src/crypto/node-crypto.js';
import { approvalKey, approvalSeed, hashKey, keyFrom } from '../../src/staff/keys.js';
import { differences, evolve, type Register } from '../../src/staff/register.js';

const at = '2026-10-01T08:00:00.000Z';
const seeds = new Map(['ana', 'bea', 'cova'].map((id, i) => [id, new Uint8Array(32).fill(i + 1)]));
const act: Act = {
  type: 'VotingClosed',
  data: { electionId: 'e1', actId: 'a1', cause: 'early', reason: { code: 'storm' } },
};

function approval(actor: string, of: Act = act, seed = seeds.get(actor)!): Approval {
  const sig = sign(approvalMessage(nodeCrypto, of, actor, at), signingKeyPair(seed).secretKey);
  return { actor, at, sig: toBase64url(sig) };
}

function event(position: number, { type, data }: NewEvent): LogEvent {
  const place = {
    id: 'x',
    stream: 'staff',
    at,
    actor: 'system',
    position: BigInt(position),
    revision: BigInt(position),
  };
  return { ...place, type, data } as LogEvent;
}

function granted(actorId: string, roles: string[], key = approvalKey(seeds.get(actorId)!)): NewEvent {
  return { type: 'RoleGranted', data: { actorId, roles, key } };
}

/** ana and bea run elections from 0 and 1; bea leaves at 10; cova only listens. */
const log = [
  event(0, granted('ana', ['returning-officer'])),
  event(1, granted('bea', ['administrator', 'returning-officer'])),
  event(2, granted('cova', ['listener'])),
  event(10, { type: 'RoleRevoked', data: { actorId: 'bea' } }),
];
const rows = foldInto(staffView, new Map<string, StaffRow>(), log);

function verify(approvals: readonly Approval[], position = 5, of: Act = act) {
  const roles = ['returning-officer'];
  return verifyApprovals(nodeCrypto, of, approvals, (id) => rows.get(id), { position, roles });
}

describe('approvals', () => {
  it('of two different persons who had the role carry an act', () => {
    expect(verify([approval('ana'), approval('bea')])).toBeUndefined();
    expect(verify([approval('bea'), approval('ana')], 9)).toBeUndefined();
  });

  it('are found again in the event, without its approvals and its parts of a long list', () => {
    const data = { ...act.data, approvals: [approval('ana')], chunk: 3, ids: ['x'] };
    expect(actOf({ type: act.type, data })).toEqual(act);
  });

  it.each([
    ['one alone', () => [approval('ana')], 5, 'approvals-not-two'],
    ['three', () => [approval('ana'), approval('bea'), approval('cova')], 5, 'approvals-not-two'],
    ['the same person twice', () => [approval('ana'), approval('ana')], 5, 'approvals-same-person'],
    ['a person without the role', () => [approval('ana'), approval('cova')], 5, 'approval-not-granted'],
    ['a person before her grant', () => [approval('ana'), approval('bea')], 1, 'approval-not-granted'],
    ['a person after she left', () => [approval('ana'), approval('bea')], 11, 'approval-not-granted'],
    [
      'a stranger',
      () => [approval('ana'), approval('dora', act, new Uint8Array(32).fill(9))],
      5,
      'approval-not-granted',
    ],
    [
      'another act',
      () => [approval('ana'), approval('bea', { ...act, type: 'VotingReopened' })],
      5,
      'approval-signature-wrong',
    ],
    [
      'another instant',
      () => [approval('ana'), { ...approval('bea'), at: '2026-10-01T08:00:00.001Z' }],
      5,
      'approval-signature-wrong',
    ],
    [
      'a signature under another name',
      () => [approval('ana'), { ...approval('ana'), actor: 'bea' }],
      5,
      'approval-signature-wrong',
    ],
    [
      'a signature that is no base64url',
      () => [approval('ana'), { ...approval('bea'), sig: 'x=' }],
      5,
      'approval-signature-wrong',
    ],
  ])('of %s do not', (_what, approvals, position, fault) => {
    expect(verify(approvals(), position)).toBe(fault);
  });

  it('of two names with one key do not', () => {
    const twin = foldInto(staffView, new Map(rows), [
      event(3, granted('dora', ['returning-officer'], approvalKey(seeds.get('ana')!))),
    ]);
    const approvals = [approval('ana'), approval('dora', act, seeds.get('ana'))];
    const place = { position: 5, roles: ['returning-officer'] };
    expect(verifyApprovals(nodeCrypto, act, approvals, (id) => twin.get(id), place)).toBe(
      'approval-key-unusable',
    );
  });
});

describe('the register of staff', () => {
  const people = (...list: [string, string[]][]) =>
    list.map(([id, roles]) => ({ id, roles, keyHash: 'h', ed25519Pub: approvalKey(seeds.get(id)!) }));
  const after = (events: readonly NewEvent[], start: Register = new Map()) =>
    events.map((e, i) => event(i, e)).reduce(evolve, start);

  it('gets the differences and nothing twice', () => {
    const first = differences(new Map(), people(['ana', ['b', 'a', 'a']], ['bea', ['c']]));
    expect(first).toEqual([granted('ana', ['a', 'b']), granted('bea', ['c'])]);
    const register = after(first);
    expect(differences(register, people(['bea', ['c']], ['ana', ['a', 'b']]))).toEqual([]);
    const next = differences(register, people(['bea', ['d']], ['cova', ['c']]));
    expect(next).toEqual([
      { type: 'RoleRevoked', data: { actorId: 'ana' } },
      granted('bea', ['d']),
      granted('cova', ['c']),
    ]);
    expect(differences(after(next, register), people(['cova', ['c']], ['bea', ['d']]))).toEqual([]);
  });

  it('keeps who had what when', () => {
    const bea = rows.get('bea');
    expect([1, 2, 9, 10].map((position) => grantAt(bea, position)?.roles.length)).toEqual([
      undefined,
      2,
      2,
      undefined,
    ]);
  });
});

describe('keys', () => {
  it('are stated by vectors', () => {
    const key = keyFrom(new Uint8Array(32).fill(7));
    expect(key).toBe('concejo_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc');
    expect(hashKey(key)).toHaveLength(43);
    const mine = approvalSeed(key, 'ana');
    expect(mine).toHaveLength(32);
    expect(approvalSeed(key, 'bea')).not.toEqual(mine);
    for (const bad of ['concejo_x', 'other_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc', `${key}=`]) {
      expect(approvalSeed(bad, 'ana')).toBeUndefined();
    }
  });
});

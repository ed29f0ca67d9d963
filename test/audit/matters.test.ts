/** Who may do what to a matter, and in which stream it stands, as the auditor sees it. */
import { describe, expect, it } from '@jest/globals';
import { actorFault } from '../../projections/audit/actors.js';
import { readLeaf } from '../../projections/audit/leaf.js';
import { leafBytes, type LogEvent, type NewEvent } from '../../projections/event.js';
import type { StaffRow } from '../../projections/staff.view.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { answered, filed, LAMP, logOf, minute } from '../complaints/matter-events.js';

const key = 'A'.repeat(43);
const staff = (actorId: string): StaffRow | undefined =>
  actorId === 'lin' ? { actorId, grants: [{ from: -1, roles: ['listener'], key }] } : undefined;

function faultOf(actor: string, ...[said]: Parameters<typeof logOf>): string | undefined {
  const [event] = logOf(said as Parameters<typeof logOf>[0]);
  return actorFault(nodeCrypto, { ...event, actor } as LogEvent, staff)?.code;
}

describe('the auditor', () => {
  it('takes what residents say from anybody, and what the city says from its listeners', () => {
    expect(faultOf('resident', filed)).toBeUndefined();
    expect(faultOf('resident', ['MatterRated', { matterId: LAMP, stars: 1 }])).toBeUndefined();
    expect(faultOf('lin', answered())).toBeUndefined();
    expect(faultOf('resident', answered())).toBe('role-missing');
    expect(faultOf('lin', ['MatterRated', { matterId: LAMP, stars: 5 }])).toBe('role-missing');
    expect(faultOf('lin', ['MatterErased', { matterId: LAMP, basis: 'x' }])).toBe('role-missing');
    expect(faultOf('ana', answered())).toBe('role-missing');
  });

  it('finds a role that was given to residents', () => {
    const data = { actorId: 'resident', roles: ['listener'], key };
    expect(faultOf('system', ['RoleGranted', data])).toBe('role-for-system');
  });

  const place = { id: LAMP, at: minute(0), actor: 'resident' };
  const joined: NewEvent = { type: 'MatterJoined', data: { matterId: LAMP, joiner: 'A'.repeat(22) } };
  const state: NewEvent = { type: 'MatterConfirmed', data: { matterId: LAMP } };
  it.each([
    [joined, `matter-${LAMP}.${'A'.repeat(22)}`, true],
    [joined, `matter-${LAMP}`, false],
    [state, `matter-${LAMP}`, true],
    [state, `election-${LAMP}`, false],
  ])('knows the stream of %j', (event, stream, isRight) => {
    const read = readLeaf(leafBytes(event, { ...place, stream }), 3);
    expect('event' in read ? undefined : read.finding.code).toBe(isRight ? undefined : 'stream-wrong');
  });
});

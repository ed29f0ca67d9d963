/** What a long history costs an audit: each event about the same, however many of its kind there were before. Work is counted, not time. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Audit } from '../../projections/audit/audit.js';
import { toBase64url } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { electionsView } from '../../projections/elections.view.js';
import type { LogEvent } from '../../projections/event.js';
import { readLeaf } from '../../projections/audit/leaf.js';
import { LogKeyChecks } from '../../projections/audit/log-key-checks.js';
import { Findings, type Report } from '../../projections/audit/report.js';
import { ViewChecks } from '../../projections/audit/view-checks.js';
import { placeInTime } from '../../projections/standing.js';
import { turnoutView } from '../../projections/turnout.view.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { ELECTION_ID, OFFICERS, seed } from '../elections/small-election.js';
import { logSigner } from '../ledger/signers.js';
import { DURING, rawLeaf, tell } from './story.js';

const electionId = ELECTION_ID;
const reason = { code: 'storm' };
const OTHER = toBase64url(seed('something else'));

/** The story up to the opening of voting, and what is said then. */
let opened: readonly Uint8Array[];
beforeAll(() => {
  const { leaves } = tell();
  const at = leaves.findIndex((leaf) => Buffer.from(leaf).includes('"VotingOpened"'));
  opened = leaves.slice(0, at + 1);
});

type Said = readonly [type: string, data: object, stream?: string];

function leafOf(number: number, [type, data, stream = `election-${electionId}`]: Said): Uint8Array {
  const id = `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`;
  return rawLeaf({ id, stream, actor: 'system', at: DURING, schema: 1, type, data });
}

/** Elements that arrays were copied or searched for while something ran. */
async function copied(work: () => Promise<unknown>): Promise<number> {
  const methods = ['slice', 'map', 'filter', 'concat', 'with', 'find', 'findIndex', 'some', 'every'] as const;
  const own = (name: string | symbol) => Object.getOwnPropertyDescriptor(Array.prototype, name)!;
  const before = [...methods, Symbol.iterator].map((name) => [name, own(name)] as const);
  let elements = 0;
  const counting = (method: (...given: unknown[]) => unknown) =>
    function (this: readonly unknown[], ...given: unknown[]) {
      elements += this.length;
      return method.apply(this, given);
    };
  for (const [name, descriptor] of before)
    Object.defineProperty(Array.prototype, name, {
      ...descriptor,
      value: counting(descriptor.value as (...given: unknown[]) => unknown),
    });
  try {
    await work();
  } finally {
    for (const [name, descriptor] of before) Object.defineProperty(Array.prototype, name, descriptor);
  }
  return elements;
}

async function audited(said: readonly Said[]): Promise<Report> {
  const audit = new Audit({ crypto: nodeCrypto, contents: 'all', selfTest: false });
  await audit.add([...opened, ...said.map((one, at) => leafOf(at, one))]);
  return audit.end();
}

const repeated = (count: number, make: (at: number) => Said) =>
  Array.from({ length: count }, (_, at) => make(at));
const tally = (number: number, through: number) => ({
  ...{ electionId, number, through, ruleset: OTHER, inputDigest: OTHER, outputDigest: OTHER },
  ...{ cast: 0, counted: 0 },
});
const approvals = OFFICERS.map((actor) => ({ actor, at: DURING, sig: 'A'.repeat(86) }));

/** What a log can say again and again of one election, of one person, or of one line. */
const KINDS: readonly (readonly [what: string, make: (at: number) => Said])[] = [
  [
    'suspends and resumes voting',
    (at) => [at % 2 === 0 ? 'VotingSuspended' : 'VotingResumed', { electionId, reason }],
  ],
  ['counts an election', (at) => ['TallyPublished', tally(at + 1, at)]],
  [
    'counts an election and revokes the result',
    (at) =>
      at % 2 === 0
        ? ['TallyPublished', tally(at / 2 + 1, at)]
        : ['ResultRevoked', { electionId, actId: electionId, tally: (at + 1) / 2, reason, approvals }],
  ],
  [
    'annuls ballots',
    (at) => [
      'BallotsAnnulled',
      {
        ...{ electionId, actId: electionId, scope: 'ballot', through: 1, count: 0, idsRoot: OTHER },
        ...{ rule: { name: 'single', ballot: OTHER, claim: 'c' }, afterKey: false, basis: reason, approvals },
        ...{ chunk: at % 2, ids: [OTHER] },
      },
    ],
  ],
  [
    'lists options one by one',
    (at) => [
      'OptionsListed',
      {
        ...{ electionId, listing: 2, chunk: at, last: false },
        options: [{ id: `o-${at}`, area: 'city', cost: 1, title: { id: electionId, commitment: OTHER } }],
      },
    ],
  ],
  [
    'gives one person roles',
    (at) => ['RoleGranted', { actorId: 'officer-c', roles: ['moderator'], key: keyOf(at) }, 'staff'],
  ],
];

function keyOf(at: number): string {
  return toBase64url(nodeCrypto.sha256(canonicalBytes([at])));
}

describe('an audit of a log that says one thing again and again', () => {
  it.each(KINDS)(
    'does no more for each when it %s twice as often',
    async (_what, make) => {
      const few = await copied(() => audited(repeated(1_500, make)));
      const many = await copied(() => audited(repeated(3_000, make)));
      // Twice as much; where all that was before is copied for each, it is four times.
      expect(many / few).toBeLessThan(2.5);
    },
    60_000,
  );
});

describe('lists that grow with what voters do', () => {
  const at = (position: number, type: string, data: object) =>
    ({ type, data, at: DURING, position: BigInt(position), id: 'x', actor: 'x' }) as unknown as LogEvent;
  const label = `${turnoutView.name}@${turnoutView.version}`;

  it('are folded up to a limit, beyond which nothing is compared and only what others ask goes on', () => {
    const findings = new Findings();
    const views = new ViewChecks(nodeCrypto, findings, 20_000, 0);
    const late = (from: number, count: number) => {
      for (let i = from; i < from + count; i++)
        views.see(at(i, 'BallotCast', { electionId, v: `v${i}`, id: keyOf(i), ballot: { n: 1 } }));
    };
    for (const [index, leaf] of opened.entries()) {
      const read = readLeaf(leaf, index);
      if ('event' in read) views.see(read.event);
    }
    views.see(at(1_000, 'VotingSuspended', { electionId, reason }));
    late(1_001, 2_000);
    const { size } = views.rows(turnoutView);
    const pending = () => views.row(turnoutView, electionId)?.pending?.length ?? 0;
    const known = pending();
    late(3_001, 500);
    views.see(at(4_000, 'VotingResumed', { electionId, reason }));
    expect([size, known > 400, known < 2_000, pending()]).toEqual([1, true, true, known]);
    expect(views.row(electionsView, electionId)?.phase).toBe('open');
    views.see(at(4_001, 'ViewPublished', { view: label, index: 4_000, digest: OTHER }));
    const check = findings.report(0, '').checks.find(({ number }) => number === 49);
    expect([check?.verdict, check?.code]).toEqual(['NOT-CHECKED', 'views-too-many']);
  });
});

describe('keys of a log', () => {
  it('are looked at up to a limit, and the check says so', () => {
    const findings = new Findings();
    const keys = new LogKeyChecks(nodeCrypto, findings);
    const vkeys = Array.from({ length: 1_002 }, (_, i) => logSigner(`key ${i}`).vkey);
    for (let i = 1; i < vkeys.length; i++) {
      const data = { old: vkeys[i - 1], new: vkeys[i] };
      keys.see({ type: 'LogKeyAnnounced', data, position: BigInt(i) } as never);
    }
    const check = findings.report(0, '').checks.find(({ number }) => number === 4);
    expect([check?.verdict, check?.code]).toEqual(['NOT-CHECKED', 'log-keys-too-many']);
  });
});

describe('where a position lies', () => {
  it('is found in the last window before it, with a few looks', () => {
    const window = (from: number) => ({ from, until: from + 5, ended: 'suspended' as const });
    const windows = Array.from({ length: 100_000 }, (_, i) => window(10 * i));
    let looks = 0;
    const counted = {
      ...{ length: windows.length, map: undefined, flatMap: undefined, find: undefined, some: undefined },
      at: (index: number) => {
        looks += 1;
        return windows.at(index);
      },
    };
    expect(placeInTime(counted as never, 500_003)).toBe('in-time');
    expect(placeInTime(counted as never, 500_007)).toBe('suspended');
    expect(placeInTime(counted as never, 0)).toBe('late');
    expect(looks).toBeLessThan(60);
  });
});

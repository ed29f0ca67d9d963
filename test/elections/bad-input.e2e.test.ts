/** Bad ballots and bad requests over HTTP: each is refused with its code, and the log stays as it was. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import nacl from 'tweetnacl';
import { ballotMessage, type Ballot } from '../../projections/ballot.js';
import { toBase64url } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { MAX_BALLOT_BYTES } from '../../src/rest/media-types.js';
import { problem, Site } from '../rest/site.js';
import {
  Booth,
  bytes,
  DAY_MS,
  electionWhen,
  HOUR_MS,
  json,
  newCommandId,
  rollLine,
  signAgain,
  storyClock,
  voterKeys,
} from './booth.js';

/** The order of the base point. @see RFC 8032 §5.1 */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

const clock = storyClock();
const instant = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
const ana = voterKeys('ana');
const stranger = voterKeys('stranger');

const AREAS = [
  { id: 'city', budget: 1_000 },
  { id: 'north', budget: 400 },
];
const OPTIONS = [
  { id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } },
  { id: 'bridge', area: 'city', cost: 800, title: { en: 'A bridge' } },
  { id: 'trees', area: 'city', cost: 500, title: { en: 'Trees' } },
  { id: 'mural', area: 'north', cost: 400, title: { en: 'A mural' } },
];

function definition(ballot: Record<string, unknown>, opensInMs = HOUR_MS) {
  return {
    title: { en: 'Bad input' },
    disclosure: 'at-close',
    areas: AREAS,
    ballot: { repeats: 'refuse', limits: 'refuse', ...ballot },
    ruleset: {
      v: 1,
      rule: 'greedy',
      score: { by: 'votes' },
      tieOrder: ['lowest-cost', 'most-votes', 'listed'],
      ties: OPTIONS.map(({ id }) => id),
    },
    schedule: {
      opensAt: instant(opensInMs),
      closesAt: instant(opensInMs + DAY_MS),
      claimsUntil: instant(opensInMs + 2 * DAY_MS),
    },
    paper: 'none',
    options: OPTIONS,
  };
}

let site: Site;
beforeAll(async () => (site = await Site.start({ clock })));
afterAll(() => site.stop());

const head = () => site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head();

async function define(body: unknown): Promise<string> {
  const made = site.as('ana', 'POST', '/api/v1/elections', { body, id: newCommandId() });
  return (await json<{ electionId: string }>(made, 201)).electionId;
}

/** An election with one voter, who votes in the city alone. */
async function defineWithRoll(ballot: Record<string, unknown>): Promise<string> {
  const id = await define(definition(ballot));
  const body = { lines: [rollLine(ana, ['city'])], last: true };
  await json(site.as('ana', 'POST', `/api/v1/elections/${id}/roll`, { body, id: newCommandId() }));
  return id;
}

/** What comes of itself when the clock moves, whatever is sent meanwhile. */
const SCHEDULED = ['VotingOpened', 'VotingClosed', 'ElectionKeyPublished', 'TallyPublished', 'ViewPublished'];

/** Types of events after a position that do not come of themselves. */
async function sentSince(position: bigint): Promise<string[]> {
  const types: string[] = [];
  const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  for await (const page of store.readAll(position)) types.push(...page.map(({ type }) => type));
  return types.filter((type) => !SCHEDULED.includes(type));
}

/** What a request is refused with; fails when it is not refused, or when it appended anything. */
async function refused(send: () => Promise<Response>): Promise<string> {
  const before = await head();
  const { status, code } = await problem(await send());
  expect(await sentSince(before)).toEqual([]);
  return `${String(status)} ${String(code)}`;
}

function city(...ids: string[]) {
  return [{ a: 'city', ids }];
}

describe('ballots', () => {
  let approval: Booth;
  let knapsack: Booth;
  let cumulative: Booth;

  beforeAll(async () => {
    const ids = [
      await defineWithRoll({ type: 'approval', min: 1, max: 2 }),
      await defineWithRoll({ type: 'knapsack', min: 0, max: 4 }),
      await defineWithRoll({ type: 'cumulative', min: 0, max: 3, minSum: 2, maxSum: 5 }),
    ] as const;
    clock.advance(HOUR_MS);
    for (const id of ids) await electionWhen(site, id, ({ phase }) => phase === 'open');
    approval = await Booth.at(site, ids[0]);
    knapsack = await Booth.at(site, ids[1]);
    cumulative = await Booth.at(site, ids[2]);
  }, 30_000);

  it('a good one is taken, so that what follows is refused for its fault alone', async () => {
    expect(await approval.cast(ana, { vote: city('bench') })).toMatchObject({ status: 'counted' });
    expect(await knapsack.cast(ana, { vote: city('bench', 'trees') })).toMatchObject({ status: 'counted' });
    const vote = [{ a: 'city', pts: [['bench', 5]] as [string, number][] }];
    expect(await cumulative.cast(ana, { vote })).toMatchObject({ status: 'counted' });
  });

  it.each([
    ['an unknown option', city('tunnel'), '422 option-unknown'],
    ['an option of another area', city('mural'), '422 option-unknown'],
    ['an option twice', city('bench', 'bench'), '422 option-repeated'],
    ['too few', city(), '422 too-few-options'],
    ['too many', city('bench', 'bridge', 'trees'), '422 too-many-options'],
    ['an area of others', [{ a: 'north', ids: ['mural'] }], '422 area-not-allowed'],
    ['an area twice', [...city('bench'), ...city('trees')], '422 areas-not-in-order'],
    ['another kind of vote', [{ a: 'city', order: ['bench'] }], '422 vote-malformed'],
  ])('with %s', async (_what, vote, expected) => {
    expect(await refused(() => approval.send(approval.bytes(ana, { vote, n: 2 })))).toBe(expected);
  });

  it('over the budget', async () => {
    const vote = city('bridge', 'trees');
    expect(await refused(() => knapsack.send(knapsack.bytes(ana, { vote, n: 2 })))).toBe('422 over-budget');
  });

  it.each([
    [1, '422 too-few-points'],
    [6, '422 too-many-points'],
  ])('with %s points', async (points, expected) => {
    const vote = [{ a: 'city', pts: [['bench', points]] as [string, number][] }];
    expect(await refused(() => cumulative.send(cumulative.bytes(ana, { vote, n: 2 })))).toBe(expected);
  });

  it('with a number that is not the next', async () => {
    const at = (n: number, again: number) => () =>
      approval.send(approval.bytes(ana, { vote: city('trees'), n, again }));
    expect(await refused(at(1, 1))).toBe('409 sequence-stale');
    expect(await refused(at(3, 1))).toBe('409 sequence-stale');
  });

  it('by somebody who is not on the roll', async () => {
    expect(await refused(() => approval.send(approval.bytes(stranger, { vote: city('bench') })))).toBe(
      '403 not-on-roll',
    );
  });

  it('with a signature that is wrong, of another, or the same one written otherwise', async () => {
    const ballot = approval.ballot(ana, { vote: city('trees'), n: 2 });
    const send = (g: Uint8Array) => () => approval.send(canonicalBytes({ ...ballot, g: toBase64url(g) }));
    const good = bytes(ballot.g);
    const flipped = Uint8Array.from(good, (byte, index) => (index === 10 ? byte ^ 1 : byte));
    expect(await refused(send(flipped))).toBe('403 signature-invalid');
    const others = signAgain(ballot, stranger);
    expect(await refused(() => approval.send(canonicalBytes(others)))).toBe('403 signature-invalid');
    // S + L: the verification equation holds for it too, so tweetnacl takes it (RFC 8032 §5.1.7 refuses it).
    const again = malleated(good);
    expect(nacl.sign.detached.verify(ballotMessage(ballot), again, ana.publicKey)).toBe(true);
    expect(await refused(send(again))).toBe('403 signature-invalid');
    expect(await refused(send(new Uint8Array(64)))).toBe('403 signature-invalid');
    expect((await approval.send(canonicalBytes(ballot))).status).toBe(201);
  });

  it('of another election, class or disclosure', async () => {
    const vote = city('trees');
    const foreign = knapsack.bytes(ana, { vote, n: 3 });
    expect(await refused(() => approval.send(foreign))).toBe('422 wrong-election');
    const { target } = approval;
    // Its head is of this election, but what is sealed was made for another one.
    const sealed = approval.ballot(ana, { vote, n: 3 }, { electionId: knapsack.target.electionId });
    expect(await refused(() => approval.send(canonicalBytes(sealed)))).toBe('422 box-does-not-open');
    const shorter = approval.bytes(ana, { vote, n: 3 }, { sealedBytes: target.sealedBytes - 1 });
    expect(await refused(() => approval.send(shorter))).toBe('422 box-length-wrong');
    const open = approval.bytes(ana, { vote, n: 3 }, { disclosure: 'immediate' });
    expect(await refused(() => approval.send(open))).toBe('422 wrong-disclosure');
    const otherClass = signAgain({ ...approval.ballot(ana, { vote, n: 3 }), cl: 'abroad' }, ana);
    expect(await refused(() => approval.send(canonicalBytes(otherClass)))).toBe('422 wrong-class');
    const copied = signAgain(
      { ...approval.ballot(stranger, { vote, n: 3 }), k: toBase64url(ana.publicKey) },
      ana,
    );
    expect(await refused(() => approval.send(canonicalBytes(copied)))).toBe('422 box-does-not-open');
  });

  it('in bytes that are not canonical', async () => {
    const ballot = approval.ballot(ana, { vote: city('trees'), n: 3 });
    const text = Buffer.from(canonicalBytes(ballot)).toString();
    const others: Record<string, string> = {
      'a space': text.replace(':', ': '),
      'another order': JSON.stringify(
        Object.fromEntries(Object.entries(JSON.parse(text) as Ballot).reverse()),
      ),
      'a number in another form': text.replace('"n":3', '"n":3.0'),
      'a name twice': text.replace('{', '{"b":"",'),
      'a line end': `${text}\n`,
      'cut off': text.slice(0, -1),
      nothing: '',
      'not JSON': 'ballot',
    };
    for (const [what, body] of Object.entries(others)) {
      expect([what, await refused(() => approval.send(body))]).toEqual([what, '400 ballot-not-canonical']);
    }
    const more = canonicalBytes({ ...ballot, extra: 1 });
    expect(await refused(() => approval.send(more))).toBe('400 ballot-malformed');
    const shortKey = canonicalBytes({ ...ballot, k: 'AAAA' });
    expect(await refused(() => approval.send(shortKey))).toBe('400 ballot-malformed');
  });

  it('too long, of another media type, or to an election that is not there', async () => {
    const ballot = approval.bytes(ana, { vote: city('trees'), n: 3 });
    expect(await refused(() => approval.send('x'.repeat(MAX_BALLOT_BYTES + 1)))).toBe('413 body-too-large');
    expect(await refused(() => approval.send(ballot, 'text/plain'))).toBe('415 media-type-unsupported');
    expect(await refused(() => approval.send(ballot, 'application/json'))).toBe('415 media-type-unsupported');
    const nowhere = approval.path.replace(/[0-9a-f-]{36}/, '00000000-0000-5000-8000-000000000000');
    const headers = { 'content-type': 'application/vnd.concejo.ballot+json' };
    const send = () => site.fetch(nowhere, { method: 'POST', headers, body: Buffer.from(ballot) });
    expect(await refused(send)).toBe('404 election-unknown');
  });

  it('before opening and after closing', async () => {
    const vote = city('trees');
    const later = await defineWithRoll({ type: 'approval', min: 1, max: 2 });
    const path = `/api/v1/elections/${later}/ballots`;
    const headers = { 'content-type': 'application/vnd.concejo.ballot+json' };
    const body = Buffer.from(approval.bytes(ana, { vote }, { electionId: later }));
    const early = () => site.fetch(path, { method: 'POST', headers, body });
    expect(await refused(early)).toBe('409 voting-not-open');
    const inTime = approval.bytes(ana, { vote, n: 3 });
    const { electionId } = approval.target;
    clock.advance(DAY_MS);
    // The close and the count are appended by the scheduler: they are none of the ballot's.
    for (const booth of [approval, knapsack, cumulative])
      await electionWhen(site, booth.target.electionId, ({ phase }) => phase === 'counted');
    await electionWhen(site, later, ({ phase }) => phase === 'open');
    expect(await refused(() => approval.send(inTime))).toBe('409 voting-closed');
    expect(await json(site.fetch(`/api/v1/elections/${electionId}/turnout`))).toMatchObject({ ballots: 2 });
  });
});

describe('what staff sends', () => {
  const rollOf = (id: string, lines: readonly object[]) => () =>
    site.as('ana', 'POST', `/api/v1/elections/${id}/roll`, { body: { lines }, id: newCommandId() });

  it('ballot keys of small order, not canonical, or no point at all', async () => {
    const id = await define(definition({ type: 'approval', min: 1, max: 2 }));
    const line = rollLine(ana, ['city']);
    const key = (first: number, rest: number, last: number) =>
      toBase64url(Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? first : at === 31 ? last : rest)));
    const bad: Record<string, string> = {
      'the identity': key(1, 0, 0),
      'of order two': key(0xec, 0xff, 0x7f),
      'of order four': key(0, 0, 0),
      'not below p': key(0xee, 0xff, 0x7f),
      'no point': key(2, 0, 0),
    };
    for (const [what, k] of Object.entries(bad)) {
      expect([what, await refused(rollOf(id, [{ ...line, k }]))]).toEqual([what, '422 ballot-key-invalid']);
    }
    expect(await refused(rollOf(id, [line, { ...line, person: 'another' }]))).toBe('422 ballot-key-repeated');
    expect(await refused(rollOf(id, [line, line]))).toBe('422 voter-repeated');
    expect((await rollOf(id, [line])()).status).toBe(200);
  });

  it('JSON that is none, of another type, or too long', async () => {
    const send =
      (body: string, type = 'application/json') =>
      () => {
        const headers = { authorization: '', 'content-type': type, 'idempotency-key': newCommandId() };
        return site.fetch('/api/v1/elections', { method: 'POST', headers, body });
      };
    expect(await refused(send('{"title":'))).toBe('400 malformed-json');
    expect(await refused(send('<election/>', 'application/xml'))).toBe('415 media-type-unsupported');
    expect(await refused(send(JSON.stringify('x'.repeat(1_048_576))))).toBe('413 body-too-large');
  });

  it('a write without a key of its own, or with one that named another', async () => {
    const body = definition({ type: 'approval', min: 1, max: 2 });
    const id = newCommandId();
    const post = (sent: object, key?: string) => () =>
      site.as('ana', 'POST', '/api/v1/elections', { body: sent, ...(key !== undefined && { id: key }) });
    expect(await refused(post(body))).toBe('400 idempotency-key-required');
    expect(await refused(post(body, 'short'))).toBe('400 idempotency-key-required');
    expect((await post(body, id)()).status).toBe(201);
    const other = { ...body, currency: 'PLN' };
    expect(await refused(post(other, id))).toBe('422 command-id-reused');
    const before = await head();
    expect(await json(post(body, id)(), 201)).toMatchObject({ repeated: true });
    expect(await sentSince(before)).toEqual([]);
  });

  it('a definition that contradicts itself', async () => {
    const good = definition({ type: 'approval', min: 1, max: 2 });
    const define = (changes: object) => () =>
      site.as('ana', 'POST', '/api/v1/elections', { body: { ...good, ...changes }, id: newCommandId() });
    const [first] = OPTIONS;
    const { opensAt, closesAt } = good.schedule;
    const bad: [object, string][] = [
      [{ options: [] }, '422 invalid-input'],
      [{ options: [{ ...first, cost: 1.5 }] }, '422 invalid-input'],
      [{ options: [{ ...first, area: 'south' }] }, '422 option-area-unknown'],
      [{ ballot: { ...good.ballot, min: 3 } }, '422 limits-contradict'],
      [{ schedule: { ...good.schedule, opensAt: closesAt, closesAt: opensAt } }, '422 schedule-out-of-order'],
      [{ ruleset: { v: 1, rule: 'by-drawing-straws' } }, '422 rule-not-supported'],
      [
        {
          ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['lowest-cost', 'most-votes'] },
        },
        '422 tie-order-not-total',
      ],
    ];
    for (const [changes, code] of bad) expect(await refused(define(changes))).toBe(code);
  });

  it('words that are none, by the field that holds them', async () => {
    const good = definition({ type: 'approval', min: 1, max: 2 });
    const id = await define(good);
    const fieldOf = async (path: string, body: object) => {
      const answer = await problem(await site.as('ana', 'POST', path, { body, id: newCommandId() }));
      return `${String(answer.code)} ${String(answer.field)}`;
    };
    const [bench, bridge] = OPTIONS;
    const elections = '/api/v1/elections';
    expect(await fieldOf(elections, { ...good, title: { es: ' ' } })).toBe('text-empty title.es');
    const options = [bench, { ...bridge, title: { en: 'A bridge', es: 'Un\u0007' } }];
    const ruleset = { ...good.ruleset, ties: ['bench', 'bridge'] };
    expect(await fieldOf(elections, { ...good, options, ruleset })).toBe(
      'text-control-character options.1.title.es',
    );
    const reason = { code: 'storm', texts: { es: '' } };
    expect(await fieldOf(`${elections}/${id}/amendments`, { ...good, reason })).toBe(
      'text-empty reason.texts.es',
    );
    expect(await fieldOf(`${elections}/${id}/suspensions`, { reason })).toBe('text-empty reason.texts.es');
    const act = { kind: 'annul-election', body: { electionId: id, reason } };
    expect(await fieldOf('/api/v1/acts', act)).toBe('text-empty body.reason.texts.es');
  });

  it('instants that do not exist', async () => {
    const good = definition({ type: 'approval', min: 1, max: 2 }, 0);
    const none = ['2027-06-01T24:30:00.000Z', '2027-99-99T00:00:00.000Z', '2027-02-30T00:00:00.000Z'];
    const post = (path: string, body: object) => () =>
      site.as('ana', 'POST', path, { body, id: newCommandId() });
    const reason = { code: 'storm' };
    const id = await defineWithRoll({ type: 'approval', min: 1, max: 2 });
    clock.advance(HOUR_MS);
    await electionWhen(site, id, ({ phase }) => phase === 'open');
    for (const at of none) {
      for (const field of ['opensAt', 'closesAt', 'claimsUntil']) {
        const schedule = { ...good.schedule, [field]: at };
        expect(await refused(post('/api/v1/elections', { ...good, schedule }))).toBe('422 invalid-input');
      }
      const extension = (body: object) => post(`/api/v1/elections/${id}/extensions`, { ...body, reason });
      expect(await refused(extension({ closesAt: at }))).toBe('422 invalid-input');
      const closesAt = instant(3 * DAY_MS);
      expect(await refused(extension({ closesAt, claimsUntil: at }))).toBe('422 invalid-input');
      const act = (kind: string, body: object) =>
        post('/api/v1/acts', { kind, body: { electionId: id, ...body, reason } });
      expect(await refused(act('reopen', { closesAt: at }))).toBe('422 instant-invalid');
      const rule = { name: 'hours', from: instant(0), until: at };
      expect(await refused(act('annul-ballots', { rule, scope: 'ballot' }))).toBe('422 instant-invalid');
    }
    const closesAt = instant(3 * DAY_MS);
    const shorter = { closesAt, claimsUntil: instant(3 * DAY_MS + HOUR_MS), reason };
    expect(await refused(post(`/api/v1/elections/${id}/extensions`, shorter))).toBe('422 claims-shortened');
  });

  it('a definition that does not fit the log, or whose ballots could not be sealed', async () => {
    const good = definition({ type: 'approval', min: 1, max: 2 });
    const many = (count: number, more: object, id = (i: number) => `p${i}`) => {
      const [first] = OPTIONS;
      const options = Array.from({ length: count }, (_, i) => ({ ...first, id: id(i), ...more }));
      return { ...good, options, ruleset: { ...good.ruleset, ties: options.map((option) => option.id) } };
    };
    const define = (body: object) => () =>
      site.as('ana', 'POST', '/api/v1/elections', { body, id: newCommandId() });
    const wide = {
      area: 'a'.repeat(64),
      category: 'c'.repeat(64),
      place: { lat: 43_360_000, lon: -5_840_000 },
    };
    const areas = [{ id: wide.area, budget: 1 }];
    expect(await refused(define({ ...many(3_500, wide), areas }))).toBe('422 options-too-many');
    expect(await refused(define(many(1_000, {}, (i) => String(i).padStart(64, '0'))))).toBe(
      '422 ruleset-too-large',
    );
    const ballot = { ...good.ballot, max: 2_000 };
    expect(await refused(define({ ...many(2_000, {}), ballot }))).toBe('422 ballot-too-long');
    expect(await refused(define({ ...good, ballot: { ...good.ballot, max: 1e300 } }))).toBe(
      '422 invalid-input',
    );
  });

  it('takes as many options as it says, and shows every title', async () => {
    const good = definition({ type: 'approval', min: 1, max: 2 });
    const options = Array.from({ length: 5_000 }, (_, i) => ({ ...OPTIONS[0], id: `p${i}` }));
    const ruleset = { ...good.ruleset, ties: options.map((option) => option.id) };
    const id = await define({ ...good, options, ruleset });
    const shown = await json<{ items: { title: object }[] }>(
      site.fetch(`/api/v1/elections/${id}/options?atLeast=${await head()}`),
    );
    expect(shown.items).toHaveLength(5_000);
    expect(shown.items.every(({ title }) => 'en' in title)).toBe(true);
  }, 60_000);
});

/** The signature with S + L in place of S. */
function malleated(signature: Uint8Array): Uint8Array {
  const s = [...signature.subarray(32)].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n) + L;
  const changed = Uint8Array.from(signature);
  for (let at = 0; at < 32; at++) changed[32 + at] = Number((s >> BigInt(8 * at)) & 255n);
  return changed;
}

/** Two processes on one database behind one address: whatever was begun at one goes on at the other. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.js';
import { Booth, json, newCommandId, voterKeys, type Receipt } from '../elections/booth.js';
import { defineOneArea, openOneArea } from '../elections/one-area.js';
import { people, problem } from '../rest/site.js';
import { until } from '../views/world.js';
import { Fleet, type Served } from './fleet.js';

// Two servers and their PostgreSQL share the machine with whatever else is tested.
jest.setTimeout(120_000);

const VOTERS = ['eva', 'fin', 'gil', 'hal'].map((name) => voterKeys(name));
const [eva, fin, gil, hal] = VOTERS as [
  (typeof VOTERS)[0],
  (typeof VOTERS)[0],
  (typeof VOTERS)[0],
  (typeof VOTERS)[0],
];
const BENCH = [{ a: 'city', ids: ['bench'] }];
const TREES = [{ a: 'city', ids: ['trees'] }];

let fleet: Fleet;
let one: Served;
let other: Served;
let electionId: string;
beforeAll(async () => {
  fleet = await Fleet.start();
  one = await fleet.serve();
  other = await fleet.serve();
  electionId = await openOneArea(one, systemClock, VOTERS, 'none');
}, 120_000);
afterAll(() => fleet.stop());

/** The newest position of the log, for reads that must be as fresh. */
async function head(): Promise<string> {
  const { rows } = await fleet.pool.query<{ position: string }>(
    'select max(position) as position from events',
  );
  return String(rows[0]?.position);
}

async function counted(type: string): Promise<number> {
  const { rows } = await fleet.pool.query<{ n: string }>('select count(*) as n from events where type = $1', [
    type,
  ]);
  return Number(rows[0]?.n);
}

describe('of two processes, at the other', () => {
  it('a session is one that was signed in at the first', async () => {
    const signedIn = await one.fetch('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: people.ana.key }),
    });
    const [cookie = ''] = signedIn.headers.getSetCookie().map((set) => set.split(';')[0]);
    expect(await json(other.fetch('/api/v1/session', { headers: { cookie } }))).toMatchObject({ id: 'ana' });
  });

  it('an act is approved, and another withdrawn, that were proposed at the first', async () => {
    const id = await defineOneArea(one, systemClock, VOTERS, { opensInMs: 3_600_000 });
    const propose = async () => {
      const body = {
        kind: 'annul-election',
        body: { electionId: id, reason: { code: 'storm', texts: { en: 'Storm' } } },
      };
      return (
        await json<{ id: string }>(one.as('ana', 'POST', '/api/v1/acts', { body, id: newCommandId() }), 201)
      ).id;
    };
    const taken = await propose();
    const withdrawn = await json(other.as('ana', 'DELETE', `/api/v1/acts/${taken}`));
    expect(withdrawn).toMatchObject({ state: 'withdrawn' });
    const act = await propose();
    // Both processes are asked at once: it is carried out once.
    const answers = await Promise.all([
      other.as('bea', 'POST', `/api/v1/acts/${act}/approvals`, { body: {} }),
      one.as('bea', 'POST', `/api/v1/acts/${act}/approvals`, { body: {} }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(expect.arrayContaining([200]));
    expect(await json(one.as('ana', 'GET', `/api/v1/acts/${act}`))).toMatchObject({ state: 'done' });
    expect(await counted('ElectionAnnulled')).toBe(1);
  });

  it('a request that is repeated is the same one, also where both have it at once', async () => {
    const id = newCommandId();
    const body = {
      title: { en: 'Twice' },
      areas: [{ id: 'city', budget: 1_000 }],
      ballot: { type: 'approval', min: 1, max: 1, repeats: 'refuse', limits: 'refuse' },
      ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['listed'], ties: ['bench'] },
      schedule: {
        opensAt: '2099-01-01T08:00:00.000Z',
        closesAt: '2099-01-02T08:00:00.000Z',
        claimsUntil: '2099-01-03T08:00:00.000Z',
      },
      paper: 'none',
      options: [{ id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } }],
    };
    const before = await counted('ElectionDefined');
    const asked = [one, other, one, other].map((process) =>
      json<{ electionId: string }>(process.as('ana', 'POST', '/api/v1/elections', { body, id }), 201),
    );
    const answers = await Promise.all(asked);
    expect(new Set(answers.map((answer) => answer.electionId)).size).toBe(1);
    expect(await counted('ElectionDefined')).toBe(before + 1);
    const changed = other.as('ana', 'POST', '/api/v1/elections', {
      body: { ...body, paper: 'prevails' },
      id,
    });
    expect(await problem(await changed)).toMatchObject({ code: 'command-id-reused' });
  });

  it('a voter replaces the ballot that she cast at the first, and finds both at either', async () => {
    const [here, there] = [await Booth.at(one, electionId), await Booth.at(other, electionId)];
    const first = await here.cast(eva, { vote: BENCH });
    const second = await there.cast(eva, { vote: TREES, n: 2, previous: first.ballotId });
    for (const process of [one, other]) {
      const path = `/api/v1/elections/${electionId}/ballots`;
      const query = `?atLeast=${second.position}`;
      expect(await json(process.fetch(`${path}/${first.ballotId}${query}`))).toMatchObject({
        status: 'superseded',
      });
      expect(await json(process.fetch(`${path}/${second.ballotId}${query}`))).toMatchObject({
        status: 'counted',
      });
    }
    // Sent again to the other one it is the same ballot.
    const again = await json<Receipt>(
      here.send(there.bytes(eva, { vote: TREES, n: 2, previous: first.ballotId })),
    );
    expect(again).toMatchObject({ ballotId: second.ballotId, position: second.position, repeated: true });
  });

  it('one ballot that both are sent at once stands once, and of two that differ one is refused', async () => {
    const [here, there] = [await Booth.at(one, electionId), await Booth.at(other, electionId)];
    const before = await counted('BallotCast');
    const same = here.bytes(fin, { vote: BENCH });
    const sent = await Promise.all([here.send(same), there.send(same)]);
    expect(sent.map(({ status }) => status).sort()).toEqual([200, 201]);
    const differ = await Promise.all([
      here.send(here.bytes(gil, { vote: BENCH })),
      there.send(there.bytes(gil, { vote: TREES })),
    ]);
    expect(differ.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await counted('BallotCast')).toBe(before + 2);
  });

  it('a page goes on, and what is kept by its tag is still good', async () => {
    const path = `/api/v1/elections?limit=1&atLeast=${await head()}`;
    const page = await json<{ next: string }>(one.fetch(path));
    const next = (process: Served) => json(process.fetch(`${path}&cursor=${page.next}`));
    expect(await next(other)).toEqual(await next(one));
    const tag = (await one.fetch(path)).headers.get('etag') ?? '';
    expect((await other.fetch(path, { headers: { 'if-none-match': tag } })).status).toBe(304);
  });

  it('a receipt is shown, and a past has the same digests', async () => {
    const { leafHash } = await (await Booth.at(one, electionId)).cast(hal, { vote: BENCH });
    const path = `/api/v1/receipts/${leafHash}`;
    const receipt = () => json<{ status: string }>(other.fetch(path));
    await until('the receipt has its proof', async () => (await receipt()).status === 'integrated');
    const past = `/api/v1/views/ballots?asOf=${await head()}`;
    expect(await json(other.fetch(past))).toEqual(await json(one.fetch(past)));
  });
});

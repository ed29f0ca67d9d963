/** Another ruleset on the ballots of an election, over HTTP: nothing before the official count, and nothing kept after it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { Compile } from 'typebox/compile';
import type { CountResult } from '../../projections/count.js';
import { openEvent } from '../../projections/event.js';
import type { WhatIf } from '../../projections/what-if.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { RollLines } from '../../src/elections/roll-lines.js';
import { WhatIfs } from '../../src/elections/what-if.js';
import { WhatIfAnswerShape } from '../../src/elections/what-if.answers.js';
import { MOST_COSTLY } from '../../src/elections/what-if.controller.js';
import { DigestPublisher } from '../../src/digests/publisher.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { MAX_BODY_BYTES } from '../../src/rest/media-types.js';
import { problem, Site } from '../rest/site.js';
import {
  Booth,
  DAY_MS,
  electionWhen,
  HOUR_MS,
  json,
  newCommandId,
  rollLine,
  storyClock,
  together,
  voterKeys,
} from './booth.js';

const clock = storyClock();
const after = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
const REASON = { code: 'storm', texts: { en: 'Storm' } };

const option = (id: string, area: string, cost: number, category?: string) => ({
  id,
  area,
  cost,
  title: { en: id },
  ...(category !== undefined && { category }),
});
const OPTIONS = [
  option('bench', 'city', 300),
  option('bridge', 'city', 800, 'mobility'),
  option('lamps', 'city', 500),
  option('trees', 'city', 500, 'green'),
  option('mural', 'north', 400),
  option('swing', 'north', 200),
];
const definition = () => ({
  title: { en: 'What if' },
  areas: [
    { id: 'city', budget: 1_000 },
    { id: 'north', budget: 400 },
  ],
  ballot: { type: 'approval', min: 1, max: 3, repeats: 'refuse', limits: 'refuse' },
  ruleset: {
    v: 1,
    rule: 'greedy',
    score: { by: 'votes' },
    tieOrder: ['lowest-cost', 'listed'],
    ties: ['trees', 'bench', 'bridge', 'lamps', 'mural', 'swing'],
  },
  schedule: { opensAt: after(-HOUR_MS), closesAt: after(DAY_MS), claimsUntil: after(2 * DAY_MS) },
  paper: 'prevails',
  options: OPTIONS,
});

function vote(city: readonly string[], north?: readonly string[]) {
  return [{ a: 'city', ids: [...city] }, ...(north === undefined ? [] : [{ a: 'north', ids: [...north] }])];
}
const VOTES: readonly (readonly [name: string, vote: ReturnType<typeof vote>])[] = [
  ['ana', vote(['bridge'], ['mural'])],
  ['bea', vote(['bridge'])],
  ['cai', vote(['bench', 'lamps', 'trees'], ['swing'])],
  ['dora', vote(['bench', 'lamps', 'trees'])],
  ['eva', vote(['lamps', 'trees'])],
];
const SHEETS = [
  { s: 1, vote: vote(['bridge'], ['mural']) },
  { s: 2, vote: vote(['bridge']) },
];
/** Votes for their cost: bench 2/300, trees and lamps 3/500, bridge 4/800; mural 2/400 and swing 1/200 are level. */
const PER_COST = { rule: 'greedy-per-cost' };

interface Answer extends WhatIf {
  official: { number: number; outputDigest: string };
  ruleset: Record<string, unknown>;
}

let site: Site;
beforeAll(async () => (site = await Site.start({ clock })));
afterAll(() => site.stop());

describe('another ruleset', () => {
  let id: string;
  const cast: Record<string, string> = {};
  const post = (who: Parameters<Site['as']>[0], rest: string, body: unknown = {}) =>
    site.as(who, 'POST', `/api/v1/elections${rest}`, { body, id: newCommandId() });
  const send = (body: string, election = id) =>
    site.fetch(`/api/v1/elections/${election}/what-if`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  const ask = (ruleset: unknown, election?: string) => send(JSON.stringify({ ruleset }), election);
  const answer = (ruleset: unknown) => json<Answer>(ask(ruleset));
  const refusal = async (response: Promise<Response>) => {
    const { status, code, field } = await problem(await response);
    return [status, code, ...(field === undefined ? [] : [field])].map(String).join(' ');
  };
  const store = () => site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  const result = async () =>
    (await json<{ result: CountResult }>(site.fetch(`/api/v1/elections/${id}/results`))).result;

  const asOwner = async () => {
    const owner = new Client({ connectionString: site.settings.ownerUrl });
    await owner.connect();
    return owner;
  };

  it('is not counted before the election is: neither before, nor while it is open, suspended or closed', async () => {
    expect(await refusal(ask(PER_COST, '6d5f1a52-5d1e-4c9e-8b6e-1f0b5a2f4c11'))).toBe('404 election-unknown');
    expect(await refusal(ask(PER_COST, 'nonsense'))).toBe('404 election-unknown');
    id = (await json<{ electionId: string }>(post('ana', '', definition()), 201)).electionId;
    await electionWhen(site, id, ({ phase }) => phase === 'defined');
    expect(await refusal(ask(PER_COST))).toBe('409 wrong-phase');
    const everybody = [...VOTES.map(([name]) => name), 'fina', 'gil'].map((name) => voterKeys(name));
    const lines = everybody.map((keys) => rollLine(keys, ['city', 'north']));
    await json(post('ana', `/${id}/roll`, { lines, last: true }));
    await electionWhen(site, id, ({ phase }) => phase === 'open');
    const booth = await Booth.at(site, id);
    for (const [name, chosen] of VOTES) {
      cast[name] = (await booth.cast(voterKeys(name), { vote: chosen })).ballotId;
    }
    expect(await refusal(ask(PER_COST))).toBe('409 wrong-phase');
    await json(post('ana', `/${id}/suspensions`, { reason: REASON }));
    await electionWhen(site, id, ({ phase }) => phase === 'suspended');
    expect(await refusal(ask(PER_COST))).toBe('409 wrong-phase');
    await json(post('ana', `/${id}/resumptions`, { reason: REASON }));
    const lists = site.running.app.get(RollLines, { strict: false });
    for (const v of await lists.pseudonyms(id, ['person fina', 'person gil'])) {
      await json(post('pia', `/${id}/voters/${v}/paper`));
    }
    clock.advance(DAY_MS);
    await electionWhen(site, id, ({ phase }) => phase === 'closed');
    expect(await refusal(ask(PER_COST))).toBe('409 wrong-phase');
    const body = { electionId: id, batch: 'centre-1', sheets: SHEETS };
    expect(await together(site, ['pia', 'quim'], 'record-batch', body, { sheets: SHEETS })).toMatchObject({
      state: 'done',
    });
    expect(await refusal(ask(PER_COST))).toBe('409 wrong-phase');
  });

  it('is not counted between key and count, however often somebody asks', async () => {
    const before = await store().head();
    const asked: string[] = [];
    const telling = { over: false };
    const asking = (async () => {
      while (!telling.over) {
        const response = await ask(PER_COST);
        asked.push(response.ok ? 'answered' : await refusal(Promise.resolve(response)));
        if (!response.ok) continue;
        // Whoever is answered finds the count in the log.
        const types: string[] = [];
        for await (const page of store().readAll(before)) {
          types.push(...page.map((event) => openEvent(nodeCrypto, event).type));
        }
        expect(types).toContain('TallyPublished');
      }
    })();
    await json(post('bea', `/${id}/reconciliations`));
    await electionWhen(site, id, ({ phase }) => phase === 'counted');
    telling.over = true;
    await asking;
    expect(asked[0]).toBe('409 wrong-phase');
    expect(asked.filter((one) => one !== '409 wrong-phase' && one !== 'answered')).toEqual([]);
  });

  it('is counted on the same ballots, web and paper, each area with its budget, and compared', async () => {
    const counted = await answer(PER_COST);
    const official = await result();
    expect(official.areas.map(({ together: { funded } }) => funded)).toEqual([['bridge'], ['mural']]);
    expect([...Compile(WhatIfAnswerShape.schema).Errors(counted)]).toEqual([]);
    expect(counted.official.number).toBe(1);
    expect(counted.ruleset).toEqual({ ...definition().ruleset, ...PER_COST });
    const [city, north] = counted.areas;
    expect([city?.outcome.funded, north?.outcome.funded]).toEqual([['bench', 'trees'], ['swing']]);
    expect([city?.outcome.ballots, north?.outcome.ballots]).toEqual(['7', '3']);
    expect(city?.comparison).toEqual({
      gained: ['bench', 'trees'],
      lost: ['bridge'],
      byApprovals: { first: '4', second: '3', indifferent: '0' },
      byCost: { first: '4', second: '3', indifferent: '0' },
      withNothing: { first: '3', second: '4', both: '0' },
    });
    expect(north?.comparison).toMatchObject({
      gained: ['swing'],
      lost: ['mural'],
      byApprovals: { first: '2', second: '1', indifferent: '0' },
    });
    expect(counted.money).toEqual({
      byArea: [
        { label: 'city', first: '800', second: '800' },
        { label: 'north', first: '400', second: '200' },
      ],
      byCategory: [
        { label: '', first: '400', second: '500' },
        { label: 'green', first: '0', second: '500' },
        { label: 'mobility', first: '800', second: '0' },
      ],
    });
  });

  it('that is the election’s own comes to the official outcome', async () => {
    const { areas } = await answer({ rule: 'greedy' });
    expect(areas.map(({ area, outcome }) => ({ area, outcome }))).toEqual(
      (await result()).areas.map(({ area, together: outcome }) => ({ area, outcome })),
    );
  });

  it('may be of every rule, the welfare optimum included: it is for comparison', async () => {
    const rulesets = [
      { rule: 'greedy-no-skip' },
      { rule: 'greedy-threshold', threshold: { basisPoints: 5_000 } },
      { rule: 'greedy-exclusive', conflicts: [['bridge', 'trees']] },
      { rule: 'poznan', reserveShareBasisPoints: 8_000 },
      { rule: 'part-funding', leastShareBasisPoints: 1 },
      { rule: 'equal-shares', utility: 'cost', completion: 'add1', increment: 1 },
      { rule: 'equal-shares', utility: 'cardinality', completion: 'utilitarian' },
      { rule: 'phragmen' },
      { rule: 'exact-equal-shares', utility: 'cost' },
      { rule: 'stanford-knapsack', partial: 'allowed' },
      { rule: 'welfare-optimum', utility: 'cost' },
    ];
    for (const ruleset of rulesets) {
      const counted = await answer(ruleset);
      expect([...Compile(WhatIfAnswerShape.schema).Errors(counted)]).toEqual([]);
      expect(counted.areas.map(({ outcome }) => outcome.rule)).toEqual([ruleset.rule, ruleset.rule]);
    }
  });

  it('is asked for as the guide shows', async () => {
    const guide = readFileSync(new URL('../../docs/counting/README.md', import.meta.url), 'utf8');
    const body = /what-if \\\n.*\n +--data '([^']+)'/.exec(guide)?.[1] ?? '';
    const counted = await json<Answer>(send(body));
    expect(counted.ruleset).toMatchObject((JSON.parse(body) as { ruleset: object }).ruleset);
  });

  it('that leaves a tie open is told so, with those among whom the lot would be drawn', async () => {
    const response = await ask({ ...PER_COST, tieOrder: ['lowest-cost'] });
    const { code, parameters } = await problem(response);
    expect([response.status, code]).toEqual([409, 'tie-undecided']);
    expect(parameters).toMatchObject({ area: 'city', remaining: '700' });
    const { projects } = parameters as { projects: string };
    expect(projects.split(',').sort()).toEqual(['lamps', 'trees']);
    const decided = await answer({
      ...PER_COST,
      ties: ['lamps', ...definition().ruleset.ties.filter((one) => one !== 'lamps')],
    });
    expect(decided.areas[0]?.outcome.funded).toEqual(['bench', 'lamps']);
  });

  it('that is malformed is refused, with what is wrong and where', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100; level++) deep = [deep];
    const long = (ids: number) => Array.from({ length: ids }, (_, at) => String(at).padStart(60, 'x'));
    const refused: [ruleset: unknown, refusal: string][] = [
      [{}, '422 rule-not-supported ruleset.rule'],
      [{ rule: 'toString' }, '422 rule-not-supported ruleset.rule'],
      [{ rule: { greedy: true } }, '422 rule-not-supported ruleset.rule'],
      [{ rule: 'greedy', v: 2 }, '422 ruleset-malformed ruleset.v'],
      [{ rule: 'equal-shares' }, '422 ruleset-malformed ruleset.utility'],
      [{ rule: 'greedy', treshold: { votes: 1 } }, '422 ruleset-unknown-field ruleset.treshold'],
      [{ rule: 'greedy', reserve: 1 }, '422 ruleset-contradictory ruleset.reserve'],
      [{ rule: 'greedy', score: { by: 'points' } }, '422 ruleset-contradictory ruleset.score'],
      [{ rule: 'greedy', score: { by: 'ranks', first: 3 } }, '422 ruleset-contradictory ruleset.score'],
      [{ rule: 'greedy', ties: ['bench'] }, '422 ties-incomplete ruleset.ties'],
      [{ rule: 'greedy', ties: ['tunnel'] }, '422 ruleset-unknown-option ruleset.ties'],
      [{ rule: 'greedy', threshold: { votes: -0 } }, '200'],
      [{ rule: 'greedy', threshold: { votes: 0.5 } }, '422 ruleset-malformed ruleset'],
      [{ rule: 'greedy', threshold: null }, '422 ruleset-malformed ruleset'],
      [{ rule: 'greedy', threshold: deep }, '422 ruleset-malformed ruleset'],
      [{ rule: 'greedy', ties: long(1_000) }, '422 ruleset-too-large ruleset'],
      [['greedy'], '422 invalid-input ruleset'],
      ['greedy', '422 invalid-input ruleset'],
      [undefined, '422 invalid-input ruleset'],
    ];
    for (const [ruleset, expected] of refused) {
      const response = await ask(ruleset);
      const got = response.ok ? String(response.status) : await refusal(Promise.resolve(response));
      expect([ruleset, got]).toEqual([ruleset, expected]);
    }
    expect(await refusal(send('{"ruleset":{"rule":"greedy"},"election":"x"}'))).toBe(
      '422 invalid-input election',
    );
    expect(await refusal(send('{"ruleset":{"rule":"greedy","threshold":{"votes":-0}}}'))).toBe(
      '422 ruleset-malformed ruleset',
    );
    expect(await refusal(send('{"ruleset":{"__proto__":{"rule":"greedy"}}}'))).toBe('400 malformed-json');
    expect(await refusal(send('{"ruleset":'))).toBe('400 malformed-json');
    expect(await refusal(ask({ rule: 'greedy', ties: ['x'.repeat(MAX_BODY_BYTES)] }))).toBe(
      '413 body-too-large',
    );
  });

  it('is kept nowhere: not in the log, not in a table, not by a cache', async () => {
    await site.running.app.get(DigestPublisher, { strict: false }).look();
    const owner = await asOwner();
    const kept = async () => {
      const { rows } = await owner.query<{ table: string }>(
        `select relname as table from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
      );
      const counts: string[] = [];
      for (const { table } of rows) {
        const { rows: found } = await owner.query<{ n: string }>(`select count(*) as n from ${table}`);
        counts.push(`${table} ${found[0]?.n ?? ''}`);
      }
      return counts;
    };
    const before = await kept();
    expect(before.length).toBeGreaterThan(5);
    const response = await ask({ rule: 'phragmen' });
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(response.headers.get('etag')).toBeNull();
    expect(await kept()).toEqual(before);
    await owner.end();
    expect(await json(site.fetch(`/api/v1/elections/${id}`))).toMatchObject({ counts: [{ number: 1 }] });
  });

  it('waits its turn with one other of its address; more are told to come back', async () => {
    const alone = await answer(PER_COST);
    const owner = await asOwner();
    try {
      // Nobody's turn comes to an end while the table of results is locked.
      await owner.query('begin; lock table outcomes in access exclusive mode');
      const asked = Array.from({ length: 12 }, () => ask(PER_COST));
      const full = await Promise.all(asked.map((response) => Promise.race([response, pause(1_000)])));
      await owner.query('rollback');
      const answered = await Promise.all(asked);
      const refused = full.filter((response) => response !== undefined);
      expect(refused).toHaveLength(10);
      for (const response of refused) {
        expect(response.headers.get('retry-after')).toBe('5');
        expect((await problem(response)).code).toBe('overloaded');
      }
      const taken = answered.filter(({ status }) => status === 200);
      expect(await Promise.all(taken.map((response) => response.json()))).toEqual(taken.map(() => alone));
      expect(taken).toHaveLength(2);
    } finally {
      await owner.end();
    }
    expect(await answer(PER_COST)).toEqual(alone);
  });

  it('waits its turn with a few others of whatever addresses', async () => {
    const whatIfs = site.running.app.get(WhatIfs, { strict: false });
    const owner = await asOwner();
    try {
      await owner.query('begin; lock table outcomes in access exclusive mode');
      const asked = Array.from({ length: 12 }, (_, at) => whatIfs.ask(id, PER_COST, asker(`192.0.2.${at}`)));
      const full = await Promise.all(asked.map((answered) => Promise.race([answered, pause(1_000)])));
      await owner.query('rollback');
      const refused = full.filter((answered) => answered !== undefined);
      expect(refused).toEqual(Array.from({ length: 7 }, () => ({ rejected: 'overloaded' })));
      const answered = await Promise.all(asked);
      expect(answered.filter((one) => 'areas' in one)).toHaveLength(5);
    } finally {
      await owner.end();
    }
  });

  it('is not counted for who has hung up, and tells how long it took', async () => {
    const whatIfs = site.running.app.get(WhatIfs, { strict: false });
    const gone = { ...asker('192.0.2.1'), isGone: () => true };
    expect(await whatIfs.ask(id, PER_COST, gone)).toEqual({ rejected: 'shutting-down' });
    let took = 0;
    const there = { ...asker('192.0.2.1'), took: (ms: number) => (took = ms) };
    expect(await whatIfs.ask(id, PER_COST, there)).toMatchObject({ areas: [{ area: 'city' }, {}] });
    expect(took).toBeGreaterThan(0);
  });

  it('is counted on the ballots of the last count, when some were annulled', async () => {
    const rule = { name: 'single', ballot: cast.bea, claim: 'claim-7' };
    const body = { electionId: id, rule, scope: 'ballot', reason: { code: 'claim-upheld' } };
    expect(await together(site, ['bea', 'cova'], 'annul-ballots', body)).toMatchObject({ state: 'done' });
    await electionWhen(site, id, ({ counts }) => counts.length === 2);
    const { official, areas } = await answer(PER_COST);
    expect(official.number).toBe(2);
    expect(areas[0]?.outcome.ballots).toBe('6');
    // Bridge, lamps and trees have three votes each now, and lamps and trees together cost the budget.
    expect(areas[0]?.comparison).toMatchObject({
      gained: ['bench'],
      lost: ['lamps'],
      byApprovals: { first: '1', second: '0', indifferent: '5' },
    });
  });

  it('says so when the official result must be worked out again', async () => {
    const owner = await asOwner();
    await owner.query('create table set_aside as select * from outcomes; delete from outcomes');
    expect(await refusal(ask(PER_COST))).toBe('503 result-not-kept');
    await owner.query('insert into outcomes select * from set_aside; drop table set_aside');
    await owner.end();
    expect((await ask(PER_COST)).status).toBe(200);
  });

  it('is not counted any more of an election that was annulled', async () => {
    const body = { electionId: id, reason: { code: 'flood' } };
    expect(await together(site, ['ana', 'bea'], 'annul-election', body)).toMatchObject({ state: 'done' });
    await electionWhen(site, id, ({ phase }) => phase === 'annulled');
    expect(await refusal(ask(PER_COST))).toBe('409 election-annulled');
  });
});

describe('a ruleset that takes too long', () => {
  it('is refused, and after some of them everything is from that address, for a while', async () => {
    const voter = voterKeys('hard');
    // All costs are even and the budget is odd: the welfare optimum searches until it gives up.
    const options = Array.from({ length: 60 }, (_, at) => option(`p${at}`, 'city', 2_000 + 2 * at * at));
    const ids = options.map((one) => one.id).sort();
    const body = {
      ...definition(),
      areas: [{ id: 'city', budget: 59_999 }],
      ballot: { ...definition().ballot, max: 60 },
      ruleset: { ...definition().ruleset, ties: ids },
      paper: 'none',
      options,
    };
    const post = (rest: string, sent: unknown) =>
      site.as('ana', 'POST', `/api/v1/elections${rest}`, { body: sent, id: newCommandId() });
    const { electionId } = await json<{ electionId: string }>(post('', body), 201);
    await json(post(`/${electionId}/roll`, { lines: [rollLine(voter, ['city'])], last: true }));
    await electionWhen(site, electionId, ({ phase }) => phase === 'open');
    await (await Booth.at(site, electionId)).cast(voter, { vote: vote(ids) });
    clock.advance(DAY_MS);
    await electionWhen(site, electionId, ({ phase }) => phase === 'counted');
    const ask = (ruleset: object) =>
      site.fetch(`/api/v1/elections/${electionId}/what-if`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ruleset }),
      });
    const hard = { rule: 'welfare-optimum', utility: 'cost' };
    for (let time = 0; time < MOST_COSTLY; time++) {
      expect(await problem(await ask(hard))).toMatchObject({ status: 422, code: 'ruleset-too-costly' });
      expect((await ask({ rule: 'phragmen' })).status).toBe(time + 1 < MOST_COSTLY ? 200 : 429);
    }
    const response = await ask({ rule: 'phragmen' });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await problem(response)).code).toBe('too-many-costly');
  }, 60_000);
});

function asker(address: string) {
  return { address, isGone: () => false, took: () => undefined };
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}

/** The desk over HTTP: from a person to her line of the roll, and from there to her mark. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Pool } from 'pg';
import { MOST_MISSES } from '../../src/ballots/desk.controller.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import {
  Booth,
  electionWhen,
  fast,
  json,
  newCommandId,
  storyClock,
  voterKeys,
  type Who,
} from '../elections/booth.js';
import { defineOneArea } from '../elections/one-area.js';
import { people, problem, Site } from '../rest/site.js';

const clock = storyClock();
const [ana, bea] = [voterKeys('desk ana', fast), voterKeys('desk bea', fast)];

let site: Site;
let electionId: string;
let logged = '';
beforeAll(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
  site = await Site.start({ clock, log }, { TRUST_PROXY: 'yes' });
  electionId = await defineOneArea(site, clock, [ana, bea]);
  await electionWhen(site, electionId, ({ phase }) => phase === 'open');
});
afterAll(() => site.stop());

let addresses = 0;
/** From an address of its own, unless it is given. */
function lookUp(
  body: unknown,
  {
    who = 'pia',
    from = `10.1.${++addresses}.1`,
    id = electionId,
  }: { who?: Who; from?: string; id?: string } = {},
): Promise<Response> {
  return site.fetch(`/api/v1/elections/${id}/roll-lookups`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      authorization: `Bearer ${people[who].key}`,
      'content-type': 'application/json',
      'x-forwarded-for': from,
    },
  });
}

interface Line {
  v: string;
  marked: boolean;
  ballots: unknown[];
  keyReplacements: unknown[];
}

describe('a person at the desk', () => {
  it('is found by her line of the census, marked, and seen to be', async () => {
    const response = await lookUp({ person: 'person desk bea' });
    expect(response.headers.get('cache-control')).toBe('no-store');
    const line = await json<Line>(Promise.resolve(response));
    expect(line).toEqual({
      v: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      marked: false,
      keyReplacements: [],
      ballots: [],
    });
    const path = `/api/v1/elections/${electionId}/voters/${line.v}/paper`;
    await json(site.as('pia', 'POST', path, { id: newCommandId() }));
    const head = await site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head();
    const shown = await json<Line>(
      site.fetch(`/api/v1/elections/${electionId}/voters/${line.v}?atLeast=${String(head)}`),
    );
    expect(shown.marked).toBe(true);
    expect(await json(lookUp({ person: 'person desk bea' }, { who: 'ana' }))).toEqual(shown);
  });

  it('is found with her ballots', async () => {
    const booth = await Booth.at(site, electionId, fast);
    const { v, ballotId } = await booth.cast(ana, { vote: [{ a: 'city', ids: ['bench'] }] });
    const head = await site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head();
    await site.fetch(`/api/v1/elections/${electionId}?atLeast=${String(head)}`);
    expect(await json<Line>(lookUp({ person: 'person desk ana' }))).toMatchObject({
      v,
      ballots: [{ id: ballotId, status: 'counted' }],
    });
  });

  it('who is not on the roll is nobody, and no key of an election is made for the question', async () => {
    const pool = site.running.app.get<Pool>(POOL, { strict: false });
    const keys = async () =>
      (await pool.query<{ scope: string }>('select scope from scope_keys order by scope')).rows;
    const before = await keys();
    expect(await problem(await lookUp({ person: 'person desk cova' }))).toMatchObject({
      status: 404,
      code: 'person-not-on-roll',
    });
    for (const id of ['6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11', 'no-uuid']) {
      expect(await problem(await lookUp({ person: 'person desk ana' }, { id }))).toMatchObject({
        status: 404,
        code: 'election-unknown',
      });
    }
    expect(await keys()).toEqual(before);
  });

  it.each([
    ['empty', { person: '' }],
    ['longer than 200 characters', { person: 'x'.repeat(201) }],
    ['missing', {}],
    ['no text', { person: 7 }],
  ])('who is %s is refused', async (_what, body) => {
    expect(await problem(await lookUp(body))).toMatchObject({ status: 422, code: 'invalid-input' });
  });

  it('is told to nobody without the role', async () => {
    expect(await problem(await lookUp({ person: 'person desk ana' }, { who: 'lin' }))).toMatchObject({
      status: 403,
      code: 'role-missing',
    });
    const nobody = await site.fetch(`/api/v1/elections/${electionId}/roll-lookups`, {
      method: 'POST',
      body: JSON.stringify({ person: 'person desk ana' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(await problem(nobody)).toMatchObject({ status: 401, code: 'sign-in-needed' });
  });

  it('cannot be guessed: misses are limited by address, whatever is found in between', async () => {
    const from = '203.0.113.7';
    for (let miss = 0; miss < MOST_MISSES; miss++) {
      expect((await lookUp({ person: `guess ${miss}` }, { from })).status).toBe(404);
      if (miss % 10 === 0) expect((await lookUp({ person: 'person desk ana' }, { from })).status).toBe(200);
    }
    const blocked = await lookUp({ person: 'person desk ana' }, { from });
    expect(await problem(blocked)).toMatchObject({ status: 429, code: 'too-many-misses' });
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(800);
    // Her other work goes on, and so does everybody else's.
    const session = await site.fetch('/api/v1/session', {
      headers: { authorization: `Bearer ${people.pia.key}`, 'x-forwarded-for': from },
    });
    expect(session.status).toBe(200);
    expect((await lookUp({ person: 'person desk ana' })).status).toBe(200);
  });

  it('stands in no log', () => {
    expect(logged).toContain('roll-lookups');
    expect(logged).not.toMatch(/person desk|guess \d/);
  });
});

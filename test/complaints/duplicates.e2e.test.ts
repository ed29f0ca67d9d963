/** Complaints that nobody has answered, and that duplicates, several members of staff at once and crashes let nobody forget. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { Matters } from '../../src/complaints/matters.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import { done, queueOf } from '../desk/desk-world.js';
import { DAY_MS, json, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { act, describeCity, file, post, type Filed } from './story.js';

const words = { es: '¿Qué farola es?' };
const clock = storyClock();
let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock });
  await describeCity(site);
});
afterAll(() => site.stop());

/** Waits until reads show what the log holds by now. */
async function settled(): Promise<void> {
  const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  await site.fetch(`/api/v1/matters?atLeast=${await store.head()}`);
}

async function overdue(): Promise<Set<string>> {
  await settled();
  const found = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await queueOf(
      site,
      `overdue=true&limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    );
    for (const { id } of page.items) found.add(id);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

describe('the clock of what has duplicates', () => {
  it('takes no duplicate while it stands, though it would be due no later', async () => {
    const [standing, late] = [await file(site), await file(site)];
    await done(site, standing.matterId, 'move', { state: 'waiting', words });
    clock.advance(100 * DAY_MS);
    expect(await overdue()).toContain(late.matterId);
    const marked = await act(site, 'lin', late.matterId, 'duplicate', { of: standing.matterId });
    expect(await problem(marked)).toMatchObject({ code: 'other-answered-later', field: 'of' });
    expect(await overdue()).toContain(late.matterId);
  });

  it('lets those go that nobody has answered when it is made to stand', async () => {
    const [kept, same] = [await file(site), await file(site)];
    await done(site, same.matterId, 'duplicate', { of: kept.matterId });
    await done(site, kept.matterId, 'move', { state: 'waiting', words });
    clock.advance(400 * DAY_MS);
    const late = await overdue();
    expect([late.has(kept.matterId), late.has(same.matterId)]).toEqual([false, true]);
  });

  it('is made to stand by a question alone', async () => {
    const { matterId } = await file(site);
    const moved = await act(site, 'lin', matterId, 'move', { state: 'waiting' });
    expect(await problem(moved)).toMatchObject({ code: 'state-needs-words', field: 'words' });
  });
});

/** Each time others: one race alone may end well by chance. */
const ROUNDS = 4;
const mark = (one: Filed, other: Filed) =>
  act(site, 'lin', one.matterId, 'duplicate', { of: other.matterId });

async function stand({ matterId }: Filed): Promise<{ state: string; answeredAt?: string; of?: string }> {
  await settled();
  return json(site.as('lin', 'GET', `/api/v1/matters/${matterId}/file`));
}

/** Closed, and answered by nobody. */
async function isForgotten(filed: Filed): Promise<boolean> {
  const { state, answeredAt } = await stand(filed);
  return state === 'duplicate' && answeredAt === undefined;
}

/** Does something else right before or after the next event that marks a duplicate. */
function meanwhile(moment: 'before' | 'after', work: () => Promise<unknown>): void {
  const matters = site.running.app.get(Matters, { strict: false });
  const run = matters.run.bind(matters);
  matters.run = async (...given) => {
    if (given[1].do !== 'duplicate') return run(...given);
    matters.run = run;
    if (moment === 'before') await work();
    const answer = await run(...given);
    if (moment === 'after') await work();
    return answer;
  };
}

describe('of complaints that two put together at once', () => {
  it('one goes on where each was to be the duplicate of the other', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [one, two] = [await file(site), await file(site)];
      const answers = await Promise.all([mark(one, two), mark(two, one)]);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      const states = [(await stand(one)).state, (await stand(two)).state];
      expect(states.sort()).toEqual(['duplicate', 'open']);
    }
  });

  it('none is left out of the answer where one was to go with the next', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [first, next, last] = [await file(site), await file(site), await file(site)];
      const answers = await Promise.all([mark(first, next), mark(next, last)]);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      for (const { matterId } of [next, last])
        await act(site, 'lin', matterId, 'answer', { state: 'resolved', words });
      expect(await Promise.all([first, next, last].map(isForgotten))).toEqual([false, false, false]);
    }
  });

  it('each is answered, or open, where the other one is answered at that moment', async () => {
    for (const moment of ['before', 'after'] as const) {
      const [kept, same] = [await file(site), await file(site)];
      meanwhile(moment, () => done(site, kept.matterId, 'answer', { state: 'resolved', words }));
      await mark(same, kept);
      expect(await isForgotten(same)).toBe(false);
    }
  });

  it('each is open, or answered with the other one, where that is erased at that moment', async () => {
    for (const moment of ['before', 'after'] as const) {
      const [kept, same] = [await file(site), await file(site)];
      meanwhile(moment, () => json(post(site, '/by-link/erasures', { link: kept.link })));
      await mark(same, kept);
      // It may go on for whoever was put there, and is answered then.
      await act(site, 'lin', kept.matterId, 'answer', { state: 'resolved', words });
      expect(await isForgotten(same)).toBe(false);
    }
  });
});

it('what a crash left in a case without its event is answered with nobody, and goes there after all', async () => {
  const [kept, same] = [await file(site), await file(site)];
  const pool = site.running.app.get<Pool>(POOL, { strict: false });
  await pool.query('insert into matter_cases (matter_id, case_id) values ($1, $2)', [
    same.matterId,
    kept.matterId,
  ]);
  await done(site, kept.matterId, 'answer', { state: 'resolved', words });
  expect((await stand(same)).state).toBe('open');
  const other = await file(site);
  expect(await problem(await mark(same, other))).toMatchObject({ code: 'matter-in-case' });
  expect(await problem(await act(site, 'lin', same.matterId, 'separate'))).toMatchObject({
    code: 'matter-not-in-case',
  });
  // Filed later, so it is due later.
  await json(mark(other, same));
  await done(site, same.matterId, 'answer', { state: 'resolved', words });
  expect((await stand(other)).answeredAt).toBeDefined();
});

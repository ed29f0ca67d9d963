/** Staff's queue with every filter, and the figures of its own work, over HTTP. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Views } from '../../src/views/views.js';
import { DAY_MS, json, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { done, queueOf, until, type Queued } from './desk-world.js';
import { act, describeCity, file, LAMP, post } from '../complaints/story.js';

const clock = storyClock();
let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock });
  await describeCity(site);
});
afterAll(() => site.stop());

const POTHOLE = { ...LAMP, category: 'pothole', answers: {}, text: 'Un socavón en la Cañada.' };
const words = { es: 'Hecho.' };

/** All pages, each as long as asked for but the last. */
async function every(query: string, limit: number): Promise<Queued[]> {
  const all: Queued[] = [];
  for (let cursor = ''; ;) {
    const page = await queueOf(site, `${query}&limit=${limit}${cursor && `&cursor=${cursor}`}`);
    all.push(...page.items);
    if (page.next === undefined) return all;
    expect(page.items).toHaveLength(limit);
    cursor = page.next;
  }
}

interface Figures {
  open: number;
  overdue: number;
  soon: number;
  answered: number;
  medianDays?: number;
}
type All = Figures & { departments: (Figures & { department?: string })[] };
const numbers = () => json<All>(site.as('lin', 'GET', '/api/v1/matters/queue/numbers'));
const of = (all: All, department: string) => all.departments.find((one) => one.department === department);

describe('the queue', () => {
  const lamps: string[] = [];
  const potholes: string[] = [];
  beforeAll(async () => {
    // One in three is a pothole; every other one is public.
    for (let index = 0; index < 12; index++) {
      const { matterId } = await file(site, index % 3 === 2 ? POTHOLE : LAMP);
      (index % 3 === 2 ? potholes : lamps).push(matterId);
      if (index % 2 === 0) await done(site, matterId, 'release', { place: true });
      clock.advance(60_000);
    }
    for (const id of potholes.slice(0, 3)) await done(site, id, 'answer', { state: 'answered', words });
    await until(site, await done(site, potholes[3]!, 'move', { state: 'scheduled' }));
  });

  it.each([1, 2, 3, 5, 100])('has full pages of %i with any filter', async (limit) => {
    const of = async (query: string) => (await every(query, limit)).map(({ id }) => id).sort();
    expect(await of('category=pothole')).toEqual([...potholes].sort());
    // With the categories in it.
    expect(await of('category=lighting-group')).toEqual([...lamps].sort());
    expect(await of('category=pothole&stateKind=closed')).toEqual(potholes.slice(0, 3).sort());
    expect(await of('department=works&stateKind=open')).toEqual([potholes[3]]);
    expect(await of('words=socavon%20canada')).toEqual([...potholes].sort());
    expect(await of('words=CA%C3%91ADA&stateKind=open')).toEqual([potholes[3]]);
    expect(await of('area=city&category=street-lamp')).toEqual([...lamps].sort());
    expect(await of('area=market')).toEqual([]);
    expect(await of('words=nothing%20of%20this')).toEqual([]);
  });

  it('has no page more where the last one is full', async () => {
    expect((await queueOf(site, 'category=pothole&limit=4')).next).toBeUndefined();
    expect((await queueOf(site, 'category=pothole&limit=3')).next).toBeDefined();
  });

  it('comes by what is due first, or the newest first', async () => {
    const due = await every('stateKind=open', 3);
    expect(due.map((one) => one.due)).toEqual(due.map((one) => one.due).sort());
    const newest = await every('order=newest', 5);
    expect(newest.map(({ id }) => id).slice(0, 2)).toEqual([potholes[3], lamps[7]]);
    const { next = '' } = await queueOf(site, 'order=newest&limit=2');
    const mixed = await site.as('lin', 'GET', `/api/v1/matters/queue?limit=2&cursor=${next}`);
    expect(await problem(mixed)).toMatchObject({ code: 'invalid-cursor' });
    expect(await problem(await site.as('lin', 'GET', '/api/v1/matters/queue?order=x'))).toMatchObject({
      code: 'invalid-input',
    });
  });

  it('finds what is overdue, in whatever state; closing without an answer hides nothing', async () => {
    expect((await queueOf(site, 'overdue=true')).items).toEqual([]);
    const closed = await file(site);
    await until(site, await done(site, closed.matterId, 'move', { state: 'resolved' }));
    clock.advance(100 * DAY_MS);
    const late = (await every('overdue=true', 4)).map(({ id }) => id);
    expect(late).toContain(closed.matterId);
    expect(late).toEqual(expect.arrayContaining([potholes[3], ...lamps]));
    expect(late).not.toContain(potholes[0]);
    expect((await queueOf(site, 'overdue=true&stateKind=fixed')).items.map(({ id }) => id)).toEqual([
      closed.matterId,
    ]);
  });
});

describe('the figures of staff’s own work', () => {
  it('count what is open, overdue, soon due and answered this month, by department', async () => {
    const before = await numbers();
    // All that the queue has: eight lamps and a pothole.
    expect(of(before, 'lighting')).toMatchObject({ open: 8, overdue: 9, soon: 0, answered: 0 });
    expect(of(before, 'works')).toMatchObject({ open: 1, overdue: 1, soon: 0, answered: 0 });
    expect(before).toMatchObject({ open: 9, overdue: 10, soon: 0, answered: 0 });
    expect(before).not.toHaveProperty('medianDays');
    const [one, two, waiting] = [await file(site), await file(site), await file(site)];
    clock.advance(2 * DAY_MS);
    await done(site, one.matterId, 'answer', { state: 'answered', words });
    clock.advance(2 * DAY_MS);
    await until(site, await done(site, two.matterId, 'answer', { state: 'resolved', words }));
    expect(of(await numbers(), 'lighting')).toMatchObject({ open: 9, answered: 2, medianDays: 3 });
    clock.advance(80 * DAY_MS);
    const later = await numbers();
    // Another month, and the third one is soon due.
    expect(of(later, 'lighting')).toMatchObject({ open: 9, overdue: 9, soon: 1, answered: 0 });
    await until(site, await done(site, waiting.matterId, 'assign', { department: 'works' }));
    expect(of(await numbers(), 'works')).toMatchObject({ open: 2, soon: 1 });
    expect(await problem(await site.as('pia', 'GET', '/api/v1/matters/queue/numbers'))).toMatchObject({
      code: 'role-missing',
    });
  });

  it('are read anew once a matter has changed, and go with time before that', async () => {
    const views = site.running.app.get(Views, { strict: false });
    const list = jest.spyOn(views, 'list');
    const due = await file(site);
    await until(site, due);
    const before = of(await numbers(), 'lighting');
    const reads = list.mock.calls.length;
    clock.advance(1);
    expect(of(await numbers(), 'lighting')).toEqual(before);
    expect([reads > 0, list.mock.calls.length]).toEqual([true, reads]);
    await until(site, await done(site, due.matterId, 'move', { state: 'resolved' }));
    expect(of(await numbers(), 'lighting')).toMatchObject({ open: (before?.open ?? 0) - 1 });
    list.mockRestore();
  });
});

describe('duplicates', () => {
  const two = async () => {
    const kept = await file(site);
    const same = await file(site);
    return { kept, same };
  };
  const clockOf = async (id: string) => {
    const { items } = await queueOf(site, 'order=newest&limit=100');
    return items.find((one) => one.id === id)?.clock;
  };

  it('wait for the answer of the other one, and are overdue with it alone', async () => {
    const { kept, same } = await two();
    await until(site, await done(site, same.matterId, 'duplicate', { of: kept.matterId }));
    expect(await clockOf(same.matterId)).toBeUndefined();
    clock.advance(100 * DAY_MS);
    const late = (await every('overdue=true', 50)).map(({ id }) => id);
    expect(late).toContain(kept.matterId);
    expect(late).not.toContain(same.matterId);
    // Its answer is that of both, and late for both.
    await done(site, kept.matterId, 'answer', { state: 'resolved', words });
    // The members of a case are answered after it.
    await until(site, await file(site));
    const { items } = await queueOf(site, 'order=newest&limit=100');
    const answered = items.filter(({ id }) => [kept.matterId, same.matterId].includes(id));
    expect(answered).toMatchObject([{ inTime: false }, { inTime: false }]);
  });

  it('cannot be made of what is due earlier, or where no answer is to come', async () => {
    const { kept: older } = await two();
    clock.advance(10 * DAY_MS);
    const { kept: younger } = await two();
    const marked = (id: string, of: string) =>
      site.as('lin', 'POST', `/api/v1/matters/${id}/duplicate`, {
        body: { of },
        id: `duplicate-of-${id.slice(0, 8)}-${of.slice(0, 8)}`,
      });
    expect(await problem(await marked(older.matterId, younger.matterId))).toMatchObject({
      status: 409,
      code: 'other-answered-later',
      field: 'of',
    });
    await done(site, older.matterId, 'answer', { state: 'answered', words });
    expect(await problem(await marked(younger.matterId, older.matterId))).toMatchObject({
      code: 'other-answered-later',
    });
    // What is answered itself owes nothing.
    const { kept: other } = await two();
    await json(marked(older.matterId, other.matterId));
  });

  it('go on with the other one when its reporter is erased, and are open again with their own clock when it is no matter at all', async () => {
    const first = await two();
    await done(site, first.same.matterId, 'duplicate', { of: first.kept.matterId });
    await json(post(site, '/by-link/erasures', { link: first.kept.link }));
    const second = await two();
    await done(site, second.same.matterId, 'duplicate', { of: second.kept.matterId });
    const moved = await act(site, 'lin', second.kept.matterId, 'move', { state: 'void' });
    expect(await problem(moved)).toMatchObject({ code: 'state-needs-answer', field: 'state' });
    await until(site, await done(site, second.kept.matterId, 'answer', { state: 'void', words }));
    // What followed was appended after what was answered.
    await until(site, await done(site, second.same.matterId, 'assign', { department: 'works' }));
    expect(await clockOf(second.same.matterId)).toMatchObject({ stands: false });
    expect(await clockOf(first.same.matterId)).toBeUndefined();
    expect(await clockOf(first.kept.matterId)).toMatchObject({ stands: false });
  });
});

/** The figures of a year over HTTP, and the deadlines that move when the city declares its holidays. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { foldInto } from '../../projections/projection.js';
import { openEvent } from '../../projections/event.js';
import { yearPrefix } from '../../projections/matter-numbers.js';
import { sumsOf } from '../../projections/sums.js';
import { GetYearNumbers, GetYearNumbersHandler } from '../../src/numbers/numbers.queries.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { DEMO_CITY } from '../../src/demo/city.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { Views } from '../../src/views/views.js';
import { DAY_MS, json, newCommandId, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { until } from '../views/world.js';
import { act, describeCity, file, LAMP, type Receipt } from '../complaints/story.js';

interface Figures {
  filed: number;
  released: number;
  overdue: number;
  medianDaysToAnswer?: number;
}
interface Year extends Record<string, unknown> {
  year: number;
  at: string;
  void: number;
  all: Figures & { categories: (Figures & { id?: string; name: Record<string, string> })[] };
  kinds: Record<string, Figures>;
}

const clock = storyClock();
let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock });
  await describeCity(site);
});
afterAll(() => site.stop());

function year(): Promise<Year> {
  return json<Year>(site.fetch('/api/v1/matters/years/2026'));
}

async function seen({ position }: Receipt): Promise<void> {
  await site.fetch(`/api/v1/matters?atLeast=${position}`);
}

describe('the figures of a year', () => {
  it('are none before anything was filed', async () => {
    expect(await json(site.fetch('/api/v1/matters/years'))).toEqual({ years: [] });
    for (const path of ['2026', '2026/report.csv', 'then', '0'])
      expect(await problem(await site.fetch(`/api/v1/matters/years/${path}`))).toMatchObject({
        status: 404,
        code: 'year-without-matters',
      });
  });

  it('count by what a matter is about only once it is released', async () => {
    const lamp = await file(site);
    const idea = await file(site, { ...LAMP, kind: 'suggestion' });
    await seen(idea);
    const before = await year();
    expect(before.all).toMatchObject({ filed: 2, released: 0, categories: [], areas: [], departments: [] });
    expect(before.kinds.suggestion?.filed).toBe(1);
    expect(JSON.stringify(before)).not.toContain('street-lamp');

    await json(act(site, 'lin', lamp.matterId, 'release', { place: false }));
    clock.advance(3 * DAY_MS);
    const words = { state: 'resolved', words: { es: 'Arreglada.' } };
    await seen(await json<Receipt>(act(site, 'lin', lamp.matterId, 'answer', words)));
    const { all } = await year();
    expect(all).toMatchObject({
      filed: 2,
      released: 1,
      answered: 1,
      inTime: 1,
      fixed: 1,
      medianDaysToAnswer: 3,
    });
    expect(all.categories).toMatchObject([{ id: 'street-lamp', name: { es: 'Farola' }, filed: 1, fixed: 1 }]);
    expect(await json(site.fetch('/api/v1/matters/years'))).toEqual({ years: [{ year: 2026, filed: 2 }] });
  });

  it('are not sent twice, until one more is overdue only because time went on', async () => {
    const path = '/api/v1/matters/years/2026';
    const etag = (await site.fetch(path)).headers.get('etag') ?? '';
    const again = () => site.fetch(path, { headers: { 'if-none-match': etag } });
    expect((await again()).status).toBe(304);
    clock.advance(100 * DAY_MS);
    const late = await again();
    expect(late.status).toBe(200);
    const { all, kinds } = (await late.json()) as Year;
    expect([all.overdue, kinds.suggestion?.overdue, kinds.complaint?.overdue]).toEqual([1, 1, 0]);
  });

  it('have what is overdue to the millisecond, from the sums of past months and the rows of this one', async () => {
    const handler = site.running.app.get(GetYearNumbersHandler, { strict: false });
    const { rows } = await site.running.app.get(Views, { strict: false }).list(mattersView, {});
    const [due = ''] = rows.flatMap(({ row }) => (row.kind === 'suggestion' ? (row.due ?? []) : []));
    const [year = 0, month = 0] = due.split('-').map(Number);
    const nextMonth = Date.UTC(year, month);
    const instants = [-1, 0, 1]
      .map((ms) => Date.parse(due) + ms)
      .concat(nextMonth - 1, nextMonth, nextMonth + 1);
    const overdue = instants.map(async (at) => {
      const found = await handler.execute(new GetYearNumbers(2026, new Date(at)));
      return found?.numbers.kinds.get('suggestion')?.whole.overdue;
    });
    expect(await Promise.all(overdue)).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it('are published as a table', async () => {
    const response = await site.fetch('/api/v1/matters/years/2026/report.csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const lines = (await response.text()).split('\r\n');
    expect(lines[0]).toBe(
      `year,kind,by,id,${DEMO_CITY.city.languages.map((language) => `name_${language}`).join(',')},` +
        'filed,released,answered,inTime,late,overdue,erasedUnanswered,fixed,closed,duplicates,reopened,joined,' +
        'medianDaysToAnswer,medianDaysToFix',
    );
    expect(lines[1]).toMatch(/^2026,all,,,+2,1,1,1,0,1,0,1,0,0,0,0,3,3$/);
    expect(lines[2]).toMatch(/^2026,all,category,street-lamp,.*Farola.*,1,1,1,1,0,0,0,1,0,0,0,0,3,3$/);
  });

  it('are a table for spreadsheets, too', async () => {
    const path = '/api/v1/matters/years/2026/report.csv';
    const [plain, excel] = [await site.fetch(path), await site.fetch(`${path}?for=excel`)];
    expect(plain.headers.get('etag')).not.toBe(excel.headers.get('etag'));
    const bytes = new Uint8Array(await excel.arrayBuffer());
    expect(Buffer.from(bytes).toString()).toMatch(/^\ufeffyear;kind;by;id;/);
    expect((await site.fetch(`${path}?for=lotus`)).status).toBe(422);
  });

  it('count what is no matter nowhere, in the list of years either', async () => {
    const { matterId } = await file(site, { ...LAMP, text: 'Compre aquí.' });
    await seen(
      await json<Receipt>(act(site, 'lin', matterId, 'answer', { state: 'void', words: { es: 'No.' } })),
    );
    const { all, void: voids } = await year();
    expect([all.filed, voids]).toEqual([2, 1]);
    expect(await json(site.fetch('/api/v1/matters/years'))).toEqual({ years: [{ year: 2026, filed: 2 }] });
  });

  it('are what anybody gets who folds the log', async () => {
    const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
    const rows = new Map<string, MatterRow>();
    for await (const page of store.readAll(-1n))
      foldInto(
        mattersView,
        rows,
        page.map((one) => openEvent(nodeCrypto, one)),
      );
    const folded = sumsOf(mattersView, rows.values());
    const kept = await site.running.app.get(Views, { strict: false }).sums(mattersView, yearPrefix(2026));
    for (const [key, figures] of kept) expect(folded.get(key)).toEqual(figures);
    expect(kept.size).toBe([...folded.keys()].filter((key) => key.startsWith(yearPrefix(2026))).length);
  });
});

describe('a deadline in the queue of staff', () => {
  it('is in time, then soon, then overdue, by working days', async () => {
    const { matterId, position } = await file(site);
    interface Queued {
      id: string;
      clock?: { urgency: string; workingDaysLeft: number; stands: boolean };
    }
    const standing = async () => {
      const path = `/api/v1/matters/queue?limit=100&atLeast=${position}`;
      const { items } = await json<{ items: Queued[] }>(site.as('lin', 'GET', path));
      return items.find(({ id }) => id === matterId)?.clock;
    };
    expect(await standing()).toMatchObject({ urgency: 'in-time', stands: false });
    clock.advance(85 * DAY_MS);
    const soon = await standing();
    expect(soon?.urgency).toBe('soon');
    expect(soon?.workingDaysLeft).toBeLessThanOrEqual(6);
    clock.advance(10 * DAY_MS);
    const late = await standing();
    expect(late?.urgency).toBe('overdue');
    expect(late?.workingDaysLeft).toBeLessThan(0);
  });
});

describe('declared holidays', () => {
  it('move the deadline of an open matter without anybody asking for it', async () => {
    const { matterId, position } = await file(site);
    const due = async () =>
      (
        await json<{ due: string }>(
          site.as('lin', 'GET', `/api/v1/matters/${matterId}/file?atLeast=${position}`),
        )
      ).due;
    const before = await due();
    const day = before.slice(0, 10);
    const years = { [day.slice(0, 4)]: [day] };
    const holidays = { calendar: 'villaficticia', years };
    const body = { ...DEMO_CITY, holidays };
    await json(site.as('ana', 'PUT', '/api/v1/city', { body, id: newCommandId() }));
    await until('moved', async () => (await due()) !== before);
    expect((await due()) > before).toBe(true);
  });
});

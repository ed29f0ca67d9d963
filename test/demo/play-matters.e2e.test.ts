/** A small year of matters through the ordinary commands: afterwards the figures of the program are those of the plan. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { DemoClock } from '../../src/clock.js';
import { ImportCity } from '../../src/city/city.commands.js';
import { DescribeCategories } from '../../src/categories/categories.commands.js';
import { workingCalendar } from '../../src/city/deadlines.js';
import { LISTENER } from '../../src/complaints/matter.js';
import { GetYearNumbers } from '../../src/numbers/numbers.queries.js';
import { DEMO_CATEGORIES } from '../../src/demo/categories.js';
import { demoCityFile } from '../../src/demo/city.js';
import { planMatters, type MattersPlan } from '../../src/demo/matters.js';
import { moveClock } from '../../src/demo/move-clock.js';
import { MattersPlayer } from '../../src/demo/play-matters.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { isRejection } from '../../src/event-store/command-log.js';
import { Codes } from '../../src/complaints/codes.js';
import { People } from '../../src/complaints/people.js';
import { Photos } from '../../src/photos/photos.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { Views } from '../../src/views/views.js';
import { DAY_MS } from '../elections/booth.js';
import { Site } from '../rest/site.js';
import { figuresOf } from './figures-of-plan.js';

const UNTIL = Date.parse('2026-11-27T11:00:00.000Z');
const FROM = UNTIL - 365 * DAY_MS;
const small = planMatters('small 40', 62, FROM, UNTIL);
/** With one that comes to nothing, of which so few matters have none. */
const plan: MattersPlan = {
  matters: [
    ...small.matters,
    { kind: 'complaint', category: 'other', language: 'es', text: 'prueba', private: false },
  ],
  acts: [
    ...small.acts,
    { at: FROM + 200 * DAY_MS, matter: 62, do: 'file' as const },
    { at: FROM + 201 * DAY_MS, matter: 62, do: 'answer' as const, state: 'void', words: 'Nada.' },
  ].sort((a, b) => a.at - b.at),
};
const file = demoCityFile(new Date(FROM), new Date(UNTIL + 100 * DAY_MS));
const seen: [number, number][] = [];

/** Where the plan has been played, up to today. */
async function playedOn(progress: (done: number, of: number) => void): Promise<Site> {
  const clock = new DemoClock(FROM - DAY_MS - Date.now());
  const site = await Site.start({ clock, hurry: true });
  const { app } = site.running;
  const commands = app.get(CommandBus, { strict: false });
  const by = { actor: { id: 'system', roles: [] }, request: new Uint8Array() };
  for (const command of [
    new ImportCity(file, { ...by, commandId: 'city-of-the-demo' }),
    new DescribeCategories(DEMO_CATEGORIES, { ...by, commandId: 'categories-of-the-demo' }),
  ]) {
    expect(isRejection(await commands.execute<object, object>(command as never))).toBe(false);
  }
  const store = app.get<EventStore>(EVENT_STORE, { strict: false });
  const seeAll = async () => app.get(Views, { strict: false }).atLeast(await store.head(), 20_000);
  await seeAll();
  const come = (at: number) => moveClock(app, () => clock.advance(Math.max(0, at - clock.now().getTime())));
  const player = new MattersPlayer({
    commands,
    plan,
    photos: app.get(Photos, { strict: false }),
    people: app.get(People, { strict: false }),
    codes: app.get(Codes, { strict: false }),
    listener: { id: 'lin', roles: [LISTENER] },
    come,
    progress,
  });
  await player.until(FROM + 100 * DAY_MS);
  await player.until(UNTIL);
  await come(UNTIL);
  await seeAll();
  return site;
}

let site: Site;
beforeAll(async () => {
  site = await playedOn((done, of) => seen.push([done, of]));
}, 120_000);
afterAll(() => site.stop());

it('tells how far it has come', () => {
  expect(seen.at(-1)).toEqual([plan.acts.length, plan.acts.length]);
});

it('comes to the figures of the plan', async () => {
  const years = Object.entries(file.holidays.years).map(([year, days]) => ({ year: Number(year), days }));
  const planned = figuresOf(plan, workingCalendar(file.city.timeZone, years), UNTIL);
  expect([...planned.keys()].sort()).toEqual(
    expect.arrayContaining(['2025 complaint', '2026 complaint', '2026 suggestion', '2026 thanks']),
  );
  const queries = site.running.app.get(QueryBus, { strict: false });
  const found = new Map<string, object>();
  for (const year of [2025, 2026]) {
    const numbers = (await queries.execute(new GetYearNumbers(year, new Date(UNTIL))))?.numbers;
    for (const [kind, { whole }] of numbers?.kinds ?? []) {
      const { medianDaysToAnswer: _answer, medianDaysToFix: _fix, ...figures } = whole;
      found.set(`${year} ${kind}`, figures);
    }
    const voids = numbers?.void ?? 0;
    expect(voids).toBe(planned.get(`${year} void`)?.filed ?? 0);
    planned.delete(`${year} void`);
  }
  // Of this seed they have everything that can become of a matter.
  expect(new Set(plan.acts.map((act) => act.do)).size).toBe(13);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(planned));
});

it('stands in its areas and categories, at the planned times', async () => {
  const views = site.running.app.get(Views, { strict: false });
  const { rows } = await views.list(mattersView, { limit: 500 });
  const shown = rows.filter(({ row }) => row.releasedAt !== undefined);
  const filed = plan.acts.filter((act) => act.do === 'file').map(({ at }) => at);
  const times = rows.map(({ row }) => Date.parse(row.filedAt)).sort((a, b) => a - b);
  // What was done meanwhile took some moments.
  expect(times.every((at, index) => Math.abs(at - (filed[index] ?? 0)) < 60_000)).toBe(true);
  for (const { row } of shown)
    expect(row.area ?? row.category).toMatch(/^(harbour|market|valley|office|other)$/);
  expect(new Set(shown.map(({ row }) => row.category)).size).toBeGreaterThan(10);
  expect(rows.some(({ row }) => row.stateKind === 'open')).toBe(true);
  // With the code that each was sent.
  const confirmed = plan.acts.filter((act) => act.do === 'confirm');
  expect(confirmed.length).toBeGreaterThan(0);
  expect(rows.filter(({ row }) => row.confirmed)).toHaveLength(confirmed.length);
});

it('comes to the same again, but for the moments that it takes and for what nobody can guess', async () => {
  const again = await playedOn(() => undefined);
  try {
    const matters = async ({ running }: Site) => {
      const { rows } = await running.app.get(Views, { strict: false }).list(mattersView, { limit: 500 });
      return rows.map(({ key, row }) => [key, sameOf(row)]);
    };
    expect(await matters(again)).toEqual(await matters(site));
  } finally {
    await again.stop();
  }
}, 120_000);

/** What must be the same. Of contents, whose ids are drawn, that they are there; times to within the moments that acts take. */
function sameOf({ changed: _changed, ...row }: MatterRow): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => {
      if (name === 'of' || typeof value === 'number' || typeof value === 'boolean') return [name, value];
      if (Array.isArray(value)) return [name, value.length];
      return [name, typeof value === 'string' ? value.replace(/T[\d:.]+Z$/, '') : 'there'];
    }),
  );
}

it('shows the photos of those that have one', async () => {
  const views = site.running.app.get(Views, { strict: false });
  const { rows } = await views.list(mattersView, { limit: 500 });
  const photos = rows.flatMap(({ row }) => row.photos ?? []);
  expect(photos).toHaveLength(plan.matters.filter(({ photo }) => photo !== undefined).length);
  expect(photos.length).toBeGreaterThan(0);
  const shown = await site.fetch(`/api/v1/contents/${photos[0]?.id ?? ''}`);
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
});

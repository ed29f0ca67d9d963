/** What somebody says of when a repair was made stands beside when it was said, and no figure goes by it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DAY_MS, json, storyClock } from '../elections/booth.js';
import { Site } from '../rest/site.js';
import { act, describeCity, file, type Receipt } from './story.js';

const clock = storyClock();
let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock });
  await describeCity(site);
});
afterAll(() => site.stop());

interface Figures {
  all: { late: number; inTime: number; medianDaysToAnswer?: number; medianDaysToFix?: number };
}

it('a repair that is said to have been made long ago takes as long as it was open', async () => {
  const { matterId } = await file(site);
  const filedAt = clock.now().toISOString();
  await json(act(site, 'lin', matterId, 'release', { place: false }));
  clock.advance(100 * DAY_MS);
  const said = new Date(Date.parse(filedAt) + DAY_MS).toISOString();
  const fixed = { state: 'resolved', happenedAt: said, words: { es: 'Cambiada.' } };
  const { position } = await json<Receipt>(act(site, 'lin', matterId, 'answer', fixed));
  await site.fetch(`/api/v1/matters?atLeast=${position}`);
  const { all } = await json<Figures>(site.fetch('/api/v1/matters/years/2026'));
  expect(all).toMatchObject({ late: 1, inTime: 0, medianDaysToAnswer: 100, medianDaysToFix: 100 });

  const matter = await json<{
    fixedAt: string;
    closedAt: string;
    history: { at: string; happenedAt?: string }[];
  }>(site.fetch(`/api/v1/matters/${matterId}`));
  const step = matter.history.at(-1)!;
  expect(step.happenedAt).toBe(said);
  expect(Date.parse(step.at) - Date.parse(said)).toBeGreaterThan(98 * DAY_MS);
  expect([matter.fixedAt, matter.closedAt]).toEqual([step.at, step.at]);
  // Both are read on the page.
  const page = await (
    await site.fetch(`/matters/${matterId}?lang=en`, { headers: { 'accept-language': 'en' } })
  ).text();
  expect(page).toMatch(/It happened on/);
});

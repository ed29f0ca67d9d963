/** Complaints that nobody has answered, and that duplicates, several members of staff at once and crashes let nobody forget. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { done, queueOf } from '../desk/desk-world.js';
import { DAY_MS, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { act, describeCity, file } from './story.js';

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

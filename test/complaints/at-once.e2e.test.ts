/** Two acts on one matter at the same moment, on connections of their own, and claims that a crash left without their events. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { Orphans } from '../../src/contents/orphans.js';
import { Contents } from '../../src/contents/contents.js';
import { Matters } from '../../src/complaints/matters.js';
import { People } from '../../src/complaints/people.js';
import { newThingId } from '../../src/event-store/event-ids.js';
import { isRejection } from '../../src/event-store/command-log.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import { Views } from '../../src/views/views.js';
import { fileWithPhotos } from '../desk/desk-world.js';
import { DAY_MS, json, newCommandId, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { act, describeCity, file, LAMP, post, type Filed, type Receipt } from './story.js';

const TIMES = 6;
const clock = storyClock();
let site: Site;
let pool: Pool;
let people: People;
beforeAll(async () => {
  site = await Site.start({ clock });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  people = site.running.app.get(People, { strict: false });
  await describeCity(site);
}, 60_000);
afterAll(() => site.stop());

const staff = (matterId: string, what: string, body?: object) =>
  json<Receipt>(act(site, 'lin', matterId, what, body));
const boxes = [{ unit: 'permille', left: 0, top: 0, width: 500, height: 1_000 }];
const cover = (matterId: string, photo: string) =>
  json(
    site.as('lin', 'POST', `/api/v1/matters/${matterId}/photos/${photo}/redactions`, {
      body: { boxes },
      id: newCommandId(),
    }),
  );

/** Does something before the next command is given to the log, as another process may. */
function before(does: () => Promise<unknown>): void {
  const matters = site.running.app.get(Matters, { strict: false });
  const run = matters.run.bind(matters);
  matters.run = async (...given) => {
    matters.run = run;
    await does();
    return run(...given);
  };
}

/** Again and again, so that one of them is between the look and the event of the other act. */
const assigning = (matterId: string, department: string) =>
  Array.from({ length: 6 }, () => staff(matterId, 'assign', { department }));

interface Whole {
  department?: string;
  photos: string[];
}

async function whole(matterId: string): Promise<Whole> {
  const head = await site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head();
  await site.fetch(`/api/v1/matters?atLeast=${head}`);
  return json(site.as('lin', 'GET', `/api/v1/matters/${matterId}/file`));
}

describe('at the same moment', () => {
  it('a release and an assignment both count', async () => {
    for (let n = 0; n < TIMES; n++) {
      const { matterId } = await file(site);
      const assign = (department: string) => staff(matterId, 'assign', { department });
      await Promise.all([staff(matterId, 'release', { place: false }), assign('lighting')]);
      expect((await whole(matterId)).department).toBe('lighting');
    }
  }, 60_000);

  it('an assignment between the look and the event of a release counts, also where it is shown again', async () => {
    const { matterId } = await file(site);
    for (const department of ['lighting', 'works']) {
      before(() => staff(matterId, 'assign', { department }));
      await staff(matterId, 'release', { place: false });
      expect((await whole(matterId)).department).toBe(department);
      await staff(matterId, 'hide', { reason: 'insult' });
    }
  });

  it('an assignment and the covering of a photo both count', async () => {
    for (let n = 0; n < TIMES; n++) {
      const { matterId, photos } = await fileWithPhotos(site, 1);
      await Promise.all([cover(matterId, photos[0]!), ...assigning(matterId, 'lighting')]);
      const { photos: left, department } = await whole(matterId);
      expect([left.length, left.includes(photos[0]!), department]).toEqual([1, false, 'lighting']);
    }
  }, 60_000);

  it('an assignment brings back nothing of a reporter who is erased', async () => {
    for (let n = 0; n < TIMES; n++) {
      const address = `Calle de la Borrada, ${n}`;
      const hers = await file(site, { ...LAMP, place: { ...LAMP.place, address } });
      const other = await file(site);
      await staff(hers.matterId, 'gather', { members: [other.matterId] });
      await Promise.all([
        json(post(site, '/by-link/erasures', { link: hers.link })),
        staff(hers.matterId, 'assign', { department: 'lighting' }),
      ]);
      const found = await whole(hers.matterId);
      expect([found.department, JSON.stringify(found).includes(address)]).toEqual(['lighting', false]);
    }
  }, 60_000);
});

describe('a claim that crashed before its event', () => {
  async function photo(): Promise<{ id: string; commitment: string }> {
    const bytes = Buffer.from('\xff\xd8\xff\xe0', 'latin1');
    const ref = await site.running.app
      .get(Contents, { strict: false })
      .addFile({ mediaType: 'image/jpeg', bytes });
    if (isRejection(ref)) throw new Error(ref.rejected);
    return ref;
  }
  const isKept = async (id: string) =>
    (await pool.query('select from contents where id = $1', [id])).rowCount === 1;
  async function sweep(): Promise<void> {
    clock.advance(2 * DAY_MS);
    const { app } = site.running;
    const store = app.get<EventStore>(EVENT_STORE, { strict: false });
    await new Orphans(pool, store, app.get(Views, { strict: false })).sweep(clock.now());
  }

  it('of an addition is made good by the same request, and of nobody else', async () => {
    const [hers, mine] = [await file(site), await photo()];
    expect(await people.claim(hers.matterId, [mine])).toBe(true);
    const theirs = await post(site, '', { ...LAMP, text: 'La mía.', photos: [mine.id] });
    expect(await problem(theirs)).toMatchObject({ code: 'photo-unknown' });
    const addition = { link: hers.link, photos: [mine.id] };
    await json(post(site, '/by-link/additions', addition));
    // Once.
    expect(await problem(await post(site, '/by-link/additions', addition))).toMatchObject({
      code: 'photo-unknown',
    });
  });

  it('of a filing is made good by the same request', async () => {
    const [id, mine] = [newCommandId(), await photo()];
    const matterId = newThingId('resident', id, 'matter');
    await people.addReporter(matterId, { language: 'es' }, [], { photos: [mine.id] });
    const filed = await json<Filed>(
      post(site, '', { ...LAMP, text: 'Otra vez.', photos: [mine.id] }, id),
      201,
    );
    expect(filed.matterId).toBe(matterId);
  });

  it('that never comes again goes with its reporter', async () => {
    const [hers, mine] = [await file(site), await photo()];
    await people.claim(hers.matterId, [mine]);
    await sweep();
    expect(await isKept(mine.id)).toBe(true);
    await json(post(site, '/by-link/erasures', { link: hers.link }));
    await sweep();
    expect(await isKept(mine.id)).toBe(false);
  });

  it('and was given back is nobody’s, and later another one’s for good', async () => {
    const [refused, other, mine] = [await file(site), await file(site), await photo()];
    await people.claim(refused.matterId, [mine]);
    await people.leave(refused.matterId, [mine]);
    await people.claim(other.matterId, [mine]);
    expect(await people.claim(refused.matterId, [mine])).toBe(false);
    await json(post(site, '/by-link/erasures', { link: refused.link }));
    await sweep();
    expect(await isKept(mine.id)).toBe(true);
  });
});

/** Crashes between a row and its event, or between an event and its deletions: the next round finishes what they left. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { Contents } from '../../src/contents/contents.js';
import { Orphans } from '../../src/contents/orphans.js';
import { Matters } from '../../src/complaints/matters.js';
import { Joiners } from '../../src/complaints/joiners.js';
import { People } from '../../src/complaints/people.js';
import { MattersUpkeep } from '../../src/complaints/upkeep.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { Views } from '../../src/views/views.js';
import { DAY_MS, json, storyClock } from '../elections/booth.js';
import { accepted } from '../contents/world.js';
import { Site } from '../rest/site.js';
import { describeCity, file, LAMP, post } from './story.js';
import { idOf } from './matter-events.js';

const clock = storyClock();
let site: Site;
let pool: Pool;
let people: People;
let upkeep: MattersUpkeep;
let contents: Contents;
let matters: Matters;
let orphans: Orphans;
beforeAll(async () => {
  site = await Site.start({ clock });
  const { app } = site.running;
  pool = app.get<Pool>(POOL, { strict: false });
  people = app.get(People, { strict: false });
  upkeep = app.get(MattersUpkeep, { strict: false });
  contents = app.get(Contents, { strict: false });
  matters = app.get(Matters, { strict: false });
  const store = app.get<EventStore>(EVENT_STORE, { strict: false });
  orphans = new Orphans(pool, store, app.get(Views, { strict: false }));
  await describeCity(site);
});
afterAll(() => site.stop());

const reporter = { name: 'Nela', email: 'nela@example.org' };
const contact = { language: 'es', ...reporter };

async function counts(): Promise<[people: number, links: number]> {
  const of = async (table: string) => (await pool.query(`select from ${table}`)).rowCount ?? 0;
  return [await of('matter_people'), await of('matter_links')];
}

describe('the upkeep of matters', () => {
  it('forgets who was taken down for a matter that never came, a day later, with her words', async () => {
    const ref = accepted(await contents.addTexts([{ texts: { es: 'Nunca' }, field: 'text' }]))[0]!;
    await people.addReporter(idOf('never filed'), contact, [ref.id]);
    await upkeep.round();
    expect(await counts()).toEqual([1, 1]);
    clock.advance(2 * DAY_MS);
    await upkeep.round();
    expect(await counts()).toEqual([0, 0]);
    await orphans.sweep(clock.now());
    expect((await pool.query('select from contents where id = $1', [ref.id])).rowCount).toBe(0);
  });

  it('leaves a matter alone that is as it should be', async () => {
    const { matterId, link } = await file(site);
    await upkeep.round();
    expect(await json(post(site, '/by-link/views', { link }))).toMatchObject({ matterId });
    await people.eraseAll(matterId);
  });

  it('finishes an erasure that ended after its event', async () => {
    const { matterId, link } = await file(site, { ...LAMP, reporter });
    // What the command does first; then it was killed.
    const by = { commandId: 'killed', actor: { id: 'resident', roles: [] }, request: new Uint8Array() };
    await matters.run(matterId, { do: 'erase', basis: 'gdpr-17' }, by);
    expect(await people.byLink(link)).toBeDefined();
    await upkeep.round();
    expect(await people.byLink(link)).toBeUndefined();
    expect((await pool.query("select from contents where bytes like '%farola%apagada%'")).rowCount).toBe(1);
  });

  it('erases who joined in the moment of an erasure', async () => {
    const { matterId, link } = await file(site, { ...LAMP, reporter });
    await json(post(site, '/by-link/erasures', { link }));
    const hers = await site.running.app
      .get(Joiners, { strict: false })
      .add(matterId, 'A'.repeat(22), contact);
    await upkeep.round();
    expect(await people.byLink(hers)).toBeUndefined();
  });

  it('erases a note that was written in the moment of an erasure, and no other', async () => {
    const [gone, stays] = [await file(site), await file(site)];
    await json(post(site, '/by-link/erasures', { link: gone.link }));
    for (const { matterId } of [gone, stays])
      await pool.query(
        "insert into matter_notes (note_id, matter_id, author, written_at, words) values (gen_random_uuid(), $1, 'lin', $2, 'x')",
        [matterId, clock.now()],
      );
    await upkeep.round();
    const { rows } = await pool.query('select matter_id from matter_notes');
    expect(rows).toEqual([{ matter_id: stays.matterId }]);
  });

  it('erases a matter again of which a restored backup knows only that its details are erased', async () => {
    const { matterId, link } = await file(site, { ...LAMP, reporter });
    const { details } = await matters.look(matterId);
    const by = { commandId: 'restored', actor: { id: 'system', roles: [] }, request: new Uint8Array() };
    await matters.erase(details, 'gdpr-17', by);
    await upkeep.round();
    expect(await people.byLink(link)).toBeUndefined();
    expect((await matters.look(matterId)).row?.erased).toBe('gdpr-17');
  });
});

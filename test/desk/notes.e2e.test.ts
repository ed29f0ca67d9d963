/** Internal notes of matters over HTTP: nobody else's, in no event, and gone with the matter. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Pool } from 'pg';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { problem, Site, type people } from '../rest/site.js';
import { describeCity, file, post } from '../complaints/story.js';

const SECRET = 'La vecina del tercero llamó dos veces.';

let site: Site;
let logged = '';
beforeAll(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
  site = await Site.start({ clock: storyClock(), log });
  await describeCity(site);
});
afterAll(() => site.stop());

interface Note {
  id: string;
  author: string;
  writtenAt: string;
  words: string;
}

const at = (matterId: string, more = '') => `/api/v1/matters/${matterId}/notes${more}`;
function write(matterId: string, words: string, id = newCommandId(), who: keyof typeof people = 'lin') {
  return site.as(who, 'POST', at(matterId), { body: { words }, id });
}
const notesOf = async (matterId: string) =>
  (await json<{ items: Note[] }>(site.as('lin', 'GET', at(matterId)))).items;

async function leaves(): Promise<string> {
  let all = '';
  const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  for await (const page of store.readAll(-1n))
    for (const { leaf } of page) all += Buffer.from(leaf).toString();
  return all;
}

const pool = () => site.running.app.get<Pool>(POOL, { strict: false });

describe('internal notes', () => {
  it('are written with author and time, once by one request, and read in their order', async () => {
    const { matterId } = await file(site);
    const id = newCommandId();
    const first = await json<Note>(write(matterId, ` ${SECRET} `, id), 201);
    expect(first).toMatchObject({ author: 'lin', words: SECRET });
    expect(first.writtenAt).toMatch(/^2026-05-01T/);
    expect(await json(write(matterId, ` ${SECRET} `, id), 201)).toEqual(first);
    expect(await problem(await write(matterId, 'Otra', id))).toMatchObject({ code: 'command-id-reused' });
    const { matterId: other } = await file(site);
    expect(await problem(await write(other, SECRET, id))).toMatchObject({ code: 'command-id-reused' });
    await json(write(matterId, 'Segunda.'), 201);
    expect((await notesOf(matterId)).map(({ words }) => words)).toEqual([SECRET, 'Segunda.']);
    expect(await notesOf(other)).toEqual([]);
  });

  it('stand in no event, and no log of requests has them', async () => {
    expect(await leaves()).not.toContain('vecina');
    expect(logged).toContain('/notes');
    expect(logged).not.toContain('vecina');
  });

  it('are for those who work on the queue alone', async () => {
    const { matterId } = await file(site);
    expect(await problem(await write(matterId, 'x', newCommandId(), 'pia'))).toMatchObject({
      code: 'role-missing',
    });
    expect(await problem(await site.as('pia', 'GET', at(matterId)))).toMatchObject({ code: 'role-missing' });
    expect((await site.fetch(at(matterId))).status).toBe(401);
  });

  it('are deleted by whoever may write them', async () => {
    const { matterId } = await file(site);
    const { id } = await json<Note>(write(matterId, SECRET), 201);
    const { matterId: other } = await file(site);
    expect((await site.as('lin', 'DELETE', at(other, `/${id}`))).status).toBe(404);
    expect((await site.as('pia', 'DELETE', at(matterId, `/${id}`))).status).toBe(403);
    expect(await json(site.as('lin', 'DELETE', at(matterId, `/${id}`)))).toEqual({ id });
    expect(await problem(await site.as('lin', 'DELETE', at(matterId, `/${id}`)))).toMatchObject({
      status: 404,
      code: 'note-unknown',
    });
    expect(await notesOf(matterId)).toEqual([]);
  });

  it('stay deleted when the request that wrote them comes again', async () => {
    const { matterId } = await file(site);
    const command = newCommandId();
    const { id } = await json<Note>(write(matterId, SECRET, command), 201);
    await json(site.as('lin', 'DELETE', at(matterId, `/${id}`)));
    for (const words of [SECRET, 'Otra'])
      expect(await problem(await write(matterId, words, command))).toMatchObject({ code: 'note-unknown' });
    expect(await notesOf(matterId)).toEqual([]);
    const { rows } = await pool().query('select words from matter_notes where note_id = $1', [id]);
    expect(rows).toEqual([{ words: '' }]);
  });

  it('go with the matter, of which nothing more is written', async () => {
    const { matterId, link } = await file(site);
    await json(write(matterId, SECRET), 201);
    await json(post(site, '/by-link/erasures', { link }));
    const { rows } = await pool().query('select 1 from matter_notes where matter_id = $1', [matterId]);
    expect(rows).toEqual([]);
    expect(await problem(await write(matterId, SECRET))).toMatchObject({
      status: 410,
      code: 'matter-erased',
    });
  });

  it.each<[code: string, words: string]>([
    ['invalid-input', ''],
    ['text-empty', '  '],
    ['text-too-long', 'x'.repeat(4_001)],
    ['text-control-character', 'a\u202eb'],
  ])('are refused with %s', async (code, words) => {
    const { matterId } = await file(site);
    expect(await problem(await write(matterId, words))).toMatchObject({ code });
  });

  it('are of matters that there are', async () => {
    for (const nothing of ['nothing', '0d9c4a1e-0f6a-5c1e-9a3e-5d2f1c7b8a90'])
      expect(await problem(await write(nothing, 'x'))).toMatchObject({ code: 'matter-unknown' });
  });
});

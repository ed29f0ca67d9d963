/** The same form sent twice within a minute under two keys: one matter, whatever way it comes, and two where two people send it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { CommandBus } from '@nestjs/cqrs';
import { FileMatter, type FiledMatter } from '../../src/complaints/filing.commands.js';
import { RESIDENT } from '../../src/complaints/matter.js';
import { MattersUpkeep } from '../../src/complaints/upkeep.js';
import { isRejection, type Rejection } from '../../src/event-store/command-log.js';
import { POOL } from '../../src/platform.module.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { Site } from '../rest/site.js';
import { telephonePhoto } from '../photos/pictures.js';
import { describeCity, LAMP, post, type Filed } from './story.js';

const MINUTE_MS = 60_000;
const clock = storyClock();
let site: Site;
let pool: Pool;
beforeAll(async () => {
  site = await Site.start({ clock });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  await describeCity(site);
});
afterAll(() => site.stop());

const sent = (text: string, id = newCommandId()) => json<Filed>(post(site, '', { ...LAMP, text }, id), 201);
const matters = async () =>
  Number(
    (await pool.query<{ n: string }>("select count(*) as n from events where type = 'MatterFiled'")).rows[0]
      ?.n,
  );
const kept = async () =>
  Number((await pool.query<{ n: string }>('select count(*) as n from contents where kept')).rows[0]?.n);

describe('over REST', () => {
  it('the same body under another key is the same matter, with a link of its own, and stays so', async () => {
    const [first, key] = [await sent('Una.'), newCommandId()];
    const second = await sent('Una.', key);
    expect(second).toMatchObject({ matterId: first.matterId, repeated: true, events: [] });
    await site.fetch(`/api/v1/matters?atLeast=${first.position}`);
    for (const { link } of [first, second])
      expect(await json(post(site, '/by-link/views', { link }))).toMatchObject({ matterId: first.matterId });
    clock.advance(10 * MINUTE_MS);
    // Asked again under its key it is what it was; under a new one the minute is over.
    expect((await sent('Una.', key)).matterId).toBe(first.matterId);
    expect((await sent('Una.')).matterId).not.toBe(first.matterId);
  });

  it('other words, or a minute later, are another matter', async () => {
    const first = await sent('Dos.');
    expect((await sent('Dos, y más.')).matterId).not.toBe(first.matterId);
    clock.advance(MINUTE_MS);
    expect((await sent('Dos.')).matterId).not.toBe(first.matterId);
  });

  it('at the same moment is one, and leaves nothing of the others', async () => {
    const [before, held] = [await matters(), await kept()];
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => sent('A la vez.')));
    expect(new Set(all.map(({ matterId }) => matterId)).size).toBe(1);
    expect(await matters()).toBe(before + 1);
    // Its words and its details.
    expect(await kept()).toBe(held + 2);
    const { rows } = await pool.query('select from matter_people where matter_id = $1', [all[0]!.matterId]);
    expect(rows).toHaveLength(1);
  });
});

describe('by a form', () => {
  const fields = {
    kind: 'complaint',
    category: 'street-lamp',
    text: 'Por la página.',
    'answers.lamp': 'off',
  };
  async function send(): Promise<string> {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, commandId: randomUUID() })) form.set(name, value);
    form.append(
      'photo',
      new Blob([Uint8Array.from(await telephonePhoto())], { type: 'image/jpeg' }),
      'lamp.jpg',
    );
    const answer = await site.fetch('/matters/new', {
      method: 'POST',
      headers: { origin: site.origin, accept: 'text/html' },
      body: form,
    });
    expect(answer.status).toBe(201);
    return /<data value="([0-9a-f-]{36})">/.exec(await answer.text())?.[1] ?? '';
  }

  it('that was opened twice and sent twice with the same photo is one matter', async () => {
    const first = await send();
    expect(await send()).toBe(first);
    clock.advance(MINUTE_MS);
    expect(await send()).not.toBe(first);
  });
});

describe('two people who say the same', () => {
  const file = (sender: string) => {
    const by = { commandId: randomUUID(), actor: RESIDENT, request: Buffer.from('the same form') };
    const { kind: _kind, ...lamp } = LAMP;
    const command = new FileMatter({ ...lamp, kind: 'complaint' }, by, { sender });
    const commands = site.running.app.get(CommandBus, { strict: false });
    return commands.execute<FileMatter, FiledMatter | Rejection>(command);
  };
  const idOf = (answer: FiledMatter | Rejection) => (isRejection(answer) ? answer.rejected : answer.matterId);

  it('have a matter each', async () => {
    const [one, again, other] = [await file('192.0.2.1'), await file('192.0.2.1'), await file('192.0.2.2')];
    expect(idOf(again)).toBe(idOf(one));
    expect(idOf(other)).not.toBe(idOf(one));
  });
});

describe('what is kept of it', () => {
  it('says nothing, and goes', async () => {
    await sent('Palabras que nadie guarda.');
    const { rows } = await pool.query<{ row: string }>('select f::text as row from matter_forms f');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ row }) => row).join()).not.toMatch(/Palabras|127\.0\.0\.1/);
    clock.advance(31 * 24 * 60 * MINUTE_MS);
    await site.running.app.get(MattersUpkeep, { strict: false }).round();
    expect((await pool.query('select from matter_forms')).rowCount).toBe(0);
  });
});

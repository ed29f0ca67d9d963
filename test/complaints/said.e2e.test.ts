/** What the city says: who gets whose words, and which of them everybody sees. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import { Matters } from '../../src/complaints/matters.js';
import { AddByOthers } from '../../src/complaints/others.commands.js';
import { ReleaseMatter } from '../../src/complaints/release.commands.js';
import { DEMO_CATEGORIES } from '../../src/demo/categories.js';
import { POOL } from '../../src/platform.module.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { act, describeCity, file, LAMP, post, type Receipt } from './story.js';

let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  await describeCity(site);
});
afterAll(() => site.stop());

interface MatterJson {
  category: string;
  text: object;
  history: { what: string; words?: { es: string } }[];
}

function staff(matterId: string, what: string, body?: object, id = newCommandId()): Promise<Receipt> {
  return json<Receipt>(act(site, 'lin', matterId, what, body, id));
}

/** Waits until the views know the log as it is. */
async function head(): Promise<void> {
  const pool = site.running.app.get<Pool>(POOL, { strict: false });
  const { rows } = await pool.query<{ head: string }>('select max(position) as head from events');
  await site.fetch(`/api/v1/matters?atLeast=${rows[0]?.head}`);
}

async function see(matterId: string): Promise<MatterJson> {
  await head();
  return json<MatterJson>(site.fetch(`/api/v1/matters/${matterId}`));
}

/** Of the steps that have some. */
function words({ history }: MatterJson): string[] {
  return history.flatMap((step) => step.words?.es ?? []);
}

function answer(es: string) {
  return { state: 'answered', words: { es } };
}

describe('words of the city', () => {
  it('are each shown where several come at once', async () => {
    const { matterId } = await file(site);
    await staff(matterId, 'release', { place: false });
    const each = ['Uno.', 'Dos.', 'Tres.', 'Cuatro.'];
    await Promise.all(each.map((es) => staff(matterId, 'move', { state: 'in-progress', words: { es } })));
    expect(words(await see(matterId)).sort()).toEqual([...each].sort());
  });

  it('of one answer go to a whole case, also where it is sent again after another one', async () => {
    const [kept, member] = [await file(site), await file(site)];
    const id = newCommandId();
    await staff(kept.matterId, 'answer', answer('Primera.'), id);
    // As if the first try had ended before it came to the member.
    await staff(kept.matterId, 'gather', { members: [member.matterId] });
    await staff(kept.matterId, 'answer', answer('Segunda.'));
    await staff(kept.matterId, 'answer', answer('Primera.'), id);
    await head();
    const own = await json<{ matter: MatterJson }>(post(site, '/by-link/views', { link: member.link }));
    expect(words(own.matter)).toEqual(['Segunda.', 'Primera.']);
  });

  it('are shown with the first release, and again with what was hidden', async () => {
    const { matterId } = await file(site);
    await staff(matterId, 'answer', answer('Antes.'));
    await staff(matterId, 'release', { place: false });
    await staff(matterId, 'answer', answer('Después.'));
    expect(words(await see(matterId))).toEqual(['Antes.', 'Después.']);
    await staff(matterId, 'hide', { reason: 'insult' });
    await staff(matterId, 'release', { place: false });
    expect(words(await see(matterId))).toEqual(['Antes.', 'Después.']);
  });

  it('are shown to the end by the next try, where the first ended after its event', async () => {
    const { matterId } = await file(site);
    await staff(matterId, 'answer', answer('Vamos.'));
    await staff(matterId, 'release', { place: false });
    const matters = site.running.app.get(Matters, { strict: false });
    await staff(matterId, 'hide', { reason: 'insult' });
    const { category, text } = (await matters.look(matterId)).row!;
    const by = { commandId: 'killed', actor: { id: 'lin', roles: ['listener'] }, request: new Uint8Array() };
    const event = { category: category!, text: text!, photos: [], isPrivate: false };
    await matters.run(matterId, { do: 'release', ...event }, by);
    expect(words(await see(matterId))).toEqual([]);
    const commands = site.running.app.get(CommandBus, { strict: false });
    await commands.execute(new ReleaseMatter(matterId, { place: false }, by));
    expect(words(await see(matterId))).toEqual(['Vamos.']);
  });

  it('stay with the others of a case when one of them is hidden', async () => {
    const [kept, member] = [await file(site), await file(site)];
    for (const { matterId } of [kept, member]) await staff(matterId, 'release', { place: false });
    await staff(kept.matterId, 'gather', { members: [member.matterId] });
    await staff(kept.matterId, 'answer', answer('Todas.'));
    await staff(kept.matterId, 'hide', { reason: 'insult' });
    expect(words(await see(member.matterId))).toEqual(['Todas.']);
  });

  it('are shown of a public matter whose case is not once staff shows them', async () => {
    const [kept, member] = [await file(site), await file(site)];
    await staff(member.matterId, 'release', { place: false });
    await staff(kept.matterId, 'gather', { members: [member.matterId] });
    await staff(kept.matterId, 'answer', answer('Todas.'));
    expect(words(await see(member.matterId))).toEqual([]);
    const whole = site.as('lin', 'GET', `/api/v1/matters/${member.matterId}/file`);
    const { withheld } = await json<{ withheld: string[] }>(whole);
    await staff(member.matterId, 'release-additions', { ids: withheld });
    expect(words(await see(member.matterId))).toEqual(['Todas.']);
  });
});

describe('what others added', () => {
  it('is read by the reporter once staff has shown it, as by everybody', async () => {
    const { matterId, link } = await file(site);
    await staff(matterId, 'release', { place: false });
    const by = { commandId: newCommandId(), actor: { id: 'open311', roles: [] }, request: new Uint8Array() };
    const commands = site.running.app.get(CommandBus, { strict: false });
    await commands.execute(new AddByOthers(matterId, { es: 'La vecina es una bruja.' }, by));
    await json(post(site, '/by-link/additions', { link, text: 'Sigue apagada.' }));
    const own = async () => {
      await head();
      return words((await json<{ matter: MatterJson }>(post(site, '/by-link/views', { link }))).matter);
    };
    expect(await own()).toEqual(['Sigue apagada.']);
    const { others } = await site.running.app.get(Matters, { strict: false }).look(matterId);
    await staff(matterId, 'release-additions', { ids: others.map(({ id }) => id) });
    expect(await own()).toEqual(['La vecina es una bruja.', 'Sigue apagada.']);
  });
});

describe('a category that the city has withdrawn', () => {
  it('is given to nothing that is released from then on', async () => {
    const [shown, waits] = [await file(site), await file(site)];
    await staff(shown.matterId, 'release', { place: false });
    const categories = DEMO_CATEGORIES.categories.filter(({ id }) => id !== LAMP.category);
    const body = { ...DEMO_CATEGORIES, categories };
    const describing = site.as('ana', 'PUT', '/api/v1/matters/categories', { body, id: newCommandId() });
    const { position } = await json<Receipt>(describing);
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    const refused = await act(site, 'lin', waits.matterId, 'release', { place: false });
    expect(await problem(refused)).toMatchObject({ code: 'category-unknown', field: 'category' });
    await staff(waits.matterId, 'release', { place: false, category: 'noise' });
    // What had it keeps it.
    await staff(shown.matterId, 'hide', { reason: 'mistake' });
    await staff(shown.matterId, 'release', { place: false });
    await describeCity(site);
  });
});

describe('what is shown again', () => {
  it('is what was shown, and not what the reporter wrote', async () => {
    const { matterId } = await file(site, { ...LAMP, text: 'La apagó Pepe.' });
    await staff(matterId, 'release', { place: false, category: 'noise', text: { es: 'Está apagada.' } });
    await staff(matterId, 'hide', { reason: 'mistake' });
    await staff(matterId, 'release', { place: false });
    expect(await see(matterId)).toMatchObject({ category: 'noise', text: { es: 'Está apagada.' } });
  });

  it('is what of the additions staff names, hidden ones too, and they are counted', async () => {
    const { matterId, link } = await file(site);
    await staff(matterId, 'release', { place: false });
    await json(post(site, '/by-link/additions', { link, text: 'Y otra más.' }));
    const matters = site.running.app.get(Matters, { strict: false });
    const added = (await matters.look(matterId)).own.at(-1)!;
    const release = () => staff(matterId, 'release-additions', { ids: [added.id] });
    expect(await release()).toMatchObject({ released: 1 });
    const by = { commandId: 'hidden', actor: { id: 'lin', roles: [] }, request: new Uint8Array() };
    await matters.hide([added], 'insult', by);
    expect(await release()).toMatchObject({ released: 1 });
    expect(words(await see(matterId))).toEqual(['Y otra más.']);
    await matters.erase([added], 'gdpr-17', by);
    const gone = await act(site, 'lin', matterId, 'release-additions', { ids: [added.id] });
    expect(await problem(gone)).toMatchObject({ code: 'content-erased' });
  });
});

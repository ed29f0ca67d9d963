/** One reply to many, by two at once, after something changed, after a crash, and to a case that not everybody sees. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AnswerMatter } from '../../src/complaints/matters.commands.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { CommandBus } from '@nestjs/cqrs';
import { act, describeCity, file, joinBy, LAMP, post } from '../complaints/story.js';
import { json, newCommandId, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { done } from './desk-world.js';

const BULK = '/api/v1/matters/bulk-answers';
const words = { es: 'Se cambió la lámpara.' };
let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  await describeCity(site);
});
afterAll(() => site.stop());

interface Item {
  id: string;
  seen?: string;
  refused?: string;
  mails: number;
}
interface Sent {
  answered: number;
  items: Item[];
}

/** Waits until reads show what the log holds by now. */
async function settled(): Promise<void> {
  const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  await site.fetch(`/api/v1/matters?atLeast=${await store.head()}`);
}
const reply = { state: 'resolved', words };
async function preview(matters: string[], more: object = {}): Promise<{ ready: number; items: Item[] }> {
  await settled();
  return json(site.as('lin', 'POST', `${BULK}/previews`, { body: { matters, ...reply, ...more } }));
}
const seenIn = ({ items }: { items: Item[] }) => items.map(({ id, seen = '0' }) => ({ id, seen }));
const send = (matters: unknown[], more: object = {}, id = newCommandId()) =>
  site.as('lin', 'POST', BULK, { body: { matters, ...reply, ...more }, id });

async function answersTo(matterId: string): Promise<number> {
  await settled();
  const { history } = await json<{ history: { what: string }[] }>(
    site.as('lin', 'GET', `/api/v1/matters/${matterId}/file`),
  );
  return history.filter(({ what }) => what === 'MatterAnswered').length;
}

describe('one reply to many', () => {
  it('is given to each by one of two who send at once', async () => {
    const ids = [(await file(site)).matterId, (await file(site)).matterId, (await file(site)).matterId];
    const matters = seenIn(await preview(ids));
    const sent = await Promise.all([
      json<Sent>(send(matters)),
      json<Sent>(send(matters, { words: { es: 'No es nuestra.' } })),
    ]);
    expect(await Promise.all(ids.map(answersTo))).toEqual([1, 1, 1]);
    expect(sent[0].answered + sent[1].answered).toBe(3);
    const refused = sent.flatMap(({ items }) => items.flatMap((item) => item.refused ?? []));
    expect(refused).toEqual(['matter-answered', 'matter-answered', 'matter-answered']);
  });

  it('is not given to what changed since it was looked at, whichever way', async () => {
    const [added, reopened, same] = [await file(site), await file(site), await file(site)];
    await done(site, reopened.matterId, 'answer', { state: 'answered', words });
    const looked = await preview([added.matterId, reopened.matterId, same.matterId]);
    expect(looked.items.map(({ refused }) => refused)).toEqual([undefined, 'matter-answered', undefined]);
    await json(post(site, '/by-link/additions', { link: added.link, text: '¡Huele a gas!' }));
    await json(post(site, '/by-link/reopenings', { link: reopened.link, text: '¡Un cable suelto!' }));
    await settled();
    const { items } = await json<Sent>(send(seenIn(looked)));
    expect(items.map(({ refused }) => refused)).toEqual(['matter-changed', 'matter-changed', undefined]);
    const unseen = await send([added.matterId]);
    expect(await problem(unseen)).toMatchObject({ code: 'invalid-input' });
  });

  it('is not given to what changes in the moment in which it is sent', async () => {
    const { matterId, link } = await file(site);
    const [{ seen = '0' } = {}] = (await preview([matterId])).items;
    await json(post(site, '/by-link/additions', { link, text: '¡Huele a gas!' }));
    const by = {
      commandId: newCommandId(),
      actor: { id: 'lin', roles: ['listener'] },
      request: new Uint8Array(),
    };
    const answer = new AnswerMatter(matterId, { ...reply, seen: Number(seen) }, by);
    const commands = site.running.app.get(CommandBus, { strict: false });
    expect(await commands.execute(answer)).toEqual({ rejected: 'matter-changed' });
  });

  it('goes to the rest of a request that a crash ended, though its template was changed since', async () => {
    const template = { name: 'Lámpara', words };
    const { id } = await json<{ id: string }>(
      site.as('lin', 'POST', '/api/v1/reply-templates', { body: template, id: newCommandId() }),
      201,
    );
    const filed = [await file(site), await file(site)];
    const chosen = { words: undefined, template: { id, version: 1 } };
    const matters = seenIn(
      await preview(
        filed.map(({ matterId }) => matterId),
        chosen,
      ),
    );
    const commands = site.running.app.get(CommandBus, { strict: false });
    const execute = commands.execute.bind(commands);
    let left = 1;
    commands.execute = (command: never) =>
      (command as object) instanceof AnswerMatter && left-- === 0
        ? Promise.reject(new Error('killed'))
        : execute(command);
    const request = newCommandId();
    expect((await send(matters, chosen, request)).status).toBe(500);
    commands.execute = execute;
    const changed = { ...template, words: { es: 'Otra cosa.' }, version: 1 };
    await json(site.as('lin', 'PUT', `/api/v1/reply-templates/${id}`, { body: changed, id: newCommandId() }));
    await settled();
    expect(await json<Sent>(send(matters, chosen, request))).toMatchObject({ answered: 2 });
    await settled();
    const own = await json<object>(post(site, '/by-link/views', { link: filed[1]!.link }));
    expect(JSON.stringify(own)).toContain(words.es);
    expect(await problem(await send(matters, chosen))).toMatchObject({ code: 'template-changed' });
  });
});

describe('the preview', () => {
  it('counts no mail to who has joined and did not confirm her address', async () => {
    const { matterId } = await file(site);
    await done(site, matterId, 'release', { place: true });
    await settled();
    const joiner = { email: 'ana@example.org', language: 'es' };
    await json(post(site, `/${matterId}/joinings`, joiner), 201);
    expect((await preview([matterId])).items).toMatchObject([{ people: 1, mails: 0 }]);
    await joinBy(site, matterId, 'eva@example.org');
    expect((await preview([matterId])).items).toMatchObject([{ people: 2, mails: 1 }]);
  });

  it('refuses what is refused when it is sent: a state that waits, and words that become too long', async () => {
    const { matterId } = await file(site);
    await settled();
    const waiting = { matters: [matterId], ...reply, state: 'waiting' };
    const looked = await site.as('lin', 'POST', `${BULK}/previews`, { body: waiting });
    expect(await problem(looked)).toMatchObject({ code: 'state-stops', field: 'state' });
    const long = { words: { es: '{date}'.repeat(1_000) } };
    const planned = await preview([matterId], long);
    expect(planned.items).toMatchObject([{ refused: 'text-too-long' }]);
    const { items } = await json<Sent>(send(seenIn(planned), long));
    expect(items).toMatchObject([{ refused: 'text-too-long' }]);
  });
});

it('people of a case learn nothing by placeholders of a matter that not everybody sees', async () => {
  const [hidden, member] = [await file(site, { ...LAMP, private: true }), await file(site)];
  await json(act(site, 'lin', hidden.matterId, 'gather', { members: [member.matterId] }));
  for (const name of ['number', 'category', 'area']) {
    const looked = await preview([hidden.matterId], { words: { es: `Asunto {${name}}.` } });
    expect(looked.items).toMatchObject([{ refused: 'placeholder-in-case' }]);
  }
  expect((await preview([hidden.matterId], { words: { es: 'Hoy, {date}.' } })).ready).toBe(1);
});

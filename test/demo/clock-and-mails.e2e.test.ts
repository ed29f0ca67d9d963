/** A demo sends no mail and has no hours to wait: its outbox shows codes and links, and moving its clock does what a city does every hour. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DemoClock } from '../../src/clock.js';
import { DemoModule } from '../../src/demo/demo.module.js';
import { act, describeCity, file, LAMP, post } from '../complaints/story.js';
import { json } from '../elections/booth.js';
import { people, Site } from '../rest/site.js';
import { until } from '../views/world.js';

const clock = new DemoClock(0);
let site: Site;
beforeAll(async () => {
  const demo = {
    people: [],
    now: () => clock.now(),
    advance: (hours: number) => clock.advance(hours * 3_600_000),
    reset: () => undefined,
  };
  site = await Site.start({ clock, modules: [DemoModule.register(demo)] });
  await describeCity(site);
});
afterAll(() => site.stop());

const outbox = async () => {
  const headers = { authorization: `Bearer ${people.ana.key}`, accept: 'text/html', 'accept-language': 'en' };
  return (await site.fetch('/staff/mail', { headers })).text();
};
const moveBy = (days: number) =>
  site.fetch('/demo/clock', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: site.origin,
      'sec-fetch-site': 'same-origin',
    },
    body: new URLSearchParams({ hours: String(days * 24) }).toString(),
  });
const codeIn = (html: string) => /Tu código es (\d{6})\./.exec(html)?.[1];

it('shows the code and the link in its outbox, and asks by mail whether it is fixed once the clock is moved', async () => {
  const { matterId, link } = await file(site, { ...LAMP, reporter: { email: 'nela@example.org' } });
  await until('the code is there', async () => codeIn(await outbox()) !== undefined);
  const shown = await outbox();
  expect(shown).toContain('This is a demo: no mail goes out.');
  await json(post(site, '/by-link/confirmations', { link, code: codeIn(shown) }));
  await until('she is told', async () =>
    (await outbox()).includes(`Asunto ${matterId.slice(0, 8)}: Farola.`),
  );
  await json(act(site, 'lin', matterId, 'answer', { state: 'resolved', words: { es: 'Ya luce.' } }));
  await until('she is answered', async () => (await outbox()).includes('Respuesta a tu asunto'));
  expect(await outbox()).not.toContain('¿Está arreglado?');
  expect((await moveBy(29)).status).toBe(303);
  expect(await outbox()).toContain('¿Está arreglado? Tu asunto');
}, 60_000);

it('erases what nobody confirmed in time as soon as the clock is moved', async () => {
  const noise = { ...LAMP, category: 'noise', answers: {}, text: 'Música hasta las tres.' };
  const { link, position } = await file(site, { ...noise, reporter: { email: 'uno@example.org' } });
  await site.fetch(`/api/v1/matters?atLeast=${position}`);
  expect((await post(site, '/by-link/views', { link })).status).toBe(200);
  expect((await moveBy(31)).status).toBe(303);
  expect((await post(site, '/by-link/views', { link })).status).toBe(404);
}, 60_000);

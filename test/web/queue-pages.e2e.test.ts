/** The queue on its pages: what each tab has and how many, and the way back to it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { describeCity, file, LAMP } from '../complaints/story.js';
import { done, queueOf, until } from '../desk/desk-world.js';
import { DAY_MS, storyClock } from '../elections/booth.js';
import { people, Site } from '../rest/site.js';

const clock = storyClock();
let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock });
  await describeCity(site);
});
afterAll(() => site.stop());

const headers = {
  accept: 'text/html',
  'accept-language': 'en',
  authorization: `Bearer ${people.lin.key}`,
};
const get = (path: string, more: Record<string, string> = {}) =>
  site.fetch(path, { headers: { ...headers, ...more } });
const send = (path: string, fields: Record<string, string>, more: Record<string, string> = {}) =>
  site.fetch(path, {
    method: 'POST',
    headers: { ...headers, ...more, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ commandId: randomUUID(), ...fields }).toString(),
  });
const listed = (html: string) => [...html.matchAll(/name="matter" value="([^"]+)"/g)].map(([, id]) => id);
const tab = async (shown: string) => {
  const html = await (await get(`/staff/matters?shown=${shown}`)).text();
  const counts = [...html.matchAll(/href="\/staff\/matters\?shown=(\w+)"[^>]*>[^<(]*(?:\((\d+)\))?</g)];
  return {
    ids: listed(html).sort(),
    counts: Object.fromEntries(counts.map(([, one, n]) => [one, n])) as object,
  };
};

it('has what can be published, without what is private or was hidden, and says how many wait', async () => {
  const waits = await file(site);
  const secret = await file(site, { ...LAMP, private: true });
  const [shown, hidden, closed, erased] = [
    await file(site),
    await file(site),
    await file(site),
    await file(site),
  ];
  for (const { matterId } of [shown, hidden, erased]) await done(site, matterId, 'release', { place: true });
  for (const { matterId } of [hidden, erased]) await done(site, matterId, 'hide', { reason: 'insult' });
  await until(site, await done(site, closed.matterId, 'answer', { state: 'resolved', words: { es: 'Ya.' } }));
  const ids = (...some: { matterId: string }[]) => some.map(({ matterId }) => matterId).sort();
  const counts = { release: '2', open: '5', overdue: '0', hidden: '2', done: undefined };
  expect(await tab('release')).toEqual({ ids: ids(waits), counts: { ...counts, release: '1' } });
  expect((await tab('open')).ids).toEqual(ids(waits, secret, shown, hidden, erased));
  expect((await tab('hidden')).ids).toEqual(ids(hidden, erased));
  expect((await tab('done')).ids).toEqual(ids(closed));
  expect((await queueOf(site, 'hidden=true')).items.map(({ id }) => id).sort()).toEqual(ids(hidden, erased));
  expect((await queueOf(site, 'private=true')).items.map(({ id }) => id)).toEqual(ids(secret));
  clock.advance(100 * DAY_MS);
  expect((await tab('overdue')).counts).toEqual({ ...counts, release: '1', overdue: '5' });
  // What is counted is all there are, so a part of them has no counts.
  expect(await (await get('/staff/matters?shown=open&category=pothole')).text()).toMatch(
    />Open<\/a>|>Open\s*</,
  );
});

it('is gone back to as it was left, from a matter, after an act and from answers to many', async () => {
  const { matterId, position } = await file(site);
  await until(site, { position });
  const left = 'shown=open&category=street-lamp&words=farola+apagada&order=newest';
  const queue = await get(`/staff/matters?${left}`);
  const [given = ''] = (queue.headers.get('set-cookie') ?? '').split(';', 1);
  expect(queue.headers.get('set-cookie')).toMatch(/; Path=\/staff\/matters; HttpOnly; SameSite=Strict/);
  const cookie = { cookie: given };
  const back = `href="/staff/matters?${left.replaceAll('&', '&amp;')}"`;
  const page = `/staff/matters/${matterId}`;
  expect(await (await get(page, cookie)).text()).toContain(back);
  expect(await (await get(page)).text()).toContain('href="/staff/matters"');
  const refused = await send(`${page}/answer`, {}, cookie);
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining(back)]);
  expect(await (await get('/staff/matters/templates', cookie)).text()).toContain(back);
  expect(await (await send('/staff/matters/answers', { matter: matterId }, cookie)).text()).toContain(back);
  const wrong = await (await get(page, { cookie: 'concejo_queue=%22%3E%3Cscript%3E' })).text();
  expect(wrong).not.toContain('<script>"');
  expect(wrong).toContain('href="/staff/matters"');
});

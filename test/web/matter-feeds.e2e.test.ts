/** Feeds of matters: what everybody may see, and nothing else, as XML that no word can break. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text as readAll } from 'node:stream/consumers';
import { XMLParser } from 'fast-xml-parser';
import { atom } from '../../src/web/atom.js';
import { json, storyClock } from '../elections/booth.js';
import { Site } from '../rest/site.js';
import { act, describeCity, file, LAMP, type Filed, type Receipt } from '../complaints/story.js';

const WORDS = 'Farola <b>rota</b> & "apagada" ]]>';
interface Parsed {
  feed: {
    id: string;
    updated: string;
    entry?: { id: string; updated: string; title: string; content?: string }[];
  };
}
const isArray = (name: string) => name === 'entry';
const parser = new XMLParser({ isArray, htmlEntities: true });
const WITH_ATTRIBUTES = new XMLParser({ isArray, ignoreAttributes: false });
let site: Site;
let shown: Filed;
let hidden: Filed;

beforeAll(async () => {
  site = await Site.start({ clock: storyClock() });
  await describeCity(site);
  shown = await file(site, { ...LAMP, text: WORDS });
  hidden = await file(site, { ...LAMP, text: 'Secreto' });
  await json<Receipt>(act(site, 'lin', shown.matterId, 'release', { place: true }));
  const words = { es: 'Ya está & luce.' };
  await seen(act(site, 'lin', shown.matterId, 'answer', { state: 'answered', words }));
});
afterAll(() => site.stop());

/** What staff did, with its words. */
async function seen(done: Promise<Response>): Promise<void> {
  const { position } = await json<Receipt>(done);
  await site.fetch(`/api/v1/matters?atLeast=${position}`);
}

async function feed(path: string, reader = parser): Promise<Parsed['feed']> {
  const response = await site.fetch(path);
  expect([path, response.status]).toEqual([path, 200]);
  expect(response.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
  const text = await response.text();
  expect(text).not.toContain('Secreto');
  expect(text).not.toContain(hidden.matterId);
  const { feed: parsed } = reader.parse(text) as Parsed;
  for (const one of [parsed, ...(parsed.entry ?? [])]) {
    expect(one).toMatchObject({ id: expect.stringMatching(/./), title: expect.stringMatching(/./) });
    expect((one as { updated: string }).updated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  return parsed;
}

describe('feeds', () => {
  it('have the public matters, all or by a filter', async () => {
    expect((await feed('/feeds/matters.atom')).entry).toMatchObject([
      { id: `urn:uuid:${shown.matterId}`, title: WORDS, content: WORDS },
    ]);
    expect((await feed('/feeds/matters.atom?category=street-lamp&area=harbour')).entry).toHaveLength(1);
    expect((await feed('/feeds/matters.atom?category=pothole')).entry ?? []).toEqual([]);
    expect((await site.fetch('/feeds/matters.atom?kind=x')).status).toBe(422);
  });

  it('are titled by what they are of, in the language that is asked for, and say so', async () => {
    const titles = async (path: string) => {
      const { title, '@_xml:lang': language } = (await feed(path, WITH_ATTRIBUTES)) as unknown as Record<
        string,
        string
      >;
      return [title, language];
    };
    expect(await titles('/feeds/matters.atom')).toEqual([
      'Quejas y sugerencias – Villaficticia (ciudad inventada)',
      'es',
    ]);
    expect(await titles('/feeds/matters.atom?kind=complaint&area=harbour&lang=en')).toEqual([
      'Complaints · Harbour – Villaficticia (a made-up city)',
      'en',
    ]);
    const { entry = [] } = await feed('/feeds/matters.atom?lang=en', WITH_ATTRIBUTES);
    expect(entry[0]).toMatchObject({ category: { '@_term': 'street-lamp', '@_label': 'Street lamp' } });
    expect((await site.fetch('/feeds/matters.atom?lang=xx')).status).toBe(422);
  });

  it('are told of by the pages, in the language of each', async () => {
    const page = await (await site.fetch('/matters?area=harbour&lang=en')).text();
    expect(page).toMatch(
      /<link rel="alternate" type="application\/atom\+xml" title="[^"]+" href="\/feeds\/matters.atom\?area=harbour&amp;lang=en"/,
    );
    expect(page).toContain('>Atom feed</a>');
    const one = await (await site.fetch(`/matters/${shown.matterId}?lang=en`)).text();
    expect(one).toContain(`type="application/atom+xml"`);
    expect(one).toContain(`href="/feeds/matters/${shown.matterId}.atom?lang=en"`);
    expect(await (await site.fetch(`/matters/${shown.matterId}/join?lang=en`)).text()).toContain(
      'Every e-mail has a link that ends them',
    );
  });

  it('have what happened to one matter, the last first', async () => {
    const { entry = [] } = await feed(`/feeds/matters/${shown.matterId}.atom`);
    expect(entry[0]).toMatchObject({ title: 'Contestada', content: 'Ya está & luce.' });
    expect(entry.at(-1)).toMatchObject({ title: 'Recibida' });
    const english = await feed(`/feeds/matters/${shown.matterId}.atom?lang=en`);
    expect(english.entry?.[0]).toMatchObject({ title: 'Answered' });
    const { entry: [first] = [] } = await feed(`/feeds/matters/${shown.matterId}.atom`, WITH_ATTRIBUTES);
    const { id, link } = first as unknown as { id: string; link: { '@_href': string } };
    expect(link['@_href'].replace('#step-', '#')).toBe(id);
    expect(await (await site.fetch(new URL(link['@_href']).pathname)).text()).toContain(
      `id="${new URL(link['@_href']).hash.slice(1)}"`,
    );
    for (const path of [hidden.matterId, 'x', shown.matterId.slice(1)])
      expect((await site.fetch(`/feeds/matters/${path}.atom`)).status).toBe(404);
  });

  it('have first what changed last, whenever it was filed, under ids that stay', async () => {
    const later = await file(site, { ...LAMP, text: 'Otra farola' });
    await seen(act(site, 'lin', later.matterId, 'release', { place: true }));
    const listed = async (path: string) => {
      const { id, updated, entry = [] } = await feed(path);
      return { id, updated, entries: entry.map((one) => one.id), newest: entry[0]?.updated };
    };
    const ids = [later.matterId, shown.matterId].map((id) => `urn:uuid:${id}`);
    const atFirst = await listed('/feeds/matters.atom');
    expect(atFirst.entries).toEqual(ids);
    const words = { es: 'Mañana volvemos.' };
    await seen(act(site, 'lin', shown.matterId, 'answer', { state: 'answered', words }));
    const then = await listed('/feeds/matters.atom?limit=20');
    expect(then).toMatchObject({ id: atFirst.id, entries: ids.toReversed(), updated: then.newest });
    expect((await listed('/feeds/matters.atom?limit=1')).entries).toEqual([ids[1]]);
    const one = await listed('/feeds/matters.atom?kind=complaint&category=street-lamp');
    expect((await listed('/feeds/matters.atom?category=street-lamp&kind=complaint')).id).toBe(one.id);
    expect(one.id).not.toBe(then.id);
  });

  it('need not be sent again to who has them', async () => {
    const first = await site.fetch('/feeds/matters.atom');
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await site.fetch('/feeds/matters.atom', { headers })).status).toBe(304);
    expect((await site.fetch('/feeds/matters.atom?category=pothole', { headers })).status).toBe(200);
  });

  it('name the host by which they are asked for, whatever it is, and are another one under another', async () => {
    const asked = async (host: string) => {
      const { hostname, port } = new URL(site.origin);
      const asking = request({ hostname, port, path: '/feeds/matters.atom', headers: { host } }).end();
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      return { status: answer.statusCode, tag: answer.headers.etag, text: await readAll(answer) };
    };
    const [one, other] = [await asked('villa.example'), await asked('other.example:8080')];
    expect(one.text).toContain('href="http://villa.example/');
    expect(other.text).toContain('href="http://other.example:8080/');
    expect(other.tag).not.toBe(one.tag);
    for (const odd of ['villa.example:99999', '[', '"><x', 'a/b', 'x@y']) {
      const { status, text } = await asked(odd);
      expect([odd, status]).toEqual([odd, 200]);
      expect(text).toContain('href="https://vota.example.org/');
    }
  });

  it('leave out what no XML may hold', () => {
    const rest = {
      id: 'urn:x',
      language: 'es',
      updated: '2026-01-01T00:00:00.000Z',
      self: 'x',
      alternate: 'x',
      author: 'x',
      entries: [],
    };
    const text = atom({ ...rest, title: 'a\0b\u0008c\uD800d\uFFFEe😀' });
    expect(text).toContain('<title>abcde😀</title>');
  });
});

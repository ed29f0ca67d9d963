/** Feeds of matters: what everybody may see, and nothing else, as XML that no word can break. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import { atom } from '../../src/complaints/atom.js';
import { json, storyClock } from '../elections/booth.js';
import { Site } from '../rest/site.js';
import { act, describeCity, file, LAMP, type Filed, type Receipt } from './story.js';

const WORDS = 'Farola <b>rota</b> & "apagada" ]]>';
interface Parsed {
  feed: { id: string; updated: string; entry?: { id: string; title: string; content?: string }[] };
}
const parser = new XMLParser({ isArray: (name) => name === 'entry', htmlEntities: true });
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
  const { position } = await json<Receipt>(
    act(site, 'lin', shown.matterId, 'answer', { state: 'answered', words }),
  );
  await site.fetch(`/api/v1/matters?atLeast=${String(BigInt(position) + 1n)}`);
});
afterAll(() => site.stop());

async function feed(path: string): Promise<Parsed['feed']> {
  const response = await site.fetch(path);
  expect([path, response.status]).toEqual([path, 200]);
  expect(response.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
  const text = await response.text();
  expect(text).not.toContain('Secreto');
  expect(text).not.toContain(hidden.matterId);
  const { feed: parsed } = parser.parse(text) as Parsed;
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

  it('have what happened to one matter, the last first', async () => {
    const { entry = [] } = await feed(`/feeds/matters/${shown.matterId}.atom`);
    expect(entry[0]).toMatchObject({ title: 'MatterAnswered: answered', content: 'Ya está & luce.' });
    expect(entry.at(-1)).toMatchObject({ title: 'MatterFiled' });
    for (const path of [hidden.matterId, 'x', shown.matterId.slice(1)])
      expect((await site.fetch(`/feeds/matters/${path}.atom`)).status).toBe(404);
  });

  it('need not be sent again to who has them', async () => {
    const first = await site.fetch('/feeds/matters.atom');
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await site.fetch('/feeds/matters.atom', { headers })).status).toBe(304);
    expect((await site.fetch('/feeds/matters.atom?category=pothole', { headers })).status).toBe(200);
  });

  it('leave out what no XML may hold', () => {
    const rest = {
      id: 'urn:x',
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

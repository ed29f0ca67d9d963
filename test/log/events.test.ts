/** The log over HTTP: its pages, what is kept, and what is never sent. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { fromBase64url } from '../../projections/bytes.js';
import { leafHash } from '../../projections/hash.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { EventsController, type EventPage } from '../../src/log/events.controller.js';
import { append, event } from '../event-store/samples.js';
import { problem, Site } from '../rest/site.js';

describe('the log over HTTP', () => {
  let site: Site;
  beforeAll(async () => (site = await Site.start()));
  afterAll(() => site.stop());

  // The staff's grants, six events, and the digests of all views.
  const LAST = 5 + allViews.length;
  const page = async (query: string, tag?: string) => {
    const headers: Record<string, string> = tag === undefined ? {} : { 'if-none-match': tag };
    const response = await site.fetch(`/api/v1/events${query}`, { headers });
    const text = await response.text();
    return {
      status: response.status,
      tag: response.headers.get('etag') ?? undefined,
      keep: response.headers.get('cache-control'),
      body: text === '' ? undefined : (JSON.parse(text) as EventPage),
    };
  };

  it('goes from page to page, each leaf with its hash', async () => {
    const first = await page('?limit=4');
    expect(first.body?.items.map(({ position, stream }) => [position, stream])).toEqual([
      ['0', 'staff'],
      ['1', 'staff'],
      ['2', 'staff'],
      ['3', 'staff'],
    ]);
    expect(first.body).toMatchObject({ next: '3', links: { next: '/api/v1/events?limit=4&after=3' } });
    const second = await page(`?limit=4&after=${LAST - 2}`);
    expect(second.body?.items.map(({ position }) => position)).toEqual([`${LAST - 1}`, `${LAST}`]);
    expect(second.body?.links).toEqual({});
    for (const { leaf, hash } of [...(first.body?.items ?? []), ...(second.body?.items ?? [])]) {
      expect(fromBase64url(hash)).toEqual(leafHash(nodeCrypto, fromBase64url(leaf) ?? new Uint8Array()));
    }
    expect((await page(`?after=${LAST}`)).body).toEqual({ items: [], links: {} });
  });

  it('says what may be kept for ever, and what is to be asked for again', async () => {
    const full = await page('?limit=4');
    expect([full.status, full.keep]).toEqual([200, 'public, max-age=31536000, immutable']);
    const end = `?limit=4&after=${LAST - 2}`;
    const last = await page(end);
    expect([last.status, last.keep]).toEqual([200, 'no-cache']);
    for (const [query, known] of [
      ['?limit=4', full],
      [end, last],
    ] as const) {
      expect(await page(query, known.tag)).toMatchObject({ status: 304, body: undefined, tag: known.tag });
    }
    expect((await page(`?limit=2&after=${LAST - 2}`, last.tag)).status).toBe(200);
  });

  it('refuses what is no position of this log', async () => {
    for (const query of ['?after=-1', '?after=x', '?limit=0', '?limit=1001', '?cursor=abc']) {
      expect(await problem(await site.fetch(`/api/v1/events${query}`))).toMatchObject({
        status: 422,
        code: 'invalid-input',
      });
    }
    for (const after of [`${LAST + 1}`, '9999999999999999999']) {
      expect(await problem(await site.fetch(`/api/v1/events?after=${after}`))).toMatchObject({
        status: 400,
        code: 'invalid-cursor',
        field: 'after',
      });
    }
  });
});

describe('a page of the log', () => {
  const request = { url: '/api/v1/events' } as FastifyRequest;

  async function pageOf(store: EventStore, after?: string): Promise<EventPage> {
    const query = { limit: 1_000, ...(after !== undefined && { after }) };
    const { body } = await new EventsController(store).list(query, request);
    return typeof body === 'function' ? body() : body;
  }

  it('holds nothing that lies outside the leaf', async () => {
    const store = new MemoryEventStore();
    const made = { commandId: 'the-command-id', requestDigest: new Uint8Array(32).fill(7) };
    await store.append({ ...append('one', 'no-stream', event()), ...made });
    const { items } = await pageOf(store);
    expect(items.map((item) => Object.keys(item))).toEqual([
      ['position', 'revision', 'stream', 'type', 'leaf', 'hash'],
    ]);
  });

  it('is bounded in bytes, and always goes on', async () => {
    const store = new MemoryEventStore();
    for (let i = 0; i < 30; i++) {
      await store.append(append(`large-${i}`, 'no-stream', event(Buffer.alloc(60_000, i))));
    }
    const seen: string[] = [];
    const lengths: number[] = [];
    let after: string | undefined;
    do {
      const page = await pageOf(store, after);
      seen.push(...page.items.map(({ position }) => position));
      lengths.push(page.items.length);
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => String(index)));
    expect(lengths).toEqual([16, 14]);
  });
});

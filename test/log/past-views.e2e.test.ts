/** Views as of any place of the log, over real HTTP: the same rows and digests as an auditor folds. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toBase64url } from '../../projections/bytes.js';
import { openEvent, type LogEvent } from '../../projections/event.js';
import { byKeyBytes, foldInto, viewDigest } from '../../projections/projection.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { DigestPublisher } from '../../src/digests/publisher.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import type { Site } from '../rest/site.js';
import { startDemoSite } from '../web/demo-site.js';

let site: Site;
let log: LogEvent[];
let recordedAt: Date[];
beforeAll(async () => {
  site = await startDemoSite();
  await site.running.app.get(DigestPublisher, { strict: false }).look();
  [log, recordedAt] = [[], []];
  for await (const page of store().readAll(-1n)) {
    for (const recorded of page) {
      log.push(openEvent(nodeCrypto, recorded));
      recordedAt.push(recorded.recordedAt);
    }
  }
}, 120_000);
afterAll(() => site.stop());

const store = () => site.running.app.get<EventStore>(EVENT_STORE, { strict: false });

interface Page {
  view: string;
  asOf: string;
  digest: string;
  items: { key: string; row: unknown }[];
  links: { next?: string };
}

async function get(path: string): Promise<Page> {
  const response = await site.fetch(path);
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Page;
}

/** All pages of a view as of an index. */
async function rowsAt(
  view: string,
  asOf: string,
  limit = 1_000,
): Promise<{ digest: string; rows: [string, unknown][] }> {
  const rows: [string, unknown][] = [];
  let digest = '';
  for (
    let next: string | undefined = `/api/v1/views/${view}?asOf=${asOf}&limit=${limit}`;
    next !== undefined;
  ) {
    const page: Page = await get(next);
    rows.push(...page.items.map(({ key, row }): [string, unknown] => [key, row]));
    ({ digest } = page);
    next = page.links.next;
  }
  return { digest, rows };
}

describe('a view as of an index', () => {
  it('is what an auditor folds, for every view and at many places, in whatever order they are asked for', async () => {
    const places = [log.length - 1, 0, Math.floor(log.length / 2), 3, log.length - 2];
    for (const index of places) {
      for (const view of allViews) {
        const expected = [...foldInto(view, new Map<string, unknown>(), log.slice(0, index + 1))].sort(
          byKeyBytes,
        );
        const { digest, rows } = await rowsAt(`${view.name}@${view.version}`, String(index));
        expect(rows).toEqual(expected);
        expect(digest).toBe(toBase64url(viewDigest(nodeCrypto, view, expected)));
      }
    }
  }, 60_000);

  it('has every digest that was published', async () => {
    const published = log.filter(
      (event): event is LogEvent<'ViewPublished'> => event.type === 'ViewPublished',
    );
    expect(published.length).toBeGreaterThan(10);
    for (const { data } of published) {
      const { digest } = await get(`/api/v1/views/${data.view}?asOf=${data.index}&limit=1`);
      expect({ ...data, digest }).toEqual(data);
    }
  }, 60_000);

  it('goes on page by page', async () => {
    const { rows } = await rowsAt('ballots', '500', 7);
    expect(rows).toEqual((await rowsAt('ballots', '500')).rows);
    expect(rows.length).toBeGreaterThan(7);
  });

  it('is the end of the log where nothing is asked for', async () => {
    const { asOf } = await get('/api/v1/views/elections');
    expect(BigInt(asOf)).toBe(await store().head());
  });
});

describe('a view as of an instant', () => {
  it('has the events that were recorded until then', async () => {
    for (const place of [0, 10, log.length - 1]) {
      const instant = recordedAt[place] as Date;
      const index = recordedAt.filter((at) => at <= instant).length - 1;
      const { asOf } = await get(`/api/v1/views/elections?asOf=${instant.toISOString()}`);
      // More may have been recorded at the end meanwhile.
      expect(Number(asOf)).toBeGreaterThanOrEqual(index);
      if (index < log.length - 1) expect(Number(asOf)).toBe(index);
    }
  });

  it('is empty before the first event', async () => {
    expect(await get('/api/v1/views/elections?asOf=2000-01-01T00:00:00.000Z')).toMatchObject({
      asOf: '-1',
      items: [],
    });
  });
});

describe('what is not there', () => {
  it.each([
    ['/api/v1/views/nothing', 404, 'view-unknown'],
    ['/api/v1/views/elections@99', 404, 'view-unknown'],
    ['/api/v1/views/elections?asOf=999999999', 422, 'as-of-ahead'],
    ['/api/v1/views/elections?asOf=yesterday', 422, 'invalid-input'],
    ['/api/v1/views/elections?asOf=2026-13-45T99:00:00.000Z', 422, 'invalid-input'],
    ['/api/v1/views/elections?cursor=AAAA', 400, 'invalid-cursor'],
  ])('%s is refused', async (path, status, code) => {
    const response = await site.fetch(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  it('is any text: rows hold ids and codes alone', async () => {
    const titles = (await (await site.fetch('/api/v1/elections')).json()) as {
      items: { title?: Record<string, string> }[];
    };
    const words = titles.items.flatMap(({ title }) => Object.values(title ?? {}));
    const { rows } = await rowsAt('elections', String(log.length - 1));
    expect(words.length).toBeGreaterThan(0);
    for (const word of words) expect(JSON.stringify(rows)).not.toContain(word);
  });
});

/**
 * Elections as of an earlier place of the log, over real HTTP: what is answered is what was answered then, and what was
 * erased or hidden since is in no past.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/event-store/event-store.js';
import type { RateLimit } from '../../src/rest/rate-limit.js';
import { charge, COSTLY_PASTS, MOST_COSTLY_PASTS } from '../../src/rest/as-of.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { Views } from '../../src/views/views.js';
import { problem, Site } from '../rest/site.js';
import {
  Booth,
  DAY_MS,
  electionWhen,
  fast,
  json,
  newCommandId,
  storyClock,
  together,
  voterKeys,
} from './booth.js';
import { openOneArea } from './one-area.js';

const clock = storyClock();
const [ana, bea] = [voterKeys('as of', fast), voterKeys('as of too', fast)];

let site: Site;
let id: string;
let ballotId: string;
let v: string;

/** Without what tells one moment from another: the moment itself, and links that carry it. */
interface Answer {
  status: number;
  body: Record<string, unknown>;
}
interface Then {
  index: string;
  at: number;
  answers: Map<string, Answer>;
}
const story: Then[] = [];

const store = () => site.running.app.get<EventStore>(EVENT_STORE, { strict: false });

const ADDRESSES = () => [
  '/api/v1/elections',
  `/api/v1/elections/${id}`,
  `/api/v1/elections/${id}/options`,
  `/api/v1/elections/${id}/turnout`,
  `/api/v1/elections/${id}/results`,
  `/api/v1/elections/${id}/ballots/${ballotId}`,
  `/api/v1/elections/${id}/voters/${v}`,
  '/api/v1/digests',
];

async function ask(address: string, query = ''): Promise<Answer> {
  const response = await site.fetch(address + query);
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body };
}

/** What every address answers now, with the index that it is of: asked again when something happened meanwhile. */
async function remember(): Promise<void> {
  for (;;) {
    const head = await store().head();
    await site.running.app.get(Views, { strict: false }).atLeast(head, 5_000);
    const answers = new Map<string, Answer>();
    for (const address of ADDRESSES()) answers.set(address, await ask(address));
    if ((await store().head()) !== head) continue;
    story.push({ index: String(head), at: Date.now(), answers });
    // So that an instant between two of them is of the first.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return;
  }
}

const post = (who: 'ana' | 'bea', path: string, body: unknown) =>
  json(site.as(who, 'POST', `/api/v1/${path}`, { body, id: newCommandId() }));

beforeAll(async () => {
  site = await Site.start({ clock });
  id = await openOneArea(site, clock, [ana, bea], 'none');
  const booth = await Booth.at(site, id, fast);
  [ballotId, v] = ['A'.repeat(43), 'A'.repeat(22)];
  await remember();
  ({ v, ballotId } = await booth.cast(ana, { vote: [{ a: 'city', ids: ['bench'] }] }));
  await remember();
  await booth.cast(bea, { vote: [{ a: 'city', ids: ['trees'] }] });
  await booth.cast(ana, { vote: [{ a: 'city', ids: ['trees'] }], n: 2 });
  await post('ana', `elections/${id}/extensions`, {
    closesAt: new Date(clock.now().getTime() + 1.5 * DAY_MS).toISOString(),
    reason: { code: 'storm', texts: { en: 'A storm is coming' } },
  });
  await remember();
  clock.advance(2 * DAY_MS);
  await electionWhen(site, id, ({ phase }) => phase === 'counted');
  await remember();
  const { counts } = await electionWhen(site, id, () => true);
  clock.advance(3 * DAY_MS);
  const [{ number, outputDigest }] = counts as [{ number: number; outputDigest: string }];
  await together(site, ['ana', 'bea'], 'certify', { electionId: id, tally: number, outputDigest });
  await remember();
}, 60_000);
afterAll(() => site.stop());

describe('an answer as of an index', () => {
  it('is the answer of then, and names the index and the digests that were published of it', async () => {
    const seen = new Set<string>();
    for (const { index, answers } of story) {
      for (const [address, { status, body }] of answers) {
        const then = await ask(address, `?asOf=${index}`);
        const { asOf, ...rest } = then.body;
        expect([address, index, then.status]).toEqual([address, index, status]);
        if (status !== 200) {
          expect(rest.code).toBe(body.code);
          continue;
        }
        expect(rest).toEqual(body);
        const { digests, ...place } = asOf as { index: string; digests: { view: string; digest: string }[] };
        expect(place).toEqual({ index });
        for (const { view, digest } of digests) {
          const whole = await ask(`/api/v1/views/${view}`, `?asOf=${index}&limit=1`);
          expect([view, digest]).toEqual([view, whole.body.digest]);
        }
        seen.add(`${address} ${JSON.stringify(rest)}`);
      }
    }
    // The story moved every one of them but the options.
    for (const address of ADDRESSES().filter((one) => !one.endsWith('/options')))
      expect([address, [...seen].filter((one) => one.startsWith(`${address} `)).length]).not.toEqual([
        address,
        1,
      ]);
  });

  it('is there by the instant too, and by the day in the city', async () => {
    const [, , voted] = story as [Then, Then, Then];
    const instant = new Date(voted.at + 2).toISOString();
    const { body } = await ask(`/api/v1/elections/${id}/turnout`, `?asOf=${instant}`);
    expect(body).toMatchObject({ ballots: 3, asOf: { index: voted.index } });
    // All that was recorded was recorded today.
    const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
    const head = await store().head();
    const { body: tomorrow } = await ask(`/api/v1/elections/${id}`, `?asOf=${day(1)}`);
    const { asOf } = tomorrow as { asOf: { index: string } };
    expect(BigInt(asOf.index)).toBeGreaterThanOrEqual(head);
    expect((await ask('/api/v1/elections', `?asOf=${day(-2)}`)).body).toMatchObject({
      items: [],
      asOf: { index: '-1' },
    });
  });

  it('goes on page by page in the same past', async () => {
    const other = await openOneArea(site, clock, [ana], 'none');
    const index = String(await store().head());
    const { body } = await ask('/api/v1/elections', `?limit=1&asOf=${index}`);
    const { items, links } = body as unknown as { items: { id: string }[]; links: { next: string } };
    expect([items.map((one) => one.id), links.next]).toEqual([
      [other],
      expect.stringContaining(`asOf=${index}`),
    ]);
    expect((await ask(links.next)).body).toMatchObject({ items: [{ id }], links: {}, asOf: { index } });
  });
});

describe('who keeps it', () => {
  const headers = (response: Response) => [response.status, response.headers.get('cache-control')];

  it('asks again where there are texts, and never where there are none', async () => {
    const { index } = story[3] as Then;
    for (const what of ['turnout', 'results']) {
      const response = await site.fetch(`/api/v1/elections/${id}/${what}?asOf=${index}`);
      expect(headers(response)).toEqual([200, 'public, max-age=31536000, immutable']);
    }
    for (const address of ['', `/${id}`, `/${id}/options`]) {
      const path = `/api/v1/elections${address}?asOf=${index}`;
      const response = await site.fetch(path);
      expect(headers(response)).toEqual([200, 'no-cache']);
      const etag = response.headers.get('etag') ?? '';
      expect((await site.fetch(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    }
    const today = new Date(Date.now() + DAY_MS).toISOString();
    const open = await site.fetch(`/api/v1/elections/${id}/turnout?asOf=${today}`);
    expect(headers(open)).toEqual([200, 'no-cache']);
  });
});

describe('a page as of an index', () => {
  const page = async (path: string, language = 'en') => {
    const separator = path.includes('?') ? '&' : '?';
    // The API has no language.
    const address = path.startsWith('/api/') ? path : `${path}${separator}lang=${language}`;
    const response = await site.fetch(address, { headers: { accept: 'text/html' } });
    return { response, html: await response.text() };
  };

  it.each([
    ['es', 'Ves esta página como era', 'Ir a hoy'],
    ['ast', 'Ves esta páxina como yera', 'Dir a güei'],
    ['en', 'You see this page as of', 'Go to today'],
  ])('says so in %s, and leads to today', async (language, says, today) => {
    const { index } = story[1] as Then;
    for (const path of ['/', `/elections/${id}`, `/elections/${id}/record`, `/elections/${id}/ballots`]) {
      const { response, html } = await page(`${path}?asOf=${index}`, language);
      expect([path, response.status]).toEqual([path, 200]);
      expect(html).toContain(says);
      expect(html).toContain(`>${today}</a>`);
      expect(html).toMatch(new RegExp(`<aside class="past"[^]*<a href="${path}">`));
      expect((await page(path, language)).html).not.toContain(says);
    }
  });

  it('shows what was, with the digests that it was read from', async () => {
    const { index } = story[2] as Then;
    const { html } = await page(`/elections/${id}?asOf=${index}`);
    expect(html).toContain('You can vote until');
    expect(html).not.toContain('id="result"');
    const { body } = await ask(`/api/v1/elections/${id}`, `?asOf=${index}`);
    const { digests } = body.asOf as { digests: { digest: string }[] };
    for (const { digest } of digests) expect(html).toContain(digest);
    expect((await page(`/elections/${id}`)).html).toContain('id="result"');
  });

  it('keeps to its time along its links, and leaves it for what has no past', async () => {
    const { index } = story[3] as Then;
    const start = [
      `/?asOf=${index}`,
      `/elections/${id}?asOf=${index}`,
      `/elections/${id}/record?asOf=${index}`,
    ];
    for (const path of start) {
      const { html } = await page(path);
      const body = html.slice(html.indexOf('<main'), html.indexOf('</main>'));
      const links = [...body.matchAll(/href="(\/[^"#]*)/g)].map(([, href]) =>
        (href ?? '').replaceAll('&amp;', '&'),
      );
      expect(links.length).toBeGreaterThan(0);
      for (const link of links) {
        const { response, html: next } = await page(link);
        expect([path, link, response.status]).toEqual([path, link, 200]);
        const isOfElection = /^\/(\?|elections)/.test(link) && !link.includes('/explanation');
        expect([link, next.includes('<aside class="past"')]).toEqual([link, isOfElection]);
      }
    }
    const lookUp = await page(`/elections/${id}/ballots?asOf=${index}`);
    expect(lookUp.html).toContain(`<input type="hidden" name="asOf" value="${index}"`);
  });

  it('is asked for again, and not sent again', async () => {
    const path = `/elections/${id}?asOf=${(story[2] as Then).index}`;
    const first = await site.fetch(path);
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const etag = first.headers.get('etag') ?? '';
    expect((await site.fetch(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('looks a ballot up as it stood', async () => {
    const path = `/elections/${id}/ballots?ballot=${ballotId}&asOf=`;
    expect((await page(path + (story[1] as Then).index)).html).toContain('<dl class="standing counted"');
    expect((await page(path + (story[2] as Then).index)).html).toContain('<dl class="standing superseded"');
    expect((await page(path + (story[0] as Then).index)).html).not.toContain('<dl class="standing');
  });
});

describe('what has no past', () => {
  it.each([
    ['GET', '/api/v1/elections/ID/explanation'],
    ['GET', '/elections/ID/explanation'],
    ['GET', '/api/v1/contents/0190f3a2-6d1e-7c44-9f0b-2c9f6b1f1a55'],
    ['GET', '/api/v1/city'],
    ['GET', '/api/v1/events'],
    ['GET', '/session'],
    ['GET', '/log/checkpoint'],
    ['POST', '/api/v1/elections/ID/what-if'],
  ])('%s %s refuses to say today’s for it', async (method, path) => {
    const response = await site.fetch(`${path.replace('ID', id)}?asOf=1`, {
      method,
      ...(method === 'POST' && { headers: { 'content-type': 'application/json' }, body: '{"ruleset":{}}' }),
    });
    expect([response.status, (await problem(response)).code]).toEqual([422, 'as-of-not-offered']);
  });

  it.each(['/api/v1/acts', '/staff', '/api/v1/session'])(
    '%s, for staff, refuses it as well',
    async (path) => {
      const response = await site.as('ana', 'GET', `${path}?asOf=1`);
      expect([path, (await problem(response)).code]).toEqual([path, 'as-of-not-offered']);
    },
  );

  it.each([
    ['999999999', 'as-of-ahead', 'The log does not reach so far'],
    ['yesterday', 'invalid-input', 'The address names no moment'],
    ['2026-02-30', 'invalid-input', 'The address names no moment'],
    ['1&asOf=2', 'invalid-input', 'The address names no moment'],
    ['-1', 'invalid-input', 'The address names no moment'],
  ])('is %s', async (asOf, code, says) => {
    const response = await site.fetch(`/api/v1/elections?asOf=${asOf}`);
    expect([response.status, await problem(response)]).toEqual([
      422,
      expect.objectContaining({ code, field: 'asOf' }),
    ]);
    const page = await site.fetch(`/?asOf=${asOf}&lang=en`, { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([422, expect.stringContaining(says)]);
  });
});

describe('a text', () => {
  it('that was erased or hidden is in no past, whenever it was asked for before', async () => {
    const { index } = story[4] as Then;
    const paths = [
      `/api/v1/elections/${id}/options?asOf=${index}`,
      `/api/v1/elections/${id}?asOf=${index}`,
      `/elections/${id}?asOf=${index}&lang=en`,
      `/elections/${id}/record?asOf=${index}&lang=en`,
    ];
    const texts = async () =>
      (await Promise.all(paths.map(async (path) => (await site.fetch(path)).text()))).join('');
    const tags = async () =>
      Promise.all(paths.map(async (path) => (await site.fetch(path)).headers.get('etag')));
    const before = await tags();
    expect(await texts()).toContain('Benches');
    expect(await texts()).toContain('A storm is coming');
    const { items } = (await ask(`/api/v1/elections/${id}/options`)).body as unknown as {
      items: { id: string; content: string }[];
    };
    const bench = items.find((one) => one.id === 'bench')?.content;
    const { history } = (await ask(`/api/v1/elections/${id}`)).body as unknown as {
      history: { reason?: { content?: { id: string } } }[];
    };
    const storm = history.flatMap(({ reason }) => reason?.content?.id ?? [])[0];
    await shown(`contents/${bench}/hide`, { reason: 'insult' });
    await shown(`contents/${storm}/erase`, { basis: 'gdpr-17' });
    const after = await texts();
    expect(after).not.toContain('Benches');
    expect(after).not.toContain('A storm is coming');
    expect(after).toContain('Trees');
    const now = await tags();
    for (const [at, tag] of now.entries()) expect(tag).not.toBe(before[at]);
  });

  /** A write of staff, and everybody sees it. */
  async function shown(path: string, body: unknown): Promise<void> {
    const { position } = await post('ana', path, body);
    await site.running.app.get(Views, { strict: false }).atLeast(BigInt(String(position)), 5_000);
  }
});

describe('an address that asks for too much of the past', () => {
  it('waits, and is charged for long folds alone', async () => {
    const limit = site.running.app.get<RateLimit>(COSTLY_PASTS, { strict: false });
    for (let times = 0; times < 2 * MOST_COSTLY_PASTS; times++) charge(limit, '127.0.0.1')(2_900);
    expect(limit.waitSeconds('127.0.0.1')).toBe(0);
    for (let times = 0; times < MOST_COSTLY_PASTS; times++) charge(limit, '127.0.0.1')(3_100);
    const response = await site.fetch('/api/v1/elections?asOf=1');
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect([response.status, (await problem(response)).code]).toEqual([429, 'past-too-costly']);
    // What is folded as of now costs as much.
    expect((await site.fetch('/api/v1/views/ballots')).status).toBe(429);
    expect((await site.fetch('/api/v1/elections')).status).toBe(200);
  });
});

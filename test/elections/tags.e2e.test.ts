/** ETags under writes: whatever instant a write falls in, nobody who has something old is told that it is today's. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { toBase64url } from '../../projections/bytes.js';
import { allViews } from '../../projections/views.js';
import { LookUpVoter, LookUpVoterHandler } from '../../src/ballots/ballots.queries.js';
import { RollLookup } from '../../src/ballots/roll-lookup.js';
import { Contents } from '../../src/contents/contents.js';
import { PublicContents } from '../../src/contents/public-contents.js';
import {
  GetElection,
  GetElectionHandler,
  ListElections,
  ListElectionsHandler,
} from '../../src/elections/elections.queries.js';
import { POOL } from '../../src/platform.module.js';
import { Views } from '../../src/views/views.js';
import { Site } from '../rest/site.js';
import { Booth, fast, json, newCommandId, storyClock, voterKeys } from './booth.js';
import { openOneArea } from './one-area.js';

const clock = storyClock();
const ana = voterKeys('tags', fast);

let site: Site;
let electionId: string;
let v: string;
beforeAll(async () => {
  site = await Site.start({ clock });
  electionId = await openOneArea(site, clock, [ana]);
  const booth = await Booth.at(site, electionId, fast);
  ({ v } = await booth.cast(ana, { vote: [{ a: 'city', ids: ['bench'] }] }));
});
afterAll(() => site.stop());

/** Real views, in which a write happens right after one of the reads. */
class Interleaved extends Views {
  reads = 0;

  constructor(
    pool: Pool,
    private readonly at: number,
    private readonly write: () => Promise<void>,
  ) {
    super(pool, allViews);
  }

  override get: Views['get'] = (...what) => this.#then(super.get(...what));
  override many: Views['many'] = (...what) => this.#then(super.many(...what));
  override list: Views['list'] = (...what) => this.#then(super.list(...what));
  override having: Views['having'] = (...what) => this.#then(super.having(...what));
  override lastChanged: Views['lastChanged'] = (...what) => this.#then(super.lastChanged(...what));

  async #then<T>(read: Promise<T>): Promise<T> {
    const found = await read;
    if (++this.reads === this.at) await this.write();
    return found;
  }
}

interface Answer {
  body: string;
  tag: string | undefined;
}

const QUERIES: Readonly<Record<string, (views: Views) => Promise<{ tag: string } | undefined>>> = {
  election: (views) =>
    new GetElectionHandler(views, publicContents(views)).execute(new GetElection(electionId)),
  'list of elections': (views) =>
    new ListElectionsHandler(views, publicContents(views)).execute(new ListElections(10)),
  'line of the roll': (views) =>
    new LookUpVoterHandler(views, new RollLookup(views)).execute(new LookUpVoter(electionId, v)),
};

function publicContents(views: Views): PublicContents {
  return new PublicContents(views, site.running.app.get(Contents, { strict: false }), () => undefined);
}

async function ask(query: string, views: Views): Promise<Answer> {
  const found = await QUERIES[query]!(views);
  const { tag, ...body } = found!;
  return {
    tag,
    body: JSON.stringify(body, (_, value: unknown) => (value instanceof Map ? [...value] : value)),
  };
}

/** A write of staff, and everybody sees it. */
async function write(path: string, body: unknown): Promise<void> {
  const { position } = await json<{ position: string }>(
    site.as('ana', 'POST', `/api/v1/${path}`, { body, id: newCommandId() }),
  );
  await site.running.app.get(Views, { strict: false }).atLeast(BigInt(position), 5_000);
}

/** Each new key of a line makes one read more. */
const MOST_READS = 12;

let minutes = 0;
function extend(): Promise<void> {
  const closesAt = new Date(clock.now().getTime() + 2 * 86_400_000 + ++minutes * 60_000).toISOString();
  return write(`elections/${electionId}/extensions`, { closesAt, reason: { code: 'storm' } });
}

let keys = 0;
function replaceKey(): Promise<void> {
  const { publicKey } = voterKeys(`tags ${++keys}`, fast);
  return write(`elections/${electionId}/voters/${v}/key`, { key: toBase64url(publicKey) });
}

let hidden = false;
async function hideOrShowTitle(): Promise<void> {
  const { items } = await json<{ items: { content: string }[] }>(
    site.fetch(`/api/v1/elections/${electionId}/options`),
  );
  const id = items[0]!.content;
  hidden = !hidden;
  await (hidden
    ? write(`contents/${id}/hide`, { reason: 'insult' })
    : write('contents/release', { ids: [id] }));
}

describe('the tag', () => {
  it.each([
    ['election', 'it is extended', extend],
    ['election', 'the title of a project is hidden or shown', hideOrShowTitle],
    ['list of elections', 'one is extended', extend],
    ['line of the roll', 'it is given another key', replaceKey],
  ] as const)('of an old %s is an old one, whenever %s', async (query, _what, change) => {
    const pool = site.running.app.get<Pool>(POOL, { strict: false });
    const plain = new Views(pool, allViews);
    let old = 0;
    for (let at = 1; at <= MOST_READS; at++) {
      const before = await ask(query, plain);
      const views = new Interleaved(pool, at, change);
      const seen = await ask(query, views);
      if (views.reads < at) break;
      const now = await ask(query, plain);
      expect(now.body).not.toBe(before.body);
      if (seen.body === now.body) continue;
      old++;
      expect([at, seen.tag]).not.toEqual([at, now.tag]);
    }
    // Else nothing was tried.
    expect(old).toBeGreaterThan(0);
  });
});

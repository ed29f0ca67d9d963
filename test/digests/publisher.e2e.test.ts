/** Digests that the running program publishes, on a clock that the test moves: when, how often, and whether they are right. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import type { DigestsRow } from '../../projections/digests.view.js';
import { openEvent, type LogEvent, type NewEvent } from '../../projections/event.js';
import { byKeyBytes, foldInto, viewDigest } from '../../projections/projection.js';
import { allViews } from '../../projections/views.js';
import { createHttpApp } from '../../src/app.js';
import { ClockGuard, type Clock } from '../../src/clock.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { DigestPublisher } from '../../src/digests/publisher.js';
import type { CommandLog } from '../../src/event-store/command-log.js';
import { newThingId } from '../../src/event-store/event-ids.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { COMMAND_LOG, CRYPTO, EVENT_STORE, POOL } from '../../src/platform.module.js';
import { ViewRunner } from '../../src/views/runner.js';
import { Views } from '../../src/views/views.js';
import {
  Booth,
  DAY_MS,
  electionWhen,
  HOUR_MS,
  json,
  newCommandId,
  rollLine,
  storyClock,
  together,
  voterKeys,
} from '../elections/booth.js';
import { recordedFrom, wholeLog } from '../elections/public-log.js';
import { contentRef } from '../elections/small-election.js';
import { Site } from '../rest/site.js';
import { asAdmin } from '../test-server.js';

const MINUTE_MS = 60_000;
const clock = storyClock();
const said: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => said.push(line) });
let site: Site;

beforeAll(async () => (site = await Site.start({ clock, log })));
afterAll(() => site.stop());

type App = NestFastifyApplication;
const publisherOf = (app: App = site.running.app) => app.get(DigestPublisher, { strict: false });
const store = () => site.running.app.get<EventStore>(EVENT_STORE, { strict: false });

async function logged(): Promise<LogEvent[]> {
  return (await wholeLog(site)).map((event) => openEvent(nodeCrypto, recordedFrom(event)));
}

/** `[index, how many views]` of every publication, in the order of the log. */
async function published(): Promise<[index: number, views: number][]> {
  const counts = new Map<string, [number, number]>();
  for (const event of await logged()) {
    if (event.type !== 'ViewPublished') continue;
    // Those of one command have one instant and one index.
    const name = `${event.at} ${event.data.index}`;
    const [index, views] = counts.get(name) ?? [event.data.index, 0];
    counts.set(name, [index, views + 1]);
  }
  return [...counts.values()];
}

interface Listed {
  items: { index: string; position: string; at: string; digests: DigestsRow['digests'] }[];
  next?: string;
}

/** Lets everything that is due happen; then nothing more does. */
async function settled(app: App = site.running.app): Promise<void> {
  const views = app.get(Views, { strict: false });
  for (let before = -2n; before !== (await store().head());) {
    before = await store().head();
    await views.atLeast(before, 10_000);
    await publisherOf(app).look();
  }
}

/** Waits for a publication that holds a position. */
async function publishedFrom(position: number): Promise<number> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    const found = (await published()).find(([index]) => index >= position);
    if (found !== undefined) return found[0];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Nothing is published from ${position} on`);
}

async function append(stream: string, ...events: NewEvent[]): Promise<void> {
  const commands = site.running.app.get<CommandLog>(COMMAND_LOG, { strict: false });
  const meta = { commandId: newCommandId(), actor: 'system', at: clock.now().toISOString() };
  await commands.run({
    stream,
    meta: { ...meta, request: utf8(stream) },
    initial: undefined,
    evolve: () => undefined,
    decide: () => events,
  });
}

/** What calls for digests, without an election around it. */
async function anOccasion(name: string): Promise<number> {
  const electionId = newThingId('test', name, 'election');
  await append(`election-${electionId}`, { type: 'VotingClosed', data: { electionId, cause: 'schedule' } });
  return Number(await store().head());
}

describe('the digests of an election', () => {
  let id: string;
  const lastOf = async (type: LogEvent['type']) => {
    const found = (await logged()).findLast((event) => event.type === type);
    return Number(found?.position ?? -1n);
  };
  const post = (who: Parameters<Site['as']>[0], path: string, body: unknown = {}) =>
    json(site.as(who, 'POST', path, { body, id: newCommandId() }), path === '/api/v1/elections' ? 201 : 200);
  const record = async () => (await site.fetch(`/elections/${id}/record?lang=en`)).text();

  it('are published after the close, and are in the log alone until then', async () => {
    const at = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
    const made = await post('ana', '/api/v1/elections', {
      title: { en: 'Looked after' },
      areas: [{ id: 'city', budget: 1_000 }],
      ballot: { type: 'approval', min: 1, max: 1, repeats: 'refuse', limits: 'refuse' },
      ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['listed'], ties: ['bench'] },
      schedule: { opensAt: at(MINUTE_MS), closesAt: at(HOUR_MS), claimsUntil: at(2 * HOUR_MS) },
      paper: 'prevails',
      options: [{ id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } }],
    });
    id = String(made.electionId);
    const ana = voterKeys('ana');
    await post('ana', `/api/v1/elections/${id}/roll`, { lines: [rollLine(ana, ['city'])], last: true });
    clock.advance(MINUTE_MS);
    await electionWhen(site, id, ({ phase }) => phase === 'open');
    await (await Booth.at(site, id)).cast(ana, { vote: [{ a: 'city', ids: ['bench'] }] });
    await settled();
    expect(await published()).toHaveLength(1);
    expect(await record()).not.toContain('Digests of the tables');
    clock.advance(HOUR_MS);
    await electionWhen(site, id, ({ phase }) => phase === 'closed');
    await publishedFrom(await lastOf('VotingClosed'));
  });

  it('are published after the count and after the certification', async () => {
    await post('bea', `/api/v1/elections/${id}/reconciliations`);
    const { counts } = await electionWhen(site, id, ({ phase }) => phase === 'counted');
    await publishedFrom(await lastOf('TallyPublished'));
    clock.advance(HOUR_MS);
    const [tally] = counts;
    const certified = await together(site, ['ana', 'bea'], 'certify', {
      electionId: id,
      tally: tally?.number,
      outputDigest: tally?.outputDigest,
    });
    expect(certified).toMatchObject({ state: 'done' });
    await publishedFrom(await lastOf('ResultCertified'));
    await settled();
    // One at the start, and one for each of the three occasions, of all views.
    expect((await published()).map(([, views]) => views)).toEqual([1, 2, 3, 4].map(() => allViews.length));
  });

  it('stand on its record, and stay when others follow', async () => {
    const index = await publishedFrom(await lastOf('ResultCertified'));
    await settled();
    const before = await record();
    const { items } = await json<Record<string, unknown> & Listed>(site.fetch('/api/v1/digests'));
    expect(items[0]?.index).toBe(String(index));
    expect(items[0]?.digests.map(({ view }) => view)).toEqual(
      allViews.map(({ name, version }) => `${name}@${version}`),
    );
    expect(before).toContain('Digests of the tables');
    for (const { digest } of items[0]?.digests ?? []) expect(before).toContain(digest);
    await publishedFrom(await anOccasion('another'));
    await settled();
    expect(await record()).toBe(before);
  });
});

describe('what is published', () => {
  it('is what anybody folds out of the log up to the index that it names', async () => {
    await settled();
    const events = await logged();
    const all = events.flatMap((event) => (event.type === 'ViewPublished' ? [event] : []));
    expect(all.length).toBeGreaterThan(3 * allViews.length);
    for (const { data, position } of all) {
      expect(position).toBeGreaterThan(BigInt(data.index));
      const view = allViews.find(({ name, version }) => `${name}@${version}` === data.view);
      if (view === undefined) throw new Error(`No view ${data.view}`);
      const before = events.filter((event) => event.position <= BigInt(data.index));
      const rows = [...foldInto(view, new Map<string, unknown>(), before)].sort(byKeyBytes);
      expect([data.view, data.digest]).toEqual([data.view, toBase64url(viewDigest(nodeCrypto, view, rows))]);
    }
  });

  it('is listed over REST, the latest first, page by page', async () => {
    const whole = await json<Record<string, unknown> & Listed>(site.fetch('/api/v1/digests'));
    const log = await published();
    expect(whole.items.map(({ index }) => Number(index))).toEqual(log.map(([index]) => index).reverse());
    const got: string[] = [];
    for (let cursor = ''; ;) {
      const page = await json<Record<string, unknown> & Listed>(
        site.fetch(`/api/v1/digests?limit=2${cursor}`),
      );
      got.push(...page.items.map(({ index }) => index));
      if (page.next === undefined) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(got).toEqual(whole.items.map(({ index }) => index));
    const tag = (await site.fetch('/api/v1/digests')).headers.get('etag') ?? '';
    const again = () => site.fetch('/api/v1/digests', { headers: { 'if-none-match': tag } });
    expect((await again()).status).toBe(304);
    await publishedFrom(await anOccasion('for the tag'));
    await settled();
    expect((await again()).status).toBe(200);
  });

  it('calls for nothing more: an idle city is silent for the rest of the day', async () => {
    await settled();
    const head = await store().head();
    for (let looks = 0; looks < 5; looks++) await publisherOf().look();
    clock.advance(HOUR_MS);
    // Two looks of its own.
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(await store().head()).toBe(head);
  });
});

describe('the digests after another version of the program', () => {
  it('come at once where a view was published last in another version, and come once', async () => {
    await settled();
    const before = (await published()).length;
    const index = Number(await store().head());
    const digest = toBase64url(nodeCrypto.sha256(utf8('rows of an older program')));
    await append('views', { type: 'ViewPublished', data: { view: 'roll@1', index, digest } });
    await settled();
    const after = await published();
    expect(after.slice(before)).toEqual([
      [index, 1],
      [expect.any(Number), allViews.length],
    ]);
    await settled();
    expect(await published()).toEqual(after);
  });
});

describe('the digests of the day', () => {
  /** Moves the clock to a time of the next day in UTC. */
  const tomorrowAt = (hour: number, minute: number) => {
    const today = Math.floor(clock.now().getTime() / DAY_MS) * DAY_MS;
    clock.advance(today + DAY_MS + hour * HOUR_MS + minute * MINUTE_MS - clock.now().getTime());
  };

  it('are those of UTC before there is a city, and come once a day', async () => {
    const before = (await published()).length;
    tomorrowAt(0, 1);
    await settled();
    expect(await published()).toHaveLength(before + 1);
    clock.advance(23 * HOUR_MS);
    await settled();
    expect(await published()).toHaveLength(before + 1);
    // Days that nobody was there for are not made up for.
    clock.advance(3 * DAY_MS);
    await settled();
    expect(await published()).toHaveLength(before + 2);
  });

  it('are those of the city’s own midnight once there is a city', async () => {
    const name = contentRef('city');
    await append('city', {
      type: 'CityDescribed',
      data: { name, timeZone: 'Europe/Madrid', languages: ['es'] },
    });
    // 21:59 in UTC is 23:59 in Madrid, in summer.
    tomorrowAt(21, 58);
    await settled();
    const before = (await published()).length;
    clock.advance(MINUTE_MS);
    await settled();
    expect(await published()).toHaveLength(before);
    clock.advance(2 * MINUTE_MS);
    await settled();
    expect(await published()).toHaveLength(before + 1);
    tomorrowAt(0, 1);
    await settled();
    expect(await published()).toHaveLength(before + 1);
  });
});

/** A publisher of its own, as another process has. */
function anotherPublisher(by: Clock, guard: ClockGuard): DigestPublisher {
  const { app } = site.running;
  return new DigestPublisher(
    app.get<Pool>(POOL, { strict: false }),
    app.get(CRYPTO, { strict: false }),
    app.get<CommandLog>(COMMAND_LOG, { strict: false }),
    app.get(Views, { strict: false }),
    app.get(ViewRunner, { strict: false }),
    by,
    guard,
    'serve',
  );
}

describe('a clock that was moved', () => {
  it('begins no day until two persons have confirmed it, and holds up no occasion', async () => {
    await settled();
    await publisherOf().beforeApplicationShutdown();
    let movedMs = 0;
    const moved: Clock = {
      now: () => new Date(clock.now().getTime() + movedMs),
      monotonicMs: () => clock.monotonicMs(),
    };
    const guard = new ClockGuard(moved);
    const publisher = anotherPublisher(moved, guard);
    movedMs = DAY_MS;
    const before = (await published()).length;
    await publisher.look();
    expect(await published()).toHaveLength(before);
    await site.running.app
      .get(Views, { strict: false })
      .atLeast(BigInt(await anOccasion('by a moved clock')), 10_000);
    await publisher.look();
    expect(await published()).toHaveLength(before + 1);
    await settled();
    movedMs += DAY_MS;
    await publisher.look();
    expect(await published()).toHaveLength(before + 1);
    guard.confirm();
    await publisher.look();
    expect(await published()).toHaveLength(before + 2);
    await settled();
  });
});

describe('two processes', () => {
  it('that do it at once publish once', async () => {
    const { app } = site.running;
    const racer = () => anotherPublisher(clock, app.get(ClockGuard, { strict: false }));
    const before = (await published()).length;
    const head = await anOccasion('raced for');
    await app.get(Views, { strict: false }).atLeast(BigInt(head), 10_000);
    await Promise.all(Array.from({ length: 5 }, () => racer().look()));
    const after = await published();
    expect(after).toHaveLength(before + 1);
    expect(after.at(-1)).toEqual([head, allViews.length]);
  });

  it('are one that publishes and one that waits for the other to end', async () => {
    const other = await createHttpApp(site.settings, { clock });
    try {
      const before = (await published()).length;
      const head = await anOccasion('taken over');
      await other.app.get(Views, { strict: false }).atLeast(BigInt(head), 10_000);
      await publisherOf(other.app).look();
      expect(await published()).toHaveLength(before);
      await site.running.app.get(ViewRunner, { strict: false }).stop();
      expect(await publishedFrom(head)).toBe(head);
      await settled(other.app);
      expect(await published()).toHaveLength(before + 1);
    } finally {
      await other.close();
    }
  });
});

describe('a failure', () => {
  it('is told with its code, ends nothing, and is tried again', async () => {
    const again = await createHttpApp(site.settings, { clock, log });
    const mayInsert = (sql: string) =>
      asAdmin(site.settings.ownerUrl ?? '', (client) => client.query(`${sql} concejo_runtime`));
    try {
      const head = await anOccasion('failed');
      await mayInsert('revoke insert on events from');
      await again.app.get(Views, { strict: false }).atLeast(BigInt(head), 10_000);
      said.length = 0;
      const end = performance.now() + 10_000;
      while (said.length === 0 && performance.now() < end) await publisherOf(again.app).look();
      await mayInsert('grant insert on events to');
      const [line] = said.map((text) => JSON.parse(text) as Record<string, string>);
      expect(line?.context).toBe('digests');
      expect(line?.msg).toMatch(/^digests-not-published: \S+, tried again after 2000 ms: /);
      expect(await publishedFrom(head)).toBe(head);
    } finally {
      await mayInsert('grant insert on events to');
      await again.close();
    }
  });
});

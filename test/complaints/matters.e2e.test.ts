/** A street lamp over HTTP, from its filing to its fix and the erasure of who filed it, and the log folded again at the end. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Pool } from 'pg';
import { toBase64url } from '../../projections/bytes.js';
import { openEvent, type LogEvent } from '../../projections/event.js';
import { matterStepsView } from '../../projections/matter-steps.view.js';
import { mattersView } from '../../projections/matters.view.js';
import { byKeyBytes, foldInto, viewDigest, type Projection } from '../../projections/projection.js';
import { Codes } from '../../src/complaints/codes.js';
import { People } from '../../src/complaints/people.js';
import { Contents } from '../../src/contents/contents.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import { digestOf } from '../../src/views/digest.js';
import { DAY_MS, json, newCommandId, storyClock } from '../elections/booth.js';
import { accepted } from '../contents/world.js';
import { problem, Site } from '../rest/site.js';
import { act, describeCity, file, LAMP, LAMP_AT, post, type Filed, type Receipt } from './story.js';

interface MatterJson {
  id: string;
  state: string;
  stateKind: string;
  due?: string;
  joined: number;
  reopened: number;
  text: Record<string, string>;
  history: { what: string; state?: string; words?: Record<string, string> }[];
}

const clock = storyClock();
let site: Site;
let pool: Pool;
let logged = '';
beforeAll(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
  site = await Site.start({ clock, log });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  await describeCity(site);
});
afterAll(() => site.stop());

const reporter = { name: 'Nela Pumar', email: 'nela@example.org', phone: '600 000 000' };

async function events(): Promise<LogEvent[]> {
  const all: LogEvent[] = [];
  const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  for await (const page of store.readAll(-1n)) all.push(...page.map((one) => openEvent(nodeCrypto, one)));
  return all;
}

async function see(matterId: string, { position }: { position: string }): Promise<MatterJson> {
  return json<MatterJson>(site.fetch(`/api/v1/matters/${matterId}?atLeast=${position}`));
}

function moved(matterId: string, body: object, what = 'move'): Promise<Receipt> {
  return json<Receipt>(act(site, 'lin', matterId, what, body));
}

describe('a street lamp', () => {
  let lamp: Filed;
  let joiner: { link: string } & Receipt;
  let anybody: typeof joiner;

  it('is filed by anybody, and the log says neither what it is about nor who filed it', async () => {
    lamp = await file(site, { ...LAMP, reporter });
    const event = (await events()).findLast(({ type }) => type === 'MatterFiled');
    expect(event).toMatchObject({ type: 'MatterFiled', actor: 'resident' });
    expect(Object.keys(event?.data ?? {}).sort()).toEqual(['details', 'due', 'kind', 'matterId']);
    // Filed on 1 May, a Friday; 1 August is a Saturday.
    expect((event?.data as { due?: string }).due).toBe('2026-08-03T21:59:59.999Z');
  });

  it('is nowhere before its release but in the queue of staff', async () => {
    const { position, matterId } = lamp;
    const one = await problem(await site.fetch(`/api/v1/matters/${matterId}?atLeast=${position}`));
    expect(one).toMatchObject({ status: 404, code: 'matter-unknown' });
    expect(await json(site.fetch('/api/v1/matters'))).toEqual({ items: [], links: {} });
    const queue = await json<{ items: object[] }>(
      site.as('lin', 'GET', `/api/v1/matters/queue?department=lighting&released=false&atLeast=${position}`),
    );
    expect(queue.items).toMatchObject([
      { id: matterId, category: 'street-lamp', area: 'harbour', text: { es: LAMP.text } },
    ]);
    const whole = await json(site.as('lin', 'GET', `/api/v1/matters/${matterId}/file`));
    expect(whole).toMatchObject({
      people: [{ role: 'reporter', name: reporter.name, email: reporter.email }],
    });
    for (const path of ['queue', `${matterId}/file`]) {
      const refused = await site.as('pia', 'GET', `/api/v1/matters/${path}`);
      expect(await problem(refused)).toMatchObject({ status: 403, code: 'role-missing' });
    }
  });

  it('is assigned without the log saying to whom', async () => {
    const { position } = await moved(
      lamp.matterId,
      { department: 'works', reason: 'wrong-department' },
      'assign',
    );
    const { data } = (await events()).findLast(({ type }) => type === 'MatterAssigned') as LogEvent;
    expect(Object.keys(data).sort()).toEqual(['details', 'matterId']);
    const queue = await json<{ items: object[] }>(
      site.as('lin', 'GET', `/api/v1/matters/queue?department=works&atLeast=${position}`),
    );
    expect(queue.items).toMatchObject([{ id: lamp.matterId, department: 'works' }]);
  });

  it('confirms the address with a code that is tried five times at most', async () => {
    const people = site.running.app.get(People, { strict: false });
    const [person] = await people.ofMatter(lamp.matterId);
    const code = await site.running.app.get(Codes, { strict: false }).newCode(person!.personId);
    const other = code === '000000' ? '000001' : '000000';
    const confirm = (given: string) => post(site, '/by-link/confirmations', { link: lamp.link, code: given });
    for (let tries = 0; tries < 5; tries++) {
      expect(await problem(await confirm(other))).toMatchObject({ code: 'code-wrong' });
    }
    expect(await problem(await confirm(code))).toMatchObject({ code: 'code-tried-too-often' });
    await json(confirm(await site.running.app.get(Codes, { strict: false }).newCode(person!.personId)));
    expect(await problem(await confirm(code))).toMatchObject({ code: 'matter-confirmed' });
  });

  it('is shown once it is released, with its place and its history', async () => {
    const receipt = await moved(lamp.matterId, { place: true }, 'release');
    const shown = await see(lamp.matterId, receipt);
    expect(shown).toMatchObject({
      category: 'street-lamp',
      area: 'harbour',
      department: 'works',
      text: { es: LAMP.text },
      place: LAMP_AT,
      target: '2026-05-15T21:59:59.999Z',
    });
    expect(shown.history.map(({ what }) => what)).toEqual([
      'MatterFiled',
      'MatterAssigned',
      'MatterConfirmed',
      'MatterReleased',
    ]);
    for (const query of [
      'category=street-lamp',
      'area=city',
      'department=works',
      'stateKind=open',
      'kind=complaint',
    ]) {
      const list = await json<{ items: { id: string }[] }>(site.fetch(`/api/v1/matters?${query}`));
      expect([query, list.items.map(({ id }) => id)]).toEqual([query, [lamp.matterId]]);
    }
    for (const query of [
      'category=pothole',
      'area=market',
      'department=lighting',
      'stateKind=closed',
      'kind=thanks',
    ]) {
      const list = await json<{ items: object[] }>(site.fetch(`/api/v1/matters?${query}`));
      expect([query, list.items]).toEqual([query, []]);
    }
  });

  it('is joined, once for each address that is confirmed, and without one apart', async () => {
    const xuan = { language: 'es', email: 'xuan@Example.org' };
    joiner = await json(post(site, `/${lamp.matterId}/joinings`, xuan), 201);
    const seen = await json(post(site, '/by-link/views', { link: joiner.link }));
    expect(seen).toEqual({ role: 'joiner', email: 'given', matterId: lamp.matterId });
    const last = await json<typeof joiner>(post(site, `/${lamp.matterId}/joinings`, { language: 'en' }), 201);
    anybody = last;
    expect(await see(lamp.matterId, last)).toMatchObject({ joined: 0, unconfirmed: 1 });
    const again = { ...xuan, email: 'xuan@example.org' };
    const other = await json<{ link: string }>(post(site, `/${lamp.matterId}/joinings`, again), 201);
    const people = site.running.app.get(People, { strict: false });
    const receipts: Receipt[] = [];
    for (const { link } of [joiner, other]) {
      const code = await site.running.app
        .get(Codes, { strict: false })
        .newCode((await people.byLink(link))!.personId);
      receipts.push(await json<Receipt>(post(site, '/by-link/confirmations', { link, code })));
    }
    expect(await see(lamp.matterId, receipts[0]!)).toMatchObject({ joined: 1, unconfirmed: 1 });
  });

  it('waits for its reporter with a clock that stands, until she says more', async () => {
    const words = { es: '¿Qué farola es?' };
    const waiting = await see(lamp.matterId, await moved(lamp.matterId, { state: 'waiting', words }));
    expect(waiting).toMatchObject({ state: 'waiting', waitingSince: expect.stringMatching(/^2026-05-01T/) });
    clock.advance(3 * DAY_MS);
    const added = await json<Receipt>(
      post(site, '/by-link/additions', { link: lamp.link, text: 'La segunda desde la plaza.' }),
    );
    const resumed = await see(lamp.matterId, added);
    // Three days later than before.
    expect(resumed).toMatchObject({ state: 'in-progress', due: '2026-08-06T21:59:59.999Z' });
    // Her words are hers until staff has looked at them.
    expect(resumed.history.at(-1)).not.toHaveProperty('words');
    const own = await json<{ matter: MatterJson }>(post(site, '/by-link/views', { link: lamp.link }));
    expect(own.matter.history.at(-1)?.words).toEqual({ es: 'La segunda desde la plaza.' });
    const addition = (await events()).findLast(
      ({ type }) => type === 'MatterAdded',
    ) as LogEvent<'MatterAdded'>;
    const released = await moved(lamp.matterId, { ids: [addition.data.words!.id] }, 'release-additions');
    expect((await see(lamp.matterId, released)).history.at(-1)?.words).toEqual({
      es: 'La segunda desde la plaza.',
    });
    const others = await act(site, 'lin', lamp.matterId, 'release-additions', { ids: [lamp.matterId] });
    expect(await problem(others)).toMatchObject({ code: 'content-unknown' });
  });

  it('takes an older update into its history alone', async () => {
    const happenedAt = '2026-05-01T12:00:00.000Z';
    const late = await see(lamp.matterId, await moved(lamp.matterId, { state: 'scheduled', happenedAt }));
    expect(late.state).toBe('in-progress');
    expect(late.history.at(-1)).toMatchObject({ what: 'MatterMoved', state: 'scheduled', happenedAt });
  });

  it('is answered, rated, opened again by its reporter, and answered once more', async () => {
    const answer = await moved(lamp.matterId, { state: 'answered', words: { es: 'Iremos.' } }, 'answer');
    const answered = await see(lamp.matterId, answer);
    expect(answered).toMatchObject({ state: 'answered', stateKind: 'closed', inTime: true });
    expect(answered).not.toHaveProperty('fixedAt');
    expect(answered.history.at(-1)?.words).toEqual({ es: 'Iremos.' });
    await json(post(site, '/by-link/ratings', { link: lamp.link, stars: 2 }));
    const reopened = await json<Receipt>(
      post(site, '/by-link/reopenings', { link: lamp.link, text: 'Sigue apagada.' }),
    );
    const open = await see(lamp.matterId, reopened);
    expect(open).toMatchObject({ state: 'open', reopened: 1, due: '2026-08-04T21:59:59.999Z' });
    await moved(lamp.matterId, { state: 'resolved', words: { es: 'Cambiada.' } }, 'answer');
    const not = await json<Receipt>(post(site, '/by-link/fixes', { link: lamp.link, fixed: false }));
    expect(not.events.map(({ type }) => type)).toEqual(['FixReported', 'MatterReopened']);
    expect((await see(lamp.matterId, not)).reopened).toBe(2);
    await moved(lamp.matterId, { state: 'resolved', words: { es: 'Ahora sí.' } }, 'answer');
    const fixed = await json<Receipt>(post(site, '/by-link/fixes', { link: lamp.link, fixed: true }));
    expect(await see(lamp.matterId, fixed)).toMatchObject({ stateKind: 'fixed', reopened: 2 });
  });

  it('loses those who joined and leave', async () => {
    const left = await json<Receipt>(post(site, '/by-link/erasures', { link: joiner.link }));
    expect(await see(lamp.matterId, left)).toMatchObject({ joined: 0, unconfirmed: 1 });
    const last = await json<Receipt>(post(site, '/by-link/erasures', { link: anybody.link }));
    expect(await see(lamp.matterId, last)).toMatchObject({ joined: 0, unconfirmed: 0 });
  });

  it('is erased by its reporter, and nothing of hers is left, nor of who joined', async () => {
    const left = (await pool.query('select id from contents')).rows.length;
    const erased = await json<Receipt>(post(site, '/by-link/erasures', { link: lamp.link }));
    const { rows } = await pool.query<{ media_type: string; bytes: Buffer }>(
      'select media_type, bytes from contents',
    );
    // Text, place, what she said more and again, and both details.
    expect(rows).toHaveLength(left - 6);
    const kept = rows.map(({ bytes }) => bytes.toString()).join('\n');
    for (const hers of [LAMP.text, LAMP_AT.address, 'segunda desde la plaza', 'Sigue apagada', 'nela']) {
      expect([hers, kept.includes(hers)]).toEqual([hers, false]);
    }
    const people = await pool.query('select from matter_people where matter_id = $1', [lamp.matterId]);
    expect(people.rows).toEqual([]);
    const gone = await post(site, '/by-link/views', { link: lamp.link });
    expect(await problem(gone)).toMatchObject({ status: 404, code: 'link-unknown' });
    const after = await see(lamp.matterId, erased);
    expect(after).toMatchObject({ category: 'street-lamp', area: 'harbour', erased: 'gdpr-17', text: {} });
    expect(after.history.filter(({ words }) => words !== undefined)).not.toHaveLength(0);
  });

  it('is the same when anybody folds the log again', async () => {
    const log = await events();
    await site.fetch(`/api/v1/matters?atLeast=${log.length - 1}`);
    for (const view of [mattersView, matterStepsView] as unknown as Projection[]) {
      const rows = [...foldInto(view, new Map<string, unknown>(), log)].sort(byKeyBytes);
      expect(rows.length).toBeGreaterThan(0);
      const { digest } = await digestOf(pool, nodeCrypto, view);
      expect([view.name, digest]).toEqual([view.name, toBase64url(viewDigest(nodeCrypto, view, rows))]);
    }
  });

  it('leaves no name, address, link or word in the log or in what the server logs', async () => {
    const written = JSON.stringify(await events(), (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(logged).toContain('/api/v1/matters/by-link/additions');
    for (const secret of [lamp.link, joiner.link, reporter.email, 'Nela', 'xuan', 'farola', 'Faro']) {
      expect([secret, written.includes(secret), logged.includes(secret)]).toEqual([secret, false, false]);
    }
    const { rows } = await pool.query<{ row: string }>('select l::text as row from matter_links l');
    expect(rows.map(({ row }) => row).join()).not.toContain(joiner.link);
  });
});

describe('a filing', () => {
  it('that comes again is one matter, with a link that works', async () => {
    const id = newCommandId();
    const [first, second] = [
      await json<Filed>(post(site, '', LAMP, id), 201),
      await json<Filed>(post(site, '', LAMP, id), 201),
    ];
    expect([second.matterId, second.repeated]).toEqual([first.matterId, true]);
    await site.fetch(`/api/v1/matters?atLeast=${first.position}`);
    for (const { link } of [first, second]) {
      expect(await json(post(site, '/by-link/views', { link }))).toMatchObject({ matterId: first.matterId });
    }
    const other = await post(site, '', { ...LAMP, text: 'Otra cosa.' }, id);
    expect(await problem(other)).toMatchObject({ status: 422, code: 'command-id-reused' });
  });

  it('that comes twice at the same moment is one matter', async () => {
    const id = newCommandId();
    const both = await Promise.all(
      [1, 2].map(() => json<Filed>(post(site, '', { ...LAMP, text: 'Dos farolas.' }, id), 201)),
    );
    expect(new Set(both.map(({ matterId }) => matterId)).size).toBe(1);
    await site.fetch(`/api/v1/matters?atLeast=${both[0]!.position}`);
    const { matter } = await json<{ matter: MatterJson }>(
      post(site, '/by-link/views', { link: both[1]!.link }),
    );
    expect(matter.text).toEqual({ es: 'Dos farolas.' });
  });

  it.each<[code: string, field: string, change: object]>([
    ['category-unknown', 'category', { category: 'moon' }],
    ['kind-not-taken', 'kind', { category: 'lighting-group' }],
    ['place-outside-city', 'place', { place: { lat: 40_000_000, long: -3_700_000 } }],
    ['place-incomplete', 'place', { place: { lat: 43_565_000 } }],
    ['area-not-in-city', 'area', { place: undefined, area: 'atlantis' }],
    ['answer-missing', 'answers.lamp', { answers: {} }],
    ['answer-not-of-list', 'answers.lamp', { answers: { lamp: 'blue' } }],
    ['answer-not-one', 'answers.lamp', { answers: { lamp: ['off', 'broken'] } }],
    ['answer-unknown', 'answers.colour', { answers: { lamp: 'off', colour: 'x' } }],
    ['text-too-long', 'text.es', { text: 'a'.repeat(4_001) }],
    ['text-empty', 'text.es', { text: ' \n ' }],
    ['text-control-character', 'text.es', { text: 'a\u202eb' }],
    ['email-missing', 'reporter.email', { category: 'noise', answers: {} }],
    ['email-invalid', 'reporter.email', { reporter: { email: 'nela at example' } }],
    ['photo-unknown', 'photos.0', { photos: ['3a1c9a58-6f0e-4b8e-9a52-0d5d9f1f7c20'] }],
    ['invalid-input', 'kind', { kind: 'void' }],
    ['invalid-input', 'place.lat', { place: { lat: 43.5, long: -6 } }],
  ])('is refused with %s in %s', async (code, field, change) => {
    const before = (await pool.query('select from matter_people')).rowCount;
    const refused = await post(site, '', { ...LAMP, ...change });
    expect(await problem(refused)).toMatchObject({ status: 422, code, field });
    expect((await pool.query('select from matter_people')).rowCount).toBe(before);
  });

  it('takes photos that are nobody’s yet, and no content that is somebody’s, which an erasure would take along', async () => {
    const contents = site.running.app.get(Contents, { strict: false });
    const photo = async () => {
      const bytes = Buffer.from('\xff\xd8\xff\xe0', 'latin1');
      return accepted(await contents.addFile({ mediaType: 'image/jpeg', bytes })).id;
    };
    const [first, second] = [await photo(), await photo()];
    const { link, position } = await file(site, { ...LAMP, photos: [first] });
    const id = newCommandId();
    const add = () => post(site, '/by-link/additions', { link, photos: [second] }, id);
    await json(add());
    expect(await json(add())).toMatchObject({ repeated: true });
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    const { rows } = await pool.query<{ id: string }>(
      "select id from contents where media_type = 'text/plain' limit 1",
    );
    for (const taken of [first, second, rows[0]!.id]) {
      const refused = await post(site, '', { ...LAMP, photos: [taken] });
      expect(await problem(refused)).toMatchObject({ code: 'photo-unknown', field: 'photos.0' });
      const added = await post(site, '/by-link/additions', { link, photos: [taken] });
      expect(await problem(added)).toMatchObject({ code: 'photo-unknown' });
    }
    await json(post(site, '/by-link/erasures', { link }));
    expect((await pool.query('select from contents where id = any($1)', [[first, second]])).rowCount).toBe(0);
  });

  it('takes markup as the words that it is', async () => {
    const text = '<b>apagada</b> & <script>alert(1)</script>';
    const { matterId, link, position } = await file(site, { ...LAMP, text });
    await site.fetch(`/api/v1/matters?atLeast=${position}`);
    const { matter } = await json<{ matter: MatterJson }>(post(site, '/by-link/views', { link }));
    expect([matter.id, matter.text]).toEqual([matterId, { es: text }]);
  });
});

describe('a matter that its reporter wants nobody to see', () => {
  it('is answered and never released', async () => {
    const { matterId, link } = await file(site, { ...LAMP, private: true });
    const refused = await act(site, 'lin', matterId, 'release', { place: true });
    expect(await problem(refused)).toMatchObject({ status: 409, code: 'matter-private' });
    const { position } = await moved(matterId, { state: 'answered', words: { es: 'Gracias.' } }, 'answer');
    expect((await site.fetch(`/api/v1/matters/${matterId}?atLeast=${position}`)).status).toBe(404);
    const { matter } = await json<{ matter: MatterJson }>(post(site, '/by-link/views', { link }));
    expect(matter.history.at(-1)?.words).toEqual({ es: 'Gracias.' });
    const { rows } = await pool.query("select from contents where bytes like '%Gracias.%'");
    expect(rows).toHaveLength(1);
  });
});

describe('matters that say the same', () => {
  it('are put into a case, and all are answered with it', async () => {
    const [one, two, three] = [await file(site), await file(site), await file(site)];
    for (const { matterId } of [one, two]) await moved(matterId, { place: false }, 'release');
    const gathered = await moved(one.matterId, { members: [two.matterId, three.matterId] }, 'gather');
    expect(gathered).toMatchObject({ gathered: 2 });
    // The third is not released: the log must not say what it goes with.
    const log = await events();
    expect(
      log.filter(({ type }) => type === 'MatterGathered').map(({ data }) => Object.keys(data).sort()),
    ).toEqual([['into', 'matterId'], ['matterId']]);
    await moved(one.matterId, { state: 'resolved', words: { es: 'Todas.' } }, 'answer');
    const { length } = await events();
    await site.fetch(`/api/v1/matters?atLeast=${length - 1}`);
    for (const { link } of [one, two, three]) {
      const { matter } = await json<{ matter: MatterJson }>(post(site, '/by-link/views', { link }));
      expect([matter.state, matter.history.at(-1)?.words]).toEqual(['resolved', { es: 'Todas.' }]);
    }
    await json(act(site, 'lin', two.matterId, 'separate'));
    const apart = await act(site, 'lin', two.matterId, 'separate');
    expect(await problem(apart)).toMatchObject({ code: 'matter-not-in-case' });
  });

  it('are closed as duplicates, and their people join the other', async () => {
    const [kept, same] = [await file(site), await file(site, { ...LAMP, reporter })];
    await moved(kept.matterId, { place: false }, 'release');
    await moved(same.matterId, { of: kept.matterId }, 'duplicate');
    const { length } = await events();
    const shown = await see(kept.matterId, { position: String(length - 1) });
    expect(shown.joined).toBe(1);
    const { matter } = await json<{ matter: MatterJson & { of: string } }>(
      post(site, '/by-link/views', { link: same.link }),
    );
    expect([matter.state, matter.of]).toEqual(['duplicate', kept.matterId]);
    const reopened = await post(site, '/by-link/reopenings', { link: same.link });
    expect(await problem(reopened)).toMatchObject({ code: 'matter-duplicate' });
  });
});

describe('staff', () => {
  it('hides a public matter with its words, and shows it again', async () => {
    const { matterId } = await file(site);
    await moved(matterId, { place: true }, 'release');
    await moved(matterId, { reason: 'insult' }, 'hide');
    const { length } = await events();
    expect((await site.fetch(`/api/v1/matters/${matterId}?atLeast=${length - 1}`)).status).toBe(404);
    await moved(matterId, { place: true }, 'release');
    const after = await events();
    const shown = await see(matterId, { position: String(after.length - 1) });
    expect(shown.text).toEqual({ es: LAMP.text });
  });

  it.each<[code: string, what: string, body: object]>([
    ['state-unknown', 'move', { state: 'flying' }],
    ['state-unknown', 'move', { state: 'duplicate' }],
    ['responsible-missing', 'move', { state: 'not-responsible' }],
    ['happened-in-future', 'move', { state: 'scheduled', happenedAt: '2099-01-01T00:00:00.000Z' }],
    ['happened-before-filing', 'move', { state: 'scheduled', happenedAt: '2020-01-01T00:00:00.000Z' }],
    ['department-unknown', 'assign', { department: 'moon' }],
    ['matter-open', 'reopen', { words: { es: 'x' } }],
    ['matter-not-released', 'hide', { reason: 'insult' }],
    ['text-missing', 'answer', { state: 'answered', words: {} }],
    ['role-missing', 'erase', { basis: 'gdpr-17' }],
  ])('is refused with %s: %s %j', async (code, what, body) => {
    const { matterId } = await file(site);
    expect(await problem(await act(site, 'lin', matterId, what, body))).toMatchObject({ code });
    expect(await problem(await act(site, 'pia', matterId, what, body))).toMatchObject({
      code: 'role-missing',
    });
  });
});

/** The whole program with Open311 switched on, in a city with services, requests of four months and a listener. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CommandBus } from '@nestjs/cqrs';
import type { NewEvent } from '../../projections/event.js';
import { FileMatter } from '../../src/complaints/filing.commands.js';
import { RESIDENT } from '../../src/complaints/matter.js';
import { AnswerMatter } from '../../src/complaints/matters.commands.js';
import { Matters } from '../../src/complaints/matters.js';
import { ReleaseMatter } from '../../src/complaints/release.commands.js';
import { ContentLife } from '../../src/contents/content-life.js';
import { type By, CommandLog, isRejection } from '../../src/event-store/command-log.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { COMMAND_LOG, EVENT_STORE } from '../../src/platform.module.js';
import { hashKey } from '../../src/staff/keys.js';
import { Views } from '../../src/views/views.js';
import { Site } from '../rest/site.js';
import type { City } from './probe.js';

const KEY = 'a key of a system of the city';
const OTHER_KEY = 'a key of anybody’s program';
const DAY_MS = 86_400_000;
const BUSY = 1_050;
const INSIDE = { lat: 43.5453, long: -6.0615 };

const SETTING = {
  contact: 'open311@vota.example.org',
  keys: [
    { name: 'works', keyHash: hashKey(KEY), moves: true },
    { name: 'fixmystreet', keyHash: hashKey(OTHER_KEY) },
  ],
};
const CATEGORIES = {
  categories: [
    { id: 'streets', name: { es: 'Calles' }, kinds: [] },
    { id: 'lights', parent: 'streets', name: { es: 'Farolas' }, keywords: ['luz', 'noche'], targetDays: 10 },
    { id: 'litter', name: { es: 'Basura' }, description: { es: 'Lo que hay por el suelo' } },
    { id: 'trees', name: { es: 'Árboles' }, confirm: true, anonymous: false },
    {
      id: 'poles',
      name: { es: 'Postes' },
      notice: { es: 'Si hay cables al aire, llame al 112.' },
      questions: [
        { code: 'number', datatype: 'string', required: true, text: { es: '¿Qué número tiene?' } },
        { code: 'lamps', datatype: 'number', text: { es: '¿Cuántas?' }, hint: { es: 'Un número' } },
        { code: 'since', datatype: 'datetime', text: { es: '¿Desde cuándo?' } },
        { code: 'more', datatype: 'text', text: { es: '¿Algo más?' } },
        {
          code: 'colour',
          datatype: 'singlevaluelist',
          text: { es: '¿Color?' },
          values: named('red', 'blue'),
        },
        {
          code: 'hours',
          datatype: 'multivaluelist',
          text: { es: '¿A qué horas?' },
          values: named('day', 'night'),
        },
        { code: 'read', datatype: 'string', variable: false, text: { es: 'No toque el poste.' } },
      ],
    },
  ],
};

export type OpenCity = Awaited<ReturnType<typeof openCity>>;

export async function openCity() {
  const site = await Site.start({}, { CONCEJO_OPEN311: JSON.stringify(SETTING) });
  const { app } = site.running;
  const [commands, log, views, matters, life, store] = [
    app.get(CommandBus, { strict: false }),
    app.get<CommandLog>(COMMAND_LOG, { strict: false }),
    app.get(Views, { strict: false }),
    app.get(Matters, { strict: false }),
    app.get(ContentLife, { strict: false }),
    app.get<EventStore>(EVENT_STORE, { strict: false }),
  ];
  const seen = async () => views.atLeast(await store.head(), 20_000);
  const by = (id: string, roles: readonly string[] = []): By => {
    const commandId = randomUUID();
    return { commandId, actor: { id, roles }, request: Buffer.from(commandId) };
  };
  const lin = () => by('lin', ['listener']);

  for (const [path, body] of [
    ['/api/v1/city', JSON.parse(readFileSync('docs/city.example.json', 'utf8')) as unknown],
    ['/api/v1/matters/categories', CATEGORIES],
  ] as const) {
    const put = await site.as('ana', 'PUT', path, { body, id: randomUUID() });
    if (put.status !== 200) throw new Error(`${path}: ${put.status} ${await put.text()}`);
    await seen();
  }

  /** Public requests of another time, straight into the log: their commands would take the time of today. */
  const text = accepted(await matters.write({ es: 'Un banco roto' }, 'text'));
  const details = await matters.record({
    category: 'litter',
    answers: {},
    text,
    photos: [],
    private: false,
    language: 'es',
  });
  const put = async (matterId: string, category: string, ageMs: number, isOpen: boolean) => {
    const at = new Date(Date.now() - ageMs).toISOString();
    const move = { state: 'resolved', stateKind: 'fixed', stops: false, happenedAt: at };
    const events = [
      { type: 'MatterFiled', data: { matterId, kind: 'complaint', details } },
      { type: 'MatterReleased', data: { matterId, category, text, photos: [] } },
      ...(isOpen ? [] : [{ type: 'MatterMoved', data: { matterId, ...move } }]),
    ] as NewEvent[];
    const meta = { commandId: matterId, actor: RESIDENT.id, at, request: new Uint8Array() };
    const stream = `matter-${matterId}`;
    accepted(
      await log.run({ stream, meta, initial: undefined, evolve: () => undefined, decide: () => events }),
    );
  };
  const older = randomUUID();
  await put(older, 'lights', 120 * DAY_MS, true);
  accepted(await life.release([text.id], lin()));
  await Promise.all(
    Array.from({ length: BUSY }, (_, n) => put(randomUUID(), 'litter', n * 60_000 + 1, n % 2 === 0)),
  );
  const secret = {
    kind: 'complaint',
    category: 'lights',
    text: 'Nadie más',
    language: 'es',
    private: true,
  } as const;
  const { matterId: hidden } = accepted(await commands.execute(new FileMatter(secret, by(RESIDENT.id))));
  await seen();

  const baseUrl = `${site.origin}/open311/v2/`;
  const facts: City = {
    baseUrl,
    apiKey: KEY,
    plain: 'lights',
    asking: 'poles',
    batch: 'trees',
    busy: 'litter',
    older,
    hidden,
    inside: INSIDE,
    outside: { lat: 40.4168, long: -3.7038 },
    now: () => new Date(),
    confirm: async (token) => {
      accepted(await matters.run(token, { do: 'confirm' }, by('system')));
      await seen();
    },
    release: async (id) => {
      accepted(await commands.execute(new ReleaseMatter(id, { place: true }, lin())));
    },
    close: async (id, words) => {
      const answer = { state: 'resolved', words: { es: words } };
      accepted(await commands.execute(new AnswerMatter(id, answer, lin())));
    },
    seen,
  };
  return {
    site,
    facts,
    otherKey: OTHER_KEY,
    /** Files a request and gives its id. */
    file: async (more: Readonly<Record<string, string>> = {}) => {
      const body = new URLSearchParams({
        api_key: OTHER_KEY,
        service_code: 'lights',
        lat: String(INSIDE.lat),
        long: String(INSIDE.long),
        description: `Una farola ${randomUUID()}`,
        ...more,
      });
      const answer = await fetch(`${baseUrl}requests.json`, { method: 'POST', body });
      const [filed] = (await answer.json()) as [{ service_request_id: string }];
      await seen();
      return filed.service_request_id;
    },
    /** Every leaf of the log as text. */
    logText: async () => {
      const leaves: string[] = [];
      for await (const page of store.readAll(-1n)) {
        leaves.push(...page.map(({ leaf }) => Buffer.from(leaf).toString()));
      }
      return leaves.join('\n');
    },
  };
}

function named(...keys: string[]) {
  return keys.map((key) => ({ key, name: { es: key } }));
}

function accepted<T extends object>(answer: T): Exclude<T, { rejected: string }> {
  if (isRejection(answer)) throw new Error(`rejected: ${JSON.stringify(answer)}`);
  return answer as Exclude<T, { rejected: string }>;
}

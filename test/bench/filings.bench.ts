/**
 * Filing over HTTP into `concejo serve`, by the clock, whatever comes back: without photos, where what was acknowledged is held
 * against the log; and with a photo as a telephone makes it, by the form of the pages. The load is this process, the program
 * another one. It believes what a proxy says of addresses, since many people are meant, and each address has its limit.
 */
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { utf8 } from '../../projections/bytes.js';
import { createContext } from '../../src/app.js';
import { ImportCity } from '../../src/city/city.commands.js';
import { DescribeCategories } from '../../src/categories/categories.commands.js';
import { DEMO_CATEGORIES } from '../../src/demo/categories.js';
import { DEMO_CITY } from '../../src/demo/city.js';
import { makePool } from '../../src/postgres/pools.js';
import { makeLog } from '../../src/rest/logger.js';
import { readSettings } from '../../src/settings.js';
import { largePhoto } from '../photos/pictures.js';
import { chance, CITY_BOX, textOf } from './matter-contents.js';
import { mostMegabytes } from './process-watch.js';
import { assertAllAnswered, from, LoadGenerator, percentile, postRequest, told } from './raw-http.js';
import { quietLog } from './scratch.js';
import { untilIdle, withServed, type Place, type Served } from './served.js';

const CONNECTIONS = 256;
const PER_SECOND = 200;
const PHOTO_MS = 400;

interface Sizes {
  /** Of each round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly photos: number;
}
const FULL: Sizes = { seconds: 20, rounds: 3, photos: 30 };
const SHORT: Sizes = { seconds: 2, rounds: 1, photos: 2 };

/** Prints a line for each round. */
export async function run({ short }: { short: boolean }): Promise<void> {
  const sizes = short ? SHORT : FULL;
  await withServed(describeCity, { TRUST_PROXY: 'yes' }, async (served) => {
    const pool = makePool(served.ownerUrl, quietLog, { max: 2 });
    try {
      await untilIdle(served);
      await withoutPhotos(served, pool, sizes);
      await withPhotos(served, pool, sizes);
      console.log(`filings: the server had ${(await mostMegabytes(served.pid)) ?? '?'} MB at most`);
    } finally {
      await pool.end();
    }
  });
}

async function withoutPhotos(served: Served, pool: Pool, { seconds, rounds }: Sizes): Promise<void> {
  const load = await LoadGenerator.open([served.port], CONNECTIONS);
  let filed = 0;
  const file = async (many: number) => {
    const requests = Array.from({ length: many }, () => filing(filed++));
    return load.openLoop(requests, PER_SECOND);
  };
  try {
    let acknowledged = (await file(PER_SECOND)).answers.get(201) ?? 0;
    for (let round = 1; round <= rounds; round++) {
      const { done, cost } = await served.cost(PER_SECOND * seconds, () => file(PER_SECOND * seconds));
      acknowledged += done.answers.get(201) ?? 0;
      const others = [...done.answers].filter(([status]) => status !== 201);
      console.log(
        `filings without photo, ${PER_SECOND}/s, round ${round}: ${done.perSecond.toFixed(1)}/s kept up, ` +
          `${others.map(([status, times]) => `${times} answered ${status}, `).join('')}${told(done)}; ${cost}`,
      );
    }
    console.log(`filings without photo: ${acknowledged} acknowledged, ${await found(pool)}`);
    await assertKept(pool, acknowledged);
  } finally {
    load.close();
  }
}

async function withPhotos(served: Served, pool: Pool, { photos: many }: Sizes): Promise<void> {
  const photo = await largePhoto();
  const what = `filings with a photo of ${(photo.length / 1e6).toFixed(1)} MB`;
  const load = await LoadGenerator.open([served.port], CONNECTIONS);
  let filed = 0;
  const requests = (count: number) =>
    Promise.all(Array.from({ length: count }, () => photoFiling(photo, filed++)));
  try {
    for (const request of await requests(2)) await load.openLoop([request], 1);
    const alone = await served.cost(many, async () => {
      const latencies: number[] = [];
      for (const request of await requests(many)) {
        const one = await load.openLoop([request], 1);
        assertAllAnswered(one, 201);
        latencies.push(one.latencies[0] ?? NaN);
      }
      return { perSecond: NaN, latencies: Float64Array.from(latencies).sort() };
    });
    console.log(`${what}, one after another: ${told(alone.done)}, ${ratio(alone.done)}; ${alone.cost}`);
    for (const perSecond of [2, 4]) {
      const sent = await requests(many);
      const { done, cost } = await served.cost(many, () => load.openLoop(sent, perSecond));
      assertAllAnswered(done, 201);
      console.log(`${what}, ${perSecond}/s: ${told(done)}, ${ratio(done)}; ${cost}`);
    }
    const { rows } = await pool.query<{ photos: bigint }>(
      "select count(*) as photos from contents join photo_previews on photo_id = id where kept and media_type = 'image/jpeg'",
    );
    if (Number(rows[0]?.photos) !== filed)
      throw new Error(`${String(rows[0]?.photos)} of ${filed} photos are there`);
  } finally {
    load.close();
  }
}

function ratio({ latencies }: { latencies: Float64Array }): string {
  const [p50, p95] = [50, 95].map((percent) => (percentile(latencies, percent) / PHOTO_MS).toFixed(2));
  return `ratio to ${PHOTO_MS} ms ${p50}, of p95 ${p95}`;
}

/** By somebody at an address of her own; every second one leaves an e-mail address. */
function filing(i: number): Buffer {
  const place = { ...pointOf(i), address: `Calle del Faro, ${i % 90}` };
  const body = {
    ...{ kind: 'complaint', category: 'street-lamp', text: textOf(i), language: 'es' },
    ...{ place, answers: { lamp: 'off' } },
    ...(i % 2 === 0 && { reporter: { email: `nela${i}@example.org` } }),
  };
  const headers = { 'idempotency-key': randomUUID(), ...from(i) };
  return postRequest('/api/v1/matters', 'application/json', utf8(JSON.stringify(body)), headers);
}

async function photoFiling(photo: Uint8Array, i: number): Promise<Buffer> {
  const form = new FormData();
  const { lat, long } = pointOf(i);
  const fields = {
    ...{ commandId: randomUUID(), kind: 'complaint', category: 'street-lamp', text: textOf(i) },
    ...{ lat: String(lat), long: String(long), 'answers.lamp': 'off', email: `nela${i}@example.org` },
  };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('photo', new Blob([Buffer.from(photo)], { type: 'image/jpeg' }), 'IMG_0001.jpg');
  const encoded = new Response(form);
  const type = encoded.headers.get('content-type') ?? '';
  const headers = { 'sec-fetch-site': 'same-origin', ...from(i) };
  return postRequest('/matters/new', type, new Uint8Array(await encoded.arrayBuffer()), headers);
}

function pointOf(i: number): { lat: number; long: number } {
  return {
    lat: CITY_BOX.south + Math.floor(chance(i, 5) * CITY_BOX.height),
    long: CITY_BOX.west + Math.floor(chance(i, 6) * CITY_BOX.width),
  };
}

interface Found {
  readonly matters: number;
  readonly reporters: number;
  readonly links: number;
  readonly contents: number;
}

async function counts(pool: Pool): Promise<Found> {
  const { rows } = await pool.query<Record<keyof Found, bigint>>(
    `select (select count(distinct stream) from events where type = 'MatterFiled') as matters,
       (select count(*) from matter_people where role = 'reporter') as reporters,
       (select count(*) from matter_links) as links,
       (select count(*) from contents where kept and media_type in ('text/plain', 'application/json')
          and id in (select unnest(contents) from matter_people)) as contents`,
  );
  const [row] = rows;
  const [matters, reporters] = [Number(row?.matters), Number(row?.reporters)];
  return { matters, reporters, links: Number(row?.links), contents: Number(row?.contents) };
}

async function found(pool: Pool): Promise<string> {
  const { matters, reporters, links, contents } = await counts(pool);
  return `in the log ${matters}, with ${reporters} reporters, ${links} links and ${contents} contents`;
}

/** @throws Error where something was acknowledged and is not there */
async function assertKept(pool: Pool, acknowledged: number): Promise<void> {
  const { matters, reporters, links, contents } = await counts(pool);
  const isWhole =
    matters === acknowledged && reporters >= matters && links >= matters && contents >= 2 * matters;
  if (!isWhole) throw new Error('Filings were acknowledged that are not there, or the other way round');
}

async function describeCity({ env }: Place): Promise<void> {
  const running = await createContext(readSettings(env), { log: makeLog('warn') });
  try {
    const commands = running.app.get(CommandBus, { strict: false });
    const by = (step: string) => ({
      commandId: `bench-command-${step}`,
      actor: { id: 'system', roles: [] },
      request: utf8(step),
    });
    const holidays = { calendar: 'villaficticia', years: { '2026': ['2026-01-01'], '2027': ['2027-01-01'] } };
    const answers = [
      await commands.execute(new ImportCity({ ...DEMO_CITY, holidays }, by('city'))),
      await commands.execute(new DescribeCategories(DEMO_CATEGORIES, by('categories'))),
    ];
    for (const answer of answers) {
      if (!('position' in answer)) throw new Error(`The city was not described: ${JSON.stringify(answer)}`);
    }
  } finally {
    await running.close();
  }
}

/**
 * Lists, maps and near matters of 100,000, asked of `concejo serve` over HTTP as everybody asks: by the clock, whatever comes
 * back; and what staff asks at the desk, one question after another. The load is this process, the program another one.
 */
import { utf8 } from '../../projections/bytes.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { LISTENER } from '../../src/complaints/matter.js';
import { makePool } from '../../src/postgres/pools.js';
import { newStaffMember } from '../../src/staff/staff-file.js';
import {
  aboutOf,
  chance,
  CITY_BOX,
  crowdedPlace,
  placeOf,
  textOf,
  writeContents,
} from './matter-contents.js';
import { askAtDesk } from './matters-desk.js';
import { appendCategories, appendMatters, appendShown } from './matter-log.js';
import { mostMegabytes } from './process-watch.js';
import {
  assertAllAnswered,
  from,
  getRequest,
  LoadGenerator,
  percentile,
  postRequest,
  told,
  type OpenLoad,
} from './raw-http.js';
import { quietLog } from './scratch.js';
import { untilIdle, withServed, type Place, type Served } from './served.js';

const CONNECTIONS = 64;
const READS_PER_SECOND = 200;
const READ_MS = 50;
const NEAR_PER_SECOND = 5;
const NEAR_MS = 150;

interface Sizes {
  readonly matters: number;
  /** Of each round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Questions of each kind at the desk. */
  readonly asked: number;
}
const FULL: Sizes = { matters: 100_000, seconds: 15, rounds: 3, asked: 40 };
const SHORT: Sizes = { matters: 3_000, seconds: 2, rounds: 1, asked: 3 };

/** Prints a line for each kind of load and each round. */
export async function run({ short }: { short: boolean }): Promise<void> {
  const sizes = short ? SHORT : FULL;
  const fillIt = (place: Place) => fill(place, sizes.matters);
  const { member, key } = newStaffMember('lin', [LISTENER]);
  const more = { TRUST_PROXY: 'yes', CONCEJO_STAFF: JSON.stringify([member]) };
  await withServed(fillIt, more, (served) => measure(served, key, sizes));
}

async function measure(
  served: Served,
  key: string,
  { matters, seconds, rounds, asked }: Sizes,
): Promise<void> {
  const { origin, port, pid } = served;
  await untilIdle(served);
  await settle(served.ownerUrl);
  const name = `matters, ${matters} of a year`;
  const begun = performance.now();
  await (await fetch(origin + mapPath(0))).text();
  console.log(`${name}: the first map after the start in ${Math.round(performance.now() - begun)} ms`);
  const reads = await LoadGenerator.open([port], CONNECTIONS);
  const nears = await LoadGenerator.open([port], CONNECTIONS);
  try {
    const kinds: [what: string, path: (i: number) => string][] = [
      ['lists', listPath],
      ['map boxes', mapPath],
      ['lists and map boxes', (i) => (i % 2 === 0 ? listPath(i >> 1) : mapPath(i >> 1))],
    ];
    const read = (path: (i: number) => string) =>
      reads.openLoop(
        numbered(READS_PER_SECOND * seconds, (i) => getRequest(path(i), from(i))),
        READS_PER_SECOND,
      );
    const near = () => nears.openLoop(numbered(NEAR_PER_SECOND * seconds, nearRequest), NEAR_PER_SECOND);
    // Warms up what is measured: connections, plans and compiled code.
    await Promise.all([read(kinds[2]?.[1] ?? listPath), near()]);
    for (let round = 1; round <= rounds; round++) {
      for (const [what, path] of kinds) {
        const { done, cost } = await served.cost(READS_PER_SECOND * seconds, () => read(path));
        console.log(
          `${name}, round ${round}: ${READS_PER_SECOND} ${what}/s, ${shown(done, READ_MS)}; ${cost}`,
        );
      }
      const alone = await served.cost(NEAR_PER_SECOND * seconds, near);
      console.log(
        `${name}, round ${round}: ${NEAR_PER_SECOND} near/s alone, ${shown(alone.done, NEAR_MS)}; ${alone.cost}`,
      );
      const [other, beside] = await Promise.all([read(kinds[2]?.[1] ?? listPath), near()]);
      console.log(
        `${name}, round ${round}: ${NEAR_PER_SECOND} near/s beside the reads, ${shown(beside, NEAR_MS)}; ` +
          `the reads beside them, ${shown(other, READ_MS)}`,
      );
    }
  } finally {
    reads.close();
    nears.close();
  }
  await askAtDesk(name, origin, key, asked);
  console.log(`${name}: the server had ${(await mostMegabytes(pid)) ?? '?'} MB at most`);
}

function shown(load: OpenLoad, target: number): string {
  assertAllAnswered(load, 200);
  const ratio = percentile(load.latencies, 95) / target;
  return `${told(load)}, ratio of p95 to ${target} ms ${ratio.toFixed(2)}`;
}

function numbered<T>(many: number, make: (i: number) => T): T[] {
  return Array.from({ length: many }, (_, i) => make(i));
}

/** The first page: of all, by category, area, department, state, or two of them. */
function listPath(i: number): string {
  const { category, area, department } = aboutOf(i);
  const filters = [
    '',
    `?category=${category}`,
    `?area=${area}`,
    `?department=${department}`,
    '?stateKind=open',
    `?category=${category}&stateKind=fixed`,
  ];
  return `/api/v1/matters${filters[i % filters.length] ?? ''}`;
}

const ZOOMS = [13, 15, 16, 17, 18];

/** A map of 1,024 pixels by 768, of the whole city or of some streets; every fourth of one category. */
function mapPath(i: number): string {
  const zoom = ZOOMS[i % ZOOMS.length] ?? 13;
  // @see RFC 7946, section 5; the world is 360 degrees and 256 pixels wide at zoom 0, and here 1 degree north is 1.38 east
  const [wide, tall] = [(1_024 * 360) / (256 * 2 ** zoom), (768 * 360) / (256 * 2 ** zoom) / 1.38];
  const west = CITY_BOX.west / 1e6 + (chance(i, 20) * CITY_BOX.width) / 1e6 - wide / 2;
  const south = CITY_BOX.south / 1e6 + (chance(i, 21) * CITY_BOX.height) / 1e6 - tall / 2;
  const box = [west, south, west + wide, south + tall].map((degrees) => degrees.toFixed(6)).join(',');
  return `/api/v1/matters/map?bbox=${box}&zoom=${zoom}${i % 4 === 3 ? `&category=${aboutOf(i).category}` : ''}`;
}

/** Every second about what many have written about. */
function nearRequest(i: number): Buffer {
  const { category } = aboutOf(i);
  const { lat, long } = i % 2 === 0 ? crowdedPlace(category) : placeOf(i);
  const body = { lat, long, category, text: textOf(i + 7) };
  return postRequest('/api/v1/matters/near', 'application/json', utf8(JSON.stringify(body)), from(i));
}

async function fill({ url }: Place, matters: number): Promise<void> {
  const pool = makePool(url, quietLog, { max: 10 });
  const store = new PostgresEventStore(pool);
  try {
    await writeContents(pool, matters);
    await appendCategories(store);
    await appendMatters(store, matters);
    await appendShown(store, matters);
  } finally {
    await store.close();
    await pool.end();
  }
}

/** What PostgreSQL does by itself within a minute of a quiet night. */
async function settle(ownerUrl: string): Promise<void> {
  const pool = makePool(ownerUrl, quietLog, { max: 1, statementMs: 600_000 });
  try {
    await pool.query('vacuum analyze');
  } finally {
    await pool.end();
  }
}

/** The contents of a city on a database of its own, with the log, the views and a clock that stands still. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { areasView, cityView, departmentsView, holidaysView } from '../../projections/city.view.js';
import { contentsView } from '../../projections/contents.view.js';
import { CityImport } from '../../src/city/city-import.js';
import type { Clock } from '../../src/clock.js';
import { ContentLife } from '../../src/contents/content-life.js';
import { Contents, type ContentRef, type DamagedContent } from '../../src/contents/contents.js';
import { Erasures } from '../../src/contents/erasures.js';
import { ErasuresFile } from '../../src/contents/erasures-file.js';
import { Orphans } from '../../src/contents/orphans.js';
import { PublicContents } from '../../src/contents/public-contents.js';
import type { Texts } from '../../src/contents/text.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { type By, CommandLog, isRejection, type Rejection } from '../../src/event-store/command-log.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { ViewRunner } from '../../src/views/runner.js';
import { Views } from '../../src/views/views.js';
import { createTestDatabase } from '../database.js';

const views = [contentsView, cityView, areasView, departmentsView, holidaysView];
const TIMEOUT_MS = 10_000;

export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld() {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'concejo-contents-'));
  const pool = new Pool({ connectionString: database.url });
  pool.on('error', () => undefined);
  const store = new PostgresEventStore(pool);
  const runner = new ViewRunner(pool, store, nodeCrypto, views, { pollMs: 50 });
  const read = new Views(pool, views);
  const time = { now: new Date('2026-03-01T10:00:00.000Z') };
  const clock: Clock = { now: () => time.now, monotonicMs: () => time.now.getTime() };
  const log = new CommandLog(store, nodeCrypto, new Uint8Array(32));
  const contents = new Contents(pool, nodeCrypto, clock);
  const erasuresPath = join(folder, 'erasures.log');
  const erasuresFile = new ErasuresFile(erasuresPath);
  const erasures = new Erasures(pool, erasuresFile, read, log, contents, clock);
  const life = new ContentLife(log, contents, erasures, clock);
  const damaged: DamagedContent[] = [];
  runner.start();
  let commands = 0;
  return {
    pool,
    adminUrl: database.adminUrl,
    store,
    log,
    time,
    clock,
    contents,
    erasures,
    erasuresFile,
    erasuresPath,
    life,
    damaged,
    views: read,
    orphans: new Orphans(pool, store, read),
    public: new PublicContents(read, contents, (found) => damaged.push(found)),
    cityImport: new CityImport(store, log, contents, life, nodeCrypto, clock),
    by: (commandId = `command-${++commands}`): By => ({
      commandId,
      actor: { id: 'ana', roles: ['administrator'] },
      request: new TextEncoder().encode(commandId),
    }),
    /** Waits until the views have seen the whole log. */
    seen: async () => read.atLeast(await store.head(), TIMEOUT_MS),
    /** Types of all events in order. */
    types: async () => {
      const types: string[] = [];
      for await (const page of store.readAll(-1n)) types.push(...page.map((event) => event.type));
      return types;
    },
    close: async () => {
      await runner.stop();
      await read.close();
      await store.close();
      await pool.end();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Writes one text. */
export async function write(world: World, texts: Texts): Promise<ContentRef> {
  const [ref] = accepted(await world.contents.addTexts([{ texts, field: 'texts' }]));
  return ref!;
}

export function accepted<T extends object>(answer: T | Rejection): T {
  if (isRejection(answer)) throw new Error(`rejected: ${JSON.stringify(answer)}`);
  return answer;
}

/** A log that moves from engine to engine: broken off, run again, refused, and still what it was. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import type { NewEvent, RecordedEvent } from '../../projections/event.js';
import { merkleRoot } from '../../projections/hash.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { CommandLog } from '../../src/event-store/command-log.js';
import { copyLog, CopyRefused } from '../../src/event-store/copy-log.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { makePool } from '../../src/postgres/pools.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { granted, toAppend } from '../views/world.js';
import { newLog } from './eventstoredb-log.js';
import { append, logOf, newStream } from './samples.js';

const quiet = { info: () => undefined, warn: () => undefined };
const opened: { database: TestDatabase; pool: Pool; store: PostgresEventStore }[] = [];
afterAll(async () => {
  for (const { database, pool, store } of opened) {
    await store.close();
    await pool.end();
    await database.drop();
  }
});

async function newPostgres(): Promise<PostgresEventStore> {
  const database = await createTestDatabase();
  const pool = makePool(database.url, quiet, { max: 4 });
  const store = new PostgresEventStore(pool);
  opened.push({ database, pool, store });
  return store;
}

const DIGEST_KEY = new Uint8Array(32).fill(7);
let commands = 0;

/** A command of two events on a stream of its own, as rooms make them. */
function grant(store: EventStore, id = `command-${++commands}`) {
  const log = new CommandLog(store, nodeCrypto, DIGEST_KEY);
  const decided: NewEvent[] = [granted('ana', 'listener'), granted('ana', 'auditor')];
  return log.run({
    ...{ stream: `staff.${id}`, initial: 0, evolve: (n: number) => n + 1, decide: () => decided },
    meta: { commandId: id, actor: 'bea', at: '2026-10-01T08:00:00.000Z', request: utf8(id) },
  });
}

/** Streams that are long, interleaved and without commands, too. */
async function someLog(store: EventStore, rounds = 40): Promise<void> {
  const streams = [newStream(), newStream()];
  for (let round = 0; round < rounds; round++) {
    await grant(store);
    const [stream = ''] = round % 2 === 0 ? streams : streams.slice(1);
    const before = Math.floor(round / 2) * 3;
    const list = [0, 1, 2].map((i) => toAppend(granted('cai', 'auditor'), stream, 1_000_000 + round * 3 + i));
    await store.append(append(stream, before === 0 ? 'no-stream' : BigInt(before - 1), ...list));
  }
}

function rootOf(log: readonly RecordedEvent[]): string {
  return toBase64url(
    merkleRoot(
      nodeCrypto,
      log.map(({ hash }) => hash),
    ),
  );
}

const SAME = ['id', 'stream', 'type', 'revision', 'position', 'commandId', 'recordedAt'] as const;
function asText(log: readonly RecordedEvent[]): string[] {
  return log.map((event) => {
    const bytes = [event.leaf, event.hash, event.requestDigest ?? new Uint8Array()].map(toBase64url);
    return [
      ...SAME.map((name) => String(event[name] instanceof Date ? Number(event[name]) : event[name])),
      ...bytes,
    ].join(' ');
  });
}

async function refusal(copying: Promise<unknown>): Promise<string> {
  const error: unknown = await copying.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CopyRefused);
  return (error as CopyRefused).code;
}

describe('a copied log', () => {
  let source: PostgresEventStore;
  beforeAll(async () => {
    source = await newPostgres();
    await someLog(source);
  });

  it('is the same on every engine: leaves, places, instants, commands and root', async () => {
    const log = await logOf(source);
    for (const target of [await newPostgres(), new MemoryEventStore()]) {
      const copied = await copyLog(nodeCrypto, source, target, { pageSize: 7 });
      expect(copied).toMatchObject({
        found: 0n,
        copied: BigInt(log.length),
        size: BigInt(log.length),
        grew: false,
      });
      expect(toBase64url(copied.root)).toBe(rootOf(log));
      expect(asText(await logOf(target))).toEqual(asText(log));
      // And back, where a log is appended to in memory.
      const back = await newPostgres();
      await copyLog(nodeCrypto, target, back);
      expect(asText(await logOf(back))).toEqual(asText(log));
      // It goes on where the other stopped.
      expect(await grant(back)).toMatchObject({ position: BigInt(log.length + 1), repeated: false });
    }
  });

  it('is the same on EventStoreDB, broken off within a page and gone on with', async () => {
    const elsewhere = await newLog();
    const target = elsewhere.open();
    const log = await logOf(source);
    await target.copyIn(log.slice(0, 13));
    const copied = await copyLog(nodeCrypto, source, target, { pageSize: 50 });
    expect(copied).toMatchObject({ found: 13n, size: BigInt(log.length) });
    expect(toBase64url(copied.root)).toBe(rootOf(log));
    expect(asText(await logOf(target))).toEqual(asText(log));
    // And back.
    const back = await newPostgres();
    await copyLog(nodeCrypto, target, back);
    expect(asText(await logOf(back))).toEqual(asText(log));
    await elsewhere.close();
  }, 60_000);

  it('knows a command that was sent before the move, and sent again after it', async () => {
    const first = await grant(source, 'sent-before');
    for (const target of [await newPostgres(), new MemoryEventStore()]) {
      await copyLog(nodeCrypto, source, target);
      const head = await target.head();
      expect(await grant(target, 'sent-before')).toEqual({ ...first, repeated: true });
      expect(await target.head()).toBe(head);
    }
  });

  it('goes on where it was broken off, and takes what came since', async () => {
    const target = await newPostgres();
    const begun: string[] = [];
    const onBegin = async () => {
      begun.push(String(await target.head()));
    };
    const onProgress = (step: string, done: bigint) => {
      if (step === 'copying' && done >= 60n) throw new Error('cut');
    };
    await expect(copyLog(nodeCrypto, source, target, { pageSize: 20, onBegin, onProgress })).rejects.toThrow(
      'cut',
    );
    expect(await target.head()).toBe(59n);
    await grant(source);
    const size = (await source.head()) + 1n;
    const copied = await copyLog(nodeCrypto, source, target, { pageSize: 13, onBegin });
    expect(copied).toMatchObject({ found: 60n, copied: size - 60n, size });
    // Nothing is left to do, and nothing is begun.
    expect(await copyLog(nodeCrypto, source, target, { onBegin })).toMatchObject({ found: size, copied: 0n });
    expect(begun).toEqual(['-1', '59']);
  });

  it('says that the source went on meanwhile, and has what came', async () => {
    const target = await newPostgres();
    let more = 3;
    const onProgress = (step: string) => {
      if (step === 'copying' && more-- > 0) late.push(grant(source));
    };
    const late: Promise<unknown>[] = [];
    const copied = await copyLog(nodeCrypto, source, target, { pageSize: 100, onProgress });
    await Promise.all(late);
    expect(copied.grew).toBe(true);
    await copyLog(nodeCrypto, source, target);
    expect(asText(await logOf(target))).toEqual(asText(await logOf(source)));
  });
});

describe('a log is not copied', () => {
  let source: MemoryEventStore;
  beforeAll(async () => {
    source = new MemoryEventStore();
    await someLog(source, 10);
  });

  it('over another one, nor over one that knows other commands', async () => {
    const other = await newPostgres();
    await grant(other, 'other');
    const before = asText(await logOf(other));
    const begun = () => Promise.reject(new Error('begun'));
    expect(await refusal(copyLog(nodeCrypto, source, other, { onBegin: begun }))).toBe(
      'copy-target-different',
    );
    expect(asText(await logOf(other))).toEqual(before);

    const renamed = new MemoryEventStore();
    const page = (await logOf(source)).slice(0, 5);
    await renamed.copyIn(page.map((event) => ({ ...event, commandId: `${event.commandId}-other` })));
    expect(await refusal(copyLog(nodeCrypto, source, renamed))).toBe('copy-target-different');
  });

  it('over one that went on', async () => {
    const target = await newPostgres();
    await copyLog(nodeCrypto, source, target);
    await grant(target);
    expect(await refusal(copyLog(nodeCrypto, source, target))).toBe('copy-target-ahead');
  });

  it('while somebody else writes to the target', async () => {
    for (const target of [await newPostgres(), new MemoryEventStore()]) {
      let written: Promise<unknown> | undefined;
      const onBegin = async () => {
        written = grant(target);
        await written;
      };
      expect(await refusal(copyLog(nodeCrypto, source, target, { onBegin }))).toBe('copy-target-written-to');
    }
  });

  it('where an event is damaged or missing, or comes out of place', async () => {
    const log = await logOf(source);
    const spoil: ((page: RecordedEvent[]) => RecordedEvent[])[] = [
      (page) => page.map((event, i) => (i === 4 ? { ...event, leaf: utf8('{}') } : event)),
      (page) => page.map((event, i) => (i === 4 ? { ...event, stream: 'elsewhere' } : event)),
      (page) => page.filter((_, i) => i !== 4),
    ];
    for (const spoilt of spoil) {
      const damaged = new Proxy(source, {
        get: (target, name) => {
          if (name !== 'readAll') {
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          }
          return async function* () {
            await Promise.resolve();
            yield spoilt(log);
          };
        },
      });
      const target = new MemoryEventStore();
      expect(await refusal(copyLog(nodeCrypto, damaged, target))).toBe('copy-source-damaged');
      expect(await target.head()).toBe(-1n);
    }
  });
});

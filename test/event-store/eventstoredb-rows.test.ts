/** What the index says of an append that is being written by somebody at that very moment. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { Indexed } from '../../src/event-store/eventstoredb-fold.js';
import { readBefore, readHead, writeFolded } from '../../src/event-store/eventstoredb-rows.js';
import { createTestDatabase } from '../database.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('knows the ids of every event whose place in its stream it knows', async () => {
  const id = randomUUID();
  const from = await readHead(pool);
  const recordedAt = new Date('2026-03-01T10:00:00.000Z');
  const row: Indexed = {
    ...{ position: 0n, commit: 10n, prepare: 10n, stream: 'sample-1', revision: 0n, raw: 0n },
    ...{ id, hash: new Uint8Array(32), recordedAt, append: randomUUID() },
    ...{ commandId: undefined, requestDigest: undefined },
  };
  const head = { position: 0n, recordedAt, commit: 10n, prepare: 10n };
  let questions = 0;
  // Between the first question and the second the sequencer writes.
  const busy = new Proxy(pool, {
    get: (target, name) => {
      if (name !== 'query') return Reflect.get(target, name) as unknown;
      return async (query: object) => {
        questions++;
        if (questions === 2) await writeFolded(pool, from, { head, rows: [row], leftOut: [] });
        return pool.query(query as { text: string });
      };
    },
  });
  const event = { id, type: 'T', leaf: new Uint8Array(1), hash: new Uint8Array(32) };
  const { byId, tips } = await readBefore(busy, [
    { stream: 'sample-1', expected: 'no-stream', events: [event] },
  ]);
  expect(questions).toBe(2);
  expect([...byId.keys()]).toEqual([id]);
  expect(tips.size).toBe(0);
});

/** Backups of a city on a real database: taken while it goes on, brought back whole, refused where they are not. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type Pool } from 'pg';
import { areasView, cityView, departmentsView, holidaysView } from '../../projections/city.view.js';
import { contentsView } from '../../projections/contents.view.js';
import { tarEnd, tarHeader, tarPadding } from '../../projections/audit/tar.js';
import { takeBackup } from '../../src/backup/backup.js';
import { restoreBackup, type RestoreTarget } from '../../src/backup/restore.js';
import { tablesToKeep } from '../../src/backup/tables.js';
import { Outbox } from '../../src/mail/outbox.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { migrationsFolder } from '../../src/postgres/database.js';
import { makePool } from '../../src/postgres/pools.js';
import { digestsOf } from '../../src/views/digest.js';
import { ViewRunner } from '../../src/views/runner.js';
import { Views } from '../../src/views/views.js';
import { accepted, openWorld, write, type World } from '../contents/world.js';
import { newThingId } from '../../src/event-store/event-ids.js';
import type { NewEvent } from '../../projections/event.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { logOf } from '../event-store/samples.js';

const quiet = { info: () => undefined, warn: () => undefined };
const views = [contentsView, cityView, areasView, departmentsView, holidaysView];
const OLD_ELECTION = '11111111-1111-4111-8111-111111111111';
const NEW_ELECTION = '22222222-2222-4222-8222-222222222222';

let world: World;
let admin: Pool;
let folder: string;
const restored: TestDatabase[] = [];
beforeAll(async () => {
  world = await openWorld();
  admin = makePool(world.adminUrl, quiet, { max: 6 });
  folder = mkdtempSync(join(tmpdir(), 'concejo-backup-'));
});
afterAll(async () => {
  await admin.end();
  await world.close();
  for (const database of restored) await database.drop();
  rmSync(folder, { recursive: true });
});

async function take(name: string, pool: Pool = admin) {
  const path = join(folder, name);
  const store = new PostgresEventStore(pool);
  const staff = Buffer.from('[]');
  const taken = await takeBackup({ crypto: nodeCrypto, pool, store, staff, program: '0.1.0' }, path);
  await store.close();
  return { path, ...taken };
}

const INTO = { migrations: migrationsFolder(), log: quiet, putBeside: () => Promise.resolve() };

async function newTarget(erasures: RestoreTarget['erasures'] = []): Promise<RestoreTarget & TestDatabase> {
  const database = await createTestDatabase({ empty: true });
  restored.push(database);
  return { ...INTO, ...database, erasures };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>(sql);
  await client.end();
  return rows;
}

/** All rows of the tables beside the log, as text. */
async function rowsOf(url: string): Promise<Record<string, unknown[]>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const all: Record<string, unknown[]> = {};
  for (const { name } of await tablesToKeep(client)) {
    all[name] = (await client.query(`select t::text as row from "${name}" t order by 1`)).rows;
  }
  await client.end();
  return all;
}

/** Folds the views of a restored database, as a start does, and gives their digests. */
async function digests(url: string) {
  const pool = makePool(url, quiet);
  const store = new PostgresEventStore(pool);
  const runner = new ViewRunner(pool, store, nodeCrypto, views, { pollMs: 50 });
  const read = new Views(pool, views);
  runner.start();
  try {
    await read.atLeast(await store.head(), 20_000);
    return await digestsOf(pool, nodeCrypto, views);
  } finally {
    await runner.stop();
    await read.close();
    await store.close();
    await pool.end();
  }
}

/** Texts that are shown, and rows in the tables that are no folds. */
async function someCity(): Promise<{ shown: { id: string }; erased: { id: string } }> {
  const [shown, erased] = [await write(world, { es: 'se ve' }), await write(world, { es: 'se borra' })];
  accepted(await world.life.release([shown.id, erased.id], world.by()));
  accepted(await world.life.erase(erased.id, 'court', world.by()));
  await query(
    world.adminUrl,
    `insert into scope_keys (scope, key) values ('election-${OLD_ELECTION}', sha256('old')), ('election-${NEW_ELECTION}', sha256('new'))
       on conflict do nothing;
     insert into roll_lines values ('${OLD_ELECTION}', 'p', 'somebody', 'salt'), ('${NEW_ELECTION}', 'p', 'somebody', 'salt')
       on conflict do nothing;
     insert into imports values ('${NEW_ELECTION}', 'head') on conflict do nothing;
     insert into import_rows values ('${NEW_ELECTION}', 0, 'v', null, null) on conflict do nothing;`,
  );
  return { shown, erased };
}

describe('a backup', () => {
  it('is of one moment although the city goes on, and brings back log, tables and views', async () => {
    await someCity();
    let running = true;
    let released = 0;
    const busy = Array.from({ length: 8 }, async () => {
      while (running) {
        const { id } = await write(world, { es: `texto ${++released}` });
        accepted(await world.life.release([id], world.by()));
      }
    });
    while (released < 100) await new Promise((resolve) => setTimeout(resolve, 10));
    // Left by a backup that was killed, or put there by somebody who wants to read this one.
    writeFileSync(join(folder, 'busy.backup.part'), 'left', { mode: 0o644 });
    const { path, events, root } = await take('busy.backup');
    const during = (await world.store.head()) + 1n;
    running = false;
    await Promise.all(busy);
    expect(during).toBeGreaterThan(BigInt(events));
    expect(statSync(path).mode & 0o077).toBe(0);

    const target = await newTarget();
    const back = await restoreBackup(nodeCrypto, path, target);
    expect(back).toMatchObject({ index: BigInt(events) - 1n, root, erased: 0 });
    const pool = makePool(target.url, quiet);
    const log = await logOf(new PostgresEventStore(pool));
    await pool.end();
    expect(log).toEqual((await logOf(world.store)).slice(0, events));
    // Contents are written before their events, so none of these is without its words.
    const [{ missing } = { missing: '' }] = await query<{ missing: string }>(
      target.adminUrl,
      `select count(*) as missing from events e where type = 'ContentReleased'
       and not exists (select from contents where id = substr(e.stream, 9)::uuid)
       and not exists (select from erasures where content_id = substr(e.stream, 9)::uuid)`,
    );
    expect(missing).toBe('0');
    expect(await digests(target.url)).toHaveLength(views.length);
  }, 60_000);

  it('of a city at rest is the same city: every row, every view, and the tree', async () => {
    await someCity();
    await world.seen();
    const { path } = await take('rest.backup');
    const target = await newTarget();
    await restoreBackup(nodeCrypto, path, target);
    expect(await rowsOf(target.adminUrl)).toEqual(await rowsOf(world.adminUrl));
    expect(await digests(target.url)).toEqual(await digestsOf(world.pool, nodeCrypto, views));
    const head = 'select position, recorded_at from log_head';
    expect(await query(target.adminUrl, head)).toEqual(await query(world.adminUrl, head));
    // And what comes out of it is the same file again.
    const pool = makePool(target.adminUrl, quiet, { max: 4 });
    const again = await take('again.backup', pool);
    await pool.end();
    const withoutTime = (file: string) => gunzipSync(readFileSync(file)).subarray(512 * 20);
    expect(again.root).toBe((await take('rest.backup')).root);
    expect(withoutTime(again.path).length).toBe(withoutTime(path).length);
  }, 60_000);

  it('names every table, so that a new one is thought of', async () => {
    const client = await admin.connect();
    const names = (await tablesToKeep(client)).map(({ name }) => name);
    client.release();
    // A table that belongs to the log or follows from it is left out in src/backup/tables.ts. What a table needs when the log
    // ends earlier is in src/backup/earlier.ts.
    expect(names).toEqual([
      ...['contents', 'erasures', 'explanations', 'imports', 'ledger_heads'],
      ...[
        'matter_cases',
        'matter_forms',
        'matter_keys',
        'matter_notes',
        'matter_people',
        'matter_questionnaires',
        'outbox',
        'outbox_home',
        'outcomes',
        'pending_acts',
      ],
      ...[
        'reactors',
        'reply_templates',
        'roll_lines',
        'scope_keys',
        'unasked_mails',
        'import_rows',
        'matter_links',
        'photo_previews',
      ],
    ]);
  });
});

describe('a restore', () => {
  it('leaves away what was erased since, and the list kept apart tells the log', async () => {
    const { shown, erased } = await someCity();
    const { path } = await take('before-erasure.backup');
    const target = await newTarget([
      { contentId: shown.id, basis: 'request', at: '2026-11-01T00:00:00.000Z' },
    ]);
    const back = await restoreBackup(nodeCrypto, path, target);
    expect(back.erased).toBe(1);
    expect(back.erasures.map(({ contentId }) => contentId)).toContain(erased.id);
    const there = await query<{ id: string }>(target.adminUrl, 'select id from contents');
    const ids = there.map(({ id }) => id);
    expect(ids).not.toContain(shown.id);
    expect(ids).not.toContain(erased.id);
    expect(ids.length).toBeGreaterThan(0);
  });

  it('sends no mail again: what waited is for a person to decide, and to an earlier index there is none', async () => {
    await someCity();
    const clock = { now: () => new Date('2026-11-27T08:00:00.000Z'), monotonicMs: () => 0 };
    const outboxIn = (pool: Pool) => new Outbox(pool, new Uint8Array(32), clock);
    await outboxIn(admin).moveIn(3n);
    await outboxIn(admin).put({ event: 'e', about: 'matter-1', at: clock.now() }, [
      { kind: 'note', to: 'ana@example.org', language: 'es', subject: 'Hola', text: 'Hola' },
    ]);
    const { path } = await take('mail.backup');
    const [target, earlier] = [await newTarget(), await newTarget()];
    await restoreBackup(nodeCrypto, path, target);
    await restoreBackup(nodeCrypto, path, earlier, { until: 1n });
    const pool = makePool(target.adminUrl, quiet, { max: 2 });
    expect(await outboxIn(pool).moveIn(9n)).toBe(true);
    await pool.end();
    expect(await query(target.adminUrl, 'select state, reason from outbox')).toEqual([
      { state: 'unknown', reason: 'restored' },
    ]);
    expect(await query(target.adminUrl, 'select name, position::integer from reactors')).toEqual([
      { name: 'mail', position: 9 },
    ]);
    expect(await query(earlier.adminUrl, 'select from outbox')).toEqual([]);
    await admin.query('delete from outbox');
  });

  it('of an earlier index has the log up to there, its views, and nobody whom only later events knew', async () => {
    const { erased } = await someCity();
    await world.seen();
    const log = await logOf(world.store);
    const erasure = log.findIndex(
      ({ type, stream }) => type === 'ContentErased' && stream.endsWith(erased.id),
    );
    const until = BigInt(erasure - 1);
    const [earlier, later] = [Number(until) + 1, log.length];
    await admin.query(
      `insert into ledger_heads (day, size, note) values ('2026-01-01', ${earlier}, 'x'), ('2026-01-02', ${later}, 'y')`,
    );
    await admin.query(`update ledger_head set first_key = 'the first key'`);
    const { path } = await take('until.backup');
    const target = await newTarget();
    const back = await restoreBackup(nodeCrypto, path, target, { until });
    expect(back.index).toBe(until);
    const [{ size, position } = { size: '', position: '' }] = await query<{ size: string; position: string }>(
      target.adminUrl,
      'select size, position from ledger_head, log_head',
    );
    expect([size, position]).toEqual([String(until + 1n), String(until)]);
    expect(await query(target.adminUrl, 'select note, first_key from ledger_heads, ledger_head')).toEqual([
      { note: 'x', first_key: 'the first key' },
    ]);
    const rows = await rowsOf(target.adminUrl);
    expect([rows.roll_lines, rows.scope_keys, rows.imports, rows.import_rows, rows.pending_acts]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
    // Bytes that were erased later are not there, and the list says so to the log.
    expect(back.erasures.map(({ contentId }) => contentId)).toContain(erased.id);
    expect(rows.erasures).toEqual([]);
    expect(JSON.stringify(rows.contents)).not.toContain(erased.id);
    expect((await digests(target.url)).every(({ index }) => index === until)).toBe(true);
    expect(await codeOf(restoreBackup(nodeCrypto, path, await newTarget(), { until: 10n ** 9n }))).toBe(
      'restore-index-beyond',
    );
  }, 60_000);

  it('of an earlier index keeps who filed a matter that it knows, with her words, and nobody else', async () => {
    const [known, unknown] = [newThingId('t', 'known', 'matter'), newThingId('t', 'unknown', 'matter')];
    const [text, details] = [await write(world, { es: 'farola' }), await write(world, { es: 'detalles' })];
    const file = (matterId: string) => {
      const { commandId, request } = world.by();
      const filed: NewEvent = { type: 'MatterFiled', data: { matterId, kind: 'thanks', details } };
      const meta = { commandId, request, actor: 'resident', at: world.clock.now().toISOString() };
      const stream = `matter-${matterId}`;
      return world.log.run({ stream, meta, initial: 0, evolve: () => 0, decide: () => [filed] });
    };
    await file(known);
    const until = await world.store.head();
    await file(unknown);
    await admin.query(
      `with people as (
         insert into matter_people (person_id, matter_id, role, joiner, language, created_at, contents)
         select gen_random_uuid(), id, role, joiner, 'es', now(), '{${text.id}}'
         from unnest('{${known},${unknown}}'::uuid[]) as id,
           (values ('reporter', null), ('joiner', sha256('x'))) as roles (role, joiner)
         returning person_id, matter_id
       ), keys as (
         insert into matter_keys select distinct matter_id, sha256('k') from people
       ), cases as (
         insert into matter_cases select distinct matter_id, '${unknown}'::uuid from people
       )
       insert into matter_links select sha256(person_id::text::bytea), person_id, now() from people`,
    );
    const { path } = await take('matters.backup');
    const target = await newTarget();
    await restoreBackup(nodeCrypto, path, target, { until });
    const people = await query(target.adminUrl, 'select matter_id, role from matter_people');
    expect(people).toEqual([{ matter_id: known, role: 'reporter' }]);
    const rows = await rowsOf(target.adminUrl);
    expect([rows.matter_links?.length, rows.matter_keys?.length, rows.matter_cases]).toEqual([1, 1, []]);
    const kept = await query(target.adminUrl, `select id from contents where kept and id = '${text.id}'`);
    expect(kept).toHaveLength(1);
  }, 60_000);

  it('writes over nothing, and may be run again when it was broken off', async () => {
    const { path } = await take('twice.backup');
    const target = await newTarget();
    const onProgress = (step: string) => {
      if (step === 'restoring') throw new Error('cut');
    };
    await expect(restoreBackup(nodeCrypto, path, target, { onProgress })).rejects.toThrow('cut');
    expect(await query(target.adminUrl, 'select from events')).toEqual([]);
    // Nor is there a log before what belongs beside it is there.
    const putBeside = () => Promise.reject(new Error('no space'));
    await expect(restoreBackup(nodeCrypto, path, { ...target, putBeside })).rejects.toThrow('no space');
    expect(await query(target.adminUrl, 'select from events')).toEqual([]);
    await restoreBackup(nodeCrypto, path, target);
    const before = await rowsOf(target.adminUrl);
    expect(await codeOf(restoreBackup(nodeCrypto, path, target))).toBe('restore-target-not-empty');
    expect(await rowsOf(target.adminUrl)).toEqual(before);
  });
});

describe('a file that is not whole', () => {
  let path: string;
  let bytes: Buffer;
  beforeAll(async () => {
    await someCity();
    ({ path } = await take('good.backup'));
    bytes = readFileSync(path);
  });

  function altered(name: string, content: Uint8Array): string {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  }

  async function refusedWith(file: string): Promise<unknown> {
    const target = await newTarget();
    const code = await codeOf(restoreBackup(nodeCrypto, file, target));
    // Nothing was begun.
    expect(await query(target.adminUrl, `select from pg_class where relname = 'events'`)).toEqual([]);
    return code;
  }

  it('is refused wherever one byte is flipped', async () => {
    // The ten bytes before say nothing of what is in the file.
    const places = [
      10,
      11,
      100,
      ...Array.from({ length: 20 }, (_, i) => Math.floor(((i + 0.5) * bytes.length) / 20)),
    ];
    for (const at of [...places, bytes.length - 8, bytes.length - 1]) {
      const spoilt = Buffer.from(bytes);
      spoilt[at]! ^= 0x10;
      expect([
        at,
        await codeOf(restoreBackup(nodeCrypto, altered('flipped', spoilt), await unreachable())),
      ]).toEqual([at, expect.stringMatching(/^backup-(damaged|cut)$/)]);
    }
    // And where the byte lies in what was compressed, with all of gzip right.
    const tar = gunzipSync(bytes);
    for (let i = 0; i < 40; i++) {
      const at = Math.floor(((i + 0.5) * tar.length) / 40);
      const spoilt = Buffer.from(tar);
      spoilt[at]! ^= 0x01;
      const file = altered('flipped', gzipSync(spoilt, { level: 1 }));
      expect([at, await codeOf(restoreBackup(nodeCrypto, file, await unreachable()))]).toEqual([
        at,
        expect.stringMatching(/^backup-(damaged|cut|of-a-newer-version)$/),
      ]);
    }
    expect(
      await refusedWith(
        altered('flipped', Buffer.concat([bytes.subarray(0, 500), Buffer.from('x'), bytes.subarray(501)])),
      ),
    ).toBe('backup-damaged');
  }, 60_000);

  it('is refused wherever it is cut off', async () => {
    for (const length of [0, 5, 20, 1_000, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const file = altered('cut', bytes.subarray(0, length));
      expect([length, await codeOf(restoreBackup(nodeCrypto, file, await unreachable()))]).toEqual([
        length,
        'backup-cut',
      ]);
    }
    // As a tar that is whole, with a file or its end missing.
    const members = membersOf(gunzipSync(bytes));
    for (const left of [1, members.length - 1]) {
      const file = altered('cut', gzipSync(tarOf(members.filter((_, i) => i !== left))));
      expect(await codeOf(restoreBackup(nodeCrypto, file, await unreachable()))).toMatch(
        /^backup-(cut|damaged)$/,
      );
    }
  });

  it('is refused when it is of a later format or of a later database', async () => {
    const members = membersOf(gunzipSync(bytes));
    const withHead = (change: (head: Record<string, unknown>) => Record<string, unknown>) => {
      const head = JSON.parse(members[0]!.bytes.toString()) as Record<string, unknown>;
      const rewritten = { name: 'backup.json', bytes: Buffer.from(`${JSON.stringify(change(head))}\n`) };
      return gzipSync(tarOf([rewritten, ...members.slice(1)]));
    };
    const later = altered(
      'later',
      withHead((head) => ({ ...head, v: 2 })),
    );
    expect(await refusedWith(later)).toBe('backup-of-a-newer-version');
    await query(
      world.adminUrl,
      `insert into schema_migrations (file, sha256) values ('9999_later.sql', 'x')`,
    );
    const { path: newer } = await take('newer.backup');
    await query(world.adminUrl, `delete from schema_migrations where file = '9999_later.sql'`);
    expect(await refusedWith(newer)).toBe('backup-of-a-newer-version');
    expect(await refusedWith(altered('none', Buffer.from('no backup at all')))).toBe('backup-damaged');
  });

  it('is never written: a log that is not what was signed is not backed up', async () => {
    const note = `example.org/log\n3\n${Buffer.alloc(32).toString('base64')}\n\n— example.org/log AAAAAAAAAAAA\n`;
    await admin.query('update ledger_head set size = 3, published_size = 3, published = $1', [note]);
    expect(await codeOf(take('unsigned.backup'))).toBe('backup-not-as-signed');
    await admin.query('update ledger_head set size = 0, published_size = 0, published = null');
    expect(() => statSync(join(folder, 'unsigned.backup'))).toThrow();
    expect(() => statSync(join(folder, 'unsigned.backup.part'))).toThrow();
  });
});

/** A database that nothing may come to: refused before it is reached. */
function unreachable(): Promise<RestoreTarget> {
  const ownerUrl = 'postgresql://nobody@127.0.0.1:1/none';
  return Promise.resolve({ ...INTO, ownerUrl, erasures: [] });
}

function membersOf(tar: Buffer): { name: string; bytes: Buffer }[] {
  const members: { name: string; bytes: Buffer }[] = [];
  for (let at = 0; tar[at] !== 0;) {
    const name = tar
      .subarray(at, at + 100)
      .toString()
      .replaceAll('\0', '');
    const size = parseInt(tar.subarray(at + 124, at + 135).toString(), 8);
    members.push({ name, bytes: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + size + tarPadding(size).length;
  }
  return members;
}

function tarOf(members: readonly { name: string; bytes: Buffer }[]): Buffer {
  const pieces = members.flatMap(({ name, bytes }) => [
    tarHeader(name, bytes.length),
    bytes,
    tarPadding(bytes.length),
  ]);
  return Buffer.concat([...pieces, tarEnd()]);
}

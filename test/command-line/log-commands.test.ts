/** `concejo bundle` and `concejo doctor` as their users start them, on a city with an election in it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startChild } from '../child.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { newFolder, removeFolders } from '../postgres/folders.js';
import { GENERATED_FILE } from './generated-file.js';

let database: TestDatabase;
let folder: string;
let electionId: string;
/** Of the whole log. */
let bundle: string;
let made: Awaited<ReturnType<typeof concejo>>;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = join(newFolder(), 'data');
  const file = join(newFolder(), 'generated.pb');
  writeFileSync(file, GENERATED_FILE);
  electionId = String((await concejo('import', file)).result.electionId);
  await signLog();
  bundle = outOf('log.bundle');
  made = await concejo('bundle', '--out', bundle);
}, 90_000);
afterAll(async () => {
  await database.drop();
  removeFolders();
});

function started(...args: readonly string[]) {
  const { url: DATABASE_URL, ownerUrl: DATABASE_OWNER_URL } = database;
  const env = { CONCEJO_DATA: folder, DATABASE_URL, DATABASE_OWNER_URL, PORT: '0' };
  return startChild('src/main.ts', args, { env });
}

/** Lets the site run until the head over the whole log is shown: commands sign nothing. */
async function signLog(): Promise<void> {
  const site = started('serve');
  await site.line(/^Concejo serves /);
  const shown = `select 1 from ledger_head, log_head where published_size = log_head.position + 1`;
  while ((await asOwner(shown)) === 0) await sleep(50);
  site.process.kill('SIGTERM');
  await site.ended;
}

/** Runs a command to its end. @returns what it printed for programs */
async function concejo(...args: readonly string[]) {
  const { code, stdout, stderr } = await started(...args, '--json').ended;
  expect(stderr).not.toMatch(/^ {4}at /m);
  return { code, result: JSON.parse(stdout) as Record<string, unknown> };
}

/** @returns how many rows it found or changed */
async function asOwner(sql: string): Promise<number> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rowCount } = await client.query(sql);
  await client.end();
  return rowCount ?? 0;
}

const outOf = (name: string) => join(newFolder(), name);

describe('concejo bundle', () => {
  it('writes one file, which concejo audit passes, and the same once more', async () => {
    const { code, result } = made;
    expect([code, result]).toEqual([
      0,
      expect.objectContaining({ out: bundle, size: expect.any(Number), files: expect.any(Number) }),
    ]);
    expect(existsSync(`${bundle}.part`)).toBe(false);
    const audit = await concejo('audit', bundle);
    expect([audit.code, audit.result.conclusion]).toEqual([0, 'passed-by-own-policy']);
    expect([audit.result.size, audit.result.root]).toEqual([result.size, result.root]);
    const again = outOf('again.bundle');
    await concejo('bundle', '--out', again);
    expect(readFileSync(again).equals(readFileSync(bundle))).toBe(true);
  }, 90_000);

  it('writes the texts and results of one election with the whole log, and audits as that', async () => {
    const out = outOf('one.bundle');
    const { code, result } = await concejo('bundle', electionId, '--out', out);
    expect([code, result]).toEqual([0, expect.objectContaining({ election: electionId })]);
    expect((await concejo('audit', out)).result.passed).toBe(true);
  }, 90_000);

  it('leaves no file for an election that the log does not have, or a folder that is not there', async () => {
    const out = outOf('none.bundle');
    const unknown = await concejo('bundle', '00000000-0000-4000-8000-000000000000', '--out', out);
    expect([unknown.code, unknown.result.error, existsSync(out)]).toEqual([1, 'election-unknown', false]);
    const nowhere = await concejo('bundle', '--out', join(newFolder(), 'missing', 'log.bundle'));
    expect([nowhere.code, nowhere.result.error]).toEqual([1, 'file-not-writable']);
  }, 90_000);
});

describe('concejo doctor', () => {
  it('finds a sound log to be sound, and says so to people too', async () => {
    const { code, result } = await concejo('doctor');
    expect([code, result]).toEqual([
      0,
      { events: expect.any(String), findings: [], repaired: 0, healthy: true },
    ]);
    expect(Number(result.events)).toBeGreaterThan(5);
  }, 90_000);

  it('names a damaged tile, makes it again when asked to, and is content then', async () => {
    await asOwner('update ledger_tiles set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1)');
    const found = await concejo('doctor');
    expect([found.code, found.result.healthy]).toEqual([1, false]);
    expect(found.result.findings).toEqual([
      {
        code: 'tile-damaged',
        where: 'level 0, number 0',
        advice: expect.stringContaining('concejo doctor --repair'),
      },
      // The very tile that the head is in.
      expect.objectContaining({ code: 'head-not-in-tree' }),
    ]);
    const repaired = await concejo('doctor', '--repair');
    expect([repaired.code, repaired.result]).toEqual([
      0,
      expect.objectContaining({ repaired: 1, healthy: true }),
    ]);
    expect((await concejo('doctor')).result).toMatchObject({ findings: [], healthy: true });
  }, 90_000);

  it('names an event that was changed, and does not repair it', async () => {
    await asOwner(`alter table events disable trigger all;
      alter table events drop constraint if exists events_check;
      update events set leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1) where position = 3`);
    const { code, result } = await concejo('doctor', '--repair');
    expect([code, result]).toEqual([1, expect.objectContaining({ healthy: false })]);
    expect(result.findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'event-damaged', where: expect.stringContaining('3') }),
      ]),
    );
  }, 90_000);
});

/** Commands as their users start them: processes on a data folder, beside each other and beside a site. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { createContext } from '../../src/app.js';
import { writeDemoMemory } from '../../src/demo/folder-mark.js';
import { ImportOfficers } from '../../src/pabulib/import-officers.js';
import { readSettings } from '../../src/settings.js';
import { startChild, type Child } from '../child.js';
import { FIRST_STATES } from '../../src/categories/states.js';
import { DEMO_CATEGORIES } from '../../src/demo/categories.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { cuttingProxy } from '../event-store/cutting-proxy.js';
import { newFolder, removeFolders } from '../postgres/folders.js';
import { GENERATED_FILE } from './generated-file.js';

const CITY = 'docs/city.example.json';

let database: TestDatabase;
let folder: string;
let file: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = join(newFolder(), 'data');
  file = join(newFolder(), 'generated.pb');
  writeFileSync(file, GENERATED_FILE);
});
afterAll(async () => {
  await database.drop();
  removeFolders();
});

const serving: Child[] = [];
afterEach(async () => {
  for (const child of serving.splice(0)) {
    child.process.kill('SIGTERM');
    await child.ended;
  }
});

/** As `concejo ARGS` on a data folder, and on this file's database. */
function concejo(args: readonly string[], data = folder, env: Record<string, string> = {}): Child {
  const { url: DATABASE_URL, ownerUrl: DATABASE_OWNER_URL } = database;
  const settings = { CONCEJO_DATA: data, DATABASE_URL, DATABASE_OWNER_URL, PORT: '0' };
  return startChild('src/main.ts', args, { env: { ...settings, ...env } });
}

async function serve(data = folder): Promise<Child> {
  const child = concejo(['serve'], data);
  serving.push(child);
  await child.line(/^Concejo serves /);
  return child;
}

/** Types of the events of a stream, in order. */
async function events(stream: string): Promise<string[]> {
  const rows = await query<{ type: string }>('select type from events where stream = $1 order by position', [
    stream,
  ]);
  return rows.map(({ type }) => type);
}

/** Ballots in the log. */
async function ballots(): Promise<number> {
  const [row] = await query<{ n: string }>(`select count(*) as n from events where type = 'BallotCast'`);
  return Number(row?.n);
}

async function query<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<Row>(sql, values);
  await client.end();
  return rows;
}

describe('a command that is the first on a folder', () => {
  it('leaves it to the site to make administrators and to show their keys', async () => {
    const { code, stdout } = await concejo(['import', file, '--json']).ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('"web":2')]);
    expect(existsSync(join(folder, 'staff.json'))).toBe(false);
    const granted = ['RoleGranted', 'RoleGranted'];
    expect(await events('staff')).toEqual([...granted, 'RoleRevoked', 'RoleRevoked']);

    const site = await serve();
    expect(site.lines.filter((line) => line.startsWith('Key of admin-'))).toHaveLength(2);
    expect(await events('staff')).toEqual([...granted, 'RoleRevoked', 'RoleRevoked', ...granted]);
  }, 90_000);
});

describe('a site that cannot listen', () => {
  it('says what to do, and ends with all it had started', async () => {
    const blocked = createServer().listen(0, '127.0.0.1');
    await once(blocked, 'listening');
    const taken = String((blocked.address() as AddressInfo).port);
    const other = join(newFolder(), 'other');
    const own = await createTestDatabase();
    const env = { PORT: taken, DATABASE_URL: own.url, DATABASE_OWNER_URL: own.ownerUrl };
    const { code, stderr } = await concejo(['serve'], other, env).ended;
    blocked.close();
    await own.drop();
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Port ${taken} of 127.0.0.1 is in use.`)]);
    expect(stderr).not.toContain('    at ');
  }, 90_000);
});

describe('a command that reads, on a folder with nothing in it', () => {
  it('makes nothing, and names the folder', async () => {
    const empty = join(newFolder(), 'nothing');
    const env = { DATABASE_URL: '', DATABASE_OWNER_URL: '' };
    for (const args of [['count', 'nope'], ['export', 'nope', '--out', 'nowhere.pb'], ['rebuild']]) {
      const { code, stdout } = await concejo([...args, '--json'], empty, env).ended;
      expect([code, JSON.parse(stdout)]).toEqual([
        1,
        { error: 'no-data', message: expect.stringContaining(empty) },
      ]);
    }
    expect(existsSync(empty)).toBe(false);
  }, 90_000);
});

describe('a command on the folder of a demo', () => {
  it('reads what is there and leaves its staff alone', async () => {
    const demo = newFolder();
    writeDemoMemory(demo, { offsetMs: 0, complete: true, keys: [] });
    mkdirSync(join(demo, 'secrets'), { mode: 0o700 });
    const before = await events('staff');
    expect(before.length).toBeGreaterThan(0);
    const unknown = '11111111-1111-4111-8111-111111111111';
    for (const args of [['count', unknown], ['export', unknown], ['rebuild']]) {
      const { stderr } = await concejo(args, demo).ended;
      expect(stderr).toBe(
        args.length === 1 ? '' : 'concejo: There is no election with this id. (election-unknown)\n',
      );
    }
    expect(await events('staff')).toEqual(before);
    expect(existsSync(join(demo, 'staff.json'))).toBe(false);
  }, 90_000);

  it('imports nothing into it', async () => {
    const demo = newFolder();
    writeDemoMemory(demo, { offsetMs: 0, complete: true, keys: [] });
    for (const args of [
      ['import', file],
      ['city', CITY],
    ]) {
      const { code, stdout } = await concejo([...args, '--json'], demo).ended;
      expect([code, JSON.parse(stdout)]).toEqual([
        1,
        expect.objectContaining({ error: 'wrong-data-folder' }),
      ]);
    }
  }, 90_000);
});

describe('concejo demo', () => {
  const demo = async (data: string, ...args: string[]) => {
    const child = startChild('src/main.ts', ['demo', ...args], { env: { CONCEJO_DATA: data, PORT: '0' } });
    const { code, stderr } = await child.ended;
    return [code, stderr];
  };

  it('takes a number of matters, and none for a demo that is made', async () => {
    const made = newFolder();
    writeDemoMemory(made, { offsetMs: 0, complete: true, keys: [] });
    for (const number of ['some', '-1', '1.5', '100001'])
      expect(await demo(newFolder(), `--matters=${number}`)).toEqual([
        1,
        expect.stringContaining('(matters-invalid)'),
      ]);
    expect(await demo(made, '--matters', '5')).toEqual([1, expect.stringContaining('(demo-made)')]);
  }, 60_000);
});

describe('concejo import', () => {
  it('says that it was interrupted when the database goes away, and goes on when run again', async () => {
    const votes = Array.from({ length: 3_000 }, (_, index) => `v${index};bench`);
    const many = join(newFolder(), 'many.pb');
    writeFileSync(
      many,
      GENERATED_FILE.replace('num_votes;2', 'num_votes;3000').replace(
        /v1;bench\nv2;bench,bridge\n/,
        `${votes.join('\n')}\n`,
      ),
    );
    const { proxy, config } = await cuttingProxy(database.url);
    const { port, user, password, database: name, options } = config;
    const url = new URL(`postgresql://127.0.0.1:${String(port)}/${String(name)}`);
    url.username = String(user);
    if (typeof password === 'string') url.password = password;
    if (options !== undefined) url.searchParams.set('options', options);
    const importing = concejo(['import', many, '--json'], folder, { DATABASE_URL: url.href });
    const before = await ballots();
    while ((await ballots()) < before + 500) {
      if (importing.process.exitCode !== null) throw new Error((await importing.ended).stdout);
      await sleep(50);
    }
    await proxy.close();
    const { code, stdout } = await importing.ended;
    expect(code).toBe(1);
    const { error, message } = JSON.parse(stdout) as { error: string; message: string };
    expect(error).toBe('import-interrupted');
    expect(message).toMatch(/the database cannot be reached \(.+\)\..*run the same command again/);
    const done = (await ballots()) - before;
    expect(done).toBeLessThan(3_000);

    const again = await concejo(['import', many, '--json']).ended;
    expect([again.code, JSON.parse(again.stdout)]).toEqual([0, expect.objectContaining({ web: 3_000 })]);
    expect((await ballots()) - before).toBe(3_000);
  }, 180_000);
});

describe('concejo categories', () => {
  it('describes what matters can be about, and names what is wrong with a file', async () => {
    const file = join(newFolder(), 'categories.json');
    // No city is described here, so there is no department.
    const without = (value: unknown) =>
      JSON.stringify(value, (key, one: unknown) => (key === 'department' ? undefined : one));
    writeFileSync(file, JSON.stringify(DEMO_CATEGORIES));
    const unknown = await concejo(['categories', file]).ended;
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('  categories.1.department: department-unknown (The city has no department'),
    ]);
    writeFileSync(file, without(DEMO_CATEGORIES));
    const { code, stdout } = await concejo(['categories', file, '--json']).ended;
    const described = DEMO_CATEGORIES.categories.length + FIRST_STATES.length;
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { events: described }]);
    const again = await concejo(['categories', file]).ended;
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^The log says all of /)]);
    const categories = DEMO_CATEGORIES.categories.filter(({ id }) => id !== 'pothole');
    writeFileSync(file, without({ ...DEMO_CATEGORIES, categories }));
    const before = await events('complaints');
    const dry = await concejo(['categories', file, '--dry-run']).ended;
    expect([dry.code, dry.stdout]).toEqual([
      0,
      expect.stringMatching(/^1 events would be written\. Nothing was\.\n.* withdrawn: pothole\./),
    ]);
    expect(await events('complaints')).toEqual(before);
    const real = await concejo(['categories', file, '--json']).ended;
    expect(JSON.parse(real.stdout)).toMatchObject({ events: 1, withdrawn: ['pothole'], withdrawnStates: [] });
    writeFileSync(file, JSON.stringify({ categories: [{ id: 'a', parent: 'b', name: { es: 'A' } }] }));
    const { stderr } = await concejo(['categories', file]).ended;
    expect(stderr).toMatch(/docs\/categories\.md.*\n {2}categories\.0\.parent: category-parent-unknown/);
  }, 90_000);
});

describe('concejo city', () => {
  it('describes the city, and of a changed file what differs', async () => {
    const { code, stdout } = await concejo(['city', CITY, '--json']).ended;
    expect([code, JSON.parse(stdout)]).toEqual([0, { events: 9, position: expect.any(String) as unknown }]);
    const again = await concejo(['city', CITY]).ended;
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^The log says all of /)]);
    const changed = join(newFolder(), 'city.json');
    writeFileSync(changed, readFileSync(CITY, 'utf8').replace('"Harbour"', '"Old harbour"'));
    expect((await concejo(['city', changed]).ended).stdout).toMatch(/^1 events, the last at \d+\./);
    const described = [
      ...Array<string>(4).fill('AreaDescribed'),
      ...Array<string>(2).fill('DepartmentDescribed'),
    ];
    const holidays = ['HolidaysDeclared', 'HolidaysDeclared'];
    expect(await events('city')).toEqual(['CityDescribed', ...described, ...holidays, 'AreaDescribed']);
  }, 90_000);

  it('writes nothing of a file with faults, and names each', async () => {
    const before = await events('city');
    const wrong = join(newFolder(), 'city.json');
    writeFileSync(
      wrong,
      readFileSync(CITY, 'utf8')
        .replace('"parent": "hill"', '"parent": "sea"')
        .replace('Europe/Madrid', 'Madrid'),
    );
    const { code, stderr } = await concejo(['city', wrong]).ended;
    expect([code, stderr.split('\n')]).toEqual([
      1,
      [
        `concejo: ${wrong} is not what docs/city.md says. Nothing was written. (city-file-wrong)`,
        expect.stringMatching(/^ {2}city\.timeZone: time-zone-unknown \(A time zone is .*\)$/),
        '  areas.3.parent: area-parent-unknown (The file has no area with this id.)',
        '',
      ],
    ]);
    const json = JSON.parse((await concejo(['city', wrong, '--json']).ended).stdout) as {
      problems: unknown[];
    };
    expect(json).toMatchObject({ error: 'city-file-wrong', problems: [{}, { field: 'areas.3.parent' }] });
    writeFileSync(wrong, '{"city": ');
    const { stdout } = await concejo(['city', wrong, '--json']).ended;
    expect(JSON.parse(stdout)).toMatchObject({ error: 'file-not-json' });
    expect(await events('city')).toEqual(before);
    expect((await concejo(['city']).ended).code).toBe(2);
  }, 90_000);
});

describe('concejo tally', () => {
  it('counts under another rule and tie order than the file names', async () => {
    const tally = async (...options: string[]) => {
      const { code, stdout } = await concejo(['tally', file, '--json', ...options]).ended;
      return [code, JSON.parse(stdout) as unknown];
    };
    const [own, other] = await Promise.all([
      tally(),
      tally('--rule', 'greedy-per-cost', '--tie-order', 'lowest-cost,file'),
    ]);
    expect(own).toEqual([0, expect.objectContaining({ rule: 'greedy' })]);
    expect(other).toEqual([
      0,
      expect.objectContaining({
        rule: 'greedy-per-cost',
        params: { score: { by: 'votes' }, tieOrder: ['lowest-cost', 'listed'] },
        selected: ['bench'],
        compared: expect.objectContaining({
          own: { rule: 'greedy', selected: ['bench'] },
          gained: [],
          lost: [],
        }),
      }),
    ]);
    expect(own).toEqual([0, expect.not.objectContaining({ compared: expect.anything() })]);
    const { stdout } = await concejo(['tally', file, '--rule', 'greedy-per-cost']).ended;
    expect(stdout).toMatch(/remain\.\n\nCompared with the file's own rule, greedy, .*\nThe same projects/);
  }, 90_000);

  it('explains in the language that is asked for, of those that it knows', async () => {
    const { stdout } = await concejo(['tally', file, '--explain', '--language', 'es']).ended;
    expect(stdout).toContain('«A bridge (bridge)» cuesta 900. Se habría financiado con 2 votos más');
    const { stdout: asked } = await concejo(['tally', file, '--language', 'es']).ended;
    expect(asked).toBe(stdout);
    const unknown = ['--language', 'fr', '--utility', 'constructor', '--completion', 'addone'];
    for (let at = 0; at < unknown.length; at += 2) {
      const { code, stderr } = await concejo(['tally', file, ...unknown.slice(at, at + 2)]).ended;
      expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are')]);
    }
    const { stdout: data } = await concejo(['tally', file, '--explain', '--json']).ended;
    expect(JSON.parse(data)).toMatchObject({ explanation: { v: 1, outcome: { funded: ['bench'] } } });
  });

  it('refuses scores that the ballots do not give', async () => {
    const { code, stderr } = await concejo(['tally', file, '--rule', 'equal-shares', '--utility', 'points'])
      .ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/score-not-on-ballots: points of approval ballots\. /),
    ]);
  });

  it('names what a rule needs that it is not given, and takes it from --ruleset', async () => {
    const { code, stderr } = await concejo(['tally', file, '--rule', 'poznan']).ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^concejo: ruleset-incomplete: poznan needs reserveShareBasisPoints\. .*--ruleset/,
      ),
    ]);
    const ruleset = join(newFolder(), 'ruleset.json');
    writeFileSync(ruleset, JSON.stringify({ reserveShareBasisPoints: 6000 }));
    const counted = await concejo(['tally', file, '--rule', 'poznan', '--ruleset', ruleset, '--json']).ended;
    // 600 of 900 remain.
    expect([counted.code, JSON.parse(counted.stdout)]).toEqual([
      0,
      expect.objectContaining({ selected: ['bench', 'bridge'], cost: 1000, reserve: 300 }),
    ]);
  }, 90_000);
});

describe('--json', () => {
  it('prints one object on standard output, and what there is to log on standard error', async () => {
    const { code, stdout, stderr } = await concejo(['import', file, '--json'], folder, { LOG_LEVEL: 'debug' })
      .ended;
    expect(code).toBe(0);
    expect(stderr).toContain('"level":');
    const { electionId } = JSON.parse(stdout) as { electionId: string };

    const counted = await concejo(['count', electionId, '--json'], folder, { LOG_LEVEL: 'debug' }).ended;
    expect([counted.code, JSON.parse(counted.stdout)]).toEqual([0, expect.objectContaining({ same: true })]);
    expect(counted.stderr).toContain('"level":');
  }, 90_000);
});

describe('a site that starts while an import is under way', () => {
  it('leaves its officers their roles', async () => {
    const settings = { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl };
    const importing = await createContext(
      readSettings({ ...settings, CONCEJO_DATA: folder, LOG_LEVEL: 'silent' }),
    );
    try {
      await importing.app.get(ImportOfficers, { strict: false }).appoint();
      const before = await events('staff');
      expect(before.slice(-2)).toEqual(['RoleGranted', 'RoleGranted']);
      await serve();
      expect(await events('staff')).toEqual(before);
      await importing.app.get(ImportOfficers, { strict: false }).dismiss();
      expect((await events('staff')).slice(before.length)).toEqual(['RoleRevoked', 'RoleRevoked']);
    } finally {
      await importing.close();
    }
  }, 90_000);
});

/** Importing `.pb` files through the commands of a whole application, and writing them back. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import { createContext, type Running } from '../../src/app.js';
import type { Crypto } from '../../projections/crypto.js';
import { ImportCity } from '../../src/city/city.commands.js';
import { PublicContents } from '../../src/contents/public-contents.js';
import { CountElection } from '../../src/elections/count.commands.js';
import { Outcomes } from '../../src/elections/outcomes.js';
import { OpenVoting } from '../../src/elections/elections.commands.js';
import { OpenElections } from '../../src/elections/open-elections.js';
import { RollLines } from '../../src/elections/roll-lines.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { exportPabulib } from '../../src/pabulib/export.js';
import { columnIndex, parsePabulib, type PabulibFile } from '../../src/pabulib/pabulib.js';
import { FileNotCounted } from '../../src/pabulib/counted-file.js';
import { CRYPTO, EVENT_STORE, POOL } from '../../src/platform.module.js';
import { readSettings } from '../../src/settings.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { importInto } from './importing.js';

const SHARED = fileURLToPath(new URL('../../../shared/elections', import.meta.url));

let database: TestDatabase;
let folder: string;
let running: Running<INestApplicationContext>;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'concejo-import-'));
  running = await createContext(
    readSettings({
      CONCEJO_DATA: folder,
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      LOG_LEVEL: 'silent',
    }),
  );
});
afterAll(async () => {
  await running.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function text(...lines: string[]): Uint8Array {
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

function parsed(bytes: Uint8Array): PabulibFile {
  const { file, problems } = parsePabulib(bytes);
  if (file === undefined) throw new Error(JSON.stringify(problems));
  return file;
}

function services() {
  const { app } = running;
  const anywhere = { strict: false };
  return {
    store: app.get<EventStore>(EVENT_STORE, anywhere),
    crypto: app.get<Crypto>(CRYPTO, anywhere),
    pool: app.get<Pool>(POOL, anywhere),
    rollLines: app.get(RollLines, anywhere),
    contents: app.get(PublicContents, anywhere),
  };
}

async function imported(bytes: Uint8Array) {
  const done = await importInto(running.app, bytes);
  const { store, crypto } = services();
  const { row } = await new OpenElections(store, crypto).fresh(done.electionId);
  const digest = row?.tallies.at(-1)?.outputDigest ?? '';
  const result = await running.app.get(Outcomes, { strict: false }).get(digest);
  if (row === undefined || result === undefined) throw new Error('The import was not counted');
  const exported = await exportPabulib(services(), done.electionId);
  return { ...done, row, result, exported };
}

/** META and PROJECTS cell by cell; voter to vote, points and way of voting. A set of approvals has no order. */
function meaning(file: PabulibFile, { ordered }: { ordered: boolean }) {
  const cell = (cells: readonly string[], name: string) => {
    const index = columnIndex(file.votes, name);
    return index < 0 ? undefined : cells[index];
  };
  const vote = (cells: readonly string[]) => {
    const ids = (cell(cells, 'vote') ?? '').split(',');
    return (ordered ? ids : ids.sort()).join(',');
  };
  return {
    meta: file.meta.rows.map(({ cells }) => cells),
    projects: [file.projects.header.cells, ...file.projects.rows.map(({ cells }) => cells)],
    votes: file.votes.rows.map(({ cells }) => [
      cells[0],
      vote(cells),
      cell(cells, 'points'),
      cell(cells, 'voting_method'),
    ]),
  };
}

interface Example {
  ordered: boolean;
  bytes: Uint8Array;
  web: number;
  paper: number;
  funded: readonly string[];
  /** Codes of what was counted although it is outside the limits. */
  breaches: readonly string[];
}

function meta(type: string, votes: number, ...more: string[]): string[] {
  const head = [
    'META',
    'key;value',
    'description;Example',
    'country;Nowhere',
    'unit;Sometown',
    'instance;2031',
  ];
  return [
    ...head,
    'num_projects;4',
    `num_votes;${votes}`,
    'budget;1000',
    `vote_type;${type}`,
    'rule;greedy',
    ...more,
  ];
}
const PROJECTS = [
  'PROJECTS',
  'project_id;cost;name;category;latitude;longitude',
  'P-1;600;Trees;green;43.5;-5.66',
  'P-2;500;"A ""bridge""; of wood";transport;;',
  'P-3;400;Benches;green,seats;;',
  'P-4;300.50;Lamps;;;',
];

const EXAMPLES: Record<string, Example> = {
  // d breaks the limit and counts all the same, f names a project twice; b and e came on paper. P-1: 4, P-3: 3, P-2: 3, P-4: 1.
  approval: {
    ordered: false,
    bytes: text(
      ...meta('approval', 6, 'min_length;1', 'max_length;2'),
      ...PROJECTS,
      'VOTES',
      'voter_id;age;sex;vote;voting_method',
      'a;98989801;sex-marker-f;P-1;internet',
      'b;98989802;sex-marker-m;P-3,P-1;paper',
      'c;98989803;sex-marker-f;P-2,P-1;internet',
      'd;98989804;sex-marker-m;P-3,P-2,P-1;internet',
      'e;98989805;sex-marker-f;P-4;paper',
      'f;98989806;sex-marker-m;P-3,P-3;internet',
    ),
    web: 4,
    paper: 2,
    funded: ['P-1', 'P-3'],
    breaches: ['option-repeated', 'too-many-options'],
  },
  'choose-1': {
    ordered: false,
    bytes: text(
      ...meta('choose-1', 3),
      ...PROJECTS,
      'VOTES',
      'voter_id;vote;age',
      'a;P-2;98989801',
      'b;P-4;98989802',
      'c;P-2;98989803',
    ),
    web: 3,
    paper: 0,
    funded: ['P-2', 'P-4'],
    breaches: [],
  },
  // P-1: 7, P-4: 5, P-3: 2.
  cumulative: {
    ordered: true,
    bytes: text(
      ...meta('cumulative', 3, 'min_length;1', 'max_length;3', 'max_sum_points;5'),
      ...PROJECTS,
      'VOTES',
      'voter_id;vote;points;voting_method;sex',
      'a;P-4,P-1;1,4;internet;sex-marker-f',
      'b;P-1,P-3;3,2;paper;sex-marker-m',
      'c;P-4;4;internet;sex-marker-f',
    ),
    web: 2,
    paper: 1,
    funded: ['P-1', 'P-4'],
    breaches: [],
  },
  // First place 3 points, then 2 and 1: P-3: 3+3+2 = 8, P-1: 2+3 = 5, P-2: 1+1+... = 4, P-4: 2.
  ordinal: {
    ordered: true,
    bytes: text(
      ...meta('ordinal', 3, 'min_length;1', 'max_length;3'),
      ...PROJECTS,
      'VOTES',
      'voter_id;vote;points;voting_method',
      'a;P-3,P-1,P-2;3,2,1;internet',
      'b;P-3,P-4,P-2;3,2,1;paper',
      'c;P-1,P-3,P-2;3,2,1;internet',
    ),
    web: 2,
    paper: 1,
    funded: ['P-3', 'P-1'],
    breaches: [],
  },
};

describe('a made-up file', () => {
  it.each(Object.entries(EXAMPLES))('of %s votes comes back as it was', async (_type, example) => {
    const { web, paper, result, problems, exported, row } = await imported(example.bytes);
    expect({ web, paper }).toEqual({ web: example.web, paper: example.paper });
    expect(row.phase).toBe('counted');
    expect(result.ballots).toMatchObject({ cast: web, counted: web, spoiled: 0 });
    expect(result.paper).toMatchObject({ sheets: paper, counted: paper, marks: paper, surplus: 0 });
    expect(result.areas[0]?.together.funded).toEqual(example.funded);
    expect(problems.map(({ code }) => code).sort()).toEqual(example.breaches);
    const { ordered } = example;
    expect(meaning(parsed(exported), { ordered })).toEqual(meaning(parsed(example.bytes), { ordered }));
  });

  it('leaves no age and no sex of anybody in the log, in tables or in the export', async () => {
    const bytes = EXAMPLES.approval?.bytes ?? new Uint8Array();
    const { exported, electionId } = await imported(bytes);
    const written = new TextDecoder().decode(exported);
    expect(parsed(exported).votes.header.cells).toEqual(['voter_id', 'vote', 'voting_method']);
    const pool = services().pool;
    const { rows } = await pool.query<{ leaf: string }>(
      `select convert_from(leaf, 'UTF8') as leaf from events`,
    );
    const kept = await pool.query<{ head: string; rows: string }>(
      `select convert_from(head, 'UTF8') as head,
              (select string_agg(r::text, ' ') from import_rows r where r.election_id = i.election_id) as rows
       from imports i where election_id = $1`,
      [electionId],
    );
    const everywhere = [
      written,
      ...rows.map(({ leaf }) => leaf),
      kept.rows[0]?.head,
      kept.rows[0]?.rows,
    ].join('\n');
    expect(everywhere).toContain('sealed');
    expect(new TextDecoder().decode(bytes)).toContain('sex-marker');
    expect(everywhere).not.toContain('sex-marker');
    expect(everywhere).not.toContain('989898');
    // The voters of the file are in none of the events: who they are stands outside the log alone.
    expect(kept.rows[0]?.rows).toContain(',a,');
  });

  it('imported again is the same election, and nothing is written', async () => {
    const bytes = EXAMPLES['choose-1']?.bytes ?? new Uint8Array();
    const first = await imported(bytes);
    const head = () => services().store.head();
    const before = await head();
    const again = await imported(bytes);
    expect(again.electionId).toBe(first.electionId);
    expect(again.result).toEqual(first.result);
    // The two officers are appointed and dismissed again; the election has no new event.
    const events = await services().pool.query<{ stream: string }>(
      'select distinct stream from events where position > $1',
      [String(before)],
    );
    expect(events.rows.map(({ stream }) => stream)).toEqual(['staff']);
  });

  it('is imported also when somebody else counts it first, and is counted once', async () => {
    const example = new TextDecoder().decode(EXAMPLES['choose-1']?.bytes);
    const bytes = text(example.trimEnd().replace('description;', 'description;Once more: '));
    const commands = running.app.get(CommandBus, { strict: false });
    const execute = commands.execute.bind(commands);
    const somebody = {
      commandId: 'somebody-else',
      actor: { id: 'system', roles: [] },
      request: new Uint8Array(),
    };
    // As the scheduler or a person does it, between the publication of the key and the import's own count.
    const spy = jest.spyOn(commands, 'execute').mockImplementation(async (command: object) => {
      if (command instanceof CountElection) await execute(new CountElection(command.electionId, somebody));
      return execute(command);
    });
    try {
      const { row } = await imported(bytes);
      expect(row.tallies).toHaveLength(1);
    } finally {
      spy.mockRestore();
    }
  });

  it('is held in the area of the city that it names; one begun before the city was described stays as it began', async () => {
    const example = new TextDecoder().decode(EXAMPLES.approval?.bytes).trimEnd();
    const file = (name: string, ...more: string[]) =>
      text(example.replace('description;Example', [`description;${name}`, ...more].join('\n')));
    const areaOf = async (bytes: Uint8Array) => {
      const { row, result, exported } = await imported(bytes);
      expect(result.areas[0]?.together.funded).toEqual(EXAMPLES.approval?.funded);
      expect(meaning(parsed(exported), { ordered: false })).toEqual(
        meaning(parsed(bytes), { ordered: false }),
      );
      return row.definition.areas[0]?.id;
    };
    const commands = running.app.get(CommandBus, { strict: false });
    const execute = commands.execute.bind(commands);
    const early = file('Early');
    const spy = jest.spyOn(commands, 'execute').mockImplementation(async (command: object) => {
      if (command instanceof OpenVoting) throw new Error('killed');
      return execute(command);
    });
    await expect(importInto(running.app, early)).rejects.toThrow('killed');
    spy.mockRestore();

    const by = { commandId: 'sometown', actor: { id: 'system', roles: [] }, request: new Uint8Array() };
    const city = {
      city: { name: { es: 'Sometown' }, timeZone: 'Europe/Madrid', languages: ['es'] },
      areas: [
        { id: 'whole-town', name: { es: 'Sometown' }, pabulib: ['Sometown'] },
        {
          id: 'a-long-name-for-the-old-port',
          parent: 'whole-town',
          name: { es: 'x' },
          pabulib: ['Old Port'],
        },
        { id: 'hill', parent: 'whole-town', name: { es: 'Hill' }, pabulib: ['Hill'] },
      ],
    };
    expect(await commands.execute(new ImportCity(city, by))).toMatchObject({ events: 4 });
    expect(await areaOf(early)).toBe('all');
    expect(await areaOf(file('Whole'))).toBe('whole-town');
    expect(await areaOf(file('Part', 'subunit;OLD  port'))).toBe('a-long-name-for-the-old-port');
    expect(await areaOf(file('District', 'subunit;Hill | small', 'district;Hill'))).toBe('hill');
    // Of a part that nobody knows: the whole town would be wrong.
    expect(await areaOf(file('Unknown', 'subunit;Valley'))).toBe('all');
  });

  it('with a fault is refused with its line, before anything is written', async () => {
    const good = new TextDecoder().decode(EXAMPLES['choose-1']?.bytes);
    const head = () => services().store.head();
    const before = await head();
    const faults: [string, string][] = [
      [good.replace('b;P-4;', 'b;P-9;'), 'option-unknown'],
      [good.replace('num_votes;3', 'num_votes;4'), 'count-wrong'],
      [good.replace('rule;greedy', 'rule;lottery'), 'rule-not-supported'],
      [good.replace('budget;1000', 'budget;much'), 'budget-not-a-number'],
    ];
    for (const [file, code] of faults) {
      const error: unknown = await importInto(running.app, text(file.trimEnd())).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(FileNotCounted);
      expect((error as FileNotCounted).code).toBe(code);
    }
    expect(await head()).toBe(before);
  });
});

(existsSync(SHARED) ? describe : describe.skip)('a real file', () => {
  const read = (name: string) => readFileSync(join(SHARED, name));

  /** The city's own outcome: the projects whose row says `selected` 1. */
  const selected = (file: PabulibFile) => {
    const column = columnIndex(file.projects, 'selected');
    return file.projects.rows.filter(({ cells }) => cells[column] === '1').map(({ cells }) => cells[0]);
  };

  it.each([
    ['Poland_Gdynia_2020_Babie_Doly__small.pb', false],
    ['Netherlands_Assen_2024.pb', false],
    ['Poland_Krakow_2022_Czyzyny.pb', true],
    ['Poland_Katowice_2024_Murcki.pb', true],
  ])('%s: the official winners, and back again', async (name, ordered) => {
    const bytes = read(name);
    const { result, exported, web, paper } = await imported(bytes);
    const file = parsed(bytes);
    expect(web + paper).toBe(file.votes.rows.length);
    expect([...(result.areas[0]?.together.funded ?? [])].sort()).toEqual(selected(file).sort());
    expect(selected(file).length).toBeGreaterThan(0);
    const back = parsed(exported);
    expect(meaning(back, { ordered })).toEqual(meaning(file, { ordered }));
    expect(back.votes.header.cells).not.toEqual(expect.arrayContaining(['age']));
    expect(back.votes.header.cells).not.toEqual(expect.arrayContaining(['sex']));
  });
});

/** An import that is killed in the middle, or whose PostgreSQL is: started again, it has every ballot exactly once. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeJson } from '../../projections/tally/outcome.js';
import { tallyFile } from '../../src/pabulib/tally-file.js';
import { startChild, type Child } from '../child.js';
import { newFolder, removeFolders } from '../postgres/folders.js';

const WEB = 3_000;
const PAPER = 200;
const PROJECTS = 40;

/** The same file every time: sizes and choices come from a small linear generator. */
function generated(): string {
  let state = 20_310_501;
  const below = (limit: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
  const projects = Array.from(
    { length: PROJECTS },
    (_, index) => `P${index};${(below(90) + 10) * 1_000};Project ${index}`,
  );
  const votes = Array.from({ length: WEB + PAPER }, (_, index) => {
    const chosen = new Set(
      Array.from({ length: 1 + below(5) }, () => `P${Math.min(below(PROJECTS), below(PROJECTS))}`),
    );
    return `voter-${index};${[...chosen].join(',')};${index % 16 === 15 ? 'paper' : 'internet'}`;
  });
  return [
    'META',
    'key;value',
    'description;Generated',
    'instance;2031',
    `num_projects;${PROJECTS}`,
    `num_votes;${votes.length}`,
    'budget;700000',
    'vote_type;approval',
    'rule;greedy',
    'max_length;5',
    'PROJECTS',
    'project_id;cost;name',
    ...projects,
    'VOTES',
    'voter_id;vote;voting_method',
    ...votes,
    '',
  ].join('\n');
}

/** What an import says of a database that went away, whether a write, a read or a new connection found it gone. */
const AWAY =
  /^failed ImportInterrupted: The import was interrupted: the database cannot be reached \(.+\)\..* run the same command again/m;

const started: Child[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.process.exitCode === null) child.process.kill('SIGKILL');
    await child.ended;
  }
  stopServers();
  removeFolders();
});

const folders: string[] = [];

/** Of a test that failed in the middle: its server would go on. */
function stopServers(): void {
  for (const folder of folders.splice(0)) {
    try {
      const [pid] = readFileSync(join(folder, 'postgres/data/postmaster.pid'), 'utf8').split('\n');
      process.kill(Number(pid), 'SIGQUIT');
    } catch {
      // It ended, as it should.
    }
  }
}

function place(): { folder: string; file: string } {
  // The data folder is there already and not closed, so that the database of root's program stays in it too.
  const folder = newFolder();
  folders.push(folder);
  const file = join(newFolder(), 'generated.pb');
  writeFileSync(file, generated());
  return { folder, file };
}

function importing({ folder, file }: { folder: string; file: string }): Child {
  const child = startChild('test/elections/importing.child.ts', [folder, file]);
  started.push(child);
  return child;
}

const number = (line: string) => Number(line.split(' ').at(-1));

/** Ballots that the child said were done. */
function acknowledged(child: Child): number {
  return Math.max(0, ...child.lines.filter((line) => line.startsWith('step ballots')).map(number));
}

async function finished(child: Child) {
  const line = await child.line(/^done /);
  expect(await child.ended).toMatchObject({ code: 0 });
  return JSON.parse(line.slice('done '.length)) as Record<string, unknown>;
}

/** What an import comes to, whatever happened on the way. */
function whole() {
  const { outcome } = tallyFile(Buffer.from(generated()));
  return {
    web: WEB,
    paper: PAPER,
    phase: 'counted',
    tallies: 1,
    statuses: { cast: WEB, counted: WEB, superseded: 0, late: 0, suspended: 0, annulled: 0, paper: 0 },
    voters: { web: WEB, marked: PAPER },
    paperCounted: { batches: 1, sheets: PAPER, counted: PAPER, marks: PAPER, surplus: 0 },
    area: { together: outcomeJson(outcome) },
  };
}

describe('an import', () => {
  it('goes on where kill -9 ended it, in the middle of the ballots', async () => {
    const where = place();
    const first = importing(where);
    await first.line(/^step ballots (1000|1500|2000)$/);
    first.process.kill('SIGKILL');
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL' });
    const done = acknowledged(first);
    const second = importing(where);
    const found = number(await second.line(/^found /));
    expect(found).toBeGreaterThanOrEqual(done);
    expect(found).toBeLessThan(WEB);
    expect(await finished(second)).toMatchObject(whole());
  }, 120_000);

  it('goes on where kill -9 ended it, between marks and paper', async () => {
    const where = place();
    const first = importing(where);
    await first.line(/^step marks /);
    first.process.kill('SIGKILL');
    await first.ended;
    const second = importing(where);
    expect(number(await second.line(/^found /))).toBe(WEB);
    expect(await finished(second)).toMatchObject(whole());
  }, 120_000);

  it('survives kill -9 of its PostgreSQL, or goes on when it is started again', async () => {
    const where = place();
    const first = importing(where);
    const pid = number(await first.line(/^postgres /));
    await first.line(/^step ballots (1000|1500|2000)$/);
    process.kill(pid, 'SIGKILL');
    const { code, stdout } = await first.ended;
    const done = acknowledged(first);
    if (code === 0) {
      expect(await finished(first)).toMatchObject(whole());
      return;
    }
    // It says that the database was away, and nothing else went wrong.
    expect(code).toBe(4);
    expect(stdout).toMatch(AWAY);
    const second = importing(where);
    expect(number(await second.line(/^found /))).toBeGreaterThanOrEqual(done);
    expect(await finished(second)).toMatchObject(whole());
  }, 120_000);
});

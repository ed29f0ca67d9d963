/** A newer release migrates the database while a process of this one serves it. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.js';
import { migrationsFolder } from '../../src/postgres/database.js';
import { migrate } from '../../src/postgres/migrate.js';
import { Booth, fast, voterKeys } from '../elections/booth.js';
import { openOneArea } from '../elections/one-area.js';
import { Fleet, type Served } from './fleet.js';

/** What a later release may do: more tables, columns that may be empty, indexes. */
const MORE = `
create table more (id uuid primary key, name text not null);
alter table contents add column more text;
alter table pending_acts add column more integer not null default 0;
create index events_by_more on events (recorded_at, type);
`;
const VOTERS = Array.from({ length: 120 }, (_, number) => voterKeys(`voter ${number}`, fast));
const quiet = { info: () => undefined, warn: () => undefined };

let fleet: Fleet;
let served: Served;
let folder: string;
beforeAll(async () => {
  fleet = await Fleet.start();
  served = await fleet.serve();
  folder = await mkdtemp(join(tmpdir(), 'concejo-migrations-'));
  await cp(migrationsFolder(), folder, { recursive: true });
  await writeFile(join(folder, '9999_more.sql'), MORE);
}, 120_000);
afterAll(async () => {
  await fleet.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a newer release that migrates', () => {
  it('leaves a process of this one at its work, and lets no other one of this begin', async () => {
    const electionId = await openOneArea(served, systemClock, VOTERS, 'none');
    const booth = await Booth.at(served, electionId, fast);
    let migrated: Promise<string[]> | undefined;
    for (const [number, voter] of VOTERS.entries()) {
      if (number === 20) migrated = migrate(fleet.database.ownerUrl, folder, quiet);
      await booth.cast(voter, { vote: [{ a: 'city', ids: ['trees'] }] });
      if (number === 100) await migrated;
    }
    expect(await migrated).toEqual(['9999_more.sql']);
    expect(await served.isReady()).toBe(true);
    const late = fleet.serve().catch(String);
    expect(await late).toContain('it was used by a newer release. Start that one.');
    // And it goes on.
    expect((await served.fetch(`/api/v1/elections/${electionId}`)).status).toBe(200);
  }, 120_000);
});

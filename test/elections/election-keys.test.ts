/** The master of the keys: a lost one is never replaced while ballots wait for it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, createHttpApp } from '../../src/app.js';
import { ElectionKeys, ElectionKeysUnusable } from '../../src/elections/election-keys.js';
import type { Settings } from '../../src/settings.js';
import { Site } from '../rest/site.js';
import {
  DAY_MS,
  electionWhen,
  HOUR_MS,
  json,
  newCommandId,
  rollLine,
  storyClock,
  together,
  voterKeys,
} from './booth.js';

const clock = storyClock();
const instant = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();

let site: Site;
let folder: string;
let open: string;
beforeAll(async () => {
  site = await Site.start({ clock });
  folder = await mkdtemp(join(tmpdir(), 'concejo-keys-'));
  open = await election(-HOUR_MS);
  // Has a roll and is not opened: it waits for no key.
  await election(HOUR_MS);
  await electionWhen(site, open, ({ phase }) => phase === 'open');
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true });
});

async function election(opensInMs: number): Promise<string> {
  const definition = {
    title: { en: 'With a key' },
    areas: [{ id: 'city', budget: 1_000 }],
    ballot: { type: 'approval', min: 1, max: 1, repeats: 'refuse', limits: 'refuse' },
    ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['listed'], ties: ['bench'] },
    schedule: { opensAt: instant(opensInMs), closesAt: instant(DAY_MS), claimsUntil: instant(2 * DAY_MS) },
    paper: 'none',
    options: [{ id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } }],
  };
  const post = (path: string, body: unknown) =>
    site.as('ana', 'POST', `/api/v1/elections${path}`, { body, id: newCommandId() });
  const { electionId } = await json<{ electionId: string }>(post('', definition), 201);
  const lines = [rollLine(voterKeys('keys'), ['city'])];
  await json(post(`/${electionId}/roll`, { lines, last: true }));
  return electionId;
}

/** Starts another process' application on the same log, and stops it. */
async function starts(settings: Partial<Settings>): Promise<void> {
  const running = await createHttpApp({ ...site.settings, ...settings }, { clock });
  await running.close();
}

async function refusal(settings: Partial<Settings>): Promise<string> {
  const error: unknown = await starts(settings).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ElectionKeysUnusable);
  return (error as Error).message;
}

describe('a master that is missing', () => {
  it('keeps a site with an open election from starting, and is not made anew', async () => {
    const electionKeys = join(folder, 'missing');
    const message = await refusal({ electionKeys });
    expect(message).toContain(`${electionKeys} is missing`);
    expect(message).toContain(`the ballots of ${open}.`);
    expect(message).toContain('Restore it');
    expect(existsSync(electionKeys)).toBe(false);
  });

  it('refuses a command that lives once as soon as it needs a key, and is not made anew', async () => {
    const electionKeys = join(folder, 'missing');
    const once = await createContext({ ...site.settings, electionKeys }, { clock });
    try {
      const keys = once.app.get(ElectionKeys, { strict: false });
      expect(() => keys.publicOf(open)).toThrow(ElectionKeysUnusable);
    } finally {
      await once.close();
    }
    expect(existsSync(electionKeys)).toBe(false);
  });
});

describe('a master', () => {
  it('that is another one than at the opening keeps the site from starting', async () => {
    const electionKeys = join(folder, 'other');
    await writeFile(electionKeys, new Uint8Array(32).fill(7));
    expect(await refusal({ electionKeys })).toContain('is not the one that was in use when voting opened');
  });

  it('that was cut short is told', async () => {
    const electionKeys = join(folder, 'short');
    await writeFile(electionKeys, new Uint8Array(31));
    expect(await refusal({ electionKeys })).toContain('has not 32 bytes');
  });

  it('that was put back lets it start', async () => {
    const electionKeys = join(folder, 'back');
    await copyFile(site.settings.electionKeys, electionKeys);
    await starts({ electionKeys });
  });

  it('that is lost for good lets it start once its elections are given up, and can be replaced once they are over', async () => {
    const electionKeys = join(folder, 'new', 'keys');
    await starts({ electionKeys, givenUp: [open] });
    expect((await stat(electionKeys)).mode & 0o777).toBe(0o600);
    const act = await together(site, ['ana', 'bea'], 'annul-election', {
      electionId: open,
      reason: { code: 'key-lost' },
    });
    expect(act.state).toBe('done');
    await starts({ electionKeys: join(folder, 'third') });

    const published = await election(-HOUR_MS);
    await electionWhen(site, published, ({ phase }) => phase === 'open');
    await refusal({ electionKeys });
    clock.advance(DAY_MS);
    await electionWhen(site, published, ({ key }) => key !== undefined);
    await starts({ electionKeys });
  });
});

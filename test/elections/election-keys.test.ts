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
import { DAY_MS, electionWhen, HOUR_MS, storyClock, together, voterKeys } from './booth.js';
import { defineOneArea, openOneArea } from './one-area.js';

const clock = storyClock();
const VOTERS = [voterKeys('keys')];

let site: Site;
let folder: string;
let open: string;
beforeAll(async () => {
  site = await Site.start({ clock });
  folder = await mkdtemp(join(tmpdir(), 'concejo-keys-'));
  open = await openOneArea(site, clock, VOTERS);
  // Has a roll and is not opened: it waits for no key.
  await defineOneArea(site, clock, VOTERS, { opensInMs: HOUR_MS });
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true });
});

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

    const published = await openOneArea(site, clock, VOTERS, 'none');
    await refusal({ electionKeys });
    clock.advance(DAY_MS);
    await electionWhen(site, published, ({ key }) => key !== undefined);
    await starts({ electionKeys });
  });
});

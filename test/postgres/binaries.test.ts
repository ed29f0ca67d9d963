import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverAccount } from '../../src/postgres/account.js';
import { findBinaries, hydrateSymlinks, packageFolder } from '../../src/postgres/binaries.js';
import { isRoot, newFolder, removeFolders, Said } from './folders.js';

afterAll(removeFolders);

const hasLinks = process.platform !== 'win32';
const withLinks = hasLinks ? it : it.skip;

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The package as npm leaves it where install scripts are blocked. */
function installedWithoutScripts(mode: number): { folder: string; links: Link[] } {
  const folder = join(newFolder({ mode }), 'package');
  cpSync(packageFolder(), folder, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { target } of links) rmSync(join(folder, target), { force: true });
  return { folder, links };
}

describe('the binaries of the package', () => {
  withLinks('get their library links where npm did not run the install script', async () => {
    const { folder, links } = installedWithoutScripts(0o755);
    expect(links.length).toBeGreaterThan(5);
    const postgres = join(folder, 'native', 'bin', 'postgres');
    if (process.platform === 'linux')
      expect(() => execFileSync(postgres, ['--version'], { stdio: 'pipe' })).toThrow();
    await Promise.all([hydrateSymlinks(folder), hydrateSymlinks(folder)]);
    for (const { source, target } of links) {
      expect(lstatSync(join(folder, target)).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(folder, target)).equals(readFileSync(join(folder, source)))).toBe(true);
      expect(readlinkSync(join(folder, target))).not.toContain(folder);
    }
    const said = new Said();
    const binaries = await findBinaries(undefined, newFolder(), said, folder);
    expect(binaries).toMatchObject({ postgres, major: 18, version: expect.stringMatching(/^18\.\d+$/) });
    expect(said.lines).toEqual([]);
  });

  (isRoot ? it : it.skip)(
    'are copied, and that is said, where the user of the server cannot reach them',
    async () => {
      const { folder } = installedWithoutScripts(0o700);
      const account = await serverAccount([]);
      const copies = newFolder();
      const said = new Said();
      const [first, second] = await Promise.all([
        findBinaries(account, copies, said, folder),
        findBinaries(account, copies, said, folder),
      ]);
      expect(second).toEqual(first);
      expect(first.postgres.startsWith(copies)).toBe(true);
      expect(said.lines[0]).toContain(`are copied to ${copies}`);
      // Whole, and nothing beside it.
      expect(readdirSync(copies)).toHaveLength(1);
      expect(lstatSync(first.postgres).uid).toBe(0);
    },
  );

  it('that do not run here are named, and DATABASE_URL as the way out', async () => {
    const { folder } = hasLinks ? installedWithoutScripts(0o755) : { folder: newFolder() };
    writeFileSync(join(folder, 'native', 'bin', 'postgres'), '#!/bin/sh\necho broken >&2\nexit 1\n');
    await expect(findBinaries(undefined, newFolder(), new Said(), folder)).rejects.toMatchObject({
      code: 'postgres-binaries-missing',
      message: expect.stringMatching(/do not run here .*broken.* DATABASE_URL/s),
    });
  });

  it('that are not there for this machine are named', () => {
    const { arch } = process;
    Object.defineProperty(process, 'arch', { value: 'mips' });
    try {
      expect(() => packageFolder()).toThrow(
        expect.objectContaining({
          code: 'postgres-binaries-missing',
          message: expect.stringMatching(/-mips is not installed.*DATABASE_URL/),
        }),
      );
    } finally {
      Object.defineProperty(process, 'arch', { value: arch });
    }
  });
});

/**
 * Makes JavaScript of src/, projections/ and what test/ holds beside its test files, with the settings of Jest, in
 * node_modules/.cache/concejo-test/ under the same paths. Plain JavaScript, since Jest loads its global set-up before it
 * transforms anything, and child processes have no Jest.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { buildScripts } from '../browser/build.js';
import jestConfig from '../jest.config.js';

const root = fileURLToPath(new URL('..', import.meta.url));
export const compiledFolder = join(root, 'node_modules', '.cache', 'concejo-test');

/** Only what has changed is compiled again; several runs may do so at once. */
export async function transpile() {
  const [, settings] = Object.values(jestConfig.transform)[0];
  const settingsFile = join(root, 'jest.config.js');
  const manifest = join(compiledFolder, 'package.json');
  if (!existsSync(manifest)) await put(manifest, '{ "type": "module" }\n');
  const settingsChanged = (await stat(settingsFile)).mtimeMs;
  for (const folder of ['src', 'projections', 'test']) {
    for (const entry of await readdir(join(root, folder), { recursive: true })) {
      if (!/\.tsx?$/.test(entry) || /\.(test|d)\.tsx?$/.test(entry)) continue;
      const source = join(root, folder, entry);
      const target = join(compiledFolder, folder, entry.replace(/\.tsx?$/, '.js'));
      // A file may have been removed since the folder was read.
      const changed = await stat(source).catch(() => undefined);
      if (changed === undefined) continue;
      const made = await stat(target).catch(() => undefined);
      if (made !== undefined && made.mtimeMs > Math.max(changed.mtimeMs, settingsChanged)) continue;
      const { code } = await transform(await readFile(source, 'utf8'), {
        ...settings,
        filename: source,
        sourceMaps: 'inline',
        configFile: false,
        swcrc: false,
      });
      await put(target, code);
    }
  }
  // For the children, and for the sources that Jest compiles in memory.
  await buildScripts(join(compiledFolder, 'browser', 'bundled'), join(root, 'browser', 'bundled'));
}

async function put(path, text) {
  const beside = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(beside, text);
  await rename(beside, path);
}

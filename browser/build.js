/**
 * Bundles the scripts of the pages, each with all that it imports: `node browser/build.js FOLDER`. The same sources give the
 * same bytes; the server names each by its hash.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const SCRIPTS = [
  'audit-page',
  'audit-worker',
  'bundle-worker',
  'checking-worker',
  'filing',
  'matters-map',
  'own-link',
  'redaction',
];

/** @param {readonly string[]} folders */
export async function buildScripts(...folders) {
  const { outputFiles } = await build({
    entryPoints: SCRIPTS.map((name) => join(here, name)),
    outdir: here,
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // The policy of the site lets no text become code, and this one would only be tried to see whether it does.
    define: { 'globalThis.Function': 'undefined' },
    absWorkingDir: join(here, '..'),
    tsconfigRaw: {},
  });
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
    for (const { path, contents } of outputFiles) {
      const beside = join(folder, `${randomUUID()}.part`);
      await writeFile(beside, contents);
      await rename(beside, join(folder, path.slice(here.length)));
    }
  }
}

const [, script, folder] = process.argv;
if (script === fileURLToPath(import.meta.url) && folder !== undefined) await buildScripts(folder);

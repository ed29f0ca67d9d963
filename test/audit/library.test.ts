/** `concejo/audit` as another program has it: installed, typed, and without the server. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { auditBundle } from '../../projections/audit/audit-bundle.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { bundleOf, POLICY, tell } from './story.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const env = { ...process.env, NODE_OPTIONS: '' };

/** What somebody else writes. */
const PROGRAM = `
import { createReadStream, readFileSync } from 'node:fs';
import { auditBundle, Checking, nodeCrypto, type Report } from 'concejo/audit';

const checking = new Checking(2);
const taken: number[] = [];
const report: Report = await auditBundle(createReadStream('log.bundle'), {
  crypto: nodeCrypto,
  bulk: checking,
  policy: readFileSync('policy.txt'),
  progress: (done, of) => taken.push(done / of),
});
await checking.end();
const failed = report.checks.filter(({ verdict }) => verdict === 'FAIL').map(({ name }) => name);
console.log(JSON.stringify({ report, failed, told: taken.length > 0 }));
`;

let folder: string;
const tsc = (project: string) =>
  run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project], { env, cwd: folder });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concejo-library-'));
  const installed = join(folder, 'node_modules/concejo');
  await mkdir(installed, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(installed, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
  await symlink(join(ROOT, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  const build = {
    extends: join(ROOT, 'tsconfig.build.json'),
    compilerOptions: {
      rootDir: ROOT,
      outDir: join(installed, 'dist'),
      sourceMap: false,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    files: [join(ROOT, 'src/audit/library.ts'), join(ROOT, 'src/audit/checking.worker.ts')],
    include: [],
  };
  const program = {
    compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, types: ['node'] },
    files: ['program.ts'],
  };
  await Promise.all([
    writeFile(join(folder, 'build.json'), JSON.stringify(build)),
    writeFile(join(folder, 'tsconfig.json'), JSON.stringify(program)),
    writeFile(join(folder, 'package.json'), '{ "type": "module" }'),
    writeFile(join(folder, 'program.ts'), PROGRAM),
    writeFile(join(folder, 'policy.txt'), POLICY),
  ]);
  await tsc('build.json');
  await tsc('tsconfig.json');
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function audited(bundle: Uint8Array): Promise<{ report: object; failed: string[]; told: boolean }> {
  await writeFile(join(folder, 'log.bundle'), bundle);
  const { stdout } = await run(process.execPath, ['program.js'], { env, cwd: folder, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as Awaited<ReturnType<typeof audited>>;
}

describe('concejo/audit', () => {
  it('audits in another program, with its types, as here', async () => {
    const bundle = await bundleOf(tell());
    const { report, failed, told } = await audited(bundle);
    const here = await auditBundle([bundle], { crypto: nodeCrypto, policy: POLICY });
    expect([failed, told, here.passed]).toEqual([[], true, true]);
    expect(report).toEqual(JSON.parse(JSON.stringify(here)));
    const changed = bundle.slice();
    const at = Buffer.from(changed).indexOf('"type":"BallotCast"');
    changed[at] = changed[at]! ^ 1;
    expect((await audited(changed)).failed[0]).toBe('bundle-digests');
  }, 60_000);

  it('brings nothing of the server along, and nothing else of the package can be had', async () => {
    const files = await readdir(join(folder, 'node_modules/concejo/dist/src'), { recursive: true });
    const rooms = new Set(files.filter((file) => file.endsWith('.js')).map((file) => file.split('/')[0]));
    expect([...rooms].sort()).toEqual(['answering-worker.js', 'audit', 'crypto']);
    const other = "await import('concejo/dist/src/app.js')";
    const args = ['--input-type=module', '-e', other];
    await expect(run(process.execPath, args, { env, cwd: folder })).rejects.toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
  });
});

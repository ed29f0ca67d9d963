/** Commands on the data folder of a site that runs and has its own PostgreSQL there. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from '../child.js';
import { newFolder, removeFolders } from '../postgres/folders.js';

const folder = newFolder();
const env = {
  CONCEJO_DATA: folder,
  DATABASE_URL: '',
  DATABASE_OWNER_URL: '',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'warn',
};
const concejo = (...args: string[]) => startChild('src/main.ts', args, { env });
let site: Child;
beforeAll(async () => {
  site = concejo('serve');
  await site.line(/^Concejo /);
}, 60_000);
afterAll(async () => {
  site.process.kill('SIGTERM');
  await site.ended;
  removeFolders();
}, 30_000);

const isServing = () => site.process.exitCode === null && site.process.signalCode === null;

it('look at its log, write a bundle of it, and leave the site running', async () => {
  const file = join(newFolder(), 'log.bundle');
  const doctor = await concejo('doctor', '--json').ended;
  expect([doctor.code, JSON.parse(doctor.stdout), doctor.stderr]).toEqual([
    0,
    expect.objectContaining({ healthy: true }),
    '',
  ]);
  const bundle = await concejo('bundle', '--out', file, '--json').ended;
  expect([bundle.code, bundle.stderr]).toEqual([0, '']);
  const audit = await concejo('audit', file, '--json').ended;
  expect(JSON.parse(audit.stdout)).toMatchObject({
    size: (JSON.parse(bundle.stdout) as { size: number }).size,
  });
  expect(isServing()).toBe(true);
}, 120_000);

it('say who has the folder where no server can be reached by it', async () => {
  const pid = join(folder, 'postgres', 'data', 'postmaster.pid');
  const text = readFileSync(pid, 'utf8');
  writeFileSync(pid, text.replace(/ready/, 'starting'));
  const { code, stdout } = await concejo('doctor', '--json').ended;
  writeFileSync(pid, text);
  expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ error: 'data-folder-in-use' })]);
  expect(isServing()).toBe(true);
}, 60_000);

it('a second site does not start beside it', async () => {
  const { code, stderr } = await concejo('serve').ended;
  expect([code, stderr]).toEqual([1, expect.stringContaining(`in use by process ${site.process.pid}`)]);
}, 60_000);

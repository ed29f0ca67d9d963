/** docs/auditing.md, as a stranger follows it: its shell blocks in their order against a demo that runs, and its program. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../src/postgres/listening.js';
import { AUDIT_WORDS } from '../../src/web/audit-words.js';
import { compiled, startChild, type Child } from '../child.js';
import { newFolder, removeFolders } from '../postgres/folders.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENT = readFileSync(join(ROOT, 'docs/auditing.md'), 'utf8');
const HERE = 'http://127.0.0.1:3000';

const blocks = (language: string) =>
  [...DOCUMENT.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );

/** A checkout that was built. */
const folder = newFolder();
let demo: Child;
let origin: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  env = {
    ...process.env,
    NODE_OPTIONS: '',
    CONCEJO_DATA: join(folder, 'concejo-data'),
    DATABASE_URL: '',
    DATABASE_OWNER_URL: '',
    PORT: String(port),
  };
  const built = dirname(dirname(compiled('src/main.ts')));
  symlinkSync(built, join(folder, 'dist'));
  const installed = join(folder, 'node_modules/concejo');
  mkdirSync(installed, { recursive: true });
  symlinkSync(built, join(installed, 'dist'));
  symlinkSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  demo = startChild('src/main.ts', ['demo', '--matters', '12'], { env });
  await demo.line(/^Concejo, a demo /);
  await atRest();
}, 120_000);
afterAll(async () => {
  demo.process.kill('SIGTERM');
  await demo.ended;
  removeFolders();
}, 30_000);

/** The program writes digests when it starts: a bundle made meanwhile is older than a receipt afterwards. */
async function atRest(): Promise<void> {
  let before = '';
  for (let looks = 0; looks < 30; looks++) {
    const { ledger } = (await (await fetch(`${origin}/health/ready`)).json()) as {
      ledger: { size: string; shownSize: string };
    };
    if (ledger.size === before && ledger.shownSize === ledger.size) return;
    before = ledger.size;
    await pause(3_000);
  }
  throw new Error('The log still grows');
}

describe('the walk through an audit', () => {
  it('comes to the verdicts that it promises, block by block', async () => {
    const shell = blocks('sh');
    const script = ['set -eu', ...shell.map((block) => `echo '#'\n${block}`)].join('\n');
    const { stdout, stderr } = await run('bash', ['-c', script.replaceAll(HERE, origin)], {
      env,
      cwd: folder,
    }).catch((error: unknown) => error as { stdout: string; stderr: string });
    const said = stdout.split('#\n').slice(1);
    const brokenOff = said.length < shell.length ? said.at(-1) : undefined;
    expect([said.length, stderr, brokenOff]).toEqual([shell.length, '', undefined]);
    const [download, own, trusted, changed, live, receipt, followed, server] = said;
    expect(download).toBe('');
    expect(own).toMatch(/\nPASSED by the log's own policy/);
    expect(trusted).toMatch(/\nPASSED/);
    expect(changed).toMatch(/\nFAILED[^]*\nexit code 1\n$/);
    expect(live).toMatch(/\nPASSED/);
    expect(receipt).toMatch(/^It is entry 0 [^]*\nPASS: [^]*\nPASSED/);
    expect(followed).toMatch(/ events under /);
    expect(server).toMatch(/are as they must be\.\nown\.bundle: /);
  }, 180_000);

  it('names the button of the page, and starts what npm start starts', async () => {
    expect(DOCUMENT).toContain(`press “${AUDIT_WORDS.en.live}”`);
    const page = await (await fetch(`${origin}/audit?lang=en`)).text();
    expect(page).toContain(`concejo audit ${origin}`);
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: { start: string };
    };
    expect(scripts.start).toBe('node dist/src/main.js demo');
  });

  it('has a program that runs', async () => {
    const [program = ''] = blocks('js');
    writeFileSync(join(folder, 'audit.mjs'), program);
    const { stdout, stderr } = await run(process.execPath, ['audit.mjs'], { env, cwd: folder });
    expect([stdout.split('\n')[0], stderr]).toEqual(['passed nothing wrong', '']);
    expect(stdout).toMatch(/^5 witnesses WARN no-witnesses$/m);
  }, 60_000);
});

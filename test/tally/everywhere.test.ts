/** The counting rules as anybody's browser runs them: nothing but themselves, in a worker, to the same bytes as in Node. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalText } from '../../projections/canonical.js';
import { groupBallots } from '../../projections/tally/ballots.js';
import { readElection } from '../../src/pabulib/election-file.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';
import { hasBrowser, openBrowser } from '../web/browser.js';
import type { PlainElection } from './everywhere.child.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SHARED = new URL('../../../shared/elections/', import.meta.url);

const TIES = { score: { by: 'votes' }, tieOrder: ['listed'] };

function rulesetsFor(ids: readonly string[], increment: number): PlainElection['rulesets'] {
  const ties = { ...TIES, ties: ids };
  return [
    { ...ties, rule: 'greedy' },
    { ...ties, rule: 'greedy-per-cost' },
    { ...ties, rule: 'equal-shares', utility: 'cost', completion: 'add1', increment },
    { ...ties, rule: 'equal-shares', utility: 'cardinality', completion: 'add1u', increment },
    { ...ties, rule: 'phragmen' },
  ];
}

/** Small numbers everywhere, so that many projects are level: then doubles cannot tell, and fractions must. */
function madeUp(count: number): PlainElection[] {
  let state = 20_261_126;
  const upTo = (most: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + Math.floor((state / 2 ** 32) * most);
  };
  return Array.from({ length: count }, () => {
    const ids = Array.from({ length: 3 + upTo(9) }, (_, at) => `p${String(at)}`);
    const costs = [upTo(9) * 10, upTo(9) * 7];
    const projects = ids.map((id) => ({ id, cost: String(costs[upTo(2) - 1]) }));
    const ballots = Array.from({ length: 5 + upTo(30) }, () => ({
      options: ids.filter(() => upTo(3) === 1),
      weight: upTo(3),
    }));
    return { projects, ballots, budget: String(50 + upTo(200)), rulesets: rulesetsFor(ids, 1) };
  });
}

async function real(name: string): Promise<PlainElection[]> {
  const path = new URL(name, SHARED);
  if (!existsSync(path)) return [];
  const { file } = parsePabulib(await readFile(path));
  if (file === undefined) throw new Error(name);
  const { projects, ballots, budget } = readElection(file);
  return [
    {
      projects: projects.map(({ id, cost, withdrawn }) => ({
        id,
        cost: String(cost),
        ...(withdrawn && { withdrawn }),
      })),
      ballots: groupBallots(ballots).map(({ options, weight }) => ({ options, weight })),
      budget: String(budget),
      rulesets: rulesetsFor(
        projects.map(({ id }) => id),
        100,
      ),
    },
  ];
}

let folder: string;
/** What Node makes of the elections. */
let inNode: string;
let elections: PlainElection[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concejo-everywhere-'));
  elections = [
    ...madeUp(60),
    ...(await real('Poland_Lodz_2022.pb')),
    ...(await real('Poland_Warszawa_2021_Bielany.pb')),
  ];
  await writeFile(join(folder, 'elections.json'), JSON.stringify(elections));
  const project = {
    extends: join(ROOT, 'tsconfig.json'),
    // The language and nothing else: neither what Node nor what a browser adds to it.
    compilerOptions: { lib: ['ES2023'], types: [], rootDir: ROOT, outDir: folder, sourceMap: false },
    include: [join(ROOT, 'projections/tally'), join(ROOT, 'test/tally/everywhere.child.ts')],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]);
  const script = `
    import { readFileSync } from 'node:fs';
    import { countAll } from './test/tally/everywhere.child.js';
    process.stdout.write(countAll(JSON.parse(readFileSync('elections.json', 'utf8'))));`;
  const env = { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: join(folder, 'coverage') };
  const args = ['--input-type=module', '-e', script];
  ({ stdout: inNode } = await run(process.execPath, args, { cwd: folder, env, maxBuffer: 2 ** 30 }));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the counting rules', () => {
  it('are made of themselves alone: no package, no platform', async () => {
    const files = (await readdir(join(folder, 'projections'), { recursive: true })).filter((file) =>
      file.endsWith('.js'),
    );
    expect(files.length).toBeGreaterThan(25);
    expect(files.filter((file) => !file.startsWith('tally/'))).toEqual([]);
    const foreign: string[] = [];
    for (const file of files) {
      const text = await readFile(join(folder, 'projections', file), 'utf8');
      for (const [, from = ''] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
        const target = new URL(from, `file:///projections/${file}`).pathname;
        if (!from.startsWith('.') || !target.startsWith('/projections/tally/'))
          foreign.push(`${file}: ${from}`);
      }
    }
    expect(foreign).toEqual([]);
  });

  it('are tried on elections that need fractions, and on each come to an outcome', async () => {
    const outcomes = JSON.parse(inNode) as { rule?: string; ties: object[] }[];
    expect(outcomes).toHaveLength(elections.length * 5);
    expect(outcomes.filter(({ rule }) => rule === undefined)).toEqual([]);
    const level = outcomes.filter(({ rule, ties }) => rule === 'equal-shares' && ties.length > 0);
    expect(level.length).toBeGreaterThan(10);
    const [file = ''] = await readdir(join(folder, 'coverage'));
    const { result } = JSON.parse(await readFile(join(folder, 'coverage', file), 'utf8')) as {
      result: { url: string; functions: { functionName: string; ranges: { count: number }[] }[] }[];
    };
    const exact = result.find(({ url }) => url.endsWith('/tally/equal-shares-exact.js'));
    const called = exact?.functions.filter(({ functionName, ranges: [range] }) => {
      return functionName !== '' && (range?.count ?? 0) > 0;
    });
    expect(called?.length).toBeGreaterThan(0);
  });
});

(hasBrowser ? describe : describe.skip)('in a worker of a browser', () => {
  const WORKER = `
    import { countAll } from '/test/tally/everywhere.child.js';
    onmessage = ({ data }) => postMessage(countAll(data));`;
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    asked.add(path);
    const send = (type: string, body: string | Buffer) =>
      response.writeHead(200, { 'content-type': type }).end(body);
    if (path === '/') send('text/html', '<!doctype html><title>Counting</title>');
    else if (path === '/worker.js') send('text/javascript', WORKER);
    else {
      readFile(join(folder, path)).then(
        (bytes) => send(path.endsWith('.json') ? 'application/json' : 'text/javascript', bytes),
        () => response.writeHead(404).end(),
      );
    }
  });

  it('come to the same as in Node, byte for byte, with nothing else loaded', async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
      // As text: here is no browser to know its types by.
      const inBrowser = await page.evaluate<string>(`(async () => {
        const elections = await (await fetch('/elections.json')).json();
        const worker = new Worker('/worker.js', { type: 'module' });
        return new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(elections);
        });
      })()`);
      expect(inBrowser.length).toBe(inNode.length);
      expect(inBrowser === inNode).toBe(true);
      expect(canonicalText(JSON.parse(inBrowser))).toBe(canonicalText(JSON.parse(inNode)));
      const others = [
        '/',
        '/worker.js',
        '/elections.json',
        '/test/tally/everywhere.child.js',
        '/favicon.ico',
      ];
      const loaded = [...asked].filter((path) => !others.includes(path));
      expect(loaded.length).toBeGreaterThan(20);
      expect(loaded.filter((path) => !path.startsWith('/projections/tally/'))).toEqual([]);
    } finally {
      await browser.close();
      server.close();
    }
  }, 120_000);
});

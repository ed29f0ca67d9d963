/** The key of a log replaced under its name, by the real commands, while the log is served, cosigned and audited. */
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { utf8 } from '../../projections/bytes.js';
import { auditRemote } from '../../src/audit/audit-remote.js';
import { RemoteLog } from '../../src/audit/remote-log.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { keyLine, LogKeys } from '../../src/ledger/log-keys.js';
import { startChild } from '../child.js';
import { Site } from '../rest/site.js';
import { WitnessProcess } from '../witness/witness-process.js';
import { signersOf } from './second-opinion.js';

const ORIGIN = 'city.example/log';
const lineOf = (byte: number) => keyLine(nodeCrypto, ORIGIN, new Uint8Array(32).fill(byte));
const vkeyIn = (line: string) => LogKeys.parse(nodeCrypto, line).vkeys[0] as string;
const [A, B] = [vkeyIn(lineOf(1)), vkeyIn(lineOf(2))];

let folder: string;
let keyFile: string;
let witness: WitnessProcess;
let site: Site;
let variables: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concejo-rotation-'));
  keyFile = join(folder, 'log-key');
  await writeFile(keyFile, `# Copies: in the safe.\n${lineOf(1)}\n`, { mode: 0o600 });
  witness = await WitnessProcess.start(join(folder, 'witness'), [A], { name: 'w.example' });
  const policy = join(folder, 'policy');
  // Nobody changes this file later.
  await writeFile(policy, `log ${A}\nwitness w ${witness.vkey} ${witness.url}\nquorum w\n`);
  variables = { CONCEJO_LOG_KEY: keyFile, CONCEJO_LOG_POLICY: policy };
  site = await Site.start({}, variables);
}, 60_000);
afterAll(async () => {
  await site.stop();
  await witness.kill();
  await rm(folder, { recursive: true });
});

async function logKey(...args: string[]) {
  const { data, databaseUrl, ownerUrl } = site.settings;
  const env = {
    ...variables,
    CONCEJO_DATA: data,
    DATABASE_URL: databaseUrl ?? '',
    DATABASE_OWNER_URL: ownerUrl ?? '',
  };
  const child = startChild('src/main.ts', ['log-key', ...args, '--json'], { env });
  const { code, stdout, stderr } = await child.ended;
  if (stdout === '') throw new Error(stderr);
  return [code, JSON.parse(stdout) as unknown] as const;
}

/** The head that is shown, once exactly these have signed it. */
async function headBy(signers: readonly string[]): Promise<string> {
  const all = [A, B, witness.vkey];
  let note = '';
  for (let tries = 0; tries < 200; tries++) {
    note = await (await site.fetch('/log/checkpoint')).text();
    if (signersOf(note, all).sort().join() === [...signers, witness.vkey].sort().join()) return note;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The head is signed by others: ${note}`);
}

/** Verdict and codes of check 4, for somebody who has these keys in her policy. */
async function audited(...vkeys: string[]) {
  const policy = utf8(`${vkeys.map((vkey) => `log ${vkey}\n`).join('')}quorum none\n`);
  const { checks } = await auditRemote(new RemoteLog(site.origin), { crypto: nodeCrypto, policy });
  const found = checks.find(({ number }) => number === 4);
  return [found?.verdict, ...(found?.findings.map(({ code }) => code) ?? [])];
}

const lines = async (path: string) => (await (await site.fetch(path)).text()).trim().split('\n');
const refused = (code: string) => [1, expect.objectContaining({ error: code })];

describe('the key of a log', () => {
  it('is the only one until another is announced, whatever the file holds', async () => {
    await headBy([A]);
    await appendFile(keyFile, `${lineOf(2)}\n`);
    expect(await logKey('retire')).toEqual(refused('log-key-the-last'));
    expect(await logKey()).toEqual([
      0,
      {
        origin: ORIGIN,
        keys: [
          { vkey: A, state: 'signs', isHere: true },
          { vkey: B, state: 'not-announced', isHere: true },
        ],
      },
    ]);
    await headBy([A]);
    expect(await lines('/log/vkeys')).toEqual([A]);
  }, 60_000);

  it('signs beside the one that was announced, and both are in the policy and pass an audit', async () => {
    expect(await logKey('rotate')).toEqual([0, { old: A, announced: B }]);
    await headBy([A, B]);
    expect(await lines('/log/vkeys')).toEqual([A, B]);
    expect(await lines('/log/policy')).toEqual([
      `log ${A}`,
      `log ${B}`,
      `witness w ${witness.vkey} ${witness.url}`,
      'quorum w',
    ]);
    for (const keys of [[A], [B], [A, B]]) expect(await audited(...keys)).toEqual(['PASS']);
    expect(await logKey('rotate')).toEqual(refused('log-key-rotation-under-way'));
  }, 60_000);

  it('stays while the witnesses know no other, and is retired when they do', async () => {
    expect(await logKey('retire')).toEqual(refused('witnesses-without-key'));
    const { port } = witness;
    await witness.kill('SIGTERM');
    witness = await WitnessProcess.start(join(folder, 'witness'), [A, B], { port });
    expect(await logKey('retire')).toEqual([0, { retired: A, signs: [B] }]);
    await headBy([B]);
    expect(await lines('/log/vkeys')).toEqual([B]);
    expect(await readFile(keyFile, 'utf8')).toBe(`# Copies: in the safe.\n${lineOf(2)}\n`);
    expect(await audited(A, B)).toEqual(['PASS']);
    expect(await audited(A)).toEqual(['FAIL', 'log-signature-missing']);
  }, 60_000);

  it('is replaced again by one that the command makes, for its owner alone', async () => {
    const [code, answer] = await logKey('rotate');
    const made = (await readFile(keyFile, 'utf8')).trim().split('\n').at(-1) as string;
    expect([code, answer]).toEqual([0, { old: B, announced: vkeyIn(made) }]);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    for (let tries = 0; tries < 200; tries++) {
      const note = await (await site.fetch('/log/checkpoint')).text();
      if (signersOf(note, [vkeyIn(made), B]).length === 2) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('The new key does not sign');
  }, 60_000);

  it('comes from the environment as well, where nothing is written', async () => {
    const made = (await readFile(keyFile, 'utf8')).trim().split('\n').at(-1) as string;
    variables = { ...variables, CONCEJO_LOG_KEY: made };
    const answer = [0, { retired: B, signs: [vkeyIn(made)] }];
    expect(await logKey('retire', '--force')).toEqual(answer);
    expect(await logKey('rotate')).toEqual(refused('log-key-in-environment'));
    expect(await readFile(keyFile, 'utf8')).toContain(lineOf(2));
  }, 60_000);
});

/**
 * Child processes for tests of crashes: real Node processes that run the project's own code, and can be killed.
 *
 * Before the tests, Jest's global set-up (`start-postgres.js`) has compiled src/, projections/ and everything in test/ but
 * `*.test.ts` to node_modules/.cache/concejo-test/, under the same paths. A script for a child is therefore an ordinary
 * file such as `test/elections/importing.child.ts`, with ordinary imports (`../../src/…​.js`):
 *
 *     const child = startChild('test/elections/importing.child.ts', [folder]);
 *     await child.line(/^ready/);
 *     child.process.kill('SIGKILL');
 *     await child.ended;
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const CACHE = 'node_modules/.cache/concejo-test';
/** Of the sources, or, when this is the compiled form itself, of the compiled files. */
const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the compiled form of a source file is. @param source path from the root of the repository, `.ts` or `.tsx` */
export function compiled(source: string): string {
  return join(root.endsWith(`${CACHE}/`) ? root : join(root, CACHE), source.replace(/\.tsx?$/, '.js'));
}

export interface Child {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** Every line of its standard output so far. */
  readonly lines: readonly string[];
  /** The first line that matches, past or to come. Rejects, with what was printed, when the child ends without it. */
  line(pattern: RegExp): Promise<string>;
  /** Resolves when the child has ended and all its output has been read. */
  readonly ended: Promise<{
    code: number | null;
    signal: NodeJS.Signals | null;
    stdout: string;
    stderr: string;
  }>;
}

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** User and group to run as; root may choose. */
  readonly uid?: number;
  readonly gid?: number;
  /** Shell commands that come first, with root's rights of the test, for instance `ulimit -f 1000`. */
  readonly before?: string;
}

/** Starts Node on a compiled script. @param script path from the root of the repository */
export function startChild(script: string, args: readonly string[] = [], options: ChildOptions = {}): Child {
  const { env, before, ...identity } = options;
  const node = [process.execPath, compiled(script), ...args];
  const command = before === undefined ? node : ['/bin/sh', '-c', `${before} && exec "$@"`, 'sh', ...node];
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Jest's own options, such as its loader of modules, are not for a child.
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    ...identity,
  });
  const lines: string[] = [];
  let stderr = '';
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended: Child['ended'] = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout: lines.join('\n'), stderr }));
  });
  // Whoever waits for it sees the error; nobody has to.
  ended.catch(() => undefined);
  return {
    process: child,
    lines,
    ended,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) {
          resolve(found);
          return;
        }
        const look = (line: string) => {
          if (!pattern.test(line)) return;
          reader.off('line', look);
          resolve(line);
        };
        reader.on('line', look);
        ended.then(({ code, signal, stdout }) => {
          reject(new Error(`ended (${signal ?? code}) before ${String(pattern)}\n${stdout}\n${stderr}`));
        }, reject);
      }),
  };
}

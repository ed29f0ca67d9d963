/** Runs compiled scripts, which lie beside this compiled file, in processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { mostMegabytes } from './process-watch.js';

/** Node's options for the servers that are measured, such as `--cpu-prof --cpu-prof-dir=/tmp/profile`. */
const NODE_ARGUMENTS = (process.env.BENCH_NODE_ARGUMENTS ?? '').split(' ').filter((word) => word !== '');

export interface Server {
  readonly pid: number | undefined;
  /** The line by which it told that it serves. */
  readonly ready: string;
  /** Asks it to end, and waits for that. */
  stop(): Promise<void>;
  /** As a machine that is gone: `kill -9`. */
  kill(): void;
}

/**
 * Starts a server and waits for its first line that matches. What it says on standard error is shown.
 * @param script path from the root of the repository, `.js`
 * @throws Error when it ends before
 */
export async function startServer(
  script: string,
  args: readonly string[],
  ready: RegExp,
  env: NodeJS.ProcessEnv = {},
): Promise<Server> {
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, pathOf(script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const kill = () => void child.kill('SIGKILL');
  return { pid: child.pid, ready: await firstLine(child, ready), stop, kill };
}

function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new Error(`A server ended before it said ${String(pattern)}`)));
    if (child.stdout === null) return;
    createInterface(child.stdout).on('line', (line) => {
      if (pattern.test(line)) resolve(line);
    });
  });
}

/** Runs a script to its end. @returns milliseconds from its start @throws Error when it fails */
export async function timeScript(script: string, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, [pathOf(script), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${String(code)}`);
  return performance.now() - started;
}

/** What a script prints. @param node options of Node for it @throws Error when it fails */
export async function readScript(
  script: string,
  args: readonly string[],
  node: readonly string[],
): Promise<string> {
  const child = spawn(process.execPath, [...node, pathOf(script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${String(code)}`);
  return text;
}

/**
 * Runs a script to its end, and looks at its memory meanwhile. @returns milliseconds from its start, and the most megabytes that
 * it had (0 where the system does not tell) @throws Error when it fails
 */
export async function watchScript(
  script: string,
  args: readonly string[],
): Promise<{ ms: number; megabytes: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [pathOf(script), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let megabytes = 0;
  const look = setInterval(() => {
    void mostMegabytes(child.pid).then((most) => (megabytes = Math.max(megabytes, most ?? 0)));
  }, 100);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${String(code)}`);
    return { ms: performance.now() - started, megabytes };
  } finally {
    clearInterval(look);
  }
}

function pathOf(script: string): string {
  return fileURLToPath(new URL(`../../${script}`, import.meta.url));
}

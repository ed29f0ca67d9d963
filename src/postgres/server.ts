/**
 * Keeps one PostgreSQL server running: starts it, sees it end, starts it again, stops it. Nothing acknowledged is lost
 * when either side is killed: commits are on disk before they are answered, and a server that an earlier, killed run has
 * left behind is stopped cleanly before the next is started.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fchownSync, openSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { identity, type Account } from './account.js';
import type { Binaries } from './binaries.js';
import { serverArguments, serverEnvironment } from './cluster.js';
import type { Listening } from './listening.js';
import type { Log } from './log.js';
import { diskFull, messageOf, PostgresError, saysDiskFull } from './postgres-error.js';
import { disownPostmasterFile, readPostmaster, runningPostmaster } from './postmaster-file.js';

const run = promisify(execFile);

const POLL_MS = 10;
/** How long parts of a killed server may hold on to its memory. */
const LEFTOVERS_MS = 15_000;
/** Recovery after a crash reads at most a gigabyte or so of log; minutes even on a slow disk. */
const READY_MS = 30 * 60_000;
const STOP_SECONDS = 60;
const RESTART_PAUSES_MS = [0, 200, 1_000, 5_000];
const LOG_BYTES = 1_000_000;

export interface ServerSpec {
  readonly home: string;
  readonly account: Account | undefined;
  readonly binaries: Binaries;
  readonly listening: Listening;
  readonly maxConnections: number;
  /** Whether commits are answered before they are on the disk. */
  readonly hurry: boolean;
  readonly log: Log;
}

export class Server {
  readonly #data: string;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  #restarting: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(private readonly spec: ServerSpec) {
    this.#data = join(spec.home, 'data');
    this.#logFile = join(spec.home, 'server.log');
  }

  /** Of the running server; it changes when the server had to be started again. Undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Resolves when the server takes connections.
   * @throws PostgresError `disk-full`, `postgres-start-failed` with the last lines of the server's log
   */
  async start(): Promise<void> {
    if (((await stat(this.#logFile).catch(() => undefined))?.size ?? 0) > LOG_BYTES) {
      await rename(this.#logFile, `${this.#logFile}.1`).catch(() => undefined);
    }
    const orphan = await runningPostmaster(this.#data);
    if (orphan !== undefined) {
      this.spec.log.warn(
        `A PostgreSQL that an earlier run left behind (process ${orphan}) is stopped first.`,
      );
      await this.#stopWithPgCtl();
    }
    await this.#launch();
    process.once('exit', this.#onExit);
  }

  /** Ends the server after what it is doing now; open connections are closed. May be called twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    process.off('exit', this.#onExit);
    await this.#restarting;
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await this.#stopWithPgCtl();
    if (this.#child !== undefined) {
      child.kill('SIGKILL');
      await ended;
    }
  }

  /** A program that ends without `stop` takes its server with it; a killed one cannot, see `start`. */
  readonly #onExit = (): void => {
    if (process.platform !== 'win32') this.#child?.kill('SIGINT');
  };

  async #launch(): Promise<void> {
    const deadline = Date.now() + LEFTOVERS_MS;
    for (;;) {
      await disownPostmasterFile(this.#data, this.spec.listening.socketFolder);
      const failure = await this.#tryLaunch();
      if (failure === undefined) return;
      const leftovers = /shared memory block .* still in use|is another postmaster/i.test(failure);
      if (leftovers && Date.now() < deadline && !this.#stopping) {
        await sleep(200);
        continue;
      }
      if (saysDiskFull(failure)) throw diskFull(this.spec.home, new Error(failure));
      throw new PostgresError(
        'postgres-start-failed',
        `PostgreSQL did not start on ${this.#data}. The end of ${this.#logFile}:\n${failure}`,
      );
    }
  }

  /** @returns what the server said when it ended before it was ready */
  async #tryLaunch(): Promise<string | undefined> {
    const { binaries, account } = this.spec;
    const logged = (await stat(this.#logFile).catch(() => undefined))?.size ?? 0;
    const logFd = openSync(this.#logFile, 'a', 0o600);
    if (account) fchownSync(logFd, account.uid, account.gid);
    // In a session of its own: a Ctrl-C in the terminal is for the program, which then stops the server in order.
    const child = spawn(binaries.postgres, serverArguments(this.spec), {
      ...identity(account),
      cwd: '/',
      env: serverEnvironment(),
      detached: true,
      windowsHide: true,
      stdio: ['ignore', logFd, logFd],
    });
    closeSync(logFd);
    let ended: string | undefined;
    child.once('error', (error) => (ended = error.message));
    child.once('exit', (code, signal) => (ended = `ended with ${signal ?? `code ${code}`}`));
    const deadline = Date.now() + READY_MS;
    for (;;) {
      if (ended !== undefined) {
        const said = (await readFile(this.#logFile).catch(() => Buffer.alloc(0))).subarray(logged).toString();
        return `${said.trim().split('\n').slice(-20).join('\n')}\n${ended}`;
      }
      const postmaster = await readPostmaster(this.#data);
      if (postmaster?.ready && postmaster.pid === child.pid) break;
      if (Date.now() > deadline) {
        child.kill('SIGKILL');
        return `not ready after ${READY_MS / 60_000} minutes`;
      }
      await sleep(POLL_MS);
    }
    this.#child = child;
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      if (!this.#stopping) this.#restarting = this.#restart(signal ?? `code ${code}`);
    });
    return undefined;
  }

  async #restart(why: string): Promise<void> {
    const { log } = this.spec;
    log.warn(`PostgreSQL ended by itself (${why}) and is started again.`);
    for (let attempt = 0; !this.#stopping; attempt++) {
      await sleep(RESTART_PAUSES_MS[Math.min(attempt, RESTART_PAUSES_MS.length - 1)]);
      try {
        await this.#launch();
        log.info('PostgreSQL runs again.');
        return;
      } catch (error) {
        log.warn(messageOf(error));
      }
    }
  }

  async #stopWithPgCtl(): Promise<void> {
    const { binaries, account } = this.spec;
    for (const mode of ['fast', 'immediate']) {
      const args = ['stop', '-D', this.#data, '-m', mode, '-w', '-t', String(STOP_SECONDS)];
      try {
        await run(binaries.pgCtl, args, { ...identity(account), cwd: '/', env: serverEnvironment() });
        return;
      } catch (error) {
        // It may have ended meanwhile.
        if ((await runningPostmaster(this.#data)) === undefined) return;
        this.spec.log.warn(`PostgreSQL did not stop (${mode}): ${messageOf(error)}`);
      }
    }
  }
}

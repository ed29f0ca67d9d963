/** One web process: what runs, how clients and it reach each other, and how it is killed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetConnectOpts } from 'node:net';
import { COMMIT } from '../event-store/cutting-proxy.js';
import { startChild, type Child } from '../child.js';
import { FaultyProxy } from './proxy.js';

const READY_MS = 60_000;
/** How often it is started before that it ends is taken for a fault of its own. */
const TRIES = 5;
const RESTART_MS = 1_000;
const LOOK_MS = 50;
/** As the program writes down an error that it cannot name: a number for who was answered 500, and the address. */
const UNEXPECTED = /[0-9a-f-]{36} (GET|POST|PUT) \S+: /;

export class Web {
  /** All that ever ran. */
  readonly #children: Child[] = [];
  #port: number | undefined;
  readonly #clockFile: string;

  private constructor(
    /** By which PostgreSQL knows its connections. */
    readonly name: string,
    readonly clients: FaultyProxy,
    /** Between it and PostgreSQL; `undefined` where that is its own. */
    readonly database: FaultyProxy | undefined,
    private readonly variables: Record<string, string>,
    folder: string,
  ) {
    this.#clockFile = join(folder, `${name}.clock`);
    this.moveClock(0);
  }

  /**
   * Not running yet.
   * @param database where PostgreSQL is, and the variables for a proxy's port
   */
  static async make(
    name: string,
    folder: string,
    database:
      | { readonly at: () => NetConnectOpts; readonly variables: (port: number) => Record<string, string> }
      | undefined,
    variables: Record<string, string>,
  ): Promise<Web> {
    const proxy = database && (await FaultyProxy.start(database.at, COMMIT));
    const clients = await FaultyProxy.start(() => {
      const port = web.#port;
      return port === undefined ? undefined : { host: '127.0.0.1', port };
    });
    const own = proxy === undefined ? {} : database?.variables(proxy.port);
    const web = new Web(name, clients, proxy, { ...variables, ...own }, folder);
    return web;
  }

  get #child(): Child | undefined {
    return this.#children.at(-1);
  }

  /** Where clients reach it. */
  get url(): string {
    return `http://127.0.0.1:${this.clients.port}`;
  }

  /** Resolves when it listens. One that ends before, as its database is away, is started again: so does whoever supervises it. */
  async start(): Promise<void> {
    for (let triesLeft = TRIES; ; triesLeft--) {
      const child = startChild('test/faults/web.child.ts', [this.#clockFile], { env: this.variables });
      this.#children.push(child);
      try {
        this.#port = Number((await child.line(/^at /)).slice(3));
        return;
      } catch (error) {
        if (triesLeft === 1) throw error;
        await sleep(RESTART_MS);
      }
    }
  }

  /** Waits until it says itself that it can do its work. @throws Error after a minute, with what it said */
  async untilReady(): Promise<void> {
    const end = performance.now() + READY_MS;
    for (let said = ''; ;) {
      try {
        const answer = await fetch(`http://127.0.0.1:${this.#port}/health/ready`, {
          signal: AbortSignal.timeout(5_000),
        });
        if (answer.status === 200) return;
        said = await answer.text();
      } catch (error) {
        said = String(error);
      }
      if (performance.now() > end) throw new Error(`${this.name} is not ready: ${said}\n${this.said()}`);
      await sleep(LOOK_MS);
    }
  }

  /** Requests that it could not answer for a reason that it did not know: bugs, as it wrote them down. */
  bugs(): string[] {
    return this.#children.flatMap(({ lines }) => lines.filter((line) => UNEXPECTED.test(line)));
  }

  /** The end of what it wrote. */
  said(): string {
    return this.#child?.lines.slice(-20).join('\n') ?? '';
  }

  async kill(): Promise<void> {
    this.#port = undefined;
    this.#child?.process.kill('SIGKILL');
    await this.#child?.ended;
  }

  /** As an operator stops it. @returns how it ended */
  async stop(): Promise<number | null> {
    this.#child?.process.kill('SIGTERM');
    const ended = await this.#child?.ended;
    this.#port = undefined;
    return ended?.code ?? null;
  }

  freeze(): void {
    this.#child?.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.process.kill('SIGCONT');
  }

  /** @param offMs from the time that it is */
  moveClock(offMs: number): void {
    writeFileSync(this.#clockFile, String(offMs));
  }

  async close(): Promise<void> {
    await this.kill();
    await this.clients.close();
    await this.database?.close();
  }
}

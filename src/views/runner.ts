/**
 * The projection runner: keeps the tables of all views up to date with the log. One runner is active in a database, the
 * others stand by and take over when its connection ends. It stops for good, without going past the event, when an event
 * is damaged or unknown or a fold throws; everything else (a lost connection, a full disk) it tries again.
 */
import type { ClientBase, Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import { DamagedEvent, UnknownEvent } from '../../projections/event.js';
import { ahead } from '../event-store/ahead.js';
import type { EventStore } from '../event-store/event-store.js';
import { label } from '../../projections/projection.js';
import type { BuildOptions } from './build.js';
import { ViewBuilder } from './builder.js';
import { liveOf, readCheckpoints, releaseRunnerLock, tryRunnerLock } from './checkpoints.js';
import { advance } from './live.js';
import { openPage, PAGE_SIZE } from './pages.js';
import { PoisonedFold } from './rows.js';
import { checkViews, type AnyProjection } from './table.js';
import { onConnection } from '../postgres/transaction.js';
import { systemTimers, type Timers } from '../timers.js';

export interface RunnerHealth {
  /**
   * `standby`: another process runs, or is waited for; `active`; `retrying`: broken infrastructure, see `error`;
   * `halted`: an event or a fold that this version cannot get past, see `error`; `stopped`.
   */
  readonly state: 'standby' | 'active' | 'retrying' | 'halted' | 'stopped';
  /** Where all live views that this runner moves have come to at least; -1n before the first event. */
  readonly position: bigint;
  /** Views (`name@version`) being built by this runner. */
  readonly building: readonly string[];
  /** Views that a newer version of the program has taken over: this one neither moves nor reads them. */
  readonly superseded: readonly string[];
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly view?: string;
    readonly position?: bigint;
  };
}

export interface RunnerOptions {
  /** Poll behind the store's hints, and between two tries to become active. */
  readonly pollMs?: number;
  readonly pageSize?: number;
  /** The system's by default. */
  readonly timers?: Timers;
  readonly log?: (level: 'info' | 'warn' | 'error', message: string) => void;
}

const POLL_MS = 1_000;
const BUSY_EVENTS = 20;
const BUSY_PAUSE_MS = 200;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

export class ViewRunner {
  private readonly builder: ViewBuilder;
  private readonly pollMs: number;
  private readonly timers: Timers;
  private state: RunnerHealth['state'] = 'stopped';
  private position = -1n;
  private building: readonly string[] = [];
  private superseded: readonly string[] = [];
  private error: RunnerHealth['error'];
  private abort = new AbortController();
  private running: Promise<void> | undefined;
  private wake: () => void = () => undefined;

  /** @throws Error when the list of views cannot become tables */
  constructor(
    private readonly pool: Pool,
    private readonly store: EventStore,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly views: readonly AnyProjection[],
    private readonly options: RunnerOptions = {},
  ) {
    checkViews(views);
    this.builder = new ViewBuilder(pool, store, crypto);
    this.pollMs = options.pollMs ?? POLL_MS;
    this.timers = options.timers ?? systemTimers;
  }

  health(): RunnerHealth {
    const { state, position, building, superseded, error } = this;
    return { state, position, building, superseded, ...(error === undefined ? {} : { error }) };
  }

  /** Starts in the background; returns at once. */
  start(): void {
    if (this.running !== undefined) return;
    this.abort = new AbortController();
    this.running = this.run(this.abort.signal);
  }

  /** Stops after the transaction under way and gives up the active role. */
  async stop(): Promise<void> {
    this.abort.abort();
    this.wake();
    await this.running;
    this.running = undefined;
    this.state = 'stopped';
  }

  /**
   * Builds views afresh beside the live ones and switches over: one by name, or all. Works whether or not this or another
   * process runs. @throws Error for an unknown name, DamagedEvent, UnknownEvent, PoisonedFold
   */
  async rebuild(name?: string, options: BuildOptions = {}): Promise<void> {
    const views = name === undefined ? this.views : this.views.filter((view) => view.name === name);
    if (views.length === 0) throw new Error(`There is no view ${name ?? ''}`);
    await this.builder.build(views, { pageSize: this.options.pageSize ?? PAGE_SIZE, ...options });
  }

  /** Called by NestJS. */
  onApplicationBootstrap(): void {
    this.start();
  }

  /** Called by NestJS. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  private async run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.store.onAppended(() => this.wake());
    let retryMs = FIRST_RETRY_MS;
    const stopped = () => signal.aborted;
    try {
      while (!stopped()) {
        try {
          this.state = this.error === undefined ? 'standby' : 'retrying';
          await onConnection(this.pool, async (client) => {
            while (!(await tryRunnerLock(client))) await this.timers.pause(this.pollMs, signal);
            await this.beActive(client, signal, () => (retryMs = FIRST_RETRY_MS));
            await releaseRunnerLock(client);
          });
        } catch (error) {
          if (stopped()) return;
          this.error = describe(error);
          if (isFinal(error)) {
            this.halt();
            return;
          }
          this.state = 'retrying';
          this.log('warn', `Views wait ${retryMs} ms after: ${this.error.message}`);
          await this.timers.pause(retryMs, signal).catch(() => undefined);
          retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
        }
      }
    } finally {
      unsubscribe();
    }
  }

  private halt(): void {
    this.state = 'halted';
    this.log('error', `Views have stopped and need a corrected program: ${this.error?.message ?? ''}`);
  }

  /** Moves the live views until told to stop; builds those that are not there beside them. */
  private async beActive(client: ClientBase, signal: AbortSignal, onProgress: () => void): Promise<void> {
    const missing = await this.missingViews(client);
    // A failed build must end the loop, and the loop's end the build: neither goes on alone.
    const session = new AbortController();
    const both = AbortSignal.any([signal, session.signal]);
    const ended = () => both.aborted;
    const build = this.buildMissing(missing, both);
    const failed = build.then(
      () => undefined,
      (error: unknown) => {
        session.abort();
        this.wake();
        return error;
      },
    );
    try {
      while (!ended()) {
        // Armed before the log is read, so that nothing appended meanwhile is missed.
        const hint = this.nextHint();
        const folded = await this.catchUp(client, both);
        this.state = 'active';
        this.error = undefined;
        onProgress();
        if (ended()) continue;
        await hint;
        // A busy log is folded a few times a second, in large pages; a quiet one at once.
        if (folded >= BUSY_EVENTS) await this.timers.pause(BUSY_PAUSE_MS, both).catch(() => undefined);
      }
    } finally {
      session.abort();
      this.wake();
      const error = await failed;
      if (error !== undefined && !signal.aborted && !isAbort(error)) throw error as Error;
    }
  }

  private async missingViews(client: ClientBase): Promise<AnyProjection[]> {
    const checkpoints = await readCheckpoints(client);
    const newer = (view: AnyProjection) =>
      checkpoints.some((c) => c.name === view.name && c.state === 'live' && c.version > view.version);
    this.superseded = this.views.filter(newer).map(label);
    if (this.superseded.length > 0) this.log('warn', `A newer program keeps ${this.superseded.join(', ')}`);
    return this.views.filter((view) => liveOf(checkpoints, view) === undefined && !newer(view));
  }

  private async buildMissing(views: readonly AnyProjection[], signal: AbortSignal): Promise<void> {
    if (views.length === 0) return;
    this.building = views.map(label);
    this.log('info', `Building views ${this.building.join(', ')}`);
    try {
      await this.builder.build(views, { signal, pageSize: this.options.pageSize ?? PAGE_SIZE });
      this.log('info', `Views ${this.building.join(', ')} are live`);
    } finally {
      this.building = [];
    }
    this.wake();
  }

  /** Folds everything that is in the log by now into the views that are live. Gives back how many events. */
  private async catchUp(client: ClientBase, signal: AbortSignal): Promise<number> {
    let folded = 0;
    const checkpoints = await readCheckpoints(client);
    const live = this.views.filter((view) => liveOf(checkpoints, view) !== undefined);
    const positions = live.map((view) => liveOf(checkpoints, view)?.position ?? -1n);
    if (live.length === 0) return folded;
    this.position = positions.reduce((least, position) => (position < least ? position : least));
    for await (const page of ahead(this.store.readAll(this.position, this.options.pageSize ?? PAGE_SIZE))) {
      const { events, failure } = openPage(this.crypto, page);
      await advance(client, live, events);
      this.position = events.at(-1)?.position ?? this.position;
      folded += events.length;
      if (failure !== undefined) throw failure;
      if (signal.aborted) break;
    }
    return folded;
  }

  /** Resolves at the next hint of the store, or after the poll time. */
  private async nextHint(): Promise<void> {
    await new Promise<void>((resolve) => {
      const forget = this.timers.after(this.pollMs, resolve);
      this.wake = () => {
        forget();
        resolve();
      };
    });
  }

  private log(level: 'info' | 'warn' | 'error', message: string): void {
    this.options.log?.(level, message);
  }
}

/** Classes of SQLSTATE that say that the rows themselves cannot be stored: 22 data exception, 23 integrity violation. */
const UNSTORABLE = /^2[23]/;

/** Whether trying again can only fail again. */
function isFinal(error: unknown): boolean {
  if (error instanceof DamagedEvent || error instanceof UnknownEvent || error instanceof PoisonedFold)
    return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.length === 5 && UNSTORABLE.test(code);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function describe(error: unknown): NonNullable<RunnerHealth['error']> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'infrastructure';
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof PoisonedFold
    ? { code, message, view: error.view, position: error.position }
    : { code, message };
}

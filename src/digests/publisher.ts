/**
 * Publishes the digests of all views: after a close, a count and a certification, once in each day of the city, and when the
 * program has a view in a version that was not published last: what an older program published can only be held against
 * that. One publication answers all occasions up to its index.
 *
 * What is due is read from the views and the clock alone, and what comes of it changes exactly that: a publication calls for
 * no other. The process whose runner moves the views does it, with a command id made of what is due, so that two processes
 * that do it at once publish once.
 */
import { createHash } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Pool } from 'pg';
import { label } from '../../projections/projection.js';
import { CITY_KEY, cityView } from '../../projections/city.view.js';
import type { Crypto } from '../../projections/crypto.js';
import { digestsView, LAST_OCCASION, occasionsView } from '../../projections/digests.view.js';
import { allViews } from '../../projections/views.js';
import { localDay } from '../calendar.js';
import { ClockGuard, type Clock } from '../clock.js';
import { isRejection, type CommandLog } from '../event-store/command-log.js';
import { CLOCK, COMMAND_LOG, CRYPTO, POOL, WORK, type Work } from '../platform.module.js';
import { Ticks } from '../ticks.js';
import { publishDigests } from '../views/publish.js';
import { ViewRunner } from '../views/runner.js';
import { Views } from '../views/views.js';
import { SYSTEM } from '../staff/actor.js';

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;
const ACTOR = SYSTEM.id;

@Injectable()
export class DigestPublisher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('digests');
  readonly #abort = new AbortController();
  readonly #ticks = new Ticks(() => this.#look());
  /** Published, perhaps by another process, and perhaps not to be seen in the views yet. */
  #done: string | undefined;
  #retryMs = FIRST_RETRY_MS;
  #notBefore = -Infinity;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(COMMAND_LOG) private readonly commands: CommandLog,
    @Inject(Views) private readonly views: Views,
    @Inject(ViewRunner) private readonly runner: ViewRunner,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ClockGuard) private readonly guard: ClockGuard,
    @Inject(WORK) private readonly work: Work,
  ) {}

  onApplicationBootstrap(): void {
    if (this.work !== 'once') this.#ticks.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#abort.abort();
    await this.#ticks.stop();
  }

  /** Publishes what is due. While a look is running it is waited for, and none is added. Never rejects. */
  look(): Promise<void> {
    return this.#ticks.now();
  }

  /** Resolves when nothing is being published. */
  rest(): Promise<void> {
    return this.#ticks.rest();
  }

  async #look(): Promise<void> {
    if (this.#isStopped() || performance.now() < this.#notBefore) return;
    try {
      const due = await this.#due();
      if (due !== undefined && due !== this.#done) await this.#publish(due);
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      if (!this.#isStopped()) this.#failed(error);
    }
  }

  /** What calls for digests: the position of an occasion, versions that are new since an index, or a day. */
  async #due(): Promise<string | undefined> {
    const { state, position, building, superseded } = this.runner.health();
    const isMoving = state === 'active' && building.length === 0 && superseded.length === 0;
    if (!isMoving || position < 0n) return undefined;
    const { rows } = await this.views.list(digestsView, { order: ['-index'], limit: 1 });
    const last = rows[0]?.row;
    const occasion = await this.views.get(occasionsView, LAST_OCCASION);
    if (occasion !== undefined && occasion.position > (last?.index ?? -1)) {
      return `occasion ${occasion.position}`;
    }
    const published = new Set(last?.digests.map(({ view }) => view));
    if (last !== undefined && !allViews.every((view) => published.has(label(view))))
      return `versions ${last.index}`;
    // By a clock that was moved it is not known which day it is.
    if (!this.guard.isSteady()) return undefined;
    const city = await this.views.get(cityView, CITY_KEY);
    const dayOf = (instant: Date) => localDay(instant, city?.timeZone ?? 'UTC');
    const today = dayOf(this.clock.now());
    return last !== undefined && dayOf(new Date(last.at)) === today ? undefined : `day ${today}`;
  }

  async #publish(due: string): Promise<void> {
    const commandId = createHash('sha256').update(`digests ${due}`).digest('base64url');
    const meta = { commandId, actor: ACTOR, at: this.clock.now().toISOString() };
    const { pool, crypto, commands: log } = this;
    const answer = await publishDigests({ pool, crypto, log }, allViews, meta, this.#abort.signal);
    this.#done = due;
    if (isRejection(answer)) this.log.warn(`digests-refused: ${due} (${answer.rejected})`);
  }

  #isStopped(): boolean {
    return this.#abort.signal.aborted;
  }

  #failed(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unexpected';
    const message = error instanceof Error ? error.message : 'unknown reason';
    this.log.warn(`digests-not-published: ${code}, tried again after ${this.#retryMs} ms: ${message}`);
    this.#notBefore = performance.now() + this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }
}

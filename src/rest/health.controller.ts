/** For whoever watches over the program: is it alive, and can it do its work. */
import { Controller, Get, Header, HttpCode, Inject, ServiceUnavailableException } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import type { Pool } from 'pg';
import type { EventStore } from '../event-store/event-store.js';
import { EVENT_STORE, POOL } from '../platform.module.js';
import { ViewRunner } from '../views/runner.js';
import { Views } from '../views/views.js';
import { Draining } from './draining.js';
import { HealthDetails, within } from './health-details.js';
import { Problem } from './problem.js';
import { registerProblems } from './problems.js';

registerProblems({
  'not-ready': {
    status: 503,
    title: 'Not ready',
    detail: 'Not ready because of {because}. Try again as soon as Retry-After says.',
  },
});

const DATABASE_MS = 2_000;

type Ready = { status: string; views: string; runner: string } & Record<string, unknown>;

@ApiExcludeController()
@Controller('health')
export class HealthController {
  #look: Promise<Ready> | undefined;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Views) private readonly views: Views,
    @Inject(ViewRunner) private readonly runner: ViewRunner,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(HealthDetails) private readonly details: HealthDetails,
    @Inject(Draining) private readonly draining: Draining,
    @Inject(HealthCheckService) private readonly checks: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
  ) {}

  /** The process answers. When it does not, start it again. */
  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { status: string } {
    return { status: 'live' };
  }

  /**
   * It is not about to stop, the database answers, the views are there and nothing stopped the log or the runner. When not, send
   * nobody here.
   */
  @Get('ready')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  ready(): Promise<Ready> {
    // Everybody may ask, also when the program is full: all who ask at once are told of one look.
    return (this.#look ??= this.#ready().finally(() => (this.#look = undefined)));
  }

  async #ready(): Promise<Ready> {
    const [{ error = {}, details }, told] = await Promise.all([this.#checked(), this.#told()]);
    const [because] = Object.keys(error);
    if (because !== undefined) throw notReady(because, told);
    const { position } = details['views-building'] as unknown as { position: string };
    return { status: 'ready', views: position, runner: this.runner.health().state, ...told };
  }

  /** Each check has the name of why it keeps the program from being ready; the first one that does is told. */
  async #checked(): Promise<HealthCheckResult> {
    const position = this.views.checkpoint();
    position.catch(() => undefined);
    try {
      return await this.checks.check([
        this.#isFalse('shutting-down', () => this.draining.hasBegun),
        this.#isFalse('log-halted', () => this.store.halted !== undefined),
        this.#isFalse('views-halted', () => this.runner.health().state === 'halted'),
        this.indicators
          .check('database')
          .attempt(async () => {
            await Promise.all([this.pool.query('select 1'), position]);
          })
          .withTimeout(DATABASE_MS),
        this.indicators
          .check('views-building')
          .attempt(async () => {
            const reached = await position;
            if (reached === undefined) throw new Error('A view is not there yet');
            return { position: String(reached) };
          })
          .withTimeout(DATABASE_MS),
      ]);
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }

  #isFalse<Name extends string>(name: Name, is: () => boolean) {
    const check = this.indicators.check(name);
    return () => (is() ? check.down() : check.up());
  }

  async #told(): Promise<Record<string, object>> {
    const index = this.store.health?.();
    const log = index && { index: index.state, ...(index.error && { because: index.error.code }) };
    const told = await Promise.all(
      this.details.entries().map(async ([name, detail]) => {
        const found = await within(
          DATABASE_MS,
          detail().catch(() => 'away' as const),
        );
        return found === 'away' ? [] : [[name, found] as const];
      }),
    );
    return { ...(log && { log }), ...Object.fromEntries(told.flat()) };
  }
}

/** @param members what rooms tell all the same */
function notReady(because: string, members: Record<string, object>): Problem {
  return new Problem('not-ready', { parameters: { because }, members, headers: { 'retry-after': '1' } });
}

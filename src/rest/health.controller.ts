/** For whoever watches over the program: is it alive, and can it do its work. */
import { Controller, Get, Header, HttpCode, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Pool } from 'pg';
import type { EventStore } from '../event-store/event-store.js';
import { EVENT_STORE, POOL } from '../platform.module.js';
import { ViewRunner } from '../views/runner.js';
import { Views } from '../views/views.js';
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

@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Views) private readonly views: Views,
    @Inject(ViewRunner) private readonly runner: ViewRunner,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(HealthDetails) private readonly details: HealthDetails,
  ) {}

  /** The process answers. When it does not, start it again. */
  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { status: string } {
    return { status: 'live' };
  }

  /** The database answers, the views are there and nothing stopped the log or the runner. When not, send nobody here. */
  @Get('ready')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async ready(): Promise<{ status: string; views: string; runner: string } & Record<string, unknown>> {
    const [position, told] = await Promise.all([within(DATABASE_MS, this.#position()), this.#told()]);
    const { state } = this.runner.health();
    if (this.store.halted !== undefined) throw notReady('log-halted', told);
    if (state === 'halted') throw notReady('views-halted', told);
    if (position === 'away') throw notReady('database', told);
    if (position === undefined) throw notReady('views-building', told);
    return { status: 'ready', views: String(position), runner: state, ...told };
  }

  async #told(): Promise<Record<string, object>> {
    const told = await Promise.all(
      this.details.entries().map(async ([name, detail]) => {
        const found = await within(
          DATABASE_MS,
          detail().catch(() => 'away' as const),
        );
        return found === 'away' ? [] : [[name, found] as const];
      }),
    );
    return Object.fromEntries(told.flat());
  }

  async #position(): Promise<bigint | undefined | 'away'> {
    try {
      await this.pool.query('select 1');
      return await this.views.checkpoint();
    } catch {
      return 'away';
    }
  }
}

/** @param members what rooms tell all the same */
function notReady(because: string, members: Record<string, object>): Problem {
  return new Problem('not-ready', { parameters: { because }, members, headers: { 'retry-after': '1' } });
}

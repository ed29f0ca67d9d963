/**
 * Clocks of all processes on this database that were moved and that nobody has confirmed yet. Each process tells of its own, so
 * that two persons can confirm it at whichever process they are; nothing in the log follows from it.
 */
import { randomUUID } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Pool } from 'pg';
import { ClockGuard, type Clock } from '../clock.js';
import { CLOCK, POOL, WORK, type Work } from '../platform.module.js';
import { Ticks } from '../ticks.js';

export interface MovedClock {
  /** Made anew at each start. */
  readonly process: string;
  readonly movedByMs: number;
  /** What it shows now: UTC with milliseconds. */
  readonly shows: string;
}

/** A process that told nothing for so many seconds has ended. */
const SILENT_SECONDS = 10;

@Injectable()
export class MovedClocks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #process = randomUUID();
  readonly #log = new Logger('clock');
  readonly #ticks = new Ticks(() => this.#tick());
  #hasTold = false;

  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ClockGuard) private readonly guard: ClockGuard,
    @Inject(WORK) private readonly work: Work,
  ) {}

  onApplicationBootstrap(): void {
    if (this.work !== 'once') this.#ticks.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#ticks.stop();
    await this.#forget().catch(() => undefined);
  }

  /** One that waits for two persons, this process's own before others'; `undefined` when all clocks are steady. */
  async waiting(): Promise<MovedClock | undefined> {
    await this.look();
    const { rows } = await this.pool.query<{ process: string; moved: string | bigint; shows: Date }>(
      `select process, moved_by_ms as moved, clock_timestamp() + ahead_ms * interval '1 millisecond' as shows
       from moved_clocks where not confirmed and told_at > now() - $2 * interval '1 second'
       order by (process = $1) desc, told_at limit 1`,
      [this.#process, SILENT_SECONDS],
    );
    const [row] = rows;
    return row && { process: row.process, movedByMs: Number(row.moved), shows: row.shows.toISOString() };
  }

  /** Two persons found it right. Nothing happens when it was moved again since, or its process has ended. */
  async confirm({ process, movedByMs }: Pick<MovedClock, 'process' | 'movedByMs'>): Promise<void> {
    await this.pool.query(
      'update moved_clocks set confirmed = true where process = $1 and moved_by_ms = $2',
      [process, movedByMs],
    );
    await this.look();
  }

  /** Tells of this process's clock where it was moved, and goes by it again where that was confirmed. */
  async look(): Promise<void> {
    if (this.guard.isSteady()) {
      if (this.#hasTold) await this.#forget();
      return;
    }
    const movedByMs = Math.round(this.guard.movedByMs);
    this.#hasTold = true;
    const { rows } = await this.pool.query<{ confirmed: boolean }>(
      `insert into moved_clocks as known (process, moved_by_ms, ahead_ms)
       values ($1, $2, ($3 - extract(epoch from clock_timestamp()) * 1000)::bigint)
       on conflict (process) do update set told_at = now(), ahead_ms = excluded.ahead_ms,
         moved_by_ms = excluded.moved_by_ms,
         confirmed = known.confirmed and known.moved_by_ms = excluded.moved_by_ms
       returning confirmed`,
      [this.#process, movedByMs, this.clock.now().getTime()],
    );
    // It may have been moved again while the database was asked.
    if (rows[0]?.confirmed !== true || Math.round(this.guard.movedByMs) !== movedByMs) return;
    this.guard.confirm();
    await this.#forget();
  }

  async #forget(): Promise<void> {
    if (!this.#hasTold) return;
    await this.pool.query('delete from moved_clocks where process = $1', [this.#process]);
    this.#hasTold = false;
  }

  /** The database may be away: the next look tells the same. */
  async #tick(): Promise<void> {
    await this.look().catch((error: unknown) => {
      this.#log.debug(
        `A moved clock could not be told of: ${error instanceof Error ? error.message : 'unknown reason'}`,
      );
    });
  }
}

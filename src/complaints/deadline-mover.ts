/**
 * Moves the deadlines of open matters once holidays are declared. It looks whether there are other ones than when it last
 * went through all matters, and goes through them at every start: what an ended process has left is done then. A matter
 * whose deadlines are where they belong is left alone, so that twice is once; where its row says so, its events are not read.
 */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { utf8 } from '../../projections/bytes.js';
import { holidaysView } from '../../projections/city.view.js';
import type { Crypto } from '../../projections/crypto.js';
import { openEvent } from '../../projections/event.js';
import { mattersView } from '../../projections/matters.view.js';
import type { Clock } from '../clock.js';
import { isRejection, type CommandLog } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { CLOCK, COMMAND_LOG, CRYPTO, EVENT_STORE } from '../platform.module.js';
import { Ticks } from '../ticks.js';
import { ViewsBehind } from '../views/freshness.js';
import { Views } from '../views/views.js';
import { workingCalendar, type WorkingCalendar } from '../city/deadlines.js';
import { decide, evolve, mayMove, NO_TIMED_MATTER, type Declaration } from './moving-deadlines.js';
import { streamOf } from './matters.js';
import { RulesInForce } from '../categories/rules-in-force.js';
import type { Standing } from './standing-work.js';
import { SYSTEM } from '../staff/actor.js';

const PAGE = 500;

@Injectable()
export class DeadlineMover implements Standing {
  private readonly log = new Logger('deadlines');
  readonly #ticks = new Ticks(() => this.#look());
  /** Position of the declaration that the deadlines follow. */
  #done: bigint | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(COMMAND_LOG) private readonly commands: CommandLog,
    @Inject(Views) private readonly views: Views,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  start(): void {
    this.#done = undefined;
    this.#ticks.start();
  }

  stop(): Promise<void> {
    return this.#ticks.stop();
  }

  /** Looks once. While a look is running it is waited for, and none is added. */
  tick(): Promise<void> {
    return this.#ticks.now();
  }

  async #look(): Promise<void> {
    try {
      const declared = await this.views.lastChanged(holidaysView);
      if (declared === this.#done) return;
      const moved = await this.#moveAll(declared);
      this.#done = declared;
      if (moved > 0) this.log.log(`Holidays were declared: ${moved} matters have other deadlines`);
    } catch (error) {
      // The views may be behind or the database away: the next look finds the same work.
      const message = `Deadlines wait: ${error instanceof Error ? error.message : 'unknown reason'}`;
      if (error instanceof ViewsBehind) this.log.debug(message);
      else this.log.warn(message);
    }
  }

  /** @returns how many matters' deadlines moved */
  async #moveAll(declared: bigint): Promise<number> {
    const declarations = await this.#declarations();
    const calendarAt = calendarsOf(declarations, (await this.rules.now()).calendar.timeZone);
    const calendar = calendarAt(declared);
    let moved = 0;
    for (const where of [{ state_kind: 'open' }, { state_kind: ['closed', 'fixed'], due: { gte: '' } }]) {
      for (let after: string | undefined; ;) {
        const page = await this.views.list(mattersView, {
          where,
          limit: PAGE,
          ...(after !== undefined && { after }),
        });
        for (const { key, row } of page.rows)
          if (mayMove(row, calendar, declarations) && (await this.#move(key, declared, calendarAt)))
            moved += 1;
        if (page.next === undefined) break;
        after = page.next;
      }
    }
    return moved;
  }

  async #move(
    matterId: string,
    declared: bigint,
    calendarAt: (position: bigint) => WorkingCalendar,
  ): Promise<boolean> {
    const request = utf8(`deadlines ${matterId} ${declared}`);
    const answer = await this.commands.run({
      stream: streamOf(matterId),
      meta: {
        commandId: `deadlines/${declared}/${matterId}`,
        actor: SYSTEM.id,
        at: this.clock.now().toISOString(),
        request,
      },
      initial: NO_TIMED_MATTER,
      evolve,
      decide: (state) => decide(state, matterId, calendarAt(declared), calendarAt),
    });
    return !isRejection(answer) && answer.events.length > 0 && !answer.repeated;
  }

  async #declarations(): Promise<Declaration[]> {
    const declared: Declaration[] = [];
    for await (const recorded of this.store.readStream('city')) {
      const event = openEvent(this.crypto, recorded);
      if (event.type === 'HolidaysDeclared') declared.push(event);
    }
    return declared;
  }
}

/** The calendar as it was declared at a position of the log, in the city's time zone of now. */
function calendarsOf(
  declarations: readonly Declaration[],
  timeZone: string,
): (position: bigint) => WorkingCalendar {
  const known = new Map<number, WorkingCalendar>();
  return (position) => {
    const before = declarations.filter((event) => event.position <= position);
    const calendar =
      known.get(before.length) ??
      workingCalendar(
        timeZone,
        before.map(({ data }) => data),
      );
    known.set(before.length, calendar);
    return calendar;
  };
}

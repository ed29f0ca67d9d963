/** What every room stands on: settings, clock, database, event store, command log and views. Global. */
import { Global, Logger, Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import { hkdfSync } from 'node:crypto';
import { allViews } from '../projections/views.js';
import { ClockGuard, type Clock } from './clock.js';
import { nodeCrypto } from './crypto/node-crypto.js';
import { CommandLog } from './event-store/command-log.js';
import type { EventStore } from './event-store/event-store.js';
import { openEventStore } from './event-store/open.js';
import { Metrics } from './metrics/metrics.js';
import type { Settings } from './settings.js';
import { ViewsModule } from './views/views.module.js';

export const SETTINGS = Symbol('settings');
export const CLOCK = Symbol('clock');
export const POOL = Symbol('pool');
export const EVENT_STORE = Symbol('event store');
export const COMMAND_LOG = Symbol('command log');
export const CRYPTO = Symbol('crypto');
export const METRICS = Symbol('metrics');
/** 32 bytes from which keys for digests and cookies are derived. */
export const SERVER_SECRET = Symbol('server secret');

/** How the application works: see `Work`. */
export const WORK = Symbol('work');

/**
 * `serve`: it goes on until it is told to stop, so it keeps the staff's register, carries on what was interrupted, moves
 * elections by the clock and sweeps. `once`: it lives for one command, perhaps beside a process that serves, and leaves all
 * of that alone.
 */
export type Work = 'serve' | 'once';

/** What is there before the application: made by whoever starts it, and closed by it. */
export interface Platform {
  settings: Settings;
  clock: Clock;
  pool: Pool;
  serverSecret: Uint8Array;
  work: Work;
  /** See `StartOptions`. */
  hurry: boolean;
}

@Global()
@Module({})
export class PlatformModule {
  static register({ settings, clock, pool, serverSecret, work, hurry }: Platform): DynamicModule {
    const tokens = [
      SETTINGS,
      CLOCK,
      POOL,
      EVENT_STORE,
      COMMAND_LOG,
      CRYPTO,
      METRICS,
      SERVER_SECRET,
      WORK,
      ClockGuard,
    ];
    const views = ViewsModule.register({ pool: POOL, store: EVENT_STORE, crypto: CRYPTO, views: allViews });
    const logger = new Logger('event-store');
    const say = {
      info: (message: string) => logger.log(message),
      warn: (message: string) => logger.warn(message),
      error: (message: string) => logger.error(message),
    };
    return {
      module: PlatformModule,
      imports: [CqrsModule.forRoot(), views],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: CLOCK, useValue: clock },
        { provide: POOL, useValue: pool },
        { provide: WORK, useValue: work },
        { provide: CRYPTO, useValue: nodeCrypto },
        { provide: SERVER_SECRET, useValue: serverSecret },
        { provide: METRICS, useFactory: () => new Metrics() },
        {
          provide: EVENT_STORE,
          useFactory: (meter: Metrics) =>
            openEventStore({ settings, pool, meter, hurry, log: (level, message) => say[level](message) }),
          inject: [METRICS],
        },
        { provide: ClockGuard, useFactory: () => new ClockGuard(clock) },
        {
          provide: COMMAND_LOG,
          useFactory: (store: EventStore) =>
            new CommandLog(store, nodeCrypto, derivedKey(serverSecret, 'request-digest')),
          inject: [EVENT_STORE],
        },
      ],
      exports: [...tokens, CqrsModule, views],
    };
  }
}

/** A key of 32 bytes for one purpose. HKDF-SHA256, info `concejo/v1/<purpose>`. @see RFC 5869 */
export function derivedKey(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), `concejo/v1/${purpose}`, 32));
}

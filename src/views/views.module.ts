/** Read tables: the runner that keeps them and what queries read. */
import { Logger, Module, type DynamicModule, type InjectionToken, type ModuleMetadata } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { PastThread } from './past-thread.js';
import { PastViews } from './past-views.js';
import { ViewRunner, type RunnerOptions } from './runner.js';
import type { AnyProjection } from './table.js';
import { Views } from './views.js';

export interface ViewsModuleOptions {
  /** Modules that export what the tokens name, unless they are global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** Token of the `pg` pool, with the rights of the runtime role. */
  readonly pool: InjectionToken;
  /** Token of the `EventStore`. */
  readonly store: InjectionToken;
  /** Token of the `Crypto`. */
  readonly crypto: InjectionToken;
  readonly views: readonly AnyProjection[];
  readonly runner?: RunnerOptions;
}

/** Provides `Views`, `PastViews` and `ViewRunner`; the runner starts and stops with the application. */
@Module({})
export class ViewsModule {
  static register(options: ViewsModuleOptions): DynamicModule {
    return {
      module: ViewsModule,
      imports: options.imports ?? [],
      providers: [
        {
          provide: Views,
          useFactory: (pool: Pool, pasts: PastViews) => new Views(pool, options.views, pasts),
          inject: [options.pool, PastViews],
        },
        {
          provide: PastViews,
          useFactory: (store: EventStore, crypto: Crypto) => {
            const logger = new Logger('pasts');
            const thread = new PastThread(crypto, options.views, (message) => logger.warn(message));
            return new PastViews(store, crypto, thread);
          },
          inject: [options.store, options.crypto],
        },
        {
          provide: ViewRunner,
          useFactory: (pool: Pool, store: EventStore, crypto: Crypto) =>
            new ViewRunner(pool, store, crypto, options.views, options.runner),
          inject: [options.pool, options.store, options.crypto],
        },
      ],
      exports: [Views, PastViews, ViewRunner],
    };
  }
}

/** What matters can be about, and which states they can have. */
import { Module } from '@nestjs/common';
import type { Crypto } from '../../projections/crypto.js';
import type { Clock } from '../clock.js';
import { ContentLife } from '../contents/content-life.js';
import { Contents } from '../contents/contents.js';
import { ContentsModule } from '../contents/contents.module.js';
import type { CommandLog } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { CLOCK, COMMAND_LOG, CRYPTO, EVENT_STORE } from '../platform.module.js';
import { Views } from '../views/views.js';
import { CategoriesImport } from './categories-import.js';
import { DescribeCategoriesHandler } from './categories.commands.js';
import { CategoriesController } from './categories.controller.js';
import { ListCategoriesHandler } from './categories.queries.js';
import { RulesInForce } from './rules-in-force.js';

@Module({
  imports: [ContentsModule],
  controllers: [CategoriesController],
  providers: [
    DescribeCategoriesHandler,
    ListCategoriesHandler,
    { provide: RulesInForce, useFactory: (views: Views) => new RulesInForce(views), inject: [Views] },
    {
      provide: CategoriesImport,
      useFactory: (
        store: EventStore,
        log: CommandLog,
        contents: Contents,
        life: ContentLife,
        crypto: Crypto,
        clock: Clock,
      ) => new CategoriesImport(store, log, contents, life, crypto, clock),
      inject: [EVENT_STORE, COMMAND_LOG, Contents, ContentLife, CRYPTO, CLOCK],
    },
  ],
  exports: [RulesInForce],
})
export class CategoriesModule {}

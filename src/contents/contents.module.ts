/** Texts and files outside the log: writing, showing, hiding, erasing. Other rooms use what is exported. */
import { join } from 'node:path';
import { Inject, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { Clock } from '../clock.js';
import type { CommandLog } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import {
  CLOCK,
  COMMAND_LOG,
  CRYPTO,
  EVENT_STORE,
  POOL,
  SETTINGS,
  WORK,
  type Work,
} from '../platform.module.js';
import type { Settings } from '../settings.js';
import { Views } from '../views/views.js';
import { ContentLife } from './content-life.js';
import { EraseContentHandler, HideContentHandler, ReleaseContentsHandler } from './contents.commands.js';
import { ContentsController } from './contents.controller.js';
import { GetContentHandler } from './contents.queries.js';
import { Contents } from './contents.js';
import { Erasures } from './erasures.js';
import { ErasuresFile } from './erasures-file.js';
import { Orphans } from './orphans.js';
import { PublicContents } from './public-contents.js';
import { ContentsUpkeep } from './upkeep.js';

const logger = new Logger('Contents');

@Module({
  controllers: [ContentsController],
  providers: [
    ReleaseContentsHandler,
    HideContentHandler,
    EraseContentHandler,
    GetContentHandler,
    {
      provide: Contents,
      useFactory: (pool: Pool, crypto: Crypto, clock: Clock) => new Contents(pool, crypto, clock),
      inject: [POOL, CRYPTO, CLOCK],
    },
    {
      provide: PublicContents,
      useFactory: (views: Views, contents: Contents) =>
        new PublicContents(views, contents, (damaged) => logger.error(damaged.message)),
      inject: [Views, Contents],
    },
    {
      provide: Erasures,
      useFactory: (
        pool: Pool,
        settings: Settings,
        views: Views,
        log: CommandLog,
        contents: Contents,
        clock: Clock,
      ) => {
        const file = new ErasuresFile(join(settings.data, 'erasures.log'));
        return new Erasures(pool, file, views, log, contents, clock);
      },
      inject: [POOL, SETTINGS, Views, COMMAND_LOG, Contents, CLOCK],
    },
    {
      provide: ContentLife,
      useFactory: (log: CommandLog, contents: Contents, erasures: Erasures, clock: Clock) =>
        new ContentLife(log, contents, erasures, clock),
      inject: [COMMAND_LOG, Contents, Erasures, CLOCK],
    },
    {
      provide: ContentsUpkeep,
      useFactory: (store: EventStore, views: Views, erasures: Erasures, pool: Pool, clock: Clock) =>
        new ContentsUpkeep(
          store,
          views,
          erasures,
          new Orphans(pool, store, views),
          clock,
          (level, message) => (level === 'info' ? logger.log(message) : logger.warn(message)),
        ),
      inject: [EVENT_STORE, Views, Erasures, POOL, CLOCK],
    },
  ],
  exports: [Contents, PublicContents, ContentLife],
})
export class ContentsModule implements OnApplicationBootstrap {
  constructor(
    @Inject(WORK) private readonly work: Work,
    @Inject(ContentsUpkeep) private readonly upkeep: ContentsUpkeep,
  ) {}

  onApplicationBootstrap(): void {
    if (this.work === 'serve') this.upkeep.start();
  }
}

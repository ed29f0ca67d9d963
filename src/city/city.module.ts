/** What the city is: areas, departments, holidays, time zone. */
import { Module } from '@nestjs/common';
import type { Crypto } from '../../projections/crypto.js';
import type { Clock } from '../clock.js';
import { ContentLife } from '../contents/content-life.js';
import { Contents } from '../contents/contents.js';
import { ContentsModule } from '../contents/contents.module.js';
import type { CommandLog } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { CLOCK, COMMAND_LOG, CRYPTO, EVENT_STORE } from '../platform.module.js';
import { CityImport } from './city-import.js';
import { ImportCityHandler } from './city.commands.js';
import { CityController } from './city.controller.js';
import {
  FindAreaByPabulibNameHandler,
  GetAreaHandler,
  GetCityHandler,
  GetHolidaysHandler,
  ListAreasHandler,
  ListDepartmentsHandler,
} from './city.queries.js';

@Module({
  imports: [ContentsModule],
  controllers: [CityController],
  providers: [
    ImportCityHandler,
    GetCityHandler,
    ListAreasHandler,
    GetAreaHandler,
    ListDepartmentsHandler,
    GetHolidaysHandler,
    FindAreaByPabulibNameHandler,
    {
      provide: CityImport,
      useFactory: (
        store: EventStore,
        log: CommandLog,
        contents: Contents,
        life: ContentLife,
        crypto: Crypto,
        clock: Clock,
      ) => new CityImport(store, log, contents, life, crypto, clock),
      inject: [EVENT_STORE, COMMAND_LOG, Contents, ContentLife, CRYPTO, CLOCK],
    },
  ],
})
export class CityModule {}

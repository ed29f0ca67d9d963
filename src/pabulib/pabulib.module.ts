/** Elections that come from files. */
import { Module } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { Clock } from '../clock.js';
import { ElectionsModule } from '../elections/elections.module.js';
import { OpenElections } from '../elections/open-elections.js';
import { RollLines } from '../elections/roll-lines.js';
import type { CommandLog } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { CLOCK, COMMAND_LOG, CRYPTO, EVENT_STORE, POOL, SERVER_SECRET } from '../platform.module.js';
import { Views } from '../views/views.js';
import { ImportOfficers } from './import-officers.js';
import { PabulibImport } from './import.js';

@Module({
  imports: [ElectionsModule],
  providers: [
    {
      provide: ImportOfficers,
      useFactory: (log: CommandLog, crypto: Crypto, clock: Clock, serverSecret: Uint8Array) =>
        new ImportOfficers(log, crypto, clock, serverSecret),
      inject: [COMMAND_LOG, CRYPTO, CLOCK, SERVER_SECRET],
    },
    {
      provide: PabulibImport,
      useFactory: (
        commands: CommandBus,
        queries: QueryBus,
        views: Views,
        store: EventStore,
        crypto: Crypto,
        pool: Pool,
        clock: Clock,
        rollLines: RollLines,
        elections: OpenElections,
        officers: ImportOfficers,
      ) =>
        new PabulibImport({
          commands,
          queries,
          views,
          store,
          crypto,
          pool,
          clock,
          rollLines,
          elections,
          officers,
        }),
      inject: [
        CommandBus,
        QueryBus,
        Views,
        EVENT_STORE,
        CRYPTO,
        POOL,
        CLOCK,
        RollLines,
        OpenElections,
        ImportOfficers,
      ],
    },
  ],
})
export class PabulibModule {}

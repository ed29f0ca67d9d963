/** What a machine that watches over the program is told. */
import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MetricsServer } from './metrics-server.js';

@Module({ imports: [LedgerModule], providers: [MetricsServer] })
export class MetricsModule {}

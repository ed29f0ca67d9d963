/** The log as a signed tree: grown, shown, and receipts out of it. */
import { Module } from '@nestjs/common';
import { RateLimit } from '../rest/rate-limit.js';
import { BundleController, DOWNLOADS, MOST_DOWNLOADS } from './bundle.controller.js';
import { BundleFiles } from './bundle-files.js';
import { BUNDLES, BUNDLES_WINDOW_MS, LedgerController, MOST_BUNDLES } from './ledger.controller.js';
import { LedgerDetails } from './ledger-details.js';
import { Ledger } from './ledger.js';
import { ReceiptsController } from './receipts.controller.js';
import { RestModule } from '../rest/rest.module.js';
import { Receipts } from './receipts.js';

@Module({
  imports: [RestModule],
  controllers: [LedgerController, BundleController, ReceiptsController],
  providers: [
    Ledger,
    Receipts,
    LedgerDetails,
    BundleFiles,
    { provide: DOWNLOADS, useFactory: () => new RateLimit(undefined, MOST_DOWNLOADS) },
    { provide: BUNDLES, useFactory: () => new RateLimit(undefined, MOST_BUNDLES, BUNDLES_WINDOW_MS) },
  ],
  exports: [Ledger, Receipts],
})
export class LedgerModule {}

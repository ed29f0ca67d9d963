/** The log as a signed tree: grown, shown, and receipts out of it. */
import { Module } from '@nestjs/common';
import { LedgerController } from './ledger.controller.js';
import { Ledger } from './ledger.js';
import { ReceiptsController } from './receipts.controller.js';
import { Receipts } from './receipts.js';

@Module({
  controllers: [LedgerController, ReceiptsController],
  providers: [Ledger, Receipts],
  exports: [Ledger, Receipts],
})
export class LedgerModule {}

/** What people see. Global, so that problems are told as pages too. */
import { Global, Module } from '@nestjs/common';
import { ERROR_PAGES } from '../rest/error-pages.js';
import { ProblemPages } from './error-pages.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AuditPagesController } from './audit-pages.controller.js';
import { Frames } from './frames.js';
import { StaffPagesController } from './staff-pages.controller.js';
import { UnsubscribeController } from './unsubscribe.controller.js';
import { WebController } from './web.controller.js';

@Global()
@Module({
  imports: [ComplaintsModule, LedgerModule],
  controllers: [WebController, AuditPagesController, StaffPagesController, UnsubscribeController],
  providers: [Frames, { provide: ERROR_PAGES, useClass: ProblemPages }],
  exports: [ERROR_PAGES],
})
export class WebModule {}

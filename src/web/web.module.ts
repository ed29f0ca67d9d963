/** What people see. Global, so that problems are told as pages too. */
import { Global, Module } from '@nestjs/common';
import { ERROR_PAGES } from '../rest/error-pages.js';
import { ProblemPages } from './error-pages.js';
import { CategoriesModule } from '../categories/categories.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { DeskModule } from '../desk/desk.module.js';
import { MapModule } from '../map/map.module.js';
import { PhotosModule } from '../photos/photos.module.js';
import { BesidePagesController } from './beside-pages.controller.js';
import { BulkPagesController } from './bulk-pages.controller.js';
import { FittingTemplates } from './fitting-templates.js';
import { QueuePagesController } from './queue-pages.controller.js';
import { TemplatesPagesController } from './templates-pages.controller.js';
import { DeskPagesController } from './desk-pages.controller.js';
import { OutboxPagesController } from './outbox-pages.controller.js';
import { RedactionPagesController } from './redaction-pages.controller.js';
import { OwnPagesController } from './own-pages.controller.js';
import { OwnPhotosController } from './own-photos.controller.js';
import { FilingPagesController } from './filing-pages.controller.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterFeedsController } from './matter-feeds.controller.js';
import { MatterMaps } from './matter-maps.js';
import { MattersPagesController } from './matters-pages.controller.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AuditPagesController } from './audit-pages.controller.js';
import { Frames } from './frames.js';
import { StaffPagesController } from './staff-pages.controller.js';
import { UnsubscribeController } from './unsubscribe.controller.js';
import { WebController } from './web.controller.js';

@Global()
@Module({
  imports: [LedgerModule, CategoriesModule, ComplaintsModule, DeskModule, MapModule, PhotosModule],
  controllers: [
    WebController,
    AuditPagesController,
    StaffPagesController,
    UnsubscribeController,
    OutboxPagesController,
    FilingPagesController,
    OwnPagesController,
    QueuePagesController,
    BulkPagesController,
    TemplatesPagesController,
    BesidePagesController,
    RedactionPagesController,
    OwnPhotosController,
    DeskPagesController,
    MattersPagesController,
    MatterFeedsController,
  ],
  providers: [
    Frames,
    MatterCatalogue,
    MatterMaps,
    FittingTemplates,
    { provide: ERROR_PAGES, useClass: ProblemPages },
  ],
  exports: [ERROR_PAGES],
})
export class WebModule {}

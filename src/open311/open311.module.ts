/** Open311: services, requests and updates for other programs, over the commands and views of matters. */
import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Clock } from '../clock.js';
import { CategoriesModule } from '../categories/categories.module.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { SameForms } from '../complaints/same-forms.js';
import { Matters } from '../complaints/matters.js';
import { ContentsModule } from '../contents/contents.module.js';
import { Photos } from '../photos/photos.js';
import { PhotosModule } from '../photos/photos.module.js';
import { CLOCK, SERVER_SECRET, SETTINGS } from '../platform.module.js';
import type { Settings } from '../settings.js';
import { Views } from '../views/views.js';
import { Open311Filter } from './answering.js';
import { Open311Clients } from './clients.js';
import { Intake } from './intake.js';
import { Open311Controller } from './open311.controller.js';
import { FindRequestsHandler, ListServicesHandler, ListUpdatesHandler } from './open311.queries.js';

@Module({
  imports: [ContentsModule, CategoriesModule, ComplaintsModule, PhotosModule],
  controllers: [Open311Controller],
  providers: [
    Open311Filter,
    ListServicesHandler,
    FindRequestsHandler,
    ListUpdatesHandler,
    {
      provide: Open311Clients,
      useFactory: ({ open311 }: Settings) => new Open311Clients(open311?.keys ?? []),
      inject: [SETTINGS],
    },
    {
      provide: Intake,
      useFactory: (
        commands: CommandBus,
        matters: Matters,
        forms: SameForms,
        photos: Photos,
        views: Views,
        clock: Clock,
        secret: Uint8Array,
        { languages }: Settings,
      ) => new Intake(commands, matters, forms, photos, views, clock, secret, languages[0] ?? 'es'),
      inject: [CommandBus, Matters, SameForms, Photos, Views, CLOCK, SERVER_SECRET, SETTINGS],
    },
  ],
})
export class Open311Module {}

/** The desk of staff who answer matters: the queue, templates, many answers at once, notes, photos, and its own figures. */
import { Module } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import { CategoriesModule } from '../categories/categories.module.js';
import { RulesInForce } from '../categories/rules-in-force.js';
import type { Clock } from '../clock.js';
import { Cases } from '../complaints/cases.js';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { WholeMatters } from '../complaints/whole-matters.js';
import { People } from '../complaints/people.js';
import { ContentsModule } from '../contents/contents.module.js';
import { MapModule } from '../map/map.module.js';
import { PhotosModule } from '../photos/photos.module.js';
import { CLOCK, POOL } from '../platform.module.js';
import { AlikeController } from './alike.controller.js';
import { CompareMattersHandler, FindAlikeHandler } from './alike.queries.js';
import { AnswerMattersHandler, PreviewBulkAnswerHandler } from './bulk-answers.commands.js';
import { BulkAnswersController } from './bulk-answers.controller.js';
import { BulkAnswers } from './bulk-answers.js';
import { NotesController } from './notes.controller.js';
import { CountQueueHandler } from './queue-counts.queries.js';
import { GetDeskNumbersHandler, ListQueueHandler } from './queue.queries.js';
import { ReplyNames } from './reply-names.js';
import { ReplyTemplatesController } from './reply-templates.controller.js';
import { ReplyTemplates } from './reply-templates.js';
import { GetStaffMatterHandler } from './staff-matters.queries.js';
import { StaffMattersController } from './staff-matters.controller.js';
import { StaffPhotosController } from './staff-photos.controller.js';
import { GetStaffPhotoHandler, TryRedactionHandler } from './staff-photos.queries.js';
import { GetTogetherHandler } from './together.queries.js';

@Module({
  imports: [ContentsModule, PhotosModule, CategoriesModule, ComplaintsModule, MapModule],
  controllers: [
    StaffMattersController,
    StaffPhotosController,
    NotesController,
    BulkAnswersController,
    AlikeController,
    ReplyTemplatesController,
  ],
  providers: [
    AnswerMattersHandler,
    PreviewBulkAnswerHandler,
    ListQueueHandler,
    CountQueueHandler,
    GetDeskNumbersHandler,
    GetStaffMatterHandler,
    FindAlikeHandler,
    CompareMattersHandler,
    GetTogetherHandler,
    GetStaffPhotoHandler,
    TryRedactionHandler,
    {
      provide: ReplyTemplates,
      useFactory: (pool: Pool, rules: RulesInForce, clock: Clock) => new ReplyTemplates(pool, rules, clock),
      inject: [POOL, RulesInForce, CLOCK],
    },
    {
      provide: ReplyNames,
      useFactory: (queries: QueryBus, rules: RulesInForce, clock: Clock) =>
        new ReplyNames(queries, rules, clock),
      inject: [QueryBus, RulesInForce, CLOCK],
    },
    {
      provide: BulkAnswers,
      useFactory: (
        matters: WholeMatters,
        people: People,
        cases: Cases,
        templates: ReplyTemplates,
        names: ReplyNames,
        rules: RulesInForce,
      ) => new BulkAnswers(matters, people, cases, templates, names, rules),
      inject: [WholeMatters, People, Cases, ReplyTemplates, ReplyNames, RulesInForce],
    },
  ],
  exports: [ReplyTemplates, ReplyNames],
})
export class DeskModule {}

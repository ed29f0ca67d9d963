/** Complaints, suggestions and thank-yous: filed, released, answered, erased. */
import { Inject, Logger, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import { CityModule } from '../city/city.module.js';
import type { Clock } from '../clock.js';
import { ContentLife } from '../contents/content-life.js';
import { Contents } from '../contents/contents.js';
import { ContentsModule } from '../contents/contents.module.js';
import { PublicContents } from '../contents/public-contents.js';
import type { CommandLog } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import {
  CLOCK,
  COMMAND_LOG,
  CRYPTO,
  derivedKey,
  EVENT_STORE,
  POOL,
  SERVER_SECRET,
  SETTINGS,
  WORK,
  type Work,
} from '../platform.module.js';
import { Correspondents } from '../mail/correspondents.js';
import { Outbox } from '../mail/outbox.js';
import { UnaskedMails } from '../mail/unasked-mails.js';
import { PhotosModule } from '../photos/photos.module.js';
import { RateLimit } from '../rest/rate-limit.js';
import type { Settings } from '../settings.js';
import { Views } from '../views/views.js';
import { AlikeController } from './alike.controller.js';
import { CompareMattersHandler, FindAlikeHandler } from './alike.queries.js';
import { AnswerMattersHandler, PreviewBulkAnswerHandler } from './bulk-answers.commands.js';
import { BulkAnswersController } from './bulk-answers.controller.js';
import { BulkAnswers } from './bulk-answers.js';
import { DuplicateMatterHandler, GatherMattersHandler, SeparateMatterHandler } from './cases.commands.js';
import { Cases } from './cases.js';
import { DescribeCategoriesHandler } from './categories.commands.js';
import { CategoriesImport } from './categories-import.js';
import { DeadlineMover } from './deadline-mover.js';
import { EmailCodes } from './email-codes.js';
import { MatterErasure } from './erasure.js';
import { FileMatterHandler, JoinMatterHandler } from './filing.commands.js';
import {
  FILINGS,
  LINK_ACTS,
  LOOKS_AROUND,
  LOOKS_MS,
  MOST_ACTS,
  MOST_FILINGS,
  MOST_LOOKS,
  WRONG_LINKS,
} from './limits.js';
import { JoiningByMail } from './joining-by-mail.js';
import { LinksController } from './links.controller.js';
import { MapController } from './map.controller.js';
import { FindNearMattersHandler, FindSimilarMattersHandler, GetMatterMapHandler } from './map.queries.js';
import { Gathering } from './gathering.js';
import { MatterCorrespondent } from './matter-correspondent.js';
import { MatterNotes } from './matter-notes.js';
import { MatterSubscriptions } from './matter-subscriptions.js';
import { Matters } from './matters.js';
import {
  AnswerMatterHandler,
  AssignMatterHandler,
  EraseMatterHandler,
  MoveMatterHandler,
  ReopenMatterHandler,
} from './matters.commands.js';
import { MattersController } from './matters.controller.js';
import {
  GetMatterHandler,
  ListCategoriesHandler,
  ListMattersHandler,
  PublicMatters,
} from './matters.queries.js';
import { NotesController } from './notes.controller.js';
import { NumbersController } from './numbers.controller.js';
import { GetYearNumbersHandler, GetYearReportHandler, ListMatterYearsHandler } from './numbers.queries.js';
import { AddByOthersHandler } from './others.commands.js';
import { GetOwnMatterHandler, GetStaffMatterHandler, WholeMatters } from './own.queries.js';
import { GetOwnPhotoHandler } from './own-photos.queries.js';
import { People } from './people.js';
import { QuestionnaireDues } from './questionnaire-dues.js';
import { QuestionnaireRound } from './questionnaire-round.js';
import { PublicPlaces } from './public-places.js';
import { GetDeskNumbersHandler, ListQueueHandler } from './queue.queries.js';
import { RedactPhotoHandler } from './redaction.commands.js';
import { HideMatterHandler, ReleaseAdditionsHandler, ReleaseMatterHandler } from './release.commands.js';
import {
  AddToMatterHandler,
  AskForCodeHandler,
  ConfirmMatterHandler,
  EraseByLinkHandler,
  LinkActs,
  RateMatterHandler,
  ReopenByReporterHandler,
  ReportFixHandler,
} from './reporters.commands.js';
import { ReplyNames } from './reply-names.js';
import { ReplyTemplates } from './reply-templates.js';
import { ReplyTemplatesController } from './reply-templates.controller.js';
import { RulesInForce } from './rules-in-force.js';
import { SameForms } from './same-forms.js';
import { StaffMattersController } from './staff-matters.controller.js';
import { StaffPhotosController } from './staff-photos.controller.js';
import { GetStaffPhotoHandler, TryRedactionHandler } from './staff-photos.queries.js';
import { StandingWork } from './standing-work.js';
import { MattersUpkeep } from './upkeep.js';

const logger = new Logger('Complaints');

const COMMANDS = [
  DescribeCategoriesHandler,
  FileMatterHandler,
  JoinMatterHandler,
  AddByOthersHandler,
  ConfirmMatterHandler,
  AskForCodeHandler,
  AddToMatterHandler,
  RateMatterHandler,
  ReopenByReporterHandler,
  ReportFixHandler,
  EraseByLinkHandler,
  ReleaseMatterHandler,
  ReleaseAdditionsHandler,
  HideMatterHandler,
  RedactPhotoHandler,
  AssignMatterHandler,
  MoveMatterHandler,
  AnswerMatterHandler,
  AnswerMattersHandler,
  ReopenMatterHandler,
  DuplicateMatterHandler,
  GatherMattersHandler,
  SeparateMatterHandler,
  EraseMatterHandler,
];
const QUERIES = [
  GetMatterMapHandler,
  FindNearMattersHandler,
  FindSimilarMattersHandler,
  ListMattersHandler,
  GetMatterHandler,
  ListCategoriesHandler,
  GetOwnMatterHandler,
  GetOwnPhotoHandler,
  GetStaffMatterHandler,
  ListQueueHandler,
  GetDeskNumbersHandler,
  PreviewBulkAnswerHandler,
  FindAlikeHandler,
  CompareMattersHandler,
  GetStaffPhotoHandler,
  TryRedactionHandler,
  ListMatterYearsHandler,
  GetYearNumbersHandler,
  GetYearReportHandler,
];

@Module({
  imports: [ContentsModule, CityModule, PhotosModule],
  // The first has addresses of fixed words where the second has ids.
  controllers: [
    StaffMattersController,
    StaffPhotosController,
    NotesController,
    BulkAnswersController,
    AlikeController,
    ReplyTemplatesController,
    LinksController,
    NumbersController,
    MapController,
    MattersController,
  ],
  providers: [
    ...COMMANDS,
    ...QUERIES,
    DeadlineMover,
    { provide: FILINGS, useFactory: () => new RateLimit(undefined, MOST_FILINGS) },
    { provide: WRONG_LINKS, useFactory: () => new RateLimit() },
    { provide: LOOKS_AROUND, useFactory: () => new RateLimit(undefined, MOST_LOOKS, LOOKS_MS) },
    { provide: LINK_ACTS, useFactory: () => new RateLimit(undefined, MOST_ACTS) },
    { provide: RulesInForce, useFactory: (views: Views) => new RulesInForce(views), inject: [Views] },
    { provide: Cases, useFactory: (pool: Pool) => new Cases(pool), inject: [POOL] },
    {
      provide: People,
      useFactory: (pool: Pool, clock: Clock, secret: Uint8Array) =>
        new People(pool, clock, derivedKey(secret, 'matter-codes')),
      inject: [POOL, CLOCK, SERVER_SECRET],
    },
    {
      provide: Matters,
      useFactory: (
        store: EventStore,
        log: CommandLog,
        contents: Contents,
        life: ContentLife,
        rules: RulesInForce,
        people: People,
        crypto: Crypto,
        clock: Clock,
      ) => new Matters(store, log, contents, life, rules, people, crypto, clock),
      inject: [EVENT_STORE, COMMAND_LOG, Contents, ContentLife, RulesInForce, People, CRYPTO, CLOCK],
    },
    {
      provide: Gathering,
      useFactory: (matters: Matters, cases: Cases, people: People) => new Gathering(matters, cases, people),
      inject: [Matters, Cases, People],
    },
    {
      provide: CategoriesImport,
      useFactory: (
        store: EventStore,
        log: CommandLog,
        contents: Contents,
        life: ContentLife,
        crypto: Crypto,
        clock: Clock,
      ) => new CategoriesImport(store, log, contents, life, crypto, clock),
      inject: [EVENT_STORE, COMMAND_LOG, Contents, ContentLife, CRYPTO, CLOCK],
    },
    {
      provide: LinkActs,
      useFactory: (matters: Matters, people: People) => new LinkActs(matters, people),
      inject: [Matters, People],
    },
    {
      provide: MatterErasure,
      useFactory: (
        matters: Matters,
        people: People,
        cases: Cases,
        outbox: Outbox,
        gathering: Gathering,
        notes: MatterNotes,
      ) => new MatterErasure(matters, people, cases, outbox, gathering, notes),
      inject: [Matters, People, Cases, Outbox, Gathering, MatterNotes],
    },
    {
      provide: MatterNotes,
      useFactory: (pool: Pool, matters: Matters, clock: Clock) => new MatterNotes(pool, matters, clock),
      inject: [POOL, Matters, CLOCK],
    },
    {
      provide: ReplyTemplates,
      useFactory: (pool: Pool, rules: RulesInForce, clock: Clock) => new ReplyTemplates(pool, rules, clock),
      inject: [POOL, RulesInForce, CLOCK],
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
    {
      provide: ReplyNames,
      useFactory: (queries: QueryBus, rules: RulesInForce, clock: Clock) =>
        new ReplyNames(queries, rules, clock),
      inject: [QueryBus, RulesInForce, CLOCK],
    },
    {
      provide: MatterSubscriptions,
      useFactory: (secret: Uint8Array, people: People, outbox: Outbox) =>
        new MatterSubscriptions(derivedKey(secret, 'unsubscribe'), people, outbox),
      inject: [SERVER_SECRET, People, Outbox],
    },
    {
      provide: MatterCorrespondent,
      useFactory: (
        people: People,
        views: Views,
        contents: Contents,
        subscriptions: MatterSubscriptions,
        unasked: UnaskedMails,
        { publicUrl }: Settings,
      ) => new MatterCorrespondent(people, views, contents, subscriptions, unasked, publicUrl),
      inject: [People, Views, Contents, MatterSubscriptions, UnaskedMails, SETTINGS],
    },
    {
      provide: EmailCodes,
      useFactory: (pool: Pool, people: People, outbox: Outbox, unasked: UnaskedMails, clock: Clock) =>
        new EmailCodes(pool, people, outbox, unasked, clock),
      inject: [POOL, People, Outbox, UnaskedMails, CLOCK],
    },
    {
      provide: JoiningByMail,
      useFactory: (
        pool: Pool,
        matters: Matters,
        people: People,
        outbox: Outbox,
        unasked: UnaskedMails,
        clock: Clock,
        { publicUrl }: Settings,
      ) => new JoiningByMail(pool, matters, people, outbox, unasked, clock, publicUrl),
      inject: [POOL, Matters, People, Outbox, UnaskedMails, CLOCK, SETTINGS],
    },
    {
      provide: SameForms,
      useFactory: (pool: Pool, clock: Clock, secret: Uint8Array) =>
        new SameForms(pool, clock, derivedKey(secret, 'same-forms')),
      inject: [POOL, CLOCK, SERVER_SECRET],
    },
    {
      provide: QuestionnaireDues,
      useFactory: (views: Views) => new QuestionnaireDues(views),
      inject: [Views],
    },
    {
      provide: QuestionnaireRound,
      useFactory: (
        pool: Pool,
        store: EventStore,
        matters: Matters,
        people: People,
        outbox: Outbox,
        clock: Clock,
        { publicUrl }: Settings,
      ) =>
        new QuestionnaireRound(pool, store, matters, people, outbox, clock, publicUrl, (message) =>
          logger.warn(message),
        ),
      inject: [POOL, EVENT_STORE, Matters, People, Outbox, CLOCK, SETTINGS],
    },
    {
      provide: MattersUpkeep,
      useFactory: (
        store: EventStore,
        views: Views,
        people: People,
        matters: Matters,
        erasure: MatterErasure,
        forms: SameForms,
        unasked: UnaskedMails,
        clock: Clock,
      ) =>
        new MattersUpkeep(store, views, people, matters, erasure, [forms, unasked], clock, (message) =>
          logger.warn(message),
        ),
      inject: [EVENT_STORE, Views, People, Matters, MatterErasure, SameForms, UnaskedMails, CLOCK],
    },
    {
      provide: StandingWork,
      useFactory: (pool: Pool, upkeep: MattersUpkeep, deadlines: DeadlineMover) =>
        new StandingWork(pool, [upkeep, deadlines], { warn: (message) => logger.warn(message) }),
      inject: [POOL, MattersUpkeep, DeadlineMover],
    },
    {
      provide: PublicPlaces,
      useFactory: (views: Views, contents: Contents) =>
        new PublicPlaces(views, contents, (damaged) => logger.error(damaged.message)),
      inject: [Views, Contents],
    },
    {
      provide: PublicMatters,
      useFactory: (contents: PublicContents) => new PublicMatters(contents),
      inject: [PublicContents],
    },
    {
      provide: WholeMatters,
      useFactory: (views: Views, contents: Contents, cases: Cases) =>
        new WholeMatters(views, contents, cases),
      inject: [Views, Contents, Cases],
    },
  ],
  exports: [
    FILINGS,
    WRONG_LINKS,
    LINK_ACTS,
    LOOKS_AROUND,
    Matters,
    People,
    SameForms,
    MatterSubscriptions,
    Cases,
    MatterNotes,
    ReplyTemplates,
    ReplyNames,
    RulesInForce,
    PublicMatters,
    WholeMatters,
  ],
})
export class ComplaintsModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    @Inject(WORK) private readonly work: Work,
    @Inject(StandingWork) private readonly standing: StandingWork,
    @Inject(PublicPlaces) private readonly places: PublicPlaces,
    @Inject(Correspondents) private readonly correspondents: Correspondents,
    @Inject(MatterCorrespondent) private readonly correspondent: MatterCorrespondent,
    @Inject(QuestionnaireDues) private readonly dues: QuestionnaireDues,
    @Inject(QuestionnaireRound) private readonly questionnaires: QuestionnaireRound,
  ) {}

  onModuleInit(): void {
    this.correspondents.add(this.correspondent);
    this.correspondents.add(this.dues);
  }

  onApplicationBootstrap(): void {
    if (this.work !== 'serve') return;
    this.standing.start();
    this.questionnaires.start();
    this.places.start();
  }
}

/** Complaints, suggestions and thank-yous: filed, released, answered, erased. */
import { Inject, Logger, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
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
import { PhotosModule } from '../photos/photos.module.js';
import { FailureLimit } from '../rest/failure-limit.js';
import type { Settings } from '../settings.js';
import { Views } from '../views/views.js';
import { DuplicateMatterHandler, GatherMattersHandler, SeparateMatterHandler } from './cases.commands.js';
import { Cases } from './cases.js';
import { DescribeCategoriesHandler } from './categories.commands.js';
import { CategoriesImport } from './categories-import.js';
import { DeadlineMover } from './deadline-mover.js';
import { MatterErasure } from './erasure.js';
import { FileMatterHandler, JoinMatterHandler } from './filing.commands.js';
import { FILINGS, LINK_ACTS, MOST_ACTS, MOST_FILINGS, WRONG_LINKS } from './limits.js';
import { LinksController } from './links.controller.js';
import { MapController } from './map.controller.js';
import { FindNearMattersHandler, FindSimilarMattersHandler, GetMatterMapHandler } from './map.queries.js';
import { MatterCorrespondent } from './matter-correspondent.js';
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
import { NumbersController } from './numbers.controller.js';
import { GetYearNumbersHandler, GetYearReportHandler, ListMatterYearsHandler } from './numbers.queries.js';
import { GetOwnMatterHandler, GetStaffMatterHandler, ListQueueHandler, WholeMatters } from './own.queries.js';
import { GetOwnPhotoHandler } from './own-photos.queries.js';
import { People } from './people.js';
import { PublicPlaces } from './public-places.js';
import { HideMatterHandler, ReleaseAdditionsHandler, ReleaseMatterHandler } from './release.commands.js';
import {
  AddToMatterHandler,
  ConfirmMatterHandler,
  EraseByLinkHandler,
  LinkActs,
  RateMatterHandler,
  ReopenByReporterHandler,
  ReportFixHandler,
} from './reporters.commands.js';
import { RulesInForce } from './rules-in-force.js';
import { StaffMattersController } from './staff-matters.controller.js';
import { MattersUpkeep } from './upkeep.js';

const logger = new Logger('Complaints');

const COMMANDS = [
  DescribeCategoriesHandler,
  FileMatterHandler,
  JoinMatterHandler,
  ConfirmMatterHandler,
  AddToMatterHandler,
  RateMatterHandler,
  ReopenByReporterHandler,
  ReportFixHandler,
  EraseByLinkHandler,
  ReleaseMatterHandler,
  ReleaseAdditionsHandler,
  HideMatterHandler,
  AssignMatterHandler,
  MoveMatterHandler,
  AnswerMatterHandler,
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
  ListMatterYearsHandler,
  GetYearNumbersHandler,
  GetYearReportHandler,
];

@Module({
  imports: [ContentsModule, CityModule, PhotosModule],
  // The first has addresses of fixed words where the second has ids.
  controllers: [StaffMattersController, LinksController, NumbersController, MapController, MattersController],
  providers: [
    ...COMMANDS,
    ...QUERIES,
    DeadlineMover,
    { provide: FILINGS, useFactory: () => new FailureLimit(undefined, MOST_FILINGS) },
    { provide: WRONG_LINKS, useFactory: () => new FailureLimit() },
    { provide: LINK_ACTS, useFactory: () => new FailureLimit(undefined, MOST_ACTS) },
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
        crypto: Crypto,
        clock: Clock,
      ) => new Matters(store, log, contents, life, rules, crypto, clock),
      inject: [EVENT_STORE, COMMAND_LOG, Contents, ContentLife, RulesInForce, CRYPTO, CLOCK],
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
      useFactory: (matters: Matters, people: People, outbox: Outbox) =>
        new MatterErasure(matters, people, outbox),
      inject: [Matters, People, Outbox],
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
        { publicUrl }: Settings,
      ) => new MatterCorrespondent(people, views, contents, subscriptions, publicUrl),
      inject: [People, Views, Contents, MatterSubscriptions, SETTINGS],
    },
    {
      provide: MattersUpkeep,
      useFactory: (store: EventStore, views: Views, people: People, erasure: MatterErasure, clock: Clock) =>
        new MattersUpkeep(store, views, people, erasure, clock, (message) => logger.warn(message)),
      inject: [EVENT_STORE, Views, People, MatterErasure, CLOCK],
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
      useFactory: (views: Views, contents: Contents) => new WholeMatters(views, contents),
      inject: [Views, Contents],
    },
  ],
  exports: [
    FILINGS,
    WRONG_LINKS,
    LINK_ACTS,
    Matters,
    People,
    MatterSubscriptions,
    Cases,
    RulesInForce,
    PublicMatters,
    WholeMatters,
  ],
})
export class ComplaintsModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    @Inject(WORK) private readonly work: Work,
    @Inject(MattersUpkeep) private readonly upkeep: MattersUpkeep,
    @Inject(Correspondents) private readonly correspondents: Correspondents,
    @Inject(MatterCorrespondent) private readonly correspondent: MatterCorrespondent,
  ) {}

  onModuleInit(): void {
    this.correspondents.add(this.correspondent);
  }

  onApplicationBootstrap(): void {
    if (this.work === 'serve') this.upkeep.start();
  }
}

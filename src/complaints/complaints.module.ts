/** Complaints, suggestions and thank-yous: filed, released, answered, erased. */
import { Inject, Logger, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import { CategoriesModule } from '../categories/categories.module.js';
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
import { DuplicateMatterHandler, GatherMattersHandler, SeparateMatterHandler } from './cases.commands.js';
import { Cases } from './cases.js';
import { DeadlineMover } from './deadline-mover.js';
import { EmailCodes } from './email-codes.js';
import { MatterErasure } from './erasure.js';
import { FileMatterHandler, JoinMatterHandler } from './filing.commands.js';
import { JoiningByMail } from './joining-by-mail.js';
import { FILINGS, LINK_ACTS, MOST_ACTS, MOST_FILINGS, WRONG_LINKS } from './limits.js';
import { LinksController } from './links.controller.js';
import { Gathering } from './gathering.js';
import { MatterCorrespondent } from './matter-correspondent.js';
import { MatterNotes } from './matter-notes.js';
import { MatterSubjects } from './matter-subjects.js';
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
import { GetMatterHandler, ListMattersHandler, PublicMatters } from './matters.queries.js';
import { AddByOthersHandler } from './others.commands.js';
import { GetOwnMatterHandler } from './own.queries.js';
import { WholeMatters } from './whole-matters.js';
import { GetOwnPhotoHandler } from './own-photos.queries.js';
import { Codes } from './codes.js';
import { Joiners } from './joiners.js';
import { People } from './people.js';
import { QuestionnaireDues } from './questionnaire-dues.js';
import { QuestionnaireRound } from './questionnaire-round.js';
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
import { RulesInForce } from '../categories/rules-in-force.js';
import { SameForms } from './same-forms.js';
import { Showing } from './showing.js';
import { StandingWork } from './standing-work.js';
import { MattersUpkeep } from './upkeep.js';

const logger = new Logger('Complaints');

const COMMANDS = [
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
  ReopenMatterHandler,
  DuplicateMatterHandler,
  GatherMattersHandler,
  SeparateMatterHandler,
  EraseMatterHandler,
];
const QUERIES = [ListMattersHandler, GetMatterHandler, GetOwnMatterHandler, GetOwnPhotoHandler];

@Module({
  imports: [ContentsModule, CategoriesModule, PhotosModule],
  controllers: [LinksController, MattersController],
  providers: [
    ...COMMANDS,
    ...QUERIES,
    DeadlineMover,
    { provide: FILINGS, useFactory: () => new RateLimit(undefined, MOST_FILINGS) },
    { provide: WRONG_LINKS, useFactory: () => new RateLimit() },
    { provide: LINK_ACTS, useFactory: () => new RateLimit(undefined, MOST_ACTS) },
    { provide: Cases, useFactory: (pool: Pool) => new Cases(pool), inject: [POOL] },
    {
      provide: People,
      useFactory: (pool: Pool, clock: Clock) => new People(pool, clock),
      inject: [POOL, CLOCK],
    },
    {
      provide: Joiners,
      useFactory: (pool: Pool, clock: Clock) => new Joiners(pool, clock),
      inject: [POOL, CLOCK],
    },
    {
      provide: Codes,
      useFactory: (pool: Pool, clock: Clock, secret: Uint8Array) =>
        new Codes(pool, clock, derivedKey(secret, 'matter-codes')),
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
      useFactory: (matters: Matters, cases: Cases, people: People, joiners: Joiners) =>
        new Gathering(matters, cases, people, joiners),
      inject: [Matters, Cases, People, Joiners],
    },
    {
      provide: Showing,
      useFactory: (matters: Matters, cases: Cases) => new Showing(matters, cases),
      inject: [Matters, Cases],
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
        joiners: Joiners,
        cases: Cases,
        outbox: Outbox,
        gathering: Gathering,
        notes: MatterNotes,
      ) => new MatterErasure(matters, people, joiners, cases, outbox, gathering, notes),
      inject: [Matters, People, Joiners, Cases, Outbox, Gathering, MatterNotes],
    },
    {
      provide: MatterNotes,
      useFactory: (pool: Pool, matters: Matters, clock: Clock) => new MatterNotes(pool, matters, clock),
      inject: [POOL, Matters, CLOCK],
    },
    {
      provide: MatterSubscriptions,
      useFactory: (secret: Uint8Array, people: People, outbox: Outbox, gathering: Gathering) =>
        new MatterSubscriptions(derivedKey(secret, 'unsubscribe'), people, outbox, gathering),
      inject: [SERVER_SECRET, People, Outbox, Gathering],
    },
    {
      provide: MatterSubjects,
      useFactory: (views: Views, contents: Contents) => new MatterSubjects(views, contents),
      inject: [Views, Contents],
    },
    {
      provide: MatterCorrespondent,
      useFactory: (
        people: People,
        codes: Codes,
        views: Views,
        contents: Contents,
        subjects: MatterSubjects,
        subscriptions: MatterSubscriptions,
        showing: Showing,
        unasked: UnaskedMails,
        { publicUrl }: Settings,
      ) =>
        new MatterCorrespondent(
          people,
          codes,
          views,
          contents,
          subjects,
          subscriptions,
          showing,
          unasked,
          publicUrl,
        ),
      inject: [
        People,
        Codes,
        Views,
        Contents,
        MatterSubjects,
        MatterSubscriptions,
        Showing,
        UnaskedMails,
        SETTINGS,
      ],
    },
    {
      provide: EmailCodes,
      useFactory: (pool: Pool, codes: Codes, outbox: Outbox, unasked: UnaskedMails, clock: Clock) =>
        new EmailCodes(pool, codes, outbox, unasked, clock),
      inject: [POOL, Codes, Outbox, UnaskedMails, CLOCK],
    },
    {
      provide: JoiningByMail,
      useFactory: (
        pool: Pool,
        matters: Matters,
        people: People,
        joiners: Joiners,
        codes: Codes,
        outbox: Outbox,
        unasked: UnaskedMails,
        clock: Clock,
        { publicUrl }: Settings,
      ) => new JoiningByMail(pool, matters, people, joiners, codes, outbox, unasked, clock, publicUrl),
      inject: [POOL, Matters, People, Joiners, Codes, Outbox, UnaskedMails, CLOCK, SETTINGS],
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
        subjects: MatterSubjects,
        outbox: Outbox,
        clock: Clock,
        { publicUrl }: Settings,
      ) =>
        new QuestionnaireRound(pool, store, matters, people, subjects, outbox, clock, publicUrl, (message) =>
          logger.warn(message),
        ),
      inject: [POOL, EVENT_STORE, Matters, People, MatterSubjects, Outbox, CLOCK, SETTINGS],
    },
    {
      provide: MattersUpkeep,
      useFactory: (
        store: EventStore,
        views: Views,
        people: People,
        joiners: Joiners,
        matters: Matters,
        erasure: MatterErasure,
        notes: MatterNotes,
        forms: SameForms,
        unasked: UnaskedMails,
        clock: Clock,
      ) =>
        new MattersUpkeep(
          store,
          views,
          people,
          joiners,
          matters,
          erasure,
          notes,
          [forms, unasked],
          clock,
          (message) => logger.warn(message),
        ),
      inject: [
        EVENT_STORE,
        Views,
        People,
        Joiners,
        Matters,
        MatterErasure,
        MatterNotes,
        SameForms,
        UnaskedMails,
        CLOCK,
      ],
    },
    {
      provide: StandingWork,
      useFactory: (pool: Pool, upkeep: MattersUpkeep, deadlines: DeadlineMover) =>
        new StandingWork(pool, [upkeep, deadlines], { warn: (message) => logger.warn(message) }),
      inject: [POOL, MattersUpkeep, DeadlineMover],
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
    Matters,
    People,
    SameForms,
    MatterSubscriptions,
    Cases,
    MatterNotes,
    PublicMatters,
    WholeMatters,
    Showing,
  ],
})
export class ComplaintsModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    @Inject(WORK) private readonly work: Work,
    @Inject(StandingWork) private readonly standing: StandingWork,
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
  }
}

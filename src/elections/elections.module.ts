/** Elections: defining, running, counting. */
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import { ContentLife } from '../contents/content-life.js';
import { Contents } from '../contents/contents.js';
import { ContentsModule } from '../contents/contents.module.js';
import type { EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE, POOL, SETTINGS, WORK, type Work } from '../platform.module.js';
import { RateLimit } from '../rest/rate-limit.js';
import type { Settings } from '../settings.js';
import { CountElectionHandler } from './count.commands.js';
import { ChangeWithReasonHandler, DefineElectionHandler } from './define.commands.js';
import { ActKinds } from '../staff/act-kinds.js';
import { Acts } from '../staff/acts.js';
import { electionActs } from './election-acts.js';
import { ElectionKeys, ElectionKeysUnusable } from './election-keys.js';
import {
  ChangeElectionHandler,
  CommitRollHandler,
  ListRollHandler,
  OpenVotingHandler,
  PublishElectionKeyHandler,
} from './elections.commands.js';
import { ElectionsController } from './elections.controller.js';
import { ReconcilePaperHandler } from './reconcile.commands.js';
import {
  GetElectionHandler,
  GetExplanationHandler,
  GetResultHandler,
  ListElectionsHandler,
} from './elections.queries.js';
import { ExplanationController } from './explanation.controller.js';
import { Explanations } from './explanations.js';
import { OpenElections } from './open-elections.js';
import { OutcomeController } from './outcome.controller.js';
import { Outcomes } from './outcomes.js';
import { RollLines } from './roll-lines.js';
import { ElectionScheduler } from './scheduler.js';
import { sealedElections } from './sealed-elections.js';
import { COSTLY, MOST_COSTLY, WhatIfController } from './what-if.controller.js';
import { WhatIfs } from './what-if.js';

@Module({
  imports: [ContentsModule],
  controllers: [ElectionsController, WhatIfController, ExplanationController, OutcomeController],
  providers: [
    ChangeElectionHandler,
    OpenVotingHandler,
    PublishElectionKeyHandler,
    ListRollHandler,
    CommitRollHandler,
    CountElectionHandler,
    DefineElectionHandler,
    ChangeWithReasonHandler,
    ReconcilePaperHandler,
    ListElectionsHandler,
    GetElectionHandler,
    GetResultHandler,
    GetExplanationHandler,
    ElectionScheduler,
    WhatIfs,
    { provide: COSTLY, useFactory: () => new RateLimit(undefined, MOST_COSTLY) },
    {
      provide: ElectionKeys,
      useFactory: (settings: Settings, crypto: Crypto, work: Work, rolls: RollLines, store: EventStore) =>
        electionKeys(settings, crypto, work, rolls, store),
      inject: [SETTINGS, CRYPTO, WORK, RollLines, EVENT_STORE],
    },
    {
      provide: OpenElections,
      useFactory: (store: EventStore, crypto: Crypto) => new OpenElections(store, crypto),
      inject: [EVENT_STORE, CRYPTO],
    },
    {
      provide: RollLines,
      useFactory: (pool: Pool, crypto: Crypto) => new RollLines(pool, crypto),
      inject: [POOL, CRYPTO],
    },
    {
      provide: Explanations,
      useFactory: (pool: Pool, crypto: Crypto) => new Explanations(pool, crypto),
      inject: [POOL, CRYPTO],
    },
    {
      provide: Outcomes,
      useFactory: (pool: Pool, crypto: Crypto) => new Outcomes(pool, crypto),
      inject: [POOL, CRYPTO],
    },
  ],
  exports: [ElectionKeys, OpenElections, RollLines, Outcomes, Explanations],
})
export class ElectionsModule implements OnModuleInit {
  constructor(
    @Inject(ActKinds) private readonly kinds: ActKinds,
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(Contents) private readonly contents: Contents,
    @Inject(ContentLife) private readonly life: ContentLife,
    @Inject(Acts) private readonly acts: Acts,
    @Inject(OpenElections) private readonly elections: OpenElections,
  ) {}

  onModuleInit(): void {
    const { commands, store, crypto, contents, life, acts, elections } = this;
    for (const kind of electionActs({ commands, store, crypto, contents, life, acts, elections })) {
      this.kinds.register(kind);
    }
  }
}

/**
 * A server without its master would lose every ballot and not know it before the close, so it does not start. A command
 * that lives once is refused when it needs a key: a count or an export needs none.
 */
async function electionKeys(
  { electionKeys: path, givenUp }: Settings,
  crypto: Crypto,
  work: Work,
  rolls: RollLines,
  store: EventStore,
): Promise<ElectionKeys> {
  const kept = (await rolls.elections()).filter((id) => !givenUp.includes(id));
  const sealed = await sealedElections(store, crypto, kept);
  try {
    return await ElectionKeys.fromFile(path, crypto, sealed);
  } catch (error) {
    if (work === 'serve' || !(error instanceof ElectionKeysUnusable)) throw error;
    return ElectionKeys.without(error, crypto);
  }
}

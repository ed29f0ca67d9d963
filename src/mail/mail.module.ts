/** Mail: what events make people be told, the outbox, and its sending. Global: any room may have something to tell. */
import {
  Global,
  Inject,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { Clock } from '../clock.js';
import { DEMO, type Demo } from '../demo-site.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Metrics } from '../metrics/metrics.js';
import {
  CLOCK,
  CRYPTO,
  derivedKey,
  EVENT_STORE,
  METRICS,
  POOL,
  SERVER_SECRET,
  SETTINGS,
  WORK,
  type Work,
} from '../platform.module.js';
import { HealthDetails } from '../rest/health-details.js';
import { RestModule } from '../rest/rest.module.js';
import type { Settings } from '../settings.js';
import { Views } from '../views/views.js';
import { Correspondents } from './correspondents.js';
import { MailController } from './mail.controller.js';
import { MailSender } from './mail-sender.js';
import { OutboxDesk } from './outbox-desk.js';
import { Outbox } from './outbox.js';
import { MailReactor } from './reactor.js';
import { UnaskedMails } from './unasked-mails.js';

type Say = (level: 'info' | 'warn' | 'error', message: string) => void;

@Global()
@Module({
  imports: [RestModule],
  controllers: [MailController],
  providers: [
    Correspondents,
    {
      provide: Outbox,
      useFactory: (pool: Pool, secret: Uint8Array, clock: Clock) =>
        new Outbox(pool, derivedKey(secret, 'outbox'), clock),
      inject: [POOL, SERVER_SECRET, CLOCK],
    },
    {
      provide: UnaskedMails,
      useFactory: (pool: Pool, secret: Uint8Array, clock: Clock) =>
        new UnaskedMails(pool, derivedKey(secret, 'unasked-mails'), clock),
      inject: [POOL, SERVER_SECRET, CLOCK],
    },
    {
      provide: OutboxDesk,
      useFactory: (pool: Pool, clock: Clock, demo?: Demo) => new OutboxDesk(pool, clock, demo !== undefined),
      inject: [POOL, CLOCK, { token: DEMO, optional: true }],
    },
    {
      provide: MailSender,
      useFactory: (pool: Pool, outbox: Outbox, { mail }: Settings, store: EventStore, metrics: Metrics) =>
        new MailSender(pool, outbox, mail, () => store.head(), {
          log: say(),
          tried: (outcome) => metrics.mailTried(outcome),
        }),
      inject: [POOL, Outbox, SETTINGS, EVENT_STORE, METRICS],
    },
    {
      provide: MailReactor,
      useFactory: (
        pool: Pool,
        store: EventStore,
        crypto: Crypto,
        views: Views,
        correspondents: Correspondents,
        outbox: Outbox,
      ) => new MailReactor(pool, store, crypto, views, correspondents, outbox, { log: say() }),
      inject: [POOL, EVENT_STORE, CRYPTO, Views, Correspondents, Outbox],
    },
  ],
  exports: [Correspondents, UnaskedMails, Outbox, OutboxDesk],
})
export class MailModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(MailReactor) private readonly reactor: MailReactor,
    @Inject(MailSender) private readonly sender: MailSender,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(OutboxDesk) private readonly desk: OutboxDesk,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(HealthDetails) private readonly health: HealthDetails,
    @Inject(WORK) private readonly work: Work,
  ) {}

  /** Before anybody can do anything here, so that the first event of a new city is reacted to. */
  async onModuleInit(): Promise<void> {
    if (this.work === 'once') return;
    this.health.tell('mail', async () => ({
      reactor: this.reactor.state,
      sender: this.sender.health(),
      ...(await this.desk.counts()),
    }));
    // Where the log is away, whoever becomes active tries again.
    const head = await this.store.head().catch(() => undefined);
    if (head !== undefined) await this.outbox.moveIn(head);
  }

  onApplicationBootstrap(): void {
    if (this.work === 'once') return;
    this.reactor.start();
    this.sender.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.reactor.stop(), this.sender.stop()]);
  }
}

function say(): Say {
  const logger = new Logger('mail');
  return (level, message) => {
    if (level === 'info') logger.log(message);
    else logger[level](message);
  };
}

/** Tells the metrics at an address of their own, which nobody outside needs to reach. Only where the settings name one. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { EventStore } from '../event-store/event-store.js';
import { Ledger } from '../ledger/ledger.js';
import { OutboxDesk } from '../mail/outbox-desk.js';
import { EVENT_STORE, METRICS, SETTINGS, WORK, type Work } from '../platform.module.js';
import { within } from '../rest/health-details.js';
import { SettingInvalid, type Settings } from '../settings.js';
import { Views } from '../views/views.js';
import type { Metrics, Progress } from './metrics.js';

/** How long a number may take to be read before it is left out. */
const READ_MS = 2_000;
/** Whoever watches over the program has a few. */
const MOST_CONNECTIONS = 20;

@Injectable()
export class MetricsServer implements OnModuleInit, BeforeApplicationShutdown {
  #server: Server | undefined;
  #look: Promise<string> | undefined;

  constructor(
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(Views) private readonly views: Views,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(OutboxDesk) private readonly outbox: OutboxDesk,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(WORK) private readonly work: Work,
  ) {}

  /** @throws SettingInvalid where it cannot listen */
  async onModuleInit(): Promise<void> {
    const { metrics } = this.settings;
    if (metrics === undefined || this.work === 'once') return;
    this.metrics.watchProcess();
    const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
      if (request.method === 'GET' && request.url === '/metrics') void this.#tell(response);
      else response.writeHead(404, { 'content-type': 'text/plain' }).end('The metrics are at /metrics.\n');
    });
    server.maxConnections = MOST_CONNECTIONS;
    try {
      server.listen(metrics.port, metrics.host);
      await once(server, 'listening');
    } catch (error) {
      const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
      throw new SettingInvalid('CONCEJO_METRICS', `cannot be listened at (${code}): set another address`);
    }
    this.#server = server;
  }

  async beforeApplicationShutdown(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Where it listens; `undefined` where it does not. */
  port(): number | undefined {
    const address = this.#server?.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  async #tell(response: ServerResponse): Promise<void> {
    try {
      // However many ask at once, the database is asked once.
      const text = await (this.#look ??= this.#read().finally(() => (this.#look = undefined)));
      response.writeHead(200, { 'content-type': this.metrics.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  }

  async #read(): Promise<string> {
    return this.metrics.text(await this.#progress());
  }

  async #progress(): Promise<Progress> {
    const [log, views, ledger, mail] = await Promise.all([
      inTime(this.store.head().then((head) => head + 1n)),
      inTime(
        this.views.checkpoint().then((position) => (position === undefined ? undefined : position + 1n)),
      ),
      inTime(this.ledger.published().then((published) => published?.size ?? 0n)),
      inTime(this.outbox.counts().then((counts) => ({ ...counts }))),
    ]);
    return { log, views, ledger, mail };
  }
}

/** `undefined` for what fails or takes too long. */
async function inTime<T>(reading: Promise<T | undefined>): Promise<T | undefined> {
  const read = await within(
    READ_MS,
    reading.catch(() => undefined),
  );
  return read === 'away' ? undefined : read;
}

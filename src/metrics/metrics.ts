/**
 * The numbers that a machine which watches over the program wants: how long things take, how far behind something is, and
 * what is refused. Labels are patterns of routes and stable codes, never an address, an id or a text.
 *
 * @see Prometheus exposition format 0.0.4
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AppendMeter } from '../event-store/append-meter.js';

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const APPENDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** How far the parts have come, in events; `undefined` where that cannot be read now. */
export interface Progress {
  /** Events in the log. */
  readonly log: bigint | undefined;
  /** Of these, folded into all views. */
  readonly views: bigint | undefined;
  /** Of these, under the head of the ledger that everybody is shown. */
  readonly ledger: bigint | undefined;
  /** Mails in the outbox by state. */
  readonly mail?: Readonly<Record<string, number>> | undefined;
}

export class Metrics implements AppendMeter {
  readonly #registry = new Registry();
  readonly #appends = new Histogram({
    name: 'concejo_append_seconds',
    help: 'Time from asking for an append to its answer, by outcome: written, repeated, or the code of the error',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  readonly #batches = new Histogram({
    name: 'concejo_append_batch_appends',
    help: 'Appends that went together in one commit',
    buckets: APPENDS,
    registers: [this.#registry],
  });
  readonly #requests = new Histogram({
    name: 'concejo_http_request_seconds',
    help: 'Time from a request to the end of its answer, by method, pattern of the route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  readonly #refusals = new Counter({
    name: 'concejo_refusals_total',
    help: 'Requests answered with a problem, by its code',
    labelNames: ['code'],
    registers: [this.#registry],
  });
  readonly #log = this.#events('concejo_log_events', 'Events in the log');
  readonly #viewsLag = this.#events('concejo_views_lag_events', 'Events that are not in all views yet');
  readonly #ledgerLag = this.#events(
    'concejo_ledger_lag_events',
    'Events that are not under the published head of the ledger yet',
  );

  readonly #mails = new Gauge({
    name: 'concejo_outbox_mails',
    help: 'Mails that wait to be sent, that failed, and of which nobody knows whether they were sent',
    labelNames: ['state'],
    registers: [this.#registry],
  });
  readonly #mailTries = new Counter({
    name: 'concejo_mail_tries_total',
    help: 'Tries of this process to send a mail, by what came of them',
    labelNames: ['outcome'],
    registers: [this.#registry],
  });

  appended(seconds: number, outcome: string): void {
    this.#appends.observe({ outcome }, seconds);
  }

  committed(appends: number): void {
    this.#batches.observe(appends);
  }

  /** @param route its pattern, such as `/api/v1/elections/:id` */
  answered(seconds: number, method: string, route: string, status: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  refused(code: string): void {
    this.#refusals.inc({ code });
  }

  /** @param outcome `sent`, `waiting`, `failed` or `unknown` */
  mailTried(outcome: string): void {
    this.#mailTries.inc({ outcome });
  }

  /** Memory, processor and event loop of this process as well, from now on. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** All of it as text. What cannot be read now is left out: an old number would look like a good one. */
  async text({ log, views, ledger, mail = {} }: Progress): Promise<string> {
    set(this.#log, log);
    set(this.#viewsLag, behind(log, views));
    set(this.#ledgerLag, behind(log, ledger));
    this.#mails.reset();
    for (const [state, count] of Object.entries(mail)) this.#mails.set({ state }, count);
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #events(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.#registry] });
  }
}

function behind(log: bigint | undefined, part: bigint | undefined): bigint | undefined {
  if (log === undefined || part === undefined) return undefined;
  // They are not read at one instant.
  return part > log ? 0n : log - part;
}

function set(gauge: Gauge, events: bigint | undefined): void {
  if (events === undefined) gauge.remove();
  else gauge.set(Number(events));
}

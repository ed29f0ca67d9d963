/**
 * Sends what is due in the outbox, in one process at a time: marks a mail as being sent, commits that, and only then speaks to the
 * server. Without a mail server it only keeps house, and everything waits where staff sees it.
 */
import type { ClientBase, Pool } from 'pg';
import { OneActive, type ActiveState } from '../postgres/one-active.js';
import { systemTimers, type Timers } from '../timers.js';
import { messageBytes, type Sender } from './message.js';
import type { Outbox, Outcome, TakenMail } from './outbox.js';
import { MailServerAway, Smtp, type Deadlines, type MailServer } from './smtp.js';

/** Advisory lock; the views, the log and its witnesses have those before. */
const SENDER_LOCK = 11;
const POLL_MS = 1_000;
const HOUSE_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 5 * 60_000;
const SETTLE_MS = 1_000;
/** How often what came of a mail is tried to be written down when the program ends. */
const LAST_SETTLES = 3;

export interface MailSettings {
  readonly server: MailServer;
  readonly from: Sender;
}

export interface MailSenderOptions {
  readonly pollMs?: number;
  /** Those of RFC 5321 by default. */
  readonly deadlines?: Deadlines;
  readonly timers?: Timers;
  /** Told codes, never an address or a word of a mail. */
  readonly log: (level: 'info' | 'warn', message: string) => void;
  /** Told of every try. */
  readonly tried?: (outcome: Outcome['state']) => void;
}

export interface MailSenderHealth {
  /** `off`: there is no mail server in the settings. */
  readonly state: ActiveState | 'off';
  /** Why the mail server could not be used last. */
  readonly away?: string;
}

export class MailSender {
  readonly #active: OneActive;
  readonly #timers: Timers;
  #away: string | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(
    pool: Pool,
    private readonly outbox: Outbox,
    private readonly settings: MailSettings | undefined,
    /** Position of the last event: see `Outbox.moveIn`. */
    private readonly head: () => Promise<bigint>,
    private readonly options: MailSenderOptions,
  ) {
    this.#timers = options.timers ?? systemTimers;
    this.#active = new OneActive(pool, {
      lock: SENDER_LOCK,
      work: (client, signal, going) => this.#work(client, signal, going),
      pollMs: options.pollMs ?? POLL_MS,
      timers: options.timers,
      failed: (error) => options.log('warn', `mail-waits: ${codeOf(error)}`),
    });
  }

  health(): MailSenderHealth {
    const { state } = this.#active;
    if (this.settings === undefined && state !== 'stopped') return { state: 'off' };
    return { state, ...(this.#away !== undefined && { away: this.#away }) };
  }

  start(): void {
    this.#active.start();
  }

  /** Resolves when what was under way is written down: a mail whose server does not answer is `unknown` after five seconds. */
  async stop(): Promise<void> {
    await this.#active.stop();
  }

  async #work(client: ClientBase, signal: AbortSignal, going: () => void): Promise<void> {
    if (await this.outbox.moveIn(await this.head()))
      this.options.log(
        'warn',
        'mail-held: this database was restored or copied; what waited is not sent by itself',
      );
    const interrupted = await this.outbox.giveUpInterrupted(client);
    if (interrupted > 0) this.options.log('warn', `mail-interrupted: ${interrupted}`);
    let houseAt = -Infinity;
    while (!signal.aborted) {
      if (this.#timers.nowMs() >= houseAt) {
        await this.outbox.keepHouse(client);
        houseAt = this.#timers.nowMs() + HOUSE_MS;
      }
      const pauseMs = await this.#sendDue(client, signal);
      going();
      await this.#timers.pause(pauseMs, signal).catch(() => undefined);
    }
  }

  /** @returns milliseconds until it is worth to look again */
  async #sendDue(client: ClientBase, signal: AbortSignal): Promise<number> {
    const pollMs = this.options.pollMs ?? POLL_MS;
    if (this.settings === undefined || !(await this.outbox.isDue(client))) return pollMs;
    try {
      await this.#sendOver(client, signal, this.settings);
      this.#away = undefined;
      this.#pauseMs = FIRST_PAUSE_MS;
      return pollMs;
    } catch (error) {
      if (!(error instanceof MailServerAway)) throw error;
      this.#away = error.reason;
      const pauseMs = this.#pauseMs;
      this.#pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
      this.options.log('warn', `mail-server-away: ${error.reason}, tried again after ${pauseMs} ms`);
      return pauseMs;
    }
  }

  /** Sends over one connection until nothing is due. @throws MailServerAway where the server does not go on with us */
  async #sendOver(client: ClientBase, signal: AbortSignal, { server, from }: MailSettings): Promise<void> {
    // Connected first: a server that is away costs no mail a try.
    const smtp = await Smtp.open(server, signal, this.options.deadlines);
    try {
      for (;;) {
        const mail = signal.aborted ? undefined : await this.outbox.take(client);
        if (mail === undefined) return;
        const message = await messageBytes(mail, from).catch(() => undefined);
        const outcome: Outcome =
          message === undefined
            ? { state: 'failed', reason: 'not-composed' }
            : await smtp.send(from.address, mail.recipient, message);
        await this.#settle(mail, outcome, signal);
        this.options.tried?.(outcome.state);
        if (outcome.state !== 'sent')
          this.options.log('info', `mail-${outcome.state}: ${outcome.reason ?? ''}`);
        if (!smtp.isUsable) throw new MailServerAway(outcome.reason ?? 'connection-lost');
      }
    } finally {
      smtp.quit();
    }
  }

  /** It is known here alone what came of it, so it is tried until it is written down. */
  async #settle(mail: TakenMail, outcome: Outcome, signal: AbortSignal): Promise<void> {
    for (let lasts = 0; ;) {
      try {
        await this.outbox.settle(mail, outcome);
        return;
      } catch (error) {
        if (signal.aborted && ++lasts >= LAST_SETTLES) throw error;
        this.options.log('warn', `mail-not-settled: ${codeOf(error)}`);
        await this.#timers.pause(SETTLE_MS);
      }
    }
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? 'unexpected';
}

/**
 * Follows the log and puts the mails that its events make into the outbox, together with how far it has come: in one transaction, so
 * that each event is reacted to once. One process does it at a time. In a database that was restored or copied it goes on at the end
 * of the log.
 */
import type { ClientBase, Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import { DamagedEvent, UnknownEvent, type LogEvent } from '../../projections/event.js';
import { ahead } from '../event-store/ahead.js';
import type { EventStore } from '../event-store/event-store.js';
import { OneActive, type ActiveState } from '../postgres/one-active.js';
import { systemTimers, type Timers } from '../timers.js';
import { openPage } from '../views/pages.js';
import type { Views } from '../views/views.js';
import type { Correspondents } from './correspondents.js';
import type { Outbox } from './outbox.js';

/** Advisory lock: see `MailSender`. */
const REACTOR_LOCK = 12;
const NAME = 'mail';
/** Events of one transaction. */
const PAGE_SIZE = 200;
const POLL_MS = 1_000;
const VIEWS_MS = 30_000;
/** Between two looks of who waits. */
const REACHED_MS = 50;

export interface ReactorOptions {
  readonly pollMs?: number;
  readonly timers?: Timers;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

export class MailReactor {
  readonly #active: OneActive;
  readonly #timers: Timers;
  #wake: () => void = () => undefined;

  constructor(
    private readonly pool: Pool,
    private readonly store: EventStore,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly views: Pick<Views, 'atLeast'>,
    private readonly correspondents: Correspondents,
    private readonly outbox: Outbox,
    private readonly options: ReactorOptions,
  ) {
    this.#timers = options.timers ?? systemTimers;
    this.#active = new OneActive(pool, {
      lock: REACTOR_LOCK,
      work: (client, signal, going) => this.#work(client, signal, going),
      // A newer program knows the event, or a corrected one.
      isFinal: (error) => error instanceof DamagedEvent || error instanceof UnknownEvent,
      pollMs: options.pollMs ?? POLL_MS,
      timers: options.timers,
      failed: (error, state) => {
        const { code = 'unexpected' } = error as { code?: string };
        options.log(state === 'halted' ? 'error' : 'warn', `mail-reactor-${state}: ${code}`);
      },
    });
  }

  get state(): ActiveState {
    return this.#active.state;
  }

  start(): void {
    this.#active.start();
  }

  async stop(): Promise<void> {
    const stopped = this.#active.stop();
    this.#wake();
    await stopped;
  }

  /** Resolves when what the log has up to a position is reacted to, by whichever process; or when this one cannot go on. */
  async reached(position: bigint): Promise<void> {
    while (this.state !== 'halted' && (await readPosition(this.pool)) < position)
      await this.#timers.pause(REACHED_MS);
  }

  async #work(client: ClientBase, signal: AbortSignal, going: () => void): Promise<void> {
    await this.outbox.moveIn(await this.store.head());
    const stopped = () => signal.aborted;
    const unsubscribe = this.store.onAppended(() => this.#wake());
    try {
      while (!stopped()) {
        // Armed before the log is read, so that nothing appended meanwhile is missed.
        const hint = this.#nextHint();
        await this.#catchUp(client, signal);
        going();
        if (!stopped()) await hint;
      }
    } finally {
      unsubscribe();
      this.#wake();
    }
  }

  async #catchUp(client: ClientBase, signal: AbortSignal): Promise<void> {
    for await (const page of ahead(this.store.readAll(await readPosition(client), PAGE_SIZE))) {
      const { events, failure } = openPage(this.crypto, page);
      await this.#react(client, events);
      if (failure !== undefined) throw failure;
      if (signal.aborted) return;
    }
  }

  /** Reacts to events that follow the last one. */
  async #react(client: ClientBase, events: readonly LogEvent[]): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    const told = events.filter(({ type }) => this.correspondents.about(type).length > 0);
    const lastTold = told.at(-1);
    if (lastTold !== undefined) await this.views.atLeast(lastTold.position, VIEWS_MS);
    await client.query('begin');
    try {
      for (const event of told) await this.#write(client, event);
      const before = (events[0] ?? last).position;
      const { rowCount } = await client.query(
        'update reactors set position = $2 where name = $1 and position < $3',
        [NAME, String(last.position), String(before)],
      );
      if (rowCount !== 1) throw new Error('The reactor has been moved on meanwhile');
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  }

  async #write(client: ClientBase, event: LogEvent): Promise<void> {
    for (const { about, facts, mails } of this.correspondents.about(event.type)) {
      const origin = { event: event.id, about: about?.(event) ?? event.stream, at: new Date(event.at) };
      try {
        await this.outbox.put(origin, mails(event, await facts(event, client)), client);
      } catch (error) {
        // The database's errors have a code, and are tried again; a room's fault would only come again.
        if (typeof (error as { code?: unknown }).code === 'string') throw error;
        await this.outbox.couldNotBeWritten(origin, client);
        this.options.log('error', `mail-not-written: ${event.type}`);
      }
    }
  }

  /** Resolves at the next hint of the store, or after the poll time. */
  async #nextHint(): Promise<void> {
    await new Promise<void>((resolve) => {
      const forget = this.#timers.after(this.options.pollMs ?? POLL_MS, resolve);
      this.#wake = () => {
        forget();
        resolve();
      };
    });
  }
}

async function readPosition(client: ClientBase | Pool): Promise<bigint> {
  const { rows } = await client.query<{ position: string | bigint }>(
    'select position from reactors where name = $1',
    [NAME],
  );
  if (rows[0] === undefined) throw new Error('The outbox has not been moved into');
  return BigInt(rows[0].position);
}

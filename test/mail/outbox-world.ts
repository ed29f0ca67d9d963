/** An outbox in a database of its own, with a clock that the test moves. */
import { Pool } from 'pg';
import type { Clock } from '../../src/clock.js';
import { MailSender, type MailSettings } from '../../src/mail/mail-sender.js';
import type { Mail } from '../../src/mail/mail.js';
import { Outbox, type OutboxState } from '../../src/mail/outbox.js';
import type { Deadlines } from '../../src/mail/smtp.js';
import { asAdmin } from '../test-server.js';
import { createTestDatabase, type TestDatabase } from '../database.js';

export const KEY = new Uint8Array(32).fill(7);
export const FROM = { address: 'no-reply@villa.example', name: 'Villa' };
export const DEADLINES: Deadlines = { connect: 1_000, envelope: 1_000, message: 1_000, stop: 300 };

export interface Row {
  kind: string;
  recipient: string | null;
  state: OutboxState;
  reason: string | null;
  tries: number;
}

export class OutboxWorld {
  readonly said: string[] = [];
  readonly clock: Clock & { nowMs: number };
  readonly outbox: Outbox;
  readonly pool: Pool;
  #mails = 0;
  readonly #pools: Pool[] = [];
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(readonly database: TestDatabase) {
    this.pool = this.newPool();
    this.clock = {
      nowMs: Date.parse('2026-11-27T08:00:00.000Z'),
      now: () => new Date(this.clock.nowMs),
      monotonicMs: () => this.clock.nowMs,
    };
    this.outbox = new Outbox(this.pool, KEY, this.clock);
  }

  static async create(): Promise<OutboxWorld> {
    return new OutboxWorld(await createTestDatabase());
  }

  newPool(): Pool {
    const pool = new Pool({ connectionString: this.database.url });
    // Tests cut connections.
    pool.on('error', () => undefined);
    this.#pools.push(pool);
    return pool;
  }

  /** Puts a mail in. */
  async mail(to: string, more: Partial<Mail> = {}): Promise<void> {
    const at = this.clock.now();
    const mail = { kind: 'note', to, language: 'es' as const, subject: 'Hola', text: 'Hola\n', ...more };
    await this.outbox.put({ event: `event-${this.#mails++}`, about: 'matter-1', at }, [mail]);
  }

  sender(port: number | undefined, deadlines = DEADLINES, pool = this.newPool()): MailSender {
    const settings: MailSettings | undefined =
      port === undefined ? undefined : { server: { host: '127.0.0.1', port, tls: 'none' }, from: FROM };
    const sender = new MailSender(pool, this.outbox, settings, () => Promise.resolve(-1n), {
      pollMs: 20,
      deadlines,
      log: (_level, message) => this.said.push(message),
    });
    sender.start();
    this.#stops.push(() => sender.stop());
    return sender;
  }

  async rows(): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>(
      'select kind, recipient, state, reason, tries from outbox order by made_at, recipient',
    );
    return rows;
  }

  /** States in order of recipients. */
  async states(): Promise<string[]> {
    return (await this.rows()).map(({ state, reason }) => (reason === null ? state : `${state} ${reason}`));
  }

  /** Cuts the connections that hold advisory locks. */
  async cutSenders(): Promise<void> {
    await asAdmin(this.database.adminUrl, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_locks
         where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
      ),
    );
  }

  /** Ends the senders and empties the outbox. */
  async clear(): Promise<void> {
    await this.stop();
    await this.pool.query('delete from outbox');
    this.said.length = 0;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#stops.splice(0).map((stop) => stop()));
  }

  async close(): Promise<void> {
    await this.stop();
    await Promise.all(this.#pools.map((pool) => pool.end()));
    await this.database.drop();
  }
}

/**
 * What an engine asks of PostgreSQL, on a simulated one: connections, transactions that are seen when they commit, and locks,
 * each step when the scheduler says so. A connection can end before a query came to the server, or after it and before its answer came
 * back: then nobody knows. What the statements mean says `Statements`.
 */
import type { Pool } from 'pg';
import type { Random } from '../random.js';
import type { Scheduler } from './scheduler.js';

export interface Query {
  readonly text: string;
  readonly name?: string;
  readonly values: readonly unknown[];
}

export interface Answer {
  readonly rows: readonly object[];
  readonly rowCount?: number;
}

/** What a statement does; `write` waits for the commit. `undefined`: not one of these. */
export type Statements = (
  query: Query,
  write: (change: () => void) => void,
) => Answer | readonly Answer[] | undefined;

const NOTHING: Answer = { rows: [], rowCount: 0 };

interface Session {
  readonly of: string;
  isEnded: boolean;
  inTransaction: boolean;
  writes: (() => void)[];
}

interface Lock {
  holder: Session;
  /** Released at the end of the transaction, not of the session. */
  ofTransaction: boolean;
  readonly waiting: { session: Session; go: () => void }[];
}

export class SimulatedServer {
  /** How likely a query's answer is lost with its connection. */
  loses = 0;
  /** Whether it answers nobody. */
  isAway = false;
  readonly #sessions = new Set<Session>();
  readonly #locks = new Map<string, Lock>();

  constructor(
    readonly scheduler: Scheduler,
    private readonly random: Random,
    private readonly statements: Statements,
    /** Called after each commit that wrote. */
    private readonly committed: () => void = () => undefined,
  ) {}

  /** A pool of a process; only what engines use of one. */
  pool(of: string): Pool {
    const connect = () => Promise.resolve(new Connection(this, this.#open(of)));
    const query = async (...args: Parameters<Connection['query']>) => {
      const client = await connect();
      try {
        return await client.query(...args);
      } finally {
        client.release();
      }
    };
    return { connect, query, on: () => undefined } as unknown as Pool;
  }

  /** A process was killed: the server notices, some time later. */
  killed(of: string): void {
    for (const session of this.#sessions) {
      if (session.of !== of) continue;
      void this.scheduler.turn('server').then(() => this.end(session));
    }
  }

  /** Ends the connections of a process, which does not know; all, or those that hold locks. */
  cut(of: string, which: 'all' | 'holding'): void {
    const holders = new Set([...this.#locks.values()].map(({ holder }) => holder));
    for (const session of this.#sessions)
      if (session.of === of && (which === 'all' || holders.has(session))) this.end(session);
  }

  /** @returns the answer, unless it is lost with the connection */
  async ask(session: Session, query: Query): Promise<Answer | readonly Answer[]> {
    await this.scheduler.turn(session.of);
    this.#assertOpen(session);
    if (this.isAway || this.random.chance(this.loses / 2)) {
      this.end(session);
      throw broken();
    }
    const answer = await this.#execute(session, query);
    if (this.random.chance(this.loses / 2)) this.end(session);
    await this.scheduler.turn(session.of);
    this.#assertOpen(session);
    return answer;
  }

  end(session: Session): void {
    session.isEnded = true;
    session.writes = [];
    this.#sessions.delete(session);
    for (const [name, lock] of [...this.#locks]) if (lock.holder === session) this.#unlock(name);
    for (const lock of this.#locks.values()) {
      const at = lock.waiting.findIndex((each) => each.session === session);
      if (at >= 0) lock.waiting.splice(at, 1)[0]?.go();
    }
  }

  #open(of: string): Session {
    const session: Session = { of, isEnded: false, inTransaction: false, writes: [] };
    this.#sessions.add(session);
    return session;
  }

  async #execute(session: Session, query: Query): Promise<Answer | readonly Answer[]> {
    const { text } = query;
    if (/^\s*begin\b/.test(text)) session.inTransaction = true;
    const held =
      /pg_advisory_xact_lock\(([^)]*)\)/.exec(text)?.[1] ??
      (text.includes('for update') ? 'head' : undefined);
    if (held !== undefined) await this.#lock(session, held, true);
    // It may have ended while it waited.
    this.#assertOpen(session);
    const tried = /pg_try_advisory_lock\(([^)]*)\)/.exec(text)?.[1];
    if (tried !== undefined) {
      const isFree = !this.#locks.has(tried);
      if (isFree) await this.#lock(session, tried, false);
      return { rows: [{ locked: isFree }] };
    }
    const released = /pg_advisory_unlock\(([^)]*)\)/.exec(text)?.[1];
    if (released !== undefined && this.#locks.get(released)?.holder === session) this.#unlock(released);
    if (text === 'commit') this.#commit(session);
    if (text === 'rollback') session.writes = [];
    if (text === 'commit' || text === 'rollback') {
      session.inTransaction = false;
      for (const [name, lock] of [...this.#locks])
        if (lock.holder === session && lock.ofTransaction) this.#unlock(name);
      return NOTHING;
    }
    const answer = this.statements(query, (change) => session.writes.push(change));
    if (!session.inTransaction) this.#commit(session);
    return answer ?? NOTHING;
  }

  #assertOpen({ isEnded }: Session): void {
    if (isEnded) throw broken();
  }

  #commit(session: Session): void {
    const { writes } = session;
    session.writes = [];
    for (const change of writes) change();
    if (writes.length > 0) this.committed();
  }

  async #lock(session: Session, name: string, ofTransaction: boolean): Promise<void> {
    const lock = this.#locks.get(name);
    if (lock === undefined) {
      this.#locks.set(name, { holder: session, ofTransaction, waiting: [] });
      return;
    }
    if (lock.holder === session) return;
    await new Promise<void>((go) => lock.waiting.push({ session, go }));
  }

  #unlock(name: string): void {
    const lock = this.#locks.get(name);
    const next = lock?.waiting.shift();
    if (lock === undefined || next === undefined) {
      this.#locks.delete(name);
      return;
    }
    lock.holder = next.session;
    next.go();
  }
}

/** The part of `PoolClient` that engines use. */
class Connection {
  constructor(
    private readonly server: SimulatedServer,
    private readonly session: Session,
  ) {}

  query(
    query: string | Pick<Query, 'text'>,
    values: readonly unknown[] = [],
  ): Promise<Answer | readonly Answer[]> {
    const asked = typeof query === 'string' ? { text: query } : query;
    return this.server.ask(this.session, { values, ...asked });
  }

  on(): void {
    // It never tells by itself that it has ended: whoever asks next is told.
  }

  off(): void {
    // As above.
  }

  release(): void {
    // Each is used once: what a pool does with connections is not what is simulated.
    this.server.end(this.session);
  }

  end(): Promise<void> {
    this.server.end(this.session);
    return Promise.resolve();
  }
}

function broken(): Error {
  return new Error('Connection terminated unexpectedly');
}

/**
 * The sequencer: reads `$all` in order and writes the index. One is active, the others stand by and take over when its
 * connection to PostgreSQL ends, or when the index does not move although somebody waits for it. The lock decides who does
 * the work; that the index is written once is due to its head alone, which moves only from where a fold began.
 */
import type { ClientBase, Pool } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { letGo, stillHold, tryHold } from '../postgres/held-lock.js';
import { onConnection } from '../postgres/transaction.js';
import type { AppendMeter } from './append-meter.js';
import { Arrivals } from './eventstoredb-arrivals.js';
import type { StoreClient } from './eventstoredb-client.js';
import {
  foldAppends,
  isAfter,
  LogHalted,
  type Arrived,
  type Folded,
  type IndexHead,
  type Known,
  type Place,
} from './eventstoredb-fold.js';
import { Quiet } from './eventstoredb-quiet.js';
import { RecentTips } from './eventstoredb-tips.js';
import type { IndexView } from './eventstoredb-index.js';
import {
  readLastLeftOut,
  readHead,
  readKnown,
  readPage,
  SEQUENCER_LOCK,
  writeFolded,
} from './eventstoredb-rows.js';
import type { LogStreams } from './eventstoredb-streams.js';

export interface SequencerHealth {
  /** `halted`: the store was changed in a way that no log survives, see `error`. */
  readonly state: 'standby' | 'active' | 'retrying' | 'halted' | 'stopped';
  readonly error?: { readonly code: string; readonly message: string };
}

export interface SequencerOptions {
  /** Between two tries to become active; milliseconds. */
  readonly standbyMs?: number;
  readonly log?: (level: 'info' | 'warn' | 'error', message: string) => void;
  readonly meter?: AppendMeter;
}

/** Somebody waited for so long that whoever has the lock does not do the work; milliseconds. */
const STALLED_MS = 2_500;
/** How long the work is done without the lock before it is tried again; milliseconds. */
const UNLOCKED_MS = 5_000;
/** A quiet store is asked so often whether it is still there; milliseconds. */
const QUIET_MS = 1_000;
/** A store that has not what the index has may be one that hears of it in a moment; milliseconds. */
const BEHIND_MS = 2_500;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;

/** Another sequencer moved the index. */
class Superseded extends Error {
  constructor() {
    super('Another sequencer moves the index');
    this.name = 'Superseded';
  }
}

export class Sequencer {
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #state: SequencerHealth['state'] = 'stopped';
  #error: SequencerHealth['error'];
  #passed: Place | undefined;
  #behindSince: number | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly store: StoreClient,
    private readonly streams: LogStreams,
    private readonly index: IndexView,
    private readonly options: SequencerOptions = {},
  ) {}

  health(): SequencerHealth {
    return { state: this.#state, ...(this.#error !== undefined && { error: this.#error }) };
  }

  /** All of the log up to here is in the index, as far as this sequencer knows while it is active. */
  get passed(): Place | undefined {
    return this.#state === 'active' ? this.#passed : undefined;
  }

  start(): void {
    this.#running ??= this.#run(this.#abort.signal);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    if (this.#state !== 'halted') this.#state = 'stopped';
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { standbyMs = 500, log } = this.options;
    let retryMs = FIRST_RETRY_MS;
    const stopped = () => signal.aborted;
    while (!stopped()) {
      try {
        const worked = await this.#turn(signal);
        retryMs = FIRST_RETRY_MS;
        if (!worked) await pause(standbyMs, undefined, { signal, ref: false }).catch(() => undefined);
      } catch (error) {
        if (stopped()) return;
        const code = error instanceof LogHalted ? error.code : 'infrastructure';
        this.#error = { code, message: error instanceof Error ? error.message : String(error) };
        if (error instanceof LogHalted) {
          this.#state = 'halted';
          this.index.halt(error);
          log?.(
            'error',
            `The log has stopped (${code}): ${error.message}. See docs/operations.md, EventStoreDB`,
          );
          return;
        }
        this.#state = 'retrying';
        if (!(error instanceof Superseded))
          log?.('warn', `The index waits ${retryMs} ms after: ${this.#error.message}`);
        await pause(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /** Works for as long as it has the lock, or for a while where nobody else works; false where somebody else does. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    return onConnection(this.pool, async (client) => {
      const locked = await tryHold(client, SEQUENCER_LOCK);
      if (!locked && this.index.stalledMs() < STALLED_MS) {
        this.#state = 'standby';
        return false;
      }
      // What a crash of PostgreSQL takes from the end of the index is derived again, and is the same: no need to wait for
      // its disk. What is derived from the index is committed later, and so never outlives it.
      await client.query('set synchronous_commit = off');
      await this.#work(client, locked ? Infinity : UNLOCKED_MS, signal);
      await client.query('reset synchronous_commit');
      if (locked) await letGo(client, SEQUENCER_LOCK);
      return true;
    });
  }

  async #work(db: ClientBase, ms: number, signal: AbortSignal): Promise<void> {
    const endAt = performance.now() + ms;
    let head = await this.#begin(db);
    const arrivals = new Arrivals(this.store, this.streams, head);
    const tips = new RecentTips();
    const quiet = new Quiet(this.store, this.streams);
    const wake = () => arrivals.wake();
    signal.addEventListener('abort', wake);
    this.#state = 'active';
    this.#error = undefined;
    this.#passed = undefined;
    try {
      while (!signal.aborted && performance.now() < endAt) {
        const { came, appends, checkpoint } = await arrivals.next(QUIET_MS);
        if (appends.length > 0) {
          head = await this.#index(db, head, appends, tips);
        } else if (!came) {
          await stillHold(db);
          const isFurther = checkpoint !== undefined && isAfter(checkpoint, head);
          this.#passed = await quiet.assertNothingMissed(isFurther ? checkpoint : head);
        }
      }
    } finally {
      signal.removeEventListener('abort', wake);
      arrivals.close();
    }
  }

  /**
   * In one round trip where all that is to be known is that nothing of it has come before; the database refuses it where it
   * has, and then it is looked up.
   */
  async #index(
    db: ClientBase,
    head: IndexHead,
    appends: readonly (readonly Arrived[])[],
    tips: RecentTips,
  ): Promise<IndexHead> {
    const guess = tips.of(appends);
    if (guess !== undefined) {
      const folded = foldAppends(head, appends, { ids: NONE, tips: guess });
      if (folded.halted === undefined) {
        try {
          const moved = await this.#write(db, head, folded);
          tips.seen(folded);
          return moved;
        } catch (error) {
          if (!isRefused(error)) throw error;
        }
      }
    }
    const folded = foldAppends(head, appends, await readKnown(db, appends));
    const moved = await this.#write(db, head, folded);
    tips.seen(folded);
    return moved;
  }

  async #write(db: ClientBase, from: IndexHead, folded: Folded): Promise<IndexHead> {
    // One that ends at its first append moves nothing.
    const moved = folded.head === from || (await writeFolded(db, from, folded));
    if (!moved) throw new Superseded();
    if (folded.leftOut.length > 0) {
      const ids = folded.leftOut.map(({ id }) => id).join(', ');
      this.options.log?.('warn', `Left out of the log, since they were there before: ${ids}`);
    }
    const appends = new Set(folded.rows.map(({ append }) => append));
    if (appends.size > 0) this.options.meter?.committed(appends.size);
    this.index.advanced(folded.head, folded.rows);
    if (folded.halted !== undefined) throw folded.halted;
    return folded.head;
  }

  /**
   * Where to go on: at the last of the log that the index knows, and that stands in the store. Never further, though the
   * store was looked through before: one that was brought back older writes again where it had been looked at.
   * @throws LogHalted; Error where it may be there in a moment
   */
  async #begin(db: ClientBase): Promise<IndexHead> {
    const head = await readHead(db);
    const kept = await this.#lastKept(db, head);
    const leftOut = await this.#lastLeftOut(db);
    this.#behindSince = undefined;
    const { commit, prepare } = isAfter(leftOut, kept) ? leftOut : kept;
    if (commit === head.commit && prepare === head.prepare) return head;
    return this.#write(db, head, { head: { ...head, commit, prepare }, rows: [], leftOut: [] });
  }

  async #lastKept(db: ClientBase, head: IndexHead): Promise<Place> {
    const [last] = head.position < 0n ? [] : await readPage(db, head.position - 1n, 1);
    if (last === undefined) return BEFORE_ALL;
    const [there] = await this.store.readAll(last, 1);
    if (there?.id !== last.id || isAfter(there.position, last) || isAfter(last, there.position))
      throw this.#behind(`Event ${last.id} (index ${last.position})`);
    return last;
  }

  async #lastLeftOut(db: ClientBase): Promise<Place> {
    const last = await readLastLeftOut(db);
    if (last === undefined) return BEFORE_ALL;
    const [there] = await this.store.readStream(this.streams.of(last.stream), last.raw, 1);
    if (there?.id !== last.id || there.position?.commit !== last.commit)
      throw this.#behind(`Event ${last.id}, which was left out of the log,`);
    return there.position;
  }

  /** Not at once, maybe: a leader that was frozen does not know yet of the next one, nor of what that has taken. */
  #behind(what: string): Error {
    this.#behindSince ??= performance.now();
    const message = `${what} is not in the event store: it was restored from an older backup, or is another one`;
    return performance.now() - this.#behindSince < BEHIND_MS
      ? new Error(message)
      : new LogHalted('log-behind-index', message);
  }
}

const BEFORE_ALL: Place = { commit: -1n, prepare: -1n };

const NONE: Known['ids'] = new Map();
/** SQLSTATE of a unique key that is there already. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

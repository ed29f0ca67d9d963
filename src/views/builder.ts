/**
 * Builds views beside the running ones and switches to them in one transaction. Rows are folded in memory and each is
 * written once, by COPY, with keys and indexes after; when too many are held they are written out and looked up again.
 * The live views go on meanwhile: only the last step, over at most a page of events, keeps them waiting.
 */
import type { ClientBase, Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { Build, type BuildOptions } from './build.js';
import { beginCommit, notifyMoved, readCheckpoints, releaseBuildLock, tryBuildLock } from './checkpoints.js';
import { PAGE_SIZE } from './pages.js';
import { dropTablesSql, renameTablesSql, type AnyProjection } from './table.js';
import { inTransaction, onConnection } from '../postgres/transaction.js';
import { systemTimers } from '../timers.js';

/** Milliseconds that the switch waits for readers of the old table, and between two tries. */
const SWITCH_LOCK_MS = 500;
const RETRY_MS = 250;
const LOCK_NOT_AVAILABLE = '55P03';

export class ViewBuilder {
  constructor(
    private readonly pool: Pool,
    private readonly store: EventStore,
    private readonly crypto: Pick<Crypto, 'sha256'>,
  ) {}

  /**
   * Builds these views from the first event and makes them live, all in one transaction. Resolves after the switch.
   * One build goes on at a time in a database; others wait. When it rejects the live views are as they were.
   * @throws DamagedEvent, UnknownEvent, PoisonedFold, AbortError
   */
  async build(views: readonly AnyProjection[], options: BuildOptions = {}): Promise<void> {
    if (views.length === 0) return;
    await onConnection(this.pool, async (lock) => {
      while (!(await tryBuildLock(lock))) await systemTimers.pause(RETRY_MS, options.signal);
      await this.begin(views);
      const build = new Build(this.pool, this.store, this.crypto, views, options);
      await build.foldTo(await this.store.head());
      await build.finish();
      do {
        for (
          let head = await this.store.head();
          head - build.position > PAGE_SIZE;
          head = await this.store.head()
        ) {
          await build.foldTo(head);
          await build.writeOut();
        }
      } while (!(await this.switched(build, options.signal)));
      await releaseBuildLock(lock);
    });
  }

  /** Says in the checkpoints that these views are being built, and forgets what an interrupted build left. */
  private async begin(views: readonly AnyProjection[]): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      const left = await client.query<{ name: string; version: number }>(
        `delete from views.checkpoints where state = 'building' returning name, version`,
      );
      for (const view of left.rows) await client.query(dropTablesSql(view, 'building'));
      for (const { name, version } of views) {
        await client.query(`insert into views.checkpoints values ($1, $2, 'building', -1, -1)`, [
          name,
          version,
        ]);
      }
    });
  }

  /** Tries to switch; false, after a pause, when a reader of an old table was in the way. */
  private async switched(build: Build, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await onConnection(this.pool, async (client) => {
        await beginCommit(client);
        // What readers have seen of the old table they must see in the new one.
        const position = await livePosition(client, build.views);
        const changedAt = await build.foldLast(client, position);
        const reached = position > build.position ? position : build.position;
        await client.query(`set local lock_timeout = ${SWITCH_LOCK_MS}`);
        for (const [v, view] of build.views.entries())
          await makeLive(client, view, reached, changedAt[v] ?? -1n);
        await notifyMoved(client, reached);
        await client.query('commit');
      });
      return true;
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      await systemTimers.pause(RETRY_MS, signal);
      return false;
    }
  }
}

/** The position of the most advanced of the live views, of whatever version, that have these names; -1n without any. */
async function livePosition(client: ClientBase, views: readonly AnyProjection[]): Promise<bigint> {
  const names = new Set(views.map((view) => view.name));
  const live = (await readCheckpoints(client)).filter((c) => c.state === 'live' && names.has(c.name));
  return live.reduce((most, { position }) => (position > most ? position : most), -1n);
}

async function makeLive(
  client: ClientBase,
  view: AnyProjection,
  position: bigint,
  changedAt: bigint,
): Promise<void> {
  const { name, version } = view;
  const old = await client.query<{ version: number }>(
    `update views.checkpoints set state = 'retired' where name = $1 and state = 'live' returning version`,
    [name],
  );
  for (const row of old.rows) await client.query(dropTablesSql({ name, version: row.version }, 'live'));
  await client.query(renameTablesSql(view));
  await client.query(`delete from views.checkpoints where name = $1 and version = $2`, [name, version]);
  await client.query(`insert into views.checkpoints values ($1, $2, 'live', $3, $4)`, [
    name,
    version,
    String(position),
    String(changedAt),
  ]);
}

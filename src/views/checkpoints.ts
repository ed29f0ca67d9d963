/** How far each view has come: the rows of `views.checkpoints`, and the locks of those who move them. */
import type { ClientBase, Pool } from 'pg';
import { letGo, LOCKS, tryHold, tryLock, unlock } from '../postgres/held-lock.js';
import type { AnyProjection } from './table.js';

/** Notified with the position after every commit that moved a live view. */
export const CHANNEL = 'views';

/** Held by the one active runner as long as it lives. */
const RUNNER_LOCK = `${LOCKS}, 1`;
/** Held by the one build that may go on in a database. */
const BUILD_LOCK = `${LOCKS}, 2`;
/** Held to the end of each transaction that moves or switches live views. */
const COMMIT_LOCK = `${LOCKS}, 3`;

export interface Checkpoint {
  readonly name: string;
  readonly version: number;
  readonly state: 'building' | 'live' | 'retired';
  readonly position: bigint;
  readonly changedAt: bigint;
}

interface CheckpointRow {
  name: string;
  version: number;
  state: Checkpoint['state'];
  position: string | bigint;
  changed_at: string | bigint;
}

export async function readCheckpoints(client: ClientBase | Pool): Promise<Checkpoint[]> {
  const { rows } = await client.query<CheckpointRow>({
    name: 'read-checkpoints',
    text: 'select name, version, state, position, changed_at from views.checkpoints',
  });
  return rows.map((row) => ({
    name: row.name,
    version: row.version,
    state: row.state,
    position: BigInt(row.position),
    changedAt: BigInt(row.changed_at),
  }));
}

/** The live checkpoint of exactly this version. */
export function liveOf(checkpoints: readonly Checkpoint[], view: Pick<AnyProjection, 'name' | 'version'>) {
  return checkpoints.find((c) => c.state === 'live' && c.name === view.name && c.version === view.version);
}

/** Tries to become the active runner, for as long as this connection lives and is used. */
export function tryRunnerLock(client: ClientBase): Promise<boolean> {
  return tryHold(client, RUNNER_LOCK);
}

export function releaseRunnerLock(client: ClientBase): Promise<void> {
  return letGo(client, RUNNER_LOCK);
}

export function tryBuildLock(client: ClientBase): Promise<boolean> {
  return tryLock(client, BUILD_LOCK);
}

export function releaseBuildLock(client: ClientBase): Promise<void> {
  return unlock(client, BUILD_LOCK);
}

/** Begins a transaction in which no other moves or switches live views. */
export async function beginCommit(client: ClientBase): Promise<void> {
  await client.query(`begin; select pg_advisory_xact_lock(${COMMIT_LOCK})`);
}

/** Where a live view has come to. */
export interface Move {
  readonly view: AnyProjection;
  readonly position: bigint;
  readonly changedAt: bigint;
}

/** Moves live views and tells every process once it commits; part of the transaction that writes their rows. */
export async function moveLive(client: ClientBase, moves: readonly Move[], position: bigint): Promise<void> {
  const moved = await client.query(
    `with moved as (
       update views.checkpoints c set position = m.position, changed_at = m.changed_at
       from unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[]) as m(name, version, position, changed_at)
       where c.name = m.name and c.version = m.version and c.state = 'live'
       returning c.name
     )
     select name, pg_notify('${CHANNEL}', $5) from moved`,
    [
      moves.map(({ view }) => view.name),
      moves.map(({ view }) => view.version),
      moves.map((move) => String(move.position)),
      moves.map((move) => String(move.changedAt)),
      String(position),
    ],
  );
  if (moved.rowCount !== moves.length) throw new Error('A view is not live any more');
}

/** Tells every process, once the transaction commits. */
export async function notifyMoved(client: ClientBase, position: bigint): Promise<void> {
  await client.query('select pg_notify($1, $2)', [CHANNEL, String(position)]);
}

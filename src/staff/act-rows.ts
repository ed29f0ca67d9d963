/** The table of acts that wait for their second person, and what became of the others. */
import type { ClientBase, Pool } from 'pg';
import type { Act, Approval } from '../../projections/approval.js';
import { canonicalText, type Json } from '../../projections/canonical.js';

export type ActState = 'pending' | 'approved' | 'done' | 'refused' | 'withdrawn';

/** What an act came to: a position of the log, or why it was refused. */
export interface Outcome {
  readonly position?: string;
  readonly rejected?: string;
  readonly field?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

export interface ActRow {
  readonly actId: string;
  readonly kind: string;
  readonly requestDigest: Uint8Array;
  readonly act: Act;
  readonly kept: Json;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
  readonly approvals: readonly Approval[];
  readonly state: ActState;
  readonly withdrawnBy: string | undefined;
  readonly outcome: Outcome | undefined;
}

interface Stored {
  act_id: string;
  kind: string;
  request_digest: Buffer;
  act: string;
  kept: string;
  proposed_by: string;
  proposed_at: Date;
  expires_at: Date;
  approvals: string;
  state: ActState;
  withdrawn_by: string | null;
  outcome: string | null;
}

type Connection = Pick<Pool | ClientBase, 'query'>;

/** Nothing happens when the act is there. */
export async function insertAct(
  on: Connection,
  row: Omit<ActRow, 'state' | 'withdrawnBy' | 'outcome'>,
): Promise<void> {
  await on.query(
    `insert into pending_acts
       (act_id, kind, request_digest, act, kept, proposed_by, proposed_at, expires_at, approvals, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending') on conflict (act_id) do nothing`,
    [
      row.actId,
      row.kind,
      Buffer.from(row.requestDigest),
      canonicalText(row.act),
      canonicalText(row.kept),
      row.proposedBy,
      row.proposedAt,
      row.expiresAt,
      JSON.stringify(row.approvals),
    ],
  );
}

export async function readAct(on: Connection, actId: string): Promise<ActRow | undefined> {
  return found(await on.query<Stored>(READ, [actId]));
}

/** As `readAct`; nobody else changes it before the transaction ends. Waits for whoever has it. */
export async function lockAct(on: ClientBase, actId: string): Promise<ActRow | undefined> {
  return found(await on.query<Stored>(`${READ} for update`, [actId]));
}

/**
 * As `lockAct`, but waits for nobody: `locked` where somebody else has it. The transaction has then failed, and ends in a
 * rollback whatever is asked of it.
 */
export async function tryLockAct(on: ClientBase, actId: string): Promise<ActRow | 'locked' | undefined> {
  try {
    return found(await on.query<Stored>(`${READ} for update nowait`, [actId]));
  } catch (error) {
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return 'locked';
    throw error;
  }
}

const READ = 'select * from pending_acts where act_id = $1';
const LOCK_NOT_AVAILABLE = '55P03';

function found({ rows: [stored] }: { rows: Stored[] }): ActRow | undefined {
  return stored === undefined ? undefined : rowOf(stored);
}

/** Writes what can change. */
export async function writeAct(
  on: Connection,
  {
    actId,
    approvals,
    state,
    withdrawnBy,
    outcome,
  }: Pick<ActRow, 'actId' | 'approvals' | 'state' | 'withdrawnBy' | 'outcome'>,
): Promise<void> {
  await on.query(
    'update pending_acts set approvals = $2, state = $3, withdrawn_by = $4, outcome = $5 where act_id = $1',
    [
      actId,
      JSON.stringify(approvals),
      state,
      withdrawnBy ?? null,
      outcome === undefined ? null : JSON.stringify(outcome),
    ],
  );
}

/** The newest first; one more than `limit` where there are more. */
export async function listActs(
  on: Connection,
  {
    state,
    after,
    limit,
  }: { state?: ActState | undefined; after?: { at: Date; actId: string } | undefined; limit: number },
): Promise<ActRow[]> {
  const { rows } = await on.query<Stored>(
    `select * from pending_acts
     where ($1::text is null or state = $1) and ($2::timestamptz is null or (proposed_at, act_id) < ($2, $3::uuid))
     order by proposed_at desc, act_id desc limit $4`,
    [state ?? null, after?.at ?? null, after?.actId ?? null, limit + 1],
  );
  return rows.map(rowOf);
}

/**
 * What acts (of a kind, or all) say that may still become events: both approved them, or one did and they do not expire
 * before `since`.
 */
export async function waitingActs(on: Connection, since: Date, kind?: string): Promise<Act[]> {
  const { rows } = await on.query<{ act: string }>(
    `select act from pending_acts
     where ($2::text is null or kind = $2) and (state = 'approved' or (state = 'pending' and expires_at > $1))`,
    [since, kind ?? null],
  );
  return rows.map((row) => JSON.parse(row.act) as Act);
}

/** Acts that both approved and that a crash left undone. */
export async function unfinishedActs(on: Connection): Promise<string[]> {
  const { rows } = await on.query<{ act_id: string }>(
    `select act_id from pending_acts where state = 'approved' order by proposed_at limit 1000`,
  );
  return rows.map((row) => row.act_id);
}

function rowOf(stored: Stored): ActRow {
  return {
    actId: stored.act_id,
    kind: stored.kind,
    requestDigest: stored.request_digest,
    act: JSON.parse(stored.act) as Act,
    kept: JSON.parse(stored.kept) as Json,
    proposedBy: stored.proposed_by,
    proposedAt: stored.proposed_at,
    expiresAt: stored.expires_at,
    approvals: JSON.parse(stored.approvals) as Approval[],
    state: stored.state,
    withdrawnBy: stored.withdrawn_by ?? undefined,
    outcome: stored.outcome === null ? undefined : (JSON.parse(stored.outcome) as Outcome),
  };
}

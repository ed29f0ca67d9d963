/**
 * Two-person acts: the first person proposes and thereby approves; as soon as a second, different one approves, the act is
 * carried out once. Both signatures stand in the event, so that anybody can check them (`projections/approval.ts`).
 */
import { createHmac } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { approvalMessage, verifyApprovals, type Act, type Approval } from '../../projections/approval.js';
import { equalBytes, toBase64url, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { Clock } from '../clock.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import { isUuid, newThingId } from '../event-store/event-ids.js';
import { inTransaction } from '../postgres/transaction.js';
import {
  insertAct,
  listActs,
  lockAct,
  readAct,
  tryLockAct,
  unfinishedActs,
  waitingActs,
  writeAct,
  type ActRow,
  type ActState,
  type Outcome,
} from './act-rows.js';
import type { ActKind, ActKinds } from './act-kinds.js';
import type { Actor } from './actor.js';
import type { RequestBy } from './current-actor.js';
import type { StaffDirectory } from './directory.js';

const DAYS = 7;
const EXPIRY_MS = DAYS * 86_400_000;

/** Of a list, to go on after. */
export interface ActPlace {
  readonly at: Date;
  readonly actId: string;
}

export class Acts {
  /** One act at a time is carried out in a process, so that its lock never takes more than one connection. */
  #carryingOut: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly crypto: Pick<Crypto, 'sha256' | 'verify' | 'isKey'>,
    private readonly clock: Clock,
    private readonly kinds: ActKinds,
    private readonly directory: StaffDirectory,
    /** 32 bytes: a plain hash of a short request could be guessed. */
    private readonly digestKey: Uint8Array,
  ) {}

  /**
   * The first person's part. Her approval is signed at once.
   * @param body what the kind's `prepare` takes
   * @throws ApprovalKeyNotHeld
   */
  async propose(
    kindName: string,
    body: unknown,
    { actor, commandId, request }: RequestBy,
  ): Promise<ActRow | Rejection> {
    const kind = this.kinds.get(kindName);
    if (kind === undefined) return { rejected: 'act-kind-unknown', field: 'kind' };
    if (!mayAct(kind, actor)) return { rejected: 'role-missing' };
    const actId = newThingId(actor.id, commandId, 'act');
    const requestDigest = createHmac('sha256', this.digestKey).update(request).digest();
    const known = await readAct(this.pool, actId);
    if (known !== undefined) return sameRequest(known, requestDigest);
    const now = this.clock.now();
    const prepared = await kind.prepare(body, { actId, actor, now: now.toISOString() });
    if (isRejection(prepared)) return prepared;
    const { act, kept = {} } = prepared;
    const row = { actId, kind: kindName, requestDigest, act, kept, proposedBy: actor.id, proposedAt: now };
    const expiresAt = new Date(now.getTime() + EXPIRY_MS);
    await insertAct(this.pool, { ...row, expiresAt, approvals: [this.#approval(act, actor, now)] });
    // Read back: the same request may have come twice at once, and then the other one's act counts.
    const stored = await readAct(this.pool, actId);
    if (stored === undefined) throw new Error('An act that was just proposed is not there');
    return sameRequest(stored, requestDigest);
  }

  /**
   * The second person's part, after which the act is carried out. Repeated by her it answers what became of it, and carries
   * on where a crash or an outage stopped it. Refused while somebody else approves, withdraws or carries it out.
   */
  async approve(actId: string, actor: Actor, body?: unknown): Promise<ActRow | Rejection> {
    const answer = await inTransaction(this.pool, async (client): Promise<ActRow | Rejection> => {
      const row = await this.#take(client, actId);
      if (isRejection(row)) return row;
      const kind = this.kinds.get(row.kind);
      if (kind === undefined) return { rejected: 'act-kind-unknown' };
      if (!mayAct(kind, actor)) return { rejected: 'role-missing' };
      if (row.approvals[1]?.actor === actor.id) return row;
      const refused = this.#whyNot(row, actor) ?? (await confirmed(kind, row, body));
      if (refused !== undefined) return refused;
      const approvals = [...row.approvals, this.#approval(row.act, actor, this.clock.now())];
      const approved: ActRow = { ...row, approvals, state: 'approved' };
      await writeAct(client, approved);
      return approved;
    });
    return isRejection(answer) || answer.state !== 'approved' ? answer : this.#carryOut(actId);
  }

  /** Takes back what nobody has approved yet: the proposer, or anybody who could approve it. Refused as `approve`. */
  async withdraw(actId: string, actor: Actor): Promise<ActRow | Rejection> {
    return inTransaction(this.pool, async (client) => {
      const row = await this.#take(client, actId);
      if (isRejection(row)) return row;
      const kind = this.kinds.get(row.kind);
      if (actor.id !== row.proposedBy && (kind === undefined || !mayAct(kind, actor)))
        return { rejected: 'role-missing' };
      if (row.state === 'withdrawn' && row.withdrawnBy === actor.id) return row;
      if (row.state !== 'pending') return { rejected: 'act-decided' };
      const withdrawn: ActRow = { ...row, state: 'withdrawn', withdrawnBy: actor.id };
      await writeAct(client, withdrawn);
      return withdrawn;
    });
  }

  async get(actId: string): Promise<ActRow | undefined> {
    return isUuid(actId) ? readAct(this.pool, actId) : undefined;
  }

  /** The newest first. `next`: where to go on. */
  async list(options: {
    state?: ActState;
    after?: ActPlace;
    limit: number;
  }): Promise<{ rows: ActRow[]; next?: ActPlace }> {
    const found = await listActs(this.pool, options);
    const rows = found.slice(0, options.limit);
    const last = rows.at(-1);
    if (found.length <= options.limit || last === undefined) return { rows };
    return { rows, next: { at: last.proposedAt, actId: last.actId } };
  }

  /** Whether an act of a kind, about what the room says, may still be carried out. */
  async isOpen(kind: string, about: (act: Act) => boolean): Promise<boolean> {
    return (await waitingActs(this.pool, this.clock.now(), kind)).some(about);
  }

  /** Whether it waited too long; then nobody can approve it any more. */
  isExpired({ state, expiresAt }: Pick<ActRow, 'state' | 'expiresAt'>): boolean {
    return state === 'pending' && expiresAt <= this.clock.now();
  }

  /**
   * Carries out what both approved and a crash left undone; called when the application starts. What cannot be done now
   * waits for the next start, or for its second person to approve again.
   * @param failed is told of each of these
   */
  async resume(failed: (actId: string, error: unknown) => void): Promise<void> {
    for (const actId of await unfinishedActs(this.pool)) {
      await this.#carryOut(actId).catch((error: unknown) => failed(actId, error));
    }
  }

  /** For whoever decides on it now. Who waited for the one before her would hold a connection that he may need. */
  async #take(client: ClientBase, actId: string): Promise<ActRow | Rejection> {
    const row = isUuid(actId) ? await tryLockAct(client, actId) : undefined;
    return row === 'locked' ? { rejected: 'act-being-carried-out' } : (row ?? { rejected: 'act-not-found' });
  }

  #whyNot(row: ActRow, actor: Actor): Rejection | undefined {
    if (row.state !== 'pending') return { rejected: 'act-decided' };
    if (this.isExpired(row)) return { rejected: 'act-expired' };
    if (row.proposedBy === actor.id) return { rejected: 'same-person' };
    return undefined;
  }

  #approval(act: Act, actor: Actor, now: Date): Approval {
    const at = now.toISOString();
    return {
      actor: actor.id,
      at,
      sig: toBase64url(actor.sign(approvalMessage(this.crypto, act, actor.id, at))),
    };
  }

  #carryOut(actId: string): Promise<ActRow | Rejection> {
    const next = this.#carryingOut.then(() => this.#execute(actId));
    this.#carryingOut = next.catch(() => undefined);
    return next;
  }

  /** Under the row's lock: another process waits and then finds the outcome. */
  #execute(actId: string): Promise<ActRow | Rejection> {
    return inTransaction(this.pool, async (client) => {
      const row = await lockAct(client, actId);
      if (row === undefined) return { rejected: 'act-not-found' };
      if (row.state !== 'approved') return row;
      const outcome = await this.#outcomeOf(row);
      const decided: ActRow = { ...row, state: outcome.rejected === undefined ? 'done' : 'refused', outcome };
      await writeAct(client, decided);
      return decided;
    });
  }

  async #outcomeOf(row: ActRow): Promise<Outcome> {
    const kind = this.kinds.get(row.kind);
    if (kind === undefined) throw new Error(`No room carries out ${row.kind}`);
    const [first, second] = row.approvals;
    if (first === undefined || second === undefined) throw new Error('An approved act has not two approvals');
    // Once more, as an auditor will: somebody may have lost her role meanwhile, or the row may have been tampered with. An
    // act that is no event (`confirm-clock`) is checked nowhere else.
    const place = { position: Number.MAX_SAFE_INTEGER, roles: kind.roles };
    const fault = verifyApprovals(
      this.crypto,
      row.act,
      row.approvals,
      (id) => this.directory.rowOf(id),
      place,
    );
    if (fault !== undefined) return { rejected: fault };
    const roles = this.directory.rowOf(row.proposedBy)?.grants.at(-1)?.roles ?? [];
    const answer = await kind.execute({
      actId: row.actId,
      act: row.act,
      kept: row.kept,
      approvals: [first, second],
      by: { commandId: row.actId, actor: { id: row.proposedBy, roles }, request: utf8(`act ${row.actId}`) },
    });
    if (isRejection(answer)) return answer;
    return answer.position === undefined ? {} : { position: String(answer.position) };
  }
}

function mayAct(kind: ActKind, actor: Actor): boolean {
  return actor.roles.some((role) => kind.roles.includes(role));
}

function sameRequest(row: ActRow, requestDigest: Uint8Array): ActRow | Rejection {
  return equalBytes(row.requestDigest, requestDigest) ? row : { rejected: 'command-id-reused' };
}

async function confirmed(
  kind: ActKind,
  { act, kept }: ActRow,
  body: unknown,
): Promise<Rejection | undefined> {
  if (kind.confirm === undefined)
    return body === undefined ? undefined : { rejected: 'approval-body-unexpected' };
  if (body === undefined) return { rejected: 'approval-body-required' };
  return kind.confirm(body, { act, kept });
}

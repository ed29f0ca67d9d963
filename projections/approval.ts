/**
 * Two-person acts: what two persons sign, and how anybody checks it. The server makes approvals of the same bytes
 * (`src/staff`); an auditor verifies them from the log alone.
 */
import { fromBase64url } from './bytes.js';
import { canonicalBytes } from './canonical.js';
import type { Crypto } from './crypto.js';
import { taggedHash } from './hash.js';
import { grantAt, type StaffRow } from './staff.view.js';

/** What is approved: an event as it will stand in the log, without its approvals. `data` names the act (`actId`). */
export interface Act {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** As it stands in events; `sig` is base64url. */
export interface Approval {
  readonly actor: string;
  readonly at: string;
  readonly sig: string;
}

/** Why approvals do not carry an act. */
export type ApprovalFault =
  | 'approvals-not-two'
  | 'approvals-same-person'
  | 'approval-not-granted'
  | 'approval-key-unusable'
  | 'approval-signature-wrong';

/** The act of an event that carries approvals: without these, and without the parts in which a long list is told. */
export function actOf(event: {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}): Act {
  const { approvals: _approvals, chunk: _chunk, ids: _ids, ...data } = event.data;
  return { type: event.type, data };
}

/**
 * What one person signs with Ed25519: the 32 bytes `HT("approval", JCS(act), JCS({actor, at}))`. Who and when are part of
 * it, so that neither can be changed under a signature, also where two persons should share a key by mistake.
 * @throws NotCanonical
 */
export function approvalMessage(
  crypto: Pick<Crypto, 'sha256'>,
  act: Act,
  actor: string,
  at: string,
): Uint8Array {
  const { type, data } = act;
  return taggedHash(crypto, 'approval', canonicalBytes({ type, data }), canonicalBytes({ actor, at }));
}

/**
 * Whether two different persons approved an act, each under the key and with one of the `roles` that were granted to her
 * at a position of the log (that of the event). `undefined`: they did.
 */
export function verifyApprovals(
  crypto: Pick<Crypto, 'sha256' | 'verify' | 'isKey'>,
  act: Act,
  approvals: readonly Approval[],
  staff: (actorId: string) => StaffRow | undefined,
  { position, roles }: { position: bigint | number; roles: readonly string[] },
): ApprovalFault | undefined {
  const [first, second] = approvals;
  if (approvals.length !== 2 || first === undefined || second === undefined) return 'approvals-not-two';
  if (first.actor === second.actor) return 'approvals-same-person';
  const keys = new Set<string>();
  for (const { actor, at, sig } of approvals) {
    const grant = grantAt(staff(actor), position);
    if (!grant?.roles.some((role) => roles.includes(role))) return 'approval-not-granted';
    const key = fromBase64url(grant.key);
    if (key === undefined || keys.has(grant.key) || !crypto.isKey(key)) return 'approval-key-unusable';
    keys.add(grant.key);
    const signature = fromBase64url(sig);
    if (signature === undefined || !crypto.verify(key, approvalMessage(crypto, act, actor, at), signature)) {
      return 'approval-signature-wrong';
    }
  }
  return undefined;
}

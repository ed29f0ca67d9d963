/**
 * The two officers of an import: what needs two persons needs them here too. They are granted their roles when an import
 * begins and lose them when it ends; both is in the log for everybody to see. Their keys come from the server's secret.
 */
import { randomUUID } from 'node:crypto';
import { actOf, approvalMessage, type Approval } from '../../projections/approval.js';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { NewEvent } from '../../projections/event.js';
import type { Clock } from '../clock.js';
import { sign, signingKeyPair } from '../crypto/node-crypto.js';
import { isRejection, type CommandLog } from '../event-store/command-log.js';
import { derivedKey } from '../platform.module.js';
import { evolve, IMPORT_OFFICERS, type Register } from '../staff/register.js';
import { SYSTEM } from '../staff/actor.js';

const ROLES = ['paper-officer', 'returning-officer'];

interface Officer {
  id: string;
  publicKey: Uint8Array;
  secretKey: Uint8Array;
}

export class ImportOfficers {
  readonly actor = { id: IMPORT_OFFICERS[0], roles: ROLES };
  readonly #officers: readonly [Officer, Officer];

  constructor(
    private readonly log: CommandLog,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly clock: Clock,
    serverSecret: Uint8Array,
  ) {
    const officer = (id: string) => ({ id, ...signingKeyPair(derivedKey(serverSecret, id)) });
    this.#officers = [officer(IMPORT_OFFICERS[0]), officer(IMPORT_OFFICERS[1])];
  }

  /** Grants both their roles, where they do not have them. */
  async appoint(): Promise<void> {
    await this.#change((register) =>
      this.#officers
        .map(({ id, publicKey }) => ({ actorId: id, roles: ROLES, key: toBase64url(publicKey) }))
        .filter(({ actorId, key }) => register.get(actorId)?.key !== key)
        .map((data) => ({ type: 'RoleGranted', data })),
    );
  }

  async dismiss(): Promise<void> {
    await this.#change((register) =>
      this.#officers
        .filter(({ id }) => register.has(id))
        .map(({ id }) => ({ type: 'RoleRevoked', data: { actorId: id } })),
    );
  }

  /** The approvals of both for an event with this data. */
  approve(type: string, data: Readonly<Record<string, unknown>>): [Approval, Approval] {
    const act = actOf({ type, data });
    const at = this.clock.now().toISOString();
    const by = ({ id, secretKey }: Officer): Approval => ({
      actor: id,
      at,
      sig: toBase64url(sign(approvalMessage(this.crypto, act, id, at), secretKey)),
    });
    const [first, second] = this.#officers;
    return [by(first), by(second)];
  }

  async #change(decide: (register: Register) => NewEvent[]): Promise<void> {
    const answer = await this.log.run<Register>({
      stream: 'staff',
      meta: {
        commandId: randomUUID(),
        actor: SYSTEM.id,
        at: this.clock.now().toISOString(),
        request: utf8('import officers'),
      },
      initial: new Map(),
      evolve,
      decide,
    });
    if (isRejection(answer))
      throw new Error(`The officers of an import could not be appointed: ${answer.rejected}`);
  }
}

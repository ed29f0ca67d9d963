/** The staff that the settings list: who a key belongs to, and who somebody is now. */
import { sign, signingKeyPair } from '../crypto/node-crypto.js';
import type { StaffRow } from '../../projections/staff.view.js';
import type { StaffSetting } from '../settings.js';
import { ApprovalKeyNotHeld, type Actor } from './actor.js';
import { approvalKey, approvalSeed, hashKey } from './keys.js';

/** Somebody who has shown her key, with what a session must remember of it. */
export interface KnownByKey {
  readonly actor: Actor;
  readonly seed: Uint8Array;
  readonly keyHash: string;
}

export class StaffDirectory {
  readonly #byHash: ReadonlyMap<string, StaffSetting>;
  readonly #byId: ReadonlyMap<string, StaffSetting>;

  constructor(readonly staff: readonly StaffSetting[]) {
    this.#byHash = new Map(staff.map((member) => [member.keyHash, member]));
    this.#byId = new Map(staff.map((member) => [member.id, member]));
  }

  /** Whose key it is; `undefined` for anything else. The look-up by hash leaks no time that would help to guess 32 bytes. */
  byKey(key: string): KnownByKey | undefined {
    const member = this.#byHash.get(hashKey(key));
    const seed = member === undefined ? undefined : approvalSeed(key, member.id);
    if (member === undefined || seed === undefined) return undefined;
    return { actor: actorOf(member, seed), seed, keyHash: member.keyHash };
  }

  /** Who remembered a seed in a session; `undefined` when she has left or has another key since. */
  bySession(id: string, keyHash: string, seed: Uint8Array): Actor | undefined {
    const member = this.#byId.get(id);
    return member?.keyHash === keyHash ? actorOf(member, seed) : undefined;
  }

  /** As the view `staff` would say it of today, for the checks that the server makes itself. */
  rowOf(actorId: string): StaffRow | undefined {
    const member = this.#byId.get(actorId);
    if (member === undefined) return undefined;
    return { actorId, grants: [{ from: -1, roles: member.roles, key: member.ed25519Pub }] };
  }
}

function actorOf({ id, roles, ed25519Pub }: StaffSetting, seed: Uint8Array): Actor {
  return {
    id,
    roles,
    sign: (message) => {
      if (approvalKey(seed) !== ed25519Pub) throw new ApprovalKeyNotHeld();
      return sign(message, signingKeyPair(seed).secretKey);
    },
  };
}

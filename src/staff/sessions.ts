/**
 * Sessions without a table: an encrypted cookie that holds who it is, the seed of her approval key and when it ends. Nobody
 * reads or changes it without the server's secret; a new key or leaving the staff ends it at once.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { fromBase64url, toBase64url } from '../../projections/bytes.js';
import type { Actor } from './actor.js';
import type { StaffDirectory } from './directory.js';

const HOURS = 12;
export const SESSION_SECONDS = HOURS * 3_600;
const NONCE = 12;
const TAG = 16;
const AAD = Buffer.from('concejo/v1/session');

export interface Session {
  /** Value of the cookie. */
  readonly cookie: string;
  readonly actor: Actor;
  readonly expiresAt: Date;
}

interface Held {
  id: string;
  hash: string;
  seed: string;
  /** Milliseconds since 1970. */
  until: number;
}

export class StaffSessions {
  constructor(
    private readonly directory: StaffDirectory,
    /** 32 bytes. */
    private readonly key: Uint8Array,
    /** Real time, also in a demo: moving its clock on signs nobody out. */
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Exchanges a key for a session of twelve hours; `undefined` when it is nobody's. */
  open(key: string): Session | undefined {
    const known = this.directory.byKey(key);
    if (known === undefined) return undefined;
    const until = this.nowMs() + SESSION_SECONDS * 1_000;
    const held: Held = { id: known.actor.id, hash: known.keyHash, seed: toBase64url(known.seed), until };
    return { cookie: this.#seal(held), actor: known.actor, expiresAt: new Date(until) };
  }

  /** Whose cookie it is; `undefined` for one that ended, was changed, or is of somebody who is no longer staff. */
  read(cookie: string): Actor | undefined {
    const held = this.#unseal(cookie);
    const seed = held === undefined ? undefined : fromBase64url(held.seed);
    if (held === undefined || seed === undefined || held.until <= this.nowMs()) return undefined;
    return this.directory.bySession(held.id, held.hash, seed);
  }

  #seal(held: Held): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(AAD);
    const sealed = Buffer.concat([
      nonce,
      cipher.update(JSON.stringify(held)),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return sealed.toString('base64url');
  }

  #unseal(cookie: string): Held | undefined {
    const sealed = fromBase64url(cookie);
    if (sealed === undefined || sealed.length <= NONCE + TAG || sealed.length > 2_000) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, NONCE), {
      authTagLength: TAG,
    });
    decipher.setAAD(AAD).setAuthTag(sealed.subarray(-TAG));
    try {
      const bytes = Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
      return JSON.parse(bytes.toString()) as Held;
    } catch {
      return undefined;
    }
  }
}

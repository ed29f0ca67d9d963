/**
 * The few shapes of which every event is made. An event is public for ever, so a string in it is always an identifier,
 * a code, a hash, an instant or base64url of fixed form, and never text that somebody typed.
 */
import { Type, type TSchema } from 'typebox';

/** Identifier of something in the log: a UUID, a slug or an id that a city's own file uses. */
export const Id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$' });
export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
});
/** A stable word from a list that the code knows. */
export const CODE = /^[a-z0-9][a-z0-9-]{0,63}$/;
export const Code = Type.String({ pattern: CODE.source });
/** 16 bytes, base64url: a person within one scope. */
export const Pseudonym = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });
/** 32 bytes, base64url: a SHA-256, a public key, a commitment. */
export const Bytes32 = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
/** 64 bytes, base64url: an Ed25519 signature. */
export const Bytes64 = Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' });
/** Sealed bytes, base64url. */
export const Sealed = Type.String({ pattern: '^[A-Za-z0-9_-]{1,56000}$' });
export const Instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
export const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
/** BCP 47 language tag, lower case. */
export const Language = Type.String({ pattern: '^[a-z]{2,3}$' });
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Integer minor units (cents) of the election's currency. */
export const Money = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Integer millionths of a degree, WGS 84. */
export const Microdegrees = Type.Integer({ minimum: -180_000_000, maximum: 180_000_000 });

/** Free text or a file that lives outside the log, behind its commitment (`src/contents`). */
export const ContentRef = closed({ id: Uuid, commitment: Bytes32 });

/** One of two signatures under a two-person act: over `HT("approval", JCS(act without approvals))`. */
export const Approval = closed({ actor: Id, at: Instant, sig: Bytes64 });
export const Approvals = Type.Array(Approval, { minItems: 2, maxItems: 2 });

/** An object that allows no other property than the ones named. */
export function closed<P extends Record<string, TSchema>>(properties: P) {
  return Type.Object(properties, { additionalProperties: false });
}

/** One event type at one schema version. */
export interface EventType<T extends string, S extends TSchema> {
  readonly type: T;
  readonly schema: number;
  readonly data: S;
}

export function eventType<const T extends string, P extends Record<string, TSchema>>(
  type: T,
  schema: number,
  properties: P,
) {
  return { type, schema, data: closed(properties) } satisfies EventType<T, TSchema>;
}

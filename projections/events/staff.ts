/** Who may act for the city. Stream `staff`. Until there are participants, staff come from the settings. */
import { Type } from 'typebox';
import { Bytes32, Code, eventType, Id } from './schema.js';

/** Replaces what was granted before to the same actor. `key` is the Ed25519 key under which the actor approves. */
export const RoleGranted = eventType('RoleGranted', 1, {
  actorId: Id,
  roles: Type.Array(Code, { minItems: 1, maxItems: 20 }),
  key: Bytes32,
});
export const RoleRevoked = eventType('RoleRevoked', 1, { actorId: Id });

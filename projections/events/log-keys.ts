/** Which keys sign the log. Stream `log-keys`. The first key is announced by nothing: a reader takes it from elsewhere. */
import { Type } from 'typebox';
import { eventType } from './schema.js';

/** A verifier key of C2SP signed-note: name of the log, id of the key, type and Ed25519 key (33 bytes in base64). */
const Vkey = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}$',
});

/** From the first head on that covers this event, `new` signs beside `old`, which has signed until now. */
export const LogKeyAnnounced = eventType('LogKeyAnnounced', 1, { old: Vkey, new: Vkey });
/** No head that covers this event is signed with this key. */
export const LogKeyRetired = eventType('LogKeyRetired', 1, { vkey: Vkey });

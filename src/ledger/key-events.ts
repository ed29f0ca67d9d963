/** Which keys sign the log, as events: read from the log, and appended by `system` when a key is announced or retired. */
import type { Crypto } from '../../projections/crypto.js';
import { openEvent, type NewEvent } from '../../projections/event.js';
import { utf8 } from '../../projections/bytes.js';
import {
  evolveKeys,
  keyFault,
  LOG_KEYS_STREAM,
  type KeyFault,
  type KeyRegister,
} from '../../projections/ledger/key-register.js';
import { isRejection, type CommandLog, type Receipt } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { SYSTEM } from '../staff/actor.js';

/** What the log says now. @throws EngineUnavailable, DamagedEvent, UnknownEvent */
export async function readKeyRegister(
  store: Pick<EventStore, 'readStream'>,
  crypto: Pick<Crypto, 'sha256'>,
): Promise<KeyRegister> {
  let register: KeyRegister = [];
  for await (const recorded of store.readStream(LOG_KEYS_STREAM)) {
    register = evolveKeys(register, openEvent(crypto, recorded));
  }
  return register;
}

/** The key cannot be announced or retired as the log stands. */
export class LogKeyRefused extends Error {
  constructor(readonly code: KeyFault | 'command-id-reused') {
    super(`The log refuses this about its keys: ${code}`);
    this.name = 'LogKeyRefused';
  }
}

/** @throws LogKeyRefused, and what appending throws */
export async function appendKeyEvent(
  log: Pick<CommandLog, 'run'>,
  crypto: Pick<Crypto, 'sha256' | 'isKey'>,
  event: NewEvent<'LogKeyAnnounced' | 'LogKeyRetired'>,
  { commandId, at }: { commandId: string; at: string },
): Promise<Receipt> {
  const answer = await log.run<KeyRegister>({
    stream: LOG_KEYS_STREAM,
    meta: { commandId, actor: SYSTEM.id, at, request: utf8(JSON.stringify(event)) },
    initial: [],
    evolve: evolveKeys,
    decide: (register) => {
      const rejected = keyFault(crypto, register, event);
      return rejected === undefined ? [event] : { rejected };
    },
  });
  if (isRejection(answer)) throw new LogKeyRefused(answer.rejected as KeyFault);
  return answer;
}

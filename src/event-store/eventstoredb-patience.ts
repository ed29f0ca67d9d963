/** Tries again while a server is away, and says so in the port's words when it stays away. */
import { ErrorType } from '@eventstore/db-client';
import { setTimeout as pause } from 'node:timers/promises';
import { DamagedEvent } from '../../projections/event.js';
import { EngineUnavailable } from './event-store.js';
import { typeOf } from './eventstoredb-client.js';
import { LogHalted } from './eventstoredb-fold.js';

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/** For what may be done twice. @throws EngineUnavailable after some milliseconds; at once what no patience mends */
export async function withPatience<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + ms;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DamagedEvent || error instanceof LogHalted || error instanceof TypeError)
        throw error;
      if (typeOf(error) === ErrorType.ACCESS_DENIED || performance.now() + pauseMs > giveUpAt)
        throw error instanceof EngineUnavailable ? error : new EngineUnavailable(error);
      await pause(pauseMs);
    }
  }
}

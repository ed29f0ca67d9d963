/** Waits some milliseconds. @throws AbortError when the signal is given first. */
import { setTimeout as sleep } from 'node:timers/promises';

export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
}

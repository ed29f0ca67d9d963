/** What an engine tells of its appends to whoever measures: how long, how they ended, how many went together. */
import type { Appended } from './event-store.js';

export interface AppendMeter {
  /** @param outcome `written`, `repeated`, or the code of the error */
  appended(seconds: number, outcome: string): void;
  /** Appends that went together in one commit of PostgreSQL: themselves, or their places in the index. */
  committed(appends: number): void;
}

export const NO_METER: AppendMeter = { appended: () => undefined, committed: () => undefined };

/** Does an append and tells how it went. */
export async function metered(meter: AppendMeter, append: () => Promise<Appended>): Promise<Appended> {
  const start = performance.now();
  let outcome = 'failed';
  try {
    const appended = await append();
    outcome = appended.repeated ? 'repeated' : 'written';
    return appended;
  } catch (error) {
    if (error instanceof Error && 'code' in error) outcome = String(error.code);
    throw error;
  } finally {
    meter.appended((performance.now() - start) / 1_000, outcome);
  }
}

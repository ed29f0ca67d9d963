/** How the ledger does, for whoever watches over it. */
import type { WitnessHealth } from './witnessing.js';

export interface LedgerHealth {
  /**
   * `waiting`: for witnesses; the last head that had enough of them is shown. `standby`: another process signs, and asks the
   * witnesses.
   */
  readonly state: 'idle' | 'following' | 'waiting' | 'standby' | 'halted';
  /** Why it is halted or waits: a stable code, and what to do. */
  readonly code?: string;
  readonly reason?: string;
  /** Those that are asked; by a process that stands by, none has been. */
  readonly witnesses: readonly WitnessHealth[];
  readonly size: bigint;
}

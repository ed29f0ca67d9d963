/** What a test can do to the double, in its own process or in another one. Nodes are numbered from 0, the default. */
import type { Call, Rule } from './misdeeds.js';

/** An event of $all as it lies in the log, whatever a client is shown. Numbers as decimal strings. */
export interface Written {
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  readonly position: string;
}

export interface DoubleControl {
  readonly url: string;
  /** Adds a rule. Those that were added first come first. */
  misbehave(rule: Rule): Promise<void>;
  /** Forgets all rules. */
  behave(): Promise<void>;
  /** The calls that came in, with what was done to them: the last of them, where there were many. */
  calls(): Promise<readonly Call[]>;
  written(): Promise<readonly Written[]>;
  /** The node accepts connections and answers nothing, not even pings. */
  freeze(node?: number): Promise<void>;
  /** What was sent to it meanwhile is done now. */
  thaw(node?: number): Promise<void>;
  /** Resets all connections of a node. */
  cut(node?: number): Promise<void>;
  /** Resets them and refuses new ones, as if the process had been killed. */
  stop(node?: number): Promise<void>;
  /** At the same port, with the same log. */
  restart(node?: number): Promise<void>;
  /** Makes a node the leader and the others followers; without: nobody leads, and no node is ready. */
  elect(node?: number): Promise<void>;
  /** The node shows what is older than that. */
  lag(node: number, ms: number): Promise<void>;
  /** Writes are taken and neither seen nor answered. */
  loseQuorum(): Promise<void>;
  /** What was taken is written, in order. */
  regainQuorum(): Promise<void>;
  /** Writes an event of the server's own. */
  writeStats(): Promise<void>;
  close(): Promise<void>;
}

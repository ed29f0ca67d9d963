/** How the double is told to misbehave: rules, each for the next calls that it fits. */

export type Method =
  | 'append'
  | 'batch-append'
  | 'delete'
  | 'tombstone'
  | 'read-stream'
  | 'read-all'
  | 'subscribe-to-stream'
  | 'subscribe-to-all'
  | 'gossip'
  | 'features';

export type Refusal =
  | 'not-leader'
  | 'not-ready'
  | 'busy'
  | 'access-denied'
  | 'timed-out'
  | 'cancelled'
  | 'unavailable'
  | 'thrown';

export type Misdeed =
  /** As usual, but later; not at all where the caller has gone by then. */
  | { readonly do: 'delay'; readonly ms: number }
  /** Neither done nor answered. */
  | { readonly do: 'drop' }
  /** Done, and never answered. */
  | { readonly do: 'lose-answer' }
  /** The caller's connection is cut: before anything is done, or after it. */
  | { readonly do: 'cut'; readonly when: 'before' | 'after' }
  /** Never answered, and done after that time, whether or not the caller still waits. */
  | { readonly do: 'commit-late'; readonly ms: number }
  /** Done, and what was appended is written a second time at the new tip. */
  | { readonly do: 'write-twice' }
  /** Refused; with `when: 'after'` although it was done. */
  | { readonly do: 'refuse'; readonly with: Refusal; readonly when?: 'before' | 'after' }
  /** A read or subscription that ends after so many events: with its connection, with an error, or by saying no more. */
  | { readonly do: 'break'; readonly after: number; readonly how: 'cut' | 'error' | 'silence' }
  /** A read or subscription that shows every event twice. */
  | { readonly do: 'repeat' };

export type Rule = Misdeed & {
  /** Methods that it is for; without, all that write or read events. */
  readonly on?: readonly Method[];
  readonly node?: number;
  /** Streams that it is for, by how they begin. */
  readonly stream?: string;
  /** How many calls pass first. */
  readonly skip?: number;
  /** How many calls it is for: 1 where it is not said. */
  readonly times?: number | 'always';
};

/** A call as it came in. */
export interface Call {
  readonly node: number;
  readonly method: Method;
  readonly stream?: string;
  readonly requiresLeader: boolean;
  readonly user?: string;
  /** Of an append. */
  readonly ids?: readonly string[];
  readonly expected?: string;
  /** What was done to it. */
  readonly misdeed?: Misdeed['do'];
}

const EVENTS: readonly Method[] = [
  'append',
  'batch-append',
  'delete',
  'tombstone',
  'read-stream',
  'read-all',
  'subscribe-to-stream',
  'subscribe-to-all',
];
/** So many of the last calls are remembered. */
const REMEMBERED = 20_000;

export class Misdeeds {
  #rules: { rule: Rule; skip: number; left: number }[] = [];
  readonly calls: Call[] = [];

  add(rule: Rule): void {
    const left = rule.times === 'always' ? Infinity : (rule.times ?? 1);
    this.#rules.push({ rule, skip: rule.skip ?? 0, left });
  }

  clear(): void {
    this.#rules = [];
  }

  /** What is to be done to this call; the first rule that fits and is not used up. */
  take(call: Call): Misdeed | undefined {
    const misdeed = this.#next(call);
    if (this.calls.length >= REMEMBERED) this.calls.splice(0, REMEMBERED / 2);
    this.calls.push(misdeed === undefined ? call : { ...call, misdeed: misdeed.do });
    return misdeed;
  }

  #next({ node, method, stream }: Call): Misdeed | undefined {
    for (const each of this.#rules) {
      const { rule } = each;
      if (!(rule.on ?? EVENTS).includes(method) || (rule.node ?? node) !== node) continue;
      if (rule.stream !== undefined && stream?.startsWith(rule.stream) !== true) continue;
      if (each.skip > 0) {
        each.skip--;
        continue;
      }
      if (each.left <= 0) continue;
      each.left--;
      return rule;
    }
    return undefined;
  }
}

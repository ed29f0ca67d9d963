/**
 * How the index follows from `$all`: pure, so that anybody who reads the store derives the same index.
 *
 * Events of the log stand in streams under its name. What one call wrote lies in one piece, and its first event says how
 * many there are. An append of which any id has come before is left out as a whole: whoever made it was never told that it
 * succeeded. Whatever takes something away from the log, or stands in it without being of it, ends the fold.
 */
import { equalBytes, fromBase64url } from '../../projections/bytes.js';

/** A place in `$all`. */
export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** Whether a place comes after another. */
export function isAfter(one: Place, other: Place): boolean {
  return one.commit > other.commit || (one.commit === other.commit && one.prepare > other.prepare);
}

/** An event in one of the log's streams, as the store has it. */
export interface Arrived extends Place {
  readonly stream: string;
  /** In the store's own counting. */
  readonly raw: bigint;
  readonly id: string;
  readonly hash: Uint8Array;
  /** The store's clock. */
  readonly created: Date;
  /** With the first event of an append alone. */
  readonly header: Header | undefined;
}

/** What an append says of itself, as metadata of its first event: outside leaf, tiles and bundle. */
export interface Header {
  /** UUID of this append: the same in all its tries, and another one when somebody else comes with the same events. */
  readonly append: string;
  /** How many events it has. */
  readonly events: number;
  readonly command?: string;
  /** Of the request; base64url. */
  readonly digest?: string;
  /** When another engine recorded it first, for a log that was copied; milliseconds of Unix time. */
  readonly recorded?: number;
}

/** A row of the index. */
export interface Indexed extends Place {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly raw: bigint;
  readonly id: string;
  readonly hash: Uint8Array;
  readonly recordedAt: Date;
  readonly append: string;
  readonly commandId: string | undefined;
  readonly requestDigest: Uint8Array | undefined;
}

/** How far a fold has come. */
export interface IndexHead extends Place {
  readonly position: bigint;
  readonly recordedAt: Date;
}

/** Last event of a stream: among the kept, and among all. -1n: none. */
export interface StreamTip {
  readonly revision: bigint;
  readonly raw: bigint;
}

/** What the index knows of a batch's ids and streams. */
export interface Known {
  readonly ids: ReadonlyMap<string, { readonly stream: string; readonly hash: Uint8Array }>;
  readonly tips: ReadonlyMap<string, StreamTip>;
}

export interface Folded {
  readonly head: IndexHead;
  readonly rows: readonly Indexed[];
  readonly leftOut: readonly Arrived[];
  /** Why it ends here, and nothing may come after. */
  readonly halted?: LogHalted;
}

/** Somebody changed the store in a way that no log survives: nothing goes on until it is looked at. */
export class LogHalted extends Error {
  constructor(
    /** Stable: `log-cut`, `log-gap`, `log-torn`, `log-foreign`, `log-forged` or `log-behind-index`. */
    readonly code: string,
    reason: string,
  ) {
    super(reason);
    this.name = 'LogHalted';
  }
}

/** Puts events together to the appends that wrote them. */
export class Appends {
  #open: Arrived[] = [];

  /** The whole append, when this is its last event. @throws LogHalted */
  add(event: Arrived): readonly Arrived[] | undefined {
    const last = this.#open.at(-1);
    if (last === undefined ? event.header === undefined : event.header !== undefined) {
      throw new LogHalted(
        last === undefined ? 'log-foreign' : 'log-torn',
        `Event ${event.raw} of stream ${event.stream} was not written by this program, or not whole`,
      );
    }
    if (last !== undefined && (event.stream !== last.stream || event.raw !== last.raw + 1n)) {
      throw new LogHalted(
        'log-torn',
        `The append that ends at event ${last.raw} of ${last.stream} is not whole`,
      );
    }
    this.#open.push(event);
    if (this.#open.length < (this.#open[0]?.header?.events ?? 0)) return undefined;
    const whole = this.#open;
    this.#open = [];
    return whole;
  }
}

/** Gives whole appends their places, in the order of `$all`. */
export function foldAppends(from: IndexHead, appends: readonly (readonly Arrived[])[], known: Known): Folded {
  const ids = new Map(known.ids);
  const tips = new Map(known.tips);
  const rows: Indexed[] = [];
  const leftOut: Arrived[] = [];
  let head = from;
  for (const append of appends) {
    const repeated = hasCome(append, tips, ids);
    if (repeated instanceof LogHalted) return { head, rows, leftOut, halted: repeated };
    for (const event of append) {
      const { stream, raw, id, hash, commit, prepare, created } = event;
      const { revision } = tips.get(stream) ?? NO_TIP;
      const first = append[0]?.header?.recorded;
      const said = first === undefined ? created : new Date(first);
      const recordedAt = said > head.recordedAt ? said : head.recordedAt;
      if (repeated) {
        leftOut.push(event);
        tips.set(stream, { revision, raw });
        head = { ...head, commit, prepare };
        continue;
      }
      const header = append[0]?.header;
      const position = head.position + 1n;
      rows.push({
        ...{ position, commit, prepare, stream, revision: revision + 1n, raw, id, hash, recordedAt },
        append: header?.append ?? '',
        commandId: header?.command,
        requestDigest: header?.digest === undefined ? undefined : fromBase64url(header.digest),
      });
      ids.set(id, { stream, hash });
      tips.set(stream, { revision: revision + 1n, raw });
      head = { position, recordedAt, commit, prepare };
    }
  }
  return { head, rows, leftOut };
}

const NO_TIP: StreamTip = { revision: -1n, raw: -1n };

/** Whether an id of the append has come before. */
function hasCome(
  append: readonly Arrived[],
  tips: ReadonlyMap<string, StreamTip>,
  ids: Known['ids'],
): boolean | LogHalted {
  let raw = tips.get(append[0]?.stream ?? '')?.raw ?? -1n;
  let repeated = false;
  const own = new Set<string>();
  for (const event of append) {
    raw += 1n;
    if (event.raw !== raw)
      return new LogHalted('log-gap', `Stream ${event.stream} goes from event ${raw - 1n} to ${event.raw}`);
    const before = ids.get(event.id);
    // In another stream it is a command id that its owner used twice at once; in this one somebody writes over history.
    if (before?.stream === event.stream && !equalBytes(before.hash, event.hash)) {
      return new LogHalted(
        'log-forged',
        `Event ${event.id} stands twice in stream ${event.stream}, with other bytes`,
      );
    }
    repeated ||= before !== undefined || own.has(event.id);
    own.add(event.id);
  }
  return repeated;
}

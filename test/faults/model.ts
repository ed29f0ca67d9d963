/**
 * What clients were told of their writes, and whether the log agrees: what was acknowledged is there exactly once, what was
 * refused is not there, and what nobody knows is there whole or not at all.
 */
import { toBase64url } from '../../projections/bytes.js';
import type { RecordedEvent } from '../../projections/event.js';

/** What came back for one try of a write. */
export type Answer =
  | {
      readonly is: 'acknowledged';
      /** Of the last event: its place in the log. */
      readonly position: bigint;
      /** base64url, in the order of the events. */
      readonly leafHashes: readonly string[];
    }
  /** By a rule: nothing was written. */
  | {
      readonly is: 'refused';
      readonly code: string;
      /** Of a ballot whose number was wrong: the right one. */
      readonly expected?: number;
    }
  /** It may have been written. */
  | { readonly is: 'unknown'; readonly why: string };

/** Refusals of what is in the log all the same, and counts for nothing. */
const WRITTEN_TOO_LATE = new Set(['voting-closed', 'voting-suspended']);

export interface Write {
  /** The idempotency key, under which the log keeps it. */
  readonly key: string;
  readonly kind: string;
  /** How many events it makes; `undefined`: as many as others of its kind. */
  readonly events: number | undefined;
  readonly answers: Answer[];
}

export type Outcome = Answer['is'];

/** Any acknowledgement is one; a refusal is one when no other try could have been written. */
export function outcomeOf({ answers }: Write): Outcome {
  if (answers.some(({ is }) => is === 'acknowledged')) return 'acknowledged';
  return answers.length > 0 && answers.every(({ is }) => is === 'refused') ? 'refused' : 'unknown';
}

export class Told {
  readonly #writes = new Map<string, Write>();

  begin(kind: Write['kind'], key: string, events?: number): Write {
    const write: Write = { key, kind, events, answers: [] };
    this.#writes.set(key, write);
    return write;
  }

  /** How many writes came out how, and how many tries that took. */
  counts(): Record<Outcome | 'tries', number> {
    const counts = { acknowledged: 0, refused: 0, unknown: 0, tries: 0 };
    for (const write of this.#writes.values()) {
      counts[outcomeOf(write)]++;
      counts.tries += write.answers.length;
    }
    return counts;
  }

  /** Codes of refusals and reasons of unknown ends, by how often. */
  reasons(): Map<string, number> {
    const reasons = new Map<string, number>();
    for (const { answers } of this.#writes.values())
      for (const answer of answers) {
        if (answer.is === 'acknowledged') continue;
        const reason = answer.is === 'refused' ? answer.code : answer.why;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    return reasons;
  }

  /** @param log the whole log; `after` is where it ended before the first write. @returns what is wrong, in words */
  compare(log: readonly RecordedEvent[], after: bigint): string[] {
    const byKey = new Map<string | undefined, RecordedEvent[]>();
    for (const event of log) {
      if (event.position <= after) continue;
      const events = byKey.get(event.commandId);
      if (events === undefined) byKey.set(event.commandId, [event]);
      else events.push(event);
    }
    const sizes = new Map<Write['kind'], number>();
    for (const { kind, answers } of this.#writes.values())
      for (const answer of answers)
        if (answer.is === 'acknowledged') sizes.set(kind, answer.leafHashes.length);
    const faults: string[] = [];
    for (const write of this.#writes.values()) {
      const fault = faultOf(write, byKey.get(write.key) ?? [], write.events ?? sizes.get(write.kind));
      if (fault !== undefined) faults.push(`${write.kind} ${write.key}: ${fault}`);
    }
    for (const [key, events] of byKey)
      for (const { type, position } of events)
        if (ASKED_FOR.has(type) && (key === undefined || !this.#writes.has(key)))
          faults.push(`${type} at ${position}: nobody asked for it`);
    return faults;
  }
}

/** Types of events that only a client's request makes. */
const ASKED_FOR = new Set(['BallotCast', 'ElectionDefined']);

function faultOf(
  write: Write,
  events: readonly RecordedEvent[],
  whole: number | undefined,
): string | undefined {
  const outcome = outcomeOf(write);
  if (outcome === 'acknowledged') return acknowledgedFault(write, events);
  if (outcome === 'refused') {
    const mayStand = write.answers.some(
      (answer) => answer.is === 'refused' && WRITTEN_TOO_LATE.has(answer.code),
    );
    return events.length > 0 && !mayStand ? 'refused, and in the log' : undefined;
  }
  if (events.length === 0) return undefined;
  if (new Set(events.map(({ id }) => id)).size < events.length) return 'unknown, and in the log twice';
  return whole !== undefined && events.length !== whole ? 'unknown, and half in the log' : undefined;
}

function acknowledgedFault({ answers }: Write, events: readonly RecordedEvent[]): string | undefined {
  const there = events.map(({ hash }) => toBase64url(hash));
  for (const answer of answers) {
    if (answer.is !== 'acknowledged') continue;
    const { leafHashes, position } = answer;
    if (there.length === 0) return 'acknowledged, and lost';
    if (there.length > leafHashes.length) return 'acknowledged, and in the log more than once';
    if (there.join() !== leafHashes.join()) return 'acknowledged, and other events in the log';
    if (events.at(-1)?.position !== position)
      return `acknowledged at ${position}, and at ${events.at(-1)?.position} in the log`;
  }
  return undefined;
}

/** What is wrong with a log by itself: its positions and the revisions of its streams leave nothing out, and no id comes twice. */
export function structureFaults(log: readonly RecordedEvent[]): string[] {
  const faults: string[] = [];
  const revisions = new Map<string, bigint>();
  const ids = new Set<string>();
  for (const [at, { position, stream, revision, id }] of log.entries()) {
    if (position !== BigInt(at)) faults.push(`position ${position} in the place of ${at}`);
    const expected = (revisions.get(stream) ?? -1n) + 1n;
    if (revision !== expected) faults.push(`revision ${revision} of ${stream} in the place of ${expected}`);
    revisions.set(stream, revision);
    if (ids.has(id)) faults.push(`event id ${id} twice`);
    ids.add(id);
  }
  return faults;
}

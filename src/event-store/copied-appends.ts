/** How a page of a log that is copied is written by an engine that knows no other way than to append. */
import { equalBytes } from '../../projections/bytes.js';
import type { RecordedEvent } from '../../projections/event.js';
import { MAX_APPEND_BYTES, MAX_EVENTS, type Append } from './event-store.js';

/** Events of a page as appends, the longest that may be. */
export function appendsOf(page: readonly RecordedEvent[]): { append: Append; last: RecordedEvent }[] {
  const runs: RecordedEvent[][] = [];
  let bytes = 0;
  for (const event of page) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    bytes += event.leaf.length;
    const fits = run !== undefined && run.length < MAX_EVENTS && bytes <= MAX_APPEND_BYTES;
    if (fits && before !== undefined && isOfOneAppend(before, event)) run.push(event);
    else {
      runs.push([event]);
      bytes = event.leaf.length;
    }
  }
  return runs.map((events) => {
    const [first, last] = [events[0], events.at(-1)];
    if (first === undefined || last === undefined) throw new TypeError('An append of nothing');
    const { stream, revision, commandId, requestDigest } = first;
    const append = {
      ...{ stream, expected: revision === 0n ? ('no-stream' as const) : revision - 1n, events },
      ...(commandId !== undefined && { commandId }),
      ...(requestDigest !== undefined && { requestDigest }),
    };
    return { append, last };
  });
}

function isOfOneAppend(one: RecordedEvent, next: RecordedEvent): boolean {
  return (
    one.stream === next.stream &&
    one.commandId === next.commandId &&
    one.recordedAt.getTime() === next.recordedAt.getTime() &&
    isSameRequest(one, next)
  );
}

const NO_BYTES = new Uint8Array();

/** Whether two events came of the same request, as far as its digest tells. */
export function isSameRequest(
  one: Pick<RecordedEvent, 'requestDigest'>,
  other: Pick<RecordedEvent, 'requestDigest'>,
): boolean {
  return equalBytes(one.requestDigest ?? NO_BYTES, other.requestDigest ?? NO_BYTES);
}

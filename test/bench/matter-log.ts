/**
 * A log of so many matters of one year, made up but of the real shapes: of twenty, nineteen are released, seventeen answered
 * after days that thin out, thirteen fixed, and two opened again. The same number gives the same bytes.
 */
import type { NewEvent } from '../../projections/event.js';
import { leafBytes } from '../../projections/event.js';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import { leafHash } from '../../projections/hash.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';

export const YEAR = 2026;
const START = Date.UTC(YEAR, 0, 2);
const DAY_MS = 86_400_000;
const CATEGORIES = 40;
const AREAS = 60;
const DEPARTMENTS = 12;
const CALLERS = 500;
const KINDS = ['complaint', 'complaint', 'complaint', 'complaint', 'suggestion', 'thanks'] as const;

function uuid(group: number, i: number): string {
  return `${group.toString(16).padStart(8, '0')}-0000-5000-8000-${i.toString(16).padStart(12, '0')}`;
}

function ref(i: number, what: number) {
  const id = uuid(what, i);
  return { id, commitment: toBase64url(nodeCrypto.sha256(utf8(id))) };
}

/** What becomes of the matter of a number, with when. */
export function matter(
  i: number,
  matters: number,
): { stream: string; events: readonly [string, NewEvent][] } {
  const matterId = uuid(0, i);
  const filedAt = START + Math.floor((i / matters) * 330 * DAY_MS);
  const at = (days: number) => new Date(filedAt + Math.floor(days * DAY_MS)).toISOString();
  const kind = KINDS[i % KINDS.length] ?? 'complaint';
  // Most are answered within weeks, some after the three months; the numbers only have to be spread.
  const days = ((i * 7919) % 1_000) ** 2 / 8_000;
  const events: [string, NewEvent][] = [];
  const due = kind === 'thanks' ? {} : { due: at(92) };
  events.push([at(0), { type: 'MatterFiled', data: { matterId, kind, ...due, details: ref(i, 1) } }]);
  if (i % 20 > 0) {
    const released = {
      matterId,
      category: `category-${(i * 7) % CATEGORIES}`,
      area: `area-${(i * 13) % AREAS}`,
      department: `department-${((i * 7) % CATEGORIES) % DEPARTMENTS}`,
      text: ref(i, 2),
      photos: [],
      place: ref(i, 3),
      target: at(21),
    };
    events.push([at(0.5), { type: 'MatterReleased', data: released }]);
  }
  if (i % 20 > 2) {
    const state = i % 20 > 6 ? { state: 'resolved', stateKind: 'fixed' as const } : CLOSED;
    const answered = { matterId, ...state, words: ref(i, 4), happenedAt: at(1 + days) };
    events.push([at(1 + days), { type: 'MatterAnswered', data: answered }]);
  }
  if (i % 20 > 17)
    events.push([at(140), { type: 'MatterReopened', data: { matterId, by: 'reporter', due: at(232) } }]);
  return { stream: `matter-${matterId}`, events };
}

const CLOSED = { state: 'cannot-be-resolved', stateKind: 'closed' as const };

/** Appends them all, each in one go. @returns how many events */
export async function appendMatters(store: EventStore, matters: number): Promise<number> {
  let count = 0;
  let waiting: Promise<unknown>[] = [];
  for (let i = 0; i < matters; i++) {
    const { stream, events } = matter(i, matters);
    const appended = events.map(([at, event]) => {
      const id = uuid(5, count++);
      const leaf = leafBytes(event, { id, stream, at, actor: 'system' });
      return { id, type: event.type, leaf, hash: leafHash(nodeCrypto, leaf) };
    });
    waiting.push(store.append({ stream, expected: 'no-stream', events: appended }));
    if (waiting.length < CALLERS) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
  return count;
}

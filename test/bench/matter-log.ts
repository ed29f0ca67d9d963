/**
 * A log of so many matters of one year, made up but of the real shapes: of twenty, nineteen are released, seventeen answered
 * after days that thin out, thirteen fixed, and two opened again. The same number gives the same bytes.
 */
import type { NewEvent } from '../../projections/event.js';
import { leafBytes } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { dueOf } from '../../src/complaints/matter.js';
import { targetDue, workingCalendar } from '../../src/city/deadlines.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { aboutOf, CATEGORIES, chance, refOf, uuid } from './matter-contents.js';

export const YEAR = 2026;
const START = Date.UTC(YEAR, 0, 2);
const DAY_MS = 86_400_000;
const CALLERS = 500;
/** Of a city that declared nothing: deadlines end where the program would have them end, so that it moves none at its start. */
const CALENDAR = workingCalendar('UTC', []);
const TARGET_DAYS = 15;
/** Within which something of a category is near, in metres. */
const RADIUS = 100;
const KINDS = ['complaint', 'complaint', 'complaint', 'complaint', 'suggestion', 'thanks'] as const;

/** The id of the matter of a number. */
export function matterIdOf(i: number): string {
  return uuid(0, i);
}

interface InStream {
  readonly stream: string;
  readonly events: readonly (readonly [at: string, NewEvent])[];
}

/** What becomes of the matter of a number, with when. */
export function matter(i: number, matters: number): InStream {
  const matterId = matterIdOf(i);
  const filedAt = START + Math.floor((i / matters) * 330 * DAY_MS);
  const at = (days: number) => new Date(filedAt + Math.floor(days * DAY_MS)).toISOString();
  const kind = KINDS[i % KINDS.length] ?? 'complaint';
  // Most are answered within weeks, some after the three months; the numbers only have to be spread.
  const days = ((i * 7919) % 1_000) ** 2 / 8_000;
  const fate = Math.floor(chance(i, 3) * 20);
  const events: [string, NewEvent][] = [];
  events.push([
    at(0),
    { type: 'MatterFiled', data: { matterId, kind, ...dueIn(at(0), kind), details: refOf(i, 'details') } },
  ]);
  if (fate > 0) {
    const [text, place] = [refOf(i, 'text'), refOf(i, 'place')];
    const released = {
      matterId,
      ...aboutOf(i),
      text,
      photos: [],
      place,
      target: targetDue(at(0), TARGET_DAYS, CALENDAR).end,
    };
    events.push([at(0.5), { type: 'MatterReleased', data: released }]);
  }
  if (fate > 2) {
    const state = fate > 6 ? { state: 'resolved', stateKind: 'fixed' as const } : CLOSED;
    const answered = { matterId, ...state, words: refOf(i, 'words'), happenedAt: at(1 + days) };
    events.push([at(1 + days), { type: 'MatterAnswered', data: answered }]);
  }
  if (fate > 17)
    events.push([
      at(140),
      { type: 'MatterReopened', data: { matterId, by: 'reporter', ...dueIn(at(140), kind) } },
    ]);
  return { stream: `matter-${matterId}`, events };
}

function dueIn(at: string, kind: (typeof KINDS)[number]): { due?: string } {
  const due = dueOf(kind, at, CALENDAR);
  return due === undefined ? {} : { due };
}

const CLOSED = { state: 'cannot-be-resolved', stateKind: 'closed' as const };

/** How what is public of a matter came to be shown, each in a stream of its own. */
function shown(i: number, matters: number): InStream[] {
  return matter(i, matters).events.flatMap(([at, { type, data }]) => {
    const refs =
      type === 'MatterReleased' ? [data.text, data.place] : type === 'MatterAnswered' ? [data.words] : [];
    return refs.flatMap((ref) => {
      if (ref === undefined) return [];
      const event = {
        type: 'ContentReleased' as const,
        data: { contentId: ref.id, commitment: ref.commitment },
      };
      return [{ stream: `content-${ref.id}`, events: [[at, event] as const] }];
    });
  });
}

/** Appends them all, each in one go. @returns how many events */
export function appendMatters(store: EventStore, matters: number): Promise<number> {
  return append(store, matters, EVENT_IDS, (i) => [matter(i, matters)]);
}

/** Appends that their words and places are shown. @returns how many events */
export function appendShown(store: EventStore, matters: number): Promise<number> {
  return append(store, matters, SHOWN_IDS, (i) => shown(i, matters));
}

/** What the city says of the categories: without it nothing is near. */
export function appendCategories(store: EventStore): Promise<number> {
  return append(store, 1, CATEGORY_IDS, () => [
    {
      stream: 'complaints',
      events: Array.from({ length: CATEGORIES }, (_, i) => [
        new Date(START - DAY_MS).toISOString(),
        described(i),
      ]),
    },
  ]);
}

function described(i: number): NewEvent {
  return {
    type: 'CategoryDescribed',
    data: {
      categoryId: `category-${i}`,
      name: refOf(i, 'text'),
      kinds: ['complaint', 'suggestion', 'thanks'],
      questions: [],
      anonymous: true,
      confirm: false,
      radius: RADIUS,
      keywords: [],
    },
  };
}

const CATEGORY_IDS = 7;
const EVENT_IDS = 5;
const SHOWN_IDS = 6;

async function append(
  store: EventStore,
  matters: number,
  ids: number,
  streamsOf: (i: number) => readonly InStream[],
): Promise<number> {
  let count = 0;
  let waiting: Promise<unknown>[] = [];
  for (let i = 0; i < matters; i++) {
    for (const { stream, events } of streamsOf(i)) {
      const appended = events.map(([at, event]) => {
        const id = uuid(ids, count++);
        const leaf = leafBytes(event, { id, stream, at, actor: 'system' });
        return { id, type: event.type, leaf, hash: leafHash(nodeCrypto, leaf) };
      });
      waiting.push(store.append({ stream, expected: 'no-stream', events: appended }));
    }
    if (waiting.length < CALLERS) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
  return count;
}

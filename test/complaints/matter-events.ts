/** Events of one matter for tests of folds and rules: each a minute after the one before, and made by name. */
import type { DataOf, EventName } from '../../projections/events/catalogue.js';
import type { LogEvent } from '../../projections/event.js';
import { foldInto, type Projection } from '../../projections/projection.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import { newThingId } from '../../src/event-store/event-ids.js';

export const START = Date.parse('2026-10-05T08:00:00.000Z');
export const LAMP = idOf('lamp');
export const CASE = idOf('case');

export function idOf(name: string): string {
  return newThingId('resident', name, 'matter');
}

/** A content that is nowhere. */
export function refOf(name: string) {
  return {
    id: newThingId('resident', name, 'content'),
    commitment: toBase64url(nodeCrypto.sha256(utf8(name))),
  };
}

/** The instant so many minutes after the start. */
export function minute(number: number): string {
  return new Date(START + number * 60_000).toISOString();
}

type Said = { [T in EventName]: [type: T, data: DataOf<T>] }[EventName];

/** The first is at the start. What is added is the reporter's. */
export function logOf(...said: Said[]): LogEvent[] {
  return said.map(
    ([type, data], index) =>
      ({
        type,
        data,
        id: newThingId('test', String(index), 'event'),
        stream: 'test',
        at: minute(index),
        actor: type === 'MatterAdded' ? 'resident' : 'listener-a',
        position: BigInt(index),
        revision: BigInt(index),
      }) as LogEvent,
  );
}

export function folded<Row>(view: Projection<Row>, ...said: Said[]): Map<string, Row> {
  return foldInto(view, new Map<string, Row>(), logOf(...said));
}

export const DUE = '2027-01-05T22:59:59.999Z';
export const filed: Said = [
  'MatterFiled',
  { matterId: LAMP, kind: 'complaint', due: DUE, details: refOf('details') },
];
export const released: Said = [
  'MatterReleased',
  {
    matterId: LAMP,
    category: 'street-lamp',
    area: 'north',
    department: 'works',
    text: refOf('text'),
    photos: [refOf('photo')],
    place: refOf('place'),
    target: '2026-10-20T21:59:59.999Z',
  },
];

/** A move to a state, `open` when nothing else is said. */
export function moved(state: string, data: Partial<DataOf<'MatterMoved'>> = {}): Said {
  const plain = { stateKind: 'open' as const, stops: false, happenedAt: minute(9) };
  return ['MatterMoved', { matterId: LAMP, state, ...plain, ...data }];
}

export function answered(data: Partial<DataOf<'MatterAnswered'>> = {}): Said {
  const plain = { state: 'resolved', stateKind: 'fixed' as const, happenedAt: minute(9) };
  return ['MatterAnswered', { matterId: LAMP, words: refOf('answer'), ...plain, ...data }];
}

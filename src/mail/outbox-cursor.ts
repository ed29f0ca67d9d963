/** Where a page of the outbox goes on, as it stands in addresses. */
import { fromBase64url, toBase64url, utf8 } from '../../projections/bytes.js';
import { isUuid } from '../event-store/event-ids.js';
import { Problem } from '../rest/problem.js';
import type { OutboxPlace } from './outbox-desk.js';

export function cursorOf({ at, id }: OutboxPlace): string {
  return toBase64url(utf8(`${at.toISOString()} ${id}`));
}

/** @throws Problem `invalid-cursor` */
export function placeFrom(cursor: string): OutboxPlace {
  const text = Buffer.from(fromBase64url(cursor) ?? []).toString();
  const [, at, id] = /^(\S{24}) ([0-9a-f-]{36})$/.exec(text) ?? [];
  const date = new Date(at ?? '');
  if (id === undefined || !isUuid(id) || Number.isNaN(date.getTime()))
    throw new Problem('invalid-cursor', { field: 'cursor' });
  return { at: date, id };
}

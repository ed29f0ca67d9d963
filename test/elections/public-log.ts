/** The log as a stranger takes it: over HTTP, page by page. */
import type { RecordedEvent } from '../../projections/event.js';
import type { EventBody, EventPage } from '../../src/log/events.controller.js';
import type { Site } from '../rest/site.js';
import { bytes, json } from './booth.js';

export async function wholeLog(site: Site, limit?: number): Promise<EventBody[]> {
  const all: EventBody[] = [];
  let path: string | undefined = `/api/v1/events${limit === undefined ? '' : `?limit=${limit}`}`;
  while (path !== undefined) {
    const page: EventPage = await json<EventPage & Record<string, unknown>>(site.fetch(path));
    all.push(...page.items);
    path = page.links.next;
  }
  return all;
}

/** What `openEvent` takes, from what is public alone. */
export function recordedFrom({ position, revision, stream, type, leaf, hash }: EventBody): RecordedEvent {
  const { id } = JSON.parse(Buffer.from(bytes(leaf)).toString()) as { id: string };
  return {
    position: BigInt(position),
    revision: BigInt(revision),
    stream,
    id,
    type,
    leaf: bytes(leaf),
    hash: bytes(hash),
    recordedAt: new Date(0),
    commandId: undefined,
    requestDigest: undefined,
  };
}

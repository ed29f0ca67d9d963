/**
 * What the log says of every content that it names: that some event refers to it, and whether it is shown. A content that
 * is not here is nobody's in the log, which is how orphans are found.
 */
import type { LogEvent } from './event.js';
import { catalogue, type EventName } from './events/catalogue.js';
import { projection, type Handler, type ProjectionDefinition } from './projection.js';

export interface ContentRow {
  /** `mentioned`: an event refers to it and it was never released. */
  state: 'mentioned' | 'released' | 'hidden' | 'erased';
  /** Once released. */
  commitment?: string;
  /** The code of why it was hidden or erased. */
  because?: string;
  /** Position of the last event that changed this row. */
  changed: number;
}

/** Ids of the contents that an event's data refers to (objects of just `id` and `commitment`), each once. */
export function contentsMentioned(data: unknown): string[] {
  const ids = new Set<string>();
  collect(data, ids);
  return [...ids];
}

function collect(value: unknown, ids: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const parts = Object.values(value) as unknown[];
  const { id, commitment } = value as Record<string, unknown>;
  if (parts.length === 2 && typeof id === 'string' && typeof commitment === 'string') ids.add(id);
  else for (const part of parts) collect(part, ids);
}

/** Whether data of this schema can refer to a content: most events cannot, and then nobody searches them. */
function hasContentRef(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { properties } = schema as { properties?: Record<string, unknown> };
  if (properties?.id && properties.commitment && Object.keys(properties).length === 2) return true;
  return Object.values(schema).some(hasContentRef);
}

const mention: Handler<ContentRow, EventName> = {
  key: (event) => contentsMentioned(event.data),
  fold: (row, event) => row ?? { state: 'mentioned', changed: Number(event.position) },
};

const mentions = Object.fromEntries(
  Object.entries(catalogue)
    .filter(([, type]) => hasContentRef(type.data))
    .map(([name]) => [name, mention]),
) as ProjectionDefinition<ContentRow>['on'];

type LifeEvent = LogEvent<'ContentReleased' | 'ContentHidden' | 'ContentErased'>;

function foldLife(row: ContentRow | undefined, event: LifeEvent): ContentRow {
  // Nothing brings back what was erased, whatever the log should say.
  if (row?.state === 'erased') return row;
  const changed = Number(event.position);
  switch (event.type) {
    case 'ContentReleased':
      return { state: 'released', commitment: event.data.commitment, changed };
    case 'ContentHidden':
      return { ...row, state: 'hidden', because: event.data.reason, changed };
    case 'ContentErased':
      return { ...row, state: 'erased', because: event.data.basis, changed };
  }
}

const life = { key: (event: LifeEvent) => event.data.contentId, fold: foldLife };

export const contentsView = projection<ContentRow>({
  name: 'contents',
  version: 1,
  on: {
    ...mentions,
    ContentReleased: life,
    ContentHidden: life,
    ContentErased: life,
  },
  columns: { state: { type: 'text', value: (row) => row.state } },
  indexes: [['state']],
});

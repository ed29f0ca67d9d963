/** Reads the log once for a bundle: what is public in it, and its views as they were last published. */
import type { BundleFile } from '../../projections/audit/bundle.js';
import { concat, utf8 } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { contentsMentioned, contentsView, type ContentRow } from '../../projections/contents.view.js';
import type { Crypto } from '../../projections/crypto.js';
import { openEvent, type LogEvent } from '../../projections/event.js';
import { bundlesOf, tilePath } from '../../projections/ledger/tile-path.js';
import { byKeyBytes, foldInto, label } from '../../projections/projection.js';
import { allViews } from '../../projections/views.js';
import type { EventStore } from '../event-store/event-store.js';
import { DIGESTS_STREAM } from '../views/publish.js';
import type { AnyProjection } from '../views/table.js';
import type { BundleOptions } from './bundle.js';
import { entriesOf, ListedEntries } from './entries.js';

const PAGE = 1_000;
/** Rows of a view in one file. */
const ROWS = 2_000;

export interface ReadLog {
  /** What the log says of every content. */
  readonly contents: ReadonlyMap<string, ContentRow>;
  /** Of one election, where it is asked for alone: the contents that its events refer to. */
  readonly mentioned: ReadonlySet<string> | undefined;
  /** Of each election the digests of its counts. */
  readonly elections: ReadonlyMap<string, ReadonlySet<string>>;
  readonly results: ReadonlySet<string>;
  /** The views as they were last published. */
  readonly views: readonly BundleFile[];
  readonly entries: readonly BundleFile[];
}

/** One reading of the log: what is public in it, the views as they were published, and what the manifest says of its entries. */
export async function readLog(
  { store, crypto }: { readonly store: EventStore; readonly crypto: Pick<Crypto, 'sha256'> },
  size: bigint,
  { onProgress, electionId }: BundleOptions,
): Promise<ReadLog> {
  const contents = new Map<string, ContentRow>();
  const elections = new Map<string, Set<string>>();
  const results = new Set<string>();
  const mentioned = electionId === undefined ? undefined : new Set<string>();
  const views = await publishedViews(store, crypto, size);
  const listed = new ListedEntries(crypto);
  for await (const page of store.readAll(-1n, PAGE)) {
    const recorded = page.filter(({ position }) => position < size);
    const events = recorded.map((one) => openEvent(crypto, one));
    for (const { leaf } of recorded) listed.add(leaf);
    foldInto(contentsView, contents, events);
    for (const { view, index, rows } of views) foldInto(view, rows, upTo(events, index));
    for (const { type, data } of events) {
      if (mentioned !== undefined && 'electionId' in data && data.electionId === electionId)
        for (const id of contentsMentioned(data)) mentioned.add(id);
      if (type === 'ElectionDefined') elections.set(data.electionId, new Set());
      if (type === 'TallyPublished') {
        elections.get(data.electionId)?.add(data.outputDigest);
        results.add(data.outputDigest);
      }
    }
    const last = events.at(-1);
    if (last !== undefined) onProgress?.(Number(last.position) + 1, Number(size));
    if (events.length < page.length) break;
  }
  return {
    contents,
    mentioned,
    elections,
    results,
    views: views.flatMap(rowFiles),
    entries: [...bundlesOf(size)].map((name, i) => ({
      name: tilePath(name),
      read: () => entriesOf(store, name),
      listed: listed.of(i),
    })),
  };
}

function upTo(events: readonly LogEvent[], index: number): readonly LogEvent[] {
  const last = events.at(-1);
  if (last === undefined || last.position <= BigInt(index)) return events;
  return events.filter(({ position }) => position <= BigInt(index));
}

interface PublishedView {
  readonly view: AnyProjection;
  /** The last one that the log states a digest of. */
  readonly index: number;
  readonly rows: Map<string, unknown>;
}

/** Of a view that was not published in this version there is nothing: nobody could hold it against anything. */
async function publishedViews(
  store: EventStore,
  crypto: Pick<Crypto, 'sha256'>,
  size: bigint,
): Promise<PublishedView[]> {
  const indices = new Map<string, number>();
  for await (const recorded of store.readStream(DIGESTS_STREAM)) {
    if (recorded.position >= size) break;
    const { type, data } = openEvent(crypto, recorded);
    if (type === 'ViewPublished') indices.set(data.view, data.index);
  }
  return allViews.flatMap((view) => {
    const index = indices.get(label(view));
    return index === undefined ? [] : [{ view, index, rows: new Map<string, unknown>() }];
  });
}

/** Row by row as its digest takes them. */
function rowFiles({ view, index, rows }: PublishedView): BundleFile[] {
  const files: BundleFile[] = [];
  const sorted = [...rows].sort(byKeyBytes);
  for (let part = 0; part === 0 || part * ROWS < sorted.length; part++) {
    const rowsOfPart = sorted.slice(part * ROWS, (part + 1) * ROWS);
    files.push({
      name: `views/${label(view)}/${index}/${String(part).padStart(6, '0')}`,
      read: () => concat(...rowsOfPart.flatMap(lineOf)),
    });
  }
  return files;
}

/** A row as a line: key, tab, canonical JSON. */
function lineOf([key, row]: readonly [string, unknown]): Uint8Array[] {
  return [utf8(`${key}\t`), canonicalBytes(row, Number.MAX_SAFE_INTEGER), utf8('\n')];
}

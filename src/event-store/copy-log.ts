/**
 * Copies a log from one engine to another: the same leaves in the same order under the same root, with what lies outside them
 * (command ids, request digests, instants). May be broken off at any moment and run again: what is there is compared first.
 */
import { equalBytes } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { DamagedEvent, type RecordedEvent } from '../../projections/event.js';
import { ahead } from './ahead.js';
import { isSameRequest } from './copied-appends.js';
import { StreamConflict, type EventStore } from './event-store.js';
import { LogRoot } from './log-root.js';

/** A log that is not copied; the message says what to do. */
export class CopyRefused extends Error {
  constructor(
    readonly code:
      | 'copy-target-different'
      | 'copy-target-ahead'
      | 'copy-target-written-to'
      | 'copy-source-damaged'
      | 'copy-target-damaged'
      | 'copy-roots-differ',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CopyRefused';
  }
}

export interface Copied {
  /** Events that the target had before, and those that were copied now. */
  readonly found: bigint;
  readonly copied: bigint;
  /** Events of both logs now. */
  readonly size: bigint;
  /** The root over them (RFC 9162), computed from the leaves of each. */
  readonly root: Uint8Array;
  /** The source went on meanwhile: somebody writes to it, and will go on to. */
  readonly grew: boolean;
}

export interface CopyOptions {
  /** Told after each page. */
  readonly onProgress?: (step: 'comparing' | 'copying' | 'verifying', done: bigint, of: bigint) => void;
  /** Once the target was found to hold the beginning of the source, and before anything is written to it. */
  readonly onBegin?: () => Promise<void>;
  readonly pageSize?: number;
}

/**
 * Brings the target to the head of the source, as it is at the end. Nobody else may write to the target meanwhile.
 * @throws CopyRefused, EngineUnavailable, UnknownEvent
 */
export async function copyLog(
  crypto: Pick<Crypto, 'sha256'>,
  from: EventStore,
  to: EventStore,
  { onProgress, onBegin, pageSize = 1_000 }: CopyOptions = {},
): Promise<Copied> {
  const seen = await from.head();
  const found = (await to.head()) + 1n;
  const source = new LogRoot(crypto);
  await compare(source, from, to, pageSize, (done) => onProgress?.('comparing', done, found));
  if (source.size <= seen) await onBegin?.();
  for (let head = seen; source.size <= head; head = await from.head()) {
    for await (const page of ahead(from.readAll(source.size - 1n, pageSize))) {
      const before = source.size;
      for (const event of page) add(source, event, 'source');
      if ((await to.head()) !== before - 1n) throw writtenTo(before);
      await take(to, page);
      onProgress?.('copying', source.size, head + 1n);
    }
  }
  const { size } = source;
  const target = new LogRoot(crypto);
  for await (const page of ahead(to.readAll(-1n, pageSize))) {
    for (const event of page) add(target, event, 'target');
    onProgress?.('verifying', target.size, size);
  }
  const root = source.root();
  if (target.size !== size || !equalBytes(target.root(), root)) {
    throw new CopyRefused(
      'copy-roots-differ',
      'The two logs have not the same root although every event was copied: somebody wrote to the target, or its storage ' +
        'is damaged. Do not serve it: begin again with an empty one.',
    );
  }
  return { found, copied: size - found, size, root, grew: size > seen + 1n };
}

/** @throws CopyRefused, UnknownEvent */
function add(tree: LogRoot, event: RecordedEvent, of: 'source' | 'target'): void {
  try {
    tree.add(event);
  } catch (cause) {
    if (!(cause instanceof DamagedEvent)) throw cause;
    throw new CopyRefused(
      `copy-${of}-damaged`,
      `The ${of} is damaged (${cause.message}): look at it with concejo doctor. Nothing more is copied.`,
      { cause },
    );
  }
}

/** Goes through all that the target has, beside the source. @throws CopyRefused */
async function compare(
  source: LogRoot,
  from: EventStore,
  to: EventStore,
  pageSize: number,
  onPage: (done: bigint) => void,
): Promise<void> {
  const pages = ahead(from.readAll(-1n, pageSize));
  try {
    let waiting: RecordedEvent[] = [];
    for await (const page of ahead(to.readAll(-1n, pageSize))) {
      while (waiting.length < page.length) {
        const next = await pages.next();
        if (next.done === true) break;
        waiting = [...waiting, ...next.value];
      }
      for (const [i, there] of page.entries()) {
        const event = waiting[i];
        if (event === undefined) {
          throw new CopyRefused(
            'copy-target-ahead',
            `The target has all ${source.size} events of the source and more: it is in use already, or the two were confused.`,
          );
        }
        if (!isSame(event, there)) {
          throw new CopyRefused(
            'copy-target-different',
            `From event ${event.position} on, the target holds another log. Copy into an empty one.`,
          );
        }
        add(source, event, 'source');
      }
      waiting = waiting.slice(page.length);
      onPage(source.size);
    }
  } finally {
    await pages.return(undefined);
  }
}

/** All but the instant: an engine may keep one of its own. */
function isSame(one: RecordedEvent, other: RecordedEvent): boolean {
  const texts = ['id', 'stream', 'type', 'revision', 'position', 'commandId'] as const;
  return (
    texts.every((name) => one[name] === other[name]) &&
    equalBytes(one.hash, other.hash) &&
    equalBytes(one.leaf, other.leaf) &&
    isSameRequest(one, other)
  );
}

async function take(to: EventStore, page: readonly RecordedEvent[]): Promise<void> {
  try {
    await to.copyIn(page);
  } catch (error) {
    throw error instanceof StreamConflict ? writtenTo(page[0]?.position ?? 0n) : error;
  }
}

function writtenTo(position: bigint): CopyRefused {
  return new CopyRefused(
    'copy-target-written-to',
    `Somebody else writes to the target: event ${position} did not come into its place. Stop that, and begin again with an empty one.`,
  );
}

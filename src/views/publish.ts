/** Puts the digests of views into the log, so that anybody can fold it and compare. */
import type { Pool } from 'pg';
import { utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { NewEvent } from '../../projections/event.js';
import type { CommandLog, CommandMeta, Receipt, Rejection } from '../event-store/command-log.js';
import { digestsOf } from './digest.js';
import { ViewsBehind } from './freshness.js';
import type { AnyProjection } from './table.js';

export const DIGESTS_STREAM = 'views';

/**
 * Appends a `ViewPublished` for each view to the stream `views`: its digest at its checkpoint, which is one and the same for
 * all. Of an empty log there is nothing to publish. A repeated command id publishes nothing again.
 * @throws ViewsBehind when a view is not live in this version, or while they have not all come to one position; AbortError
 */
export async function publishDigests(
  { pool, crypto, log }: { pool: Pool; crypto: Pick<Crypto, 'sha256'>; log: CommandLog },
  views: readonly AnyProjection[],
  meta: Omit<CommandMeta, 'request'>,
  signal?: AbortSignal,
): Promise<Receipt | Rejection> {
  const digests = await digestsOf(pool, crypto, views, signal);
  // A view that was just built may be ahead of the others until the next event.
  if (digests.some(({ index }) => index !== digests[0]?.index)) throw new ViewsBehind();
  const events: NewEvent[] = digests
    .filter(({ index }) => index >= 0n)
    .map(({ view, index, digest }) => ({
      type: 'ViewPublished',
      data: { view, index: Number(index), digest },
    }));
  return log.run({
    stream: DIGESTS_STREAM,
    // What is asked for is the same at every try, whatever the views have come to.
    meta: { ...meta, request: utf8('publish-digests') },
    initial: undefined,
    evolve: () => undefined,
    decide: () => events,
  });
}

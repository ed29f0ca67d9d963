/** `concejo copy-log --from WHERE --to WHERE`: the log, and nothing else, from one engine to another. */
import type { Pool } from 'pg';
import { toBase64url } from '../../projections/bytes.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { copyLog } from '../event-store/copy-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { assertWhole, markIncoming, markWhole } from '../event-store/incoming.js';
import { PostgresEventStore } from '../event-store/postgres.js';
import { makeLog } from '../rest/logger.js';
import { assertThere, ownDatabase, settingsOf, workDatabase } from './log-place.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { progressBar } from './progress.js';

interface OpenLog {
  readonly store: EventStore;
  readonly pool: Pool;
  close(): Promise<void>;
}

export async function copyLogTo(options: OutputOptions & { from: string; to: string }): Promise<void> {
  const { from, to } = options;
  if (from === to) throw new CommandFailed('copy-to-itself', `${from} is where the log is already.`);
  assertThere(settingsOf(from));
  const log = makeLog(process.env.LOG_LEVEL ?? 'warn', 'stderr');
  const source = withStore(await ownDatabase(settingsOf(from), log, true));
  try {
    await assertWhole(source.pool);
    const target = withStore(await workDatabase(settingsOf(to), log));
    try {
      const copied = await copyMarked(source, target);
      const { found, copied: events, size, root, grew } = copied;
      print(
        { from, to, found, copied: events, size, root: toBase64url(root), grew },
        [
          `${events} events were copied after ${found} that were there: ${size} in both, under one root, ${toBase64url(root)}.`,
          grew
            ? 'The source went on meanwhile. Stop what serves it, and run this again: it takes what came since. Nothing serves the target until then.'
            : 'Before you serve the target, stop what serves the source: from then on they would be two logs.',
          'Only the log was copied. Texts, roll, keys of pseudonyms and acts stay where they are: concejo backup takes all of it.',
        ],
        options,
      );
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** While it goes on, or after it was broken off, nothing serves the target. */
async function copyMarked(source: OpenLog, target: OpenLog) {
  const bars = {
    comparing: progressBar('Comparing'),
    copying: progressBar('Copying'),
    verifying: progressBar('Verifying'),
  };
  const copied = await copyLog(nodeCrypto, source.store, target.store, {
    onBegin: () => markIncoming(target.pool, 'copy-log'),
    onProgress: (step, done, of) => bars[step].at(Number(done), Number(of)),
  });
  for (const bar of Object.values(bars)) bar.stop();
  // A source that is still written to is not at its end.
  if (!copied.grew) await markWhole(target.pool);
  return copied;
}

function withStore(database: Pick<OpenLog, 'pool' | 'close'>): OpenLog {
  const { pool } = database;
  const store = new PostgresEventStore(pool);
  return { store, pool, close: () => store.close().finally(() => database.close()) };
}

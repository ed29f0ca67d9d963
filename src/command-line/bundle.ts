/** `concejo bundle [ELECTION] --out FILE`: everything that an audit needs, in one file. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import { writeBundle } from '../../projections/audit/bundle.js';
import type { Crypto } from '../../projections/crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { bundleOf } from '../ledger/bundle.js';
import { Ledger } from '../ledger/ledger.js';
import { CRYPTO, EVENT_STORE, POOL } from '../platform.module.js';
import { assertWritable } from './input.js';
import { print, type OutputOptions } from './output.js';
import { progressBar } from './progress.js';
import { withApplication } from './running.js';

export async function bundle(
  electionId: string | undefined,
  options: OutputOptions & { out: string },
): Promise<void> {
  const { out } = options;
  assertWritable(out);
  const made = await withApplication(async (app) => {
    const ledger = app.get(Ledger, { strict: false });
    const store = app.get<EventStore>(EVENT_STORE, { strict: false });
    const crypto = app.get<Crypto>(CRYPTO, { strict: false });
    const bar = progressBar('Reading the log');
    const { facts, files } = await bundleOf(
      { store, ledger, crypto, pool: app.get<Pool>(POOL, { strict: false }) },
      { ...(electionId !== undefined && { electionId }), onProgress: (done, of) => bar.at(done, of) },
    );
    bar.stop();
    // Beside it first, so that a file with this name is whole.
    const beside = `${out}.part`;
    try {
      await pipeline(Readable.from(writeBundle(crypto, facts, files)), createWriteStream(beside));
      await rename(beside, out);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    return { ...facts, files: files.length };
  });
  print(
    { out, ...made },
    [
      `${out}: ${made.size} events of ${made.origin} in ${made.files} files, under the root ${made.root}.`,
      `Anybody checks it with: concejo audit ${out}`,
    ],
    options,
  );
}

/** `concejo export ELECTION`: a counted election as a `.pb` file. */
import { writeFileSync } from 'node:fs';
import { PublicContents } from '../contents/public-contents.js';
import { RollLines } from '../elections/roll-lines.js';
import { exportPabulib, ExportRefused } from '../pabulib/export.js';
import { CRYPTO, EVENT_STORE, POOL } from '../platform.module.js';
import { assertWritable } from './input.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { withApplication } from './running.js';

const WHY: Readonly<Record<ExportRefused['code'], string>> = {
  'election-unknown': 'There is no election with this id.',
  'key-not-published': 'Its ballots are sealed until the close: export it when its key is published.',
  'several-areas': 'A .pb file holds one budget: name the area with --area.',
};

export async function exportElection(
  electionId: string,
  options: OutputOptions & { area?: string; out?: string },
): Promise<void> {
  if (options.json && options.out === undefined)
    throw new CommandFailed('out-missing', '--json needs --out: the file would stand in its place.');
  if (options.out !== undefined) assertWritable(options.out);
  const bytes = await withApplication((app) =>
    exportPabulib(
      {
        store: app.get(EVENT_STORE, { strict: false }),
        crypto: app.get(CRYPTO, { strict: false }),
        pool: app.get(POOL, { strict: false }),
        rollLines: app.get(RollLines, { strict: false }),
        contents: app.get(PublicContents, { strict: false }),
      },
      electionId,
      options.area,
    ).catch((error: unknown) => {
      throw error instanceof ExportRefused ? new CommandFailed(error.code, WHY[error.code]) : error;
    }),
  );
  if (options.out === undefined) {
    process.stdout.write(bytes);
    return;
  }
  writeFileSync(options.out, bytes);
  print({ out: options.out, bytes: bytes.length }, [`${options.out}: ${bytes.length} bytes`], options);
}

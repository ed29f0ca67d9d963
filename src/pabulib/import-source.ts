/** A file as it is imported: its election and the names of everything that the import makes of it. */
import { createHash } from 'node:crypto';
import { newThingId } from '../event-store/event-ids.js';
import { type CountedFile, type CountingOptions, readCountedFile } from './counted-file.js';
import type { FileBallot } from './election-file.js';

export interface ImportSource extends CountedFile {
  /** Of the file and how it is counted: the same import again has the same. */
  hash: string;
  electionId: string;
  web: readonly FileBallot[];
  paper: readonly FileBallot[];
}

/** @throws FileNotCounted */
export function readSource(bytes: Uint8Array, options: CountingOptions): ImportSource {
  const counted = readCountedFile(bytes, options);
  const hash = createHash('sha256')
    .update(bytes)
    .update(JSON.stringify(counted.ruleset))
    .update(String(options.lenient ?? false))
    .digest('base64url');
  const { ballots } = counted.election;
  return {
    ...counted,
    hash,
    electionId: newThingId('import', hash, 'election'),
    web: ballots.filter(({ paper }) => !paper),
    paper: ballots.filter(({ paper }) => paper),
  };
}

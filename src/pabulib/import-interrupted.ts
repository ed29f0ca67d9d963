/** An import whose database went away in the middle: nothing is wrong with the file, and nothing is lost. */
import { messageOf } from '../postgres/postgres-error.js';
import { problemFrom } from '../rest/unexpected.js';

export class ImportInterrupted extends Error {
  readonly code = 'import-interrupted';
  constructor(cause: unknown) {
    super(
      `The import was interrupted: the database cannot be reached (${messageOf(deepest(cause))}). What it has done ` +
        'is kept: when the database is back, run the same command again, and it goes on where it stopped.',
      { cause },
    );
    this.name = 'ImportInterrupted';
  }
}

/** The same error, unless it says of the database that it is not there now. */
export function explainInterruption(error: unknown): unknown {
  // What a controller would answer with "try again".
  return problemFrom(error)?.status === 503 ? new ImportInterrupted(error) : error;
}

function deepest(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? deepest(error.cause) : error;
}

/** What can be wrong with the database, each with a stable code and what to do next. */

export type PostgresErrorCode =
  | 'data-folder-not-writable'
  | 'data-folder-in-use'
  | 'disk-full'
  | 'postgres-binaries-missing'
  | 'postgres-data-missing'
  | 'postgres-version-mismatch'
  | 'postgres-version-unsupported'
  | 'postgres-start-failed'
  | 'postgres-unreachable'
  | 'migration-badly-named'
  | 'migration-changed'
  | 'migration-missing'
  | 'migration-out-of-order'
  | 'migration-blocked'
  | 'migration-failed';

/** The message is for whoever runs the program; it never holds a password. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';

  constructor(
    readonly code: PostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR']);

/** Code of a failed system call, such as `ENOENT`; undefined for any other error. Looks at its shape, not its class. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  return String(error.message);
}

/** Words a failed file operation under `folder` for its owner; any other error is returned as it is. */
export function explainFileError(error: unknown, folder: string): unknown {
  const errno = errnoOf(error);
  if (error instanceof PostgresError || errno === undefined) return error;
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return diskFull(folder, error);
  if (!NOT_WRITABLE.has(errno)) return error;
  const user = process.getuid === undefined ? 'this user' : `user id ${process.getuid()}`;
  return new PostgresError(
    'data-folder-not-writable',
    `The data folder ${folder} cannot be written by ${user} (${messageOf(error)}). ` +
      'Give it to that user (chown, chmod u+rwx), or set CONCEJO_DATA to another folder.',
    { cause: error },
  );
}

/** In the words of the file system or of PostgreSQL, which also tells of a last write that fitted in part. */
export function saysDiskFull(text: string): boolean {
  return /No space left on device|Disk quota exceeded|wrote only \d+ of \d+ bytes/i.test(text);
}

export function diskFull(folder: string, cause: unknown): PostgresError {
  return new PostgresError(
    'disk-full',
    `The disk of the data folder ${folder} is full. Free some space (an empty database needs 100 MB) and start ` +
      'again: what was acknowledged is still there.',
    { cause },
  );
}

/** Which failures of PostgreSQL say nothing about the statement: the connection, the server or its resources are at fault. */
import pg from 'pg';

/**
 * SQLSTATE classes: 08 connection, 25 transaction state (a standby is read-only, a session sat idle), 40 rollback (deadlock),
 * 53 resources (disk full, too many connections), 55 lock not available, 57 operator intervention (shutdown, time-out),
 * 58 system error, XX internal error.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const CLASSES = new Set(['08', '25', '40', '53', '55', '57', '58', 'XX']);

/** True where trying again later can help, and where nobody knows whether a commit went through. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return CLASSES.has(error.code?.slice(0, 2) ?? 'XX');
  // Connections that break or time out give plain errors and errors of system calls; these two are bugs of ours.
  return !(error instanceof TypeError || error instanceof RangeError);
}

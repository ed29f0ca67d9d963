/** Folders and databases that live as long as a benchmark. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationsFolder } from '../../src/postgres/database.js';
import { startEmbedded, type Embedded } from '../../src/postgres/embedded.js';
import { migrate } from '../../src/postgres/migrate.js';

/** A reader of the numbers has to know what is wrong, and nothing else. */
export const quietLog = { info: () => undefined, warn: (message: string) => console.warn(message) };

/** Runs work with a new folder in the temporary one, as root or not, and removes it. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'concejo-bench-'));
  try {
    // Root's PostgreSQL runs under another user, which has to pass through.
    await chmod(folder, 0o711);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs work on a new, migrated PostgreSQL. @param work takes the connection strings of the role that the program has, and of the
 * owner, and the server's process
 */
export async function withDatabase<T>(
  work: (url: string, ownerUrl: string, pid: number | undefined) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    const server: Embedded = await startEmbedded({ folder, log: quietLog, maxConnections: 100 });
    try {
      await migrate(server.ownerUrl, migrationsFolder(), quietLog);
      return await work(server.runtimeUrl, server.ownerUrl, server.pid);
    } finally {
      await server.stop();
    }
  });
}

/** Several `concejo serve` on one PostgreSQL, and the election that is open there. */
import pg from 'pg';
import { freePort } from '../../src/postgres/listening.js';
import type { Booth } from './ballots.js';
import { openElection } from './cast-election.js';
import { startServer, type Server } from './program.js';
import { withDatabase, withFolder } from './scratch.js';

export interface WebProcess {
  readonly name: string;
  readonly port: number;
  readonly program: Server;
}

export interface Site {
  readonly booth: Booth;
  /** Connection to the database, with the rights of the owner. */
  readonly watch: pg.Client;
  /** Starts one more process, and waits until it answers. Its connections bear its name. */
  readonly start: (name: string) => Promise<WebProcess>;
}

/** @param more settings of every process */
export async function withSite(
  voters: number,
  more: NodeJS.ProcessEnv,
  work: (site: Site) => Promise<void>,
): Promise<void> {
  await withFolder((folder) =>
    withDatabase(async (url, ownerUrl) => {
      const env = { CONCEJO_DATA: folder, DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl, ...more };
      const booth = await openElection(env, voters);
      const watch = new pg.Client({ connectionString: ownerUrl });
      await watch.connect();
      const started = new Set<Server>();
      try {
        await work({
          ...{ booth, watch },
          start: async (name) => {
            const port = await freePort();
            const own = { ...env, DATABASE_URL: named(url, name), PORT: String(port), HOST: '127.0.0.1' };
            const program = await startServer('src/main.js', ['serve'], /^Concejo serves /, {
              ...own,
              LOG_LEVEL: 'error',
            });
            started.add(program);
            return { name, port, program };
          },
        });
      } finally {
        for (const program of started) await program.stop();
        await watch.end();
      }
    }),
  );
}

/** The name of the process that holds an advisory lock; `undefined` while nobody does. */
export async function holderOf(watch: pg.Client, lock: Lock): Promise<string | undefined> {
  const { rows } = await watch.query<{ name: string }>(
    `select application_name as name from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and granted and pg_locks.classid = 1668247139 and objid = $1
       and database = (select oid from pg_database where datname = current_database())`,
    [LOCKS[lock]],
  );
  return rows[0]?.name;
}

const LOCKS = { runner: 1, sequencer: 4 } as const;
export type Lock = keyof typeof LOCKS;

function named(url: string, name: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}application_name=${name}`;
}

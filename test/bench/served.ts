/** `concejo serve` as a process of its own, on a PostgreSQL of its own. */
import { freePort } from '../../src/postgres/listening.js';
import { familyMs, processorMs } from './process-watch.js';
import { startServer } from './program.js';
import { withDatabase, withFolder } from './scratch.js';

/** A folder and a database for the program, before it is started. */
export interface Place {
  readonly folder: string;
  readonly url: string;
  readonly ownerUrl: string;
  /** The settings that say so. */
  readonly env: NodeJS.ProcessEnv;
}

export interface Served extends Place {
  readonly port: number;
  readonly origin: string;
  readonly pid: number | undefined;
  /** What some work takes of processors, divided by how many. */
  readonly cost: <T>(many: number, work: () => Promise<T>) => Promise<{ done: T; cost: string }>;
}

/** @param prepare runs before the program is started @param more settings */
export async function withServed(
  prepare: (place: Place) => Promise<void>,
  more: NodeJS.ProcessEnv,
  work: (served: Served) => Promise<void>,
): Promise<void> {
  await withFolder((folder) =>
    withDatabase(async (url, ownerUrl, postgres) => {
      const env = {
        CONCEJO_DATA: folder,
        DATABASE_URL: url,
        DATABASE_OWNER_URL: ownerUrl,
        LOG_LEVEL: 'warn',
        ...more,
      };
      const place = { folder, url, ownerUrl, env };
      await prepare(place);
      const port = await freePort();
      const program = await startServer('src/main.js', ['serve'], /^Concejo serves/, {
        ...env,
        PORT: String(port),
      });
      const { pid } = program;
      const spent = async () => [(await processorMs(pid)) ?? NaN, (await familyMs(postgres)) ?? NaN] as const;
      try {
        await work({
          ...place,
          ...{ port, origin: `http://127.0.0.1:${port}`, pid },
          cost: async (many, measured) => {
            const before = await spent();
            const done = await measured();
            const after = await spent();
            const [node, database] = [0, 1].map((i) =>
              (((after[i] ?? NaN) - (before[i] ?? NaN)) / many).toFixed(2),
            );
            return { done, cost: `processor time each: Node ${node} ms, PostgreSQL ${database} ms` };
          },
        });
      } finally {
        await program.stop();
      }
    }),
  );
}

const IDLE_SHARE = 0.05;

/** What the program does by itself after its start is done: it takes less than a twentieth of a processor. */
export async function untilIdle({ origin, pid }: Pick<Served, 'origin' | 'pid'>): Promise<void> {
  await untilQuiet(origin);
  for (let i = 0; i < 600; i++) {
    const before = (await processorMs(pid)) ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    if (((await processorMs(pid)) ?? 0) - before < 1_000 * IDLE_SHARE) return;
  }
  throw new Error('The program did not come to rest');
}

/** The tables are there, and the first digests are published. */
export async function untilQuiet(origin: string): Promise<void> {
  for (let i = 0; i < 3_000; i++) {
    const response = await fetch(`${origin}/api/v1/digests`);
    if (response.status === 200 && ((await response.json()) as { items: unknown[] }).items.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The first digests were not published');
}

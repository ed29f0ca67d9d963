/** Several processes of the real program on one PostgreSQL, as a city runs them: each with a folder of its own, and with the same secrets. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../src/postgres/listening.js';
import { startChild, type Child } from '../child.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { Client, people } from '../rest/site.js';
import { until } from '../views/world.js';

/** One of the processes. */
export class Served extends Client {
  constructor(
    origin: string,
    readonly child: Child,
  ) {
    super(origin);
  }

  /** Whether it says that it is ready. */
  async isReady(): Promise<boolean> {
    return (await this.fetch('/health/ready')).ok;
  }
}

export class Fleet {
  readonly #served: Served[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly pool: pg.Pool,
    private readonly folder: string,
    private readonly secret: string,
  ) {}

  static async start(): Promise<Fleet> {
    const database = await createTestDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'concejo-fleet-'));
    const secret = randomBytes(32).toString('base64url');
    const pool = new pg.Pool({ connectionString: database.url });
    // Its connections may still be closing when the database is dropped.
    pool.on('error', () => undefined);
    return new Fleet(database, pool, folder, secret);
  }

  /** One more process, when it is ready. */
  async serve(variables: Record<string, string> = {}): Promise<Served> {
    const port = await freePort();
    const number = this.#served.length + 1;
    const child = startChild('src/main.ts', ['serve'], {
      env: {
        CONCEJO_DATA: join(this.folder, String(number)),
        CONCEJO_ELECTION_KEYS: join(this.folder, 'election-keys'),
        CONCEJO_LOG_KEY: join(this.folder, 'log-key'),
        CONCEJO_SERVER_SECRET: this.secret,
        CONCEJO_STAFF: JSON.stringify(Object.values(people).map(({ member }) => member)),
        DATABASE_URL: this.database.url,
        DATABASE_OWNER_URL: this.database.ownerUrl,
        PORT: String(port),
        LOG_LEVEL: 'warn',
        ...variables,
      },
    });
    const served = new Served(`http://127.0.0.1:${port}`, child);
    this.#served.push(served);
    await child.line(/^Concejo serves /);
    await until(`process ${number} is ready`, () => served.isReady());
    return served;
  }

  /** Ends all of them. */
  async stop(): Promise<void> {
    for (const { child } of this.#served) child.process.kill('SIGKILL');
    await Promise.all(this.#served.map(({ child }) => child.ended));
    await this.pool.end();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * A database for a test file, on the one server that Jest's global set-up has started (see `test-server.ts`):
 *
 *     let database: TestDatabase;
 *     beforeAll(async () => (database = await createTestDatabase()));
 *     afterAll(() => database.drop());
 */
import { randomBytes } from 'node:crypto';
import { asAdmin, onDatabase, type TestServer } from './test-server.js';

export interface TestDatabase {
  /** Connection string of the role `concejo_runtime`. */
  readonly url: string;
  /** Connection string of the role `concejo_owner`, which owns the database and its tables. */
  readonly ownerUrl: string;
  /** Connection string of a superuser. */
  readonly adminUrl: string;
  /** Closes connections that are still open. */
  drop(): Promise<void>;
}

/** A copy of the migrated template; with `empty` a database without any table. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const { adminUrl, ownerUrl, runtimeUrl, prefix, error } = testServer();
  if (error !== undefined) throw new Error(`There is no database for tests: ${error}`);
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  const template = options.empty ? 'template1' : `${prefix}_template`;
  await asAdmin(adminUrl, (client) =>
    client.query(`create database ${name} owner concejo_owner template ${template}`),
  );
  return {
    url: onDatabase(runtimeUrl, name),
    ownerUrl: onDatabase(ownerUrl, name),
    adminUrl: onDatabase(adminUrl, name),
    drop: async () => {
      await asAdmin(adminUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

function testServer(): TestServer {
  const told = process.env.CONCEJO_TEST_SERVER;
  if (told === undefined) throw new Error('Jest runs without its global set-up (test/start-postgres.js).');
  return JSON.parse(told) as TestServer;
}

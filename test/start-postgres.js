/** Jest's global set-up: compiles what child processes run, and starts the one PostgreSQL of this run of the tests. */
import { pathToFileURL } from 'node:url';
import { compiledFolder, transpile } from './transpile.js';

export default async function startPostgres() {
  await transpile();
  const { startTestServer } = await import(pathToFileURL(`${compiledFolder}/test/test-server.js`).href);
  process.env.CONCEJO_TEST_SERVER = JSON.stringify(await startTestServer());
}

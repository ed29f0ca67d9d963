/** Jest's global tear-down. It runs in the process of the set-up, and so finds the server in the same module. */
import { pathToFileURL } from 'node:url';
import { compiledFolder } from './transpile.js';

export default async function stopPostgres() {
  const { stopTestServer } = await import(pathToFileURL(`${compiledFolder}/test/test-server.js`).href);
  await stopTestServer();
}

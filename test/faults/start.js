/** `npm run test:faults`: compiles what has changed, as for the tests, and runs the long form from the compiled files. */
import { pathToFileURL } from 'node:url';
import { compiledFolder, transpile } from '../transpile.js';

await transpile();
await import(pathToFileURL(`${compiledFolder}/test/faults/long.js`).href);

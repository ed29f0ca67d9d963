/** `npm run bench`: compiles what has changed, as for the tests, and runs the benchmarks from the compiled files. */
import { pathToFileURL } from 'node:url';
import { compiledFolder, transpile } from '../transpile.js';

await transpile();
await import(pathToFileURL(`${compiledFolder}/test/bench/run.js`).href);

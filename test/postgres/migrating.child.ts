/** Migrates a database, as one of several programs that start at once. Arguments: connection string, folder. */
import { migrate } from '../../src/postgres/migrate.js';

const [url = '', folder = ''] = process.argv.slice(2);
const log = { info: () => undefined, warn: () => undefined };
console.log(`ran ${JSON.stringify(await migrate(url, folder, log))}`);

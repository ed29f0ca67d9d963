/** Starts the embedded server and writes rows, one commit each, until it is killed. Arguments: data folder, what to do. */
import pg from 'pg';
import { startEmbedded } from '../../src/postgres/embedded.js';
import { PostgresError } from '../../src/postgres/postgres-error.js';

const [folder = '', mode] = process.argv.slice(2);
const log = { info: () => undefined, warn: (message: string) => console.log(`warn ${message}`) };

try {
  const server = await startEmbedded({ folder, log });
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  await client.query('create table if not exists acknowledged (n int primary key)');
  console.log(`ready ${server.pid}`);
  if (mode === 'leave') process.exit(0);
  if (mode === 'write') {
    const { rows } = await client.query<{ next: number }>(
      'select coalesce(max(n), 0) + 1 as next from acknowledged',
    );
    for (let n = rows[0]!.next; ; n++) {
      await client.query('insert into acknowledged values ($1)', [n]);
      console.log(`acknowledged ${n}`);
    }
  }
  const { rows } = await client.query<{ rows: string }>('select count(*) as rows from acknowledged');
  console.log(`rows ${rows[0]!.rows}`);
  await client.end();
  await server.stop();
} catch (error) {
  console.log(error instanceof PostgresError ? `error ${error.code}: ${error.message}` : error);
  process.exit(3);
}

/** Says in the database that its log is still on its way in: served half, it would go on as another log. */
import type { ClientBase, Pool } from 'pg';

type Command = 'copy-log' | 'restore';

/** The log of this database is not whole; the message says what to do. */
export class LogNotWhole extends Error {
  readonly code = 'log-not-whole';
  constructor(command: string) {
    super(
      `The log of this database is not whole: concejo ${command} has not come to its end. Run the same command again; it ` +
        'goes on where it stopped.',
    );
    this.name = 'LogNotWhole';
  }
}

/** From now on `assertWhole` throws, until `markWhole`. */
export async function markIncoming(pool: Pool, command: Command): Promise<void> {
  await pool.query('insert into log_incoming (command) values ($1) on conflict do nothing', [command]);
}

export async function markWhole(pool: Pool): Promise<void> {
  await pool.query('delete from log_incoming');
}

/** @throws LogNotWhole */
export async function assertWhole(pool: Pool | ClientBase): Promise<void> {
  const { rows } = await pool.query<{ command: string }>('select command from log_incoming');
  const [incoming] = rows;
  if (incoming !== undefined) throw new LogNotWhole(incoming.command);
}

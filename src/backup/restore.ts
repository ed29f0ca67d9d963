/**
 * Brings a backup back into an empty database, as the role that owns the tables: the schema as it was then, log and tables in one
 * transaction, and after that the migrations that came since. Views are folded when the program starts.
 */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Crypto } from '../../projections/crypto.js';
import { LOG_KEYS_STREAM } from '../../projections/ledger/key-register.js';
import { GrowingTiles, type FullTile } from '../../projections/ledger/tiles.js';
import type { RecordedEvent } from '../../projections/event.js';
import type { Erasure } from '../contents/erasures-file.js';
import { copyEvents } from '../event-store/postgres-copy.js';
import { partialsOf, writeTiles } from '../ledger/tile-store.js';
import type { Log } from '../postgres/log.js';
import { migrate, readMigrations } from '../postgres/migrate.js';
import { clientConfig } from '../postgres/pools.js';
import { checkBackup } from './backup.js';
import { BackupUnusable, openBackup, type BackupHead, type OpenBackup } from './backup-file.js';
import { makeEarlier } from './earlier.js';
import { copied, tablesToKeep } from './tables.js';

/** What a backup cannot be brought back into; the message says what to do. */
export class RestoreRefused extends Error {
  constructor(
    readonly code:
      'restore-target-not-empty' | 'restore-target-newer' | 'restore-index-beyond' | 'restore-keys-announced',
    message: string,
  ) {
    super(message);
    this.name = 'RestoreRefused';
  }
}

export interface RestoreTarget {
  /** Connection string of the role that owns the tables. */
  readonly ownerUrl: string;
  readonly migrations: string;
  readonly log: Log;
  /** Erasures that were kept apart: what they name is not brought back. */
  readonly erasures: readonly Erasure[];
  /** Puts what is not in the database where it belongs, before anybody sees the log: killed in between, there is no log. */
  readonly putBeside: (restored: Restored) => Promise<void>;
}

export interface Restored {
  readonly head: BackupHead;
  /** Index of the last event; -1n for an empty log. */
  readonly index: bigint;
  /** Over the log as it was brought back; base64url. */
  readonly root: string;
  /** The head that is shown again; `undefined` where there was none, or a larger one. */
  readonly published: BackupHead['published'];
  /** Of contents that were erased since. */
  readonly erased: number;
  /** Those that the backup knew to be carried out, for the list kept apart. */
  readonly erasures: readonly Erasure[];
  readonly staff: Uint8Array | undefined;
}

interface RestoreOptions {
  /** Index of the last event that is wanted; the whole log by default. */
  readonly until?: bigint | undefined;
  /** Forgets the head that was signed: the log goes on under another name. */
  readonly asNewLog?: boolean | undefined;
  readonly onProgress?: (step: 'checking' | 'restoring', done: number, of: number) => void;
}

/**
 * All or nothing: what was broken off leaves an empty database, and is run again. The file is read to its end before anything
 * is written.
 * @throws BackupUnusable, RestoreRefused, PostgresError, UnknownEvent, and what the file system says
 */
export async function restoreBackup(
  crypto: Pick<Crypto, 'sha256'>,
  path: string,
  target: RestoreTarget,
  { until, asNewLog = false, onProgress = () => undefined }: RestoreOptions = {},
): Promise<Restored> {
  const { head } = await checkBackup(crypto, path, (done, of) => onProgress('checking', done, of));
  const whole = BigInt(head.events) - 1n;
  const index = until ?? whole;
  if (index > whole) {
    throw new RestoreRefused(
      'restore-index-beyond',
      `The backup ends with event ${whole}: it has none with index ${index}. Use a newer backup.`,
    );
  }
  await assertKnown(head, target.migrations);
  const { ownerUrl, migrations, log } = target;
  await migrate(ownerUrl, migrations, log, { upTo: head.migrations.at(-1)?.file ?? '' });
  const client = new pg.Client(clientConfig(ownerUrl));
  // What runs on it rejects when it breaks; without a listener the process would end as well.
  client.on('error', () => undefined);
  await client.connect();
  let restored: Restored;
  try {
    await client.query('begin');
    // Whoever wants to append waits until the end.
    await client.query('select from log_head for update');
    await assertFits(client, head);
    const backup = await openBackup(crypto, createReadStream(path));
    restored = await fill(crypto, client, backup, { ...target, index, asNewLog }, (done) =>
      onProgress('restoring', done, head.events),
    );
    await target.putBeside(restored);
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
  await migrate(ownerUrl, migrations, log);
  return restored;
}

/** @throws BackupUnusable */
async function assertKnown({ migrations, program }: BackupHead, folder: string): Promise<void> {
  const known = new Map((await readMigrations(folder)).map(({ file, sha256 }) => [file, sha256]));
  for (const { file, sha256 } of migrations) {
    const mine = known.get(file);
    if (mine === sha256) continue;
    throw mine === undefined
      ? new BackupUnusable(
          'backup-of-a-newer-version',
          `The backup is of a database that has run ${file}, which this program does not have. Use concejo ${program} or later.`,
        )
      : new BackupUnusable(
          'backup-of-another-program',
          `The backup is of a database that has run another ${file} than this program has. Use the program that wrote it.`,
        );
  }
}

/** @throws RestoreRefused, BackupUnusable */
async function assertFits(client: pg.Client, head: BackupHead): Promise<void> {
  const { rows } = await client.query<{ file: string }>('select file from schema_migrations order by file');
  if (rows.length > head.migrations.length) {
    throw new RestoreRefused(
      'restore-target-newer',
      `The database has run ${rows.at(-1)?.file ?? ''}, which the backup's had not. Begin with an empty database, without tables.`,
    );
  }
  const tables = await tablesToKeep(client);
  if (JSON.stringify(tables) !== JSON.stringify(head.tables)) {
    throw new BackupUnusable(
      'backup-of-another-program',
      'The backup has other tables than this program makes for it. Use the program that wrote it.',
    );
  }
  // A log on EventStoreDB has its index here.
  const { rows: elsewhere } = await client.query(`select from log_home where engine <> 'postgres'`);
  if (elsewhere.length > 0) throw notEmpty('log_home');
  for (const name of ['events', ...tables.map((table) => table.name)]) {
    const { rows: some } = await client.query(`select from "${name}" limit 1`);
    if (some.length > 0) throw notEmpty(name);
  }
}

function notEmpty(table: string): RestoreRefused {
  return new RestoreRefused(
    'restore-target-not-empty',
    `There is something in the database already (table ${table}), and nothing is written over it. Name an empty one; to ` +
      'replace this one, move its folder away or drop the database first.',
  );
}

async function fill(
  crypto: Pick<Crypto, 'sha256'>,
  client: pg.Client,
  { head, members }: OpenBackup,
  { erasures: apart, index, asNewLog }: RestoreTarget & { index: bigint; asNewLog: boolean },
  onPage: (done: number) => void,
): Promise<Restored> {
  const tree = new TreeRows(crypto, client);
  const isEarlier = index < BigInt(head.events) - 1n;
  const tables = new Map(head.tables.map((table) => [table.name, table]));
  let staff: Uint8Array | undefined;
  let next = await members.next();
  /** Pieces of one table, as long as they follow each other. */
  const piecesOf = async function* (name: string): AsyncGenerator<Uint8Array> {
    while (next.done !== true && next.value.kind === 'table' && next.value.table === name) {
      yield next.value.bytes;
      next = await members.next();
    }
  };
  while (next.done !== true) {
    const member = next.value;
    if (member.kind === 'table') {
      const table = tables.get(member.table);
      if (table === undefined) throw new TypeError(`A table that was not announced: ${member.table}`);
      const into = client.query(copyFrom(`copy ${copied(table)} from stdin (format binary)`));
      await pipeline(Readable.from(piecesOf(member.table)), into);
      continue;
    }
    if (member.kind === 'log') {
      const events = member.events.filter(({ position }) => position <= index);
      if (asNewLog) assertNoKeys(events);
      await copyEvents(client, events);
      await tree.add(events);
      onPage(Number(member.events.at(-1)?.position ?? -1) + 1);
    } else staff = member.bytes;
    next = await members.next();
  }
  const { rows: erasures } = await client.query<Erasure>(
    `select content_id as "contentId", basis, to_char(erased_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
     from erasures order by erased_at`,
  );
  if (isEarlier) await makeEarlier(client);
  if (asNewLog) await client.query('delete from ledger_heads');
  const erased = await client.query('delete from contents where id = any($1::uuid[])', [
    [...apart, ...erasures].map(({ contentId }) => contentId),
  ]);
  const fits = head.published !== undefined && BigInt(head.published.size) <= tree.size;
  const published = fits && !asNewLog ? head.published : undefined;
  const root = await tree.finish(published, asNewLog ? undefined : head.firstKey);
  return { head, index, root, published, erased: erased.rowCount ?? 0, erasures, staff };
}

/** Keys are announced under the name of their log: under another one nobody could sign. @throws RestoreRefused */
function assertNoKeys(events: readonly RecordedEvent[]): void {
  const announced = events.find(({ stream }) => stream === LOG_KEYS_STREAM);
  if (announced === undefined) return;
  throw new RestoreRefused(
    'restore-keys-announced',
    `Event ${announced.position} announces a key of this log, which cannot go on under another name from there: give ` +
      '--until with an index before it, or restore without --as-new-log.',
  );
}

/** The tree over the log, made again from its events. */
class TreeRows {
  readonly #full: FullTile[] = [];
  readonly #tree: GrowingTiles;

  constructor(
    crypto: Pick<Crypto, 'sha256'>,
    private readonly client: pg.Client,
  ) {
    this.#tree = new GrowingTiles(crypto, (tile) => this.#full.push(tile));
  }

  get size(): bigint {
    return this.#tree.size;
  }

  async add(events: readonly RecordedEvent[]): Promise<void> {
    for (const { hash } of events) this.#tree.add(hash);
    if (this.#full.length > 0) await writeTiles(this.client, this.#full.splice(0));
  }

  /** Base64url. */
  async finish(published: BackupHead['published'], firstKey: string | undefined): Promise<string> {
    await writeTiles(this.client, partialsOf(this.#tree));
    await this.client.query(
      'update ledger_head set size = $1, published = $2, published_size = $3, first_key = $4',
      [this.#tree.size, published?.note ?? null, published?.size ?? 0, firstKey ?? null],
    );
    return Buffer.from(this.#tree.root()).toString('base64url');
  }
}

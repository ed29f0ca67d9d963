/**
 * Takes a backup while everything runs: tables and the place of the log's head in one snapshot, then the log up to there, which
 * never changes. The file is read back before it gets its name.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ClientBase, Pool } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Crypto } from '../../projections/crypto.js';
import { ahead } from '../event-store/ahead.js';
import type { EventStore } from '../event-store/event-store.js';
import { assertWhole } from '../event-store/incoming.js';
import { syncFolder } from '../sync-folder.js';
import { onOwnConnection } from '../postgres/transaction.js';
import { openBackup, writeBackup, type BackupHead, type Member } from './backup-file.js';
import { copied, tablesToKeep } from './tables.js';

/** Events of one page: with the longest leaves half of what a member of an archive may have. */
const PAGE = 500;
/** Ballots and photographs hardly get smaller, and the rest does at once. */
const GZIP_LEVEL = 3;
/** Of one piece of a table. */
const PIECE_BYTES = 4_000_000;

export interface BackupSources {
  readonly crypto: Pick<Crypto, 'sha256'>;
  /** With the rights to read every table, `schema_migrations` included. */
  readonly pool: Pool;
  readonly store: EventStore;
  /** Bytes of `staff.json`: hashes and public keys. */
  readonly staff: Uint8Array | undefined;
  /** Version of the program. */
  readonly program: string;
}

export interface Taken {
  readonly events: number;
  /** Over the log; base64url. */
  readonly root: string;
}

/** The database has not the tables of a city. */
class NothingToKeep extends Error {
  readonly code = 'no-data';
  constructor() {
    super(
      'There is no city in this database. Set CONCEJO_DATA to the folder of yours, or DATABASE_URL to its database.',
    );
    this.name = 'NothingToKeep';
  }
}

/**
 * @param path of the file, which only its owner may read; it appears whole or not at all, over an older one
 * @param onProgress told after each page: events written or, when all are, read back
 * @throws LogNotWhole, BackupUnusable, DamagedEvent, UnknownEvent, EngineUnavailable
 */
export async function takeBackup(
  sources: BackupSources,
  path: string,
  onProgress: (step: 'writing' | 'checking', done: number, of: number) => void = () => undefined,
): Promise<Taken> {
  const beside = `${path}.part`;
  try {
    // What is there is somebody else's, or was left by a backup that was killed: its readers must not read this one.
    await rm(beside, { force: true });
    await onOwnConnection(sources.pool, async (client) => {
      // The first query takes the snapshot.
      await client.query('begin isolation level repeatable read, read only');
      const head = await headOf(client, sources.program);
      await assertWhole(client);
      const members = membersOf(sources, client, head, (done) => onProgress('writing', done, head.events));
      await pipeline(
        writeBackup(sources.crypto, head, members),
        createGzip({ level: GZIP_LEVEL }),
        createWriteStream(beside, { flags: 'wx', mode: 0o600, flush: true }),
      );
      await client.query('commit');
    });
    const taken = await checkBackup(sources.crypto, beside, (done, of) => onProgress('checking', done, of));
    await rename(beside, path);
    await syncFolder(dirname(resolve(path)));
    return taken;
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Reads a backup to its end. @throws BackupUnusable, UnknownEvent, and what the file system says */
export async function checkBackup(
  crypto: Pick<Crypto, 'sha256'>,
  path: string,
  onProgress: (done: number, of: number) => void = () => undefined,
): Promise<Taken & { readonly head: BackupHead }> {
  const { head, members } = await openBackup(crypto, createReadStream(path));
  let done = 0;
  for (;;) {
    const next = await members.next();
    if (next.done === true) return { head, events: head.events, root: next.value };
    if (next.value.kind === 'log') onProgress((done += next.value.events.length), head.events);
  }
}

/** @throws NothingToKeep */
export async function assertCity(pool: Pool): Promise<void> {
  const { rows } = await pool.query(`select where to_regclass('log_incoming') is not null`);
  if (rows.length === 0) throw new NothingToKeep();
}

async function headOf(client: ClientBase, program: string): Promise<BackupHead> {
  const { rows: log } = await client.query<{ position: bigint }>(
    `select case when exists (select from log_home where engine = 'eventstoredb')
                 then (select position from log_index_head) else (select position from log_head) end as position`,
  );
  const { rows: migrations } = await client.query<BackupHead['migrations'][number]>(
    'select file, sha256 from schema_migrations order by file',
  );
  const { rows: ledger } = await client.query<{ size: bigint; note: string | null; key: string | null }>(
    'select published_size as size, published as note, first_key as key from ledger_head',
  );
  const firstKey = ledger[0]?.key ?? undefined;
  const [shown] = ledger.flatMap(({ size, note }) => (note === null ? [] : [{ size: Number(size), note }]));
  return {
    ...({ format: 'concejo-backup', v: 1 } as const),
    ...{ program, at: new Date().toISOString(), migrations, tables: await tablesToKeep(client) },
    events: Number(BigInt(log[0]?.position ?? -1) + 1n),
    ...(shown !== undefined && { published: shown }),
    ...(firstKey !== undefined && { firstKey }),
  };
}

async function* membersOf(
  { store, staff }: BackupSources,
  client: ClientBase,
  { events, tables }: BackupHead,
  onPage: (done: number) => void,
): AsyncGenerator<Member> {
  for await (const page of ahead(store.readAll(-1n, PAGE))) {
    // What came after the snapshot is for the next backup.
    const kept = page.filter(({ position }) => position < BigInt(events));
    if (kept.length > 0) yield { kind: 'log', events: kept };
    onPage(Number(kept.at(-1)?.position ?? events - 1) + 1);
    if (kept.length < page.length) break;
  }
  for (const table of tables) {
    const rows = client.query(copyTo(`copy ${copied(table)} to stdout (format binary)`));
    for await (const bytes of inPieces(rows)) yield { kind: 'table', table: table.name, bytes };
  }
  if (staff !== undefined) yield { kind: 'staff', bytes: staff };
}

/** The same bytes in fewer pieces, none of them larger than a member of an archive may be. */
async function* inPieces(chunks: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  let piece: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < (chunk as Buffer).length; at += PIECE_BYTES) {
      const part = (chunk as Buffer).subarray(at, at + PIECE_BYTES);
      piece.push(part);
      length += part.length;
      if (length < PIECE_BYTES) continue;
      yield Buffer.concat(piece);
      piece = [];
      length = 0;
    }
  }
  if (length > 0) yield Buffer.concat(piece);
}

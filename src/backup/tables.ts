/** Which tables a backup holds beside the log, and in which order they can be filled. */
import type { ClientBase } from 'pg';
import type { BackupHead } from './backup-file.js';

/** In no backup: the log itself, which is held in a form of its own, what follows from it or from the database, and what running processes tell. */
const LEFT_OUT = [
  'events',
  'log_head',
  'log_home',
  'log_incoming',
  'log_index',
  'log_index_head',
  'log_left_out',
  'ledger_tiles',
  'ledger_head',
  'moved_clocks',
  'schema_migrations',
] as const;

/**
 * All other tables of the schema `public`, those first that others refer to. A table of a later migration is in it without
 * being named here; what is in the schema `views` is folded again.
 */
export async function tablesToKeep(client: ClientBase): Promise<BackupHead['tables']> {
  const { rows } = await client.query<{ name: string; columns: string[]; needs: string[] }>(
    `select c.relname as name,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       (select coalesce(array_agg(f.confrelid::regclass::text), '{}') from pg_constraint f
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as needs
     from pg_class c
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> all($1::text[])
     order by c.relname`,
    [LEFT_OUT],
  );
  const sorted: typeof rows = [];
  const done = new Set<string>(LEFT_OUT);
  while (sorted.length < rows.length) {
    const ready = rows.filter(({ name, needs }) => !done.has(name) && needs.every((need) => done.has(need)));
    if (ready.length === 0)
      throw new TypeError('Tables that refer to each other cannot be filled in any order');
    for (const table of ready) done.add(table.name);
    sorted.push(...ready);
  }
  return sorted.map(({ name, columns }) => ({ name, columns }));
}

/** `name (columns)`, as COPY takes it. */
export function copied({ name, columns }: BackupHead['tables'][number]): string {
  const quoted = (identifier: string) => `"${identifier}"`;
  return `${quoted(name)} (${columns.map(quoted).join(', ')})`;
}

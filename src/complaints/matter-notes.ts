/**
 * The table of internal notes: what staff tells one another of a matter. In no event, and deleted with the matter. Of one that
 * was deleted before, a row without words stays, so that the request that wrote it writes it no second time.
 */
import type { Pool } from 'pg';
import type { Clock } from '../clock.js';
import { normalTexts } from '../contents/text.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import type { Matters } from './matters.js';

export interface MatterNote {
  readonly noteId: string;
  readonly author: string;
  readonly writtenAt: Date;
  readonly words: string;
}

/** Characters. */
export const MAX_NOTE_LENGTH = 4_000;
/** Of one matter. */
const MOST_NOTES = 500;
const COLUMNS = 'note_id, author, written_at, words';

interface Row {
  note_id: string;
  author: string;
  written_at: Date;
  words: string;
}

export class MatterNotes {
  constructor(
    private readonly pool: Pool,
    private readonly matters: Pick<Matters, 'look'>,
    private readonly clock: Clock,
  ) {}

  /** The oldest first. */
  async ofMatter(matterId: string): Promise<MatterNote[]> {
    const { rows } = await this.pool.query<Row>(
      `select ${COLUMNS} from matter_notes where matter_id = $1 and words <> '' order by written_at, note_id limit $2`,
      [matterId, MOST_NOTES],
    );
    return rows.map(noteOf);
  }

  /**
   * Writes a note under an id that the request gives, so that the same again is one note. Rejects with `matter-unknown`,
   * `matter-erased`, `note-unknown` where it was deleted since, `notes-too-many`, `command-id-reused` where another note has that
   * id, and as `normalTexts`.
   */
  async write(
    matterId: string,
    { noteId, words: given, author }: { noteId: string; words: string; author: string },
  ): Promise<MatterNote | Rejection> {
    const normal = normalTexts({ und: given }, 'words', MAX_NOTE_LENGTH);
    if (isRejection(normal)) return { ...normal, field: 'words' };
    const words = normal.und ?? '';
    const { row } = await this.matters.look(matterId);
    if (row === undefined) return { rejected: 'matter-unknown' };
    if (row.erased !== undefined) return { rejected: 'matter-erased' };
    const { rows } = await this.pool.query<Row>(
      `insert into matter_notes (note_id, matter_id, author, written_at, words)
       select $1, $2, $3, $4, $5 where (select count(*) from matter_notes where matter_id = $2 and words <> '') < $6
       on conflict do nothing returning ${COLUMNS}`,
      [noteId, matterId, author, this.clock.now(), words, MOST_NOTES],
    );
    // An erasure in this very moment has deleted what it found.
    if ((await this.matters.look(matterId)).row?.erased !== undefined) {
      await this.eraseOf(matterId);
      return { rejected: 'matter-erased' };
    }
    return rows[0] === undefined ? this.#repeated(matterId, noteId, words) : noteOf(rows[0]);
  }

  /** Deletes one, whoever wrote it. @returns whether it was there */
  async erase(matterId: string, noteId: string): Promise<boolean> {
    // The words are in no row from then on: one goes, and another takes its place.
    const { rowCount } = await this.pool.query(
      `with gone as (
         delete from matter_notes where matter_id = $1 and note_id = $2 and words <> '' returning author, written_at
       )
       insert into matter_notes (note_id, matter_id, author, written_at, words)
       select $2, $1, author, written_at, '' from gone`,
      [matterId, noteId],
    );
    return rowCount === 1;
  }

  /** Ids of the matters that have any, or had. */
  async noted(): Promise<string[]> {
    const { rows } = await this.pool.query<{ matter_id: string }>(
      'select distinct matter_id from matter_notes',
    );
    return rows.map(({ matter_id: matterId }) => matterId);
  }

  /** Deletes all of a matter. */
  async eraseOf(matterId: string): Promise<void> {
    await this.pool.query('delete from matter_notes where matter_id = $1', [matterId]);
  }

  async #repeated(matterId: string, noteId: string, words: string): Promise<MatterNote | Rejection> {
    const { rows } = await this.pool.query<Row & { matter_id: string }>(
      `select matter_id, ${COLUMNS} from matter_notes where note_id = $1`,
      [noteId],
    );
    const [found] = rows;
    if (found === undefined) return { rejected: 'notes-too-many', detail: { max: MOST_NOTES } };
    if (found.matter_id === matterId && found.words === '') return { rejected: 'note-unknown' };
    return found.matter_id === matterId && found.words === words
      ? noteOf(found)
      : { rejected: 'command-id-reused' };
  }
}

function noteOf(row: Row): MatterNote {
  return { noteId: row.note_id, author: row.author, writtenAt: row.written_at, words: row.words };
}

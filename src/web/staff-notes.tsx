/** What staff tells one another of a matter. */
import type { MatterNote } from '../complaints/matter-notes.js';
import { DESK_WORDS } from './desk-words.js';
import { Field } from './form-field.js';
import { When, type Frame } from './layout.js';

interface StaffNotesProps {
  frame: Frame;
  matterId: string;
  notes: readonly MatterNote[];
  commandId: string;
  /** What was typed and refused. */
  typed: string | undefined;
  /** Nothing more is written of what was erased. */
  mayWrite: boolean;
}

export function StaffNotes({ frame, matterId, notes, commandId, typed, mayWrite }: StaffNotesProps) {
  const { notes: words } = DESK_WORDS[frame.language];
  return (
    <section class="screen-only">
      <h2 id="notes">{words.title}</h2>
      <p>{words.say}</p>
      {notes.length === 0 && <p>{words.none}</p>}
      <ul class="cards">
        {notes.map(({ noteId, author, writtenAt, words: said }) => (
          <li key={noteId} class="card">
            <p class="small">
              {words.by(author)} <When frame={frame} at={writtenAt.toISOString()} />
            </p>
            <p class="said">{said}</p>
            <form method="post" action={`/staff/matters/${matterId}/notes/${noteId}/erase`}>
              <button
                class="quiet"
                aria-label={words.eraseOf(author, frame.format.instant(writtenAt.toISOString()))}
              >
                {words.erase}
              </button>
            </form>
          </li>
        ))}
      </ul>
      {mayWrite && (
        <form method="post" action={`/staff/matters/${matterId}/notes`}>
          <input type="hidden" name="commandId" value={commandId} />
          <Field id="note-words" label={words.write}>
            {(described) => (
              <textarea {...described} name="note" rows={3} maxLength={4_000} required value={typed} />
            )}
          </Field>
          <button>{words.add}</button>
        </form>
      )}
    </section>
  );
}

/** The form with which a data protection officer deletes what a reporter wrote. */
import { DESK_WORDS } from './desk-words.js';
import { Field, Select } from './form-field.js';
import type { StaffMatterPageProps } from './staff-matter.page.js';

export function EraseForm({ frame, matter, commandId, outcome }: StaffMatterPageProps) {
  const { language } = frame;
  const { erasing: words } = DESK_WORDS[language];
  const typed = typeof outcome === 'object' && outcome.act === 'erase' ? outcome.fields : undefined;
  const choices = Object.entries(words.bases).map(([id, text]) => ({ id, name: { text, language } }));
  return (
    <details class="screen-only" open={typed !== undefined}>
      <summary id="erase">{words.title}</summary>
      <p>{words.say}</p>
      <form method="post" action={`/staff/matters/${matter.matterId}/erase`}>
        <input type="hidden" name="commandId" value={commandId} />
        <Field id="erase-basis" label={words.basis}>
          {(described) => (
            <Select
              described={described}
              name="basis"
              choices={choices}
              chosen={typed?.basis}
              none=""
              required
            />
          )}
        </Field>
        <label class="tick">
          <input type="checkbox" name="sure" value="1" required /> {words.sure}
        </label>
        <button>{words.button}</button>
      </form>
    </details>
  );
}

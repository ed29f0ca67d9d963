/** Whose a matter is that is not the city's: departments are offered, and anybody else may be written. */
import { Field } from './form-field.js';
import type { Frame } from './layout.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';

interface ResponsibleProps {
  id: string;
  frame: Frame;
  names: MatterNames;
  typed: string | undefined;
}

export function Responsible({ id, frame, names, typed }: ResponsibleProps) {
  const words = MATTER_WORDS[frame.language];
  const list = `${id}-list`;
  return (
    <Field id={id} label={`${words.responsible} (${words.file.optional})`} hint={words.desk.responsibleHint}>
      {(described) => (
        <>
          <input {...described} name="responsible" maxLength={64} list={list} value={typed} />
          <datalist id={list}>
            {names.departments().map((one) => (
              <option key={one.id} value={one.id} label={one.name.text} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

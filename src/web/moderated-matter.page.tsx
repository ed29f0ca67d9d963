/** A public matter for a moderator: what everybody sees, and a form that hides it. */
import type { PublicMatter } from '../complaints/matters.queries.js';
import { DESK_WORDS, deskRefusal } from './desk-words.js';
import { Field, Select } from './form-field.js';
import { Layout, type Frame } from './layout.js';
import { MatterText, Photos, StateLabel, titleOf } from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';
import { HIDING_REASONS } from './staff-matter-forms.js';

interface ModeratedMatterPageProps {
  frame: Frame;
  names: MatterNames;
  matter: PublicMatter;
  commandId: string;
  refused: string | undefined;
}

export function ModeratedMatterPage({ frame, names, matter, commandId, refused }: ModeratedMatterPageProps) {
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const { moderating } = DESK_WORDS[language];
  const { row, matterId, text, photos } = matter;
  const title = titleOf(frame, names, row);
  const choices = HIDING_REASONS.map((id) => ({ id, name: { text: words.reasons[id] ?? id, language } }));
  return (
    <Layout frame={frame} title={`${moderating.title}: ${title}`} isPrivate>
      <p>{moderating.say}</p>
      {refused !== undefined && (
        <div class="alert" role="alert">
          <p>{deskRefusal(language, refused)}</p>
        </div>
      )}
      <p class="phase-note">
        <StateLabel frame={frame} names={names} row={row} />{' '}
        <a href={`/matters/${matterId}`}>{moderating.back}</a>
      </p>
      <MatterText frame={frame} texts={text} />
      <Photos frame={frame} photos={photos} about={title} />
      <form method="post" action={`/staff/matters/${matterId}/hide`} class="screen-only">
        <input type="hidden" name="commandId" value={commandId} />
        <Field id="hide-reason" label={words.reason}>
          {(described) => (
            <Select
              described={described}
              name="reason"
              choices={choices}
              chosen={undefined}
              none={words.file.choose}
              required
            />
          )}
        </Field>
        <button>{words.desk.hide}</button>
      </form>
    </Layout>
  );
}

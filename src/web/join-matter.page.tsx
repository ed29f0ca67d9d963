/** The form with which somebody joins a public matter. Never kept: its command id is one person's. */
import type { PublicMatter } from '../complaints/matters.queries.js';
import { EmailInput, Field } from './form-field.js';
import { Layout, type Frame } from './layout.js';
import { MatterText, titleOf } from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS, refusalInWords } from './matter-words.js';

export interface JoinMatterPageProps {
  frame: Frame;
  names: MatterNames;
  matter: PublicMatter;
  commandId: string;
  /** As it was typed. */
  email: string;
  /** Why it could not be done. */
  refused: string | undefined;
}

export function JoinMatterPage({ frame, names, matter, commandId, email, refused }: JoinMatterPageProps) {
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const { matterId, row, text } = matter;
  const isOfEmail = refused?.startsWith('email-') ?? false;
  return (
    <Layout frame={frame} title={words.join} isPrivate>
      <p class="lead">{words.joinSay}</p>
      {refused !== undefined && !isOfEmail && (
        <div class="alert" role="alert">
          <p>{refusalInWords(language, refused)}</p>
        </div>
      )}
      <section class="card">
        <h2>
          <a href={`/matters/${matterId}`}>{titleOf(frame, names, row)}</a>
        </h2>
        <MatterText frame={frame} texts={text} />
      </section>
      <form method="post" action={`/matters/${matterId}/joinings`}>
        <input type="hidden" name="commandId" value={commandId} />
        <Field
          id="email"
          label={`${words.email} (${words.file.optional})`}
          hint={`${words.emailHint} ${words.follow.stop}`}
          fault={isOfEmail && refused !== undefined ? refusalInWords(language, refused) : undefined}
        >
          {(described) => <EmailInput described={described} value={email} />}
        </Field>
        <button>{words.joinButton}</button>
      </form>
    </Layout>
  );
}

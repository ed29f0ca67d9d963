/** Where somebody comes back with her link: a script takes it out of the fragment, or she pastes it. */
import { Field } from './form-field.js';
import { Layout, type Frame } from './layout.js';
import { MATTER_WORDS } from './matter-words.js';

export interface OwnLinkPageProps {
  frame: Frame;
  /** What came of the last one. */
  came: 'malformed' | 'unknown' | 'erased' | undefined;
  script: string | undefined;
}

export function OwnLinkPage({ frame, came, script }: OwnLinkPageProps) {
  const { own } = MATTER_WORDS[frame.language];
  return (
    <Layout frame={frame} title={own.title} isPrivate script={script}>
      <p class="lead">{own.lead}</p>
      {came === 'erased' && (
        <p class="note" role="status">
          {own.erased}
        </p>
      )}
      <form method="post" action="/matters/own">
        <Field
          id="link"
          label={own.link}
          hint={own.linkHint}
          fault={came === undefined || came === 'erased' ? undefined : own[came]}
        >
          {(described) => (
            <input
              {...described}
              name="link"
              required
              maxLength={500}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
            />
          )}
        </Field>
        <button>{own.open}</button>
      </form>
    </Layout>
  );
}

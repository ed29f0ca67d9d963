/** One reply to many matters: which words, what each would get, and what became of each. */
import type { BulkOutcome } from '../desk/bulk-answers.commands.js';
import type { PlannedAnswer } from '../desk/bulk-answers.js';
import type { ReplyTemplate } from '../desk/reply-templates.js';
import type { Rejection } from '../event-store/command-log.js';
import { Responsible } from './responsible.js';
import { DESK_WORDS, deskRefusal } from './desk-words.js';
import { Field, Select } from './form-field.js';
import { LANGUAGE_NAMES, LANGUAGES } from './languages.js';
import { Layout, otherThan, type Frame } from './layout.js';
import type { MatterNames } from './matter-names.js';
import { MatterNumber, titleOf } from './matter-parts.js';
import { MATTER_WORDS } from './matter-words.js';

export interface BulkPageProps {
  frame: Frame;
  names: MatterNames;
  matters: readonly string[];
  templates: readonly ReplyTemplate[];
  /** By the names of the fields. */
  typed: Readonly<Record<string, string>>;
  refused: Rejection | undefined;
  preview: readonly PlannedAnswer[] | undefined;
  /** What is sent with the preview: what was looked at, and nothing else. */
  sent: Readonly<Record<string, string>>;
  commandId: string;
  /** The address of the queue as she left it. */
  queue: string;
}

export function BulkPage(props: BulkPageProps) {
  const { frame, matters, refused, preview, queue } = props;
  const { language, format } = frame;
  const { bulk: words } = DESK_WORDS[language];
  return (
    <Layout frame={frame} title={words.title} isPrivate>
      <p>
        <a href={queue}>{MATTER_WORDS[language].desk.queue}</a>
      </p>
      {refused !== undefined && (
        <div class="alert" role="alert">
          <p>{deskRefusal(language, refused.rejected, refused.detail)}</p>
        </div>
      )}
      {matters.length === 0 ? (
        <p class="empty">{words.nothing}</p>
      ) : (
        <>
          <p>{words.count(matters.length, format.number(matters.length))}</p>
          {preview !== undefined && <Preview {...props} preview={preview} />}
          {preview === undefined ? (
            <ReplyForm {...props} />
          ) : (
            <details>
              <summary>{words.change}</summary>
              <ReplyForm {...props} />
            </details>
          )}
        </>
      )}
    </Layout>
  );
}

function ReplyForm({ frame, names, matters, templates, typed, commandId }: BulkPageProps) {
  const { language } = frame;
  const { bulk: words, templates: ofTemplates } = DESK_WORDS[language];
  const { desk } = MATTER_WORDS[language];
  const states = names.catalogue.states
    .filter(({ state, withdrawn }) => state !== 'duplicate' && state !== 'open' && !withdrawn)
    .map(({ state }) => ({ id: state, name: names.state(state) }));
  return (
    <form method="post" action="/staff/matters/answers">
      <input type="hidden" name="commandId" value={commandId} />
      <input type="hidden" name="step" value="preview" />
      <Chosen matters={matters} />
      {templates.length > 0 && (
        <Field id="template" label={ofTemplates.use}>
          {(described) => (
            <Select
              described={described}
              name="template"
              choices={templates.map((one) => ({
                id: one.templateId,
                name: { text: one.name, language },
              }))}
              chosen={typed.template}
              none={ofTemplates.choose}
            />
          )}
        </Field>
      )}
      {LANGUAGES.map((each, index) => (
        <Field
          key={each}
          id={`words-${each}`}
          label={words.words(LANGUAGE_NAMES[each])}
          hint={index === 0 ? ofTemplates.placeholders : undefined}
        >
          {(described) => (
            <textarea
              {...described}
              name={`words-${each}`}
              rows={4}
              lang={each}
              maxLength={8_000}
              value={typed[`words-${each}`]}
            />
          )}
        </Field>
      ))}
      <Field id="state" label={desk.newState}>
        {(described) => (
          <Select
            described={described}
            name="state"
            choices={states}
            chosen={typed.state}
            none={ofTemplates.state}
          />
        )}
      </Field>
      <Responsible id="responsible" frame={frame} names={names} typed={typed.responsible} />
      <button>{words.preview}</button>
    </form>
  );
}

function Chosen({ matters }: { matters: readonly string[] }) {
  return (
    <>
      {matters.map((id) => (
        <input key={id} type="hidden" name="matter" value={id} />
      ))}
    </>
  );
}

function Preview(props: BulkPageProps & { preview: readonly PlannedAnswer[] }) {
  const { frame, names, preview, sent, commandId } = props;
  const { language, format } = frame;
  const { bulk: words } = DESK_WORDS[language];
  const ready = preview.filter(({ refused }) => refused === undefined);
  const refused = preview.filter((one) => one.refused !== undefined);
  const silent = ready.filter(({ mails }) => mails === 0).length;
  return (
    <section>
      <h2>{words.previewTitle}</h2>
      <p>{words.ready(ready.length, format.number(ready.length))}</p>
      {silent > 0 && (
        <p class="alert" role="alert">
          {words.noMails(silent, format.number(silent), silent === ready.length)}
        </p>
      )}
      <ul class="cards">
        {ready.map((one) => (
          <li key={one.matterId} class="card">
            <h3>
              <Title frame={frame} names={names} about={one} />
            </h3>
            {Object.entries(one.words ?? {}).map(([inLanguage, text]) => (
              <p key={inLanguage} class="said" lang={otherThan(language, inLanguage)}>
                {text}
              </p>
            ))}
            {one.mails === 0 && <p class="fault">{words.noMail}</p>}
            <p class="small">
              {words.people(one.people, format.number(one.people), format.number(one.mails))}
            </p>
          </li>
        ))}
      </ul>
      {refused.length > 0 && <p>{words.refused(refused.length, format.number(refused.length))}</p>}
      <Refusals frame={frame} names={names} refused={refused} />
      {ready.length > 0 && (
        <form method="post" action="/staff/matters/answers">
          <input type="hidden" name="commandId" value={commandId} />
          <input type="hidden" name="step" value="send" />
          <Chosen matters={ready.map(({ matterId }) => matterId)} />
          {ready.map(({ matterId, seen }) => (
            <input key={matterId} type="hidden" name={`seen-${matterId}`} value={seen} />
          ))}
          {Object.entries(sent).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <button>{words.send(ready.length, format.number(ready.length))}</button>
        </form>
      )}
    </section>
  );
}

type About = Pick<PlannedAnswer, 'matterId' | 'category' | 'area'>;

function Title({ frame, names, about }: { frame: Frame; names: MatterNames; about: About }) {
  const { matterId, category, area } = about;
  const title = category === undefined ? '' : `${titleOf(frame, names, { kind: '', category, area })} · `;
  return (
    <a href={`/staff/matters/${matterId}`}>
      {title}
      <MatterNumber matterId={matterId} />
    </a>
  );
}

function Refusals({
  frame,
  names,
  refused,
}: {
  frame: Frame;
  names: MatterNames;
  refused: readonly (About & { readonly refused?: string })[];
}) {
  return (
    <ul>
      {refused.map((one) => (
        <li key={one.matterId}>
          <Title frame={frame} names={names} about={one} />: {deskRefusal(frame.language, one.refused ?? '')}
        </li>
      ))}
    </ul>
  );
}

interface BulkResultPageProps {
  frame: Frame;
  names: MatterNames;
  outcomes: readonly BulkOutcome[];
  queue: string;
}

export function BulkResultPage({ frame, names, outcomes, queue }: BulkResultPageProps) {
  const { language, format } = frame;
  const { bulk: words } = DESK_WORDS[language];
  const answered = outcomes.filter(({ refused }) => refused === undefined);
  const refused = outcomes.filter((one) => one.refused !== undefined);
  return (
    <Layout frame={frame} title={words.results} isPrivate>
      <p>
        <a href={queue}>{MATTER_WORDS[language].desk.queue}</a>
      </p>
      <p class="note" role="status">
        {words.answeredCount(answered.length, format.number(answered.length))}
      </p>
      <ul>
        {answered.map((one) => (
          <li key={one.matterId}>
            <Title frame={frame} names={names} about={one} />: {words.answered}{' '}
            {words.people(one.people, format.number(one.people), format.number(one.mails))}
          </li>
        ))}
      </ul>
      {refused.length > 0 && (
        <section>
          <h2>{words.notAnswered}</h2>
          <Refusals frame={frame} names={names} refused={refused} />
        </section>
      )}
    </Layout>
  );
}

/** Reply templates: those in force, with a form to change or withdraw each, and one to make another. */
import type { ReplyTemplate } from '../desk/reply-templates.js';
import type { Rejection } from '../event-store/command-log.js';
import { DESK_WORDS, deskRefusal } from './desk-words.js';
import { Field, Select } from './form-field.js';
import { LANGUAGE_NAMES, LANGUAGES } from './languages.js';
import { Layout, otherThan, type Frame } from './layout.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';

export interface TemplatesPageProps {
  frame: Frame;
  names: MatterNames;
  templates: readonly ReplyTemplate[];
  commandId: string;
  /** What was refused, with all that was typed; `of` is the template that was to be changed. */
  attempt:
    { of: string | undefined; refused: Rejection; fields: Readonly<Record<string, string>> } | undefined;
  isDone: boolean;
  /** The address of the queue as she left it. */
  queue: string;
}

export function TemplatesPage(props: TemplatesPageProps) {
  const { frame, templates, attempt, isDone, queue } = props;
  const { language } = frame;
  const { templates: words } = DESK_WORDS[language];
  const { desk } = MATTER_WORDS[language];
  return (
    <Layout frame={frame} title={words.title} isPrivate>
      <p>
        <a href={queue}>{desk.queue}</a>
      </p>
      <p>{words.say}</p>
      {isDone && (
        <p class="note" role="status">
          {desk.done1}
        </p>
      )}
      {attempt !== undefined && (
        <div class="alert" role="alert">
          <p>{deskRefusal(language, attempt.refused.rejected, attempt.refused.detail)}</p>
        </div>
      )}
      {templates.length === 0 && <p class="empty">{words.none}</p>}
      <ul class="cards">
        {templates.map((template) => (
          <Template key={template.templateId} {...props} template={template} />
        ))}
      </ul>
      <section>
        <h2 id="make">{words.make}</h2>
        <TemplateForm {...props} template={undefined} />
      </section>
    </Layout>
  );
}

type TemplateProps = TemplatesPageProps & { template: ReplyTemplate };

function Template(props: TemplateProps) {
  const { frame, names, template, attempt } = props;
  const { language, format } = frame;
  const { templates: words } = DESK_WORDS[language];
  const { templateId, name, category, state, version, author, writtenAt } = template;
  const about = [
    category === undefined ? words.anyCategory : names.category(category).text,
    state === undefined ? words.anyState : names.state(state).text,
  ];
  return (
    <li class="card">
      <h2 class="plain">{name}</h2>
      <p>{about.join(' · ')}</p>
      {Object.entries(template.words).map(([inLanguage, text]) => (
        <p key={inLanguage} class="said" lang={otherThan(language, inLanguage)}>
          {text}
        </p>
      ))}
      <p class="small">
        {words.version(format.number(version), author, format.instant(writtenAt.toISOString()))}
      </p>
      <details open={attempt?.of === templateId}>
        <summary aria-label={words.changeOf(name)}>{words.change}</summary>
        <TemplateForm {...props} template={template} />
        <form method="post" action={`/staff/matters/templates/${templateId}/withdraw`}>
          <input type="hidden" name="commandId" value={props.commandId} />
          <input type="hidden" name="version" value={version} />
          <button class="quiet" aria-label={words.withdrawOf(name)}>
            {words.withdraw}
          </button>
        </form>
      </details>
    </li>
  );
}

function TemplateForm(props: TemplatesPageProps & { template: ReplyTemplate | undefined }) {
  const { frame, names, commandId, template, attempt } = props;
  const { language } = frame;
  const { templates: words } = DESK_WORDS[language];
  const id = template?.templateId ?? 'new';
  const typed = attempt !== undefined && attempt.of === template?.templateId ? attempt.fields : undefined;
  const states = names.catalogue.states
    .filter(({ state, withdrawn }) => state !== 'duplicate' && !withdrawn)
    .map(({ state }) => ({ id: state, name: names.state(state) }));
  return (
    <form
      method="post"
      action={template === undefined ? '/staff/matters/templates' : `/staff/matters/templates/${id}/change`}
    >
      <input type="hidden" name="commandId" value={commandId} />
      {template !== undefined && <input type="hidden" name="version" value={template.version} />}
      <Field id={`${id}-name`} label={words.name} hint={words.nameHint}>
        {(described) => (
          <input {...described} name="name" maxLength={100} required value={typed?.name ?? template?.name} />
        )}
      </Field>
      <Field id={`${id}-category`} label={words.category}>
        {(described) => (
          <Select
            described={described}
            name="category"
            choices={names.everyCategory()}
            chosen={typed === undefined ? template?.category : typed.category}
            none={words.anyCategory}
          />
        )}
      </Field>
      <Field id={`${id}-state`} label={words.state}>
        {(described) => (
          <Select
            described={described}
            name="state"
            choices={states}
            chosen={typed === undefined ? template?.state : typed.state}
            none={words.anyState}
          />
        )}
      </Field>
      {LANGUAGES.map((each, index) => (
        <Field
          key={each}
          id={`${id}-words-${each}`}
          label={words.words(LANGUAGE_NAMES[each])}
          hint={index === 0 ? words.placeholders : undefined}
        >
          {(described) => (
            <textarea
              {...described}
              name={`words-${each}`}
              rows={4}
              lang={each}
              maxLength={8_000}
              value={typed?.[`words-${each}`] ?? template?.words[each]}
            />
          )}
        </Field>
      ))}
      <button>{template === undefined ? words.make : words.save}</button>
    </form>
  );
}

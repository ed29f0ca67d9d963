/** The forms with which staff works on one matter. What was typed and refused stays where it was. */
import type { ComponentChildren } from 'preact';
import type { WholeMatter } from '../complaints/whole-matters.js';
import { DESK_WORDS } from './desk-words.js';
import { Field, Select } from './form-field.js';
import { LANGUAGE_NAMES, LANGUAGES, wordsIn } from './languages.js';
import { MATTER_WORDS } from './matter-words.js';
import { Responsible } from './responsible.js';
import { ReleasePhotos } from './staff-photos.js';
import type { StaffMatterPageProps } from './staff-matter.page.js';

export const HIDING_REASONS = ['personal-data', 'insult', 'advertisement', 'other'];
const ASSIGNING_REASONS = ['wrong-department', 'more-departments', 'other'];
/** They come about in other ways. */
const NOT_CHOSEN = ['open', 'duplicate'];

/** Ids of the words and photos that came after the filing, from whomever, and are not erased, and of answers that are not public yet. */
export function additionsOf({
  matter: { steps },
  withheld,
}: {
  matter: Pick<WholeMatter, 'steps'>;
  withheld: readonly string[];
}): string[] {
  const added = steps
    .filter(({ row }) => row.what === 'MatterAdded' || row.what === 'MatterReopened')
    .flatMap(({ row, words, photos }) => [
      ...(row.words === undefined || words === undefined ? [] : [row.words.id]),
      ...photos,
    ]);
  return [...added, ...withheld];
}

export function StaffMatterForms(props: StaffMatterPageProps) {
  const { frame, names, matter, together } = props;
  const { desk } = MATTER_WORDS[frame.language];
  const { row } = matter;
  const isShown = row.releasedAt !== undefined && row.hidden === undefined;
  const additions = additionsOf(props);
  const isWithheld = props.withheld.length > 0;
  return (
    <>
      {!isShown && !matter.private && <Release {...props} />}
      {isShown && additions.length > 0 && (
        <Act
          {...props}
          act="release-additions"
          title={desk.releaseAdditions}
          {...(isWithheld && { say: desk.withheld })}
        >
          <input type="hidden" name="seen" value={additions.join(' ')} />
        </Act>
      )}
      <UseTemplate {...props} />
      <Act {...props} act="answer" title={desk.answer} say={desk.answerSay}>
        {together.case === undefined && together.members.length > 0 && (
          <p>
            <strong>
              {DESK_WORDS[frame.language].together.answers(
                together.members.length,
                frame.format.number(together.members.length),
              )}
            </strong>
          </p>
        )}
        <Words {...props} act="answer" name="words" label={desk.words} required />
        <State {...props} act="answer" kinds={['closed', 'fixed', 'open']} usual="answered" />
        <Responsible
          id="answer-responsible"
          frame={frame}
          names={names}
          typed={typedIn({ ...props, act: 'answer' }, 'responsible')}
        />
      </Act>
      <Act {...props} act="assign" title={desk.assign}>
        <Department {...props} />
        <Reason {...props} act="assign" codes={ASSIGNING_REASONS} />
        <Words {...props} act="assign" name="note" label={desk.note} />
      </Act>
      {row.stateKind === 'open' && (
        <>
          <Act {...props} act="move" title={desk.move}>
            <State {...props} act="move" kinds={['open']} usual="in-progress" />
            <Words {...props} act="move" name="words" label={desk.wordsOptional} />
          </Act>
          <Act {...props} act="close" title={desk.close} say={desk.closeSay}>
            <State {...props} act="close" kinds={['closed', 'fixed']} usual="resolved" />
            <Words {...props} act="close" name="words" label={desk.wordsOptional} />
            <Responsible
              id="close-responsible"
              frame={frame}
              names={names}
              typed={typedIn({ ...props, act: 'close' }, 'responsible')}
            />
          </Act>
        </>
      )}
      {row.stateKind !== 'open' && (
        <Act {...props} act="reopen" title={desk.reopen}>
          <Words {...props} act="reopen" name="words" label={desk.words} required />
        </Act>
      )}
      {isShown && (
        <Act {...props} act="hide" title={desk.hide}>
          <Reason {...props} act="hide" codes={HIDING_REASONS} required />
        </Act>
      )}
    </>
  );
}

type ActProps = StaffMatterPageProps & { act: string };

function Act({
  matter,
  commandId,
  act,
  title,
  say,
  outcome,
  prefilled,
  children,
}: ActProps & { title: string; say?: string; children?: ComponentChildren }) {
  const isOpen = (typeof outcome === 'object' ? outcome : prefilled)?.act === act;
  return (
    <details class="screen-only" open={isOpen || act === 'release'}>
      <summary id={act}>{title}</summary>
      {say !== undefined && <p>{say}</p>}
      <form method="post" action={`/staff/matters/${matter.matterId}/${act}`}>
        <input type="hidden" name="commandId" value={commandId} />
        {children}
        <button>{title}</button>
      </form>
    </details>
  );
}

function typedIn(
  { outcome, prefilled, act }: Pick<ActProps, 'outcome' | 'prefilled' | 'act'>,
  name: string,
): string | undefined {
  const filled = typeof outcome === 'object' ? outcome : prefilled;
  return filled?.act === act ? filled.fields[name] : undefined;
}

function Release(props: StaffMatterPageProps) {
  const { frame, names, matter } = props;
  const words = MATTER_WORDS[frame.language];
  const { desk } = words;
  const own = wordsIn(matter.text, frame.language);
  const act = { ...props, act: 'release' };
  return (
    <Act {...act} title={desk.release} say={desk.releaseSay}>
      <Field id="release-category" label={words.category}>
        {(described) => (
          <Select
            described={described}
            name="category"
            choices={names.categories()}
            chosen={typedIn(act, 'category') ?? matter.category}
          />
        )}
      </Field>
      <input type="hidden" name="language" value={own?.language ?? frame.language} />
      <Field id="release-text" label={desk.releaseWords}>
        {(described) => (
          <textarea
            {...described}
            name="text"
            rows={6}
            lang={own?.language}
            value={typedIn(act, 'text') ?? own?.text}
          />
        )}
      </Field>
      {matter.place !== undefined && (
        <label class="tick">
          <input type="checkbox" name="place" value="1" checked /> {desk.releasePlace}
        </label>
      )}
      <ReleasePhotos
        frame={frame}
        matter={matter}
        ticked={matter.filedPhotos.filter((photo) =>
          typedIn(act, 'commandId') === undefined
            ? matter.row.photos?.some(({ id }) => id === photo)
            : typedIn(act, `photo-${photo}`) === '1',
        )}
      />
    </Act>
  );
}

function Words({
  name,
  label,
  required = false,
  ...props
}: ActProps & { name: string; label: string; required?: boolean }) {
  const { frame, people, act } = props;
  const words = MATTER_WORDS[frame.language];
  const hers = people.find(({ role }) => role === 'reporter')?.language ?? frame.language;
  const choices = LANGUAGES.map((id) => ({ id, name: { text: LANGUAGE_NAMES[id], language: id } }));
  // From a template: a field for each language that it has.
  const given = LANGUAGES.filter((each) => typedIn(props, `${name}-${each}`) !== undefined);
  if (given.length > 0) {
    return (
      <>
        {given.map((each) => (
          <Field key={each} id={`${act}-${name}-${each}`} label={`${label} (${LANGUAGE_NAMES[each]})`}>
            {(described) => (
              <textarea
                {...described}
                name={`${name}-${each}`}
                rows={6}
                lang={each}
                maxLength={20_000}
                value={typedIn(props, `${name}-${each}`)}
              />
            )}
          </Field>
        ))}
      </>
    );
  }
  return (
    <>
      <Field id={`${act}-${name}`} label={label}>
        {(described) => (
          <textarea
            {...described}
            name={name}
            rows={4}
            maxLength={20_000}
            required={required}
            value={typedIn(props, name)}
          />
        )}
      </Field>
      <Field id={`${act}-language`} label={words.desk.language}>
        {(described) => (
          <Select
            described={described}
            name="language"
            choices={choices}
            chosen={typedIn(props, 'language') ?? hers}
          />
        )}
      </Field>
    </>
  );
}

function State({ kinds, usual, ...props }: ActProps & { kinds: readonly string[]; usual: string }) {
  const { frame, names, act } = props;
  const states = names.catalogue.states.filter(
    ({ state, kind, withdrawn }) => kinds.includes(kind) && !NOT_CHOSEN.includes(state) && !withdrawn,
  );
  const choices = states.map(({ state: id }) => ({ id, name: names.state(id) }));
  return (
    <Field id={`${act}-state`} label={MATTER_WORDS[frame.language].desk.newState}>
      {(described) => (
        <Select
          described={described}
          name="state"
          choices={choices}
          chosen={typedIn(props, 'state') ?? usual}
          required
        />
      )}
    </Field>
  );
}

/** Fills the form below with the words of a template. */
function UseTemplate({ frame, matter, templates, prefilled }: StaffMatterPageProps) {
  const { templates: words } = DESK_WORDS[frame.language];
  if (templates.length === 0) return null;
  const choices = templates.map(({ templateId: id, name }) => ({
    id,
    name: { text: name, language: frame.language },
  }));
  return (
    <form method="get" action={`/staff/matters/${matter.matterId}#template`} class="screen-only">
      {prefilled !== undefined && (
        <p class="note" role="status">
          {words.used}
        </p>
      )}
      <Field id="template" label={words.use} hint={words.useSay}>
        {(described) => (
          <Select
            described={described}
            name="template"
            choices={choices}
            chosen={prefilled?.template}
            none={words.choose}
            required
          />
        )}
      </Field>
      <button class="quiet">{words.use}</button>
    </form>
  );
}

function Department(props: StaffMatterPageProps) {
  const { frame, names, matter } = props;
  const act = { ...props, act: 'assign' };
  return (
    <Field id="assign-department" label={MATTER_WORDS[frame.language].department}>
      {(described) => (
        <Select
          described={described}
          name="department"
          choices={names.departments()}
          chosen={typedIn(act, 'department') ?? matter.department}
          required
        />
      )}
    </Field>
  );
}

function Reason({
  codes,
  required = false,
  ...props
}: ActProps & { codes: readonly string[]; required?: boolean }) {
  const { language } = props.frame;
  const words = MATTER_WORDS[language];
  const choices = codes.map((id) => ({ id, name: { text: words.reasons[id] ?? id, language } }));
  return (
    <Field id={`${props.act}-reason`} label={words.reason}>
      {(described) => (
        <Select
          described={described}
          name="reason"
          choices={choices}
          chosen={typedIn(props, 'reason')}
          none={words.file.choose}
          required={required}
        />
      )}
    </Field>
  );
}

/** The second step of filing a matter: words, place, photos and the questions of its category, after its notice. */
import type { NamedCategory } from '../categories/categories.queries.js';
import { MOST_PHOTOS, pointOf, type Faults, type Typed } from './filing-form.js';
import { EmailInput, Field, FieldGroup, PhotoInput, Select } from './form-field.js';
import { LANGUAGE_NAMES, LANGUAGES } from './languages.js';
import { isListening } from './desk-roles.js';
import { Layout, otherThan, type Frame } from './layout.js';
import { PickMap } from './matter-map.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS, refusalInWords } from './matter-words.js';
import { inWords } from './messages.js';
import { Questions } from './questions.js';

const MAX_TEXT = 4_000;
const MAX_CONTACT = 200;

export interface MatterFormPageProps {
  frame: Frame;
  names: MatterNames;
  category: NamedCategory;
  typed: Typed;
  faults: Faults;
  /** The address of the script that asks the phone where it is, has a map to mark the place on, and shows what is near. */
  script: string | undefined;
}

export function MatterFormPage(props: MatterFormPageProps) {
  const { frame, names, category, typed, faults, script } = props;
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const { row, texts } = category;
  const name = names.category(row.categoryId);
  const notice = names.said(texts, row.notice);
  const fault = (field: string) => faults[field] && refusalInWords(language, faults[field]);
  const isWrong = Object.keys(faults).length > 0;
  return (
    <Layout frame={frame} title={words.file.title} script={script}>
      <p class="phase-note">
        {inWords(words.kinds, typed.kind)}:{' '}
        <strong lang={otherThan(language, name.language)}>{name.text}</strong>.{' '}
        <a href={`/matters/new?kind=${encodeURIComponent(typed.kind)}`}>{words.file.other}</a>
      </p>
      {isWrong && (
        <div class="alert" role="alert">
          <p>{fault('form') ?? words.file.wrong}</p>
        </div>
      )}
      {notice !== undefined && (
        <div class="note">
          <h2>{words.file.notice}</h2>
          <p class="said" lang={otherThan(language, notice.language)}>
            {notice.text}
          </p>
        </div>
      )}
      <form id="filing" method="post" action="/matters/new" enctype="multipart/form-data">
        <input type="hidden" name="commandId" value={typed.commandId} />
        <input type="hidden" name="kind" value={typed.kind} />
        <input type="hidden" name="category" value={typed.category} />
        <Questions frame={frame} names={names} category={category} typed={typed} faults={faults} />
        <Field id="text" label={words.file.words} hint={words.file.wordsHint} fault={fault('text')}>
          {(described) => (
            <textarea {...described} name="text" rows={5} maxLength={MAX_TEXT} required value={typed.text} />
          )}
        </Field>
        <Place {...props} />
        <Field
          id="photos"
          label={`${words.photos} (${words.file.optional})`}
          hint={
            typed.photos.length > 0
              ? words.file.photosKept(typed.photos.length, frame.format.number(typed.photos.length))
              : words.file.photosHint
          }
          fault={fault('photos')}
        >
          {(described) => <PhotoInput described={described} />}
        </Field>
        <Kept photos={typed.photos} />
        {isListening(frame) && <AtDesk {...props} />}
        <Email {...props} />
        <p>
          <label class="tick">
            <input type="checkbox" name="private" value="1" checked={typed.isPrivate} /> {words.file.private}
          </label>
        </p>
      </form>
      {/* Forms to join with stand in no other form. */}
      <div data-near aria-live="polite" />
      <button form="filing">{words.file.send}</button>
    </Layout>
  );
}

/** By words, by area, or, where there is a script, by the phone's position or a touch on the map. */
function Place({ frame, names, typed, faults }: MatterFormPageProps) {
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const fault = (field: string) => faults[field] && refusalInWords(language, faults[field]);
  const isKept = typed.lat !== '' && typed.long !== '';
  return (
    <FieldGroup id="where" label={words.file.where} fault={fault('place')}>
      <p data-position data-taken={words.file.positionTaken} data-failed={words.file.positionFailed} hidden>
        <button type="button" class="quiet" hidden>
          {words.file.position}
        </button>
        <input type="hidden" name="lat" value={typed.lat} />
        <input type="hidden" name="long" value={typed.long} />
      </p>
      <PickMap frame={frame} names={names} point={pointOf(typed)} />
      <p role="status" data-place-status>
        {isKept && words.file.positionKept}
      </p>
      <p hidden>
        <button type="button" class="quiet" data-place-clear>
          {words.file.positionClear}
        </button>
      </p>
      <Field
        id="address"
        label={`${words.file.address} (${words.file.optional})`}
        hint={words.file.addressHint}
      >
        {(described) => (
          <input
            {...described}
            name="address"
            maxLength={300}
            autocomplete="street-address"
            value={typed.address}
          />
        )}
      </Field>
      <Field id="area" label={`${words.area} (${words.file.optional})`} fault={fault('area')}>
        {(described) => (
          <Select
            described={described}
            name="area"
            choices={names.areas()}
            chosen={typed.area}
            none={names.hasWholeCity() ? words.areaUnknown : words.areaNone}
          />
        )}
      </Field>
    </FieldGroup>
  );
}

function Email({ frame, category: { row }, typed, faults }: MatterFormPageProps) {
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const isNeeded = !row.anonymous || row.confirm;
  const needed = row.confirm ? words.emailConfirmed : words.emailNeeded;
  return (
    <Field
      id="email"
      label={isNeeded ? words.email : `${words.email} (${words.file.optional})`}
      hint={isNeeded ? needed : words.emailHint}
      fault={faults.email && refusalInWords(language, faults.email)}
    >
      {(described) => <EmailInput described={described} value={typed.email} required={isNeeded} />}
    </Field>
  );
}

/** What staff asks who has come to the desk, beside her address. */
function AtDesk({ frame, typed }: MatterFormPageProps) {
  const { language } = frame;
  const { file } = MATTER_WORDS[language];
  const { name, phone } = typed;
  const choices = LANGUAGES.map((id) => ({ id, name: { text: LANGUAGE_NAMES[id], language: id } }));
  return (
    <fieldset>
      <legend>{file.atDesk}</legend>
      <Field id="name" label={`${file.name} (${file.optional})`}>
        {(described) => (
          <input {...described} name="name" maxLength={MAX_CONTACT} autocomplete="off" value={name} />
        )}
      </Field>
      <Field id="phone" label={`${file.phone} (${file.optional})`}>
        {(described) => (
          <input {...described} name="phone" maxLength={MAX_CONTACT} autocomplete="off" value={phone} />
        )}
      </Field>
      <Field id="language" label={file.language}>
        {(described) => (
          <Select
            described={described}
            name="language"
            choices={choices}
            chosen={typed.language === '' ? language : typed.language}
          />
        )}
      </Field>
    </fieldset>
  );
}

function Kept({ photos }: { photos: readonly string[] }) {
  return (
    <>
      {photos.slice(0, MOST_PHOTOS).map((id) => (
        <input key={id} type="hidden" name="photos" value={id} />
      ))}
    </>
  );
}

/** What a link leads to: how the matter is getting on, and what its reporter, or who joined it, can do. */
import type { ComponentChildren } from 'preact';
import type { EmailState } from '../complaints/own.queries.js';
import type { WholeMatter } from '../complaints/whole-matters.js';
import { Field, FieldGroup, PhotoInput } from './form-field.js';
import { Layout, type Frame } from './layout.js';
import { AnswersGiven, PlaceFact, PlaceOnMap } from './matter-facts.js';
import { MatterHistory } from './matter-history.js';
import {
  Deadline,
  MatterNumber,
  MatterText,
  type PhotoAddresses,
  Photos,
  StateLabel,
  titleOf,
} from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS, refusalInWords } from './matter-words.js';

export interface OwnMatterPageProps {
  frame: Frame;
  names: MatterNames;
  matterId: string;
  email: EmailState;
  /** The city does nothing before her address is confirmed, and then erases the matter. */
  confirmUntil: string | undefined;
  /** Absent for who joined: she knows what everybody knows. */
  matter: WholeMatter | undefined;
  /** Whether she is asked if it is fixed. */
  asksFixed: boolean;
  /** Of the next act. */
  commandId: string;
  /** What came of the last act. */
  outcome: 'done' | 'code-sent' | { act: string; refused: string; text: string } | undefined;
  script: string | undefined;
}

/** Served to her alone. */
const OWN_PHOTOS: PhotoAddresses = {
  whole: (id) => `/matters/own/photos/${id}`,
  preview: (id) => `/matters/own/photos/${id}/preview`,
};

export function OwnMatterPage(props: OwnMatterPageProps) {
  const { frame, matterId, matter, outcome, script } = props;
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const { own } = words;
  return (
    <Layout frame={frame} title={own.title} isPrivate script={script}>
      {typeof outcome === 'string' && (
        <p class="note" role="status">
          {outcome === 'done' ? own.done : own.codeSent}
        </p>
      )}
      {typeof outcome === 'object' && (
        <div class="alert" role="alert">
          <p>{refusalInWords(language, outcome.refused)}</p>
        </div>
      )}
      {matter === undefined ? (
        <>
          <p>
            {own.joined} <a href={`/matters/${matterId}`}>{words.seeIt}</a>
          </p>
          <Email {...props} />
        </>
      ) : (
        <Reporters {...props} matter={matter} />
      )}
      <Erase {...props} />
      <form method="post" action="/matters/own/end">
        <p>{own.leaveSay}</p>
        <button class="quiet">{own.leave}</button>
      </form>
      {/* Another link than that whose page this is: the script sends it. */}
      <form method="post" action="/matters/own" hidden>
        <input type="hidden" name="link" />
      </form>
    </Layout>
  );
}

type ReporterProps = OwnMatterPageProps & { matter: WholeMatter };

function Reporters(props: ReporterProps) {
  const { frame, names, matter } = props;
  const { own, filed } = MATTER_WORDS[frame.language];
  const { row, text, steps, matterId } = matter;
  const isPublic = row.releasedAt !== undefined && row.hidden === undefined;
  const title = titleOf(frame, names, { kind: row.kind, category: matter.category, area: matter.area });
  const seen = row.hidden !== undefined ? own.hidden : matter.private ? own.private : own.notPublic;
  return (
    <>
      <h2>{title}</h2>
      <p class="phase-note">
        <StateLabel frame={frame} names={names} row={row} />{' '}
        <Deadline frame={frame} names={names} row={row} />
      </p>
      <MatterText frame={frame} texts={text} />
      <Photos frame={frame} photos={matter.photos} about={title} at={OWN_PHOTOS} />
      <dl>
        <dt>{filed.number}</dt>
        <dd>
          <MatterNumber matterId={matterId} />
        </dd>
        <PlaceFact frame={frame} place={matter.place} />
        <AnswersGiven frame={frame} names={names} matter={matter} />
      </dl>
      <PlaceOnMap frame={frame} names={names} place={matter.place} />
      <p>
        {isPublic ? own.public : seen} {isPublic && <a href={`/matters/${matterId}`}>{own.seePublic}</a>}
      </p>
      {props.asksFixed && (
        <Act {...props} act="fixes" title={own.fixed}>
          <p>{own.fixedSay}</p>
          <Words {...props} act="fixes" label={own.fixedWords} />
          <button name="fixed" value="true">
            {own.fixedYes}
          </button>{' '}
          <button name="fixed" value="false">
            {own.fixedNo}
          </button>
        </Act>
      )}
      <Email {...props} />
      <MatterHistory frame={frame} names={names} steps={steps} shown={matter.photos} photosAt={OWN_PHOTOS} />
      <Act {...props} act="additions" title={own.add} encoding="multipart/form-data">
        <Words {...props} act="additions" label={own.addWords} />
        <PhotosInput {...props} />
        <button>{own.addButton}</button>
      </Act>
      {row.stateKind !== 'open' && (
        <Act {...props} act="ratings" title={own.rate}>
          <Stars {...props} />
          <button>{own.rateButton}</button>
        </Act>
      )}
    </>
  );
}

function Act({
  act,
  title,
  commandId,
  encoding,
  children,
}: Pick<OwnMatterPageProps, 'commandId'> & {
  act: string;
  title: string;
  encoding?: string;
  children: ComponentChildren;
}) {
  return (
    <section class="screen-only">
      <h2 id={act}>{title}</h2>
      <form method="post" action={`/matters/own/${act}`} enctype={encoding}>
        <input type="hidden" name="commandId" value={commandId} />
        {children}
      </form>
    </section>
  );
}

function Words({
  outcome,
  act,
  label,
}: Pick<OwnMatterPageProps, 'outcome'> & { act: string; label: string }) {
  const kept = typeof outcome === 'object' && outcome.act === act ? outcome.text : '';
  return (
    <Field id={`${act}-text`} label={label}>
      {(described) => <textarea {...described} name="text" rows={4} maxLength={4_000} value={kept} />}
    </Field>
  );
}

function PhotosInput({ frame, outcome }: Pick<OwnMatterPageProps, 'frame' | 'outcome'>) {
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const refused = typeof outcome === 'object' && outcome.act === 'additions' ? outcome.refused : '';
  return (
    <Field
      id="additions-photos"
      label={`${words.photos} (${words.file.optional})`}
      hint={words.file.photosHint}
      fault={/^(photo|file)/.test(refused) ? refusalInWords(language, refused) : undefined}
    >
      {(described) => <PhotoInput described={described} />}
    </Field>
  );
}

function Email(props: OwnMatterPageProps) {
  const { own } = MATTER_WORDS[props.frame.language];
  if (props.email === 'none') return null;
  return props.email === 'confirmed' ? <p>{own.emailConfirmed}</p> : <Confirm {...props} />;
}

function Confirm(props: OwnMatterPageProps) {
  const { frame, confirmUntil } = props;
  const { own } = MATTER_WORDS[frame.language];
  return (
    <Act {...props} act="confirmations" title={own.emailGiven}>
      {confirmUntil !== undefined && <p class="note">{own.confirmNeeded(frame.format.date(confirmUntil))}</p>}
      <Field id="code" label={own.code}>
        {(described) => (
          <input
            {...described}
            name="code"
            inputMode="numeric"
            autocomplete="one-time-code"
            maxLength={10}
            required
          />
        )}
      </Field>
      <button>{own.confirm}</button>
      {/* Its own button sends the form elsewhere, without the code. */}
      <p>
        {own.noCode}{' '}
        <button class="quiet" formaction="/matters/own/codes" formnovalidate>
          {own.anotherCode}
        </button>
      </p>
    </Act>
  );
}

function Stars({ frame }: Pick<OwnMatterPageProps, 'frame'>) {
  const words = MATTER_WORDS[frame.language];
  return (
    <FieldGroup id="stars" label={words.own.starsLabel}>
      {[1, 2, 3, 4, 5].map((stars) => (
        <label key={stars} class="tick">
          <input type="radio" name="stars" value={stars} required />{' '}
          {words.stars(stars, frame.format.number(stars))}
        </label>
      ))}
    </FieldGroup>
  );
}

function Erase(props: OwnMatterPageProps) {
  const { own } = MATTER_WORDS[props.frame.language];
  return (
    <Act {...props} act="erasures" title={own.erase}>
      <p>{props.matter === undefined ? own.eraseJoined : own.eraseSay}</p>
      <label class="tick">
        <input type="checkbox" name="sure" value="1" required /> {own.eraseSure}
      </label>
      <button>{own.eraseButton}</button>
    </Act>
  );
}

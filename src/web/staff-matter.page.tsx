/** One matter as staff sees it, public or not, with a form for each thing that can be done with it. */
import type { OwnMatter } from '../complaints/own.queries.js';
import type { MatterNote } from '../complaints/matter-notes.js';
import type { Person } from '../complaints/people.js';
import type { ReplyTemplate } from '../desk/reply-templates.js';
import { Layout, otherThan, When, type Frame } from './layout.js';
import { MatterHistory } from './matter-history.js';
import { Deadline, MatterWords, StateLabel, titleOf } from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { DESK_WORDS, deskRefusal } from './desk-words.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';
import { StaffMatterForms } from './staff-matter-forms.js';
import { StaffNotes } from './staff-notes.js';
import { StaffPhotos } from './staff-photos.js';

/** What somebody wanted and was refused, with all that she typed. */
export interface Attempt {
  act: string;
  refused: string;
  fields: Readonly<Record<string, string>>;
}

export interface StaffMatterPageProps {
  frame: Frame;
  names: MatterNames;
  matter: OwnMatter;
  people: readonly Person[];
  /** Ids of answers that are not public yet. */
  withheld: readonly string[];
  /** Whether she may do more than read. */
  mayAct: boolean;
  commandId: string;
  outcome: 'done' | Attempt | undefined;
  /** Those of its category. */
  templates: readonly ReplyTemplate[];
  /** What a template puts into the fields of a form. */
  prefilled: Prefilled | undefined;
  /** What only those who act see. */
  notes: readonly MatterNote[];
}

export interface Prefilled extends Omit<Attempt, 'refused'> {
  template: string;
}

export function StaffMatterPage(props: StaffMatterPageProps) {
  const { frame, names, matter, people, mayAct, outcome } = props;
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  const { desk } = words;
  const { row, text, photos, matterId } = matter;
  const isShown = row.releasedAt !== undefined && row.hidden === undefined;
  const title = titleOf(frame, names, { kind: row.kind, category: matter.category, area: matter.area });
  return (
    <Layout frame={frame} title={title} isPrivate>
      <p>
        <a href="/staff/matters">{desk.queue}</a>
      </p>
      {outcome === 'done' && (
        <p class="note" role="status">
          {desk.done1}
        </p>
      )}
      {typeof outcome === 'object' && (
        <div class="alert" role="alert">
          <p>
            {desk.refused} {deskRefusal(language, outcome.refused)}
          </p>
        </div>
      )}
      <p class="phase-note">
        <StateLabel frame={frame} names={names} row={row} /> {inWords(words.kinds, row.kind)}.{' '}
        <Deadline frame={frame} names={names} row={row} />
      </p>
      <p>
        {isShown ? desk.isPublic : row.hidden === undefined ? desk.isNotPublic : desk.isHidden}{' '}
        {matter.private && desk.isPrivate} {isShown && <a href={`/matters/${matterId}`}>{words.seeIt}</a>}
      </p>
      <MatterWords frame={frame} row={row} texts={text} />
      {mayAct ? (
        <StaffPhotos frame={frame} matter={matter} />
      ) : (
        photos.length > 0 && <p>{desk.unsharedPhotos(photos.length, format.number(photos.length))}</p>
      )}
      <p>
        <a href={`/staff/matters/${matterId}/alike`}>{DESK_WORDS[language].alike.link}</a>
      </p>
      <Facts {...props} />
      <People frame={frame} people={people} />
      {!mayAct && <p class="note">{desk.readOnly}</p>}
      {mayAct && row.erased === undefined && <StaffMatterForms {...props} />}
      {/* Photos stand above, also those that nobody else sees. */}
      {mayAct && (
        <StaffNotes
          frame={frame}
          matterId={matterId}
          notes={props.notes}
          commandId={props.commandId}
          typed={typeof outcome === 'object' && outcome.act === 'notes' ? outcome.fields.note : undefined}
          mayWrite={row.erased === undefined}
        />
      )}
      <MatterHistory
        frame={frame}
        names={names}
        steps={matter.steps.map((step) => ({ ...step, photos: [] }))}
      />
    </Layout>
  );
}

function Facts({ frame, names, matter }: StaffMatterPageProps) {
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const { area, department, place, answers, row, category } = matter;
  const asked = names.catalogue.categories.find((one) => one.row.categoryId === category);
  const question = (code: string) =>
    asked && names.said(asked.texts, asked.row.questions.find((one) => one.code === code)?.text)?.text;
  const given = Object.entries(answers);
  const point = place?.lat === undefined ? '' : ` (${micro(place.lat)}, ${micro(place.long ?? 0)})`;
  return (
    <dl>
      <dt>{words.filed.title}</dt>
      <dd>
        <When frame={frame} at={row.filedAt} />
      </dd>
      {area !== undefined && (
        <>
          <dt>{words.area}</dt>
          <dd lang={otherThan(language, names.area(area).language)}>{names.area(area).text}</dd>
        </>
      )}
      {place !== undefined && (
        <>
          <dt>{words.place}</dt>
          <dd>
            {place.address}
            {point}
          </dd>
        </>
      )}
      {department !== undefined && (
        <>
          <dt>{words.department}</dt>
          <dd lang={otherThan(language, names.department(department).language)}>
            {names.department(department).text}
          </dd>
        </>
      )}
      {given.map(([code, said]) => (
        <>
          <dt>{question(code) ?? code}</dt>
          <dd>{typeof said === 'string' ? said : said.join(', ')}</dd>
        </>
      ))}
    </dl>
  );
}

/** Degrees with the point where people expect it, exact. */
function micro(value: number): string {
  const digits = String(Math.abs(value)).padStart(7, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

function People({ frame, people }: { frame: Frame; people: readonly Person[] }) {
  const { language, format } = frame;
  const { desk } = MATTER_WORDS[language];
  const reporter = people.find(({ role }) => role === 'reporter');
  const joiners = people.length - (reporter === undefined ? 0 : 1);
  const said = [reporter?.name, reporter?.email, reporter?.phone].filter((one) => one !== undefined);
  return (
    <section>
      <h2>{desk.who}</h2>
      <p>
        {said.length === 0 ? desk.anonymous : said.join(' · ')}
        {reporter?.email !== undefined &&
          ` (${reporter.confirmedAt === undefined ? desk.unconfirmed : desk.confirmed})`}
      </p>
      {joiners > 0 && <p>{desk.joiners(joiners, format.number(joiners))}</p>}
    </section>
  );
}

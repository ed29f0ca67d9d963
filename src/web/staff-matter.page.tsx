/** One matter as staff sees it, public or not, with a form for each thing that can be done with it. */
import type { WholeMatter } from '../complaints/whole-matters.js';
import type { MatterNote } from '../complaints/matter-notes.js';
import type { Person } from '../complaints/people.js';
import type { ReplyTemplate } from '../desk/reply-templates.js';
import type { Together } from '../desk/together.queries.js';
import { Layout, otherThan, When, type Frame } from './layout.js';
import { AnswersGiven, PlaceFact, PlaceOnMap } from './matter-facts.js';
import { MatterHistory } from './matter-history.js';
import { Deadline, MatterNumber, MatterWords, StateLabel, titleOf } from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { DESK_WORDS, deskRefusal } from './desk-words.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';
import { EraseForm } from './staff-erasing.js';
import { StaffMatterForms } from './staff-matter-forms.js';
import { StaffNotes } from './staff-notes.js';
import { StaffPhotos } from './staff-photos.js';
import { StaffTogether } from './staff-together.js';

/** What somebody wanted and was refused, with all that she typed. */
export interface Attempt {
  act: string;
  refused: string;
  fields: Readonly<Record<string, string>>;
}

export interface StaffMatterPageProps {
  frame: Frame;
  names: MatterNames;
  matter: WholeMatter;
  people: readonly Person[];
  /** Ids of answers that are not public yet. */
  withheld: readonly string[];
  /** What it goes with. */
  together: Together;
  /** Whether she may do more than read. */
  mayAct: boolean;
  /** Whether she may delete what its reporter wrote. */
  mayErase: boolean;
  commandId: string;
  /** The address of the queue as she left it. */
  queue: string;
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
  const { frame, names, matter, people, mayAct, mayErase, outcome } = props;
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  const { desk } = words;
  const { row, text, photos, matterId } = matter;
  const isShown = row.releasedAt !== undefined && row.hidden === undefined;
  const title = titleOf(frame, names, { kind: row.kind, category: matter.category, area: matter.area });
  return (
    <Layout frame={frame} title={title} isPrivate>
      <p>
        <a href={props.queue}>{desk.queue}</a>
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
      <PlaceOnMap frame={frame} names={names} place={matter.place} />
      <StaffTogether {...props} />
      <People frame={frame} people={people} />
      {!mayAct && !mayErase && <p class="note">{desk.readOnly}</p>}
      {mayAct && row.erased === undefined && <StaffMatterForms {...props} />}
      {mayErase && row.erased === undefined && <EraseForm {...props} />}
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
  const { area, department, place, row, matterId } = matter;
  return (
    <dl>
      <dt>{words.filed.number}</dt>
      <dd>
        <MatterNumber matterId={matterId} />
      </dd>
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
      <PlaceFact frame={frame} place={place} />
      {department !== undefined && (
        <>
          <dt>{words.department}</dt>
          <dd lang={otherThan(language, names.department(department).language)}>
            {names.department(department).text}
          </dd>
        </>
      )}
      <AnswersGiven frame={frame} names={names} matter={matter} />
    </dl>
  );
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

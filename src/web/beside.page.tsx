/** Matters that say the same: those that are like one, and two of them side by side. */
import { isShown } from '../../projections/matter.js';
import type { AlikeMatter, Compared, Likeness } from '../desk/alike.queries.js';
import { photosOf } from '../desk/staff-photos.queries.js';
import { DESK_WORDS, deskRefusal } from './desk-words.js';
import { Field } from './form-field.js';
import { Layout, otherThan, When, type Frame } from './layout.js';
import { AnswersGiven, PlaceFact, PlaceOnMap } from './matter-facts.js';
import type { MatterNames } from './matter-names.js';
import { Deadline, MatterNumber, MatterText, StateLabel, titleOf } from './matter-parts.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';
import { staffPhotoAddress } from './staff-photos.js';

interface AlikePageProps {
  frame: Frame;
  names: MatterNames;
  matterId: string;
  found: readonly AlikeMatter[];
  mayAct: boolean;
  commandId: string;
  refused: string | undefined;
  /** The number of another one, as it was typed, and why none is shown. */
  number?: { readonly typed: string; readonly refused: string } | undefined;
}

const MOST_WORDS = 240;

export function AlikePage(props: AlikePageProps) {
  const { frame, names, matterId, found, mayAct, commandId, refused } = props;
  const { language } = frame;
  const { alike: words, back } = DESK_WORDS[language];
  const list = (
    <ul class="cards">
      {found.map((one) => (
        <Alike key={one.matter.matterId} {...{ frame, names, matterId, mayAct, one }} />
      ))}
    </ul>
  );
  return (
    <Layout frame={frame} title={words.title} isPrivate>
      <p>
        <a href={`/staff/matters/${matterId}`}>{back}</a>
      </p>
      <p>{words.say}</p>
      <Refused frame={frame} code={refused} />
      {found.length === 0 && <p class="empty">{words.none}</p>}
      {mayAct && found.length > 0 ? (
        <form method="post" action={`/staff/matters/${matterId}/alike`}>
          <input type="hidden" name="commandId" value={commandId} />
          {list}
          <p>{words.gatherSay}</p>
          <button>{words.gather}</button>
        </form>
      ) : (
        list
      )}
      <ByNumber {...props} />
    </Layout>
  );
}

/** To compare with one that is not found as alike. */
function ByNumber({ frame, matterId, number }: AlikePageProps) {
  const { alike: words } = DESK_WORDS[frame.language];
  return (
    <form method="get" action={`/staff/matters/${matterId}/alike`} class="screen-only">
      <Field
        id="number"
        label={words.byNumber}
        hint={words.byNumberHint}
        fault={number && deskRefusal(frame.language, number.refused)}
      >
        {(described) => <input {...described} name="number" maxLength={40} value={number?.typed} required />}
      </Field>
      <button class="quiet">{words.compare}</button>
    </form>
  );
}

function Alike({
  frame,
  names,
  matterId,
  mayAct,
  one,
}: Pick<AlikePageProps, 'frame' | 'names' | 'matterId' | 'mayAct'> & { one: AlikeMatter }) {
  const { language } = frame;
  const { alike: words, bulk } = DESK_WORDS[language];
  const { matter } = one;
  const title = titleOf(frame, names, {
    kind: matter.row.kind,
    category: matter.category,
    area: matter.area,
  });
  return (
    <li class="card">
      <h2 class="plain">
        {mayAct && (
          <input type="checkbox" name="matter" value={matter.matterId} aria-label={bulk.choose(title)} />
        )}{' '}
        <a href={`/staff/matters/${matter.matterId}`}>{title}</a>
      </h2>
      <p>
        <StateLabel frame={frame} names={names} row={matter.row} />{' '}
        <When frame={frame} at={matter.row.filedAt} />
      </p>
      <MatterText frame={frame} texts={matter.text} most={MOST_WORDS} />
      <p class="small">
        <HowAlike frame={frame} how={one} />
      </p>
      <p>
        <a
          href={`/staff/matters/${matterId}/beside/${matter.matterId}`}
          aria-label={words.compareWith(title)}
        >
          {words.compare}
        </a>
      </p>
    </li>
  );
}

function HowAlike({ frame, how }: { frame: Frame; how: Likeness }) {
  const { language, format } = frame;
  const { alike: words } = DESK_WORDS[language];
  const percent = `${format.number(Math.round(how.likeness / 10))} %`;
  return (
    <>
      {how.metres !== undefined && `${words.metres(format.number(how.metres))} `}
      {words.likeness(percent)}
    </>
  );
}

function Refused({ frame, code }: { frame: Frame; code: string | undefined }) {
  if (code === undefined) return null;
  return (
    <div class="alert" role="alert">
      <p>{deskRefusal(frame.language, code)}</p>
    </div>
  );
}

interface BesidePageProps {
  frame: Frame;
  names: MatterNames;
  compared: Compared;
  mayAct: boolean;
  commandId: string;
  refused: string | undefined;
}

export function BesidePage(props: BesidePageProps) {
  const { frame, compared, mayAct, commandId, refused } = props;
  const { alike: words, back } = DESK_WORDS[frame.language];
  const [one, other] = compared.both.map(({ matter }) => matter.matterId);
  return (
    <Layout frame={frame} title={words.beside} isPrivate>
      <p>
        <a href={`/staff/matters/${one}`}>{back}</a>
      </p>
      <Refused frame={frame} code={refused} />
      <p>
        <HowAlike frame={frame} how={compared} />
      </p>
      <div class="beside">
        {compared.both.map((each, index) => (
          <One
            key={each.matter.matterId}
            {...props}
            {...each}
            title={index === 0 ? words.one : words.other}
          />
        ))}
      </div>
      {mayAct && (
        <section>
          <p>{words.duplicateSay}</p>
          <form method="post" action={`/staff/matters/${one}/beside/${other}`}>
            <input type="hidden" name="commandId" value={commandId} />
            <ul class="actions">
              {(['one', 'other'] as const).map((which) => (
                <li key={which}>
                  <button name="act" value={which}>
                    {words.duplicate[which]}
                  </button>
                </li>
              ))}
              <li>
                <button name="act" value="gather">
                  {words.gatherBoth}
                </button>
              </li>
            </ul>
          </form>
          <p>{words.gatherSay}</p>
        </section>
      )}
    </Layout>
  );
}

function One({
  frame,
  names,
  matter,
  people,
  title,
  mayAct,
}: BesidePageProps & Compared['both'][number] & { title: string }) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  const { alike } = DESK_WORDS[language];
  const { matterId, row, place, department } = matter;
  const photos = photosOf(matter);
  return (
    <section>
      <h2>{title}</h2>
      <p>
        <a href={`/staff/matters/${matterId}`}>
          {titleOf(frame, names, { kind: row.kind, category: matter.category, area: matter.area })}
        </a>
      </p>
      <p>
        <StateLabel frame={frame} names={names} row={row} /> {inWords(words.kinds, row.kind)}.{' '}
        {isShown(row) ? words.desk.isPublic : words.desk.isNotPublic}
      </p>
      <MatterText frame={frame} texts={matter.text} />
      <dl>
        <dt>{alike.number}</dt>
        <dd>
          <MatterNumber matterId={matterId} />
        </dd>
        <dt>{words.filed.title}</dt>
        <dd>
          <When frame={frame} at={row.filedAt} />
        </dd>
        <dt>{words.deadline}</dt>
        <dd>
          <Deadline frame={frame} names={names} row={row} />
        </dd>
        {place === undefined ? (
          <>
            <dt>{words.place}</dt>
            <dd>{words.noPlace}</dd>
          </>
        ) : (
          <PlaceFact frame={frame} place={place} />
        )}
        <AnswersGiven frame={frame} names={names} matter={matter} />
        {department !== undefined && (
          <>
            <dt>{words.department}</dt>
            <dd lang={otherThan(language, names.department(department).language)}>
              {names.department(department).text}
            </dd>
          </>
        )}
        <dt>{alike.people}</dt>
        <dd>{alike.peopleSay(people, format.number(people))}</dd>
      </dl>
      <PlaceOnMap frame={frame} names={names} place={place} />
      {mayAct && photos.length > 0 && (
        <ul class="photos">
          {photos.map((photo, index) => (
            <li key={photo}>
              <a href={staffPhotoAddress(matterId, photo)}>
                <img
                  src={`${staffPhotoAddress(matterId, photo)}/preview`}
                  alt={words.photo(format.number(index + 1), format.number(photos.length))}
                  loading="lazy"
                />
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

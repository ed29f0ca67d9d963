/** What several pages show of a matter: its title, its state and its deadline, each in words and never by colour alone. */
import { runningDue, type MatterRow } from '../../projections/matter.js';
import { urgency, workingDaysLeft } from '../city/deadlines.js';
import { matterNumber } from '../complaints/matter-number.js';
import type { PublicMatter } from '../complaints/matters.queries.js';
import type { Texts } from '../contents/text.js';
import { wordsIn } from './languages.js';
import { otherThan, When, type Frame } from './layout.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';

const MOST_IN_LIST = 240;

export interface MatterPartProps {
  frame: Frame;
  names: MatterNames;
}

/** What it is about and where, for titles and links. */
export function titleOf(
  { language }: Frame,
  names: MatterNames,
  { kind, category, area }: { kind: string; category?: string | undefined; area?: string | undefined },
): string {
  const words = MATTER_WORDS[language];
  const about = category === undefined ? inWords(words.kinds, kind) : names.category(category).text;
  return area === undefined ? about : `${about} · ${names.area(area).text}`;
}

export function StateLabel({ names, row, frame }: MatterPartProps & { row: MatterRow }) {
  const { text, language } = names.state(row.state);
  return (
    <span class={`phase matter-${row.stateKind}`} lang={otherThan(frame.language, language)}>
      {text}
    </span>
  );
}

/** Where the legal clock stands. */
export function deadlineInWords({ frame, names }: MatterPartProps, row: MatterRow): string {
  const { format, language, now } = frame;
  const { due: words } = MATTER_WORDS[language];
  const { answeredAt, inTime, stoppedSince, due } = row;
  if (answeredAt !== undefined) {
    const at = format.date(answeredAt);
    return inTime === undefined
      ? words.answered(at)
      : inTime
        ? words.answeredInTime(at)
        : words.answeredLate(at);
  }
  if (due === undefined) return words.none;
  const running = runningDue(row);
  if (running === undefined)
    return stoppedSince === undefined ? words.over : words.stopped(format.date(stoppedSince));
  const at = format.date(running);
  const { calendar } = names.catalogue;
  const how = urgency(running, now, calendar);
  if (how !== 'soon') return words[how](at);
  const left = workingDaysLeft(running, now, calendar);
  return words.soon(at, left, format.number(left));
}

export function isOverdue({ now }: Pick<Frame, 'now'>, row: MatterRow): boolean {
  const due = runningDue(row);
  return due !== undefined && due < now;
}

export function Deadline({ frame, names, row }: MatterPartProps & { row: MatterRow }) {
  const text = deadlineInWords({ frame, names }, row);
  return isOverdue(frame, row) ? <strong class="fault">{text}</strong> : <>{text}</>;
}

/** By which people speak of it. */
export function MatterNumber({ matterId }: { matterId: string }) {
  return <code>{matterNumber(matterId)}</code>;
}

/** Words as they were written, with their lines. */
export function MatterText({ frame, texts, most }: { frame: Frame; texts: Texts; most?: number }) {
  const words = wordsIn(texts, frame.language);
  if (words === undefined) return <p class="missing">{MATTER_WORDS[frame.language].noWords}</p>;
  const { text, language } = words;
  return (
    <p class="said" lang={otherThan(frame.language, language)}>
      {most !== undefined && text.length > most ? `${text.slice(0, most).trimEnd()}…` : text}
    </p>
  );
}

/** What it says, or that its words were erased. */
export function MatterWords({ frame, row, texts }: { frame: Frame; row: MatterRow; texts: Texts }) {
  const words = MATTER_WORDS[frame.language];
  if (row.erased !== undefined) return <p class="note">{words.erased}</p>;
  return row.reporterErased !== undefined && row.text === undefined ? (
    <p class="note">
      {words.erased} {words.goesOn}
    </p>
  ) : (
    <MatterText frame={frame} texts={texts} />
  );
}

export function PeopleCount({ frame, row }: { frame: Frame; row: MatterRow }) {
  const { format, language } = frame;
  const words = MATTER_WORDS[language];
  const [people, others] = [row.joined + 1, row.unconfirmed];
  return (
    <>
      {words.people(people, format.number(people))}
      {others > 0 && ` ${words.unconfirmed(others, format.number(others))}`}
    </>
  );
}

/** Where the pictures of a page are. */
export interface PhotoAddresses {
  readonly whole: (id: string) => string;
  readonly preview: (id: string) => string;
}

const PUBLIC_PHOTOS: PhotoAddresses = {
  whole: (id) => `/api/v1/contents/${id}`,
  preview: (id) => `/api/v1/photos/${id}/preview`,
};

interface PhotosProps {
  frame: Frame;
  photos: readonly string[];
  /** What they are of, for who does not see them. */
  about?: string | undefined;
  at?: PhotoAddresses | undefined;
}

/** Previews; each opens the whole picture. */
export function Photos({ frame, photos, about, at = PUBLIC_PHOTOS }: PhotosProps) {
  const words = MATTER_WORDS[frame.language];
  if (photos.length === 0) return null;
  return (
    <ul class="photos">
      {photos.map((id, index) => {
        const name = words.photo(frame.format.number(index + 1), frame.format.number(photos.length));
        return (
          <li key={id}>
            <a href={at.whole(id)} title={words.photoLarger}>
              <img
                src={at.preview(id)}
                alt={about === undefined ? name : `${name}: ${about}`}
                loading="lazy"
                decoding="async"
              />
            </a>
          </li>
        );
      })}
    </ul>
  );
}

/** One of a list. */
export function MatterCard({ frame, names, matter }: MatterPartProps & { matter: PublicMatter }) {
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const { row, matterId, text, photos } = matter;
  return (
    <li class={`card matter-${row.stateKind}`}>
      <h3>
        <a href={`/matters/${matterId}`}>{titleOf(frame, names, row)}</a>
      </h3>
      <p>
        <StateLabel frame={frame} names={names} row={row} /> {inWords(words.kinds, row.kind)} ·{' '}
        <When frame={frame} at={row.filedAt} />
      </p>
      <MatterText frame={frame} texts={text} most={MOST_IN_LIST} />
      <p class="small">
        <PeopleCount frame={frame} row={row} />
        {photos.length > 0 && ` ${words.photos}: ${frame.format.number(photos.length)}.`}{' '}
        <Deadline frame={frame} names={names} row={row} />
      </p>
    </li>
  );
}

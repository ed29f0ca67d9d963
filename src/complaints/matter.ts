/** A matter: what its stream says, and what people may want to do with it (`matter-decisions.ts` says which of it is allowed). Pure. */
import type { CategoryRow } from '../../projections/categories.view.js';
import type { LogEvent } from '../../projections/event.js';
import type { DataOf } from '../../projections/events/catalogue.js';
import { evolveMatter, type MatterEvent, type MatterKind, type MatterRow } from '../../projections/matter.js';
import type { ContentRef } from '../contents/contents.js';
import { type By } from '../event-store/command-log.js';
import { legalDue, type WorkingCalendar } from '../city/deadlines.js';
import type { MatterStateRule } from '../categories/states.js';
import { mayAct } from '../staff/actor.js';

export const LISTENER = 'listener';
/** Between a look and the append somebody else changed what a matter is about; told to nobody, see `Matters.fromDetails`. */
export const DETAILS_CHANGED = 'details-changed';
/** Who acts for anybody that files, joins or comes back by a link; who it is stands in no event. */
export const RESIDENT = { id: 'resident', roles: [] } as const;

export interface MatterState {
  readonly row?: MatterRow;
  /** Every version of the details, the last one in force; without those of a reporter who was erased. */
  readonly details: readonly ContentRef[];
  /** Every version from before her erasure. */
  readonly erasedDetails: readonly ContentRef[];
  /** What the reporter wrote and sent: erased with her. */
  readonly own: readonly ContentRef[];
  /** What the city said, by the position of the event. */
  readonly said: ReadonlyMap<bigint, ContentRef>;
  /** The words of the last answer. */
  readonly answer?: ContentRef;
  /** What others added, who may be anybody: not erased with her. */
  readonly others: readonly ContentRef[];
  /** Of photos that came later than the filing, by id: the position of the event with which. */
  readonly added: Readonly<Record<string, number>>;
  /** What stands where a photo stood, by the id of the one that is gone. */
  readonly replaced: Readonly<Record<string, ContentRef>>;
  /** Ever: what is shown again was hidden, too. */
  readonly wasHidden: boolean;
  /** Of the closing of which its reporter last said whether it is fixed: its `closedAt`. */
  readonly fixSaidOf?: string;
  /** In a case, or a duplicate. With which other one, the row says only where everybody may know. */
  readonly isTogether: boolean;
}

export const NO_MATTER: MatterState = {
  details: [],
  erasedDetails: [],
  own: [],
  said: new Map(),
  others: [],
  added: {},
  replaced: {},
  wasHidden: false,
  isTogether: false,
};

/** As the view folds, with the contents that the events name. */
export function evolve(state: MatterState, event: LogEvent): MatterState {
  if (!('matterId' in event.data)) return state;
  const row = evolveMatter(state.row, event as MatterEvent);
  if (row === undefined) return state;
  const { data } = event as MatterEvent;
  const next = { ...state, row };
  if ('details' in data && data.details !== undefined) {
    next.details = [...state.details, data.details];
  }
  switch (event.type) {
    case 'MatterReleased': {
      const { text, photos, place } = event.data;
      // Of her who is gone nothing is shown any more.
      if (state.row?.reporterErased !== undefined) return saying(next, event, text);
      return { ...next, own: [...state.own, text, ...photos, ...(place === undefined ? [] : [place])] };
    }
    case 'MatterAdded':
    case 'MatterReopened': {
      const { words } = event.data;
      if (event.type === 'MatterReopened' && event.data.by === 'staff') return saying(next, event, words);
      const photos = event.type === 'MatterAdded' ? event.data.photos : [];
      const all = [...(words === undefined ? [] : [words]), ...photos];
      if (event.type === 'MatterAdded' && event.actor !== RESIDENT.id)
        return { ...next, others: [...state.others, ...all] };
      const added = photos.map(({ id }) => [id, Number(event.position)] as const);
      return {
        ...next,
        own: [...state.own, ...all],
        added: { ...state.added, ...Object.fromEntries(added) },
      };
    }
    case 'MatterPhotoReplaced': {
      const { original, photo, added } = event.data;
      return {
        ...next,
        own: [...state.own, photo],
        added: { ...state.added, ...(added !== undefined && { [photo.id]: added }) },
        replaced: { ...state.replaced, [original]: photo },
      };
    }
    case 'MatterAnswered':
      return { ...saying(next, event, event.data.words), answer: event.data.words };
    case 'MatterMoved':
      return saying(next, event, event.data.words);
    case 'FixReported':
      return row.closedAt === undefined ? next : { ...next, fixSaidOf: row.closedAt };
    case 'MatterHidden':
      return { ...next, wasHidden: true };
    case 'MatterDuplicated':
    case 'MatterGathered':
      return { ...next, isTogether: true };
    case 'MatterSeparated':
      return { ...next, isTogether: false };
    case 'ReporterErased':
      return { ...next, details: [event.data.details], erasedDetails: state.details };
    default:
      return next;
  }
}

function saying(state: MatterState, { position }: LogEvent, words: ContentRef | undefined): MatterState {
  return words === undefined ? state : { ...state, said: new Map(state.said).set(position, words) };
}

/** Until when what was filed, or opened again, at an instant must be answered; thanks wait for no answer. See `legalDue`. */
export function dueOf(kind: MatterKind, at: string, calendar: WorkingCalendar): string | undefined {
  return kind === 'thanks' ? undefined : legalDue(at, calendar).end;
}

/** The details that new ones were made from: where others are in force by then, the command is made anew. */
interface MadeFrom {
  readonly from?: string | undefined;
}
type Update = { state: string; happenedAt?: string; responsible?: string };

export type MatterCommand =
  | { do: 'file'; kind: MatterKind; details: ContentRef }
  | { do: 'confirm' }
  | ({
      do: 'release';
      category: string;
      area?: string;
      department?: string;
      isPrivate: boolean;
      text: ContentRef;
      photos: readonly ContentRef[];
      place?: ContentRef;
    } & MadeFrom)
  | { do: 'hide'; reason: string }
  | ({ do: 'replace-photo'; original: string; photo: ContentRef; details?: ContentRef } & MadeFrom)
  /** `details` with the new department: used where the matter is not released. */
  | ({ do: 'assign'; department: string; details: ContentRef; reason?: string; note?: ContentRef } & MadeFrom)
  | ({ do: 'move'; words?: ContentRef } & Update)
  /** `seen`: the position of the last change when somebody saw it unanswered; it is answered only as it was then. */
  | ({ do: 'answer'; words: ContentRef; seen?: number } & Update)
  /** What the other one, of which it is a duplicate, was answered with. */
  | { do: 'answer-with-other'; words: ContentRef }
  | { do: 'reopen'; by: DataOf<'MatterReopened'>['by']; words?: ContentRef }
  | { do: 'add'; words?: ContentRef; photos: readonly ContentRef[] }
  | { do: 'add-by-others'; words: ContentRef }
  | { do: 'rate'; stars: number }
  | { do: 'report-fix'; fixed: boolean; words?: ContentRef }
  /** `isShown`: everybody may see the other one, so that this one's events may name it. */
  | { do: 'duplicate'; of: string; isShown: boolean }
  | { do: 'gather'; into: string; isShown: boolean }
  /** Says what it is in, which everybody may see by now; nothing where that is said, or it may not be. */
  | { do: 'name'; of: string }
  | { do: 'separate' }
  | { do: 'erase'; basis: string }
  /** `details` without anything of hers: it goes on for others. */
  | ({ do: 'erase-reporter'; basis: string; details: ContentRef } & MadeFrom);

export interface MatterFacts {
  readonly matterId: string;
  readonly now: string;
  readonly calendar: WorkingCalendar;
  readonly states: ReadonlyMap<string, MatterStateRule>;
  readonly categories: ReadonlyMap<string, Pick<CategoryRow, 'targetDays'>>;
  /** By the program itself: what nobody confirmed in time becomes void. */
  readonly isBySystem?: boolean;
  /** Its category takes nothing unconfirmed, and the reporter has not entered her code. */
  readonly isUnconfirmed?: boolean;
}

/** Whether somebody may do what staff does. */
export function isListener({ actor }: Pick<By, 'actor'>): boolean {
  return mayAct(actor, LISTENER);
}

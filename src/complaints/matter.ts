/** A matter, decided: what its stream says, and which of what people want to do with it is allowed. Pure. */
import type { CategoryRow } from '../../projections/categories.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import type { DataOf } from '../../projections/events/catalogue.js';
import {
  DUPLICATE_STATE,
  evolveMatter,
  isShown,
  VOID_STATE,
  type MatterEvent,
  type MatterKind,
  type MatterRow,
} from '../../projections/matter.js';
import type { ContentRef } from '../contents/contents.js';
import { isRejection, type By, type Rejection } from '../event-store/command-log.js';
import { legalDue, moved, movedTarget, targetDue, type WorkingCalendar } from '../city/deadlines.js';
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
  /** Its category takes nothing unconfirmed, and the reporter has not entered her code. */
  readonly isUnconfirmed?: boolean;
}

/** What staff cannot do before that. */
const AFTER_CONFIRMATION: readonly MatterCommand['do'][] = [
  'release',
  'replace-photo',
  'assign',
  'move',
  'answer',
  'duplicate',
  'gather',
];

/** Whether somebody may do what staff does. */
export function isListener({ actor }: Pick<By, 'actor'>): boolean {
  return mayAct(actor, LISTENER);
}

/**
 * Rejects with `matter-unknown`, `-exists`, `-erased`, `-private`, `-released`, `-not-released`, `-confirmed`, `-open`,
 * `-void`, `-duplicate`, `-answered`, `-changed`, `-in-case`, `-not-in-case`, `-of-itself`, `-unconfirmed`, `nothing-added`, `state-unknown`, `state-stops`,
 * `state-needs-words`, `responsible-missing`, `happened-in-future` or `happened-before-filing`; with `DETAILS_CHANGED` as `MadeFrom` says.
 */
export function decide(
  state: MatterState,
  command: MatterCommand,
  facts: MatterFacts,
): NewEvent[] | Rejection {
  const { matterId, now, calendar } = facts;
  const { row } = state;
  if (command.do === 'file') {
    if (row !== undefined) return { rejected: 'matter-exists' };
    const due = dueOf(command.kind, now, calendar);
    const { kind, details } = command;
    return [{ type: 'MatterFiled', data: { matterId, kind, ...(due !== undefined && { due }), details } }];
  }
  if (row === undefined) return { rejected: 'matter-unknown' };
  if (row.erased !== undefined) return { rejected: 'matter-erased' };
  if (facts.isUnconfirmed === true && row.confirmed === undefined && AFTER_CONFIRMATION.includes(command.do))
    return { rejected: 'matter-unconfirmed' };
  if ('from' in command && command.from !== undefined && command.from !== state.details.at(-1)?.id)
    return { rejected: DETAILS_CHANGED };
  switch (command.do) {
    case 'confirm':
      return row.confirmed
        ? { rejected: 'matter-confirmed' }
        : [{ type: 'MatterConfirmed', data: { matterId } }];
    case 'release':
      return decideRelease(row, command, facts);
    case 'hide':
      if (!isShown(row)) return { rejected: 'matter-not-released' };
      return [{ type: 'MatterHidden', data: { matterId, reason: command.reason } }];
    case 'replace-photo': {
      const { original, photo, details } = command;
      if (state.replaced[original] !== undefined) return { rejected: 'photo-unknown' };
      const added = state.added[original];
      const where = { ...(details !== undefined && { details }), ...(added !== undefined && { added }) };
      return [{ type: 'MatterPhotoReplaced', data: { matterId, original, photo, ...where } }];
    }
    case 'assign': {
      const { department, details, reason, note } = command;
      const isTold = row.releasedAt !== undefined;
      const where = isTold ? { department } : { details };
      // A reason may say what the matter is about.
      const why = {
        ...(reason !== undefined && isTold && { reason }),
        ...(note !== undefined && { note }),
      };
      return [{ type: 'MatterAssigned', data: { matterId, ...where, ...why } }];
    }
    case 'answer':
      // By whoever else saw to it that what goes with a case is answered with it.
      if ([...state.said.values()].some(({ id }) => id === command.words.id))
        return { rejected: 'matter-answered' };
      if (command.seen !== undefined && row.answeredAt !== undefined) return { rejected: 'matter-answered' };
      if (command.seen !== undefined && row.changed > command.seen) return { rejected: 'matter-changed' };
      return decideUpdate(row, command, facts);
    case 'move':
      return decideUpdate(row, command, facts);
    case 'answer-with-other': {
      if (row.state !== DUPLICATE_STATE) return { rejected: 'matter-not-in-case' };
      if (row.answeredAt !== undefined) return { rejected: 'matter-answered' };
      const update = { state: DUPLICATE_STATE, stateKind: 'closed' as const, happenedAt: now };
      return [{ type: 'MatterAnswered', data: { matterId, ...update, words: command.words } }];
    }
    case 'reopen':
      return decideReopening(row, command, facts);
    case 'add':
      return decideAddition(row, command, facts);
    case 'add-by-others':
      return [{ type: 'MatterAdded', data: { matterId, words: command.words, photos: [] } }];
    case 'rate':
      if (row.stateKind === 'open') return { rejected: 'matter-open' };
      return [{ type: 'MatterRated', data: { matterId, stars: command.stars } }];
    case 'report-fix':
      return decideFix(row, command, facts);
    case 'duplicate':
    case 'gather':
      return decideTogether(state, command, facts);
    case 'name': {
      const isKnown = !state.isTogether || row.of !== undefined || !isShown(row);
      return isKnown ? [] : [together(row.state === DUPLICATE_STATE, matterId, command.of)];
    }
    case 'separate': {
      if (!state.isTogether) return { rejected: 'matter-not-in-case' };
      const from = row.of === undefined ? {} : { from: row.of };
      return [{ type: 'MatterSeparated', data: { matterId, ...from } }];
    }
    case 'erase':
      return [{ type: 'MatterErased', data: { matterId, basis: command.basis } }];
    case 'erase-reporter': {
      const { basis, details } = command;
      if (row.reporterErased !== undefined) return { rejected: 'matter-erased' };
      return [{ type: 'ReporterErased', data: { matterId, basis, details } }];
    }
  }
}

type Of<T extends MatterCommand['do']> = Extract<MatterCommand, { do: T }>;

function decideRelease(row: MatterRow, command: Of<'release'>, facts: MatterFacts): NewEvent[] | Rejection {
  if (command.isPrivate) return { rejected: 'matter-private' };
  if (isShown(row)) return { rejected: 'matter-released' };
  const { category, text, photos, place } = command;
  // Where it was released before, its events say it, and nothing that was read a moment ago.
  const { area, department } = row.releasedAt === undefined ? command : row;
  const days = facts.categories.get(category)?.targetDays;
  // From the filing: that nobody looked at it for a week is no reason to be later.
  const target = row.target ?? (days && targetDue(row.filedAt, days, facts.calendar).end);
  return [
    {
      type: 'MatterReleased',
      data: {
        matterId: facts.matterId,
        category,
        ...(area !== undefined && { area }),
        ...(department !== undefined && { department }),
        text,
        photos: [...photos],
        ...(place !== undefined && { place }),
        ...(target !== undefined && target !== 0 && { target }),
      },
    },
  ];
}

function decideUpdate(
  row: MatterRow,
  command: Of<'move'> | Of<'answer'>,
  facts: MatterFacts,
): NewEvent[] | Rejection {
  const { matterId, now, states } = facts;
  const { words, responsible, happenedAt = now } = command;
  const rule = states.get(command.state);
  const isWithdrawn = rule?.withdrawn === true && rule.state !== row.state;
  if (rule === undefined || isWithdrawn || rule.state === DUPLICATE_STATE)
    return { rejected: 'state-unknown', field: 'state' };
  const isDuplicate = row.state === DUPLICATE_STATE;
  if (isDuplicate && command.do === 'move') return { rejected: 'matter-duplicate' };
  // An answer lets nobody wait on.
  if (command.do === 'answer' && rule.stops) return { rejected: 'state-stops', field: 'state' };
  // Nobody's clock stands for an answer that she was not asked for.
  if (rule.stops && words === undefined) return { rejected: 'state-needs-words', field: 'words' };
  if (rule.state === 'not-responsible' && responsible === undefined)
    return { rejected: 'responsible-missing', field: 'responsible' };
  if (happenedAt > now) return { rejected: 'happened-in-future', field: 'happenedAt' };
  if (happenedAt < row.filedAt) return { rejected: 'happened-before-filing', field: 'happenedAt' };
  const update = {
    matterId,
    // What was answered once for seventy was not repaired seventy times.
    ...(isDuplicate
      ? { state: DUPLICATE_STATE, stateKind: 'closed' as const }
      : { state: rule.state, stateKind: rule.kind }),
    happenedAt,
    // Which authority it is says what the matter is about.
    ...(responsible !== undefined && row.releasedAt !== undefined && { responsible }),
  };
  if (command.do === 'answer') return [{ type: 'MatterAnswered', data: { ...update, words: command.words } }];
  const isOlder = happenedAt < row.stateAt;
  const times = isOlder || rule.stops ? {} : resumedTimes(row, facts);
  // Work goes on only with what is open: the clock begins anew, and the history says so.
  const isOpened = !isOlder && rule.kind === 'open' && row.stateKind !== 'open';
  const opened = isOpened ? decideReopening(row, { do: 'reopen', by: 'staff' }, facts) : [];
  if (isRejection(opened)) return opened;
  return [
    ...opened,
    {
      type: 'MatterMoved',
      data: { ...update, stops: rule.stops, ...(words !== undefined && { words }), ...times },
    },
  ];
}

function decideReopening(
  row: MatterRow,
  { by, words }: Of<'reopen'>,
  { matterId, now, calendar, categories }: MatterFacts,
): NewEvent[] | Rejection {
  if (row.stateKind === 'open') return { rejected: 'matter-open' };
  // What became of it is decided in the other one.
  if (row.state === DUPLICATE_STATE) return { rejected: 'matter-duplicate' };
  if (row.state === VOID_STATE && by !== 'staff') return { rejected: 'matter-void' };
  // Who was never answered waits since she filed it, and not since somebody closed it.
  const due = row.answeredAt === undefined ? undefined : dueOf(row.kind, now, calendar);
  const days = row.category === undefined ? undefined : categories.get(row.category)?.targetDays;
  return [
    {
      type: 'MatterReopened',
      data: {
        matterId,
        by,
        ...(words !== undefined && { words }),
        ...(due !== undefined && { due }),
        ...(days !== undefined && { target: targetDue(now, days, calendar).end }),
      },
    },
  ];
}

/** What is not fixed is open again, in one append. */
function decideFix(
  row: MatterRow,
  { fixed, words }: Of<'report-fix'>,
  facts: MatterFacts,
): NewEvent[] | Rejection {
  if (row.stateKind === 'open') return { rejected: 'matter-open' };
  const said: NewEvent = { type: 'FixReported', data: { matterId: facts.matterId, fixed } };
  if (fixed) return [said];
  const command = {
    do: 'reopen' as const,
    by: 'questionnaire' as const,
    ...(words !== undefined && { words }),
  };
  const opened = decideReopening(row, command, facts);
  return isRejection(opened) ? opened : [said, ...opened];
}

function decideAddition(
  row: MatterRow,
  { words, photos }: Of<'add'>,
  facts: MatterFacts,
): NewEvent[] | Rejection {
  if (words === undefined && photos.length === 0) return { rejected: 'nothing-added' };
  const isWaiting = row.stoppedSince !== undefined;
  const resumes = isWaiting ? { resumes: { state: 'in-progress', ...resumedTimes(row, facts) } } : {};
  const added = { ...(words !== undefined && { words }), photos: [...photos], ...resumes };
  return [{ type: 'MatterAdded', data: { matterId: facts.matterId, ...added } }];
}

/** `due` and `target` as they are once a clock that stands goes on; nothing where it runs. */
function resumedTimes(row: MatterRow, { now, calendar }: MatterFacts): { due?: string; target?: string } {
  const { stoppedSince, due, target, answeredAt } = row;
  if (stoppedSince === undefined) return {};
  return {
    ...(due !== undefined &&
      answeredAt === undefined && { due: moved(due, stoppedSince, now, calendar).end }),
    ...(target !== undefined && { target: movedTarget(target, stoppedSince, now, calendar).end }),
  };
}

function decideTogether(
  { row, isTogether }: MatterState,
  command: Of<'duplicate'> | Of<'gather'>,
  { matterId }: MatterFacts,
): NewEvent[] | Rejection {
  const other = command.do === 'duplicate' ? command.of : command.into;
  if (other === matterId) return { rejected: 'matter-of-itself' };
  if (isTogether) return { rejected: 'matter-in-case' };
  // Of one that not everybody may see the log must not say what it goes with, nor what goes with it.
  const isNamed = command.isShown && row !== undefined && isShown(row);
  return [together(command.do === 'duplicate', matterId, isNamed ? other : undefined)];
}

function together(isDuplicate: boolean, matterId: string, other: string | undefined): NewEvent {
  return isDuplicate
    ? { type: 'MatterDuplicated', data: { matterId, ...(other !== undefined && { of: other }) } }
    : { type: 'MatterGathered', data: { matterId, ...(other !== undefined && { into: other }) } };
}

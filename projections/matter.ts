/**
 * The life of a matter as one row, which commands decide on and the view shows. Until it is released a row says no more than its
 * events do: kind, states and times, and never what it is about.
 */
import type { LogEvent } from './event.js';
import type { DataOf } from './events/catalogue.js';

/** Adds members to a copy; V8 takes ten times as long to add them to one that it made by spreading. */
const { assign } = Object;

type ContentRef = DataOf<'MatterFiled'>['details'];
export type MatterKind = DataOf<'MatterFiled'>['kind'];
export type StateKind = DataOf<'MatterMoved'>['stateKind'];
export const MATTER_KINDS: readonly MatterKind[] = ['complaint', 'suggestion', 'thanks'];
export const STATE_KINDS: readonly StateKind[] = ['open', 'closed', 'fixed'];

/** States that the program itself speaks of; the others are the city's. */
export const OPEN_STATE = 'open';
export const DUPLICATE_STATE = 'duplicate';
/** No matter at all: an advertisement, a test. */
export const VOID_STATE = 'void';

export interface MatterRow {
  kind: MatterKind;
  filedAt: string;
  /** The details in force, whose reference says nothing of what they are. */
  details: ContentRef;
  state: string;
  stateKind: StateKind;
  /** When it came about (`happenedAt`): an older update changes nothing. */
  stateAt: string;
  /** The legal clock stands since then, by the clock of the event. */
  stoppedSince?: string;
  /** The end of the legal clock that runs now; none for thanks. */
  due?: string;
  /** When the city means to be done; only of a released matter, since it says the category. */
  target?: string;
  /** Answered since it was filed or last re-opened. */
  answeredAt?: string;
  /** Whether that answer came before `due`; time in which the clock stood does not count. False also of what was erased later than that. */
  inTime?: boolean;
  /** The first answer of all, which a re-opening leaves as it is. */
  first?: { answeredAt: string; inTime?: boolean };
  /** By the clock of the event, as `fixedAt`. */
  closedAt?: string;
  fixedAt?: string;
  /** How often it was opened again. */
  reopened: number;
  confirmed?: true;
  /** When it was first released. */
  releasedAt?: string;
  /** Why it is on no list any more. */
  hidden?: string;
  /** The legal ground on which words, photos and people were deleted. */
  erased?: string;
  /** The same of its reporter alone: it goes on for others. */
  reporterErased?: string;
  category?: string;
  area?: string;
  department?: string;
  text?: ContentRef;
  photos?: readonly ContentRef[];
  place?: ContentRef;
  /** People who joined with an address of theirs or a matter of their own, without who filed. */
  joined: number;
  /** How often it was joined without an address: whether by as many people nobody knows. */
  unconfirmed: number;
  /** Matters that are in the case which this is, or duplicates of it. */
  members: number;
  /** The case that it is in, or what it is a duplicate of. */
  of?: string;
  stars?: number;
  /** What the reporter said when she was asked whether it is fixed. */
  saidFixed?: boolean;
  /** By the clock of the last event. */
  updatedAt: string;
  /** Position of the last event. */
  changed: number;
}

/** The events that change the row of the matter which they name. */
export type MatterEvent = LogEvent<
  | 'MatterFiled'
  | 'MatterConfirmed'
  | 'MatterReleased'
  | 'MatterHidden'
  | 'MatterPhotoReplaced'
  | 'MatterAssigned'
  | 'MatterMoved'
  | 'MatterAnswered'
  | 'MatterReopened'
  | 'MatterAdded'
  | 'MatterRated'
  | 'FixReported'
  | 'MatterJoined'
  | 'MatterLeft'
  | 'MatterDuplicated'
  | 'MatterGathered'
  | 'MatterSeparated'
  | 'DeadlineMoved'
  | 'ReporterErased'
  | 'MatterErased'
>;
type LaterEvent = Exclude<MatterEvent, LogEvent<'MatterFiled'>>;

/** Whether everybody may see it. */
export function isShown(row: Pick<MatterRow, 'releasedAt' | 'hidden'>): boolean {
  return row.releasedAt !== undefined && row.hidden === undefined;
}

/** Whether no answer of its own is owed: it is no matter, or its people wait for the answer of the one that goes on. */
export function owesNoAnswer({ state }: Pick<MatterRow, 'state'>): boolean {
  return state === VOID_STATE || state === DUPLICATE_STATE;
}

/**
 * The end of the legal clock while it runs: `undefined` once it is answered, while it stands, and where no answer is owed. One
 * that had run out before it was made to stand is not saved by that.
 */
export function runningDue(row: MatterRow): string | undefined {
  const { due, stoppedSince, answeredAt, erased } = row;
  const stands = due !== undefined && stoppedSince !== undefined && stoppedSince <= due;
  return answeredAt !== undefined || erased !== undefined || stands || owesNoAnswer(row) ? undefined : due;
}

/** Total: an event that does not fit the row leaves it as it is. */
export function evolveMatter(row: MatterRow | undefined, event: MatterEvent): MatterRow | undefined {
  if (event.type === 'MatterFiled') return row ?? filed(event);
  if (row === undefined) return undefined;
  return { ...change(row, event), updatedAt: event.at, changed: Number(event.position) };
}

function filed({ data, at, position }: LogEvent<'MatterFiled'>): MatterRow {
  return {
    kind: data.kind,
    filedAt: at,
    details: data.details,
    state: OPEN_STATE,
    stateKind: 'open',
    stateAt: at,
    ...(data.due !== undefined && { due: data.due }),
    reopened: 0,
    joined: 0,
    unconfirmed: 0,
    members: 0,
    updatedAt: at,
    changed: Number(position),
  };
}

function change(row: MatterRow, event: LaterEvent): MatterRow {
  switch (event.type) {
    case 'MatterConfirmed':
      return { ...row, confirmed: true };
    case 'MatterReleased':
      return released(row, event);
    case 'MatterHidden':
      return { ...row, hidden: event.data.reason };
    case 'MatterPhotoReplaced':
      return withPhoto(detailed(row, event), event.data);
    case 'MatterAssigned': {
      const { department } = event.data;
      return { ...detailed(row, event), ...(department !== undefined && { department }) };
    }
    case 'MatterMoved': {
      if (event.data.happenedAt < row.stateAt) return row;
      const { due, target, stops } = event.data;
      const since = stops ? (row.stoppedSince ?? event.at) : undefined;
      return timed(inState(row, event.data, event.at, since), { due, target });
    }
    case 'MatterAnswered':
      return answered(row, event);
    case 'MatterReopened': {
      const { answeredAt: _answered, inTime: _inTime, ...open } = row;
      const state = { state: OPEN_STATE, stateKind: 'open' as const, happenedAt: event.at };
      return { ...timed(inState(open, state, event.at), event.data), reopened: row.reopened + 1 };
    }
    case 'MatterAdded': {
      const { resumes } = event.data;
      if (resumes === undefined || row.stoppedSince === undefined) return row;
      const state = { state: resumes.state, stateKind: 'open' as const, happenedAt: event.at };
      return timed(inState(row, state, event.at), resumes);
    }
    case 'MatterRated':
      return { ...row, stars: event.data.stars };
    case 'FixReported':
      return { ...row, saidFixed: event.data.fixed };
    case 'MatterJoined':
      return counting(row, event, 1);
    case 'MatterLeft':
      return counting(row, event, -1);
    case 'MatterDuplicated': {
      // That it comes again only names the other.
      if (row.state === DUPLICATE_STATE) return inOther(row, event.data.of);
      const state = { state: DUPLICATE_STATE, stateKind: 'closed' as const, happenedAt: event.at };
      return inOther(inState(row, state, event.at), event.data.of);
    }
    case 'MatterGathered':
      return inOther(row, event.data.into);
    case 'MatterSeparated': {
      const { of: _of, ...apart } = row;
      // No duplicate after all: its own clock runs as it ran before.
      const state = { state: OPEN_STATE, stateKind: 'open' as const, happenedAt: event.at };
      return row.state === DUPLICATE_STATE ? inState(apart, state, event.at) : apart;
    }
    case 'DeadlineMoved':
      return timed(row, event.data);
    case 'ReporterErased': {
      const { text: _text, photos: _photos, place: _place, ...left } = detailed(row, event);
      return { ...left, reporterErased: event.data.basis };
    }
    case 'MatterErased': {
      const { text: _text, photos: _photos, place: _place, ...left } = row;
      const isLate = row.due !== undefined && (row.stoppedSince ?? event.at) > row.due;
      const unanswered = isLate && row.answeredAt === undefined ? { inTime: false } : {};
      return { ...left, erased: event.data.basis, ...unanswered };
    }
    default:
      event satisfies never;
      return row;
  }
}

function counting(row: MatterRow, { data }: LogEvent<'MatterJoined' | 'MatterLeft'>, by: 1 | -1): MatterRow {
  const what = data.unconfirmed === true ? 'unconfirmed' : 'joined';
  return { ...row, [what]: Math.max(0, row[what] + by) };
}

function released(row: MatterRow, { data, at }: LogEvent<'MatterReleased'>): MatterRow {
  if (row.erased !== undefined) return row;
  const { hidden: _hidden, area: _area, department: _department, place: _place, ...kept } = row;
  const { category, area, department, text, photos, place, target } = data;
  return assign(kept, {
    releasedAt: row.releasedAt ?? at,
    category,
    text,
    photos,
    ...(area !== undefined && { area }),
    ...(department !== undefined && { department }),
    ...(place !== undefined && { place }),
    ...(target !== undefined && { target }),
  });
}

/** The answer ends the clock whatever it says of the past; the state follows the order of what happened. */
function answered(row: MatterRow, { data, at }: LogEvent<'MatterAnswered'>): MatterRow {
  const moved = data.happenedAt < row.stateAt ? row : inState(row, data, at);
  if (row.answeredAt !== undefined) return moved;
  const inTime = row.due === undefined ? {} : { inTime: (row.stoppedSince ?? at) <= row.due };
  return assign({}, moved, { answeredAt: at, ...inTime, first: row.first ?? { answeredAt: at, ...inTime } });
}

/**
 * In a state since `happenedAt`, which whoever says so may choose; closed and fixed by the clock of the event, which nobody does: figures
 * go by that. The legal clock stands since `stoppedSince` or runs.
 */
function inState(
  row: MatterRow,
  { state, stateKind, happenedAt }: { state: string; stateKind: StateKind; happenedAt: string },
  at: string,
  stoppedSince?: string,
): MatterRow {
  const { stoppedSince: _since, closedAt, fixedAt, ...kept } = row;
  return assign(kept, {
    state,
    stateKind,
    stateAt: happenedAt,
    ...(stoppedSince !== undefined && { stoppedSince }),
    // Fixed is closed, too; what is closed may be found to be fixed later.
    ...(stateKind !== 'open' && { closedAt: closedAt ?? at }),
    ...(stateKind === 'fixed' && { fixedAt: fixedAt ?? at }),
  });
}

function detailed(row: MatterRow, { data }: { data: { details?: ContentRef | undefined } }): MatterRow {
  return data.details === undefined ? row : { ...row, details: data.details };
}

/** With another photo where there was one. */
export function withPhoto<Row extends { photos?: readonly ContentRef[] }>(
  row: Row,
  { original, photo }: { original: string; photo: ContentRef },
): Row {
  const { photos } = row;
  return photos === undefined
    ? row
    : { ...row, photos: photos.map((one) => (one.id === original ? photo : one)) };
}

function inOther(row: MatterRow, of: string | undefined): MatterRow {
  return of === undefined ? row : { ...row, of };
}

function timed(
  row: MatterRow,
  { due, target }: { due?: string | undefined; target?: string | undefined },
): MatterRow {
  return { ...row, ...(due !== undefined && { due }), ...(target !== undefined && { target }) };
}

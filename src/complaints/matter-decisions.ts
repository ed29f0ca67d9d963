/** Which of what people want to do with a matter is allowed, and what happens then. Pure. */
import type { NewEvent } from '../../projections/event.js';
import { DUPLICATE_STATE, isShown, VOID_STATE, type MatterRow } from '../../projections/matter.js';
import { moved, movedTarget, targetDue } from '../city/deadlines.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import { DETAILS_CHANGED, dueOf, type MatterCommand, type MatterFacts, type MatterState } from './matter.js';

type Of<T extends MatterCommand['do']> = Extract<MatterCommand, { do: T }>;

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

/**
 * Rejects with `matter-unknown`, `-exists`, `-erased`, `-private`, `-released`, `-not-released`, `-confirmed`, `-open`,
 * `-void`, `-duplicate`, `-answered`, `-changed`, `-in-case`, `-not-in-case`, `-of-itself`, `-unconfirmed`, `nothing-added`, `state-unknown`, `state-needs-answer`, `state-stops`,
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
      if (!isShown(row)) return { rejected: 'matter-not-released' };
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
  // Nobody's complaint ends without a word.
  const isVoid = rule.state === VOID_STATE && row.state !== VOID_STATE;
  if (isVoid && command.do === 'move' && facts.isBySystem !== true)
    return { rejected: 'state-needs-answer', field: 'state' };
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

/** The history of a matter, a row a step, as the log tells it: who may see a matter sees its steps. */
import type { LogEvent } from './event.js';
import type { DataOf } from './events/catalogue.js';
import { withPhoto, type MatterEvent, type StateKind } from './matter.js';
import { projection } from './projection.js';

type ContentRef = DataOf<'MatterFiled'>['details'];
/** Who joined is no step of the history: seventy of them would hide it. */
type StepEvent = Exclude<MatterEvent, LogEvent<'MatterJoined' | 'MatterLeft'>>;

export interface MatterStepRow {
  matterId: string;
  what: StepEvent['type'];
  /** By the clock of the command; the order is that of the log. */
  at: string;
  /** When it came about, where somebody said so: an update older than the one before changed nothing. */
  happenedAt?: string;
  actor: string;
  state?: string;
  stateKind?: StateKind;
  department?: string;
  /** Whose matter it is when it is not the city's. */
  responsible?: string;
  /** Why, or who opened it again, or the legal ground of an erasure: a code. */
  reason?: string;
  words?: ContentRef;
  photos?: readonly ContentRef[];
  due?: string;
  stars?: number;
  fixed?: boolean;
  /** What it was put with or taken from; in the history of that one, the matter. */
  other?: string;
}

const POSITION_DIGITS = 20;

/** Keys of one matter's steps sort in the order of the log. */
export function stepKey(matterId: string, position: bigint): string {
  return `${matterId}/${String(position).padStart(POSITION_DIGITS, '0')}`;
}

/** Of the event in the log, in which a step's key ends. */
export function positionOf(key: string): bigint {
  return BigInt(key.slice(key.indexOf('/') + 1));
}

/** What a step shows of an event's data, under its own name. */
const SHOWN = [
  'happenedAt',
  'state',
  'stateKind',
  'department',
  'responsible',
  'words',
  'photos',
  'due',
  'stars',
  'fixed',
] as const;

function stepOf({ type, data, at, actor }: StepEvent): MatterStepRow {
  const said: Readonly<Record<string, unknown>> = { ...data, ...('resumes' in data ? data.resumes : {}) };
  const shown = SHOWN.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]] as const]));
  const reason = said.reason ?? said.by ?? said.basis;
  const other = otherOf(data);
  return {
    matterId: data.matterId,
    what: type,
    at,
    actor,
    ...(Object.fromEntries(shown) as Partial<MatterStepRow>),
    ...(typeof reason === 'string' && { reason }),
    ...(other !== undefined && { other }),
  };
}

function otherOf(data: StepEvent['data']): string | undefined {
  if ('of' in data) return data.of;
  if ('into' in data) return data.into;
  return 'from' in data ? data.from : undefined;
}

const on = {
  key: ({ data, position }: StepEvent) =>
    [data.matterId, otherOf(data)].flatMap((id) => (id === undefined ? [] : [stepKey(id, position)])),
  fold: (_: MatterStepRow | undefined, event: StepEvent, index: number) => {
    const step = stepOf(event);
    return index === 0 ? step : { ...step, matterId: step.other as string, other: step.matterId };
  },
};

/** Also in the step with which the photo came. */
const replaced = {
  key: ({ data, position }: LogEvent<'MatterPhotoReplaced'>) => [
    stepKey(data.matterId, position),
    ...(data.added === undefined ? [] : [stepKey(data.matterId, BigInt(data.added))]),
  ],
  fold: (row: MatterStepRow | undefined, event: LogEvent<'MatterPhotoReplaced'>, index: number) =>
    index === 0 ? stepOf(event) : row && withPhoto(row, event.data),
};

export const matterStepsView = projection<MatterStepRow>({
  name: 'matter_steps',
  version: 3,
  on: {
    MatterFiled: on,
    MatterConfirmed: on,
    MatterReleased: on,
    MatterHidden: on,
    MatterPhotoReplaced: replaced,
    MatterAssigned: on,
    MatterMoved: on,
    MatterAnswered: on,
    MatterReopened: on,
    MatterAdded: on,
    MatterRated: on,
    FixReported: on,
    MatterDuplicated: on,
    MatterGathered: on,
    MatterSeparated: on,
    DeadlineMoved: on,
    ReporterErased: on,
    MatterErased: on,
  },
  columns: {
    matter: { type: 'text', value: (row) => row.matterId },
    what: { type: 'text', value: (row) => row.what },
    at: { type: 'text', value: (row) => row.at },
  },
  indexes: [['matter'], ['at']],
});

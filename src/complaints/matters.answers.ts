/** What the addresses of matters answer, as schemas with examples. Places are in integer microdegrees. */
import { Type } from 'typebox';
import { closed, Code, Count, Id, Instant, Microdegrees, Uuid } from '../../projections/events/schema.js';
import { MatterKind, StateKind } from '../../projections/events/complaints.js';
import { Words } from '../contents/contents.answers.js';
import { RECEIPT, RECEIPT_EXAMPLE } from '../rest/commands.js';
import { defined } from '../rest/defined.js';
import { hasEarlierSteps } from './history.js';
import type { PublicMatter, PublicStep } from './matters.queries.js';
import type { WholeMatter, QueuedMatter } from './whole-matters.js';

const { Optional } = Type;
const LINK = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
const matterId = '0d9c4a1e-0f6a-5c1e-9a3e-5d2f1c7b8a90';
const link = 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M';
const photo = '3a1c9a58-6f0e-4b8e-9a52-0d5d9f1f7c20';

const Place = closed({
  lat: Optional(Microdegrees),
  long: Optional(Microdegrees),
  address: Optional(Type.String()),
});
const place = { lat: 43_545_100, long: -6_102_300, address: 'Calle del Faro, 12' };

/** What a matter's row says to whoever may see the matter. */
const standing = {
  id: Uuid,
  kind: MatterKind,
  filedAt: Instant,
  state: Code,
  stateKind: StateKind,
  stateAt: Instant,
  due: Optional(Instant),
  target: Optional(Instant),
  answeredAt: Optional(Instant),
  inTime: Optional(Type.Boolean({ description: 'Whether the answer came before its day' })),
  closedAt: Optional(Instant),
  fixedAt: Optional(Instant),
  waitingSince: Optional(Instant),
  releasedAt: Optional(Instant),
  erased: Optional(Code),
  reporterErased: Optional(Code),
  reopened: Count,
  joined: Type.Integer({
    minimum: 0,
    description: 'People who joined with a confirmed address or a matter of their own, without who filed',
  }),
  unconfirmed: Type.Integer({
    minimum: 0,
    description: 'How often it was joined without an address, whether by as many people or not',
  }),
  members: Type.Integer({ minimum: 0, description: 'Matters in this case' }),
  of: Optional(Uuid),
  stars: Optional(Type.Integer({ minimum: 1, maximum: 5 })),
};
const about = {
  category: Optional(Code),
  area: Optional(Id),
  department: Optional(Id),
  text: Words,
  photos: Type.Array(Uuid),
  place: Optional(Place),
};
const standingExample = {
  id: matterId,
  kind: 'complaint',
  filedAt: '2026-05-01T08:00:00.000Z',
  state: 'resolved',
  stateKind: 'fixed',
  stateAt: '2026-05-07T09:00:00.000Z',
  due: '2026-08-03T21:59:59.999Z',
  answeredAt: '2026-05-07T10:00:00.000Z',
  inTime: true,
  closedAt: '2026-05-07T09:00:00.000Z',
  fixedAt: '2026-05-07T09:00:00.000Z',
  releasedAt: '2026-05-01T09:00:00.000Z',
  reopened: 0,
  joined: 3,
  unconfirmed: 1,
  members: 0,
};
const aboutExample = {
  category: 'street-lamp',
  area: 'harbour',
  department: 'works',
  text: { es: 'La farola lleva apagada una semana.' },
  photos: [photo],
  place,
};
const Step = closed({
  position: Type.String({ pattern: '^\\d+$' }),
  what: Type.String({ description: 'The type of the event' }),
  at: Instant,
  happenedAt: Optional(Instant),
  actor: Id,
  state: Optional(Code),
  stateKind: Optional(StateKind),
  department: Optional(Id),
  responsible: Optional(Id),
  reason: Optional(Code),
  due: Optional(Instant),
  stars: Optional(Count),
  fixed: Optional(Type.Boolean()),
  other: Optional(Uuid),
  words: Optional(Words),
  photos: Type.Array(Uuid),
});
const history = {
  history: Type.Array(Step, { description: 'The last thousand steps' }),
  hasEarlierSteps: Optional(Type.Boolean({ description: 'Whether the log has more than these' })),
};
const step = {
  position: '1041',
  what: 'MatterAnswered',
  at: '2026-05-07T10:00:00.000Z',
  happenedAt: '2026-05-07T09:00:00.000Z',
  actor: 'lin',
  state: 'resolved',
  stateKind: 'fixed',
  words: { es: 'Se cambió la lámpara.' },
  photos: [],
};

/** A matter without its history. */
export const MATTER = closed({ ...standing, ...about });
export const MATTER_EXAMPLE = { ...standingExample, ...aboutExample };
export const MatterListAnswer = {
  schema: closed({
    items: Type.Array(MATTER),
    next: Optional(Type.String()),
    links: closed({ next: Optional(Type.String()) }),
  }),
  example: { items: [MATTER_EXAMPLE], links: {} },
};
export const MatterAnswer = {
  schema: closed({ ...standing, ...about, ...history }),
  example: { ...standingExample, ...aboutExample, history: [step] },
};

const Answers = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]));
export const whole = { ...standing, ...about, answers: Answers, private: Type.Boolean(), ...history };
export const wholeExample = {
  ...standingExample,
  ...aboutExample,
  answers: { lamp: 'off' },
  private: false,
  history: [step],
};
/** The city does nothing before the address is confirmed, and erases the matter then. */
const ConfirmUntil = Instant;
const Email = Type.String({ enum: ['none', 'given', 'confirmed'] });
export const OwnMatterAnswer = {
  schema: closed({
    role: Type.String({ enum: ['reporter', 'joiner'] }),
    email: Email,
    confirmUntil: Optional(ConfirmUntil),
    matterId: Uuid,
    matter: Optional(closed(whole)),
  }),
  example: { role: 'reporter', email: 'given', matterId, matter: wholeExample },
};
export const queued = { ...standing, ...about, private: Type.Boolean() };
/** As staff sees one of many. */
export const QUEUED = closed(queued);
export const QUEUED_EXAMPLE = { ...standingExample, ...aboutExample, private: false };

const filedReceipt = {
  ...RECEIPT_EXAMPLE,
  stream: `matter-${matterId}`,
  events: [{ ...RECEIPT_EXAMPLE.events[0], type: 'MatterFiled' }],
};
export const FiledAnswer = {
  schema: closed({ matterId: Uuid, link: LINK, confirmUntil: Optional(ConfirmUntil), ...RECEIPT }),
  example: { matterId, link, ...filedReceipt },
};
export const JoinedAnswer = {
  schema: closed({ link: LINK, ...RECEIPT }),
  example: { link, ...filedReceipt },
};
function standingJson(id: string, row: PublicMatter['row'], of: string | undefined) {
  const { kind, filedAt, state, stateKind, stateAt, reopened, joined, unconfirmed, members } = row;
  const {
    due,
    target,
    answeredAt,
    inTime,
    closedAt,
    fixedAt,
    stoppedSince,
    releasedAt,
    erased,
    reporterErased,
    stars,
  } = row;
  return {
    id,
    kind,
    filedAt,
    state,
    stateKind,
    stateAt,
    ...defined({ due, target, answeredAt, inTime, closedAt, fixedAt, releasedAt, of, stars }),
    ...defined({ erased, reporterErased, waitingSince: stoppedSince }),
    reopened,
    joined,
    unconfirmed,
    members,
  };
}

/** Where the city waits for the code. */
export function confirmJson({ confirmUntil }: { confirmUntil?: Date | undefined }) {
  return confirmUntil === undefined ? {} : { confirmUntil: confirmUntil.toISOString() };
}

export function matterJson({ matterId: id, row, text, photos, place: where }: PublicMatter) {
  const { category, area, department } = row;
  const said = defined({ category, area, department, place: where });
  return { ...standingJson(id, row, row.of), ...said, text, photos };
}

export function historyJson(steps: readonly PublicStep[]) {
  return { history: steps.map(stepJson), ...(hasEarlierSteps(steps) && { hasEarlierSteps: true }) };
}

function stepJson({ position, row, words, photos }: PublicStep) {
  const { matterId: _id, words: _ref, photos: _refs, ...said } = row;
  return { position: String(position), ...said, ...defined({ words }), photos };
}

export function queuedJson(matter: QueuedMatter) {
  const { matterId: id, row, text, photos, category, area, department, place: where, of } = matter;
  const said = defined({ category, area, department, place: where });
  return { ...standingJson(id, row, of), ...said, text, photos, private: matter.private };
}

export function wholeJson(matter: WholeMatter) {
  return { ...queuedJson(matter), answers: matter.answers, ...historyJson(matter.steps) };
}

/** What the addresses of matters answer, as schemas with examples. Places are in integer microdegrees. */
import { Type } from 'typebox';
import { closed, Code, Count, Id, Instant, Microdegrees, Uuid } from '../../projections/events/schema.js';
import { MatterKind, StateKind } from '../../projections/events/complaints.js';
import { owesNoAnswer, type MatterRow } from '../../projections/matters.view.js';
import type { Texts } from '../contents/text.js';
import { RECEIPT, RECEIPT_EXAMPLE } from '../rest/commands.js';
import { urgency, workingDaysLeft, type WorkingCalendar } from './deadlines.js';
import { hasEarlierSteps } from './history.js';
import type { NamedCategory, NamedState, PublicMatter, PublicStep } from './matters.queries.js';
import type { DepartmentNumbers, DeskNumbers } from './desk-numbers.js';
import type { OwnMatter } from './own.queries.js';
import type { QueuedMatter } from './queue.queries.js';
import type { Person } from './people.js';

const { Optional } = Type;
const Words = Type.Record(Type.String({ pattern: '^[a-z]{2,3}$' }), Type.String());
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
const whole = { ...standing, ...about, answers: Answers, private: Type.Boolean(), ...history };
const wholeExample = {
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
const PersonBody = closed({
  role: Type.String({ enum: ['reporter', 'joiner'] }),
  name: Optional(Type.String()),
  email: Optional(Type.String()),
  phone: Optional(Type.String()),
  language: Type.String(),
  confirmed: Type.Boolean(),
});
export const StaffMatterAnswer = {
  schema: closed({ ...whole, people: Type.Array(PersonBody) }),
  example: {
    ...wholeExample,
    people: [{ role: 'reporter', name: 'Nela Pumar', language: 'es', confirmed: false }],
  },
};
/** Of the legal deadline, until it is answered. */
const Clock = closed({
  urgency: Type.Union([Type.Literal('in-time'), Type.Literal('soon'), Type.Literal('overdue')]),
  /** After today; less than none once it has passed. */
  workingDaysLeft: Type.Integer(),
  /** Whether the city waits for the reporter. */
  stands: Type.Boolean(),
});

const queued = { ...standing, ...about, private: Type.Boolean() };
/** As staff sees one of many. */
export const QUEUED = closed(queued);
export const QUEUED_EXAMPLE = { ...standingExample, ...aboutExample, private: false };

export const QueueAnswer = {
  schema: closed({
    items: Type.Array(closed({ ...queued, clock: Optional(Clock) })),
    next: Optional(Type.String()),
    links: closed({ next: Optional(Type.String()) }),
  }),
  example: {
    items: [
      {
        ...QUEUED_EXAMPLE,
        clock: { urgency: 'soon', workingDaysLeft: 4, stands: false },
      },
    ],
    links: {},
  },
};

const ofDepartment = {
  open: Type.Integer({ minimum: 0, description: 'In an open state' }),
  overdue: Type.Integer({ minimum: 0, description: 'Whose deadline has passed without an answer' }),
  soon: Type.Integer({ minimum: 0, description: 'Ten working days or fewer are left' }),
  answered: Type.Integer({ minimum: 0, description: 'In this month' }),
  medianDays: Optional(
    Type.Number({ minimum: 0, description: 'From the filing to the answer, of those answered this month' }),
  ),
};
const ofDepartmentExample = { open: 12, overdue: 1, soon: 3, answered: 40, medianDays: 6 };
export const DeskNumbersAnswer = {
  schema: closed({
    ...ofDepartment,
    departments: Type.Array(closed({ department: Optional(Id), ...ofDepartment })),
  }),
  example: { ...ofDepartmentExample, departments: [{ department: 'works', ...ofDepartmentExample }] },
};

const PublicQuestion = closed({
  code: Code,
  datatype: Type.String(),
  required: Type.Boolean(),
  variable: Type.Boolean(),
  text: Words,
  hint: Optional(Words),
  values: Type.Array(closed({ key: Code, name: Words })),
});
export const CategoriesAnswer = {
  schema: closed({
    categories: Type.Array(
      closed({
        id: Code,
        parent: Optional(Code),
        name: Words,
        description: Optional(Words),
        notice: Optional(Words),
        kinds: Type.Array(MatterKind),
        department: Optional(Id),
        questions: Type.Array(PublicQuestion),
        anonymous: Type.Boolean(),
        confirm: Type.Boolean(),
        targetDays: Optional(Count),
        radius: Count,
        keywords: Type.Array(Code),
        withdrawn: Optional(Type.Boolean()),
      }),
    ),
    states: Type.Array(
      closed({
        id: Code,
        kind: StateKind,
        stops: Type.Boolean({ description: 'The legal clock stands in it' }),
        name: Words,
        open311: Code,
        withdrawn: Optional(Type.Boolean()),
      }),
    ),
  }),
  example: {
    categories: [
      {
        id: 'street-lamp',
        parent: 'lighting',
        name: { es: 'Farola apagada', en: 'Street lamp out' },
        kinds: ['complaint'],
        department: 'works',
        questions: [
          {
            code: 'lamp',
            datatype: 'singlevaluelist',
            required: true,
            variable: true,
            text: { es: '¿Qué le pasa?' },
            values: [{ key: 'off', name: { es: 'Está apagada' } }],
          },
        ],
        anonymous: true,
        confirm: false,
        targetDays: 10,
        radius: 50,
        keywords: ['lamp'],
      },
    ],
    states: [{ id: 'open', kind: 'open', stops: false, name: { es: 'Abierta' }, open311: 'open' }],
  },
};

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
export const ReleasedAdditionsAnswer = {
  schema: closed({ released: Count, position: Type.String({ pattern: '^-?\\d+$' }) }),
  example: { released: 1, position: '1041' },
};
export const GatheredAnswer = {
  schema: closed({ gathered: Count, position: Type.String({ pattern: '^-?\\d+$' }) }),
  example: { gathered: 70, position: '1041' },
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

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
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

export function clockJson(row: MatterRow, now: Date, calendar: WorkingCalendar) {
  const { due, stoppedSince, answeredAt } = row;
  if (due === undefined || answeredAt !== undefined || owesNoAnswer(row)) return {};
  const at = stoppedSince ?? now.toISOString();
  return {
    clock: {
      urgency: urgency(due, at, calendar),
      workingDaysLeft: workingDaysLeft(due, at, calendar),
      stands: stoppedSince !== undefined,
    },
  };
}

export function deskNumbersJson({ all, departments }: DeskNumbers) {
  const json = ({ medianDays, ...counts }: DepartmentNumbers) => ({ ...counts, ...defined({ medianDays }) });
  return {
    ...json(all),
    departments: [...departments].map(([id, numbers]) => ({
      ...(id !== '' && { department: id }),
      ...json(numbers),
    })),
  };
}

export function ownJson(matter: OwnMatter) {
  return { ...queuedJson(matter), answers: matter.answers, ...historyJson(matter.steps) };
}

export function personJson({ role, name, email, phone, language, confirmedAt }: Person) {
  return { role, ...defined({ name, email, phone }), language, confirmed: confirmedAt !== undefined };
}

export function categoryJson({ row, texts }: NamedCategory) {
  const namesOf = (ref: { id: string } | undefined): Texts | undefined => ref && (texts.get(ref.id) ?? {});
  const {
    categoryId,
    parent,
    kinds,
    department,
    questions,
    anonymous,
    confirm,
    targetDays,
    radius,
    keywords,
  } = row;
  return {
    id: categoryId,
    ...defined({ parent, department, targetDays, withdrawn: row.withdrawn }),
    ...defined({ description: namesOf(row.description), notice: namesOf(row.notice) }),
    name: namesOf(row.name),
    kinds,
    questions: questions.map(({ order: _order, text, hint, values, ...question }) => ({
      ...question,
      text: namesOf(text),
      ...defined({ hint: namesOf(hint) }),
      values: values.map(({ key, name }) => ({ key, name: namesOf(name) })),
    })),
    anonymous,
    confirm,
    radius,
    keywords,
  };
}

export function stateJson({ state, kind, stops, name, open311, withdrawn }: NamedState) {
  return { id: state, kind, stops, name, open311, ...defined({ withdrawn }) };
}

/** What the addresses of staff's work answer, as schemas with examples. */
import { Type } from 'typebox';
import { closed, Count, Id, Uuid } from '../../projections/events/schema.js';
import { owesNoAnswer, type MatterRow } from '../../projections/matter.js';
import { urgency, workingDaysLeft, type WorkingCalendar } from '../city/deadlines.js';
import { queued, QUEUED_EXAMPLE, whole, wholeExample } from '../complaints/matters.answers.js';
import { defined } from '../rest/defined.js';
import type { Person } from '../complaints/people.js';
import type { DepartmentNumbers, DeskNumbers } from './desk-numbers.js';

const { Optional } = Type;

const PersonBody = closed({
  role: Type.String({ enum: ['reporter', 'joiner'] }),
  name: Optional(Type.String()),
  email: Optional(Type.String()),
  phone: Optional(Type.String()),
  language: Type.String(),
  confirmed: Type.Boolean(),
});
export const StaffMatterAnswer = {
  schema: closed({
    ...whole,
    people: Type.Array(PersonBody),
    withheld: Type.Array(Uuid, {
      description: 'Answers that nobody has shown yet, since not everybody sees the case that they answer',
    }),
  }),
  example: {
    ...wholeExample,
    people: [{ role: 'reporter', name: 'Nela Pumar', language: 'es', confirmed: false }],
    withheld: [],
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

export const ReleasedAdditionsAnswer = {
  schema: closed({ released: Count, position: Type.String({ pattern: '^-?\\d+$' }) }),
  example: { released: 1, position: '1041' },
};
export const GatheredAnswer = {
  schema: closed({ gathered: Count, position: Type.String({ pattern: '^-?\\d+$' }) }),
  example: { gathered: 70, position: '1041' },
};

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

export function personJson({ role, name, email, phone, language, confirmedAt }: Person) {
  return { role, ...defined({ name, email, phone }), language, confirmed: confirmedAt !== undefined };
}

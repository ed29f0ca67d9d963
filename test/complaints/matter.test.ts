import { describe, expect, it } from '@jest/globals';
import type { NewEvent } from '../../projections/event.js';
import { answersProblem } from '../../src/complaints/details.js';
import { normalEmail } from '../../src/complaints/contact.js';
import { workingCalendar } from '../../src/complaints/deadlines.js';
import { decide as decideJoining } from '../../src/complaints/joining.js';
import {
  decide,
  evolve,
  NO_MATTER,
  type MatterCommand,
  type MatterFacts,
} from '../../src/complaints/matter.js';
import { statesOf } from '../../src/complaints/states.js';
import { answered, CASE, filed, LAMP, logOf, minute, moved, refOf, released } from './matter-events.js';

const facts: MatterFacts = {
  matterId: LAMP,
  now: minute(20),
  calendar: workingCalendar('Europe/Madrid', [
    { year: 2026, days: [] },
    { year: 2027, days: ['2027-01-01'] },
  ]),
  states: statesOf([]),
  categories: new Map([['street-lamp', { targetDays: 10 }]]),
};

type Said = Parameters<typeof logOf>[0];

function decided(said: readonly Said[], command: MatterCommand, change: Partial<MatterFacts> = {}) {
  return decide(logOf(...said).reduce(evolve, NO_MATTER), command, { ...facts, ...change });
}

function data(events: ReturnType<typeof decide>): Record<string, unknown> {
  if ('rejected' in events) throw new Error(events.rejected);
  return (events.at(-1) as NewEvent).data;
}

const erased: Said = ['MatterErased', { matterId: LAMP, basis: 'gdpr-17' }];
const fixed = moved('resolved', { stateKind: 'fixed', happenedAt: minute(1) });
const details = refOf('details 2');
const release = {
  do: 'release',
  category: 'street-lamp',
  isPrivate: false,
  text: refOf('t'),
  photos: [],
} as const;

describe('a matter', () => {
  it('is due in three months from its filing, and thanks are never', () => {
    const file = (kind: 'complaint' | 'thanks') => decided([], { do: 'file', kind, details });
    expect(data(file('complaint')).due).toBe('2027-01-05T22:59:59.999Z');
    expect(data(file('thanks'))).not.toHaveProperty('due');
  });

  it('has a target in working days from its filing once it is released, whenever that is', () => {
    const now = '2026-10-30T08:00:00.000Z';
    expect(data(decided([filed], release, { now })).target).toBe('2026-10-19T21:59:59.999Z');
    expect(data(decided([filed], { ...release, category: 'other' }))).not.toHaveProperty('target');
  });

  it('names its department in the log after its release, and its details before', () => {
    const assign = { do: 'assign', department: 'works', details } as const;
    expect(data(decided([filed], assign))).toEqual({ matterId: LAMP, details });
    expect(data(decided([filed, released], assign))).toEqual({ matterId: LAMP, department: 'works' });
  });

  it('names what it goes with in the log after its release, and its details before', () => {
    for (const [command, field] of [
      [{ do: 'gather', into: CASE, details }, 'into'],
      [{ do: 'duplicate', of: CASE, details }, 'of'],
    ] as const) {
      expect(data(decided([filed], command))).toEqual({ matterId: LAMP, details });
      expect(data(decided([filed, released], command))).toEqual({ matterId: LAMP, [field]: CASE });
    }
  });

  it('has its due and target moved by the days that the clock stood, by whatever lets it go on', () => {
    const waiting = moved('waiting', { stops: true, happenedAt: minute(2) });
    const now = '2026-10-12T08:00:00.000Z';
    const times = { due: '2027-01-12T22:59:59.999Z', target: '2026-10-27T22:59:59.999Z' };
    const move = { do: 'move', state: 'in-progress' } as const;
    expect(data(decided([filed, released, waiting], move, { now }))).toMatchObject(times);
    const add = { do: 'add', words: refOf('w'), photos: [] } as const;
    const added = data(decided([filed, released, waiting], add, { now }));
    expect(added.resumes).toEqual({ state: 'in-progress', ...times });
    // An older update, and one that waits on, let nothing go on.
    const older = { ...move, happenedAt: minute(1) };
    expect(data(decided([filed, released, waiting], older, { now }))).not.toHaveProperty('due');
    expect(
      data(decided([filed, released, waiting], { ...move, state: 'waiting' }, { now })),
    ).not.toHaveProperty('due');
    expect(data(decided([filed, released], add, { now }))).not.toHaveProperty('resumes');
  });

  it('begins a new clock when it is opened again', () => {
    const now = '2026-11-02T08:00:00.000Z';
    const reopened = data(decided([filed, released, fixed], { do: 'reopen', by: 'reporter' }, { now }));
    expect(reopened).toMatchObject({ due: '2027-02-02T22:59:59.999Z', target: '2026-11-16T22:59:59.999Z' });
    expect(data(decided([filed, fixed], { do: 'reopen', by: 'reporter' }))).not.toHaveProperty('target');
  });

  it('is open again when its reporter says that it is not fixed', () => {
    const said = decided([filed, fixed], { do: 'report-fix', fixed: false }) as NewEvent[];
    expect(said.map(({ type }) => type)).toEqual(['FixReported', 'MatterReopened']);
    expect(decided([filed, fixed], { do: 'report-fix', fixed: true })).toHaveLength(1);
  });

  const duplicate: Said = ['MatterDuplicated', { matterId: LAMP, of: CASE }];
  const nothing = moved('void', { stateKind: 'closed', happenedAt: minute(1) });
  it.each<[code: string, said: Said[], command: MatterCommand]>([
    ['matter-exists', [filed], { do: 'file', kind: 'complaint', details }],
    ['matter-unknown', [], { do: 'confirm' }],
    ['matter-erased', [filed, erased], { do: 'answer', state: 'answered', words: refOf('w') }],
    ['matter-erased', [filed, erased], { do: 'erase', basis: 'gdpr-17' }],
    ['matter-confirmed', [filed, ['MatterConfirmed', { matterId: LAMP }]], { do: 'confirm' }],
    ['matter-private', [filed], { ...release, isPrivate: true }],
    ['matter-released', [filed, released], release],
    ['matter-not-released', [filed], { do: 'hide', reason: 'insult' }],
    ['matter-open', [filed], { do: 'rate', stars: 5 }],
    ['matter-open', [filed], { do: 'reopen', by: 'staff' }],
    ['matter-open', [filed], { do: 'report-fix', fixed: true }],
    ['matter-duplicate', [filed, released, duplicate], { do: 'reopen', by: 'reporter' }],
    ['matter-void', [filed, nothing], { do: 'reopen', by: 'reporter' }],
    ['matter-in-case', [filed, released, duplicate], { do: 'gather', into: CASE, details }],
    ['matter-not-in-case', [filed, released], { do: 'separate', from: CASE, details }],
    ['matter-of-itself', [filed], { do: 'gather', into: LAMP, details }],
    ['nothing-added', [filed], { do: 'add', photos: [] }],
    ['state-unknown', [filed], { do: 'move', state: 'flying' }],
    ['state-unknown', [filed], { do: 'answer', state: 'duplicate', words: refOf('w') }],
    ['responsible-missing', [filed], { do: 'answer', state: 'not-responsible', words: refOf('w') }],
    ['happened-in-future', [filed], { do: 'move', state: 'scheduled', happenedAt: minute(21) }],
    ['happened-before-filing', [filed], { do: 'move', state: 'scheduled', happenedAt: minute(-1) }],
  ])('refuses with %s: %j', (rejected, said, command) => {
    expect(decided(said, command)).toMatchObject({ rejected });
  });

  it('may be opened again by staff when it was no matter', () => {
    expect(decided([filed, nothing], { do: 'reopen', by: 'staff' })).toHaveLength(1);
  });

  it('knows what its reporter wrote and what the city said', () => {
    const state = logOf(
      filed,
      released,
      answered({ words: refOf('answer') }),
      ['MatterReopened', { matterId: LAMP, by: 'reporter', words: refOf('again') }],
      ['MatterAdded', { matterId: LAMP, words: refOf('more'), photos: [refOf('photo 2')] }],
    ).reduce(evolve, NO_MATTER);
    expect(state.own).toEqual(['text', 'photo', 'place', 'again', 'more', 'photo 2'].map(refOf));
    expect(state.said).toEqual([refOf('answer')]);
    expect(state.details).toEqual([refOf('details')]);
  });

  it('keeps what others add apart, and its clock stands on', () => {
    const others = { do: 'add-by-others', words: refOf('heard of it') } as const;
    const events = decided([filed, released, moved('waiting', { stops: true })], others);
    expect(data(events)).toEqual({ matterId: LAMP, words: refOf('heard of it'), photos: [] });
    const [added] = logOf(['MatterAdded', data(events) as never]);
    const waiting = logOf(filed, released, moved('waiting', { stops: true })).reduce(evolve, NO_MATTER);
    const state = evolve(waiting, { ...added!, actor: 'open311-fixmystreet' });
    expect(state.others).toEqual([refOf('heard of it')]);
    expect([state.own, state.said]).toEqual([waiting.own, waiting.said]);
    expect(state.row?.stoppedSince).toBe(waiting.row?.stoppedSince);
    expect(decided([filed, released, erased], others)).toMatchObject({ rejected: 'matter-erased' });
  });
});

describe('a joining', () => {
  it('is done once, and undone once', () => {
    const one = { matterId: LAMP, joiner: 'A'.repeat(22) };
    expect(decideJoining('joined', 'join', one)).toEqual({ rejected: 'already-joined' });
    expect(decideJoining('not-joined', 'leave', one)).toEqual({ rejected: 'not-joined' });
    expect(decideJoining('not-joined', 'join', one)).toHaveLength(1);
    expect(decideJoining('joined', 'leave', one)).toHaveLength(1);
  });
});

describe('answers', () => {
  const question = { code: 'q', required: false, variable: true, order: 1, text: refOf('q'), values: [] };
  it.each<[string | undefined, 'number' | 'datetime' | 'string', string]>([
    [undefined, 'number', '12.5'],
    ['answer-not-a-number', 'number', 'twelve'],
    [undefined, 'datetime', '2026-05-01'],
    ['answer-not-a-time', 'datetime', 'soon'],
    [undefined, 'string', 'x'.repeat(1_000)],
    ['answer-too-long', 'string', 'x'.repeat(1_001)],
    ['text-control-character', 'string', 'a\u202eb'],
  ])('are refused with %s: a %s of %j', (rejected, datatype, answer) => {
    expect(answersProblem([{ ...question, datatype }], { q: answer })?.rejected).toBe(rejected);
  });

  it('may be left out, also where a form sends an empty one, and are not taken for what only tells something', () => {
    const asked = { ...question, datatype: 'number' as const };
    expect(answersProblem([asked], { q: ' ' })).toBeUndefined();
    expect(answersProblem([{ ...asked, required: true }], { q: ' ' })?.rejected).toBe('answer-missing');
    expect(answersProblem([{ ...asked, required: true, variable: false }], {})).toBeUndefined();
  });
});

describe('an e-mail address', () => {
  it.each([
    ['nela@example.org', ' nela@Example.ORG '],
    ['Nela.P@example.org', 'Nela.P@example.org'],
    [undefined, 'nela'],
    [undefined, 'nela@example'],
    [undefined, 'ne la@example.org'],
    [undefined, 'a@b@example.org'],
    [undefined, 'nela@example.org\r\nBcc: x@example.org'],
    [undefined, `${'a'.repeat(65)}@example.org`],
  ])('is %j when it was given as %j', (normal, given) => {
    expect(normalEmail(given)).toBe(normal);
  });
});

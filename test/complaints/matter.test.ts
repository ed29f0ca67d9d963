import { describe, expect, it } from '@jest/globals';
import type { NewEvent } from '../../projections/event.js';
import { answersProblem } from '../../src/complaints/details.js';
import { contactOf } from '../../src/complaints/contact.js';
import { workingCalendar } from '../../src/city/deadlines.js';
import { decide as decideJoining } from '../../src/complaints/joining.js';
import {
  dueOf,
  evolve,
  NO_MATTER,
  type MatterCommand,
  type MatterFacts,
} from '../../src/complaints/matter.js';
import { decide } from '../../src/complaints/matter-decisions.js';
import { statesOf } from '../../src/categories/states.js';
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
const duplicate: Said = ['MatterDuplicated', { matterId: LAMP, of: CASE }];
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

  it.each([
    [{ do: 'gather', into: CASE }, 'MatterGathered', 'into'],
    [{ do: 'duplicate', of: CASE }, 'MatterDuplicated', 'of'],
  ] as const)('names what it goes with once everybody may see both: %j', (command, type, field) => {
    const named = { matterId: LAMP, [field]: CASE };
    const [shown, unseen] = [
      { ...command, isShown: true },
      { ...command, isShown: false },
    ];
    expect(data(decided([filed, released], shown))).toEqual(named);
    expect(data(decided([filed], shown))).toEqual({ matterId: LAMP });
    expect(data(decided([filed, released], unseen))).toEqual({ matterId: LAMP });
    const hidden: Said = ['MatterHidden', { matterId: LAMP, reason: 'insult' }];
    expect(data(decided([filed, released, hidden], shown))).toEqual({ matterId: LAMP });

    const together = [type, { matterId: LAMP }] as Said;
    const name = { do: 'name', of: CASE } as const;
    expect(decided([filed, together, released], name)).toEqual([{ type, data: named }]);
    expect(decided([filed, together], name)).toEqual([]);
    expect(decided([filed, released], name)).toEqual([]);
    expect(decided([filed, released, [type, named] as Said], name)).toEqual([]);
  });

  it('is taken out of what it is in, named where that was', () => {
    const apart = (...said: Said[]) => data(decided([filed, ...said], { do: 'separate' }));
    expect(apart(released, duplicate)).toEqual({ matterId: LAMP, from: CASE });
    expect(apart(['MatterGathered', { matterId: LAMP }])).toEqual({ matterId: LAMP });
  });

  it('says in the log nothing of what it is about before its release, whatever is done with it', () => {
    const words = refOf('words');
    const update = { state: 'not-responsible', responsible: 'electricity-company', words } as const;
    const duplicate: Said = ['MatterDuplicated', { matterId: LAMP }];
    const waiting = moved('waiting', { stops: true, happenedAt: minute(2) });
    const each: Record<Exclude<MatterCommand['do'], 'release'>, [Said[], MatterCommand]> = {
      file: [[], { do: 'file', kind: 'complaint', details }],
      confirm: [[filed], { do: 'confirm' }],
      hide: [[filed], { do: 'hide', reason: 'insult' }],
      'replace-photo': [[filed], { do: 'replace-photo', original: CASE, photo: words, details }],
      assign: [[filed], { do: 'assign', department: 'works', details, reason: 'wrong', note: words }],
      move: [[filed, waiting], { do: 'move', ...update }],
      answer: [[filed], { do: 'answer', ...update }],
      'answer-with-other': [[filed, duplicate], { do: 'answer-with-other', words }],
      reopen: [[filed, answered({ happenedAt: minute(1) })], { do: 'reopen', by: 'staff', words }],
      add: [[filed, waiting], { do: 'add', words, photos: [refOf('photo')] }],
      'add-by-others': [[filed, waiting], { do: 'add-by-others', words }],
      rate: [[filed, fixed], { do: 'rate', stars: 1 }],
      'report-fix': [[filed, fixed], { do: 'report-fix', fixed: false, words }],
      duplicate: [[filed], { do: 'duplicate', of: CASE, isShown: true }],
      gather: [[filed], { do: 'gather', into: CASE, isShown: true }],
      name: [[filed, duplicate], { do: 'name', of: CASE }],
      separate: [[filed, duplicate], { do: 'separate' }],
      erase: [[filed], { do: 'erase', basis: 'gdpr-17' }],
      'erase-reporter': [[filed], { do: 'erase-reporter', basis: 'gdpr-17', details }],
    };
    const known = ['matterId', 'kind', 'due', 'details', 'note', 'state', 'stateKind', 'happenedAt'];
    known.push('stops', 'words', 'by', 'photos', 'resumes', 'stars', 'fixed', 'basis', 'original', 'photo');
    for (const [said, command] of Object.values(each)) {
      const made = decided(said, command);
      const events = 'rejected' in made ? [] : made;
      expect([command.do, events.length > 0]).toEqual([
        command.do,
        !['hide', 'name', 'add-by-others'].includes(command.do),
      ]);
      const keys = events.flatMap((event) => Object.keys(event.data));
      expect([command.do, keys.filter((key) => !known.includes(key))]).toEqual([command.do, []]);
    }
    expect(data(decided([filed, released], each.answer[1]))).toMatchObject({
      responsible: 'electricity-company',
    });
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
      data(decided([filed, released, waiting], { ...move, state: 'waiting', words: refOf('w') }, { now })),
    ).not.toHaveProperty('due');
    expect(data(decided([filed, released], add, { now }))).not.toHaveProperty('resumes');
  });

  it('begins a new clock when it is opened again', () => {
    const now = '2026-11-02T08:00:00.000Z';
    const answer = answered({ happenedAt: minute(1) });
    const reopened = data(decided([filed, released, answer], { do: 'reopen', by: 'reporter' }, { now }));
    expect(reopened).toMatchObject({ due: '2027-02-02T22:59:59.999Z', target: '2026-11-16T22:59:59.999Z' });
    expect(data(decided([filed, fixed], { do: 'reopen', by: 'reporter' }))).not.toHaveProperty('target');
    // Who was never answered still waits since she filed it.
    const never = data(decided([filed, released, fixed], { do: 'reopen', by: 'reporter' }, { now }));
    expect(never).not.toHaveProperty('due');
  });

  it('is opened again, and nothing less, when staff moves it from a closed state to an open one', () => {
    const now = '2026-11-02T08:00:00.000Z';
    const answer = answered({ happenedAt: minute(1) });
    const move = { do: 'move', state: 'in-progress' } as const;
    const moves = decided([filed, released, answer], move, { now }) as NewEvent[];
    expect(moves.map(({ type }) => type)).toEqual(['MatterReopened', 'MatterMoved']);
    expect(moves[0]?.data).toMatchObject({ by: 'staff', due: '2027-02-02T22:59:59.999Z' });
    expect(decided([filed, released, answer], { ...move, happenedAt: minute(0) }, { now })).toHaveLength(1);
    expect(decided([filed, released], move, { now })).toHaveLength(1);
    expect(decided([filed, released, answer], { ...move, state: 'resolved' }, { now })).toHaveLength(1);
  });

  it('stays a duplicate when it is answered', () => {
    const answer = { do: 'answer', state: 'resolved', words: refOf('w') } as const;
    expect(data(decided([filed, duplicate], answer))).toMatchObject({
      state: 'duplicate',
      stateKind: 'closed',
    });
    const row = logOf(filed, duplicate, answered({ state: 'duplicate', stateKind: 'closed' }));
    const state = row.reduce(evolve, NO_MATTER);
    expect([state.row?.state, state.row?.fixedAt, state.row?.inTime]).toEqual(['duplicate', undefined, true]);
  });

  it('is open again when its reporter says that it is not fixed', () => {
    const said = decided([filed, fixed], { do: 'report-fix', fixed: false }) as NewEvent[];
    expect(said.map(({ type }) => type)).toEqual(['FixReported', 'MatterReopened']);
    expect(decided([filed, fixed], { do: 'report-fix', fixed: true })).toHaveLength(1);
  });

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
    ['matter-duplicate', [filed, duplicate], { do: 'move', state: 'resolved' }],
    ['matter-void', [filed, nothing], { do: 'reopen', by: 'reporter' }],
    ['matter-in-case', [filed, released, duplicate], { do: 'gather', into: CASE, isShown: true }],
    [
      'matter-in-case',
      [filed, ['MatterGathered', { matterId: LAMP }]],
      { do: 'gather', into: CASE, isShown: true },
    ],
    ['matter-not-in-case', [filed, released], { do: 'separate' }],
    ['matter-not-in-case', [filed], { do: 'answer-with-other', words: refOf('w') }],
    [
      'matter-answered',
      [filed, duplicate, answered({ words: refOf('w'), happenedAt: minute(1) })],
      { do: 'answer', state: 'answered', words: refOf('w') },
    ],
    [
      'matter-answered',
      [filed, duplicate, answered({ state: 'duplicate', stateKind: 'closed', happenedAt: minute(1) })],
      { do: 'answer-with-other', words: refOf('w') },
    ],
    ['matter-of-itself', [filed], { do: 'gather', into: LAMP, isShown: true }],
    ['nothing-added', [filed], { do: 'add', photos: [] }],
    ['state-unknown', [filed], { do: 'move', state: 'flying' }],
    ['state-unknown', [filed], { do: 'answer', state: 'duplicate', words: refOf('w') }],
    ['state-stops', [filed], { do: 'answer', state: 'waiting', words: refOf('w') }],
    ['state-needs-words', [filed], { do: 'move', state: 'waiting' }],
    ['responsible-missing', [filed], { do: 'answer', state: 'not-responsible', words: refOf('w') }],
    ['happened-in-future', [filed], { do: 'move', state: 'scheduled', happenedAt: minute(21) }],
    ['happened-before-filing', [filed], { do: 'move', state: 'scheduled', happenedAt: minute(-1) }],
  ])('refuses with %s: %j', (rejected, said, command) => {
    expect(decided(said, command)).toMatchObject({ rejected });
  });

  it('comes into no state that the city has withdrawn, and may stay in one', () => {
    const later = { state: 'later', kind: 'open', stops: false, withdrawn: true } as const;
    const states = new Map([['later', later]]);
    const move = { do: 'move', state: 'later' } as const;
    expect(decided([filed], move, { states })).toMatchObject({ rejected: 'state-unknown' });
    expect(decided([filed, moved('later', { happenedAt: minute(2) })], move, { states })).toHaveLength(1);
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
    expect(state.said).toEqual(new Map([[2n, refOf('answer')]]));
    expect(state.details).toEqual([refOf('details')]);
  });

  it('is made void with words alone, but by the program', () => {
    const move = { do: 'move', state: 'void' } as const;
    expect(decided([filed], move)).toEqual({ rejected: 'state-needs-answer', field: 'state' });
    expect(
      decide(logOf(filed).reduce(evolve, NO_MATTER), move, { ...facts, isBySystem: true }),
    ).toMatchObject([{ type: 'MatterMoved', data: { state: 'void' } }]);
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
    expect(decided([filed], others)).toEqual({ rejected: 'matter-not-released' });
  });
});

describe('a joining', () => {
  it('is done once, and undone once', () => {
    const one = { matterId: LAMP, joiner: 'A'.repeat(22) };
    expect(decideJoining('joined', 'join', one)).toEqual({ rejected: 'already-joined' });
    expect(decideJoining('not-joined', 'leave', one)).toEqual({ rejected: 'not-joined' });
    expect(decideJoining('not-joined', 'join', one)).toHaveLength(1);
    expect(decideJoining('joined', 'leave', one)).toEqual([{ type: 'MatterLeft', data: one }]);
    const apart = [{ type: 'MatterLeft', data: { ...one, unconfirmed: true } }];
    expect(decideJoining('unconfirmed', 'leave', one)).toEqual(apart);
    expect(decideJoining('unconfirmed', 'join', one)).toEqual({ rejected: 'already-joined' });
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

it('of thanks no answer is due', () => {
  expect(dueOf('thanks', minute(0), facts.calendar)).toBeUndefined();
  expect(dueOf('suggestion', minute(0), facts.calendar)).toBe(dueOf('complaint', minute(0), facts.calendar));
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
    // What no mail could be sent to is not taken; a host in any script is, as mail is sent to it.
    [undefined, 'a..b@example.org'],
    [undefined, 'ñ@example.org'],
    ['nela@xn--ejea-fqa.example.org', 'nela@Ñejea.example.org'],
  ])('is %j when it was given as %j', (normal, given) => {
    const contact = contactOf({ email: given }, 'es');
    expect(contact).toEqual(
      normal === undefined
        ? { rejected: 'email-invalid', field: 'reporter.email' }
        : { language: 'es', email: normal },
    );
  });
});

/** The pages of matters with every shape of data: empty, usual, hidden, erased. */
import { describe, expect, it } from '@jest/globals';
import type { Texts } from '../../src/contents/text.js';
import { sumKey, VOID_KIND } from '../../projections/matter-numbers.js';
import { addInto, type Sums } from '../../projections/sums.js';
import type { MatterRow } from '../../projections/matter.js';
import { workingCalendar } from '../../src/city/deadlines.js';
import type { PublicMatter, PublicStep } from '../../src/complaints/matters.queries.js';
import { GatheredYear } from '../../src/numbers/numbers.js';
import type { WholeMatter } from '../../src/complaints/whole-matters.js';
import { FIRST_STATES } from '../../src/categories/states.js';
import type { DepartmentNumbers } from '../../src/desk/desk-numbers.js';
import type { ReplyTemplate } from '../../src/desk/reply-templates.js';
import { AlikePage, BesidePage } from '../../src/web/beside.page.js';
import { BulkPage, BulkResultPage } from '../../src/web/bulk.page.js';
import { DESK_WORDS } from '../../src/web/desk-words.js';
import { DeskPage } from '../../src/web/desk.page.js';
import { FiledMatterPage } from '../../src/web/filed-matter.page.js';
import { filingOf, pointOf, readTyped, typedAgain } from '../../src/web/filing-form.js';
import { JoinMatterPage } from '../../src/web/join-matter.page.js';
import { LANGUAGES } from '../../src/web/languages.js';
import type { Frame } from '../../src/web/layout.js';
import type { Catalogue } from '../../src/web/matter-catalogue.js';
import { MatterFormPage } from '../../src/web/matter-form.page.js';
import { MatterNames } from '../../src/web/matter-names.js';
import { MatterNumbersPage } from '../../src/web/matter-numbers.page.js';
import { stepInWords } from '../../src/web/matter-history.js';
import { MATTER_WORDS } from '../../src/web/matter-words.js';
import { deadlineInWords } from '../../src/web/matter-parts.js';
import { partOfBox } from '../../src/web/map-part.js';
import type { ShownMap } from '../../src/web/matter-maps.js';
import { MatterPage } from '../../src/web/matter.page.js';
import { addressOf, MattersPage } from '../../src/web/matters.page.js';
import { NearMattersPage, NearWhileTyping } from '../../src/web/near-matters.page.js';
import { NewMatterPage } from '../../src/web/new-matter.page.js';
import { OwnLinkPage } from '../../src/web/own-link.page.js';
import { OwnMatterPage } from '../../src/web/own-matter.page.js';
import { document, fragment } from '../../src/web/render.js';
import { RedactionPage } from '../../src/web/redaction.page.js';
import { StaffMatterPage } from '../../src/web/staff-matter.page.js';
import { TemplatesPage } from '../../src/web/templates.page.js';
import { ATTACK, frameIn, ID } from './fixtures.js';

const CASE_ID = ID.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
const ref = (id: string) => ({ id, commitment: 'A'.repeat(43) });
const texts = new Map<string, Texts>([
  ['lamp', { es: 'Farola', en: 'Street lamp' }],
  ['notice', { es: 'Llame al 112.' }],
  ['what', { es: ATTACK }],
  ['off', { es: 'Apagada' }],
]);
const question = {
  code: 'what',
  datatype: 'singlevaluelist' as const,
  required: true,
  variable: true,
  order: 1,
};
const category = {
  row: {
    categoryId: 'street-lamp',
    name: ref('lamp'),
    notice: ref('notice'),
    kinds: ['complaint' as const],
    questions: [
      { ...question, text: ref('what'), values: [{ key: 'off', name: ref('off') }] },
      ...(['string', 'text', 'number', 'datetime', 'multivaluelist'] as const).map((datatype, index) => ({
        ...question,
        code: datatype,
        datatype,
        required: false,
        order: index + 2,
        text: ref('gone'),
        values: [],
      })),
      { ...question, code: 'read', variable: false, order: 9, text: ref('notice'), values: [] },
    ],
    anonymous: false,
    confirm: true,
    radius: 50,
    keywords: [],
  },
  texts,
};
function ring(west: number, south: number, east: number, north: number): [number, number][][] {
  return [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ];
}

const catalogue: Catalogue = {
  categories: [category],
  states: FIRST_STATES,
  areas: [
    {
      areaId: 'harbour',
      parent: 'city',
      name: ref('harbour'),
      polygons: [ring(-6_120_000, 43_560_000, -6_060_000, 43_570_000)],
      names: { es: 'Puerto' },
    },
    {
      areaId: 'city',
      name: ref('city'),
      polygons: [ring(-6_120_000, 43_530_000, -6_060_000, 43_570_000)],
      names: { es: ATTACK },
    },
  ],
  departments: [],
  calendar: workingCalendar('Europe/Madrid', []),
};
const nothing: Catalogue = { ...catalogue, categories: [], areas: [] };

const row: MatterRow = {
  kind: 'complaint',
  filedAt: '2026-10-01T08:00:00.000Z',
  details: ref('details'),
  state: 'open',
  stateKind: 'open',
  stateAt: '2026-10-01T08:00:00.000Z',
  due: '2027-01-04T22:59:59.999Z',
  releasedAt: '2026-10-02T08:00:00.000Z',
  category: 'street-lamp',
  area: 'harbour',
  department: 'nobody-named-it',
  reopened: 0,
  joined: 2,
  unconfirmed: 1,
  members: 3,
  of: ID,
  updatedAt: '2026-10-02T08:00:00.000Z',
  changed: 7,
};
let position = 0n;
const step = (what: PublicStep['row']['what'], more: Partial<PublicStep['row']> = {}): PublicStep => ({
  position: ++position,
  row: { matterId: ID, what, at: row.filedAt, actor: 'lin', ...more },
  photos: [],
});
const steps = [
  step('MatterFiled', { actor: 'resident', due: row.due! }),
  step('MatterMoved', {
    state: 'scheduled',
    happenedAt: '2026-09-30T08:00:00.000Z',
    due: row.due!,
    responsible: 'region',
  }),
  { ...step('MatterAnswered', { state: 'resolved' }), words: { en: ATTACK } },
  step('MatterReopened', { reason: 'questionnaire', actor: 'system' }),
  step('MatterRated', { stars: 1 }),
  step('FixReported', { fixed: false }),
  step('MatterHidden', { reason: 'nobody-translated-this' }),
  step('MatterGathered', { other: ID }),
];
const matter: PublicMatter = {
  matterId: ID,
  row,
  text: { es: ATTACK },
  photos: [ID],
  place: { address: ATTACK, lat: 43_565_000, long: -6_100_000 },
};
const own: WholeMatter = {
  ...matter,
  row: { ...row, state: 'resolved', stateKind: 'closed' },
  category: 'street-lamp',
  filedPhotos: [ID],
  answers: { what: 'off', gone: ['a', 'b'] },
  private: false,
  steps,
};
const typed = readTyped({
  commandId: 'c'.repeat(20),
  kind: 'complaint',
  category: 'street-lamp',
  text: ATTACK,
  address: ATTACK,
  email: ATTACK,
  lat: '1',
  long: '2',
  private: '1',
  photos: ID,
  'answers.what': 'off',
});

const HOME = { west: -6_120_000, south: 43_530_000, east: -6_060_000, north: 43_570_000 };
const map: ShownMap = {
  part: partOfBox(HOME),
  home: HOME,
  content: {
    matters: [
      {
        ...{ id: ID, lat: 43_540_000, long: -6_100_000, category: ATTACK, stateKind: 'fixed' },
        filedAt: '2026-10-20T08:00:00.000Z',
      },
      {
        ...{ id: ID, lat: 43_565_000, long: -6_100_000, category: 'street-lamp', stateKind: 'open' },
        filedAt: '2026-10-01T08:00:00.000Z',
      },
    ],
    clusters: [{ lat: 43_566_000, long: -6_070_000, count: 1_234 }],
    count: 1_236,
  },
  tag: 'x',
};

function everyPage(frame: Frame): Record<string, string> {
  const names = new MatterNames(catalogue, frame.language);
  const none = new MatterNames(nothing, frame.language);
  const list = {
    ...{ frame, names, next: 'more', counts: { filed: 2_098, overdue: 7 } },
    ...{ map: undefined, script: undefined },
  };
  const commandId = 'c'.repeat(20);
  const template: ReplyTemplate = {
    templateId: ID,
    version: 2,
    name: ATTACK,
    category: 'street-lamp',
    state: 'resolved',
    words: { es: ATTACK, pl: ATTACK },
    author: 'lin',
    writtenAt: new Date(row.filedAt),
  };
  const note = { noteId: ID, author: 'lin', writtenAt: new Date(row.filedAt), words: ATTACK };
  const forms = { templates: [template], prefilled: undefined, notes: [note] };
  const together = { members: [] };
  const queue = '/staff/matters?shown=open';
  const staff = {
    frame,
    names,
    people: [],
    withheld: [],
    together,
    mayAct: true,
    mayErase: true,
    queue,
    commandId,
    ...forms,
  };
  const person = {
    personId: ID,
    matterId: ID,
    role: 'reporter' as const,
    email: 'a@b.example',
    language: 'es',
  };
  const figures = { filed: 3 };
  const sums: Sums = new Map();
  addInto(sums, [
    [sumKey(2026, 'complaint'), figures],
    [sumKey(2026, 'complaint', 'category', 'street-lamp'), figures],
    [sumKey(2026, 'complaint', 'area'), figures],
    [sumKey(2026, VOID_KIND), figures],
  ]);
  const numbers = { open: 3, overdue: 1, soon: 1, answered: 2, medianDays: 1.5 };
  const counts = { release: 1, open: 2, overdue: 0, hidden: 3 };
  const desk = {
    frame,
    counts,
    names,
    shown: 'open' as const,
    filter: {},
    order: 'due' as const,
    mayAct: true,
    commandId,
    numbers: {
      all: numbers,
      departments: new Map<string, DepartmentNumbers>([
        ['', { open: 0, overdue: 0, soon: 0, answered: 0 }],
        ['nobody-named-it', numbers],
      ]),
    },
  };
  const planned = { matterId: ID, category: 'street-lamp', area: 'harbour', people: 4, mails: 3 };
  const bulk = {
    frame,
    names,
    matters: [ID],
    templates: [template],
    sent: { state: 'resolved' },
    commandId,
    queue,
  };
  const likeness = { metres: 12, likeness: 640 };
  const redaction = { frame, matterId: ID, photo: ID, index: 0, count: 2, commandId, script: '/p.js' };
  return {
    list: document(MattersPage, { ...list, filter: { area: 'harbour' }, matters: [matter] }),
    'empty list': document(MattersPage, {
      ...list,
      names: none,
      filter: {},
      matters: [],
      next: undefined,
      counts: undefined,
    }),
    'nothing found': document(MattersPage, { ...list, filter: { kind: 'thanks' }, matters: [] }),
    map: document(MattersPage, { ...list, filter: {}, matters: [matter], map, script: '/p.js' }),
    matter: document(MatterPage, { frame, names, matter, steps }),
    'matter in a city without a shape': document(MatterPage, { frame, names: none, matter, steps }),
    'matter without words': document(MatterPage, {
      frame,
      names,
      matter: { ...matter, text: {}, photos: [] },
      steps: [],
    }),
    'erased matter': document(MatterPage, {
      frame,
      names,
      matter: { ...matter, row: { ...row, erased: 'gdpr-17' } },
      steps,
    }),
    new: document(NewMatterPage, { frame, names, kind: 'complaint' }),
    'new, nothing of the kind': document(NewMatterPage, { frame, names, kind: 'thanks' }),
    'new, nothing at all': document(NewMatterPage, { frame, names: none, kind: 'complaint' }),
    form: document(MatterFormPage, {
      frame,
      names,
      category,
      typed: readTyped({ kind: 'complaint' }),
      faults: {},
      script: '/p.js',
    }),
    'form with faults': document(MatterFormPage, {
      frame,
      names,
      category,
      typed,
      faults: {
        text: 'text-missing',
        place: 'place-outside-city',
        email: 'email-invalid',
        'answers.what': 'answer-missing',
        photos: 'no-such-code',
      },
      script: undefined,
    }),
    near: document(NearMattersPage, { frame, names, near: [{ matter, metres: 12, commandId }], typed }),
    filed: document(FiledMatterPage, {
      frame,
      matterId: ID,
      link: 'L'.repeat(43),
      site: 'https://vota.example',
      hasJoined: false,
      code: { until: '2026-11-01T08:00:00.000Z' },
    }),
    joined: document(FiledMatterPage, {
      frame,
      matterId: ID,
      link: 'L'.repeat(43),
      site: 'https://vota.example',
      hasJoined: true,
      code: 'sent',
    }),
    join: document(JoinMatterPage, {
      frame,
      names,
      matter,
      commandId,
      email: ATTACK,
      refused: 'email-invalid',
    }),
    'own link': document(OwnLinkPage, { frame, came: 'malformed', script: undefined }),
    own: document(OwnMatterPage, {
      frame,
      script: undefined,
      names,
      matterId: ID,
      email: 'given',
      confirmUntil: '2026-11-01T08:00:00.000Z',
      matter: own,
      asksFixed: true,
      commandId,
      outcome: 'done',
    }),
    'own, refused': document(OwnMatterPage, {
      frame,
      script: undefined,
      names,
      matterId: ID,
      email: 'confirmed',
      confirmUntil: undefined,
      matter: { ...own, row, private: true },
      asksFixed: false,
      commandId,
      outcome: { act: 'additions', refused: 'nothing-added', text: ATTACK },
    }),
    'own, joined': document(OwnMatterPage, {
      frame,
      script: undefined,
      names,
      matterId: ID,
      email: 'none',
      confirmUntil: undefined,
      matter: undefined,
      asksFixed: false,
      commandId,
      outcome: undefined,
    }),
    numbers: document(MatterNumbersPage, {
      frame,
      names,
      years: [
        [2026, 3],
        [2025, 1],
      ],
      numbers: new GatheredYear(2026, sums).numbers('2026-03-01T00:00:00.000Z', []),
    }),
    'no numbers': document(MatterNumbersPage, { frame, names: none, years: [], numbers: undefined }),
    queue: document(DeskPage, { ...desk, matters: [own], next: 'more' }),
    'queue, looked for': document(DeskPage, {
      ...desk,
      counts: undefined,
      filter: { kind: 'complaint', category: 'street-lamp', area: 'harbour', words: ATTACK },
      mayAct: false,
      matters: [own],
      next: undefined,
    }),
    templates: document(TemplatesPage, {
      frame,
      queue,
      names,
      templates: [template],
      commandId,
      isDone: true,
      attempt: {
        of: ID,
        refused: { rejected: 'template-changed' },
        fields: { name: ATTACK, 'words-es': ATTACK },
      },
    }),
    'no templates': document(TemplatesPage, {
      frame,
      queue,
      names: none,
      templates: [],
      commandId,
      isDone: false,
      attempt: undefined,
    }),
    'answers to many': document(BulkPage, {
      ...bulk,
      typed: { 'words-es': ATTACK },
      refused: undefined,
      preview: [
        { ...planned, words: { es: ATTACK } },
        { matterId: CASE_ID, refused: 'matter-answered', people: 1, mails: 0 },
      ],
    }),
    'answers to many, refused': document(BulkPage, {
      ...bulk,
      typed: {},
      refused: { rejected: 'placeholder-unknown', detail: { name: ATTACK } },
      preview: undefined,
    }),
    'what became of many': document(BulkResultPage, {
      frame,
      queue,
      names,
      outcomes: [planned, { ...planned, matterId: CASE_ID, refused: 'template-other-category' }],
    }),
    alike: document(AlikePage, {
      frame,
      names,
      matterId: CASE_ID,
      found: [{ matter: own, ...likeness }],
      mayAct: true,
      commandId,
      refused: 'nothing-chosen',
    }),
    'none alike': document(AlikePage, {
      frame,
      names,
      matterId: ID,
      found: [],
      mayAct: false,
      commandId,
      refused: undefined,
    }),
    beside: document(BesidePage, {
      frame,
      names,
      compared: {
        ...likeness,
        both: [
          { matter: own, people: 3 },
          { matter: { ...own, matterId: CASE_ID, filedPhotos: [], photos: [], steps: [] }, people: 1 },
        ],
      },
      mayAct: true,
      commandId,
      refused: 'other-answered-later',
    }),
    'photo to cover': document(RedactionPage, {
      ...redaction,
      typed: [{ left: '1', top: ATTACK, width: '3', height: '4.5' }],
      preview: 'AAAA',
      refused: undefined,
    }),
    'photo, refused': document(RedactionPage, {
      ...redaction,
      typed: [],
      preview: undefined,
      refused: 'boxes-missing',
    }),
    'staff, with a template': document(StaffMatterPage, {
      ...staff,
      matter: own,
      outcome: undefined,
      prefilled: { act: 'answer', template: ID, fields: { 'words-es': ATTACK, state: 'resolved' } },
    }),
    'empty queue': document(DeskPage, { ...desk, names: none, matters: [], next: undefined }),
    staff: document(StaffMatterPage, {
      ...staff,
      matter: own,
      people: [person],
      together: { case: own, members: [{ ...own, matterId: CASE_ID }] },
      outcome: 'done',
    }),
    'staff, refused': document(StaffMatterPage, {
      ...staff,
      matter: { ...own, row: { ...row, hidden: 'insult' } },
      outcome: { act: 'answer', refused: 'text-empty', fields: { words: ATTACK } },
    }),
    'staff who reads': document(StaffMatterPage, {
      ...staff,
      matter: own,
      mayAct: false,
      outcome: undefined,
    }),
  };
}

function found(html: string, unwanted: RegExp): string[] {
  return [...html.matchAll(new RegExp(unwanted, 'g'))].map(([match]) => match);
}

describe.each(LANGUAGES)('every page of matters in %s', (language) => {
  it('says that there are earlier steps where the first is not the filing', () => {
    const frame = frameIn(language);
    const page = (shown: readonly PublicStep[]) =>
      document(MatterPage, { frame, names: new MatterNames(catalogue, language), matter, steps: shown });
    const { earlierSteps } = MATTER_WORDS[language];
    expect(page(steps)).not.toContain(earlierSteps);
    expect(page(steps.slice(1))).toContain(earlierSteps);
  });

  const pages = Object.entries(everyPage(frameIn(language)));

  it.each(pages)('%s is a document with one heading and one main part, and skips no level', (_name, html) => {
    expect(html).toContain(`<html lang="${language}">`);
    expect(found(html, /<h1|<main/)).toEqual(['<main', '<h1']);
    const levels = [...html.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
  });

  it.each(pages)('%s says everything: no undefined, no NaN, no object', (_name, html) => {
    const text = html.replace(/<[^>]+>/g, ' ');
    expect(found(text, /undefined|NaN|\[object|\bnull\b|Invalid Date/)).toEqual([]);
  });

  it.each(pages)(
    '%s lets nothing out of what somebody wrote, and has neither script nor style inside',
    (_name, html) => {
      expect(
        found(html, /<script(?! defer src="\/p\.js")|<img src=x|<style|<[^>]* style=|<[a-z][^>"]* on[a-z]+=/),
      ).toEqual([]);
    },
  );

  it.each(pages)('%s has every id once, and labels and names that lead to one', (_name, html) => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
    const named = [...html.matchAll(/ (?:for|aria-labelledby)="([^"]+)"/g)].map(([, id]) => id);
    const described = [...html.matchAll(/ aria-describedby="([^"]+)"/g)].flatMap(([, all = '']) =>
      all.split(' '),
    );
    expect([...named, ...described].filter((id) => !ids.includes(id))).toEqual([]);
  });
});

describe('the map', () => {
  const html = everyPage(frameIn('en')).map!;

  it('names a cluster by how many and where, on the map and in the list, and both go closer', () => {
    const named = [...html.matchAll(/1,234 together in Puerto/g)];
    expect(named).toHaveLength(3);
    const into = [...html.matchAll(/href="([^"]+)" data-bbox="([^"]+)"/g)].map(([, href, bbox]) => [
      href,
      bbox,
    ]);
    const [mark, , ...rest] = into;
    expect(rest.at(-1)).toEqual(mark);
    expect(mark![0]).toBe(`/matters?bbox=${mark![1]!}#map`);
    const [west = 0, , east = 0] = mark![1]!.split(',').map(Number);
    expect(west < -6.07 && -6.07 < east && east - west < 0.02).toBe(true);
  });

  it('tells each matter by what it is about, the smallest area and its state, by form and in words', () => {
    expect(html).toContain(`<a href="/matters/${ID}">Street lamp · Puerto (Open)</a>`);
    expect(html).toMatch(/<circle class="map-mark matter-open"/);
    expect(html).toMatch(/<rect class="map-mark matter-fixed"/);
    expect(html).toContain('There are 1,236 in this part of the map.');
  });

  it('lists what is open first, each with its day', () => {
    const [, list = ''] = html.split('data-map-list');
    expect(list.indexOf('(Open)</a>, 1 October 2026')).toBeGreaterThan(0);
    expect(list.indexOf('(Open)')).toBeLessThan(list.indexOf('(Fixed)</a>, 20 October 2026'));
  });

  it('draws larger areas first', () => {
    const drawn = [...html.matchAll(/<path d="M[^"]+Z" data-name="([^"]+)"/g)].map(([, name]) => name);
    expect(drawn).toHaveLength(2);
    expect(drawn[1]).toBe('Puerto');
  });
});

describe('the map for the keyboard', () => {
  it('has one stop for each mark, in the list, and a way past it', () => {
    const html = everyPage(frameIn('es')).map!;
    const [drawing = ''] = /<svg viewBox="0 0 480 360"[^]*?<\/svg>/.exec(html) ?? [];
    expect(drawing.match(/<a /g)).toHaveLength(3);
    expect(drawing.match(/ tabindex="-1"><title>/g)).toHaveLength(3);
    expect(html).toContain('<a class="skip" href="#map-end">Saltar el mapa</a>');
    expect(html).toContain('<p id="map-end" tabindex="-1"');
  });
});

describe('the map of one place', () => {
  const mapOf = (frame: Frame, areas = catalogue.areas) => {
    const names = new MatterNames({ ...catalogue, areas }, 'en');
    const html = document(MatterPage, { frame, names, matter, steps: [] });
    const [, x, y] = /class="map-pin" transform="translate\(([\d.]+) ([\d.]+)\)"/.exec(html) ?? [];
    return { html, pin: { x: Number(x), y: Number(y) } };
  };

  it('begins at its area, and at the place itself where there are tiles', () => {
    // The harbour, 60 by 10 thousandths of a degree, lies in the middle of the drawing, and the place in the middle of it.
    const { html, pin } = mapOf(frameIn('en'));
    expect(Math.round(pin.y)).toBe(180);
    expect(html).toContain('data-name="Puerto"');
    const tiles = { address: 'https://tiles.example.org/{z}/{x}/{y}.png', by: undefined };
    expect(mapOf(frameIn('en', { tiles })).pin).toEqual({ x: 240, y: 180 });
    expect(mapOf(frameIn('en', { tiles }), []).pin).toEqual({ x: 240, y: 180 });
  });

  it('is marked on no map on which there is nothing to see', () => {
    const form = (areas: Catalogue['areas'], more: Partial<Frame> = {}) =>
      document(MatterFormPage, {
        ...{ frame: frameIn('en', more), names: new MatterNames({ ...catalogue, areas }, 'en'), category },
        ...{ typed: readTyped({ kind: 'complaint' }), faults: {}, script: '/p.js' },
      });
    const one = catalogue.areas.slice(1);
    expect(form(catalogue.areas)).toContain('data-pick=');
    expect(form(one)).not.toContain('data-pick=');
    const tiles = { address: 'https://tiles.example.org/{z}/{x}/{y}.png', by: undefined };
    expect(form(one, { tiles })).toContain('data-pick=');
  });
});

describe('tiles of the city', () => {
  const tiles = { address: 'https://tiles.example.org/{z}/{x}/{y}.png', by: '© Villa' };

  it('lie under the areas of every map, with whom to name, and are nowhere unless the city has some', () => {
    const withTiles = everyPage(frameIn('en', { tiles }));
    const none = everyPage(frameIn('en'));
    // One place from near.
    for (const [name, zoom] of [
      ['map', 13],
      ['matter', 15],
      ['form', 13],
    ] as const) {
      expect(withTiles[name]).toMatch(
        new RegExp(`<image href="https://tiles.example.org/${zoom}/\\d+/\\d+.png" x="-?[\\d.]+" y=`),
      );
      expect(withTiles[name]).toContain('© Villa');
      expect(none[name]).not.toMatch(/<image|tiles.example/);
    }
  });
});

describe('photos of a matter', () => {
  it('are shown once, each opening the whole one, and say what they are of', () => {
    const other = 'b'.repeat(8) + ID.slice(8);
    const released = { ...step('MatterReleased'), photos: [ID, other] };
    const html = document(MatterPage, {
      frame: frameIn('en'),
      names: new MatterNames(catalogue, 'en'),
      matter,
      steps: [released],
    });
    expect([...html.matchAll(/<img src="([^"]+)" alt="([^"]+)"/g)].map(([, src, alt]) => [src, alt])).toEqual(
      [
        [`/api/v1/photos/${ID}/preview`, 'Photo 1 of 1: Street lamp · Puerto'],
        [`/api/v1/photos/${other}/preview`, 'Photo 1 of 1: Published'],
      ],
    );
    expect(html).toContain(`<a href="/api/v1/contents/${ID}" title="See the large photo">`);
  });
});

describe('what is near while somebody types', () => {
  const frame = frameIn('en');
  const names = new MatterNames(catalogue, 'en');

  it('can be joined in one tap, lets nothing out of what was written, and is not asked about again', () => {
    const near = [{ matter, metres: 12, commandId: 'c'.repeat(20) }];
    const html = fragment(NearWhileTyping, { frame, names, near });
    expect(html).toContain(`<form method="post" action="/matters/${ID}/joinings">`);
    expect(html).toContain('<input type="hidden" form="filing" name="isOther" value="1"/>');
    expect(html).toContain('12 metres');
    expect(html).not.toMatch(/<script|<img|<html/);
  });

  it('is nothing where there is none', () => {
    expect(fragment(NearWhileTyping, { frame, names, near: [] })).toBe('');
  });
});

describe('the figures', () => {
  const figures = { filed: 3, 'in-time': 3, late: 1 };
  const sums: Sums = new Map();
  addInto(sums, [
    [sumKey(2026, 'complaint'), figures],
    [sumKey(2026, 'complaint', 'area', 'harbour'), figures],
    [sumKey(2026, 'complaint', 'area', 'city'), { filed: 9 }],
  ]);
  const shown = { category: undefined, area: 'harbour', department: undefined };
  const html = document(MatterNumbersPage, {
    frame: frameIn('en'),
    names: new MatterNames(catalogue, 'en'),
    years: [[2026, 3]],
    numbers: new GatheredYear(2026, sums).numbers('2026-03-01T00:00:00.000Z', [
      { kind: 'complaint', shown, count: 4 },
    ]),
  });

  it('count what nobody answers against the share', () => {
    expect(html).toMatch(/of those whose turn had come<\/dt><dd>37.5%/);
    expect(html).toMatch(/>Puerto<\/a><\/th>.*?37.5%.*?<td class="number fault">4</);
  });

  it('have a row for what was late, a head for what they go by, and both tables', () => {
    expect(html).toMatch(/<th scope="row">Answered or erased late<\/th><td class="number">1</);
    expect(html).toContain('<th scope="col">Area</th>');
    expect(html).toContain('href="/api/v1/matters/years/2026/report.csv?for=excel"');
  });

  it('put what came in most first, lead to the lists, and to the table', () => {
    expect(html.indexOf('?area=city"')).toBeLessThan(html.indexOf('?area=harbour"'));
    expect(html).toContain('href="/api/v1/matters/years/2026/report.csv"');
  });
});

describe('a deadline in words', () => {
  const says = (changes: Partial<MatterRow>, now = '2026-10-15T08:00:00.000Z') => {
    const { due: _due, ...thanks } = row;
    const shown = 'due' in changes && changes.due === undefined ? thanks : { ...row, ...changes };
    return deadlineInWords({ frame: frameIn('en', { now }), names: new MatterNames(catalogue, 'en') }, shown);
  };

  it('says where the clock stands', () => {
    expect(says({})).toBe('In time: it must be answered by the end of 4 January 2027.');
    // The same ten working days as staff's queue has.
    expect(says({}, '2026-12-18T08:00:00.000Z')).toContain('In time');
    expect(says({}, '2026-12-21T08:00:00.000Z')).toContain('It ends soon: 10 working days are left');
    expect(says({}, '2026-12-30T08:00:00.000Z')).toBe(
      'It ends soon: 3 working days are left, until 4 January 2027.',
    );
    expect(says({}, '2027-01-04T12:00:00.000Z')).toBe('It ends today, 4 January 2027.');
    expect(says({}, '2027-01-05T08:00:00.000Z')).toBe(
      'Overdue: it had to be answered by the end of 4 January 2027.',
    );
    expect(says({ stoppedSince: '2026-10-10T08:00:00.000Z' })).toContain(
      'No deadline runs since 10 October 2026',
    );
    const answeredAt = '2026-10-11T08:00:00.000Z';
    expect(says({ answeredAt, inTime: true })).toBe('Answered in time, on 11 October 2026.');
    expect(says({ answeredAt, inTime: false })).toBe('Answered late, on 11 October 2026.');
    expect(says({ answeredAt })).toBe('Answered on 11 October 2026.');
    expect(says({ state: 'void', stateKind: 'closed' })).toBe('No deadline runs any more.');
    expect(says({ due: undefined })).toBe('A thank-you has no deadline.');
  });
});

describe('the history in words', () => {
  it.each([
    ['MatterAnswered', { state: 'answered' }, 'Answered'],
    ['MatterAnswered', { state: 'duplicate' }, 'Answered · State: Duplicate'],
    ['MatterReleased', { department: 'lights' }, 'Published · Department: lights'],
    ['MatterAssigned', { department: 'lights' }, 'Given to a department: lights'],
    ['MatterMoved', { state: 'scheduled' }, 'Change of state: Scheduled'],
  ] as const)('of %s with %j is %j', (what, more, says) => {
    const names = new MatterNames(catalogue, 'en');
    const one = step(what, more);
    expect(stepInWords(frameIn('en'), names, one.row)).toBe(says);
    const html = document(MatterPage, { frame: frameIn('en'), names, matter, steps: [one] });
    const [, history = ''] = html.split('class="history"');
    expect(history.replace(/<[^>]+>/g, '')).toContain(`public log.${says}1 October`);
  });
});

describe('what came in and what is overdue', () => {
  const says = (language: 'es' | 'ast' | 'en', filed: number, overdue: number) => {
    const names = new MatterNames(catalogue, language);
    const html = document(MattersPage, {
      ...{ frame: frameIn(language), names, filter: {}, matters: [], next: undefined },
      ...{ counts: { filed, overdue }, map: undefined, script: undefined },
    });
    return (
      /<p>([^<]*)(<a href="\/matters\?overdue=true">)?([^<]*overdue|[^<]*plaz[ou][^<]*|[^<]*day[^<]*)</
        .exec(html)
        ?.slice(1) ?? []
    );
  };

  it.each([
    ['es', 1, 'Este año se ha recibido una. ', 'Una ha pasado de plazo sin respuesta.'],
    ['ast', 1, 'Esti añu recibióse una. ', 'Una pasó de plazu ensin respuesta.'],
    ['en', 1, '1 came in this year. ', 'One is past its day without an answer.'],
    ['es', 2, 'Este año se han recibido 2. ', '2 han pasado de plazo sin respuesta.'],
  ] as const)('in %s of %s', (language, n, filed, overdue) => {
    expect(says(language, n, n)).toEqual([filed, '<a href="/matters?overdue=true">', overdue]);
  });

  it('has no link to nothing', () => {
    expect(says('es', 0, 0).join('')).toBe(
      'Este año no se ha recibido ninguna todavía. Ninguna ha pasado de plazo sin respuesta.',
    );
  });
});

describe('the addresses of a list', () => {
  it('say nothing of a filter that says nothing', () => {
    const filter = { kind: undefined, area: 'harbour', of: undefined };
    expect(addressOf(filter)).toBe('/matters?area=harbour');
    expect(addressOf({ kind: undefined })).toBe('/matters');
  });
});

describe('somebody who joined', () => {
  it('is promised what she can do, and no more', () => {
    const pages = everyPage(frameIn('es'));
    expect(pages.joined).toContain('con él ves a qué te sumaste');
    expect(pages.joined).not.toMatch(/dices si está arreglado|añades algo/);
    expect(pages.filed).toContain('dices si está arreglado');
  });
});

describe('a category whose reporters confirm their address', () => {
  it('is told of before the form is sent, and nobody says that it is looked at before', () => {
    const pages = everyPage(frameIn('es'));
    expect(pages.form).toContain(
      'Te enviaremos un código: hasta que lo escribas en tu página, nadie la atiende.',
    );
    expect(pages.filed).not.toContain('la mirará antes de publicarla');
    expect(pages.filed).toContain('Falta un paso');
  });
});

describe('what is chosen from a list', () => {
  const branch = (categoryId: string, parent: string | undefined, kinds: ('complaint' | 'thanks')[]) => ({
    row: {
      ...category.row,
      categoryId,
      name: ref(categoryId),
      kinds,
      ...(parent !== undefined && { parent }),
    },
    texts: new Map<string, Texts>([[categoryId, { es: categoryId }]]),
  });
  const categories = [
    branch('streets', undefined, []),
    branch('parks', undefined, ['thanks']),
    branch('paving', 'streets', ['complaint']),
    branch('lamps', 'streets', ['complaint']),
  ];

  it('has the categories of one branch together, in the order of the catalogue', () => {
    const names = new MatterNames({ ...catalogue, categories }, 'es');
    const html = document(MattersPage, {
      ...{ frame: frameIn('es'), names, filter: {}, matters: [], next: undefined, counts: undefined },
      ...{ map: undefined, script: undefined },
    });
    expect(html).toMatch(
      /<optgroup label="streets" lang="es"><option value="paving"[^>]*>paving<\/option><option value="lamps"[^>]*>lamps<\/option><\/optgroup><option value="parks"/,
    );
  });

  it('names the whole city once', () => {
    const areasOf = (areas: Catalogue['areas']) =>
      document(MatterFormPage, {
        ...{ frame: frameIn('es'), names: new MatterNames({ ...catalogue, areas }, 'es'), category },
        ...{ typed: readTyped({ kind: 'complaint' }), faults: {}, script: undefined },
      });
    expect(areasOf(catalogue.areas)).toMatch(/<option value(="")?>No lo sé<\/option>/);
    expect(areasOf(catalogue.areas.map(({ parent: _, ...area }) => area))).toContain(
      'No lo sé, o en toda la ciudad',
    );
  });
});

describe('what was typed', () => {
  it('is shown again without a point that was refused', () => {
    const point = { lat: '40400000', long: '-3700000' };
    const sent = readTyped(point);
    expect(typedAgain(sent, { place: 'place-outside-city' })).toMatchObject({ lat: '', long: '' });
    expect(typedAgain(sent, { text: 'text-missing' })).toMatchObject(point);
  });

  it('becomes a filing with what it has and nothing else', () => {
    const filing = filingOf(
      readTyped({ kind: 'thanks', category: 'park', text: ' Gracias \r\n', address: ' ' }),
      'es',
    );
    expect(filing).toEqual({
      kind: 'thanks',
      category: 'park',
      text: 'Gracias',
      language: 'es',
      answers: {},
      photos: [],
      private: false,
    });
    expect(filingOf(typed, 'es')).toMatchObject({
      place: { lat: 1, long: 2, address: ATTACK },
      answers: { what: 'off' },
    });
  });

  it('is no point where the phone gave none', () => {
    for (const lat of ['', '1.5', 'x', '1e6', '12345678901']) {
      expect(pointOf(readTyped({ lat, long: '1' }))).toBeUndefined();
    }
  });

  it('is refused by words in every language', () => {
    const codes = Object.keys(MATTER_WORDS.es.refusals);
    for (const language of LANGUAGES) {
      expect(Object.keys(MATTER_WORDS[language].refusals)).toEqual(codes);
      expect(Object.keys(MATTER_WORDS[language].reasons)).toEqual(Object.keys(MATTER_WORDS.es.reasons));
      expect(Object.keys(MATTER_WORDS[language].steps)).toEqual(Object.keys(MATTER_WORDS.es.steps));
      expect(Object.keys(DESK_WORDS[language].refusals)).toEqual(Object.keys(DESK_WORDS.es.refusals));
    }
  });
});

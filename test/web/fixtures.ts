/** Data of one made-up election in every shape that a page must show. */
import type { CountResult } from '../../projections/count.js';
import type { DigestsRow } from '../../projections/digests.view.js';
import type { ElectionRow, HistoryEntry, TallyEntry } from '../../projections/elections.view.js';
import type { ElectionDetails, ElectionResult } from '../../src/elections/elections.queries.js';
import { Format } from '../../src/web/format.js';
import { LANGUAGES, type Language } from '../../src/web/languages.js';
import type { Frame } from '../../src/web/layout.js';
import { MESSAGES } from '../../src/web/messages.js';

export const ID = '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11';
const HASH = 'A'.repeat(43);
/** What somebody could try to smuggle in. */
export const ATTACK = '<script>alert(1)</script>"><img src=x onerror=alert(2)>&\'';

export function frameIn(language: Language, changes: Partial<Frame> = {}): Frame {
  return {
    language,
    offered: LANGUAGES,
    m: MESSAGES[language],
    format: new Format(language, 'Europe/Madrid'),
    city: { text: 'Villaficticia', language: 'es' },
    path: '/',
    origin: undefined,
    stylesheet: '/assets/pages.css',
    signedIn: undefined,
    now: '2026-10-15T08:00:00.000Z',
    demo: undefined,
    ...changes,
  };
}

const content = (id: string) => ({ id, commitment: HASH });

export const definition: ElectionRow['definition'] = {
  electionId: ID,
  title: content('title'),
  profile: 'open',
  disclosure: 'at-close',
  currency: 'EUR',
  areas: [
    { id: 'city', budget: 30_000_000 },
    { id: 'harbour', budget: 8_000_050 },
  ],
  ballot: { type: 'approval', min: 1, max: 3, repeats: 'refuse', limits: 'refuse', sealedBytes: 512 },
  ruleset: HASH,
  schedule: {
    opensAt: '2026-10-01T08:00:00.000Z',
    closesAt: '2026-10-11T18:00:00.000Z',
    claimsUntil: '2026-10-18T18:00:00.000Z',
  },
  paper: 'prevails',
  origin: 'live',
};

const reason = (code: string, id?: string) => ({ code, ...(id !== undefined && { content: content(id) }) });
const act = (what: HistoryEntry['what'], position: number) => ({
  what,
  at: '2026-10-01T08:00:00.000Z',
  actor: 'officer-1',
  position,
});

export const open: ElectionRow = {
  definition,
  schedule: { ...definition.schedule, closesAt: '2026-10-12T18:00:00.000Z' },
  ruleset: {
    v: 1,
    rule: 'greedy-threshold',
    score: { by: 'votes' },
    threshold: { score: 5 },
    tieOrder: ['most-votes', 'listed'],
    ties: ['C-1', 'C-2', 'C-3', 'C-4', 'P-1', 'P-2'],
  },
  phase: 'open',
  listing: 1,
  options: 6,
  roll: { count: 1_000, root: HASH, perArea: [] },
  opening: {
    e: HASH,
    boxKey: HASH,
    rollRoot: HASH,
    optionsRoot: HASH,
    at: '2026-10-01T08:00:00.000Z',
    position: 20,
  },
  windows: [{ from: 20 }],
  paper: { batches: 0, sheets: 0 },
  tallies: [],
  annulments: [],
  history: [
    act('ElectionDefined', 10),
    { ...act('VotingExtended', 30), reason: reason('storm', 'storm-words') },
    { ...act('VotingSuspended', 40), actor: 'officer-2', reason: reason('flooded') },
    { ...act('VotingResumed', 41), actor: 'system', reason: reason('dry-again') },
  ],
};

const tally = (number: number, position: number): TallyEntry => ({
  number,
  through: position,
  at: '2026-10-12T19:00:00.000Z',
  position,
  inputDigest: 'B'.repeat(43),
  outputDigest: `${number}`.repeat(43),
  cast: 9,
  counted: 4,
});

export const counted: ElectionRow = {
  ...open,
  phase: 'certified',
  windows: [{ from: 20, until: 90, ended: 'closed' }],
  closed: { at: '2026-10-12T18:00:00.000Z', position: 90 },
  paper: { batches: 3, sheets: 12, reconciled: { marks: 10, surplus: 2 } },
  key: { secret: HASH, at: '2026-10-12T18:30:00.000Z', position: 100 },
  tallies: [{ ...tally(1, 110), revoked: true }, tally(2, 140)],
  certified: {
    tally: 2,
    at: '2026-10-20T10:00:00.000Z',
    position: 150,
    outputDigest: '2'.repeat(43),
    by: ['officer-1', 'officer-2'],
  },
  annulments: [
    {
      actId: 'act-1',
      at: '2026-10-13T10:00:00.000Z',
      position: 130,
      rule: { name: 'more-than', ballots: 5 },
      scope: 'voter',
      count: 1,
      basis: reason('voted-twice', 'twice-words'),
      afterKey: true,
    },
  ],
  history: [
    ...open.history,
    ...[1, 2, 3].map((n) => ({
      ...act('PaperBatchRecorded', 92 + n),
      approvedBy: ['officer-1', 'officer-2'],
    })),
    {
      ...act('BallotsAnnulled', 130),
      reason: reason('voted-twice', 'twice-words'),
      approvedBy: ['officer-1', 'officer-2'],
    },
  ],
};

type Option = Omit<ElectionDetails['options'][number], 'electionId' | 'listing' | 'order' | 'title'>;
const options: readonly Option[] = [
  { id: 'C-1', area: 'city', cost: 18_000_000, category: 'mobility', titles: { es: 'Carril bici' } },
  { id: 'C-2', area: 'city', cost: 9_500_000, titles: { es: ATTACK } },
  { id: 'C-3', area: 'city', cost: 6_000_000, withdrawn: true, titles: { es: 'Fuente' } },
  { id: 'C-4', area: 'city', cost: 6_000_000, titles: { es: 'Otra fuente' } },
  {
    id: 'P-1',
    area: 'harbour',
    cost: 4_200_000,
    category: 'nobody-translated-this',
    place: { lat: 43_563_000, lon: -6_079_000 },
    titles: { es: 'Muelle', en: 'Quay' },
  },
  { id: 'P-2', area: 'harbour', cost: 4_200_000, titles: {} },
];

export const details: ElectionDetails = {
  election: open,
  title: { es: 'Presupuesto de 2026', ast: 'Presupuestu de 2026', en: 'Budget of 2026' },
  turnout: {
    open: true,
    web: 150,
    paper: 10,
    ballots: 170,
    hours: [
      ['2026-10-01T08:00:00.000Z', 100, 0],
      ['2026-10-01T10:00:00.000Z', 20, 4],
      ['2026-10-01T22:00:00.000Z', 30, 6],
    ],
  },
  options: options.map((option, order) => ({
    ...option,
    electionId: ID,
    listing: 1,
    order,
    title: content(option.id),
  })),
  areaNames: new Map([['city', { es: 'Toda la ciudad', en: 'The whole city' }]]),
  reasons: new Map([
    ['storm-words', { es: 'Un temporal cerró los centros' }],
    ['twice-words', { es: 'Un fallo dejó votar dos veces' }],
  ]),
  tag: '1.2.3',
};

type Project = CountResult['areas'][number]['together']['projects'][number];
const project = (id: string, cost: number, votes: number, rank: number, why: Project['reason']): Project => ({
  id,
  cost: String(cost),
  votes: String(votes),
  score: String(votes),
  rank,
  funded: why.code === 'funded',
  reason: why,
});

export const result: CountResult = {
  v: 1,
  electionId: ID,
  through: 140,
  ruleset: HASH,
  ballots: { cast: 9, counted: 4, spoiled: 1, superseded: 1, late: 1, suspended: 0, annulled: 1, paper: 1 },
  paper: { batches: 3, sheets: 12, counted: 12, marks: 10, surplus: 2 },
  spoiled: [{ id: 'S'.repeat(43), reason: 'option-unknown' }],
  breaches: [{ id: 'batch-1/3', code: 'too-many', area: 'city' }],
  areas: [
    {
      area: 'city',
      together: {
        rule: 'greedy-threshold',
        budget: '30000000',
        funded: ['C-1'],
        cost: '18000000',
        ballots: '16',
        projects: [
          project('C-1', 18_000_000, 12, 1, { code: 'funded', remaining: '30000000' }),
          project('C-2', 13_500_000, 12, 2, {
            code: 'does-not-fit',
            remaining: '12000000',
            missing: '1500000',
          }),
          project('C-3', 6_000_000, 3, 3, { code: 'withdrawn' }),
          project('C-4', 6_000_000, 1, 4, {
            code: 'below-threshold',
            of: 'score',
            needed: '5',
            missing: '4',
          }),
        ],
        ties: [
          { score: '12', projects: ['C-1', 'C-2'], decidedBy: ['most-votes', 'listed'], matters: true },
          { score: '1', projects: ['C-4', 'C-3'], decidedBy: [], matters: false },
        ],
      },
      web: {
        ballots: '4',
        votes: [
          { id: 'C-1', votes: '3', score: '3' },
          { id: 'C-2', votes: '4', score: '4' },
        ],
        funded: ['C-2'],
      },
      paper: { ballots: '12', votes: [] },
    },
    {
      area: 'harbour',
      together: {
        rule: 'greedy-threshold',
        budget: '8000050',
        funded: [],
        cost: '0',
        ballots: '4',
        projects: [
          project('P-1', 4_200_000, 4, 1, { code: 'conflict', with: 'P-2' }),
          project('P-2', 4_200_000, 2, 2, { code: 'after-stop', stoppedBy: 'P-1' }),
        ],
        ties: [],
      },
      web: { ballots: '4', votes: [], funded: [] },
      paper: { ballots: '0', votes: [], funded: [] },
    },
  ],
};

export const digests: DigestsRow = {
  index: 150,
  at: '2026-10-20T10:00:01.000Z',
  position: 151,
  digests: [
    { view: 'ballots@1', digest: 'C'.repeat(43) },
    { view: 'elections@2', digest: 'D'.repeat(43) },
  ],
};

export const countedDetails: ElectionDetails = { ...details, election: counted };
export const latest: ElectionResult = { election: counted, tally: counted.tallies.at(1)!, result };
export const earlier: ElectionResult = {
  election: counted,
  tally: counted.tallies.at(0)!,
  result: {
    ...result,
    areas: result.areas.map((area) => ({
      ...area,
      together: { ...area.together, funded: area.area === 'city' ? ['C-2'] : [] },
    })),
  },
};

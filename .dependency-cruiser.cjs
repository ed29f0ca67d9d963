/** The layering, as rules: dependencies point inward. */

/** From what others stand on to what stands on others: a room knows nothing of a later one. */
const LAYERS = [
  'postgres|event-store|crypto',
  'rest|staff|views|contents|photos|mail',
  'city',
  'categories',
  'complaints',
  'map|numbers',
  'desk|open311',
  'web|demo',
];
const later = LAYERS.slice(0, -1).map((layer, index) => ({
  name: `before-${LAYERS[index + 1].split('|')[0]}`,
  comment: 'Rooms have an order.',
  severity: 'error',
  from: { path: `^src/(${layer})/` },
  to: { path: `^src/(${LAYERS.slice(index + 1).join('|')})/` },
}));

const DATABASE = '(^|/)node_modules/(@types/)?pg(-copy-streams)?/';
const WRITES_VIEWS = '^src/views/(write|copy-buffer|live|build|builder)\\.ts$';

module.exports = {
  forbidden: [
    ...later,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'projections-are-pure',
      comment: 'An auditor runs them: no application, no framework, no database, no Node.',
      severity: 'error',
      from: { path: '^projections/' },
      to: { pathNot: '^(projections/|(node_modules/)?typebox(/|$))' },
    },
    {
      name: 'tally-stands-alone',
      comment: 'Counting rules run anywhere and depend on nothing.',
      severity: 'error',
      from: { path: '^projections/tally/' },
      to: { pathNot: '^projections/tally/' },
    },
    {
      name: 'pure-files-of-rooms',
      comment: 'What decides has no framework, no database and no I/O.',
      severity: 'error',
      from: {
        path: '^src/(elections/(election|definition-rules|schedule-rules|roll)|ballots/voter|contents/content|city/(city|area-rules|deadlines)|complaints/(matter|matter-decisions|joining|details|filing|contact|questionnaire|moving-deadlines|matter-mails|similar-words)|desk/(desk-numbers|reply-words)|numbers/(numbers|report)|map/place-map|categories/(categories|states)|pabulib/pabulib|photos/(boxes|photo-kinds))\\.ts$',
      },
      to: { path: '^(node_modules/(@nestjs|pg|fastify)|fs|net|http)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'commands-append-events',
      comment: 'They write no read table, and have no connection to write anything else with.',
      severity: 'error',
      from: { path: '^src/.+\\.commands\\.ts$' },
      to: { path: ['^src/(views|postgres)/', DATABASE] },
    },
    {
      name: 'queries-read-views',
      comment: 'They never read the event store, nor any table but through what keeps it.',
      severity: 'error',
      from: { path: '^src/.+\\.queries\\.ts$' },
      to: { path: ['^src/(event-store|postgres)/', DATABASE, WRITES_VIEWS] },
    },
    {
      name: 'read-tables-are-written-in-views',
      comment: 'What is shown is what was folded.',
      severity: 'error',
      from: { path: '^(src|projections)/', pathNot: '^src/views/' },
      to: { path: WRITES_VIEWS },
    },
    {
      name: 'no-controllers-or-handlers-of-other-rooms',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/([^/]+)/[^/]+\\.controller\\.ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'pages-ask-queries-only',
      comment: 'Pages know the types of queries and nothing else of a room.',
      severity: 'error',
      from: { path: '^src/web/.*\\.page\\.tsx$' },
      to: { path: '^src/(?!web/)[^/]+/(?!.*queries)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'engines-know-nothing-of-each-other',
      severity: 'error',
      from: { path: '^src/event-store/(memory|postgres|eventstoredb)' },
      to: { path: '^src/event-store/(memory|postgres|eventstoredb)', pathNot: '^src/event-store/$1' },
    },
    {
      name: 'browsers-have-no-server',
      comment: 'What runs in a page is pure, and knows no Node.',
      severity: 'error',
      from: { path: '^browser/', pathNot: '^browser/build\\.js$' },
      to: {
        pathNot: [
          '^(browser|projections)/',
          '^src/audit/checking-work\\.ts$',
          '^src/crypto/ed25519\\.ts$',
          '^src/web/(audit-report|audit-words|format|languages|map-)',
          'node_modules/(preact|tweetnacl|@noble)/',
        ],
      },
    },
    {
      name: 'no-test-code',
      severity: 'error',
      from: { path: '^(src|projections|browser)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^browser/bundled/' },
    enhancedResolveOptions: { conditionNames: ['import', 'default', 'types'] },
  },
};

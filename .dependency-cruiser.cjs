/** The layering, as rules: dependencies point inward. */
module.exports = {
  forbidden: [
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
        path: '^src/(elections/(election|definition-rules|roll)|ballots/voter|contents/content|city/city|pabulib/pabulib)\\.ts$',
      },
      to: { path: '^(node_modules/(@nestjs|pg|fastify)|fs|net|http)', dependencyTypesNot: ['type-only'] },
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
      from: { path: '^src/event-store/(memory|postgres)' },
      to: { path: '^src/event-store/(memory|postgres|eventstoredb)', pathNot: '^src/event-store/$1' },
    },
    {
      name: 'no-test-code',
      severity: 'error',
      from: { path: '^(src|projections)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { conditionNames: ['import', 'default', 'types'] },
  },
};

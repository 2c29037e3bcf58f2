import { expect, test } from 'vitest'
import { codeChange } from './code-change.ts'

const reviews = (generates: string) => ({ kind: 'subgraph', name: 'reviews', generates })

test.each([
  ['subgraphs/reviews/resolvers.ts', reviews('nothing')],
  ['subgraphs/orders/saga/decide.ts', { kind: 'subgraph', name: 'orders', generates: 'nothing' }],
  ['subgraphs/reviews/tasks.mjs', reviews('nothing')],
  ['subgraphs/reviews/schema.graphql', reviews('types')],
  ['subgraphs/reviews/codegen.json', reviews('types')],
  ['prisma/reviews/schema.prisma', reviews('client')],
  ['prisma/reviews/migrations/20261127000000_notes/migration.sql', reviews('nothing')],
])('%s restarts its subgraph', (file, change) => {
  expect(codeChange(file)).toEqual(change)
})

test.each([
  'subgraphs/kit/service/serve.ts',
  'router/http/server.ts',
  'router/main.mjs',
  'subgraphs/kit/schema/kit.graphql',
  'dev/shop/start/start-shop.ts',
  'router.yaml',
])('%s restarts the whole shop', (file) => {
  expect(codeChange(file)).toEqual({ kind: 'shop', file })
})

test.each([
  'subgraphs/reviews/review.test.ts',
  'subgraphs/reviews/testing/examples.ts',
  'subgraphs/reviews/reviews.fixture.ts',
  'subgraphs/reviews/event-samples/reviews.review.json',
  'subgraphs/reviews/node_modules/a/index.ts',
  'router/http/server.test.ts',
  'subgraphs/reviews/generated/prisma/client.ts',
  'subgraphs/reviews/README.md',
  'subgraphs/reviews/.resolvers.ts.swp',
  'subgraphs/reviews/resolvers.ts~',
  'subgraphs/kit/README.md',
  'subgraphs/unknown/resolvers.ts',
  'docs/runbook.md',
  'supergraph.yaml',
])('%s restarts nothing', (file) => {
  expect(codeChange(file)).toBeNull()
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, composed } from './router.ts'
import { startSubgraph, type TestSubgraph } from './subgraph.ts'
import { startWatchedRouter, type WatchedRouter } from './watched-router.ts'

let subgraph: TestSubgraph
let router: WatchedRouter

beforeAll(async () => {
  subgraph = await startSubgraph('shelf', 'type Query { sock: String }', { Query: { sock: () => 'left' } })
  router = await startWatchedRouter(composed([subgraph.source]), {
    settings: { limits: { depth: 3 } },
  })
})

afterAll(async () => {
  await router?.stop()
  await subgraph?.stop()
})

test('a watched router serves, and its turns and memory can be read from outside', async () => {
  await router.watch()
  expect((await ask(router.url, '{ sock }')).data).toEqual({ sock: 'left' })
  const { longestTurn, rssBytes } = await router.observe()
  expect(longestTurn).toBeGreaterThan(0)
  expect(rssBytes).toBeGreaterThan(10 * 1_024 ** 2)
  expect((await router.settle()).rssBytes).toBeGreaterThan(10 * 1_024 ** 2)
})

test('a router that cannot start says why', async () => {
  await expect(startWatchedRouter('type Query')).rejects.toThrow(/ended before it served: .*supergraph/s)
})

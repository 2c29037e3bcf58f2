import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { composed, startTestRouter, type TestRouter } from '../testing/router.ts'
import { FAULT_GRAPH, type FaultCase, WHOLE, WHOLE_QUERY, WITHOUT_REVIEWS } from './fault.ts'
import { bodyFaults } from './faults/bodies.ts'
import { transportFaults } from './faults/transport.ts'
import { valueFaults } from './faults/values.ts'
import { expectAnswer } from './run-feature.ts'
import { hostSubgraphs, type SubgraphHost } from './subgraph-host.ts'
import { TESTED_EXECUTORS } from './tested-executors.ts'

const FAULTS: readonly FaultCase[] = [...transportFaults, ...bodyFaults, ...valueFaults]

/** Texts that a client must never read. */
const INTERNALS = /127\.0\.0\.1|localhost|ECONN|stack|SELECT|10\.0\.0\.3|<html|undici/

let host: SubgraphHost
let sdl: string

beforeAll(async () => {
  host = await hostSubgraphs(FAULT_GRAPH)
  sdl = composed(host.sources)
})
afterAll(() => host?.stop())

for (const { name, options, cache } of TESTED_EXECUTORS) {
  describe(name, () => {
    let router: TestRouter
    /** A router with a shorter time limit for reviews, which a busy machine may exceed without a fault. */
    let hasty: TestRouter
    beforeAll(async () => {
      const settings = { cache, fetching: { response: '64KB', breaker: { failures: 1_000_000 } } }
      router = await startTestRouter({ sdl }, { ...options, settings })
      const subgraphs = { reviews: { time: '200ms' } }
      hasty = await startTestRouter({ sdl }, { ...options, settings: { ...settings, subgraphs } })
    })
    afterAll(() => Promise.all([router?.close(), hasty?.close()]))
    afterEach(() => {
      for (const subgraph of Object.keys(FAULT_GRAPH)) host.replace(subgraph, null)
    })

    test('without a fault, everything is answered', async () => {
      expectAnswer(await router.ask(WHOLE_QUERY), { data: WHOLE })
    })

    test.each(FAULTS)('a subgraph that $name', async (fault) => {
      const { subgraph = 'reviews', misbehave, operation = WHOLE_QUERY, expected = WITHOUT_REVIEWS } = fault
      const right = (options.executor === 'reference' && fault.reference) || expected
      host.replace(subgraph, misbehave)
      const asked = fault.hangs ? hasty : router
      const answer = await asked.ask(operation)
      expect(answer.status).toBe(200)
      expectAnswer(answer, right)
      expect(JSON.stringify(answer)).not.toMatch(INTERNALS)
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
      host.replace(subgraph, null)
      const isWhole = async () => expectAnswer(await asked.ask(WHOLE_QUERY), { data: WHOLE })
      await (fault.hangs ? vi.waitFor(isWhole, 30_000) : isWhole())
    })
  })
}

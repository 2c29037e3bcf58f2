import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
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
    beforeAll(async () => {
      const settings = {
        cache,
        fetching: { response: '64KB', time: '400ms', breaker: { failures: 1_000_000 } },
      }
      router = await startTestRouter({ sdl }, { ...options, settings })
    })
    afterAll(() => router?.close())
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
      const answer = await router.ask(operation)
      expect(answer.status).toBe(200)
      expectAnswer(answer, right)
      expect(JSON.stringify(answer)).not.toMatch(INTERNALS)
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
      host.replace(subgraph, null)
      expectAnswer(await router.ask(WHOLE_QUERY), { data: WHOLE })
    })
  })
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { composed, type GraphQLAnswer, startTestRouter, type TestRouter } from '../testing/router.ts'
import type { ConformanceCase, Expectation, Feature } from './feature.ts'
import { hostSubgraphs, type SubgraphHost } from './subgraph-host.ts'
import { TESTED_EXECUTORS, type TestedExecutor } from './tested-executors.ts'
import { answerWhole, clientSchemaOf } from './whole-graph.ts'

/**
 * Runs a feature's cases with every executor. If the whole graph is given, the expectations are compared
 * with it too.
 */
export function runFeature(feature: Feature): void {
  describe(feature.name, () => {
    let host: SubgraphHost
    let sdl: string
    beforeAll(async () => {
      host = await hostSubgraphs(feature.subgraphs)
      sdl = composed(host.sources)
    })
    afterAll(() => host?.stop())

    for (const tested of TESTED_EXECUTORS) {
      describe(tested.name, () => {
        let router: TestRouter
        beforeAll(async () => {
          const { options, cache } = tested
          router = await startTestRouter({ sdl }, { ...options, settings: { cache } })
        })
        afterAll(() => router?.close())
        const isReference = tested.options.executor === 'reference'
        const cases = feature.cases.filter(({ notByReference }) => !(isReference && notByReference))
        test.each(cases)('$name', async (item) => {
          const { operation, variables = {} } = item
          for (let run = 0; run < runsOf(item, tested); run++) {
            host.calls.length = 0
            expectAnswer(await router.ask(operation, { variables }), expectationFor(item, tested))
            expectCalls(host.calls, item, tested)
          }
        })
      })
    }

    const { whole } = feature
    const comparable = whole ? feature.cases.filter(({ errors = [] }) => errors.length === 0) : []
    if (whole && comparable.length > 0)
      describe('graphql-js over the whole graph', () => {
        test.each(comparable)('$name', async (item) => {
          expect(await answerWhole(clientSchemaOf(sdl), whole, item)).toEqual(item.data)
        })
      })
  })
}

/** A repeated mutation would find its own effects. */
function runsOf({ operation }: ConformanceCase, { runs }: TestedExecutor): number {
  return /\bmutation\b/.test(operation) ? 1 : runs
}

function expectationFor(
  { data, errors, reference }: ConformanceCase,
  { options }: TestedExecutor,
): Expectation {
  return (options.executor === 'reference' && reference) || { data, errors }
}

/** How many calls each subgraph got. */
function expectCalls(
  calls: SubgraphHost['calls'],
  { calls: wanted }: ConformanceCase,
  { options }: TestedExecutor,
): void {
  if (!wanted || options.executor === 'reference') return
  const counts = Map.groupBy(calls, ({ subgraph }) => subgraph)
  expect(Object.fromEntries([...counts].map(([name, all]) => [name, all.length]))).toEqual(wanted)
}

/** The exact data, keys in any order; for each error its path and code. */
export function expectAnswer(answer: GraphQLAnswer, { data, errors = [] }: Expectation): void {
  const wanted = errors.map(({ path, code, message }) => ({ path, code, ...(message ? { message } : {}) }))
  const told = answer.errors.map(({ path, message, extensions }) => {
    const fixed = errors.some((error) => error.message && samePath(error.path, path))
    return { path, code: extensions.code, ...(fixed ? { message } : {}) }
  })
  expect({ data: answer.data, errors: sorted(told) }).toEqual({ data, errors: sorted(wanted) })
}

function samePath(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function sorted<T extends { readonly path?: readonly (string | number)[] }>(errors: readonly T[]): T[] {
  const key = ({ path = [] }: T) => JSON.stringify(path)
  return [...errors].sort((one, other) => (key(one) < key(other) ? -1 : 1))
}

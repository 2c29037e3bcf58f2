import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { composed, type GraphQLAnswer, startTestRouter, type TestRouter } from '../testing/router.ts'
import { CONTESTANTS, type Contestant } from './contestants.ts'
import type { ConformanceCase, Expectation, Feature } from './feature.ts'
import { hostSubgraphs, type SubgraphHost } from './subgraph-host.ts'
import { answerWhole, clientSchemaOf } from './whole-graph.ts'

/** Holds every contestant, and the expectations themselves where the whole graph is at hand, to a feature's cases. */
export function runFeature(feature: Feature): void {
  describe(feature.name, () => {
    let host: SubgraphHost
    let sdl: string
    beforeAll(async () => {
      host = await hostSubgraphs(feature.subgraphs)
      sdl = composed(host.sources)
    })
    afterAll(() => host?.stop())

    for (const contestant of CONTESTANTS) {
      describe(contestant.name, () => {
        let router: TestRouter
        beforeAll(async () => {
          const { options, cache } = contestant
          router = await startTestRouter({ sdl }, { ...options, settings: { cache } })
        })
        afterAll(() => router?.close())
        test.each(feature.cases)('$name', async (item) => {
          const { operation, variables = {} } = item
          for (let run = 0; run < runsOf(item, contestant); run++) {
            expectAnswer(await router.ask(operation, { variables }), expectationFor(item, contestant))
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

/** A mutation would find what it did before. */
function runsOf({ operation }: ConformanceCase, { runs }: Contestant): number {
  return /\bmutation\b/.test(operation) ? 1 : runs
}

function expectationFor(item: ConformanceCase, { options }: Contestant): Expectation {
  const { data, errors, reference, apolloPlan, hivePlan } = item
  const otherwise = { data, errors }
  // The reference executes Apollo's plans.
  if (options.executor === 'reference') return reference ?? apolloPlan ?? otherwise
  if (options.planner === 'apollo') return apolloPlan ?? otherwise
  return (options.planner === 'hive' && hivePlan) || otherwise
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

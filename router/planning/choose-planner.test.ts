import { parse } from 'graphql'
import { afterAll, describe, expect, test } from 'vitest'
import type { Operation } from '../operation/operation.ts'
import { selectOperation } from '../operation/operation.ts'
import { buildSupergraph } from '../supergraph/supergraph.ts'
import { composed, testLog } from '../testing/router.ts'
import { apolloPlanner } from './apollo-planner.ts'
import { choosePlanner, whenAsked, withFallback } from './choose-planner.ts'
import { OutsideFailure, OverBudget } from './outside.ts'
import type { Plan } from './plan.ts'
import type { Planner } from './planner.ts'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])'
const SUPERGRAPH = buildSupergraph(
  composed([
    {
      name: 'a',
      url: 'http://a.test',
      file: 'a',
      sdl: `${LINK} type Query { p: P } type P @key(fields: "id") { id: ID! }`,
    },
    {
      name: 'b',
      url: 'http://b.test',
      file: 'b',
      sdl: `${LINK} type P @key(fields: "id") { id: ID! n: Int }`,
    },
  ]),
)
const OPERATION: Operation = selectOperation(parse('{ p { n } }'), undefined, SUPERGRAPH)
const ANY = { labels: [], roll: 0 }
const { log } = testLog()
const BUDGET = { time: 5_000, memory: 512 * 1_024 ** 2, queue: 100 }

describe('a planner', () => {
  const planners = [
    choosePlanner(SUPERGRAPH, 'hive', log, BUDGET),
    choosePlanner(SUPERGRAPH, 'apollo', log, BUDGET),
  ]
  afterAll(() => {
    for (const planner of planners) planner.close()
  })

  test.each(planners)('plans a root fetch, then entities ($name)', async (planner) => {
    const { root } = await planner.plan(OPERATION, ANY)
    expect(root).toMatchObject({
      kind: 'sequence',
      nodes: [
        { kind: 'root', subgraph: 'a' },
        { kind: 'entities', subgraph: 'b', lanes: [{ paths: [[{ kind: 'field', name: 'p' }]] }] },
      ],
    })
  })

  test.each(planners)('tells what it cannot plan, and plans on ($name)', async (planner) => {
    const broken = selectOperation(parse('{ nothing }'), undefined, SUPERGRAPH)
    await expect(planner.plan(broken, ANY)).rejects.toThrow(/nothing/)
    await expect(planner.plan(OPERATION, ANY)).resolves.toMatchObject({ root: { kind: 'sequence' } })
  })

  test('that is closed still answers who comes late', async () => {
    const planner = apolloPlanner(SUPERGRAPH.sdl, BUDGET)
    planner.close()
    await expect(planner.plan(OPERATION, ANY)).resolves.toMatchObject({ root: { kind: 'sequence' } })
  })
})

describe('with a second planner', () => {
  const PLAN: Plan = { root: { kind: 'sequence', nodes: [] } }
  const planner = (plan: () => Promise<Plan>): Planner => ({ name: 'hive', plan, close() {} })

  test.each<[string, () => Promise<Plan>]>([
    ['fails', () => Promise.reject(new Error('no'))],
    ['breaks', () => Promise.reject(new OutsideFailure('gone'))],
    ['finds nothing', async () => ({ root: null })],
  ])('the second plans where the first %s', async (_, plan) => {
    const both = withFallback(
      planner(plan),
      planner(async () => PLAN),
      log,
    )
    expect(await both.plan(OPERATION, ANY)).toBe(PLAN)
  })

  test('the first is asked no more once it broke ten times', async () => {
    let asked = 0
    const first = planner(() => {
      asked++
      return Promise.reject(new OutsideFailure('gone'))
    })
    const both = withFallback(
      first,
      planner(async () => PLAN),
      log,
    )
    for (let time = 0; time < 12; time++) await both.plan(OPERATION, ANY)
    expect(asked).toBe(10)
  })
})

describe('an operation that takes too much of the first planner', () => {
  const tooMuch = new OverBudget('too much')
  const planner = (error: Error): Planner => ({ name: 'hive', plan: () => Promise.reject(error), close() {} })

  test('fails for that, where the second fails too', async () => {
    const both = withFallback(planner(tooMuch), planner(new Error('no way')), log)
    await expect(both.plan(OPERATION, ANY)).rejects.toBe(tooMuch)
  })

  test('does not turn the first off for others', async () => {
    let asked = 0
    const first: Planner = {
      ...planner(tooMuch),
      plan() {
        asked++
        return Promise.reject(tooMuch)
      },
    }
    const both = withFallback(first, { ...first, plan: async () => ({ root: null }) }, log)
    for (let time = 0; time < 20; time++) await both.plan(OPERATION, ANY)
    expect(asked).toBe(20)
  })
})

test('a planner is chosen when the first operation needs one, once, and closed with what asked for it', async () => {
  let chosen = 0
  let closed = 0
  const choose = (): Planner => {
    chosen++
    return { name: 'apollo', plan: async () => ({ root: null }), close: () => closed++ }
  }
  const idle = whenAsked(choose)
  idle.close()
  expect(chosen).toBe(0)
  await idle.plan(OPERATION, ANY)
  expect([chosen, closed]).toEqual([1, 1])
  const busy = whenAsked(choose)
  await busy.plan(OPERATION, ANY)
  await busy.plan(OPERATION, ANY)
  busy.close()
  expect([chosen, closed]).toEqual([2, 2])
})

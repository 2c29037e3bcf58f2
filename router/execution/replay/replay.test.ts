import { buildSchema, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { offer } from '../../fetching/fetch-outcome.ts'
import type { FetchSubgraph } from '../../fetching/fetch-subgraph.ts'
import { dataKeys } from '../../operation/response-keys.ts'
import type { RequestContext } from '../../request-context.ts'
import { outcomeOf } from '../../testing/answered-by-texts.ts'
import { type PlanTree, plannedAs } from '../../testing/plan-tree.ts'
import { newCodeBudget } from '../code/code-budget.ts'
import { compileProgram } from '../compiled-program.ts'
import { typeTest } from '../type-names.ts'
import { newRecordings } from './recording-cache.ts'

const SCHEMA = buildSchema(`
  type Query { product: Product spare: Product holders: [Holder] }
  type Holder { unit: String product: Product }
  type Mutation { rename: Product }
  type Product { id: ID! name: String stars: Int }`)

type Plan = { readonly root: PlanTree }

const ROOT: PlanTree = {
  ...{ kind: 'root', subgraph: 'products', operation: 'query($id:ID){product{__typename id name}}' },
  ...{ operationName: null, variables: ['id'], operationKind: 'query', path: [], outputRewrites: [] },
}
/** Fetches the stars of the product in a root field. */
const starsOf = (field: string): PlanTree => ({
  ...{ kind: 'entities', subgraph: 'stars', operationName: null, variables: [] },
  operation: 'query($r:[_Any!]!){_entities(representations:$r){...on Product{stars}}}',
  lanes: [
    {
      ...{ alias: '_entities', variable: 'r', paths: [[{ kind: 'field', name: field }]] },
      requires: [
        {
          ...{ kind: 'fragment', type: 'Product' },
          selections: ['__typename', 'id'].map((name) => ({
            ...{ kind: 'field', name, as: name, selections: null },
          })),
        },
      ],
      ...{ inputRewrites: [], outputRewrites: [], contexts: [] },
    },
  ],
})
const STARS = starsOf('product')
const PLAN: Plan = { root: { kind: 'sequence', nodes: [ROOT, STARS] } }

const product = (name: string | null, id = '1') =>
  JSON.stringify({ data: { product: { __typename: 'Product', id, name } } })
const stars = (count: number | null) => JSON.stringify({ data: { _entities: [{ stars: count }] } })

/** The answer by the body of a request; null: the subgraph cannot be reached. */
type Answering = string | null | ((body: string) => string)

type Ways = { readonly codes: number; readonly limit: number }

/** Subgraphs that answer texts, which a test can change; null: no answer. */
function newProgram(
  { codes, limit }: Ways,
  operation = 'query($id:ID){product{id name stars}}',
  plan = PLAN,
) {
  const texts: Record<string, Answering> = { products: product('Sock'), stars: stars(5) }
  const calls: string[] = []
  let read = 0
  const fetchFrom =
    (name: string): FetchSubgraph =>
    async (body, _mutates, _context, taker) => {
      calls.push(`${name} ${body}`)
      const answering = texts[name] ?? null
      const text = typeof answering === 'function' ? answering(body) : answering
      if (text === null) return { failed: 'unreachable' }
      const outcome = await offer(text, taker, () => outcomeOf(text))
      const isAsExpected =
        outcome.failed === null && outcome.taken && outcome.taken.content === taker?.expected
      if (!isAsExpected) read++
      return outcome
    }
  const [definition] = parse(operation).definitions
  if (definition?.kind !== 'OperationDefinition') throw new Error('an operation was expected')
  const program = compileProgram({ definition, fragments: {} }, plannedAs(plan.root), dataKeys(SCHEMA), {
    ...{ clientSchema: SCHEMA, supergraphSchema: SCHEMA, isOfType: typeTest(SCHEMA) },
    fetches: new Map(Object.keys(texts).map((name) => [name, fetchFrom(name)])),
    ...{ codeBudget: newCodeBudget(codes), recordings: newRecordings(limit), runsBeforeCode: 0 },
  })
  return {
    texts,
    /** The answer, the calls and the reads of one run. */
    async run(variables: Record<string, unknown> = { id: '1' }) {
      calls.length = 0
      read = 0
      // The fetches of this test do not read the context.
      const outcome = await program.run(variables, {} as RequestContext)
      const data = outcome.data === null ? null : JSON.parse(outcome.data)
      return { outcome, data, errors: outcome.errors, asked: [...calls], read }
    },
  }
}

describe.each<[string, Ways]>([
  ['on trees', { codes: 0, limit: 100_000 }],
  ['on texts', { codes: 1, limit: 100_000 }],
])('a run %s', (_, ways) => {
  test('that is recorded is replayed: every call is made, no answer is read', async () => {
    const { run } = newProgram(ways)
    const [first, second, third, fourth] = [await run(), await run(), await run(), await run()]
    expect(first.data).toEqual({ product: { id: '1', name: 'Sock', stars: 5 } })
    expect([second.data, third.data]).toEqual([first.data, first.data])
    expect([first, second, third].map(({ asked }) => asked)).toEqual([first.asked, first.asked, first.asked])
    expect([first, second, third].map(({ read }) => read)).toEqual([2, 2, 0])
    expect([first, third].map(({ outcome }) => outcome.recurs ?? false)).toEqual([false, true])
    expect(fourth.outcome).toBe(third.outcome)
  })

  test.each<[string, Record<string, string | null>, unknown, number]>([
    ['the first answer', { products: product('Boot') }, { id: '1', name: 'Boot', stars: 5 }, 2],
    ['the last answer', { stars: stars(4) }, { id: '1', name: 'Sock', stars: 4 }, 2],
    ['an entity', { products: product('Sock', '2') }, { id: '2', name: 'Sock', stars: 5 }, 2],
    ['an answer, to null', { products: '{"data":{"product":null}}' }, null, 1],
  ])('gives way where %s changes, asking nothing twice', async (_, changed, wanted, calls) => {
    const { run, texts } = newProgram(ways)
    for (let time = 0; time < 3; time++) await run()
    Object.assign(texts, changed)
    const { data, errors, asked } = await run()
    expect({ data, errors }).toEqual({ data: { product: wanted }, errors: [] })
    expect(asked).toHaveLength(calls)
  })

  test('that changed is recorded anew', async () => {
    const { run, texts } = newProgram(ways)
    for (let time = 0; time < 3; time++) await run()
    texts.stars = stars(1)
    const reads: number[] = []
    for (let time = 0; time < 6; time++) {
      const { data, read } = await run()
      expect(data).toEqual({ product: { id: '1', name: 'Sock', stars: 1 } })
      reads.push(read)
    }
    expect(reads.at(-1)).toBe(0)
  })

  test('that changes again after it was replayed is replayed again as soon as the first time', async () => {
    const { run, texts } = newProgram(ways)
    for (let time = 0; time < 3; time++) await run()
    const reads: (readonly number[])[] = []
    for (const count of [1, 2, 3]) {
      texts.stars = stars(count)
      const own: number[] = []
      for (let time = 0; time < 4; time++) own.push((await run()).read)
      reads.push(own)
    }
    const [first] = reads
    expect(first?.at(-1)).toBe(0)
    expect(reads).toEqual([first, first, first])
  })

  test.each([
    ['fails', null],
    ['is answered with errors', '{"errors":[{"message":"no"}],"data":{"_entities":[null]}}'],
    ['is answered by what is no JSON', '<html>'],
  ])('of which a call %s is what it is without a recording', async (_, text) => {
    const { run, texts } = newProgram(ways)
    const fresh = newProgram(ways)
    for (let time = 0; time < 3; time++) await run()
    texts.stars = text
    fresh.texts.stars = text
    const [one, other] = [await run(), await fresh.run()]
    expect(one).toMatchObject({ data: other.data, errors: other.errors, asked: other.asked })
    expect(one.errors).toHaveLength(1)
    texts.stars = stars(5)
    expect((await run()).data).toEqual({ product: { id: '1', name: 'Sock', stars: 5 } })
  })

  test('of which a call fails is replayed again as soon as it does not', async () => {
    const { run, texts } = newProgram(ways)
    for (let time = 0; time < 3; time++) await run()
    texts.stars = null
    for (let time = 0; time < 5; time++) expect((await run()).errors).toHaveLength(1)
    texts.stars = stars(5)
    expect(await run()).toMatchObject({ data: { product: { id: '1', name: 'Sock', stars: 5 } }, read: 0 })
  })

  test('with other variables is another', async () => {
    const { run, texts } = newProgram(ways)
    for (let time = 0; time < 3; time++) await run({ id: '1' })
    texts.products = product('Boot', '2')
    expect((await run({ id: '2' })).data).toEqual({ product: { id: '2', name: 'Boot', stars: 5 } })
  })

  test('with a step that had nothing to fetch repeats the steps after it', async () => {
    const operation = 'query($id:ID){product{id name stars} spare{stars}}'
    const root = { ...ROOT, operation: 'query($id:ID){product{__typename id name} spare{__typename id}}' }
    const nodes = [root, starsOf('spare'), STARS]
    const { run, texts } = newProgram(ways, operation, { root: { kind: 'sequence', nodes } })
    texts.products = JSON.stringify({ data: { ...JSON.parse(product('Sock')).data, spare: null } })
    for (let time = 0; time < 3; time++) await run()
    expect((await run()).read).toBe(0)
    texts.stars = stars(4)
    expect((await run()).data).toEqual({ product: { id: '1', name: 'Sock', stars: 4 }, spare: null })
  })

  test('with errors is never recorded', async () => {
    const { run, texts } = newProgram(ways)
    texts.stars = '{"errors":[{"message":"no"}],"data":{"_entities":[null]}}'
    for (let time = 0; time < 4; time++) {
      const { outcome, read } = await run()
      expect([outcome.errors.length, outcome.recurs ?? false, read]).toEqual([1, false, 2])
    }
  })

  test('that is too large is never recorded', async () => {
    const { run } = newProgram({ ...ways, limit: 8_000 })
    for (let time = 0; time < 6; time++) expect((await run()).read).toBe(2)
  })
})

describe('the responses of a recording', () => {
  /** A response whose content is longer than what the answer takes from it. */
  const padded = (bytes: number) =>
    `${product('Sock').slice(0, -1)},"extensions":{"pad":"${'x'.repeat(bytes)}"}}`

  test('that are too large are never recorded', async () => {
    const { run, texts } = newProgram({ codes: 0, limit: 100_000 })
    texts.products = padded(20_000)
    for (let time = 0; time < 6; time++) expect((await run()).read).toBe(2)
  })

  test('count in the limit of all recordings', async () => {
    const { run, texts } = newProgram({ codes: 0, limit: 100_000 })
    texts.products = padded(9_000)
    for (let id = 0; id < 20; id++) for (let time = 0; time < 4; time++) await run({ id: String(id) })
    expect([(await run({ id: '19' })).read, (await run({ id: '0' })).read]).toEqual([0, 2])
  })
})

test('a request that has to be sent several times is not replayed', async () => {
  const requires = STARS.kind === 'entities' ? (STARS.lanes[0]?.requires ?? []) : []
  const lane = {
    ...{ alias: '_entities', variable: 'r', requires, inputRewrites: [], outputRewrites: [] },
    paths: [
      [
        { kind: 'field' as const, name: 'holders' },
        { kind: 'each' as const },
        { kind: 'field' as const, name: 'product' },
      ],
    ],
    contexts: [{ up: 1, path: [{ kind: 'field' as const, name: 'unit' }], variable: 'unit' }],
  }
  const operation = 'query($r:[_Any!]!,$unit:String){_entities(representations:$r){...on Product{stars}}}'
  const starsByUnit: PlanTree = { ...STARS, operation, lanes: [lane] } as PlanTree
  const first: PlanTree = {
    ...ROOT,
    operation: '{holders{__typename unit product{__typename id}}}',
    variables: [],
  } as PlanTree
  const { run, texts } = newProgram({ codes: 0, limit: 100_000 }, '{holders{product{stars}}}', {
    root: { kind: 'sequence', nodes: [first, starsByUnit] },
  })
  const holders = ['cm', 'in'].map((unit) => ({
    ...{ __typename: 'Holder', unit, product: { __typename: 'Product', id: '1' } },
  }))
  texts.products = JSON.stringify({ data: { holders } })
  const countsOf = (...counts: number[]) => ({
    holders: counts.map((count) => ({ product: { stars: count } })),
  })
  const byUnit = (cm: number, inch: number) => (body: string) =>
    stars(body.includes('"unit":"cm"') ? cm : inch)
  texts.stars = byUnit(5, 2)
  for (let time = 0; time < 3; time++) expect((await run({})).data).toEqual(countsOf(5, 2))
  const replayed = await run({})
  expect([replayed.asked.length, replayed.read]).toEqual([3, 3])
  for (const [cm, inch] of [
    [6, 2],
    [6, 3],
  ] as const) {
    texts.stars = byUnit(cm, inch)
    for (let time = 0; time < 4; time++) expect((await run({})).data).toEqual(countsOf(cm, inch))
  }
})

test('a mutation is never replayed', async () => {
  const root: PlanTree = {
    ...ROOT,
    operation: 'mutation{rename{id name}}',
    operationKind: 'mutation',
    variables: [],
  }
  const { run, texts } = newProgram({ codes: 1, limit: 100_000 }, 'mutation{rename{id name}}', { root })
  texts.products = '{"data":{"rename":{"id":"1","name":"Sock"}}}'
  for (let time = 0; time < 4; time++) {
    const { data, asked, read } = await run({})
    expect(data).toEqual({ rename: { id: '1', name: 'Sock' } })
    expect([asked.length, read]).toEqual([1, 1])
  }
})

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { buildSchema, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { offer } from '../fetching/fetch-outcome.ts'
import type { Operation } from '../operation/operation.ts'
import { dataKeys } from '../operation/response-keys.ts'
import type { RequestContext } from '../request-context.ts'
import { type PlanTree, plannedAs } from '../testing/plan-tree.ts'
import { newCodeBudget } from './code/code-budget.ts'
import { compileProgram } from './compiled-program.ts'
import { typeTest } from './type-names.ts'

const SCHEMA = buildSchema(`
  type Query { node: Node product: Product }
  interface Node { id: ID! }
  type Product implements Node { id: ID! name: String owner: User }
  type User implements Node { id: ID! login: String friend: Node }`)

const ROOT: PlanTree = {
  ...{ kind: 'root', subgraph: 'main', operation: '{__typename}', operationName: null, variables: [] },
  ...{ operationKind: 'query', path: [], outputRewrites: [] },
}

/**
 * A program of one subgraph, which answers the current `answers`, with the number of times that the
 * operation's text was parsed again.
 */
function programOf(text: string, answers: { data: unknown }, runsBeforeCode = 100) {
  let reads = 0
  const trees: WeakRef<object>[] = []
  const operationOf = (): Operation => {
    const definition = parse(text).definitions[0] as OperationDefinitionNode
    trees.push(new WeakRef(definition.selectionSet))
    return { definition, fragments: {} }
  }
  const again = () => {
    reads++
    return operationOf()
  }
  const program = compileProgram({ ...operationOf(), again }, plannedAs(ROOT), dataKeys(SCHEMA), {
    ...{ clientSchema: SCHEMA, supergraphSchema: SCHEMA, isOfType: typeTest(SCHEMA), recordings: null },
    fetches: new Map([
      ['main', async (_body, _mutates, _context, taker) => answered(JSON.stringify(answers), taker)],
    ]),
    ...{ codeBudget: newCodeBudget(1), runsBeforeCode },
  })
  return {
    async run(variables: Record<string, unknown> = {}) {
      const { data, errors } = await program.run(variables, {} as RequestContext)
      expect(errors).toEqual([])
      return JSON.parse(data ?? 'null')
    },
    reads: () => reads,
    treesAlive: () => trees.filter((tree) => tree.deref() !== undefined).length,
  }
}

function answered(text: string, taker: Parameters<typeof offer>[1]) {
  return offer(text, taker, () => ({ failed: null, errors: [], data: JSON.parse(text).data }))
}

async function collectGarbage(): Promise<void> {
  // A weak reference keeps a dereferenced target until the turn is over.
  await new Promise((resolve) => setImmediate(resolve))
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

const product = { __typename: 'Product', id: '1', name: 'Sock', owner: { __typename: 'User', login: 'mo' } }
const user = { __typename: 'User', id: '2', login: 'mo', friend: product }

describe('the tree of an operation', () => {
  const QUERIES = {
    objects: ['{ product { id name owner { login } } }', { product }],
    members: [
      '{ node { id ... on Product { name owner { login } } ... on User { login } } }',
      { node: product },
    ],
    conditions: [
      'query($with: Boolean!) { product { id name @include(if: $with) owner { login } } }',
      { product },
    ],
  } as const

  test.each(Object.entries(QUERIES))('is not retained after a run: %s', async (_, [text, data]) => {
    const { run, treesAlive } = programOf(text, { data })
    expect(treesAlive()).toBe(1)
    await run()
    // One collection may spare it, e.g. for a marking that has begun.
    for (let collections = 0; treesAlive() > 0 && collections < 10; collections++) await collectGarbage()
    expect(treesAlive()).toBe(0)
    await run()
  })

  test('is read once more for a member of a type that was not met before, wherever it stands', async () => {
    const answers: { data: unknown } = { data: { node: product } }
    const { run, reads } = programOf(
      '{ node { ... on Product { name } ... on User { login friend { id ... on Product { name } } } } }',
      answers,
    )
    expect(await run()).toEqual({ node: { name: 'Sock' } })
    expect(reads()).toBe(0)
    answers.data = { node: user }
    for (let time = 0; time < 3; time++) {
      expect(await run()).toEqual({ node: { login: 'mo', friend: { id: '1', name: 'Sock' } } })
    }
    expect(reads()).toBe(1)
  })

  test('is read once more for other conditions', async () => {
    const { run, reads } = programOf(QUERIES.conditions[0], { data: { product } })
    for (let time = 0; time < 2; time++) {
      expect(await run({ with: true })).toEqual({
        product: { id: '1', name: 'Sock', owner: { login: 'mo' } },
      })
      expect(await run({ with: false })).toEqual({ product: { id: '1', owner: { login: 'mo' } } })
    }
    expect(reads()).toBe(1)
  })

  test('is read once more for code', async () => {
    const { run, reads } = programOf('{ product { id } }', { data: { product: { id: '1' } } }, 2)
    for (let time = 0; time < 5; time++) expect(await run()).toEqual({ product: { id: '1' } })
    expect(reads()).toBe(1)
  })
})

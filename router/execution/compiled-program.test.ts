import { buildSchema, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { type FetchOutcome, offer } from '../fetching/fetch-outcome.ts'
import type { FetchSubgraph } from '../fetching/fetch-subgraph.ts'
import type { DeniedField } from '../operation/authorization/denied-fields.ts'
import type { Operation } from '../operation/operation.ts'
import { dataKeys } from '../operation/response-keys.ts'
import type { RequestContext } from '../request-context.ts'
import { type PlanTree, plannedAs, sequence } from '../testing/plan-tree.ts'
import { newCodeBudget } from './code/code-budget.ts'
import { compileProgram } from './compiled-program.ts'
import { typeTest } from './type-names.ts'

const SCHEMA = buildSchema(`
  type Query { products: [Product] strict: [Product!]! node: Node any: Any leaves: Leaves lists: [[Int!]] }
  type Mutation { add: Int! drop: Int }
  interface Node { id: ID! name: String }
  union Any = Product | User
  type Product implements Node { id: ID! name: String price: Int! stars: Int owner: User }
  type User implements Node { id: ID! name: String login: String! }
  type Leaves { int: Int float: Float text: String flag: Boolean id: ID hue: Hue blob: Blob strict: Int! }
  enum Hue { RED GREEN }
  scalar Blob`)

function operationOf(text: string): Operation {
  const { definitions } = parse(text)
  const [definition] = definitions
  if (definition?.kind !== 'OperationDefinition') throw new Error('the operation comes first')
  const fragments = Object.fromEntries(
    definitions.flatMap((node) => (node.kind === 'FragmentDefinition' ? [[node.name.value, node]] : [])),
  )
  return { definition, fragments }
}

type Plan = { readonly root: PlanTree }

/** A program whose root fields one subgraph resolves, and `stars` of products another. */
function programOf(text: string, refusals: ReadonlyMap<string, DeniedField> | null = null) {
  const operation = operationOf(text)
  const again = () => (refusals ? { ...operationOf(text), refusals } : operationOf(text))
  return async (
    plan: Plan,
    answers: Readonly<Record<string, FetchOutcome>>,
    variables: Record<string, unknown> = {},
  ) => {
    const asked: string[] = []
    const fetches = new Map<string, FetchSubgraph>(
      Object.entries(answers).map(([name, outcome]) => [
        name,
        async (body, _mutates, _context, taker) => {
          asked.push(body)
          const isWhole = outcome.failed === null && outcome.errors.length === 0
          const read = () => structuredClone(outcome)
          return isWhole ? offer(JSON.stringify({ data: outcome.data }), taker, read) : read()
        },
      ]),
    )
    const machine = {
      clientSchema: SCHEMA,
      supergraphSchema: SCHEMA,
      isOfType: typeTest(SCHEMA),
      fetches,
      codeBudget: newCodeBudget(1),
      recordings: null,
      runsBeforeCode: 1,
    }
    const whole = refusals ? { ...operation, refusals, again } : { ...operation, again }
    const program = compileProgram(whole, plannedAs(plan.root), dataKeys(SCHEMA), machine)
    const run = async () => {
      asked.length = 0
      // The fetches of this test do not read the context.
      const { data, errors } = await program.run(variables, {} as RequestContext)
      return {
        data: data === null ? null : JSON.parse(data),
        errors: errors.map(({ path, extensions }) => `${extensions?.code} ${path?.join('.')}`),
        asked: [...asked],
      }
    }
    const first = await run()
    expect(await run(), 'by generated code').toEqual(first)
    return first
  }
}

const ROOT: PlanTree = {
  kind: 'root',
  subgraph: 'main',
  operation: '{products{__typename id}}',
  operationName: null,
  variables: [],
  operationKind: 'query',
  path: [],
  outputRewrites: [],
}

const STARS: PlanTree = {
  kind: 'entities',
  subgraph: 'stars',
  operation:
    'query($representations:[_Any!]!){_entities(representations:$representations){...on Product{stars}}}',
  operationName: null,
  variables: [],
  lanes: [
    {
      alias: '_entities',
      variable: 'representations',
      paths: [[{ kind: 'field', name: 'products' }, { kind: 'each' }]],
      requires: [
        {
          kind: 'fragment',
          type: 'Product',
          selections: ['__typename', 'id'].map((name) => ({
            kind: 'field',
            name,
            as: name,
            selections: null,
          })),
        },
      ],
      inputRewrites: [],
      outputRewrites: [],
      contexts: [],
    },
  ],
}

const MAIN: Plan = { root: ROOT }
const BOTH: Plan = { root: { kind: 'sequence', nodes: [ROOT, STARS] } }

function answered(data: unknown, errors: readonly unknown[] = []): FetchOutcome {
  // A subgraph may send any value.
  return { failed: null, data: data as Record<string, unknown> | null, errors }
}

const PRODUCTS = ['1', '2', '1'].map((id) => ({ __typename: 'Product', id }))

describe('errors of a subgraph', () => {
  const run = programOf('{ items: products { id stars } }')
  const asAsked = (plan: Plan, stars: FetchOutcome) => run(planned(plan), { main: main('items'), stars })

  /** The products under the data key of `items`. */
  const main = (key: string) => answered({ [key === 'items' ? '_products_0' : key]: PRODUCTS })
  const planned = (plan: Plan): Plan =>
    JSON.parse(
      JSON.stringify(plan)
        .replaceAll('"products"', '"_products_0"')
        .replaceAll('{products{', '{_products_0:products{'),
    )

  test('stand at every place that shared the representation, under the client’s names', async () => {
    const error = { message: 'no', path: ['_entities', 0, 'stars'], extensions: { code: 'FORBIDDEN' } }
    const { data, errors } = await asAsked(
      BOTH,
      answered({ _entities: [{ stars: null }, { stars: 2 }] }, [error]),
    )
    expect(data.items.map(({ stars }: { readonly stars: unknown }) => stars)).toEqual([null, 2, null])
    expect(errors).toEqual(['FORBIDDEN items.0.stars', 'FORBIDDEN items.2.stars'])
  })

  /** The errors of the fields without a value. */
  const everywhere = (code: string) => [0, 1, 2].map((index) => `${code} items.${index}.stars`)

  test('without a path are reported at each null field', async () => {
    const { errors } = await asAsked(BOTH, answered(null, [{ message: 'no' }]))
    expect(errors).toEqual(everywhere('INTERNAL_SERVER_ERROR'))
  })

  test.each<[string, FetchOutcome]>([
    ['the call failed', { failed: 'timeout' }],
    ['too few entities came', answered({ _entities: [{ stars: 1 }] })],
    ['too many entities came', answered({ _entities: [{ stars: 1 }, { stars: 2 }, { stars: 3 }] })],
    ['the entities are no list', answered({ _entities: { stars: 1 } })],
    ['an entity is no object', answered({ _entities: [1, 2] })],
    ['there are none', answered({})],
  ])('one for each field of the call: %s', async (_, outcome) => {
    const { data, errors } = await asAsked(BOTH, outcome)
    expect(data.items[1]).toEqual({ id: '2', stars: null })
    expect(errors).toEqual(everywhere('SUBGRAPH_UNAVAILABLE'))
  })

  test('each representation is sent once', async () => {
    const { asked } = await asAsked(BOTH, answered({ _entities: [{ stars: 1 }, { stars: 2 }] }))
    expect(JSON.parse(asked[1] ?? '').variables.representations).toEqual(PRODUCTS.slice(0, 2))
  })

  test('nothing is asked where there is nobody to ask about', async () => {
    const { asked } = await run(planned(BOTH), {
      main: answered({ _products_0: [null] }),
      stars: answered({}),
    })
    expect(asked).toHaveLength(1)
  })
})

describe('values', () => {
  const leaves = (fields: string, value: unknown) =>
    programOf(`{ leaves { ${fields} } }`)(MAIN, { main: answered({ leaves: value }) })

  test.each<[string, unknown, unknown]>([
    ['int', 1, 1],
    ['int', 2 ** 31, undefined],
    ['int', 1.5, undefined],
    ['int', '1', undefined],
    ['float', 1e300, 1e300],
    ['float', 1, 1],
    ['float', Number.POSITIVE_INFINITY, undefined],
    ['text', 'a"\\\n\u2028\ud83d\ude00', 'a"\\\n\u2028\ud83d\ude00'],
    ['text', 1, undefined],
    ['flag', true, true],
    ['flag', 0, undefined],
    ['id', 5, '5'],
    ['id', 'x', 'x'],
    ['hue', 'RED', 'RED'],
    ['hue', 'HIDDEN', undefined],
    ['blob', { a: [1, null] }, { a: [1, null] }],
    ['text', {}, undefined],
  ])('%s of %j is %j', async (name, value, result) => {
    const { data, errors } = await leaves(name, { [name]: value })
    expect(data).toEqual({ leaves: { [name]: result ?? null } })
    expect(errors).toEqual(result === undefined ? [`INTERNAL_SERVER_ERROR leaves.${name}`] : [])
  })

  test('a null where none may be makes what is around it null, with an error', async () => {
    const products = [{ id: '1', price: 1 }, { id: '2', price: null }, null]
    const { data, errors } = await programOf('{ products { price } }')(MAIN, { main: answered({ products }) })
    expect(data).toEqual({ products: [{ price: 1 }, null, null] })
    expect(errors).toEqual(['INTERNAL_SERVER_ERROR products.1.price'])
  })

  test('up to data itself; each element of a list has its own error', async () => {
    const strict = [{ price: null }, null, { price: 1 }]
    const { data, errors } = await programOf('{ strict { price } }')(MAIN, { main: answered({ strict }) })
    expect(data).toBeNull()
    expect(errors).toEqual(['INTERNAL_SERVER_ERROR strict.0.price', 'INTERNAL_SERVER_ERROR strict.1'])
  })

  test('lists of lists, and what is no list', async () => {
    const run = programOf('{ lists }')
    const nested = await run(MAIN, { main: answered({ lists: [[1, 2], null, [3, null]] }) })
    expect(nested).toMatchObject({
      data: { lists: [[1, 2], null, null] },
      errors: ['INTERNAL_SERVER_ERROR lists.2.1'],
    })
    const none = await run(MAIN, { main: answered({ lists: 1 }) })
    expect(none).toMatchObject({ data: { lists: null }, errors: ['INTERNAL_SERVER_ERROR lists'] })
  })
})

describe('objects', () => {
  test('are shaped by their own type, fragments at any depth', async () => {
    const run = programOf(`{ node { __typename ...N } any { ... on Node { n: name } ... on User { login } } }
      fragment N on Node { id ... on Product { price } ... on User { login } }`)
    const node = { __typename: 'Product', id: 1, price: 2, login: 'x' }
    const any = { __typename: 'User', _name_0: 'U', login: 'u' }
    expect((await run(MAIN, { main: answered({ node, any }) })).data).toEqual({
      node: { __typename: 'Product', id: '1', price: 2 },
      any: { n: 'U', login: 'u' },
    })
  })

  test.each([['Hidden'], ['Query'], [5]])(
    'of a type that cannot be there (%j) are null, with an error',
    async (type) => {
      const { data, errors } = await programOf('{ node { id } }')(MAIN, {
        main: answered({ node: { __typename: type, id: '1' } }),
      })
      expect([data, errors]).toEqual([{ node: null }, ['INTERNAL_SERVER_ERROR node']])
    },
  )

  test('have own properties only; __proto__ is a name like any other', async () => {
    const run = programOf('{ products { __proto__: id constructor: name toString: name } }')
    const product = JSON.parse('{"__proto__":{"id":"evil"},"_id_0":"1","constructor":"c"}')
    const { data, errors } = await run(MAIN, { main: answered({ products: [product] }) })
    expect(JSON.stringify(data)).toBe('{"products":[{"__proto__":"1","constructor":null,"toString":null}]}')
    expect(errors).toEqual([])
  })

  test('follow @skip and @include of each request', async () => {
    const run = programOf('query ($a: Boolean!) { products { id @include(if: $a) name @skip(if: $a) } }')
    const main = answered({ products: [{ id: '1', name: 'n' }] })
    expect((await run(MAIN, { main }, { a: true })).data).toEqual({ products: [{ id: '1' }] })
    expect((await run(MAIN, { main }, { a: false })).data).toEqual({ products: [{ name: 'n' }] })
  })

  test('tell their schema without a fetch', async () => {
    const { data, asked } = await programOf(
      'query ($t: String!) { __typename k: __type(name: $t) { name } __schema { queryType { name } } }',
    )({ root: sequence() }, {}, { t: 'Hue' })
    expect(data).toEqual({
      __typename: 'Query',
      k: { name: 'Hue' },
      __schema: { queryType: { name: 'Query' } },
    })
    expect(asked).toEqual([])
  })
})

describe('refused fields', () => {
  const refusal: DeniedField = { responseName: 'price', code: 'FORBIDDEN', message: 'no', nonNull: true }

  test('are null with an error at each place, and bubble', async () => {
    const run = programOf('{ products { id __refused_0: __typename } }', new Map([['__refused_0', refusal]]))
    const { data, errors } = await run(MAIN, { main: answered({ products: PRODUCTS.slice(0, 2) }) })
    expect([data, errors]).toEqual([
      { products: [null, null] },
      ['FORBIDDEN products.0.price', 'FORBIDDEN products.1.price'],
    ])
  })

  test('of a mutation keep it from running', async () => {
    const run = programOf('mutation { drop __refused_0: __typename }', new Map([['__refused_0', refusal]]))
    const { data, asked } = await run(MAIN, { main: answered({ drop: 1 }) })
    expect([data, asked]).toEqual([null, []])
  })
})

test('at most 32 combinations of conditions are kept', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const operation = operationOf(
    `query (${names.map((name) => `$${name}: Boolean!`)}) { ${names.map((name) => `${name}: __typename @skip(if: $${name})`).join(' ')} }`,
  )
  let planned = 0
  const stepsFor = () => {
    planned++
    return []
  }
  const machine = {
    ...{ clientSchema: SCHEMA, supergraphSchema: SCHEMA, isOfType: typeTest(SCHEMA), fetches: new Map() },
    ...{ codeBudget: newCodeBudget(0), recordings: null, runsBeforeCode: 1 },
  }
  const program = compileProgram(operation, { stepsFor, anew: null }, dataKeys(SCHEMA), machine)
  const run = async (bits: number) => {
    const values = names.map((name, at) => [name, ((bits >> at) & 1) === 1])
    await program.run(Object.fromEntries(values), {} as RequestContext)
  }
  for (let bits = 0; bits < 32; bits++) await run(bits)
  await run(0)
  expect(planned).toBe(32)
  for (const bits of [32, 0]) await run(bits)
  expect(planned).toBe(34)
})

test('each run counts in the budget of code, and an operation that can have none gives its room back', async () => {
  const told: string[] = []
  const candidate = { comesAgain: () => true, leave: () => void told.push('leaves') }
  const machine = {
    ...{ clientSchema: SCHEMA, supergraphSchema: SCHEMA, isOfType: typeTest(SCHEMA), fetches: new Map() },
    ...{ recordings: null, runsBeforeCode: 1 },
    codeBudget: { tick: () => void told.push('runs'), newCandidate: () => candidate },
  }
  const operation = operationOf('{ __schema { queryType { name } } }')
  const program = compileProgram(operation, plannedAs(sequence()), dataKeys(SCHEMA), machine)
  await program.run({}, {} as RequestContext)
  expect(told).toEqual(['runs', 'leaves'])
})

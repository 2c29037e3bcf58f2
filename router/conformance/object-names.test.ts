import { Kind, parse, type SelectionSetNode } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, startTestServer, type TestServer, textOf } from '../testing/http-server.ts'
import { composed, startTestRouter, type TestRouter } from '../testing/router.ts'
import { TESTED_EXECUTORS } from './tested-executors.ts'

/** Names of properties that every JavaScript object inherits. GraphQL reserves names with two underscores. */
const NAMES = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])'
const sdlOf = (name: string) => ({
  [name]: `${LINK} scalar ${name}
    type Query { ${name}(${name}: ${name}, in: In): ${name} hue(hue: Hue): Hue item: Item }
    input In { ${name}: ID }
    enum Hue { ${name} }
    interface Node { ${name}: ID }
    type Item implements Node @key(fields: "${name}") { ${name}: ID! }`,
  other: `${LINK} type Item @key(fields: "${name}") { ${name}: ID! name: String }`,
})

/** Data of the subgraphs, by field name. */
let values: ReadonlyMap<string, unknown> = new Map()
let bodies: string[] = []
let server: TestServer

/** The data of a selection, with response names as keys and the objects' own fields as values. */
function answered({ selections }: SelectionSetNode): Record<string, unknown> {
  const entries = selections.flatMap((selection): [string, unknown][] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('a fetch has no named fragments here')
    if (selection.kind === Kind.INLINE_FRAGMENT) return Object.entries(answered(selection.selectionSet))
    const { name, alias, selectionSet } = selection
    const key = (alias ?? name).value
    if (selectionSet) {
      const object = answered(selectionSet)
      return [[key, name.value === '_entities' ? [object] : object]]
    }
    return values.has(name.value) ? [[key, values.get(name.value)]] : []
  })
  return Object.fromEntries(entries)
}

beforeAll(async () => {
  server = await startTestServer(async (request, response) => {
    const body = await textOf(request)
    bodies.push(body)
    const { query }: { query: string } = JSON.parse(body)
    const [operation] = parse(query).definitions
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('an operation was expected')
    json(response, 200, { data: answered(operation.selectionSet) })
  })
})
afterAll(() => server?.stop())

describe.each(NAMES)('a graph of things named %s', (name) => {
  describe.each(TESTED_EXECUTORS)('by $name', ({ options, cache, runs }) => {
    const isReference = options.executor === 'reference'
    let router: TestRouter
    beforeAll(async () => {
      const sources = Object.entries(sdlOf(name)).map(([subgraph, sdl]) => ({
        name: subgraph,
        url: `${server.origin}/${subgraph}`,
        file: subgraph,
        sdl,
      }))
      router = await startTestRouter({ sdl: composed(sources) }, { ...options, settings: { cache } })
    })
    afterAll(() => router?.close())

    async function ask(
      query: string,
      variables = '{}',
      operationName: string | null = null,
    ): Promise<string> {
      const texts = new Set<string>()
      for (let run = 0; run < runs; run++) {
        bodies = []
        const response = await fetch(router.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', connection: 'close' },
          body: `{"query":${JSON.stringify(query)},"variables":${variables},"operationName":${JSON.stringify(operationName)}}`,
        })
        texts.add((await response.text()).trimEnd())
      }
      expect([...texts]).toHaveLength(1)
      return [...texts][0] ?? ''
    }

    test('a scalar writes its strings in quotes', async () => {
      const value = '1,"admin":true'
      values = new Map([[name, value]])
      const expected = JSON.stringify({ data: { [name]: value } })
      expect(await ask(`{ ${name} }`)).toBe(expected)
      const document = `query ${name}($${name}: ${name}) { ${name}: ${name}(${name}: $${name}) }`
      expect(await ask(document, `{"${name}":{"${name}":1}}`, name)).toBe(expected)
      expect(bodies[0]).toContain(`"${name}":{"${name}":1}`)
    })

    test('a scalar that no subgraph sends is null', async () => {
      values = new Map()
      expect(JSON.parse(await ask(`{ ${name} }`))).toMatchObject({ data: { [name]: null } })
    })

    test('a variable that is not given stays so', async () => {
      values = new Map()
      await ask(`query($${name}: ID) { ${name}(in: {${name}: $${name}}) }`)
      expect(bodies[0]).toContain('"variables":{}')
      await ask(`query($v: In) { ${name}(in: $v) }`, '{"v":{}}')
      expect(bodies[0]).toContain('"variables":{"v":{}}')
    })

    test('a variable __proto__ is one', async () => {
      values = new Map()
      await ask(`query($__proto__: ID) { ${name}(in: {${name}: $__proto__}) }`, '{"__proto__":"7"}')
      expect(bodies[0]).toContain('"variables":{"__proto__":"7"}')
    })

    test('an enum value is one, other names of objects are none', async () => {
      values = new Map([['hue', name]])
      expect(await ask('{ hue }')).toBe(`{"data":{"hue":"${name}"}}`)
      for (const wrong of ['__proto__', 'unknown', NAMES.find((other) => other !== name)]) {
        values = new Map([['hue', wrong]])
        const answer = JSON.parse(await ask('{ hue }'))
        expect(answer).toMatchObject({ data: { hue: null }, errors: [{ path: ['hue'] }] })
      }
      const refused = await ask('query($v: Hue) { hue(hue: $v) }', '{"v":"isFrozen"}')
      expect(JSON.parse(refused)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    })

    test('a key, an alias and a fragment are found by it', async () => {
      values = new Map([
        ['__typename', 'Item'],
        [name, '7'],
        ['name', 'Wool'],
      ])
      const text = await ask(`query { item { ...${name} } } fragment ${name} on Item { ${name} name }`)
      expect(text).toBe(`{"data":{"item":{"${name}":"7","name":"Wool"}}}`)
      expect(bodies.find((body) => body.includes('_entities'))).toContain(`"${name}":"7"`)
      // The reference confuses the client's response name with that of the key.
      if (!isReference)
        expect(await ask(`{ item { ${name}: name } }`)).toBe(`{"data":{"item":{"${name}":"Wool"}}}`)
    })

    test.skipIf(isReference)('an alias may be __proto__', async () => {
      values = new Map([
        ['__typename', 'Item'],
        [name, '7'],
        ['name', 'Wool'],
      ])
      expect(await ask('{ item { __proto__: name } }')).toBe('{"data":{"item":{"__proto__":"Wool"}}}')
      expect(await ask('{ __proto__: item { name } }')).toBe('{"data":{"__proto__":{"name":"Wool"}}}')
    })
  })
})

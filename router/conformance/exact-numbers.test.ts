import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, textOf } from '../testing/http-server.ts'
import { composed, startTestRouter, type TestRouter } from '../testing/router.ts'
import { TESTED_EXECUTORS } from './tested-executors.ts'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])'
const SDL = {
  shelf: `${LINK} scalar Any
    type Query { any: Any sure: Any! float: Float id: ID int: Int item: Item items: [Item] echo(any: Any, id: ID, float: Float, int: Int, list: [ID!], in: In): String }
    input In { any: Any id: ID float: Float ids: [ID] default: Any = 12 }
    type Item @key(fields: "id") { id: ID! weight: Any }`,
  cellar: `${LINK} type Item @key(fields: "id") { id: ID! name: String }`,
}

let server: TestServer
/** The data in the answers of the shelf, and the bodies that it received. */
let data = '{}'
let bodies: string[] = []

beforeAll(async () => {
  server = await startTestServer(async (request, response) => {
    const body = await textOf(request)
    bodies.push(body)
    const isEntities = request.url === '/cellar'
    // Hive's planner and the router give the field of the entities different names.
    const { query }: { query: string } = JSON.parse(body)
    const alias = /(\w+):_entities/.exec(query)?.[1] ?? '_entities'
    const entities = `{"data":{"${alias}":[{"__typename":"Item","name":"Wool"}]}}`
    response.setHeader('content-type', 'application/json')
    response.end(isEntities ? entities : `{"data":${data}}`)
  })
})
afterAll(() => server?.stop())

/** Numbers that a JavaScript number would change. */
const NUMBERS: readonly string[] = [
  '9007199254740993',
  '12345678901234567890',
  '-9007199254740993',
  '1e400',
  '-0',
  '0.10000000000000000555',
  '1e-400',
  '1E23',
]

describe.each(TESTED_EXECUTORS)('by $name', ({ options, cache, runs }) => {
  const isReference = options.executor === 'reference'
  let router: TestRouter
  beforeAll(async () => {
    const sources = Object.entries(SDL).map(([name, sdl]) => ({
      name,
      url: `${server.origin}/${name}`,
      file: name,
      sdl,
    }))
    router = await startTestRouter({ sdl: composed(sources) }, { ...options, settings: { cache } })
  })
  afterAll(() => router?.close())

  // The reference reads fractions as doubles, and refuses exact numbers of built-in scalars.
  const customs = isReference ? NUMBERS.filter((number) => /^-?\d{2,}$|1e400/.test(number)) : NUMBERS
  const floats = isReference ? ['1e23'] : NUMBERS.filter((number) => number !== '1e400')

  /** Sends the query by every way of execution. @returns the text, which is the same for all. */
  async function answer(query: string, variables = '{}'): Promise<string> {
    const texts = new Set<string>()
    for (let run = 0; run < runs; run++) {
      bodies = []
      const response = await fetch(router.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
      })
      texts.add((await response.text()).trimEnd())
    }
    expect(texts.size).toBe(1)
    return [...texts][0] ?? ''
  }

  test.each(customs)('%s of a custom scalar reaches the client as it is', async (number) => {
    data = `{"any":${number}}`
    expect(await answer('{ any }')).toBe(`{"data":${data}}`)
    data = `{"any":{"a":[${number},{"b":${number}}],"c":"1e400"}}`
    expect(await answer('{ any }')).toBe(`{"data":${data}}`)
    data = `{"sure":${number}}`
    expect(await answer('{ sure }')).toBe(`{"data":${data}}`)
  })

  test.each(floats)('%s of a Float reaches the client as it is', async (number) => {
    data = `{"float":${number}}`
    expect(await answer('{ float }')).toBe(`{"data":${data}}`.replace('1e23', isReference ? '1e+23' : '1e23'))
  })

  test('an ID that a subgraph sends as a number keeps its digits, for the client and in representations', async () => {
    data = '{"item":{"__typename":"Item","id":9007199254740993}}'
    const text = await answer('{ item { id name } }')
    if (isReference)
      expect(JSON.parse(text)).toMatchObject({ data: { item: null }, errors: [{ path: ['item', 'id'] }] })
    else expect(text).toBe('{"data":{"item":{"id":"9007199254740993","name":"Wool"}}}')
    expect(bodies.find((body) => body.includes('_entities'))).toContain('"id":9007199254740993')
  })

  test.skipIf(isReference)(
    'an ID that a subgraph sends as a number is the digits of an integer',
    async () => {
      for (const [number, id] of [
        ['1E23', `"1${'0'.repeat(23)}"`],
        ['-0', '"0"'],
        ['12', '"12"'],
      ]) {
        data = `{"id":${number}}`
        expect(await answer('{ id }')).toBe(`{"data":{"id":${id}}}`)
      }
    },
  )

  test.skipIf(isReference).each([
    ['float', '1e400'],
    ['id', '1.5'],
    ['id', '1e4000'],
    ['id', '9007199254740993.5'],
    ['int', '9007199254740993'],
    ['int', '1.00000000000000000001'],
    ['int', '1e400'],
  ])('of %s, %s is an error', async (field, number) => {
    data = `{"${field}":${number}}`
    expect(JSON.parse(await answer(`{ ${field} }`))).toMatchObject({
      data: { [field]: null },
      errors: [{ path: [field], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    })
  })

  test.each(NUMBERS)('%s as a variable reaches the subgraph as it is', async (number) => {
    data = '{"echo":"x"}'
    await answer('query($v: Any) { echo(any: $v) }', `{"v":${number}}`)
    expect(bodies[0]).toContain(`{"v":${number}}`)
    await answer('query($v: Any) { echo(any: $v) }', `{"v":[{"a":${number}}]}`)
    expect(bodies[0]).toContain(`{"v":[{"a":${number}}]}`)
    await answer('query($v: In) { echo(in: $v) }', `{"v":{"any":${number}}}`)
    expect(bodies[0]).toContain(`"any":${number}`)
  })

  test.each([
    ['ID', 'id', '9007199254740993', '"9007199254740993"'],
    ['[ID!]', 'list', '[1,12345678901234567890]', '["1","12345678901234567890"]'],
    ['[ID!]', 'list', '12345678901234567890', '["12345678901234567890"]'],
    ['In', 'in', '{"ids":[9007199254740993]}', '{"ids":["9007199254740993"],"default":12}'],
    ['In', 'in', '{"float":-0}', '{"float":-0,"default":12}'],
    ['Float', 'float', '-0', '-0'],
    ['Float', 'float', '12345678901234567890', '12345678901234567890'],
    ['Int', 'int', '-0', '0'],
  ])('a variable of %s for %s: %s becomes %s', async (type, argument, given, expected) => {
    data = '{"echo":"x"}'
    await answer(`query($v: ${type}) { echo(${argument}: $v) }`, `{"v":${given}}`)
    expect(bodies[0]).toContain(`{"v":${expected}}`)
  })

  test.each([
    ['Float', 'float', '1e400'],
    ['Int', 'int', '9007199254740993'],
    ['Int', 'int', '1.00000000000000000001'],
    ['ID', 'id', '9007199254740993.5'],
    ['ID', 'id', '1e400000'],
    ['In', 'in', '{"float":1e999}'],
  ])('a variable of %s for %s: %s is refused', async (type, argument, given) => {
    const text = await answer(`query($v: ${type}) { echo(${argument}: $v) }`, `{"v":${given}}`)
    expect(bodies).toEqual([])
    const { errors } = JSON.parse(text)
    const number = /-?[\d.]+(?:e\d+)?/.exec(given)?.[0] ?? ''
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(errors[0].message).toContain(number)
  })

  test('two variables that are one JavaScript number are two questions', async () => {
    data = '{"echo":"x"}'
    for (const v of ['9007199254740993', '9007199254740992', '9007199254740993']) {
      await answer('query($v: Any) { echo(any: $v) }', `{"v":${v}}`)
      expect(bodies[0]).toContain(`{"v":${v}}`)
    }
  })

  test.each(NUMBERS)('the literal %s for a custom scalar reaches the subgraph as it is', async (number) => {
    data = '{"echo":"x"}'
    await answer(`{ echo(any: ${number}) }`)
    expect(bodies[0]).toMatch(new RegExp(`any: ?${number.replace('.', '\\.')}[) ]`))
    await answer(`{ echo(any: {a: [${number}]}) }`)
    expect(bodies[0]).toMatch(new RegExp(`a: ?\\[${number.replace('.', '\\.')}\\]`))
  })

  test('a literal for an ID keeps its digits', async () => {
    data = '{"echo":"x"}'
    await answer('{ echo(id: 9007199254740993, list: [12345678901234567890]) }')
    expect(bodies[0]).toMatch(/id: ?(\\")?9007199254740993\b/)
    expect(bodies[0]).toMatch(/list: ?\[(\\")?12345678901234567890\b/)
  })

  test.each(NUMBERS)('the default %s of a variable reaches the subgraph as it is', async (number) => {
    data = '{"echo":"x"}'
    await answer(
      `query($v: Any = ${number}, $w: Any = {a: [${number}]}) { echo(any: $v) again: echo(any: $w) }`,
    )
    expect(bodies.join()).toContain(`"v":${number}`)
    expect(bodies.join()).toContain(`"w":{"a":[${number}]}`)
  })
})

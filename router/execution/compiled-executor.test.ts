import { parse } from 'graphql'
import { expect, test } from 'vitest'
import type { FetchSubgraph } from '../fetching/fetch-subgraph.ts'
import { selectOperation } from '../operation/operation.ts'
import type { RequestContext } from '../request-context.ts'
import { buildSupergraph } from '../supergraph/supergraph.ts'
import { composed } from '../testing/router.ts'
import { compiledExecutor } from './compiled-executor.ts'

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@override"])'

/** An executor over subgraphs that answer every request with null data, and the names of those that were asked. */
function executorOf(sdls: Readonly<Record<string, string>>) {
  const sources = Object.entries(sdls).map(([name, sdl]) => ({
    ...{ name, url: `http://${name}.test`, file: name, sdl: `${LINK} ${sdl}` },
  }))
  const supergraph = buildSupergraph(composed(sources))
  const asked: string[] = []
  const fetchFrom =
    (name: string): FetchSubgraph =>
    async () => {
      asked.push(name)
      return { failed: null, data: {}, errors: [] }
    }
  const fetches = new Map(Object.keys(sdls).map((name) => [name, fetchFrom(name)]))
  const executor = compiledExecutor(supergraph, fetches, { codes: 0, recordings: 0 })
  return {
    asked,
    compile: (text: string) => executor.compile(selectOperation(parse(text), undefined, supergraph)),
  }
}

// The fetches of this test do not read the context.
const CONTEXT = {} as RequestContext

test('a field with an override for half of the requests comes from both subgraphs', async () => {
  const { asked, compile } = executorOf({
    old: 'type Query { size: Int }',
    fresh: 'type Query { size: Int @override(from: "old", label: "percent(50)") }',
  })
  const program = await compile('{ size }')
  // All two hundred come from one subgraph once in 2^199 times.
  for (let time = 0; time < 200; time++) await program.run({}, CONTEXT)
  expect([new Set(asked), asked.length]).toEqual([new Set(['old', 'fresh']), 200])
  expect((await program.plan({})).text).toMatch(/service: "(?:old|fresh)"/)
  expect(program.explain(false)).toContain('program')
  const conditional = await compile('query ($all: Boolean!) { size @include(if: $all) }')
  expect((await conditional.plan({ all: true })).text).toMatch(/service: "(?:old|fresh)"/)
  expect((await conditional.plan({ all: false })).text).not.toContain('service')
})

test('the combinations of conditions are planned when they occur, and a bounded number is kept', async () => {
  const { asked, compile } = executorOf({ shelf: 'type Query { size: Int }' })
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const fields = names.map((name) => `${name}: size @include(if: $${name})`)
  const text = `query (${names.map((name) => `$${name}: Boolean!`).join()}) { ${fields.join(' ')} }`
  const program = await compile(text)
  for (let bits = 0; bits < 2 ** names.length; bits++) {
    const values = names.map((name, at) => [name, ((bits >> at) & 1) === 1] as const)
    asked.length = 0
    const { data } = await program.run(Object.fromEntries(values), CONTEXT)
    const included = values.filter(([, isIncluded]) => isIncluded).map(([name]) => [name, null])
    expect(JSON.parse(data ?? 'null')).toEqual(Object.fromEntries(included))
    expect(asked).toEqual(included.length > 0 ? ['shelf'] : [])
  }
})

test('the exposed plan has the requests that these variables need', async () => {
  const { compile } = executorOf({
    shelf: 'type Query { size: Int }',
    prices: 'type Query { price: Int }',
  })
  const program = await compile('query ($all: Boolean!) { size price @include(if: $all) }')
  const servicesFor = async (all: boolean) =>
    [...(await program.plan({ all })).text.matchAll(/service: "(\w+)"/g)].map(([, name]) => name).sort()
  expect(await servicesFor(true)).toEqual(['prices', 'shelf'])
  expect(await servicesFor(false)).toEqual(['shelf'])
})

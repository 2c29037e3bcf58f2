import { expect, test } from 'vitest'
import { compiledExecutor } from './execution/compiled-executor.ts'
import { explainDocument } from './explain.ts'
import { documentReader, knownDocuments } from './operation/document.ts'
import { cachedOperations } from './operation/operation-cache.ts'
import { parseSettings } from './settings.ts'
import { buildSupergraph } from './supergraph/supergraph.ts'
import { composed } from './testing/router.ts'
import { UsageError } from './usage-error.ts'

const { cache, limits } = parseSettings({}, 'the defaults')
const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])
  type Query { sock: Sock mine: String @authenticated socks(first: Int): [Sock!] }
  type Sock { id: ID size: Int }`
const SUPERGRAPH = buildSupergraph(composed([{ name: 'a', url: 'http://a.test', file: 'a', sdl: SDL }]))

function explain(text: string, hasCode = false) {
  const document = knownDocuments(documentReader(SUPERGRAPH.clientSchema, limits, false), cache)
  const executor = compiledExecutor(SUPERGRAPH, new Map(), { codes: 0, recordings: 0 })
  return explainDocument(
    { document, operations: cachedOperations(SUPERGRAPH, executor, cache) },
    text,
    hasCode,
  )
}

test('each operation has its plan, its flowchart, its program and its cost', async () => {
  const { text, failures } = await explain(
    'query A { sock { ...F } }\nquery B($n: Int) { socks(first: $n) { id } }\nfragment G on Sock { size }\nfragment F on Sock { ...G }',
  )
  expect(failures).toEqual([])
  const picture = '\n\n```mermaid\nflowchart LR\n  r1["1 a"]\n```\n\nprogram: on JSON text\n'
  const [first, second, ...others] = text.split(picture)
  expect(others).toHaveLength(1)
  expect(first).toMatch(/^# query A\n\nQueryPlan \{[^#]*size[^#]*\}$/)
  expect(second).toMatch(/^cost: 1\n\n# query B\n\nQueryPlan \{[^#]*socks\(first: ?\$n\)[^#]*\}$/)
  expect(others[0]).toBe('cost: 4 where no variable is given\n')
})

test('authorization depends on the caller, and is not applied', async () => {
  const { text, failures } = await explain('{ mine }')
  expect(failures).toEqual([])
  expect(text).toMatch(/^# query \(unnamed\)\n\nQueryPlan \{\n {2}Fetch\(service: "a"\) \{\s*\{\s*mine/)
})

test.each([
  ['fragment F on Query { mine }', 'Nothing to explain: the file has no operation.'],
  ['{\n  sock', 'Nothing can be explained: Syntax Error: Expected Name, found <EOF>. (line 2, column 7)'],
])('a file without operations is refused: %j', async (text, message) => {
  await expect(explain(text)).rejects.toThrow(new UsageError(message))
})

test.each([
  [
    '{ socks { id } }\r\nquery B {\r\n  hats\r\n}',
    'query B at line 2',
    '"hats" on type "Query". (line 3, column 3)',
  ],
  [
    '{ ...F } fragment F on Query { mine ...F }',
    'query (unnamed) at line 1',
    '"F" within itself. (line 1, column 37)',
  ],
  [
    'query A {\n  hats { id }\n  shoes { id }\n}',
    'query A at line 1',
    '(line 2, column 3)\n  Cannot query field "shoes"',
  ],
  ['mutation A { buy }', 'mutation A at line 1', 'no mutation'],
])('an operation that cannot run has its name, its line and each reason: %j', async (text, title, reason) => {
  const { failures } = await explain(text)
  expect(failures).toEqual([expect.stringContaining(`${title} cannot be explained: `)])
  expect(failures[0]).toContain(reason)
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { json, textOf } from '../testing/http-server.ts'
import { composed, startTestRouter, type TestRouter } from '../testing/router.ts'
import { startSubgraph, type TestContext, type TestSubgraph } from '../testing/subgraph.ts'

const SCHEMA = 'type Query { label(length: Int!): String color: String } type Mutation { paint: String }'
/** Current content of the shelf. */
let label = 'wool'
let seen = 0
let subgraph: TestSubgraph
let router: TestRouter

beforeAll(async () => {
  subgraph = await startSubgraph('shelf', SCHEMA, {
    Query: {
      label: (_: unknown, { length }: { length: number }, { headers, setHeader }: TestContext) => {
        setHeader('x-seen', String(++seen))
        return `${label} for ${headers['x-who'] ?? 'anybody'}`.padEnd(length, '.')
      },
    },
  })
  router = await startTestRouter(
    { sdl: composed([subgraph.source]) },
    { settings: { headers: { request: [{ name: 'x-who' }], response: [{ name: 'x-seen' }] } } },
  )
})

afterAll(async () => {
  await router?.close()
  await subgraph?.stop()
})

async function asked(length: number, headers: Record<string, string> = {}) {
  const before = subgraph.received.length
  const answer = await router.ask('query($length: Int!) { label(length: $length) }', {
    variables: { length },
    headers,
  })
  expect(answer.errors).toEqual([])
  return {
    data: answer.data,
    calls: subgraph.received.length - before,
    header: answer.headers.get('x-seen'),
    encoding: answer.headers.get('content-encoding'),
  }
}

test('an answer that comes again is asked for each time, and never older than the question', async () => {
  label = 'wool'
  for (let time = 0; time < 5; time++) {
    const answer = await asked(10)
    expect(answer).toMatchObject({ data: { label: 'wool for anybody' }, calls: 1, header: String(seen) })
  }
  label = 'silk'
  for (let time = 0; time < 3; time++) {
    expect(await asked(10)).toMatchObject({ data: { label: 'silk for anybody' }, calls: 1 })
  }
})

test('nobody gets what was answered to another', async () => {
  for (let time = 0; time < 4; time++) {
    for (const who of ['ann', 'bo']) {
      expect(await asked(20, { 'x-who': who })).toMatchObject({
        data: { label: `${label} for ${who}`.padEnd(20, '.') },
      })
    }
  }
})

test('an answer that comes again compressed can be asked for in another encoding', async () => {
  for (const encoding of ['br', 'br', 'br', 'gzip', 'identity', 'gzip']) {
    const { data, ...rest } = await asked(3_000, { 'accept-encoding': encoding })
    expect(data).toEqual({ label: `${label} for anybody`.padEnd(3_000, '.') })
    expect(rest.encoding ?? 'identity').toBe(encoding)
  }
})

test('a query that is asked after a mutation waits for no answer to one that was asked before its end', async () => {
  const [painting, asking] = [Promise.withResolvers<() => void>(), Promise.withResolvers<() => void>()]
  let queries = 0
  subgraph.server.handle(async (request, response) => {
    const { query } = JSON.parse(await textOf(request))
    const answer = (data: unknown) => json(response, 200, { data })
    if (query.startsWith('mutation')) painting.resolve(() => answer({ paint: 'blue' }))
    else if (++queries === 1) asking.resolve(() => answer({ color: 'red' }))
    else answer({ color: 'blue' })
  })
  const painted = router.ask('mutation { paint }')
  const paint = await painting.promise
  const before = router.ask('{ color }')
  const answerBefore = await asking.promise
  paint()
  expect(await painted).toMatchObject({ data: { paint: 'blue' } })
  expect(await router.ask('{ color }')).toMatchObject({ data: { color: 'blue' } })
  answerBefore()
  expect(await before).toMatchObject({ data: { color: 'red' } })
  subgraph.recover()
})

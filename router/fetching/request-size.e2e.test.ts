import { afterEach, describe, expect, test } from 'vitest'
import { textOf } from '../testing/http-server.ts'
import { composed, EXECUTORS, startTestRouter, type TestRouter } from '../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../testing/subgraph.ts'

const TOO_LARGE = {
  message:
    'The request is too large for part of the graph: send shorter variables, or ask for fewer objects at once.',
  extensions: { code: 'BAD_USER_INPUT' },
}
const QUERY = 'query($text: String!) { echo(text: $text) }'

let subgraph: TestSubgraph
let router: TestRouter

afterEach(async () => {
  await router?.close()
  await subgraph?.stop()
})

async function start(executor: (typeof EXECUTORS)[number], request?: string): Promise<void> {
  subgraph = await startSubgraph('shelf', 'type Query { echo(text: String!): Int }', {
    Query: { echo: (_: unknown, { text }: { text: string }) => text.length },
  })
  const fetching = request ? { request } : {}
  router = await startTestRouter({ sdl: composed([subgraph.source]) }, { executor, settings: { fetching } })
}

describe.each(EXECUTORS)('by the %s executor', (executor) => {
  test('a request of the largest body that the router takes reaches the subgraph', async () => {
    await start(executor)
    const answer = await router.ask(QUERY, { variables: { text: 'é'.repeat(500_000) } })
    expect(answer).toMatchObject({ status: 200, data: { echo: 500_000 } })
  })

  test('a 413 of a subgraph is reported to the caller as a request that is too large', async () => {
    await start(executor)
    subgraph.server.handle(async (request, response) => {
      await textOf(request)
      response.writeHead(413, { 'content-type': 'text/plain' }).end('too large')
    })
    const answer = await router.ask(QUERY, { variables: { text: 'x' } })
    expect(answer).toMatchObject({ status: 200, data: { echo: null }, errors: [TOO_LARGE] })
  })

  test('what is larger than the bound of a fetch is not sent, and what is just as large is', async () => {
    await start(executor, '1KB')
    expect(await router.ask(QUERY, { variables: { text: 'é'.repeat(500) } })).toMatchObject({
      errors: [TOO_LARGE],
    })
    expect(subgraph.received).toEqual([])
    const { query } = await overhead()
    const room = 1_024 - Buffer.byteLength(query)
    expect(await router.ask(QUERY, { variables: { text: 'x'.repeat(room) } })).toMatchObject({ errors: [] })
    expect(await router.ask(QUERY, { variables: { text: 'x'.repeat(room + 1) } })).toMatchObject({
      errors: [TOO_LARGE],
    })
  })
})

/** The body of a fetch of `QUERY` with an empty text. */
async function overhead(): Promise<{ readonly query: string }> {
  let query = ''
  subgraph.server.handle(async (request, response) => {
    query = await textOf(request)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"echo":0}}')
  })
  await router.ask(QUERY, { variables: { text: '' } })
  return { query }
}

test('a server that refuses by the length alone, before it has read the body, is understood', async () => {
  await start('compiled')
  subgraph.server.handle((request, response) => {
    const isTooLarge = Number(request.headers['content-length']) > 500_000
    response.writeHead(isTooLarge ? 413 : 200, { 'content-type': 'application/json' })
    response.end(isTooLarge ? '{}' : '{"data":{"echo":1}}')
  })
  const lengths = [400_000, 600_000, 700_000, 800_000]
  const asked = lengths.map((length) => router.ask(QUERY, { variables: { text: 'x'.repeat(length) } }))
  const messages = (await Promise.all(asked)).map(({ errors }) => errors.map(({ message }) => message))
  expect(messages).toEqual(lengths.map((length) => (length > 500_000 ? [TOO_LARGE.message] : [])))
})

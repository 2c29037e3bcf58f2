import { once } from 'node:events'
import { expect, test } from 'vitest'
import { answerOf, startRawServer } from '../testing/raw-server.ts'
import { composed, startTestRouter } from '../testing/router.ts'
import type { Exchange } from './connection.ts'
import type { FetchFailure } from './fetch-failure.ts'
import { originPool } from './origin-pool.ts'

test('a pool that is closed sends nothing of what waited', async () => {
  const requests = new EventTarget()
  const bodies: string[] = []
  const server = await startRawServer(({ received }) => {
    bodies.push(received().split('\r\n\r\n').at(-1) ?? '')
    requests.dispatchEvent(new Event('request'))
  })
  const failures: string[] = []
  const exchangeOf = (body: string): Exchange => ({
    request: `POST / HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    ...{ maxBytes: 1_000, expected: null, connection: null },
    answered() {},
    failed: (error) => void failures.push(`${body}: ${(error as FetchFailure).detail}`),
  })
  const [pool, other] = [1, 2].map((connections) => originPool(new URL(server.origin), connections))
  try {
    const first = once(requests, 'request')
    for (const body of ['first', 'second']) pool?.begin(exchangeOf(body))
    await first
    const later = once(requests, 'request')
    pool?.close()
    expect(failures).toEqual(['second: the pool is closed', 'first: the pool is closed'])
    // A request of the closed pool would have been sent before.
    other?.begin(exchangeOf('later'))
    await later
    expect(bodies).toEqual(['first', 'later'])
  } finally {
    other?.close()
    await server.stop()
  }
})

test('a router keeps its connections to subgraphs until it is closed', async () => {
  const server = await startRawServer(({ socket }) =>
    socket.write(
      answerOf('{"data":{"sock":"red"}}', 'keep-alive: timeout=600\r\ncontent-type: application/json\r\n'),
    ),
  )
  const sdl = composed([
    { name: 'shelf', url: `${server.origin}/graphql`, file: 'shelf', sdl: 'type Query { sock: String }' },
  ])
  const router = await startTestRouter({ sdl })
  for (let time = 0; time < 2; time++) expect((await router.ask('{ sock }')).data).toEqual({ sock: 'red' })
  expect(server.connections).toHaveLength(1)
  await router.close()
  // The server itself closes none.
  await server.connections[0]?.closed
  await server.stop()
})

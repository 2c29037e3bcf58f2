import { afterEach, expect, test } from 'vitest'
import { conversation, statusesIn } from '../../testing/conversation.ts'
import { composed } from '../../testing/router.ts'
import { startWatchedRouter, type WatchedRouter } from '../../testing/watched-router.ts'

const SDL = composed([
  {
    name: 'shelf',
    url: 'http://127.0.0.1:9/graphql',
    file: 'shelf.graphql',
    sdl: 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9") type Query { sock: String }',
  },
])
const QUERY = '{"query":"{ __typename }"}'
const HEAD = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
const MB = 1_024 ** 2

let router: WatchedRouter

afterEach(() => router?.stop())

/** Resolves when the server closes the connection; the unsent rest of `sent` is discarded. */
async function sentInChunks(bytesAChunk: number, totalBytes: number): Promise<string> {
  const chunk = `${bytesAChunk.toString(16)}\r\n${'x'.repeat(bytesAChunk)}\r\n`
  const body = chunk.repeat(Math.floor(totalBytes / bytesAChunk))
  return conversation(router.port, `${HEAD}transfer-encoding: chunked\r\n\r\n${body}`)
}

test('a body in chunks of a byte is refused', async () => {
  router = await startWatchedRouter(SDL)
  expect(await sentInChunks(1, 1_500)).toMatch(/^HTTP\/1\.1 400 [\s\S]*too many small pieces/)
}, 60_000)

// As long as the parser made a Buffer of each chunk that the sockets had read, ten connections took 0.3 to 0.44 s in one turn and 100 MB,
// forty 1.3 to 1.9 s and 380 to 630 MB: now 16 ms and 15 MB. What was left of it after a collection was under 1 MB all the time: the
// rest was free pages of V8 and malloc. `pieces.test.ts` counts the Buffers, whatever the machine.
test('bodies in chunks of a byte take little memory, and leave none', async () => {
  router = await startWatchedRouter(SDL)
  const before = await router.settle()
  // A client that is still sending when the connection closes may not read the response.
  await Promise.all(Array.from({ length: 40 }, () => sentInChunks(1, MB)))
  expect(await router.peakRssBytes()).toBeLessThan(before.rssBytes + 100 * MB)
  expect((await router.settle()).heldBytes).toBeLessThan(before.heldBytes + 5 * MB)
}, 60_000)

test('a short body finds room where long ones are arriving; the longest gives way', async () => {
  router = await startWatchedRouter(SDL, { settings: { limits: { receiving: '256KB' } } })
  const long = `${HEAD}content-length: 200000\r\n\r\n${'x'.repeat(150_000)}`
  const first = conversation(router.port, long)
  const second = conversation(router.port, long)
  const refused = await Promise.race([first, second])
  expect(refused).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*"code":"RATE_LIMITED"/)
  const short = `${HEAD}connection: close\r\ncontent-length: ${QUERY.length}\r\n\r\n${QUERY}`
  expect(statusesIn(await conversation(router.port, short))).toEqual([200])
}, 60_000)

test('clients that send bodies larger than the limit read the refusal', async () => {
  router = await startWatchedRouter(SDL)
  const body = 'x'.repeat(8 * MB)
  const texts = await Promise.all(
    [
      `content-length: ${body.length}\r\n\r\n${body}`,
      `transfer-encoding: chunked\r\n\r\n800000\r\n${body}`,
    ].flatMap((rest) => Array.from({ length: 5 }, () => conversation(router.port, HEAD + rest))),
  )
  expect(texts.flatMap(statusesIn)).toEqual(Array.from({ length: 10 }, () => 413))
}, 60_000)

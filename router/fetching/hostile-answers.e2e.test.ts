import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerOf, type RawServer, startRawServer } from '../testing/raw-server.ts'
import { ask, composed } from '../testing/router.ts'
import { startWatchedRouter, type WatchedRouter } from '../testing/watched-router.ts'

/** Longest turn for one answer of a subgraph: the time for which the router parses so many MB of JSON. */
const MAX_TURN = 100
/**
 * A garbage collection or contention for the processor's cache lengthens a turn of one run; a long turn of
 * the code itself occurs in every run.
 */
const RUNS = 3
const MB = 1_048_576

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar Any
  type Query { n: Int any: Any list: [Int] things: [Thing] }
  type Thing { id: ID n: Int }`

let server: RawServer
let router: WatchedRouter
let answer = ''

beforeAll(async () => {
  server = await startRawServer(({ socket }) => socket.write(answer))
  const source = { name: 'shelf', url: `${server.origin}/`, file: 'shelf.graphql', sdl: SDL }
  router = await startWatchedRouter(composed([source]))
})

afterAll(async () => {
  await router?.stop()
  await server?.stop()
})

const spaces = ' '.repeat(60_000)
const many = (count: number, text: string) => `[${Array(count).fill(text).join()}]`
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const names = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":1`).join()

const ANSWERS: Readonly<Record<string, readonly [query: string, text: () => string]>> = {
  'connection with 60 KB of spaces': [
    '{ n }',
    () => answerOf('{"data":{"n":1}}', `connection: a${spaces}b\r\n`),
  ],
  'content-length with 60 KB of spaces': [
    '{ n }',
    () => `HTTP/1.1 200 OK\r\ncontent-length: 1,${spaces}x\r\n\r\n`,
  ],
  'lists 3 million deep': ['{ any }', () => answerOf(`{"data":{"any":${nested(3_000_000)}}}`)],
  'extensions 3 million deep': [
    '{ n }',
    () => answerOf(`{"data":{"n":1},"extensions":${nested(3_000_000)}}`),
  ],
  '100,000 errors': [
    '{ n }',
    () => answerOf(`{"data":{"n":null},"errors":${many(100_000, '{"message":"x","path":["n"]}')}}`),
  ],
  'an error path of 1,000,000 names': [
    '{ n }',
    () => answerOf(`{"data":{"n":null},"errors":[{"message":"x","path":${many(1_000_000, '"n"')}}]}`),
  ],
  '400,000 objects': [
    '{ things { id n } }',
    () => answerOf(`{"data":{"things":${many(400_000, '{"id":"1","n":2}')}}}`),
  ],
  '1,000,000 wrong values': ['{ list }', () => answerOf(`{"data":{"list":${many(1_000_000, '""')}}}`)],
  '5,000,000 empty objects': [
    '{ things { id n } }',
    () => answerOf(`{"data":{"things":${many(5_000_000, '{}')}}}`),
  ],
  'as many empty objects as are taken': [
    '{ things { id n } }',
    () => answerOf(`{"data":{"things":${many(1_249_990, '{}')}}}`),
  ],
  'a string of 15 MB': ['{ any }', () => answerOf(`{"data":{"any":"${'\\n'.repeat(7_500_000)}"}}`)],
  'a string as large as is taken': [
    '{ any }',
    () => answerOf(`{"data":{"any":"${'\\n'.repeat(2_097_150)}"}}`),
  ],
  '1,000,000 names in one object': ['{ n }', () => answerOf(`{"data":{${names(1_000_000)}}}`)],
  'one-byte chunks': [
    '{ n }',
    () =>
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(1_000_000)}10\r\n{"data":{"n":1}}\r\n0\r\n\r\n`,
  ],
}

/** The longest turn of the best run. The first run within the limit is the last one. */
async function longestTurn(query: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < RUNS && least >= MAX_TURN; run++) {
    await router.watch()
    const { status } = await ask(router.url, query)
    expect(status).toBe(200)
    least = Math.min(least, (await router.observe()).longestTurn)
  }
  return least
}

test.each(Object.entries(ANSWERS))(
  'others have their turns while a subgraph answers %s',
  async (_, [query, text]) => {
    answer = text()
    const before = await router.settle()
    expect(await longestTurn(query)).toBeLessThan(MAX_TURN)
    const held = (await router.settle()).heldBytes - before.heldBytes
    expect(held).toBeLessThan(10 * answer.length + 10 * MB)
  },
)

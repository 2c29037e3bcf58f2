import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { conversation, statusesIn } from '../../testing/conversation.ts'
import { receiving } from './body-reader.ts'
import { limitPieces } from './pieces.ts'

const HEAD = 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n'

let server: Server
let port = 0
/** Number of Buffers that the parser has made of bodies. */
let made = 0

/** Counts the pieces that node:http passes on. */
function countPieces({ socket }: IncomingMessage): void {
  // Undocumented property on which `pieces.ts` relies.
  const { parser } = socket as unknown as { parser: Record<number, (...piece: unknown[]) => unknown> }
  const onBody = parser[3]
  if (!onBody) throw new Error('a parser of this Node keeps its function for bodies elsewhere')
  parser[3] = function count(...piece) {
    made++
    return onBody.apply(this, piece)
  }
}

beforeAll(async () => {
  const bodies = receiving(10_000_000)
  server = createServer((request, response) => {
    countPieces(request)
    limitPieces(request)
    // As in the router, where the caller is identified first, the body is read some turns later.
    setImmediate(async () => {
      const body = await bodies.collect(request, 1_000_000)
      response
        .writeHead(typeof body === 'string' ? 400 : 200, { connection: 'close' })
        .end(String(body.length))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It listens on a port.
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.close()
})

const chunks = (count: number, bytes: number) =>
  `${HEAD}\r\n${`${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`.repeat(count)}0\r\n\r\n`

test('of a body in too many pieces no more are made, whatever the socket has read', async () => {
  made = 0
  expect(statusesIn(await conversation(port, chunks(10_000, 1)))).toEqual([400])
  expect(made).toBe(1_016)
})

test('a parser that was stopped brings the next body', async () => {
  for (let times = 0; times < 3; times++) {
    await conversation(port, chunks(10_000, 1))
    const answer = await conversation(port, chunks(1_015, 1))
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*1015/)
  }
})

test('large chunks are as many as they like', async () => {
  expect(statusesIn(await conversation(port, chunks(10_000, 64)))).toEqual([200])
})

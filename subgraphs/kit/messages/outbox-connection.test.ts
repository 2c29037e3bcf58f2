import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { type OutboxConnection, outboxConnection } from './outbox-connection.ts'

/** A message of PostgreSQL's protocol. */
function message(type: string, body: string): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, Buffer.from(body)])
}
const READY = message('Z', 'I')
const WELCOME = Buffer.concat([message('R', '\0\0\0\0'), READY])
const DONE = Buffer.concat([message('C', 'LISTEN\0'), READY])

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

/** Connects to a server that gives these answers, one to each message of its client. */
async function connect(
  answers: readonly Buffer[],
  settings: Pick<Parameters<typeof outboxConnection>[0], 'statementMs' | 'pauseMs'> = {},
) {
  const server = createServer((socket) => {
    const left = [...answers]
    socket.on('data', () => void socket.write(left.shift() ?? ''))
    socket.on('error', () => {})
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const news = vi.fn()
  const options = { log: pino({ level: 'silent' }), onNews: news, ...settings }
  const nextClient = async () => {
    const [socket]: Socket[] = await once(server, 'connection')
    return socket
  }
  const first = nextClient()
  const connection: OutboxConnection = outboxConnection({
    url: `postgresql://a@127.0.0.1:${port}/a`,
    ...options,
  })
  opened.push(connection, server)
  return { first: await first, nextClient, news }
}

test('a server that says nothing is left after five seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { first } = await connect([])
    const left = first && once(first, 'close')
    vi.advanceTimersByTime(5_000)
    await left
  } finally {
    vi.useRealTimers()
  }
})

test('a server that says nothing more is left after ten seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { first } = await connect([WELCOME])
    const asked = Promise.withResolvers<void>()
    first?.on('data', (data) => {
      if (data.includes('LISTEN')) asked.resolve()
    })
    await asked.promise
    vi.advanceTimersByTime(9_999)
    const left = first && once(first, 'close')
    expect(await Promise.race([left, pause(20, 'waiting')])).toBe('waiting')
    vi.advanceTimersByTime(1)
    await left
  } finally {
    vi.useRealTimers()
  }
})

test('a connection on which nothing can be asked is closed before another one is opened', async () => {
  const { first } = await connect([WELCOME], { statementMs: 1 })
  if (first) await once(first, 'close')
})

test('a connection that worked is opened again at once, however often it is lost', async () => {
  // The number of failed attempts before each pause.
  const attemptsBefore: number[] = []
  const pauseMs = (attempts: number) => {
    attemptsBefore.push(attempts)
    return 0
  }
  const { first, nextClient, news } = await connect([WELCOME, DONE], { pauseMs })
  let client = first
  for (let times = 1; times <= 3; times++) {
    await vi.waitUntil(() => news.mock.calls.length === times, { timeout: 30_000 })
    const next = nextClient()
    client?.destroy()
    client = await next
  }
  expect(attemptsBefore).toEqual([0, 0, 0])
})

import { EventEmitter } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { testLog } from '../../testing/router.ts'
import { sending } from './slow-readers.ts'

/** Responses with `bytes` unsent bytes. */
function aServer(unsent: { total: number; address: number }) {
  const limits = { send: 1_000, unsent }
  const server = new EventEmitter() as Server
  const { log, logged } = testLog()
  const addresses = new WeakMap<object, string | null>()
  const sent = sending(server, limits, (socket) => addresses.get(socket) ?? null, log)
  const answer = (bytes: number, address: string | null = '192.0.2.1') => {
    const socket = {
      writableLength: bytes,
      destroyed: false,
      setTimeout() {},
      destroy() {
        socket.destroyed = true
      },
    }
    addresses.set(socket, address)
    // The parts of a response that are read.
    const response = Object.assign(new EventEmitter(), { socket }) as unknown as ServerResponse
    sent(response)
    response.emit('prefinish')
    return { response, socket }
  }
  return { answer, server, lines: () => logged.map((line) => JSON.parse(line)) }
}

test.each(['address', 'total'])(
  'what a client has taken counts no more within the bound of the %s',
  (bound) => {
    const { answer } = aServer({ address: 1_000, total: 1_000, [bound]: 100 })
    const waiting = answer(10)
    const taken = answer(40)
    taken.response.emit('close')
    const next = answer(60)
    expect([waiting.socket.destroyed, next.socket.destroyed]).toEqual([false, false])
    expect(answer(30).socket.destroyed).toBe(false)
    // The largest of all that wait, those before the one that was taken included.
    expect(answer(1).socket.destroyed).toBe(false)
    expect([waiting.socket.destroyed, next.socket.destroyed]).toEqual([false, true])
  },
)

test('each address has its own bound, and clients behind a proxy have that of all', () => {
  const { answer } = aServer({ address: 100, total: 1_000 })
  const [one, other] = ['192.0.2.1', '192.0.2.2']
  const sockets = [answer(60, one), answer(61, other), answer(101, null), answer(62, one)].map(
    ({ socket }) => socket,
  )
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, false, false, true])
})

test('a client that is cut off by its own bound takes no other along', () => {
  const { answer } = aServer({ address: 100, total: 150 })
  const [other, own] = [answer(120, null), answer(101)]
  expect([other.socket.destroyed, own.socket.destroyed]).toEqual([false, true])
})

const ROOM = { address: 1_000, total: 1_000 }

test.each<[string, { address: number; total: number }, string]>([
  ['does not read on within the time', ROOM, 'limits.send'],
  ['has too many unsent bytes', { ...ROOM, address: 9 }, 'limits.unsent'],
])('a connection that %s is closed, and the log has the limit', (_, unsent, reason) => {
  const { answer, server, lines } = aServer(unsent)
  const { socket } = answer(10)
  if (reason === 'limits.send') server.emit('timeout', socket)
  expect(socket.destroyed).toBe(true)
  expect(lines()).toMatchObject([
    { level: 40, msg: 'a client does not read its response: its connection is closed', reason },
  ])
})

test.each([
  ['was read', 10],
  ['the kernel took at once', 0],
])('a connection whose response %s, and that then idles, is closed without a line in the log', (_, bytes) => {
  const { answer, server, lines } = aServer(ROOM)
  const { response, socket } = answer(bytes)
  if (bytes > 0) response.emit('close')
  server.emit('timeout', socket)
  expect([socket.destroyed, lines()]).toEqual([true, []])
})

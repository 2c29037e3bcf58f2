import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { testLog } from '../../testing/router.ts'
import { connections } from './connections.ts'

/** Connections with addresses that a test chooses; `null`: that of a proxy. */
function pool(limits: { readonly total: number; readonly address: number }) {
  const addresses = new WeakMap<Socket, string | null>()
  const { log, logged } = testLog()
  const { enter, begin, rest } = connections(limits, (socket) => addresses.get(socket) ?? null, log)
  const open = (address: string | null): Socket => {
    const socket = new Socket()
    addresses.set(socket, address)
    enter(socket)
    return socket
  }
  return { open, begin, rest, logged }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

test('as many as the bound are open; of idle ones the longest idle makes room', () => {
  const { open, begin, rest, logged } = pool({ total: 3, address: 3 })
  const [first, second, third] = [open('a'), open('b'), open('c')]
  expect([first, second, third].map(({ destroyed }) => destroyed)).toEqual([false, false, false])
  expect(logged).toEqual([])
  begin(first)
  rest(first)
  const fourth = open('d')
  expect([first, second, third, fourth].map(({ destroyed }) => destroyed)).toEqual([
    false,
    true,
    false,
    false,
  ])
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, msg: 'too many connections are open: some are closed', limit: 3, unlogged: 0 },
  ])
})

test('a new one is closed where all others have requests in work, pipelined ones too', () => {
  const { open, begin, rest } = pool({ total: 1, address: 1 })
  const busy = open('a')
  begin(busy)
  begin(busy)
  rest(busy)
  expect(open('b').destroyed).toBe(true)
  expect(busy.destroyed).toBe(false)
  rest(busy)
  expect(open('b').destroyed).toBe(false)
  expect(busy.destroyed).toBe(true)
})

test('one address does not take the places of others', () => {
  const { open, begin } = pool({ total: 4, address: 2 })
  const greedy = [open('a'), open('a')]
  for (const socket of greedy) begin(socket)
  expect(open('a').destroyed).toBe(true)
  const others = [open('b'), open('b')]
  expect([...greedy, ...others].some(({ destroyed }) => destroyed)).toBe(false)
})

test('proxies are bound by the total only', () => {
  const { open } = pool({ total: 3, address: 1 })
  const proxies = [open(null), open(null), open(null)]
  expect(proxies.some(({ destroyed }) => destroyed)).toBe(false)
  expect(open(null).destroyed).toBe(false)
  expect(proxies[0]?.destroyed).toBe(true)
})

test('an address at its bound gives up its own connection, and none of others that have idled for longer', () => {
  const { open } = pool({ total: 3, address: 2 })
  const [other, first, second] = [open('b'), open('a'), open('a')]
  const third = open('a')
  expect([other, first, second, third].map(({ destroyed }) => destroyed)).toEqual([false, true, false, false])
})

test.each([2, 9])('a closed connection leaves its place, once (in total: %d)', async (total) => {
  const { open, begin } = pool({ total, address: 2 })
  const [first, second] = [open('a'), open('a')]
  const ended = closed(first)
  first.destroy()
  await ended
  begin(second)
  const third = open('a')
  begin(third)
  expect([second, third].map(({ destroyed }) => destroyed)).toEqual([false, false])
  expect(open('a').destroyed).toBe(true)
})

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { holdPort } from '../../router/testing/held-port.ts'
import { type Balancer, type Dial, startBalancer } from './balancer.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const close of open.splice(0).reverse()) await close()
})

/** A server that answers each text with its name. */
async function backend(name: string, port = 0) {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)))
    socket.on('error', () => {}).on('data', (text) => socket.write(`${name}: ${text}`))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await once(server.close(), 'close')
  }
  open.push(stop)
  // A server that listens has an address object.
  return { name, port: (server.address() as AddressInfo).port, stop, sockets }
}

/** A server that has stopped. No other process gets its port before `free`. */
async function stopped(name: string) {
  const { port, stop } = await backend(name)
  const { free } = await holdPort(port, () => void stop())
  open.push(async () => free())
  return { name, port, free }
}

async function balance(...backends: { name: string; port: number }[]): Promise<Balancer> {
  const balancer = await startBalancer(backends)
  open.push(balancer.close)
  return balancer
}

/** A connection that begins without being accepted; `dialled` is its socket. */
function slowly(): { dial: Dial; dialled: Promise<Socket> } {
  const { promise: dialled, resolve } = Promise.withResolvers<Socket>()
  let isFirst = true
  const dial: Dial = (address) => {
    if (!isFirst) return connect(address)
    isFirst = false
    const socket = new Socket()
    open.push(async () => void socket.destroy())
    resolve(socket)
    return socket
  }
  return { dial, dialled }
}

async function client({ port }: Balancer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  open.push(async () => socket.destroy())
  return socket
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [answer] = await once(socket, 'data')
  return String(answer)
}

/** The answer to a new connection, which names the backend. */
const whoAnswers = async (balancer: Balancer) => ask(await client(balancer), 'x')

test('connections go to the backend with the fewest', async () => {
  const balancer = await balance(await backend('a'), await backend('b'))
  const answers = [await whoAnswers(balancer), await whoAnswers(balancer), await whoAnswers(balancer)]
  expect(answers.toSorted()).toEqual(['a: x', 'a: x', 'b: x'])
})

test('a connection that is closed counts no longer', async () => {
  const [a, b] = [await backend('a'), await backend('b')]
  const balancer = await balance(a, b)
  const [first, second] = [await client(balancer), await client(balancer)]
  expect([await ask(first, '1'), await ask(second, '2')]).toEqual(['a: 1', 'b: 2'])
  const [gone] = b.sockets
  second.destroy()
  if (gone) await once(gone, 'close')
  // The end is counted once: the next connection makes both backends equal, and the one after it goes to the first.
  expect([await whoAnswers(balancer), await whoAnswers(balancer)]).toEqual(['b: x', 'a: x'])
})

test('a backend that accepts no connection is passed over', async () => {
  const [gone, there] = [await stopped('gone'), await backend('there')]
  expect(await whoAnswers(await balance(gone, there))).toBe('there: x')
})

test('a backend that accepts no connection within two seconds is passed over', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { dial, dialled } = slowly()
  const backends = [await backend('slow'), await stopped('gone'), await backend('there')]
  const balancer = await startBalancer(backends, dial)
  open.push(balancer.close)
  const answer = whoAnswers(balancer)
  const slow = await dialled
  vi.advanceTimersByTime(1_999)
  expect(slow.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  expect(slow.destroyed).toBe(true)
  expect(await answer).toBe('there: x')
  // A connection that was accepted or refused in time has no limit left, which would end it later.
  expect(vi.getTimerCount()).toBe(0)
})

test('a connection that was not accepted does not count', async () => {
  const [there, gone] = [await backend('there'), await stopped('gone')]
  const balancer = await balance(there, gone)
  expect([await whoAnswers(balancer), await whoAnswers(balancer)]).toEqual(['there: x', 'there: x'])
  gone.free()
  await backend('back', gone.port)
  expect([await whoAnswers(balancer), await whoAnswers(balancer)]).toEqual(['back: x', 'back: x'])
})

test('a connection that no backend accepts is closed', async () => {
  const balancer = await balance(await stopped('gone'))
  const socket = connect(balancer.port, '127.0.0.1').on('error', () => {})
  await new Promise((resolve) => socket.once('close', resolve))
  expect(socket.destroyed).toBe(true)
})

test('a backend that is not usable loses its connections and gets no new one, unless none is usable', async () => {
  const balancer = await balance(await backend('a'), await backend('b'))
  const [first, second] = [await client(balancer), await client(balancer)]
  expect([await ask(first, '1'), await ask(second, '2')]).toEqual(['a: 1', 'b: 2'])
  const closed = new Promise((resolve) => first.once('close', resolve))
  balancer.setUsable('a', false)
  await closed
  expect(await whoAnswers(balancer)).toBe('b: x')
  expect(await ask(second, '3')).toBe('b: 3')
  balancer.setUsable('b', false)
  expect(await whoAnswers(balancer)).toMatch(/: x$/)
  balancer.setUsable('a', true)
  expect(await whoAnswers(balancer)).toBe('a: x')
})

test('what is sent while connections are held arrives after the release', async () => {
  const balancer = await balance(await backend('a'))
  const early = await client(balancer)
  expect(await ask(early, '1')).toBe('a: 1')
  balancer.hold()
  const late = await client(balancer)
  // A connection to another balancer is answered after the first has accepted its own.
  await whoAnswers(await balance(await backend('c')))
  balancer.hold()
  let received = ''
  for (const socket of [early, late]) socket.on('data', (text) => (received += String(text)))
  early.write('2')
  late.write('3')
  // A connection that is not held is answered in the meantime: by then, everything that was sent has passed.
  expect(await whoAnswers(await balance(await backend('b')))).toBe('b: x')
  expect(received).toBe('')
  const answers = Promise.all([once(early, 'data'), once(late, 'data')])
  balancer.release()
  expect((await answers).map(String)).toEqual(['a: 2', 'a: 3'])
})

test('a connection that is being opened when the hold begins waits for the release, too', async () => {
  const { dial, dialled } = slowly()
  const a = await backend('a')
  const balancer = await startBalancer([a], dial)
  open.push(balancer.close)
  const socket = await client(balancer)
  let received = ''
  socket.on('data', (text) => (received += String(text)))
  const opening = await dialled
  balancer.hold()
  socket.write('1')
  await once(opening.connect(a.port, '127.0.0.1'), 'connect')
  expect(await whoAnswers(await balance(await backend('b')))).toBe('b: x')
  expect(received).toBe('')
  const answered = once(socket, 'data')
  balancer.release()
  await answered
  expect(received).toBe('a: 1')
})

test('a balancer that is closed while it opens a connection gives that up', async () => {
  const { dial, dialled } = slowly()
  const a = await backend('a')
  const balancer = await startBalancer([a], dial)
  const socket = await client(balancer)
  const opening = await dialled
  const gone = Promise.all([socket, opening].map((one) => once(one, 'close')))
  const closed = balancer.close()
  opening.connect(a.port, '127.0.0.1')
  await closed
  await gone
})

test('a connection that its backend resets is closed for the client', async () => {
  const a = await backend('a')
  const socket = await client(await balance(a))
  expect(await ask(socket, '1')).toBe('a: 1')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  for (const one of a.sockets) one.resetAndDestroy()
  await closed
})

test('a balancer that is closed closes its connections', async () => {
  const balancer = await startBalancer([await backend('a')])
  const socket = await client(balancer)
  await ask(socket, '1')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await balancer.close()
  await closed
})

test('a balancer that is closed while it holds closes the connections that wait', async () => {
  const balancer = await startBalancer([await backend('a')])
  balancer.hold()
  const waiting = await client(balancer)
  const closed = new Promise((resolve) => waiting.once('close', resolve))
  await whoAnswers(await balance(await backend('b')))
  await balancer.close()
  await closed
})

test('a release of what is not held changes nothing', async () => {
  const balancer = await balance(await backend('a'))
  const socket = await client(balancer)
  expect(await ask(socket, '1')).toBe('a: 1')
  balancer.release()
  balancer.hold()
  balancer.release()
  balancer.release()
  let received = ''
  socket.on('data', (text) => (received += String(text)))
  socket.write('2')
  // All further output arrives before the end.
  const ended = new Promise((resolve) => socket.once('close', resolve))
  await once(socket, 'data')
  expect(await whoAnswers(balancer)).toBe('a: x')
  balancer.cut()
  await ended
  expect(received).toBe('a: 2')
})

test('a cut closes every connection', async () => {
  const balancer = await balance(await backend('a'))
  const sockets = [await client(balancer), await client(balancer)]
  for (const socket of sockets) await ask(socket, 'x')
  const codes = sockets.map(async (socket) => (await once(socket, 'error'))[0].code)
  expect(balancer.cut()).toBe(2)
  expect(await Promise.all(codes)).toEqual(['ECONNRESET', 'ECONNRESET'])
  expect(await whoAnswers(balancer)).toBe('a: x')
})

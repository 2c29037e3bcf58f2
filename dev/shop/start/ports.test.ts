import { once } from 'node:events'
import { type AddressInfo, createServer, Server } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { freePorts } from '../../stack/free-ports.ts'
import { SUBGRAPH_NAMES } from '../subgraphs/subgraphs.ts'
import { ShopFailure } from './failure.ts'
import { requireFreePorts } from './ports.ts'
import { publicUrl, subgraphPorts, wantedPorts } from './shop-ports.ts'

const servers: Server[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const server of servers.splice(0)) await once(server.close(), 'close')
})

/** A port on which a server listens. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  // A server that listens has an address object.
  return (server.address() as AddressInfo).port
}

const want = (port: number, owner: string, option = '--port') => ({ port, owner, option })

test('free ports are left free, and 0 is not looked for', async () => {
  // Servers of other tests are given ports of another range.
  const [port = 0] = await freePorts(1)
  for (let time = 0; time < 2; time++)
    await requireFreePorts('127.0.0.1', [want(port, 'router'), want(0, 'inbox page')])
})

test('every port in use is named, with its owner and each option once', async () => {
  const [first, second] = [await takenPort(), await takenPort()]
  const wanted = [want(first, 'router'), want(second, 'users', '--base'), want(second, 'inbox', '--base')]
  await expect(requireFreePorts('127.0.0.1', wanted)).rejects.toThrow(
    new ShopFailure(
      `ports ${first} (router), ${second} (users), ${second} (inbox) are in use: stop what listens there (another shop?), or choose others with --port and --base`,
    ),
  )
})

test('one port in use is named with what to do, and so is an address of another machine', async () => {
  const port = await takenPort()
  await expect(requireFreePorts('127.0.0.1', [want(port, 'router')])).rejects.toThrow(
    new ShopFailure(
      `port ${port} (router) is in use: stop the program that listens there, or choose another with --port`,
    ),
  )
  // Two ports have one line.
  await expect(requireFreePorts('192.0.2.1', [want(4000, 'router'), want(4001, 'users')])).rejects.toThrow(
    new ShopFailure(
      '"192.0.2.1" is no address of this machine: choose another with --host, such as 127.0.0.1',
    ),
  )
})

/** Makes the next server fail to listen, as the system may. */
function refuse(code: string): void {
  vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
    setImmediate(() => this.emit('error', Object.assign(new Error(`listen ${code}`), { code })))
    return this
  })
}

test.each([
  ['EACCES', 'no permission to listen on port 80 (router): choose one above 1023 with --port'],
  ['ENOTFOUND', '"shop" is no address of this machine: choose another with --host, such as 127.0.0.1'],
  ['EMFILE', 'cannot listen on shop:80 (router): listen EMFILE'],
])('a port that cannot be used by %s is reported with what to do', async (code, line) => {
  refuse(code)
  await expect(requireFreePorts('shop', [want(80, 'router')])).rejects.toThrow(new ShopFailure(line))
})

test('ports in use are named first, and other faults after them', async () => {
  const port = await takenPort()
  refuse('EACCES')
  await expect(requireFreePorts('127.0.0.1', [want(80, 'router'), want(port, 'users')])).rejects.toThrow(
    new ShopFailure(
      `port ${port} (users) is in use: stop the program that listens there, or choose another with --port; no permission to listen on port 80 (router): choose one above 1023 with --port`,
    ),
  )
})

test('a shop wants a port for the router, each subgraph, the gateway and the inbox page', () => {
  const wanted = wantedPorts({ router: 4000, subgraphPortBase: 5000 })
  const base = { option: '--subgraph-port-base' }
  expect(wanted[0]).toEqual({ owner: 'router', port: 4000, option: '--port' })
  expect(wanted.slice(1, 3)).toEqual([
    { ...base, owner: 'users', port: 5000 },
    { ...base, owner: 'products', port: 5001 },
  ])
  expect(wanted.slice(-2)).toEqual([
    { ...base, owner: 'sandbox gateway', port: 5050 },
    { ...base, owner: 'inbox page', port: 5051 },
  ])
  expect(wantedPorts('free')).toEqual([])
  const any = wantedPorts({ router: 0, subgraphPortBase: 0 })
  expect(any.filter(({ port }) => port !== 0)).toEqual([])
})

test('subgraphs have the ports from the base on, or free ones below those of outgoing connections', async () => {
  const given = await subgraphPorts({ router: 4000, subgraphPortBase: 5000 })
  expect(given).toEqual(SUBGRAPH_NAMES.map((_, place) => 5000 + place))
  for (const ports of ['free', { router: 4000, subgraphPortBase: 0 }] as const) {
    const free = await subgraphPorts(ports)
    expect(new Set(free).size).toBe(SUBGRAPH_NAMES.length)
    for (const port of free) expect([port >= 20_000, port < 32_000]).toEqual([true, true])
  }
})

test('browsers reach the router by localhost, unless its port is not known yet', () => {
  expect(publicUrl('0.0.0.0', { router: 4000, subgraphPortBase: 0 })).toBe('http://localhost:4000')
  expect(publicUrl('127.0.0.1', { router: 0, subgraphPortBase: 4001 })).toBeUndefined()
  expect(publicUrl('127.0.0.1', 'free')).toBeUndefined()
})

import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connectionPools } from '../http-client/pools.ts'
import { post } from '../http-client/post.ts'
import { requestStart } from '../http-client/request.ts'
import { composed, startTestRouter } from '../testing/router.ts'
import { selfSigned } from '../testing/self-signed.ts'

const known = getCACertificates('default')
const { key, cert } = selfSigned()
const seen: { name: unknown; protocol: unknown }[] = []
/** Connections of requests, which the server itself does not close. */
const connections = new Set<TLSSocket>()
let server: Server
let port: number

beforeAll(async () => {
  server = createServer({ key, cert, ALPNProtocols: ['http/1.1'] }, (request, response) => {
    const socket = request.socket as TLSSocket
    const { servername, alpnProtocol } = socket
    connections.add(socket)
    seen.push({ name: servername, protocol: alpnProtocol })
    response.end('x'.repeat(100_000))
  })
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this form.
  port = (server.address() as AddressInfo).port
})

afterEach(() => {
  seen.length = 0
  connections.clear()
  setDefaultCACertificates(known)
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function ask(host: string, times = 1) {
  const pools = connectionPools(1)
  const url = new URL(`https://${host}:${port}/`)
  const request = { head: requestStart('POST', url, {}), body: '€', timeMs: 20_000, maxBytes: 200_000 }
  try {
    const sizes: number[] = []
    for (let call = 0; call < times; call++)
      sizes.push((await post(pools.pool(url.origin), request)).body.length)
    return sizes
  } finally {
    pools.close()
  }
}

test('a certificate that nobody vouches for is not believed, and nothing is asked', async () => {
  await expect(ask('localhost')).rejects.toThrow('DEPTH_ZERO_SELF_SIGNED_CERT')
  expect(seen).toEqual([])
})

test('a server that proves its name is asked by that name', async () => {
  setDefaultCACertificates([...known, cert])
  expect(await ask('localhost', 2)).toEqual([100_000, 100_000])
  expect(seen).toEqual(Array(2).fill({ name: 'localhost', protocol: 'http/1.1' }))
})

test('an address is no name', async () => {
  setDefaultCACertificates([...known, cert])
  expect(await ask('127.0.0.1')).toEqual([100_000])
  expect(seen).toEqual([{ name: false, protocol: 'http/1.1' }])
})

test('a path is forwarded to a server by TLS, which proves its name too, until the router closes', async () => {
  const url = `https://localhost:${port}/graphql`
  const router = await startTestRouter(
    { sdl: composed([{ name: 'shelf', url, file: 'shelf', sdl: 'type Query { sock: String }' }]) },
    { settings: { http: { forward: [{ path: '/images/', to: 'shelf' }] } } },
  )
  const headers = { connection: 'close' }
  const ask = () => fetch(new URL('/images/a', router.url), { headers })
  try {
    expect((await ask()).status).toBe(502)
    expect(JSON.parse(router.logged.at(-1) ?? '').error).toContain('self-signed certificate')
    setDefaultCACertificates([...known, cert])
    expect((await (await ask()).text()).length).toBe(100_000)
    expect([...connections].map(({ destroyed }) => destroyed)).toEqual([false])
  } finally {
    await router.close()
  }
  for (const connection of connections) if (!connection.destroyed) await once(connection, 'close')
})

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTestServer, type TestServer } from '../../router/testing/http-server.ts'
import { healthOf, watchHealth } from './health.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer((_, response) => response.end())
})
afterAll(() => server?.stop())

test('an instance is ready by status 200 alone, and silent where nobody answers', async () => {
  const asked: unknown[] = []
  server.handle(({ url }, response) => {
    asked.push(url)
    response.writeHead(asked.length === 1 ? 200 : 503).end()
  })
  expect([await healthOf(server.port), await healthOf(server.port)]).toEqual(['ready', 'not ready'])
  expect(asked).toEqual(['/health/ready', '/health/ready'])
  await server.stop()
  expect(await healthOf(server.port)).toBe('silent')
  await server.start()
})

test('an instance that is not ready is kept from the balancer of its service', async () => {
  server.handle((_, response) => response.writeHead(503).end())
  const setUsable = vi.fn()
  const balancer = { setUsable } as unknown as Parameters<typeof watchHealth>[1] extends ReadonlyMap<
    string,
    infer B
  >
    ? B
    : never
  const program = { name: 'orders-2', service: 'orders', port: server.port } as Parameters<
    typeof watchHealth
  >[0][0]
  const watch = watchHealth([program], new Map([['orders', balancer]]))
  expect(watch.of('orders-2')).toBe('silent')
  await vi.waitFor(() => expect(watch.of('orders-2')).toBe('not ready'))
  watch.stop()
  expect(setUsable.mock.calls).toEqual([['orders-2', false]])
})

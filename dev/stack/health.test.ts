import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startTestServer, type TestServer } from '../../router/testing/http-server.ts'
import { ShopFailure } from '../shop/start/failure.ts'
import { healthOf, untilReady, watchHealth } from './health.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer((_, response) => response.end())
})
afterAll(() => server?.stop())

test('an instance is ready by status 200 alone, and silent where nobody answers', async () => {
  const asked: unknown[] = []
  const timeout = vi.spyOn(AbortSignal, 'timeout')
  server.handle(({ url }, response) => {
    asked.push(url)
    response.writeHead(asked.length === 1 ? 200 : 503).end()
  })
  expect([await healthOf(server.port), await healthOf(server.port)]).toEqual(['ready', 'not ready'])
  expect(asked).toEqual(['/health/ready', '/health/ready'])
  expect(timeout.mock.calls).toEqual([[2_000], [2_000]])
  await server.pause()
  expect(await healthOf(server.port)).toBe('silent')
  await server.start()
})

type Balancers = Parameters<typeof watchHealth>[1]
type Watched = Parameters<typeof watchHealth>[0][number]

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A watched program at the test server, with what its balancer is told. */
function watched() {
  const told: unknown[] = []
  // The parts of a program and of a balancer that a watch uses.
  const program = { name: 'orders-2', service: 'orders', port: server.port, log: 'orders-2.log' } as Watched
  const balancer = { setUsable: (...usable: unknown[]) => void told.push(usable) }
  return { told, program, balancers: new Map([['orders', balancer]]) as unknown as Balancers }
}

test('an instance is kept from the balancer of its service while it is not ready, as a look each second shows', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let status = 503
  const before = server.count()
  server.handle((_, response) => response.writeHead(status).end())
  const { told, program, balancers } = watched()
  const watch = watchHealth([program], balancers)
  expect(watch.of('orders-2')).toBe('silent')
  await vi.waitFor(() => expect(watch.of('orders-2')).toBe('not ready'))
  status = 200
  vi.advanceTimersByTime(999)
  expect(server.count()).toBe(before + 1)
  vi.advanceTimersByTime(1)
  await vi.waitFor(() => expect(watch.of('orders-2')).toBe('ready'))
  expect(told).toEqual([
    ['orders-2', false],
    ['orders-2', true],
  ])
  watch.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('an instance that has not answered yet is not asked again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let answer = () => {}
  const reached = Promise.withResolvers<void>()
  server.handle((_, response) => {
    answer = () => response.writeHead(200).end()
    reached.resolve()
  })
  const asked = vi.spyOn(globalThis, 'fetch')
  const { program, balancers } = watched()
  const watch = watchHealth([program], balancers)
  await reached.promise
  vi.advanceTimersByTime(5_000)
  answer()
  await vi.waitFor(() => expect(watch.of('orders-2')).toBe('ready'))
  expect(asked).toHaveBeenCalledTimes(1)
  watch.stop()
})

test('programs that are not ready in time are named, with their logs', async () => {
  const programs = [{ name: 'users-1', log: 'users-1.log' } as Watched, watched().program]
  const health = new Map<string, 'ready' | 'silent'>([['users-1', 'ready']])
  const watch = { of: (name: string) => health.get(name) ?? 'silent', stop: () => {} }
  await expect(untilReady(programs, watch, 0)).rejects.toThrow(
    new ShopFailure('not ready after 0 s: orders-2 is silent (orders-2.log)'),
  )
  health.set('orders-2', 'ready')
  await untilReady(programs, watch, 0)
  // One that is ready later is waited for.
  let looks = 0
  await untilReady(programs, { ...watch, of: () => (++looks > programs.length ? 'ready' : 'silent') }, 60_000)
})

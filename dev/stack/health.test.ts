import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { startTestServer, type TestServer } from '../../router/testing/http-server.ts'
import { ShopFailure } from '../shop/start/failure.ts'
import { healthOf, untilReady, watchHealth } from './health.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer((_, response) => response.end())
})
afterAll(() => server?.stop())
beforeEach(() => {
  // An answer on a busy machine may take longer than an instance has for it.
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(new AbortController().signal)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('an instance is ready by status 200 alone, and silent where nobody answers', async () => {
  const asked: unknown[] = []
  server.handle(({ url }, response) => {
    asked.push(url)
    response.writeHead(asked.length === 1 ? 200 : 503).end()
  })
  expect([await healthOf(server.port), await healthOf(server.port)]).toEqual(['ready', 'not ready'])
  expect(asked).toEqual(['/health/ready', '/health/ready'])
  expect(vi.mocked(AbortSignal.timeout).mock.calls).toEqual([[2_000], [2_000]])
  await server.pause()
  expect(await healthOf(server.port)).toBe('silent')
  await server.start()
})

type Balancers = Parameters<typeof watchHealth>[1]
type Watched = Parameters<typeof watchHealth>[0][number]

/** A watched program at the test server, with what its balancer is told; `tells` waits until it is told something. */
function watched() {
  const told: unknown[] = []
  let telling = Promise.withResolvers<void>()
  // The parts of a program and of a balancer that a watch uses.
  const program = { name: 'orders-2', service: 'orders', port: server.port, log: 'orders-2.log' } as Watched
  const balancer = {
    setUsable(...usable: unknown[]) {
      told.push(usable)
      telling.resolve()
    },
  }
  const tells = async () => {
    await telling.promise
    telling = Promise.withResolvers()
  }
  return { told, tells, program, balancers: new Map([['orders', balancer]]) as unknown as Balancers }
}

test('an instance is kept from the balancer of its service while it is not ready, as a look each second shows', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let status = 503
  const asked = vi.spyOn(globalThis, 'fetch')
  server.handle((_, response) => response.writeHead(status).end())
  const { told, tells, program, balancers } = watched()
  const watch = watchHealth([program], balancers)
  expect(watch.of('orders-2')).toBe('silent')
  await tells()
  expect(watch.of('orders-2')).toBe('not ready')
  status = 200
  vi.advanceTimersByTime(999)
  expect(asked).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1)
  await tells()
  expect(watch.of('orders-2')).toBe('ready')
  expect(told).toEqual([
    ['orders-2', false],
    ['orders-2', true],
  ])
  watch.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('an instance that is silent is kept from its balancer', async () => {
  await server.pause()
  const { told, tells, program, balancers } = watched()
  const watch = watchHealth([program], balancers)
  await tells()
  watch.stop()
  await server.start()
  expect([watch.of('orders-2'), told]).toEqual(['silent', [['orders-2', false]]])
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
  const { tells, program, balancers } = watched()
  const watch = watchHealth([program], balancers)
  await reached.promise
  vi.advanceTimersByTime(5_000)
  answer()
  await tells()
  expect(watch.of('orders-2')).toBe('ready')
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

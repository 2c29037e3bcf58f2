import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { beginLifetime, LATE } from './request-lifetime.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function begin(mutates: boolean) {
  // Only its events are used.
  const response = new EventEmitter() as ServerResponse
  const { lifetime, end } = beginLifetime(response, 1_000)
  lifetime.mutates = mutates
  return { response, signal: lifetime.signal, end }
}

// Requests that share a run end with the first that is late, and go on without one whose client left.
test.each([false, true])('a request is late once its time is over (a mutation: %s)', (mutates) => {
  const { signal } = begin(mutates)
  vi.advanceTimersByTime(999)
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect([signal.aborted, signal.reason]).toEqual([true, LATE])
})

test('a request ends with its client, and is not late then; a mutation goes on', () => {
  const [query, mutation] = [begin(false), begin(true)]
  for (const { response } of [query, mutation]) response.emit('close')
  expect([query.signal.aborted, mutation.signal.aborted]).toEqual([true, false])
  expect(query.signal.reason).not.toBe(LATE)
})

test('an answered request is neither late nor left', () => {
  const { response, signal, end } = begin(false)
  end()
  response.emit('close')
  vi.advanceTimersByTime(1_000)
  expect(signal.aborted).toBe(false)
})

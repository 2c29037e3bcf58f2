import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { deliver } from './jetstream-delivery.ts'

const log = pino({ level: 'silent' })

/** A batch without messages that fails, or that ends when it is stopped. */
function batchOf(failure: Error | null) {
  const stopped = Promise.withResolvers<void>()
  const stop = vi.fn(() => stopped.resolve())
  async function next(): Promise<IteratorResult<JsMsg>> {
    if (failure) throw failure
    await stopped.promise
    return { done: true, value: undefined }
  }
  // `deliver` uses these two of a batch.
  const batch = { stop, [Symbol.asyncIterator]: () => ({ next }) }
  return batch as unknown as ConsumerMessages & { stop: typeof stop }
}

test('a fetch that fails is repeated, and leaves nothing that a stop would still call', async () => {
  const failed = Array.from({ length: 3 }, () => batchOf(new Error('heartbeats missed')))
  const last = batchOf(null)
  const batches = [...failed, last]
  const reached = Promise.withResolvers<void>()
  const fetch = vi.fn(async () => {
    const batch = batches.shift()
    if (!batch) throw new Error('nothing is fetched after a stop')
    if (batch === last) reached.resolve()
    return batch
  })
  const subscription = deliver([{ fetch }], async () => {}, log, 1)
  await reached.promise
  await subscription.close()
  expect(failed.map(({ stop }) => stop.mock.calls.length)).toEqual([0, 0, 0])
  expect(last.stop).toHaveBeenCalledTimes(1)
  expect(fetch).toHaveBeenCalledTimes(4)
})

import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import type { Envelope } from './envelope.ts'
import { deliver } from './jetstream-delivery.ts'

const log = pino({ level: 'silent' })
const ENVELOPE: Envelope = {
  ...{ id: 'evt_1', type: 'notes.note.written', source: 'notes', subject: 'not_1', sequence: 1, data: {} },
  ...{ time: '2026-11-21T00:00:00.000Z', correlationId: 'c', causationId: null, traceparent: null },
}

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

test('a fetch that fails is repeated from a source that is restored, and leaves nothing that a stop would still call', async () => {
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
  // A server that is away restores nothing.
  const restore = vi.fn(async () => {
    if (batches.length === 2) throw new Error('the server is away')
  })
  const subscription = deliver([{ fetch, restore }], async () => {}, log, 1)
  await reached.promise
  await subscription.close()
  expect(failed.map(({ stop }) => stop.mock.calls.length)).toEqual([0, 0, 0])
  expect(last.stop).toHaveBeenCalledTimes(1)
  expect(fetch).toHaveBeenCalledTimes(4)
  expect(restore).toHaveBeenCalledTimes(3)
})

test('a message whose handler fails is returned for a pause that grows up to a minute', async () => {
  const nak = vi.fn<(ms: number) => void>()
  const all = Promise.withResolvers<void>()
  const messages = [1, 2, 4, 10, 11, 50].map((deliveryCount) => ({
    ...{ json: () => ENVELOPE, info: { deliveryCount }, ack: () => expect.fail('it was handled') },
    nak(ms: number) {
      nak(ms)
      if (nak.mock.calls.length === messages.length) all.resolve()
    },
  }))
  const full = {
    stop: () => {},
    async *[Symbol.asyncIterator]() {
      yield* messages
    },
  } as unknown as ConsumerMessages
  const batches = [full, batchOf(null)]
  const fetch = async () => batches.shift() ?? expect.fail('nothing is fetched after a stop')
  const subscription = deliver(
    [{ fetch, restore: async () => {} }],
    () => Promise.reject(new Error('no')),
    log,
  )
  await all.promise
  await subscription.close()
  expect(nak.mock.calls.flat()).toEqual([100, 200, 800, 51_200, 60_000, 60_000])
})

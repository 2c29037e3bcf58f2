import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import { expect, test, vi } from 'vitest'
import { recordedLog } from '../testing/recorded-log.ts'
import type { Envelope } from './envelope.ts'
import { MAX_GATHERED } from './gather-messages.ts'
import { deliver } from './jetstream-delivery.ts'

const { log, lines } = recordedLog()
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
  const failure = {
    level: 'error',
    msg: 'fetching messages failed; it is retried',
    err: { message: 'heartbeats missed' },
  }
  const lost = 'a consumer of the event bus could not be opened; it is retried'
  expect(lines).toMatchObject([
    failure,
    failure,
    { level: 'warn', msg: lost, reason: 'the server is away' },
    failure,
  ])
})

test('a stop ends the pause after a fetch that failed, and restores nothing', async () => {
  const failed = Promise.withResolvers<void>()
  const restore = vi.fn(async () => {})
  async function fetch(): Promise<ConsumerMessages> {
    failed.resolve()
    throw new Error('the server is away')
  }
  const subscription = deliver([{ fetch, restore }], async () => {}, log, 3_600_000)
  await failed.promise
  await subscription.close()
  expect(restore).not.toHaveBeenCalled()
})

test('a stop ends the fetches of all sources that are opened after it', async () => {
  const opened = Promise.withResolvers<void>()
  const batches = [batchOf(null), batchOf(null)]
  const sources = batches.map((batch) => ({
    fetch: () => opened.promise.then(() => batch),
    restore: async () => {},
  }))
  const closed = deliver(sources, async () => {}, log).close()
  opened.resolve()
  await closed
  expect(batches.map(({ stop }) => stop.mock.calls.length)).toEqual([1, 1])
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

test('a message that is handled is acknowledged; one without a valid envelope is dropped and logged', async () => {
  lines.length = 0
  const done: string[] = []
  const over = Promise.withResolvers<void>()
  const messages = [{ json: () => ENVELOPE }, { json: () => ({ id: 'evt_2' }) }].map((content, seq) => ({
    ...{ ...content, seq, subject: 'argyle.x', redelivered: seq === 0, info: { deliveryCount: 1 } },
    ...{ ack: () => void done.push(`ack ${seq}`), nak: () => expect.fail('it was returned') },
    term() {
      done.push(`term ${seq}`)
      over.resolve()
    },
  }))
  const full = {
    stop: () => {},
    async *[Symbol.asyncIterator]() {
      yield* messages
    },
  } as unknown as ConsumerMessages
  const batches = [full, batchOf(null)]
  const fetch = vi.fn(async (_: unknown) => batches.shift() ?? expect.fail('nothing is fetched after a stop'))
  const handle = async ({ id }: Envelope, isRedelivered = false) =>
    void done.push(`handled ${id} ${isRedelivered}`)
  const subscription = deliver([{ fetch, restore: async () => {} }], handle, log)
  await over.promise
  await subscription.close()
  expect(done.toSorted()).toEqual(['ack 0', 'handled evt_1 true', 'term 1'])
  expect(lines).toEqual([
    {
      level: 'error',
      msg: 'a message without a valid envelope was dropped',
      subject: 'argyle.x',
      sequence: 1,
    },
  ])
  expect(fetch).toHaveBeenCalledWith({ max_messages: 8, expires: 30_000 })
})

test(`${MAX_GATHERED} messages are handled at once, another one when one of them is handled; those that are not begun at a stop are returned for 0.3 s`, async () => {
  const full = Promise.withResolvers<void>()
  const begun: PromiseWithResolvers<void>[] = []
  const ended: string[] = []
  const messages = Array.from({ length: MAX_GATHERED + 3 }, (_, seq) => ({
    ...{ json: () => ENVELOPE, seq, redelivered: false, info: { deliveryCount: 1 } },
    ...{ ack: () => void ended.push('ack'), nak: (ms: number) => void ended.push(`nak ${ms}`) },
  }))
  const batch = {
    stop: () => {},
    async *[Symbol.asyncIterator]() {
      yield* messages
    },
  } as unknown as ConsumerMessages
  const fetch = async () => batch
  const handle = async () => {
    const own = Promise.withResolvers<void>()
    if (begun.push(own) === MAX_GATHERED) full.resolve()
    await own.promise
  }
  const subscription = deliver([{ fetch, restore: async () => {} }], handle, log)
  await full.promise
  const tick = () => new Promise((resolve) => setImmediate(resolve))
  await tick()
  expect(begun).toHaveLength(MAX_GATHERED)
  begun[0]?.resolve()
  await tick()
  expect(begun).toHaveLength(MAX_GATHERED + 1)
  const closed = subscription.close()
  for (const { resolve } of begun) resolve()
  await closed
  expect(ended.toSorted()).toEqual([...Array(MAX_GATHERED + 1).fill('ack'), 'nak 300', 'nak 300'])
})

test('a stop waits for the message in hand', async () => {
  const entered = Promise.withResolvers<void>()
  const free = Promise.withResolvers<void>()
  const steps: string[] = []
  const message = { json: () => ENVELOPE, info: { deliveryCount: 1 }, ack: () => void steps.push('ack') }
  const full = {
    stop: () => {},
    async *[Symbol.asyncIterator]() {
      yield message
    },
  } as unknown as ConsumerMessages
  const batches = [full, batchOf(null)]
  const fetch = async () => batches.shift() ?? expect.fail('nothing is fetched after a stop')
  const handle = async () => {
    entered.resolve()
    await free.promise
  }
  const subscription = deliver([{ fetch, restore: async () => {} }], handle, log)
  await entered.promise
  const closed = subscription.close().then(() => steps.push('closed'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(steps).toEqual([])
  free.resolve()
  await closed
  expect(steps).toEqual(['ack', 'closed'])
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { recordedLog } from '../testing/recorded-log.ts'
import type { Envelope } from './envelope.ts'
import type { Handle } from './event-bus.ts'
import { type Outstanding, type Stored, type WatchedConsumer, watchWithheld } from './withheld-messages.ts'

const LOOK_MS = 1_000

const envelope = (seq: number): Envelope => ({
  ...{
    id: `evt_${seq}`,
    type: 'notes.note.written',
    source: 'notes',
    subject: 'not_1',
    sequence: seq,
    data: {},
  },
  ...{ time: '2026-11-21T00:00:00.000Z', correlationId: 'c', causationId: null, traceparent: null },
})
const stored = (seq: number): Stored => ({ seq, envelope: envelope(seq) })

/** A consumer to which these messages were delivered and which has acknowledged none. */
function consumerOf(messages: Stored[], delivered = messages.at(-1)?.seq ?? 0) {
  const pending = new Set(messages.map(({ seq }) => seq))
  const outstanding = (): Outstanding | null =>
    pending.size === 0 ? null : { after: Math.min(...pending) - 1, delivered }
  const acknowledge = vi.fn(async (seq: number) => void pending.delete(seq))
  const read = async (after: number) => messages.find(({ seq }) => seq > after) ?? null
  const consumer: WatchedConsumer = {
    name: 'ears',
    outstanding: async () => outstanding(),
    read,
    acknowledge,
  }
  return { consumer, acknowledge, pending }
}

const looks = (count: number) => vi.advanceTimersByTimeAsync(count * LOOK_MS)

function watch(consumer: WatchedConsumer, handle = vi.fn<Handle>(async () => {})) {
  const { log, lines } = recordedLog()
  return { watching: watchWithheld([consumer], { handle, log, lookMs: LOOK_MS }), handle, lines }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  // A watch that is closed leaves none behind.
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

test('a message that is the oldest unacknowledged one for more than four looks is handled and acknowledged', async () => {
  const { consumer, acknowledge } = consumerOf([stored(7)])
  const { watching, handle, lines } = watch(consumer)
  await looks(4)
  expect(handle).not.toHaveBeenCalled()
  await looks(1)
  expect(handle.mock.calls).toEqual([[envelope(7), true]])
  expect(acknowledge.mock.calls).toEqual([[7]])
  expect(lines).toEqual([
    {
      ...{ level: 'warn', msg: 'the event bus withheld a message; it was handled' },
      ...{ consumer: 'ears', sequence: 7, eventId: 'evt_7', type: 'notes.note.written' },
    },
  ])
  await looks(10)
  expect(handle).toHaveBeenCalledTimes(1)
  await watching.close()
})

test('a consumer whose oldest unacknowledged message changes is left alone', async () => {
  const messages = Array.from({ length: 12 }, (_, index) => stored(index + 1))
  const { consumer, pending } = consumerOf(messages)
  const { watching, handle } = watch(consumer)
  for (const { seq } of messages) {
    await looks(4)
    pending.delete(seq)
  }
  await looks(10)
  expect(handle).not.toHaveBeenCalled()
  await watching.close()
})

test('one look takes all that was delivered at the first look, and no later delivery', async () => {
  const { consumer, pending } = consumerOf([stored(7), stored(8), stored(9)], 8)
  const { watching, handle } = watch(consumer)
  await looks(5)
  expect(handle.mock.calls.map(([{ sequence }]) => sequence)).toEqual([7, 8])
  expect([...pending]).toEqual([9])
  await watching.close()
})

test('one look takes 100 messages at most, and the next look further ones', async () => {
  const { consumer, pending } = consumerOf(Array.from({ length: 101 }, (_, index) => stored(index + 1)))
  const { watching, handle } = watch(consumer)
  await looks(5)
  expect(handle).toHaveBeenCalledTimes(100)
  expect([...pending]).toEqual([101])
  await looks(1)
  expect([...pending]).toEqual([])
  await watching.close()
})

test('a message that is delivered after the first look is not among those that the next look takes', async () => {
  const { consumer, pending } = consumerOf(Array.from({ length: 102 }, (_, index) => stored(index + 1)))
  let delivered = 101
  const outstanding = async () => {
    const now = await consumer.outstanding()
    return now && { ...now, delivered }
  }
  const { watching } = watch({ ...consumer, outstanding })
  await looks(4)
  delivered = 102
  await looks(2)
  expect([...pending]).toEqual([102])
  await watching.close()
})

test('a message that holds no envelope is acknowledged', async () => {
  const { consumer, acknowledge } = consumerOf([{ seq: 7, envelope: null }])
  const { watching, handle } = watch(consumer)
  await looks(5)
  expect(handle).not.toHaveBeenCalled()
  expect(acknowledge.mock.calls).toEqual([[7]])
  await watching.close()
})

test('a message whose handler fails is not acknowledged, and is handled at the next look', async () => {
  const { consumer, acknowledge } = consumerOf([stored(7)])
  const handle = vi.fn<Handle>(async () => {})
  handle.mockRejectedValueOnce(new Error('the database is away'))
  const { watching, lines } = watch(consumer, handle)
  await looks(5)
  expect(acknowledge).not.toHaveBeenCalled()
  const msg = 'the look for messages that the event bus withholds failed; it is repeated'
  expect(lines).toEqual([{ level: 'warn', consumer: 'ears', reason: 'the database is away', msg }])
  await looks(1)
  expect(acknowledge.mock.calls).toEqual([[7]])
  await watching.close()
})

test('a look that takes long is the only one, and a close waits for its message, but for no other', async () => {
  const { consumer, pending } = consumerOf([stored(7), stored(8)])
  const free = Promise.withResolvers<void>()
  const { watching, handle } = watch(
    consumer,
    vi.fn<Handle>(() => free.promise),
  )
  await looks(9)
  expect(handle).toHaveBeenCalledTimes(1)
  let isClosed = false
  const closed = watching.close().then(() => {
    isClosed = true
  })
  await vi.advanceTimersByTimeAsync(0)
  expect(isClosed).toBe(false)
  free.resolve()
  await closed
  expect([...pending]).toEqual([8])
})

test('each consumer is looked at by itself, also after a look at another one that failed', async () => {
  const [away, changing, stuck] = [
    consumerOf([stored(3)]),
    consumerOf([stored(4), stored(5)]),
    consumerOf([stored(7)]),
  ]
  const { log, lines } = recordedLog()
  const handle = vi.fn<Handle>(async () => {})
  const failing = { ...away.consumer, outstanding: () => Promise.reject(new Error('the server is away')) }
  const watching = watchWithheld([failing, changing.consumer, stuck.consumer], {
    handle,
    log,
    lookMs: LOOK_MS,
  })
  await looks(3)
  changing.pending.delete(4)
  await looks(2)
  expect(handle.mock.calls.map(([{ sequence }]) => sequence)).toEqual([7])
  expect(lines.filter(({ reason }) => reason === 'the server is away')).toHaveLength(5)
  await watching.close()
})

test('a look is made every 30 s', async () => {
  const { consumer } = consumerOf([stored(7)])
  const handle = vi.fn<Handle>(async () => {})
  const watching = watchWithheld([consumer], { handle, log: recordedLog().log })
  await vi.advanceTimersByTimeAsync(5 * 30_000 - 1)
  expect(handle).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(handle).toHaveBeenCalledTimes(1)
  await watching.close()
})

test('nothing is looked at after the watch is closed', async () => {
  const { consumer } = consumerOf([stored(7)])
  const { watching, handle } = watch(consumer)
  await looks(4)
  await watching.close()
  await looks(5)
  expect(handle).not.toHaveBeenCalled()
})

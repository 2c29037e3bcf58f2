import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { Envelope } from './envelope.ts'
import type { EventBus, Handle, Subscription } from './event-bus.ts'
import type { DurableConsumer } from './memory-bus.ts'

/** A message of this type with a new id. */
export function aMessage(type: string, data: unknown = {}): Envelope {
  return {
    id: `evt_${randomUUID()}`,
    type,
    source: 'mouth',
    subject: 'thing',
    time: '2026-11-21T00:00:00.000Z',
    sequence: 1,
    correlationId: 'c',
    causationId: null,
    traceparent: null,
    data,
  }
}

/** Publishes as the outbox relay does: retries until the bus accepts it. */
export async function relay(bus: EventBus, envelope: Envelope): Promise<void> {
  for (;;) {
    try {
      return await bus.publish(envelope)
    } catch {
      await pause(5)
    }
  }
}

/** A handler that records messages, and a way to wait for a number of distinct ones. */
export function listener() {
  const received: Envelope[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const different = () => new Set(received.map(({ id }) => id)).size
  const handle: Handle = async (envelope) => {
    received.push(envelope)
    for (const { count, resolve } of waiting) if (different() >= count) resolve()
  }
  const until = (count: number) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    if (different() >= count) resolve()
    waiting.push({ count, resolve })
    return promise
  }
  return { received, handle, until }
}

/**
 * The conformance suite of every event bus.
 * @param open opens a bus on which these consumers exist; the caller closes it
 */
export function describeEventBus(open: (durable: readonly DurableConsumer[]) => Promise<EventBus>): void {
  const subscriptions: Subscription[] = []
  afterEach(async () => {
    await Promise.all(subscriptions.splice(0).map((subscription) => subscription.close()))
  })
  // Each test has its own names, since a bus may remember consumers.
  const names = () => {
    const unique = randomUUID().slice(0, 8)
    return { consumer: `ears-${unique}`, other: `eyes-${unique}`, type: `kit.t${unique}.happened` }
  }
  const subscribe = async (bus: EventBus, consumer: string, types: readonly string[], handle: Handle) => {
    const subscription = await bus.subscribe(consumer, types, handle)
    subscriptions.push(subscription)
    return subscription
  }

  describe('every event bus', () => {
    test('hands a message, whole, to each consumer of its type and to no other', async () => {
      const { consumer, other, type } = names()
      const bus = await open([
        { consumer, types: [type] },
        { consumer: other, types: [type, `${type}-not`] },
        { consumer: `${other}-not`, types: [`${type}-not`] },
      ])
      const [one, two, none] = [listener(), listener(), listener()]
      await subscribe(bus, consumer, [type], one.handle)
      await subscribe(bus, other, [type, `${type}-not`], two.handle)
      await subscribe(bus, `${other}-not`, [`${type}-not`], none.handle)
      const message = aMessage(type, { size: 42, names: ['ä', null] })
      await relay(bus, message)
      await Promise.all([one.until(1), two.until(1)])
      const later = aMessage(`${type}-not`)
      await relay(bus, later)
      await Promise.all([two.until(2), none.until(1)])
      expect(one.received).toEqual([message])
      expect(two.received).toEqual(expect.arrayContaining([message, later]))
      expect(none.received).toEqual([later])
    })

    test('brings a message back until its handler succeeds, and does not hold up others', async () => {
      const { consumer, type } = names()
      const bus = await open([{ consumer, types: [type] }])
      const [bad, good] = [aMessage(type), aMessage(type)]
      const { received, handle, until } = listener()
      let failures = 0
      await subscribe(bus, consumer, [type], async (envelope) => {
        if (envelope.id === bad.id && failures < 2) {
          failures += 1
          throw new Error('not yet')
        }
        await handle(envelope)
      })
      await Promise.all([relay(bus, bad), relay(bus, good), until(2)])
      expect(failures).toBe(2)
      expect(received.map(({ id }) => id)).toEqual(expect.arrayContaining([bad.id, good.id]))
    })

    test('keeps messages for a consumer that is away', async () => {
      const { consumer, type } = names()
      const bus = await open([{ consumer, types: [type] }])
      const before = listener()
      const first = await subscribe(bus, consumer, [type], before.handle)
      await first.close()
      const messages = [aMessage(type), aMessage(type), aMessage(type)]
      const relayed = Promise.all(messages.map((message) => relay(bus, message)))
      const after = listener()
      await subscribe(bus, consumer, [type], after.handle)
      await Promise.all([relayed, after.until(3)])
      expect(before.received).toEqual([])
      expect(new Set(after.received.map(({ id }) => id))).toEqual(new Set(messages.map(({ id }) => id)))
    })

    test('waits for the message in hand when a subscription closes', async () => {
      const { consumer, type } = names()
      const bus = await open([{ consumer, types: [type] }])
      const entered = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      const steps: string[] = []
      const subscription = await subscribe(bus, consumer, [type], async () => {
        entered.resolve()
        await released.promise
        steps.push('handled')
      })
      const published = relay(bus, aMessage(type))
      await entered.promise
      const closed = subscription.close().then(() => steps.push('closed'))
      released.resolve()
      await Promise.all([closed, published])
      expect(steps).toEqual(['handled', 'closed'])
    })

    test('takes a message that is published twice under one id', async () => {
      const { consumer, type } = names()
      const bus = await open([{ consumer, types: [type] }])
      const { received, handle, until } = listener()
      await subscribe(bus, consumer, [type], handle)
      const message = aMessage(type)
      await bus.publish(message)
      await bus.publish(message)
      await until(1)
      expect(new Set(received.map(({ id }) => id))).toEqual(new Set([message.id]))
    })

    test('loses nothing of many messages at once', async () => {
      const { consumer, other, type } = names()
      const bus = await open([
        { consumer, types: [type] },
        { consumer: other, types: [type] },
      ])
      const [one, two] = [listener(), listener()]
      await subscribe(bus, consumer, [type], one.handle)
      await subscribe(bus, other, [type], two.handle)
      const messages = Array.from({ length: 200 }, () => aMessage(type))
      await Promise.all(messages.map((message) => relay(bus, message)))
      await Promise.all([one.until(200), two.until(200)])
      expect(one.received).toHaveLength(200)
    })

    test('is ready', async () => {
      const bus = await open([])
      await expect(bus.ready()).resolves.not.toThrow()
    })
  })
}

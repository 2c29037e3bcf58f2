import { describe, expect, test } from 'vitest'
import { aMessage, describeEventBus, listener } from './event-bus.conformance.ts'
import { memoryBus } from './memory-bus.ts'

describeEventBus(async (durable) => memoryBus(durable))

describe('the bus in memory', () => {
  const durable = [{ consumer: 'ears', types: ['kit.happened'] }]

  test('publishes only once every durable consumer has handled the message: until then the outbox keeps it', async () => {
    const bus = memoryBus([...durable, { consumer: 'eyes', types: ['kit.happened'] }])
    const ears = listener()
    await bus.subscribe('ears', ['kit.happened'], ears.handle)
    const message = aMessage('kit.happened')
    await expect(bus.publish(message)).rejects.toThrow('eyes is not running')
    expect(ears.received).toEqual([message])
    const eyes = listener()
    await bus.subscribe('eyes', ['kit.happened'], eyes.handle)
    await bus.publish(message)
    expect(eyes.received).toEqual([message])
  })

  test('rejects the publisher with the error of a handler', async () => {
    const bus = memoryBus(durable)
    await bus.subscribe('ears', ['kit.happened'], async () => {
      throw new Error('no room')
    })
    await expect(bus.publish(aMessage('kit.happened'))).rejects.toThrow('no room')
  })

  test('publishes nothing to consumers after it is closed', async () => {
    const bus = memoryBus(durable)
    const { handle, received } = listener()
    await bus.subscribe('ears', ['kit.happened'], handle)
    await bus.close()
    await expect(bus.publish(aMessage('kit.happened'))).rejects.toThrow('ears is not running')
    expect(received).toEqual([])
  })

  test('a message that nobody listens to is published', async () => {
    await expect(memoryBus([]).publish(aMessage('kit.unheard'))).resolves.toBeUndefined()
  })

  test('refuses a consumer or a type that was not declared, and a second subscription', async () => {
    const bus = memoryBus(durable)
    const { handle } = listener()
    await expect(bus.subscribe('nose', ['kit.happened'], handle)).rejects.toThrow(
      'nose subscribes to kit.happened, which it did not declare',
    )
    await expect(bus.subscribe('ears', ['kit.other'], handle)).rejects.toThrow('kit.other')
    await bus.subscribe('ears', ['kit.happened'], handle)
    await expect(bus.subscribe('ears', ['kit.happened'], handle)).rejects.toThrow('subscribed already')
  })

  test('a consumer may come back at the place that it left', async () => {
    const bus = memoryBus(durable)
    const first = await bus.subscribe('ears', ['kit.happened'], async () => {})
    await first.close()
    const second = listener()
    await bus.subscribe('ears', ['kit.happened'], second.handle)
    await bus.publish(aMessage('kit.happened'))
    expect(second.received).toHaveLength(1)
  })
})

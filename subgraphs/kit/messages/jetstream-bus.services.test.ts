import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type JetStreamManager, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { environment } from '../service/config.ts'
import { serveNotes } from '../testing/notes/serve-notes.ts'
import { aMessage, describeEventBus, listener, relay } from './event-bus.conformance.ts'
import type { EventBus } from './event-bus.ts'
import { openJetStreamBus } from './jetstream-bus.ts'

const servers = 'nats://127.0.0.1:4222'
const log = pino({ level: 'silent' })
const type = 'kit.happened'

// Needs a real NATS server with JetStream: with the variable set, a missing server is a failure.
describe.runIf(environment().ARGYLE_TEST_SERVICES === '1')('the bus of NATS JetStream', () => {
  let connection: NatsConnection
  let manager: JetStreamManager
  const streams: string[] = []
  const buses: EventBus[] = []

  beforeAll(async () => {
    connection = await connect({ servers, timeout: 30_000 })
    manager = await jetstreamManager(connection)
  })
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()))
  })
  afterAll(async () => {
    for (const stream of streams) await manager.streams.delete(stream)
    await connection.close()
  })

  const newStream = () => {
    const stream = `test-${randomUUID()}`
    streams.push(stream)
    return stream
  }
  const openBus = async (stream: string, at = servers, lookMs?: number) => {
    const bus = await openJetStreamBus({ servers: at, client: 'test', log, stream, lookMs })
    buses.push(bus)
    return bus
  }

  const shared = newStream()
  describeEventBus(() => openBus(shared))

  test('delivers the messages of a subgraph to its listeners', async () => {
    const notes = await serveNotes({}, await openBus(newStream()))
    const said = async (text: string) => {
      const reply = await notes.operation(`mutation { writeNote(text: "${text}") { id } }`)
      return JSON.parse(reply.text).data.writeNote.id
    }
    const ids = await Promise.all(['one', 'two', 'three'].map(said))
    expect((await notes.received(3)).sort()).toEqual(ids.sort())
    expect((await notes.request('/health/ready')).status).toBe(200)
    await notes.close()
  })

  test('gives each message to one of two replicas', async () => {
    const stream = newStream()
    const [one, two] = [listener(), listener()]
    const both = Promise.withResolvers<void>()
    // Each waits for the other's first message: if one replica got every message, this would never end.
    const meet = (own: typeof one, other: typeof two) => async (envelope: ReturnType<typeof aMessage>) => {
      await own.handle(envelope)
      if (other.received.length > 0) both.resolve()
      await both.promise
    }
    const [first, second] = [await openBus(stream), await openBus(stream)]
    const messages = Array.from({ length: 60 }, () => aMessage(type))
    await Promise.all(messages.map((message) => relay(first, message)))
    const subscriptions = [
      await first.subscribe('ears', [type], meet(one, two)),
      await second.subscribe('ears', [type], meet(two, one)),
    ]
    const received = () => [...one.received, ...two.received].map(({ id }) => id)
    while (received().length < 60) await pause(5)
    expect(new Set(received())).toEqual(new Set(messages.map(({ id }) => id)))
    expect(received()).toHaveLength(60)
    await Promise.all(subscriptions.map((subscription) => subscription.close()))
  })

  test('gives back what was fetched and not begun when a replica closes, so that another has it at once', async () => {
    const stream = newStream()
    const [first, second] = [await openBus(stream), await openBus(stream)]
    const messages = Array.from({ length: 12 }, () => aMessage(type))
    await Promise.all(messages.map((message) => relay(first, message)))
    const begun = listener()
    const released = Promise.withResolvers<void>()
    const subscription = await first.subscribe('ears', [type], async (envelope) => {
      await begun.handle(envelope)
      await released.promise
    })
    await begun.until(8)
    while ((await manager.consumers.info(stream, 'ears-kit-happened')).num_pending > 0) await pause(5)
    // Everything that the server sent before this answer has arrived.
    await first.ready()
    const closed = subscription.close()
    released.resolve()
    await closed
    const rest = listener()
    const other = await second.subscribe('ears', [type], rest.handle)
    await rest.until(12 - begun.received.length)
    expect([...begun.received, ...rest.received]).toHaveLength(12)
    await other.close()
  })

  test('keeps a message that is published twice under one id once', async () => {
    const stream = newStream()
    const bus = await openBus(stream)
    const message = aMessage(type)
    await bus.publish(message)
    await bus.publish(message)
    expect((await manager.streams.info(stream)).state.messages).toBe(1)
  })

  test('gives a consumer that listens to one type more what is kept of it', async () => {
    const stream = newStream()
    const bus = await openBus(stream)
    const old = aMessage('kit.later')
    await bus.publish(old)
    const before = await bus.subscribe('ears', [type], async () => {})
    await before.close()
    const { received, handle, until } = listener()
    const after = await bus.subscribe('ears', [type, 'kit.later'], handle)
    await until(1)
    expect(received).toEqual([old])
    await after.close()
  })

  test('drops a message that is no envelope', async () => {
    const stream = newStream()
    const bus = await openBus(stream)
    await manager.jetstream().publish(`${stream}.${type}`, 'nonsense')
    const { received, handle, until } = listener()
    const subscription = await bus.subscribe('ears', [type], handle)
    const message = aMessage(type)
    await bus.publish(message)
    await until(1)
    await subscription.close()
    expect(received).toEqual([message])
    // The server counts an acknowledgement a moment after it arrives.
    while ((await manager.consumers.info(stream, 'ears-kit-happened')).num_ack_pending > 0) await pause(5)
  })

  test('handles and acknowledges a message that the server counts as delivered and does not deliver again', async () => {
    const stream = newStream()
    const bus = await openBus(stream, servers, 5)
    // Creates the consumer.
    await (await bus.subscribe('ears', [type], async () => {})).close()
    const messages = [aMessage(type), aMessage('kit.other'), aMessage(type)]
    for (const message of messages) await bus.publish(message)
    // A client that has a message in hand and never answers: the server withholds it for the acknowledgement wait, 30 s.
    const consumer = await manager.jetstream().consumers.get(stream, 'ears-kit-happened')
    expect(await consumer.next()).not.toBeNull()
    const { received, handle, until } = listener()
    const subscription = await bus.subscribe('ears', [type], handle)
    await until(2)
    // One whose acknowledgement is late may come twice: the inbox ignores the second.
    expect(new Set(received.map(({ id }) => id))).toEqual(new Set([messages[0]?.id, messages[2]?.id]))
    expect(received).toEqual(expect.arrayContaining([messages[0], messages[2]]))
    while ((await manager.consumers.info(stream, 'ears-kit-happened')).num_ack_pending > 0) await pause(5)
    await subscription.close()
  })

  test.each([
    ['a consumer', (stream: string) => manager.consumers.delete(stream, 'ears-kit-happened')],
    ['a stream with its messages', (stream: string) => manager.streams.delete(stream)],
  ])('creates %s again that was deleted while it listens', async (_, remove) => {
    const stream = newStream()
    const bus = await openBus(stream)
    const { received, handle, until } = listener()
    const subscription = await bus.subscribe('ears', [type], handle)
    await bus.publish(aMessage(type))
    await until(1)
    await remove(stream)
    const message = aMessage(type)
    await relay(bus, message)
    while (!received.some(({ id }) => id === message.id)) await pause(5)
    await subscription.close()
  })

  test('brings an older stream up to date and leaves what an operator has set', async () => {
    const stream = newStream()
    const subjects = [`${stream}.old`]
    await manager.streams.add({ name: stream, subjects, retention: RetentionPolicy.Limits, max_msgs: 1_000 })
    const bus = await openBus(stream)
    await bus.publish(aMessage(type))
    expect((await manager.streams.info(stream)).config).toMatchObject({
      subjects: [`${stream}.>`],
      max_msgs: 1_000,
    })
  })

  test('cannot be opened where nothing answers, and says so in one line', async () => {
    // No program gets port 1 by chance.
    await expect(
      openJetStreamBus({ servers: 'nats://me:secret@127.0.0.1:1', client: 'test', log }),
    ).rejects.toThrow(/^the event bus 127\.0\.0\.1:1 cannot be used: .*refused.*$/i)
  })

  describe('whose broker goes away', () => {
    let proxy: Server
    let isAway = false
    const sockets = new Set<Socket>()

    beforeAll(async () => {
      proxy = createServer((client) => {
        if (isAway) {
          client.on('error', () => {}).destroy()
          return
        }
        const upstream = dial(4222, '127.0.0.1')
        for (const socket of [client, upstream]) {
          sockets.add(socket)
          socket.on('error', () => {})
          socket.on('close', () => sockets.delete(socket))
        }
        client.pipe(upstream).pipe(client)
      }).listen(0, '127.0.0.1')
      await once(proxy, 'listening')
    })
    afterEach(() => {
      isAway = false
    })
    afterAll(() => void proxy.close())
    const port = () => (proxy.address() as AddressInfo).port
    // The port is kept: another program could take one that is given back.
    const cut = () => {
      isAway = true
      for (const socket of sockets) socket.destroy()
    }

    test('is not ready meanwhile, refuses messages, and goes on when it is back', async () => {
      const bus = await openBus(newStream(), `nats://127.0.0.1:${port()}`)
      const { handle, until } = listener()
      const subscription = await bus.subscribe('ears', [type], handle)
      cut()
      await expect(bus.ready()).rejects.toThrow()
      const message = aMessage(type)
      await expect(bus.publish(message)).rejects.toThrow()
      isAway = false
      await relay(bus, message)
      await until(1)
      await expect(bus.ready()).resolves.not.toThrow()
      await subscription.close()
    })

    test('closes all the same', async () => {
      const bus = await openBus(newStream(), `nats://127.0.0.1:${port()}`)
      const subscription = await bus.subscribe('ears', [type], async () => {})
      cut()
      await subscription.close()
      await expect(bus.close()).resolves.not.toThrow()
    })
  })
})

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { emptyStream, fakeNats, type NatsAnswer } from '../testing/fake-nats.ts'
import { recordedLog } from '../testing/recorded-log.ts'
import type { Envelope } from './envelope.ts'
import type { EventBus } from './event-bus.ts'
import { openJetStreamBus } from './jetstream-bus.ts'

const SECOND_NS = 1_000_000_000
const { log } = recordedLog()
const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const one of opened.splice(0).reverse()) await one.close()
})

const failure = (err_code: number) => ({
  error: { code: 400, err_code, description: `the error ${err_code}` },
})
const DURABLE = 'search-notes-note-written'
const willing = emptyStream(DURABLE)

const ENVELOPE: Envelope = {
  ...{ id: 'evt_1', type: 'notes.note.written', source: 'notes', subject: 'nte_1', sequence: 1 },
  ...{ time: '2026-11-21T00:00:00.000Z', correlationId: 'c', causationId: null, traceparent: null },
  data: { text: 'socks' },
}

async function serverOf(answer: NatsAnswer = willing) {
  const server = await fakeNats(answer)
  opened.push(server)
  const asked = (part: string) => server.sent.filter(({ subject }) => subject.includes(part))
  const open = async (login = '', lookMs?: number): Promise<EventBus> => {
    const servers = `nats://${login}127.0.0.1:${server.port}`
    const bus = await openJetStreamBus({ servers, client: 'search', log, lookMs })
    opened.push(bus)
    return bus
  }
  return { ...server, asked, open }
}

test('a bus signs in, and its stream has all messages of all subgraphs for a week', async () => {
  const { open, logins, asked } = await serverOf()
  await open('argyle%2B1:p%40ss@')
  expect(logins).toMatchObject([{ name: 'search', user: 'argyle+1', pass: 'p@ss' }])
  expect(asked('STREAM.').map(({ subject, body }) => [subject, body])).toMatchObject([
    [
      '$JS.API.STREAM.CREATE.argyle',
      {
        ...{ name: 'argyle', retention: 'limits', subjects: ['argyle.>'] },
        ...{ max_age: 7 * 86_400 * SECOND_NS, duplicate_window: 120 * SECOND_NS },
      },
    ],
  ])
})

test('a stream with other settings keeps those of an operator', async () => {
  const { open, asked } = await serverOf((subject) => {
    if (subject.includes('STREAM.CREATE')) return failure(10_058)
    if (subject.includes('STREAM.INFO'))
      return { config: { name: 'argyle', num_replicas: 3, max_age: 1 }, state: {} }
    return willing(subject)
  })
  await open()
  expect(asked('STREAM.UPDATE').map(({ body }) => body)).toMatchObject([
    { num_replicas: 3, max_age: 7 * 86_400 * SECOND_NS, duplicate_window: 120 * SECOND_NS },
  ])
})

test('a stream that cannot be had prevents the start, by a line without the password, and leaves no connection', async () => {
  const { open, connections, port } = await serverOf((subject) =>
    subject.includes('STREAM.CREATE') ? failure(10_047) : willing(subject),
  )
  const failed = await open('argyle:secret@').catch((error: Error) => error)
  expect(failed).toMatchObject({
    name: 'StartFailure',
    message: `the event bus 127.0.0.1:${port} cannot be used: the error 10047`,
  })
  while (connections() > 0) await pause(2)
})

test('a message is published under its type, with its id, by which the server knows a second one', async () => {
  const { open, asked } = await serverOf()
  const bus = await open()
  await bus.publish(ENVELOPE)
  expect(asked('argyle.notes')).toEqual([
    {
      subject: 'argyle.notes.note.written',
      headers: expect.stringContaining('Nats-Msg-Id: evt_1\r\n'),
      body: ENVELOPE,
    },
  ])
})

test('a consumer is durable, has one message type of several, and gets a message again after 30 s without an acknowledgement', async () => {
  const { open, asked } = await serverOf()
  const bus = await open()
  const types = ['notes.note.written', 'notes.note.deleted']
  const subscription = await bus.subscribe('search', types, async () => {})
  while (asked('MSG.NEXT').length < 2) await pause(2)
  await subscription.close()
  const durable = { ack_policy: 'explicit', ack_wait: 30 * SECOND_NS }
  expect(asked('CONSUMER.CREATE').map(({ body }) => body)).toMatchObject(
    [DURABLE, 'search-notes-note-deleted'].map((durable_name, place) => ({
      stream_name: 'argyle',
      config: { ...durable, durable_name, filter_subject: `argyle.${types[place]}` },
    })),
  )
  expect(asked('MSG.NEXT')[0]).toMatchObject({
    ...{
      subject: `$JS.API.CONSUMER.MSG.NEXT.argyle.${DURABLE}`,
      body: { batch: 8, expires: 30 * SECOND_NS },
    },
  })
})

test.each([
  ['a consumer', 10_014],
  ['a stream with its consumers', 10_059],
])('%s that the server has lost is created again', async (_, code) => {
  let isLost = false
  const { open, asked } = await serverOf((subject) => {
    if (subject.includes('.MSG.NEXT.') && asked('.MSG.NEXT.').length === 1) {
      isLost = true
      return 'NATS/1.0 409 Consumer Deleted'
    }
    if (subject.includes('CONSUMER.CREATE')) isLost = false
    return isLost && subject.includes('CONSUMER.INFO') ? failure(code) : willing(subject)
  })
  const bus = await open()
  const subscription = await bus.subscribe('search', ['notes.note.written'], async () => {})
  while (asked('.MSG.NEXT.').length < 2) await pause(5)
  await subscription.close()
  expect([asked('STREAM.CREATE').length, asked('CONSUMER.CREATE').length]).toEqual([2, 2])
})

test('a message that the server withholds is read from the stream, handled, and acknowledged by its position', async () => {
  const data = Buffer.from(JSON.stringify(ENVELOPE)).toString('base64')
  const message = { subject: 'argyle.notes.note.written', seq: 5, data, time: ENVELOPE.time }
  let isAcknowledged = false
  const { open, asked } = await serverOf((subject) => {
    if (subject.startsWith('$JS.ACK.')) isAcknowledged = true
    if (subject.includes('STREAM.MSG.GET')) return { message }
    if (!subject.includes('CONSUMER.INFO')) return willing(subject)
    const positions = { ack_floor: { stream_seq: isAcknowledged ? 5 : 3 }, delivered: { stream_seq: 5 } }
    return {
      ...{ stream_name: 'argyle', name: DURABLE, config: {} },
      ...{ num_ack_pending: isAcknowledged ? 0 : 1, ...positions },
    }
  })
  const bus = await open('', 2)
  const handled: Envelope[] = []
  const handle = async (envelope: Envelope) => void handled.push(envelope)
  const subscription = await bus.subscribe('search', ['notes.note.written'], handle)
  while (!isAcknowledged) await pause(2)
  await subscription.close()
  // A subscription that is closed looks no more.
  const looks = asked('CONSUMER.INFO').length
  await pause(20)
  expect(asked('CONSUMER.INFO')).toHaveLength(looks)
  expect(handled).toEqual([ENVELOPE])
  expect(asked('MSG.GET').map(({ body }) => body)).toEqual([
    { seq: 4, next_by_subj: 'argyle.notes.note.written' },
  ])
  expect(asked('$JS.ACK').map(({ subject, body }) => [subject, body])).toEqual([
    [`$JS.ACK.argyle.${DURABLE}.1.5.5.0.0`, '+ACK'],
  ])
})

test('a message that the server does not acknowledge within two seconds is not published', async () => {
  const { open, asked } = await serverOf((subject) =>
    subject.startsWith('argyle.') ? undefined : willing(subject),
  )
  const bus = await open()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const outcome = bus.publish(ENVELOPE).then(
    () => 'published',
    () => 'refused',
  )
  while (asked('argyle.notes').length === 0) await pause(2)
  vi.advanceTimersByTime(1_999)
  expect(await Promise.race([outcome, pause(20, 'waiting')])).toBe('waiting')
  vi.advanceTimersByTime(1)
  expect(await outcome).toBe('refused')
})

test('a server that says nothing prevents the start after five seconds', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const connected = once(silent, 'connection')
  const opening = openJetStreamBus({ servers: `nats://127.0.0.1:${port}`, client: 'search', log })
  const failure = opening.catch((error: unknown) => error)
  const [socket] = await connected
  socket.on('error', () => {})
  vi.advanceTimersByTime(5_000)
  expect(await failure).toMatchObject({ name: 'StartFailure' })
  socket.destroy()
  silent.close()
})

test('a server that is away for long is connected to again', async () => {
  const server = await serverOf()
  const bus = await server.open()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const untilTrue = async (isSo: () => boolean) => {
    while (!isSo()) {
      vi.advanceTimersByTime(100)
      await pause(2)
    }
  }
  server.leave()
  await untilTrue(() => server.refused() >= 15)
  server.back()
  await untilTrue(() => server.logins.length === 2)
  vi.useRealTimers()
  expect(server.logins).toHaveLength(2)
  await bus.publish(ENVELOPE)
})

test('a close waits for the server to confirm that it has everything, for two seconds at most', async () => {
  const { open, fallSilent, pings, connections } = await serverOf()
  const bus = await open()
  fallSilent()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const before = pings()
  let isClosed = false
  const closed = bus.close().then(() => {
    isClosed = true
  })
  while (pings() === before && !isClosed) await pause(2)
  vi.advanceTimersByTime(1_999)
  await new Promise(setImmediate)
  expect(isClosed).toBe(false)
  vi.advanceTimersByTime(1)
  await closed
  while (connections() > 0) await pause(2)
})

test('a close that the server confirms is not delayed, and leaves neither connection nor timer', async () => {
  const { open, connections } = await serverOf()
  const bus = await open()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await bus.close()
  expect(vi.getTimerCount()).toBe(0)
  while (connections() > 0) await pause(2)
})

test('a bus is ready while the server has the stream', async () => {
  let isGone = false
  const { open } = await serverOf((subject) =>
    isGone && subject.includes('STREAM.INFO') ? failure(10_059) : willing(subject),
  )
  const bus = await open()
  await bus.ready()
  isGone = true
  await expect(bus.ready()).rejects.toThrow('the error 10059')
})

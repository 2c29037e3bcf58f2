import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PrismaLike, Tx } from '../database/database.ts'
import { currentTrace, newTrace, withTrace } from '../service/trace.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import type { Envelope } from './envelope.ts'
import { type InboxListener, inbox, MESSAGE_FAILED } from './inbox.ts'
import { memoryBus } from './memory-bus.ts'
import { appendEvents } from './outbox.ts'
import { type Relay, startRelay } from './relay.ts'

const logged: unknown[] = []
const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) })
/** Bounds only a test that would fail anyway. */
const SOON = { timeout: 30_000 }
let database: BareDatabase

beforeAll(async () => {
  database = await bareDatabase()
  await database.prisma.$executeRawUnsafe('CREATE TABLE effect (event_id TEXT NOT NULL)')
})
afterAll(() => database.drop())
beforeEach(async () => {
  logged.length = 0
  await database.prisma.$executeRawUnsafe('TRUNCATE outbox_message, inbox_message, dead_letter, effect')
})

const happened = (subject: string, sequence = 1) => ({
  type: 'kit.thing.happened',
  subject,
  sequence,
  data: { subject },
})
const write = (...subjects: string[]) =>
  database.prisma.$transaction((tx) =>
    appendEvents(
      tx,
      subjects.map((subject) => happened(subject)),
    ),
  )
const count = async (sql: string) =>
  Number((await database.prisma.$queryRawUnsafe<{ n: string }[]>(`SELECT count(*) AS n FROM ${sql}`))[0]?.n)

/** Inserts a row each time that the message takes effect. */
const remember: InboxListener = async (envelope: Envelope, tx: Tx) => {
  await tx.$executeRawUnsafe('INSERT INTO effect VALUES ($1)', envelope.id)
}
const inboxOf = (listener: InboxListener, prisma: PrismaLike = database.prisma, onWrote = () => {}) =>
  inbox({ consumer: 'ears', prisma, listeners: { 'kit.thing.happened': listener }, log, onWrote })

describe('the outbox', () => {
  test('a message of a transaction that fails is never written', async () => {
    const failing = database.prisma.$transaction(async (tx) => {
      await appendEvents(tx, [happened('a')])
      throw new Error('too late')
    })
    await expect(failing).rejects.toThrow('too late')
    expect(await count('outbox_message')).toBe(0)
  })

  test('a message carries the trace of the request that caused it', async () => {
    const trace = newTrace({
      requestId: 'req-1',
      traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
    })
    await withTrace(trace, () => write('a'))
    const rows = await database.prisma.$queryRawUnsafe(
      'SELECT correlation_id, causation_id, traceparent FROM outbox_message',
    )
    expect(rows).toEqual([{ correlation_id: 'req-1', causation_id: null, traceparent: trace.traceparent }])
    expect(trace.wrote).toBe(true)
  })
})

describe('the relay', () => {
  const relays: Relay[] = []
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()))
  })
  const relayTo = (publish: (envelope: Envelope) => Promise<void>) => {
    const bus = { ...memoryBus([]), publish }
    relays.push(startRelay({ source: 'mouth', prisma: database.prisma, bus, log, pollMs: 20 }))
  }

  test('every message is published once, whatever the number of replicas', async () => {
    await write(...Array.from({ length: 120 }, (_, index) => `s${index}`))
    const published: string[] = []
    const all = Promise.withResolvers<void>()
    for (let replica = 0; replica < 3; replica++) {
      relayTo(async (envelope) => {
        published.push(envelope.subject)
        if (published.length === 120) all.resolve()
      })
    }
    await all.promise
    await Promise.all(relays.splice(0).map((relay) => relay.stop()))
    expect(new Set(published).size).toBe(120)
    expect(published).toHaveLength(120)
    expect(await count('outbox_message WHERE published_at IS NULL')).toBe(0)
  })

  test('a message that the bus refuses stays, with the reason, and is tried again', async () => {
    const traceparent = '00-11111111111111111111111111111111-2222222222222222-01'
    const trace = newTrace({ requestId: 'req-1', correlationId: 'cor-1', causationId: 'evt_0', traceparent })
    await withTrace(trace, () => database.prisma.$transaction((tx) => appendEvents(tx, [happened('a', 7)])))
    const taken = Promise.withResolvers<Envelope>()
    let tries = 0
    relayTo(async (envelope) => {
      tries += 1
      if (tries < 3) throw new Error('no bus today')
      taken.resolve(envelope)
    })
    const [row] = await database.prisma.$queryRawUnsafe<{ id: string; time: Date }[]>(
      'SELECT id, time FROM outbox_message',
    )
    expect(await taken.promise).toEqual({
      ...{ id: row?.id, source: 'mouth', ...happened('a', 7), time: row?.time.toISOString() },
      ...{ correlationId: 'cor-1', causationId: 'evt_0', traceparent },
    })
    await Promise.all(relays.splice(0).map((relay) => relay.stop()))
    const rows = await database.prisma.$queryRawUnsafe('SELECT attempts, last_error FROM outbox_message')
    expect(rows).toEqual([{ attempts: 3, last_error: 'no bus today' }])
    expect(logged).toMatchObject(
      [1, 2].map((attempts) => ({
        ...{ level: 40, msg: 'message not published yet', type: 'kit.thing.happened' },
        ...{ attempts, reason: 'no bus today' },
      })),
    )
    expect(await count('outbox_message WHERE published_at IS NULL')).toBe(0)
  })

  test('a claim whose relay died is taken over when its lease ends', async () => {
    await write('a')
    await database.prisma.$executeRawUnsafe(
      "UPDATE outbox_message SET attempts = 1, available_at = now() - interval '1 second'",
    )
    const taken = Promise.withResolvers<void>()
    relayTo(async () => taken.resolve())
    await taken.promise
    await Promise.all(relays.splice(0).map((relay) => relay.stop()))
    expect(await count('outbox_message WHERE published_at IS NOT NULL AND attempts = 2')).toBe(1)
  })
})

describe('the inbox', () => {
  const envelope = (id: string): Envelope => ({
    id,
    type: 'kit.thing.happened',
    source: 'mouth',
    subject: 'a',
    time: '2026-11-21T00:00:00.000Z',
    sequence: 1,
    correlationId: 'c',
    causationId: null,
    traceparent: null,
    data: {},
  })

  test('a message that comes many times at once has one effect', async () => {
    const handle = inboxOf(remember)
    await Promise.all(Array.from({ length: 8 }, () => handle(envelope('evt_1'))))
    expect(await count('effect')).toBe(1)
  })

  test('a listener that fails leaves nothing, and the message may come again', async () => {
    let fails = true
    const handle = inboxOf(async (message, tx) => {
      await remember(message, tx)
      if (fails) throw new Error('not now')
    })
    await expect(handle(envelope('evt_1'))).rejects.toThrow('not now')
    expect(await count('effect')).toBe(0)
    expect(await count('inbox_message')).toBe(0)
    fails = false
    await handle(envelope('evt_1'))
    expect(await count('effect')).toBe(1)
  })

  test('a message that keeps failing is put aside whole, and no longer refused', async () => {
    let woken = 0
    const handle = inboxOf(
      async () => {
        throw new Error('never')
      },
      database.prisma,
      () => void woken++,
    )
    // The failures of another message do not count for it.
    await expect(handle(envelope('evt_0'))).rejects.toThrow('never')
    logged.length = 0
    for (let attempt = 1; attempt < 10; attempt++)
      await expect(handle(envelope('evt_1'))).rejects.toThrow('never')
    await handle(envelope('evt_1'))
    const rows = await database.prisma.$queryRawUnsafe(
      'SELECT consumer, event_id, envelope, error FROM dead_letter',
    )
    expect(rows).toEqual([
      { consumer: 'ears', event_id: 'evt_1', envelope: envelope('evt_1'), error: 'never' },
    ])
    const { type } = envelope('evt_1')
    const failures = Array.from({ length: 10 }, (_, attempt) => ({
      ...{ level: 40, msg: 'a message was not handled', eventId: 'evt_1', type, count: attempt + 1 },
    }))
    const buried = {
      level: 50,
      msg: 'a message was moved to dead_letter',
      eventId: 'evt_1',
      type,
      reason: 'never',
    }
    expect(logged).toMatchObject([...failures, buried])
    // Its event has the message as its cause, and is published at once.
    const told = 'SELECT type, subject, data, correlation_id, causation_id FROM outbox_message'
    expect(await database.prisma.$queryRawUnsafe(told)).toEqual([
      {
        ...{ type: MESSAGE_FAILED, subject: 'evt_1', data: { consumer: 'ears', eventId: 'evt_1', type } },
        ...{ correlation_id: 'c', causation_id: 'evt_1' },
      },
    ])
    expect(woken).toBe(1)
  })

  test('a message that cannot be put aside comes again', async () => {
    let transactions = 0
    const $transaction: PrismaLike['$transaction'] = (work) => {
      transactions += 1
      if (transactions === 11) return Promise.reject(new Error('the database is away'))
      return database.prisma.$transaction(work)
    }
    const never = () => Promise.reject(new Error('never'))
    const handle = inboxOf(never, { ...database.prisma, $transaction })
    for (let attempt = 1; attempt < 10; attempt++)
      await expect(handle(envelope('evt_1'))).rejects.toThrow('never')
    await expect(handle(envelope('evt_1'))).rejects.toThrow('the database is away')
    expect(await count('dead_letter')).toBe(0)
    await handle(envelope('evt_1'))
    expect(await count('dead_letter')).toBe(1)
  })

  test('a message about a dead letter that fails itself becomes a dead letter, without another message', async () => {
    const never = async () => {
      throw new Error('never')
    }
    const handle = inbox({
      ...{ consumer: 'ears', prisma: database.prisma, log, onWrote() {} },
      listeners: { [MESSAGE_FAILED]: never },
    })
    const about = { ...envelope('evt_1'), type: MESSAGE_FAILED }
    for (let attempt = 1; attempt < 10; attempt++) await expect(handle(about)).rejects.toThrow('never')
    await handle(about)
    expect(await count('dead_letter')).toBe(1)
    expect(await count('outbox_message')).toBe(0)
  })

  test('a message that waits for the database keeps all of its attempts', async () => {
    let isAway = true
    const { prisma } = database
    const $transaction: PrismaLike['$transaction'] = (work) =>
      isAway ? Promise.reject(new Error('the database is away')) : prisma.$transaction(work)
    const $queryRawUnsafe: PrismaLike['$queryRawUnsafe'] = (text, ...values) =>
      isAway ? Promise.reject(new Error('and cannot tell either')) : prisma.$queryRawUnsafe(text, ...values)
    const handle = inboxOf(
      async () => {
        throw new Error('never')
      },
      { ...prisma, $transaction, $queryRawUnsafe },
    )
    for (let attempt = 1; attempt <= 20; attempt++)
      await expect(handle(envelope('evt_1'))).rejects.toThrow('the database is away')
    isAway = false
    for (let attempt = 1; attempt < 10; attempt++)
      await expect(handle(envelope('evt_1'))).rejects.toThrow('never')
    expect(await count('dead_letter')).toBe(0)
    await handle(envelope('evt_1'))
    expect(await count('dead_letter')).toBe(1)
  })

  test.each([
    ['that is full', '53100'],
    ['that is read-only', '25006'],
    ['whose rows another session locks', '55P03'],
    ['that resolves a deadlock', '40P01'],
    ['that shuts down', '57P01'],
  ])('a message that is handled by a database %s keeps all of its attempts', async (_, state) => {
    let isOut = true
    const handle = inboxOf(async (message, tx) => {
      await remember(message, tx)
      if (isOut)
        await tx.$executeRawUnsafe(`DO $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '${state}'; END $$`)
    })
    for (let attempt = 1; attempt <= 20; attempt++)
      await expect(handle(envelope('evt_1'))).rejects.toThrow('not now')
    isOut = false
    await handle(envelope('evt_1'))
    expect([await count('dead_letter'), await count('effect')]).toEqual([0, 1])
  })

  test('a message whose statement is too slow is put aside', async () => {
    const handle = inboxOf(async (_, tx) => {
      await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = 1`)
      await tx.$executeRawUnsafe(`SELECT pg_sleep(60)`)
    })
    for (let attempt = 1; attempt < 10; attempt++)
      await expect(handle(envelope('evt_1'))).rejects.toThrow('canceling statement due to statement timeout')
    await handle(envelope('evt_1'))
    expect(await count('dead_letter')).toBe(1)
  })

  test('what a listener says is tied to the message that made it say so', async () => {
    const requests: string[] = []
    const handle = inboxOf((_, tx) => {
      requests.push(currentTrace().requestId)
      return appendEvents(tx, [happened('b')])
    })
    await handle({ ...envelope('evt_1'), traceparent: '00-1-2-01' })
    // The lines that are logged meanwhile have it.
    expect(requests).toEqual(['evt_1'])
    const rows = await database.prisma.$queryRawUnsafe(
      'SELECT correlation_id, causation_id, traceparent FROM outbox_message',
    )
    expect(rows).toEqual([{ correlation_id: 'c', causation_id: 'evt_1', traceparent: '00-1-2-01' }])
  })

  test('a listener that writes messages wakes the relay after its commit, another does not', async () => {
    const seen: number[] = []
    const onWrote = async () => void seen.push(await count('outbox_message'))
    const speaking = inboxOf((_, tx) => appendEvents(tx, [happened('b')]), database.prisma, onWrote)
    await inboxOf(remember, database.prisma, onWrote)(envelope('evt_1'))
    await speaking(envelope('evt_2'))
    await expect.poll(() => seen, SOON).toEqual([1])
  })

  test('a message that is known to come again is looked up, so that PostgreSQL logs no error', async () => {
    const { prisma } = database
    let transactions = 0
    const $transaction: PrismaLike['$transaction'] = (work) => {
      transactions += 1
      return prisma.$transaction(work)
    }
    const replicas = [1, 2].map(() => inboxOf(remember, { ...prisma, $transaction }))
    await replicas[0]?.(envelope('evt_1'))
    await replicas[0]?.(envelope('evt_1'))
    await replicas[1]?.(envelope('evt_1'), true)
    expect([transactions, await count('effect')]).toEqual([1, 1])
  })

  test('a message of a type without a listener is ignored', async () => {
    await inboxOf(remember)({ ...envelope('evt_1'), type: 'kit.other' })
    expect(await count('inbox_message')).toBe(0)
  })
})

import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type OutboxRow, WRITTEN } from '../database/committed.ts'
import type { PrismaLike } from '../database/database.ts'
import { newTrace, withTrace } from '../service/trace.ts'
import { type BareDatabase, bareDatabase, barePrisma } from '../testing/bare-database.ts'
import { holdLock } from '../testing/notes/hold-lock.ts'
import { recordedLog } from '../testing/recorded-log.ts'
import type { Envelope } from './envelope.ts'
import { MAX_GATHERED } from './gather-messages.ts'
import { memoryBus } from './memory-bus.ts'
import { appendEvents } from './outbox.ts'
import { OUTBOX_CHANNEL, outboxConnection } from './outbox-connection.ts'
import { type Relay, startRelay } from './relay.ts'

const { log, lines } = recordedLog()
let database: BareDatabase
const relays: Relay[] = []

beforeAll(async () => {
  database = await bareDatabase()
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(relays.splice(0).map((relay) => relay.stop()))
  await database.prisma.$executeRawUnsafe('TRUNCATE outbox_message')
})
afterAll(() => database.drop())

const happened = (subject: string) => ({
  type: 'kit.thing.happened',
  subject,
  sequence: 1,
  data: { subject },
})
const write = (subject: string, prisma = database.prisma) =>
  prisma.$transaction((tx) => appendEvents(tx, [happened(subject)]))

/** The relay of another process than the writer's, which polls too rarely for a test. */
function relayThatListens() {
  const published: Envelope[] = []
  const bus = { ...memoryBus([]), publish: async (envelope: Envelope) => void published.push(envelope) }
  const [prisma, databaseUrl] = [database.prisma, database.url]
  relays.push(startRelay({ source: 'mouth', prisma, bus, log, databaseUrl, pollMs: 3_600_000 }))
  return async (...subjects: string[]) => {
    while (published.length < subjects.length) await pause(2)
    expect(published.map(({ subject }) => subject)).toEqual(subjects)
  }
}

test('the row of a process that died is found without a notification', async () => {
  const published: string[] = []
  const publish = async ({ subject }: Envelope) => void published.push(subject)
  const [prisma, databaseUrl] = [database.prisma, database.url]
  const bus = { ...memoryBus([]), publish }
  relays.push(startRelay({ source: 'mouth', prisma, bus, log, databaseUrl, pollMs: 5 }))
  while ((await listeners()).length === 0) await pause(2)
  // Behind the look that follows the connection.
  await write('noticed')
  while (published.length === 0) await pause(2)
  await prisma.$executeRawUnsafe(
    `INSERT INTO outbox_message (id, type, subject, sequence, data, time, correlation_id, attempts, available_at)
     VALUES ('evt_dead', 'kit.thing.happened', 'dead', 1, '{}', now(), 'c', 1, now() - interval '1 second')`,
  )
  while (published.length === 1) await pause(2)
  expect(published).toEqual(['noticed', 'dead'])
})

const listeners = () =>
  database.prisma.$queryRawUnsafe<{ pid: number }[]>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
    OUTBOX_CHANNEL,
  )

test('a row that another process commits is published at once', async () => {
  const published = relayThatListens()
  await write('a')
  await published('a')
  await write('b')
  await published('a', 'b')
})

test('a connection that is cut is opened again, and what was written meanwhile is published', async () => {
  const published = relayThatListens()
  while ((await listeners()).length === 0) await pause(2)
  const [before] = await listeners()
  await write('a')
  await published('a')
  await database.prisma.$queryRawUnsafe('SELECT pg_terminate_backend($1::int)', before?.pid)
  await write('b')
  await published('a', 'b')
  await write('c')
  await published('a', 'b', 'c')
  // A session ends a moment after its connection.
  while ((await listeners()).some(({ pid }) => pid === before?.pid)) await pause(2)
  expect(await listeners()).toHaveLength(1)
})

test('a connection with a statement that gets no answer in time is replaced, one with a statement that fails is not', async () => {
  const connection = outboxConnection({ url: database.url, log, onNews: () => {} })
  const opened = async () => {
    for (;;) {
      const sql = connection.sql()
      if (sql) return sql
      await pause(2)
    }
  }
  const first = await opened()
  await expect(first.$queryRawUnsafe('SELECT 1 / 0')).rejects.toThrow('division by zero')
  expect(await first.$queryRawUnsafe('SELECT 1 AS one')).toEqual([{ one: 1 }])
  const lock = await holdLock(database.prisma)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const waiting = expect(first.$queryRawUnsafe('SELECT pg_advisory_lock(1)')).rejects.toThrow('timeout')
    vi.advanceTimersByTime(10_000)
    await waiting
  } finally {
    vi.useRealTimers()
    await lock.release()
  }
  while (connection.sql() === first) await pause(2)
  expect(await (await opened()).$queryRawUnsafe('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await connection.close()
})

test('a connection that is closed while it is being opened comes to its end', async () => {
  for (let ms = 0; ms < 20; ms++) {
    const connection = outboxConnection({ url: database.url, log, onNews: () => {} })
    await pause(ms)
    await connection.close()
    expect(connection.sql()).toBeNull()
  }
})

test('rows for the relay of the same process are claimed as they are written, and notify nobody', async () => {
  const ear = new pg.Client({ connectionString: database.url })
  await ear.connect()
  await ear.query(`LISTEN ${OUTBOX_CHANNEL}`)
  const notified = once(ear, 'notification')
  const own = barePrisma(database.url)
  const written: OutboxRow[] = []
  const trace = newTrace({ requestId: 'req-1', causationId: 'evt_0', traceparent: '00-1-2-01' })
  const pid = await own.$transaction(async (tx) => {
    const writing = Object.assign(tx, { [WRITTEN]: written })
    await withTrace(trace, () => appendEvents(writing, [happened('own')]))
    return (await tx.$queryRawUnsafe<{ pid: number }[]>('SELECT pg_backend_pid() AS pid'))[0]?.pid
  })
  await write('other')
  const [{ processId }] = await notified
  expect(processId).not.toBe(pid)
  const columns =
    'id, type, subject, sequence, data, time, correlation_id, causation_id, traceparent, attempts'
  expect(
    await database.prisma.$queryRawUnsafe(`SELECT ${columns} FROM outbox_message WHERE subject = 'own'`),
  ).toEqual(written)
  const rows = await database.prisma.$queryRawUnsafe(
    // The column holds milliseconds: the time at which a row is due may be rounded up.
    `SELECT id, subject, attempts, available_at > now() + interval '1 s' AS "isClaimed" FROM outbox_message ORDER BY id`,
  )
  expect(rows).toMatchObject([
    { id: written[0]?.id, subject: 'own', attempts: 1, isClaimed: true },
    { subject: 'other', attempts: 0, isClaimed: false },
  ])
  await Promise.all([own.$disconnect(), ear.end()])
})

/** Messages that a relay publishes concurrently: its events, and two further commands. */
const MAX_COMMANDS = MAX_GATHERED + 2

test('a relay publishes such rows without claiming them, and gives back those that it did not get to', async () => {
  const free = Promise.withResolvers<void>()
  const published: Envelope[] = []
  const publish = async (envelope: Envelope) => {
    published.push(envelope)
    await free.promise
  }
  const bus = { ...memoryBus([]), publish }
  const relay = startRelay({ source: 'mouth', prisma: database.prisma, bus, log, pollMs: 3_600_000 })
  const written: OutboxRow[] = []
  const subjects = Array.from({ length: MAX_COMMANDS + 1 }, (_, index) => `s${index}`)
  await database.prisma.$transaction((tx) =>
    appendEvents(
      Object.assign(tx, { [WRITTEN]: written }),
      subjects.map((subject) => happened(subject)),
    ),
  )
  relay.publish(written)
  expect(published.map(({ subject }) => subject)).toEqual(subjects.slice(0, MAX_COMMANDS))
  expect(published[0]).toMatchObject({ id: written[0]?.id, source: 'mouth', data: { subject: 's0' } })
  const stopped = relay.stop()
  free.resolve()
  await stopped
  const rows = await database.prisma.$queryRawUnsafe(
    // The column holds milliseconds: the time of a release may be rounded up.
    `SELECT subject, attempts, published_at IS NOT NULL AS "isPublished", available_at < now() + interval '1 second' AS "isDue"
       FROM outbox_message ORDER BY id`,
  )
  expect(rows).toEqual([
    ...subjects
      .slice(0, MAX_COMMANDS)
      .map((subject) => ({ subject, attempts: 1, isPublished: true, isDue: false })),
    { subject: subjects.at(-1), attempts: 1, isPublished: false, isDue: true },
  ])
})

/** A relay whose bus accepts a message when the test allows it; its connections are those of the test. */
function relayInHand(prisma: PrismaLike = database.prisma, databaseUrl: string | undefined = database.url) {
  const free = Promise.withResolvers<void>()
  const published: string[] = []
  const publish = async ({ subject }: Envelope) => {
    published.push(subject)
    await free.promise
  }
  const bus = { ...memoryBus([]), publish }
  const relay = startRelay({
    source: 'mouth',
    prisma,
    bus,
    log,
    ...(databaseUrl && { databaseUrl }),
    pollMs: 3_600_000,
  })
  relays.push(relay)
  const rows = (count: number, time = new Date()): OutboxRow[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{ id: `evt_${index}`, ...happened(`s${index}`), time, attempts: 1 },
      ...{ correlation_id: 'c', causation_id: null, traceparent: null },
    }))
  return { relay, published, rows, free: free.resolve }
}

test('a command is published before the events that were committed before it, and has a place when many are under way', async () => {
  const { relay, published, rows, free } = relayInHand()
  const events = rows(MAX_GATHERED + 1).map((row) => ({ ...row, type: 'mouth.thing.happened' }))
  relay.publish(events)
  const first = [...published]
  relay.publish(rows(3).map((row) => ({ ...row, subject: `command ${row.subject}` })))
  const next = published.slice(first.length)
  free()
  expect(first).toEqual(events.slice(0, -1).map(({ subject }) => subject))
  expect(next).toEqual(['command s0', 'command s1'])
  while (published.length < MAX_GATHERED + 4) await pause(2)
  expect(published.slice(-2)).toEqual(['command s2', events.at(-1)?.subject])
})

test('a relay keeps no more than 5000 rows in memory; further ones wait for their lease', async () => {
  const { relay, published, rows, free } = relayInHand()
  relay.publish(rows(2_000))
  relay.publish(rows(2_000).map((row) => ({ ...row, type: 'mouth.thing.happened' })))
  relay.publish(rows(2_000))
  free()
  // Those that are being published do not wait.
  const taken = 5_000 + MAX_COMMANDS
  while (published.length < taken) await pause(2)
  await relay.stop()
  expect(published).toHaveLength(taken)
  // A row that is committed after the stop waits for its lease too.
  relay.publish(rows(1))
  expect(published).toHaveLength(taken)
})

test('a row whose lease is over is left to whoever claims it', async () => {
  const { relay, published, rows, free } = relayInHand()
  vi.useFakeTimers({ toFake: ['Date'] })
  relay.publish(rows(3, new Date(Date.now() - 10_001)))
  expect(published).toEqual([])
  relay.publish(rows(1, new Date(Date.now() - 10_000)))
  vi.useRealTimers()
  expect(published).toEqual(['s0'])
  free()
  await relay.stop()
})

test('a relay that cannot give its rows back stops, and leaves no connection', async () => {
  const { prisma } = database
  const away = async () => {
    throw new Error('the database is away')
  }
  const { relay, rows, free } = relayInHand({ ...prisma, $executeRawUnsafe: away })
  relay.publish(rows(MAX_COMMANDS + 1))
  const stopped = relay.stop()
  free()
  await stopped
  while ((await listeners()).length > 0) await pause(2)
})

test('rows are marked within a second, also those that are published after a mark', async () => {
  // Without a connection of its own, nothing else marks them.
  const marks: unknown[] = []
  const $executeRawUnsafe: PrismaLike['$executeRawUnsafe'] = (sql, ...values) => {
    marks.push(...values)
    return database.prisma.$executeRawUnsafe(sql, ...values)
  }
  const { relay, free } = relayInHand({ ...database.prisma, $executeRawUnsafe }, '')
  free()
  const ids: unknown[] = []
  for (const subject of ['first', 'second']) {
    const written: OutboxRow[] = []
    const writes = (tx: object) =>
      appendEvents(Object.assign(tx as typeof database.prisma, { [WRITTEN]: written }), [happened(subject)])
    await database.prisma.$transaction(writes)
    relay.publish(written)
    ids.push(written.map(({ id }) => id))
    const marked = 'SELECT FROM outbox_message WHERE subject = $1 AND published_at IS NOT NULL'
    while ((await database.prisma.$queryRawUnsafe<unknown[]>(marked, subject)).length === 0) await pause(5)
  }
  // Each is marked once.
  expect(marks).toEqual(ids)
})

test('rows that are neither marked nor given back are logged', async () => {
  lines.length = 0
  const err = { message: 'the database is away' }
  const $executeRawUnsafe = () => Promise.reject(new Error(err.message))
  const { relay, rows, free } = relayInHand({ ...database.prisma, $executeRawUnsafe }, '')
  relay.publish(rows(MAX_COMMANDS + 1))
  const stopped = relay.stop()
  free()
  await stopped
  expect(lines).toMatchObject(
    [
      'published messages were not marked; they are published again',
      'claimed messages were not released; they wait until their lease expires',
    ].map((msg) => ({ level: 'warn', msg, err })),
  )
})

test('a row that can be neither published nor postponed is logged, and the next one is published', async () => {
  lines.length = 0
  const $executeRawUnsafe = () => Promise.reject(new Error('the database is away'))
  const prisma = { ...database.prisma, $executeRawUnsafe }
  const published: string[] = []
  const publish = async ({ subject }: Envelope) => {
    if (subject === 's0') throw new Error('no bus today')
    published.push(subject)
  }
  const bus = { ...memoryBus([]), publish }
  const relay = startRelay({ source: 'mouth', prisma, bus, log, pollMs: 3_600_000 })
  relays.push(relay)
  relay.publish(relayInHand().rows(MAX_COMMANDS + 1))
  while (published.length < MAX_COMMANDS) await pause(2)
  expect(lines).toMatchObject([
    { msg: 'message not published yet', eventId: 'evt_0' },
    {
      ...{ level: 'error', msg: 'publishing a message failed; it is retried' },
      err: { message: 'the database is away' },
    },
  ])
})

test('a relay that is stopped leaves no connection', async () => {
  const published = relayThatListens()
  await write('a')
  await published('a')
  await Promise.all(relays.splice(0).map((relay) => relay.stop()))
  // A session ends a moment after its connection.
  while ((await listeners()).length > 0) await pause(2)
})

test('rows that the bus refused are looked for at each poll until all are due, although the relay is notified of new rows', async () => {
  const { prisma, url: databaseUrl } = database
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  try {
    const refused: string[] = []
    const isLateRefused = Promise.withResolvers<void>()
    let tries = 0
    const publish = async ({ subject }: Envelope) => {
      tries += 1
      if (tries > 2) return
      // The one with the longer pause comes first.
      if (subject === 'ninth') isLateRefused.resolve()
      else await isLateRefused.promise
      refused.push(subject)
      throw new Error('no bus today')
    }
    const connected = Promise.withResolvers<void>()
    const own = { databaseUrl, onNews: connected.resolve, pollMs: 1_000 }
    relays.push(startRelay({ source: 'mouth', prisma, bus: { ...memoryBus([]), publish }, log, ...own }))
    await connected.promise
    await prisma.$transaction(async (tx) => {
      await appendEvents(tx, [happened('ninth'), happened('first')])
      await tx.$executeRawUnsafe(`UPDATE outbox_message SET attempts = 8 WHERE subject = 'ninth'`)
    })
    const postponed = 'SELECT FROM outbox_message WHERE last_error IS NOT NULL'
    while ((await prisma.$queryRawUnsafe<unknown[]>(postponed)).length < 2) await pause(2)
    await prisma.$executeRawUnsafe(`UPDATE outbox_message SET available_at = now() - interval '1 s'`)
    // The longer pause is 25.6 s.
    vi.setSystemTime(Date.now() + 20_000)
    vi.advanceTimersByTime(1_000)
    while (tries < 4) await pause(2)
    expect(refused).toEqual(['ninth', 'first'])
  } finally {
    vi.useRealTimers()
  }
})

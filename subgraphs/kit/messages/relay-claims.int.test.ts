import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type OutboxRow, WRITTEN } from '../database/committed.ts'
import type { PrismaLike } from '../database/database.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { recordedLog } from '../testing/recorded-log.ts'
import type { Envelope } from './envelope.ts'
import { memoryBus } from './memory-bus.ts'
import { appendEvents } from './outbox.ts'
import { OUTBOX_CHANNEL } from './outbox-connection.ts'
import { type Relay, startRelay } from './relay.ts'

/** Bounds only a test that would fail anyway. */
const SOON = { timeout: 30_000 }
const { log, lines } = recordedLog()
const relays: Relay[] = []
let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(relays.splice(0).map((relay) => relay.stop()))
  lines.length = 0
  await database.prisma.$executeRawUnsafe('TRUNCATE outbox_message')
})
afterAll(() => database.drop())

const write = (...subjects: string[]) =>
  database.prisma.$transaction((tx) =>
    appendEvents(
      tx,
      subjects.map((subject) => ({ type: 'kit.thing.happened', subject, sequence: 1, data: {} })),
    ),
  )

/** A relay that looks for rows when it starts, and whenever it has claimed as many as it can, but never polls. */
const relayTo = (publish: (subject: string) => Promise<void>, prisma: PrismaLike = database.prisma) => {
  const bus = { ...memoryBus([]), publish: ({ subject }: Envelope) => publish(subject) }
  const relay = startRelay({ source: 'mouth', prisma, bus, log, pollMs: 3_600_000 })
  relays.push(relay)
  return relay
}

test('claims have 50 rows, those that have been due for the longest, for ten seconds, and are published together', async () => {
  await write(...Array.from({ length: 120 }, (_, index) => `s${index}`))
  // The last one written has been due for the longest.
  const age = `interval '1 s' * substr(subject, 2)::int`
  await database.prisma.$executeRawUnsafe(`UPDATE outbox_message SET available_at = now() - ${age}`)
  const free = Promise.withResolvers<void>()
  const full = Promise.withResolvers<void>()
  const published: string[] = []
  relayTo(async (subject) => {
    if (published.push(subject) === 50) full.resolve()
    await free.promise
  })
  await full.promise
  const claimed = await database.prisma.$queryRawUnsafe(
    `SELECT count(*)::int AS count, min(substr(subject, 2)::int) AS least, min(attempts) AS tries,
            min(available_at) > now() + interval '2 s' AS "isLeased", max(available_at) < now() + interval '11 s' AS "isBounded"
       FROM outbox_message WHERE available_at > now()`,
  )
  expect(claimed).toEqual([{ count: 50, least: 70, tries: 1, isLeased: true, isBounded: true }])
  expect(published).toHaveLength(50)
  free.resolve()
  await expect.poll(() => published.length, SOON).toBe(120)
})

test('claims that a process writes itself stay unpublished where the bus refuses them', async () => {
  const relay = relayTo(async (subject) => {
    if (subject === 'refused') throw new Error('no bus today')
  })
  const written: OutboxRow[] = []
  await database.prisma.$transaction((tx) =>
    appendEvents(
      Object.assign(tx, { [WRITTEN]: written }),
      ['refused', 'taken'].map((subject) => ({ type: 'kit.thing.happened', subject, sequence: 1, data: {} })),
    ),
  )
  relay.publish(written)
  await relay.stop()
  const rows = await database.prisma.$queryRawUnsafe(
    'SELECT subject, published_at IS NOT NULL AS "isPublished", last_error AS reason FROM outbox_message ORDER BY id',
  )
  expect(rows).toEqual([
    { subject: 'refused', isPublished: false, reason: 'no bus today' },
    { subject: 'taken', isPublished: true, reason: null },
  ])
})

test('claims leave out a row that another replica holds', async () => {
  await write('held', 'free')
  const published: string[] = []
  await database.prisma.$transaction(async (tx) => {
    await tx.$queryRawUnsafe(`SELECT FROM outbox_message WHERE subject = 'held' FOR UPDATE`)
    relayTo(async (subject) => void published.push(subject))
    await expect.poll(() => published, SOON).toEqual(['free'])
  })
})

test('claims of a message that was refused ten times end after 51.2 s', async () => {
  await write('a')
  await database.prisma.$executeRawUnsafe('UPDATE outbox_message SET attempts = 9')
  relayTo(() => Promise.reject(new Error('no bus today')))
  const until = `SELECT extract(epoch FROM available_at - now())::float8 AS seconds FROM outbox_message WHERE last_error IS NOT NULL`
  const seconds = async () =>
    (await database.prisma.$queryRawUnsafe<{ seconds: number }[]>(until))[0]?.seconds
  await expect.poll(seconds, SOON).toBeGreaterThan(40)
  expect(await seconds()).toBeLessThanOrEqual(51.2)
})

test('claims that fail are logged and made again', async () => {
  await write('a')
  let isAway = true
  const $queryRawUnsafe: PrismaLike['$queryRawUnsafe'] = (sql, ...values) =>
    isAway
      ? Promise.reject(new Error('the database is away'))
      : database.prisma.$queryRawUnsafe(sql, ...values)
  const published: string[] = []
  const relay = relayTo(async (subject) => void published.push(subject), {
    ...database.prisma,
    $queryRawUnsafe,
  })
  await expect
    .poll(() => lines, SOON)
    .toMatchObject([
      {
        level: 'error',
        msg: 'the outbox relay failed; it is retried',
        err: { message: 'the database is away' },
      },
    ])
  isAway = false
  relay.wake()
  await expect.poll(() => published, SOON).toEqual(['a'])
})

test('claims that cannot be marked are logged, and the message is published again later', async () => {
  await write('a')
  const $executeRawUnsafe: PrismaLike['$executeRawUnsafe'] = () =>
    Promise.reject(new Error('the database is away'))
  relayTo(async () => {}, { ...database.prisma, $executeRawUnsafe })
  const msg = 'published messages were not marked; they are published again'
  await expect
    .poll(() => lines, SOON)
    .toMatchObject([{ level: 'warn', msg, err: { message: 'the database is away' } }])
  const left = 'SELECT FROM outbox_message WHERE published_at IS NULL'
  expect(await database.prisma.$queryRawUnsafe(left)).toHaveLength(1)
})

test('claims that fail are made again at once if the relay was woken meanwhile', async () => {
  let looks = 0
  const $queryRawUnsafe: PrismaLike['$queryRawUnsafe'] = async (sql, ...values) => {
    looks += 1
    if (looks !== 2) return database.prisma.$queryRawUnsafe(sql, ...values)
    await pause(1)
    relay.wake()
    throw new Error('the database is away')
  }
  const published: string[] = []
  const relay = relayTo(async (subject) => void published.push(subject), {
    ...database.prisma,
    $queryRawUnsafe,
  })
  await write('a')
  relay.wake()
  await expect.poll(() => published, SOON).toEqual(['a'])
})

test.each([
  ['nobody notifies', undefined],
  ['has no connection of its own', 'postgresql://127.0.0.1:1/none'],
])('claims of a relay that %s are made every second', async (_, databaseUrl) => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let looks = 0
  const $queryRawUnsafe: PrismaLike['$queryRawUnsafe'] = (sql, ...values) => {
    looks += 1
    return database.prisma.$queryRawUnsafe(sql, ...values)
  }
  const prisma = { ...database.prisma, $queryRawUnsafe }
  const own = databaseUrl === undefined ? {} : { databaseUrl }
  relays.push(startRelay({ source: 'mouth', prisma, bus: memoryBus([]), log, ...own }))
  expect(looks).toBe(1)
  vi.advanceTimersByTime(999)
  expect(looks).toBe(1)
  vi.advanceTimersByTime(1)
  while (looks < 2) await pause(2)
})

test('claims of a relay that is notified are made at every fifth poll', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const [prisma, databaseUrl] = [database.prisma, database.url]
  relays.push(startRelay({ source: 'mouth', prisma, bus: memoryBus([]), log, databaseUrl }))
  /** The time of the last look, once there was one after this time. */
  const lookAfter = async (time: string | undefined) => {
    for (;;) {
      const [look] = await prisma.$queryRawUnsafe<{ at: string }[]>(
        `SELECT query_start::text AS at FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = $1 AND state = 'idle' AND query LIKE '%SKIP LOCKED%'`,
        OUTBOX_CHANNEL,
      )
      if (look && look.at !== time) return look.at
      await pause(2)
    }
  }
  let last = await lookAfter(undefined)
  for (let time = 0; time < 2; time++) {
    vi.advanceTimersByTime(4_000)
    await pause(20)
    expect(await lookAfter(undefined)).toBe(last)
    vi.advanceTimersByTime(1_000)
    last = await lookAfter(last)
  }
  vi.useRealTimers()
})

test('claims that a relay has made are published before it stops, and it makes no others', async () => {
  await write(...Array.from({ length: 60 }, (_, index) => `s${index}`))
  let looks = 0
  const $queryRawUnsafe: PrismaLike['$queryRawUnsafe'] = (sql, ...values) => {
    looks += 1
    return database.prisma.$queryRawUnsafe(sql, ...values)
  }
  const free = Promise.withResolvers<void>()
  const full = Promise.withResolvers<void>()
  const published: string[] = []
  const publish = async (subject: string) => {
    if (published.push(subject) === 50) full.resolve()
    await free.promise
  }
  const relay = relayTo(publish, { ...database.prisma, $queryRawUnsafe })
  await full.promise
  const stopped = relay.stop()
  relay.wake()
  free.resolve()
  await stopped
  relay.wake()
  expect([looks, published.length]).toEqual([1, 50])
  const counts = `SELECT count(published_at)::int AS marked, (count(*) FILTER (WHERE attempts = 0))::int AS free FROM outbox_message`
  expect(await database.prisma.$queryRawUnsafe(counts)).toEqual([{ marked: 50, free: 10 }])
})

test('claims end with the relay: a stop leaves no poll behind', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const relay = relayTo(async () => {})
  expect(vi.getTimerCount()).toBe(1)
  await relay.stop()
  expect(vi.getTimerCount()).toBe(0)
})

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { AnySubgraph } from '../service/subgraph.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { recordedLog } from '../testing/recorded-log.ts'
import type { Envelope } from './envelope.ts'
import { memoryBus } from './memory-bus.ts'
import { OUTBOX_CHANNEL } from './outbox-connection.ts'
import {
  type HistoryPage,
  republicationState,
  republicationTimer,
  requestRepublication,
  startRepublisher,
} from './republish.ts'

const TABLE = new URL(
  '../../../prisma/users/migrations/20261128090400_republication/migration.sql',
  import.meta.url,
)

let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
  const sql = await readFile(TABLE, 'utf8')
  for (const statement of sql.split(/;\n/).filter((text) => text.trim() !== ''))
    await database.prisma.$executeRawUnsafe(statement)
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => database.drop())

/** Bounds only a test that would fail anyway. */
const SOON = { timeout: 30_000 }
const TIME = new Date('2026-11-21T00:00:00Z')
const pages: HistoryPage[] = []
/** An owner with one event in its history. */
const mouth = {
  name: 'mouth',
  history: [
    async (_: unknown, page: HistoryPage) => {
      pages.push(page)
      const event = { type: 'mouth.thing.happened', subject: 'a', sequence: 7, data: {} }
      return page.after === null ? [{ event, time: TIME, cursor: 'a' }] : []
    },
  ],
} as unknown as AnySubgraph

test('a republication that fails shows the reason until it continues, and is sent to its recipient completely', async () => {
  const { prisma } = database
  const since = new Date('2026-11-01T00:00:00Z')
  const id = await requestRepublication(prisma, 'ears', since)
  const published: Envelope[] = []
  let isAway = true
  const bus = {
    ...memoryBus([]),
    async publish(envelope: Envelope) {
      if (isAway) throw new Error('no bus today')
      published.push(envelope)
    },
  }
  const log = pino({ level: 'silent' })
  const republisher = startRepublisher({ definition: mouth, resources: { prisma }, bus, log })
  const state = () => republicationState(prisma, id)
  await vi.waitFor(async () => {
    expect(await state()).toEqual({ sent: 0, isFinished: false, lastError: 'no bus today' })
  }, SOON)
  isAway = false
  // It continues by itself.
  await vi.waitFor(async () => {
    expect(await state()).toEqual({ sent: 1, isFinished: true, lastError: null })
  }, SOON)
  await republisher.stop()
  const cause = { correlationId: expect.stringMatching(/^\S+$/), causationId: null, traceparent: null }
  const own = { id: expect.stringMatching(/^evt_/), source: 'mouth', ...cause, replayed: true }
  const place = { type: 'mouth.thing.happened', subject: 'a', sequence: 7, time: TIME.toISOString() }
  const data = { messages: [{ ...own, ...place, data: {} }] }
  const time = expect.any(String)
  expect(published).toEqual([{ ...own, type: 'ears.replay', subject: id, sequence: 1, time, data }])
  expect(pages.at(-1)).toEqual({ after: 'a', limit: 200, since, recipient: 'ears' })
})

test('a history is told in messages of 400,000 bytes at most, in its order, by one replica', async () => {
  const { prisma } = database
  await prisma.$executeRawUnsafe('DELETE FROM republication')
  const next: Record<string, string[]> = { '': ['a', 'b', 'c'], c: ['d'] }
  const page = async (_: unknown, { after }: HistoryPage) =>
    (next[after ?? ''] ?? []).map((subject) => ({
      event: { type: 'mouth.thing.happened', subject, sequence: 7, data: 'ü'.repeat(75_000) },
      ...{ time: TIME, cursor: subject },
    }))
  const begun: (string | null)[] = []
  const second = async (_: unknown, { after }: HistoryPage) => {
    begun.push(after)
    return []
  }
  const definition = { ...mouth, history: [page, second] } as unknown as AnySubgraph
  const [held, id] = [
    await requestRepublication(prisma, 'eyes', null),
    await requestRepublication(prisma, 'ears', null),
  ]
  const told: Envelope[] = []
  const bus = { ...memoryBus([]), publish: async (envelope: Envelope) => void told.push(envelope) }
  await prisma.$transaction(async (tx) => {
    await tx.$queryRawUnsafe('SELECT FROM republication WHERE id = $1 FOR UPDATE', held)
    const log = pino({ level: 'silent' })
    const republisher = startRepublisher({ definition, resources: { prisma }, bus, log })
    await vi.waitFor(async () => {
      expect(await republicationState(prisma, id)).toMatchObject({ sent: 4, isFinished: true })
    }, SOON)
    await republisher.stop()
  })
  const subjectsOf = ({ data }: Envelope) =>
    (data as { messages: Envelope[] }).messages.map(({ subject }) => subject)
  expect(told.map((batch) => [batch.type, batch.sequence, subjectsOf(batch)])).toEqual([
    ['ears.replay', 1, ['a', 'b']],
    ['ears.replay', 1, ['c']],
    ['ears.replay', 4, ['d']],
  ])
  // Each part of a history begins at its start.
  expect(begun).toEqual([null])
})

test('a republication is shown for 30 days after its end', async () => {
  const { prisma } = database
  const ids = await Promise.all(
    ['ears', 'eyes', 'nose'].map((one) => requestRepublication(prisma, one, null)),
  )
  const end = (id: string | undefined, days: number) =>
    prisma.$executeRawUnsafe(
      `UPDATE republication SET requested_at = now() - interval '90 days', finished_at = now() - $2::int * interval '1 day' WHERE id = $1`,
      id,
      days,
    )
  await end(ids[0], 29)
  await end(ids[1], 31)
  await republicationTimer.run({ prisma }, new AbortController().signal)
  const kept = await Promise.all(ids.map((id) => republicationState(prisma, id)))
  expect(kept.map((state) => state?.isFinished)).toEqual([true, undefined, false])
})

/** A client that counts the looks for requests. */
function countedLooks() {
  const { prisma } = database
  const count = { looks: 0 }
  const $queryRawUnsafe: typeof prisma.$queryRawUnsafe = (sql, ...values) => {
    if (sql.includes('SKIP LOCKED')) count.looks += 1
    return prisma.$queryRawUnsafe(sql, ...values)
  }
  return { prisma: { ...prisma, $queryRawUnsafe }, count }
}

test('requests of replicas that died are looked for every fifth second, and no more after a stop', async () => {
  await database.prisma.$executeRawUnsafe('DELETE FROM republication')
  // A request that another replica carries out is left to it.
  const leased = await requestRepublication(database.prisma, 'ears', null)
  await database.prisma.$executeRawUnsafe(`UPDATE republication SET available_at = now() + interval '1 hour'`)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { prisma, count } = countedLooks()
  const log = pino({ level: 'silent' })
  const republisher = startRepublisher({ definition: mouth, resources: { prisma }, bus: memoryBus([]), log })
  vi.advanceTimersByTime(4_999)
  expect(count.looks).toBe(1)
  vi.advanceTimersByTime(1)
  while (count.looks < 2) await pause(2)
  await republisher.stop()
  expect(vi.getTimerCount()).toBe(0)
  expect(await republicationState(prisma, leased)).toMatchObject({ sent: 0, isFinished: false })
})

test('requests are looked for each second after a failure, and each fifth second again after a look that succeeds', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { log, lines } = recordedLog()
  let looks = 0
  const $queryRawUnsafe = async () => {
    looks += 1
    if (looks === 1) throw new Error('the database is away')
    return [] as never
  }
  const prisma = { ...database.prisma, $queryRawUnsafe }
  const republisher = startRepublisher({ definition: mouth, resources: { prisma }, bus: memoryBus([]), log })
  while (lines.length === 0) await pause(2)
  vi.advanceTimersByTime(1_000)
  expect(looks).toBe(2)
  // The second look comes to its end.
  await pause(2)
  vi.advanceTimersByTime(4_000)
  expect(looks).toBe(2)
  vi.advanceTimersByTime(1_000)
  expect(looks).toBe(3)
  await republisher.stop()
})

test('a request is notified, so that a replica of its owner begins at once', async () => {
  const replica = new pg.Client({ connectionString: database.url })
  await replica.connect()
  await replica.query(`LISTEN ${OUTBOX_CHANNEL}`)
  try {
    const notified = once(replica, 'notification', { signal: AbortSignal.timeout(SOON.timeout) })
    await requestRepublication(database.prisma, 'ears', null)
    await notified
  } finally {
    await replica.end()
  }
})

test('each page renews the lease, so that no other replica takes over a long history', async () => {
  const { prisma } = database
  await prisma.$executeRawUnsafe('DELETE FROM republication')
  const id = await requestRepublication(prisma, 'ears', null)
  const next: Record<string, string> = { '': 'a', a: 'b' }
  const page = async (_: unknown, { after }: HistoryPage) =>
    [next[after ?? '']].flatMap((subject) => {
      const event = { type: 'mouth.thing.happened', subject, sequence: 7, data: {} }
      return subject === undefined ? [] : [{ event, time: TIME, cursor: subject }]
    })
  const isLeased: unknown[] = []
  const bus = {
    ...memoryBus([]),
    async publish() {
      const lease = `SELECT available_at > now() + interval '5 s' AS "isLeased" FROM republication WHERE id = $1`
      isLeased.push(...(await prisma.$queryRawUnsafe<unknown[]>(lease, id)))
      // The page takes longer than the lease.
      await prisma.$executeRawUnsafe('UPDATE republication SET available_at = now() WHERE id = $1', id)
    },
  }
  const definition = { ...mouth, history: [page] } as unknown as AnySubgraph
  const log = pino({ level: 'silent' })
  const republisher = startRepublisher({ definition, resources: { prisma }, bus, log })
  await vi.waitFor(async () => {
    expect(await republicationState(prisma, id)).toMatchObject({ sent: 2, isFinished: true })
  }, SOON)
  await republisher.stop()
  expect(isLeased).toEqual([{ isLeased: true }, { isLeased: true }])
})

test('a request that is claimed while the replica stops is free at once, and is not begun', async () => {
  const { prisma } = database
  await prisma.$executeRawUnsafe('DELETE FROM republication')
  await requestRepublication(prisma, 'ears', null)
  const claimed = Promise.withResolvers<void>()
  const $queryRawUnsafe: typeof prisma.$queryRawUnsafe = async (sql, ...values) => {
    const rows = await prisma.$queryRawUnsafe<never>(sql, ...values)
    stopping = republisher.stop()
    claimed.resolve()
    return rows
  }
  const bus = { ...memoryBus([]), publish: () => expect.fail('it was begun') }
  const resources = { prisma: { ...prisma, $queryRawUnsafe } }
  let stopping: Promise<void> | undefined
  const republisher = startRepublisher({ definition: mouth, resources, bus, log: pino({ level: 'silent' }) })
  await claimed.promise
  await stopping
  const rows = await prisma.$queryRawUnsafe(
    `SELECT sent, available_at < now() + interval '5 s' AS "isFree" FROM republication`,
  )
  expect(rows).toEqual([{ sent: 0, isFree: true }])
})

test('the request of a replica that stops is free at once, with its progress, and the oldest comes first', async () => {
  const { prisma } = database
  await prisma.$executeRawUnsafe('DELETE FROM republication')
  const [later, first] = [
    await requestRepublication(prisma, 'eyes', null),
    await requestRepublication(prisma, 'ears', null),
  ]
  await prisma.$executeRawUnsafe(
    `UPDATE republication SET available_at = now() - interval '1 minute' WHERE id = $1`,
    first,
  )
  const told: string[] = []
  const reached = Promise.withResolvers<void>()
  const free = Promise.withResolvers<void>()
  const bus = {
    ...memoryBus([]),
    async publish({ type }: Envelope) {
      told.push(type)
      reached.resolve()
      await free.promise
    },
  }
  const log = pino({ level: 'silent' })
  const republisher = startRepublisher({ definition: mouth, resources: { prisma }, bus, log })
  await reached.promise
  const stopped = republisher.stop()
  free.resolve()
  await stopped
  expect(told).toEqual(['ears.replay'])
  const rows = await prisma.$queryRawUnsafe(
    `SELECT sent, cursor, last_error, available_at < now() + interval '5 s' AS "isFree" FROM republication WHERE id = $1`,
    first,
  )
  expect(rows).toEqual([{ sent: 1, cursor: 'a', last_error: null, isFree: true }])
  expect(await republicationState(prisma, later)).toMatchObject({ sent: 0, isFinished: false })
})

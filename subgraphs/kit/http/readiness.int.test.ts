import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EventBus } from '../messages/event-bus.ts'
import { memoryBus } from '../messages/memory-bus.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { readiness } from './readiness.ts'

const log = pino({ level: 'silent' })
const isDraining = () => false
let database: BareDatabase

beforeAll(async () => {
  database = await bareDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.prisma.$executeRawUnsafe('TRUNCATE outbox_message, dead_letter')
})

const readyWith = (bus: EventBus | null, now?: () => number) =>
  readiness({ prisma: database.prisma, bus, log, isDraining, now })
const write = (count: number, secondsAgo: number, published = false) =>
  database.prisma.$executeRawUnsafe(
    `INSERT INTO outbox_message (id, type, subject, sequence, data, time, correlation_id, published_at)
     SELECT 'evt_' || gen_random_uuid(), 't', 's', 1, '{}', now() - $2::int * interval '1 s', 'c', CASE WHEN $3 THEN now() END
       FROM generate_series(1, $1::int)`,
    count,
    secondsAgo,
    published,
  )
const bury = (count: number) =>
  database.prisma.$executeRawUnsafe(
    `INSERT INTO dead_letter (consumer, event_id, envelope, error) SELECT 'c', n::text, '{}', 'e' FROM generate_series(1, $1::int) n`,
    count,
  )

test('a service without messages that wait', async () => {
  await write(3, 60, true)
  expect(await readyWith(null)()).toEqual({
    status: 'ready',
    bus: 'none',
    messages: { waiting: 0, oldestSeconds: null, deadLetters: 0 },
  })
})

test('a backlog and dead letters are shown, and leave it ready; counts end at 1000', async () => {
  await write(1_200, 10)
  await write(1, 90)
  await bury(1_200)
  const body = await readyWith(null)()
  expect(body).toMatchObject({ status: 'ready', messages: { waiting: 1_000, deadLetters: 1_000 } })
})

test('the age of a backlog is that of its oldest message, and never negative, though clocks may differ', async () => {
  await write(1, -60)
  expect(await readyWith(null)()).toMatchObject({ messages: { waiting: 1, oldestSeconds: 0 } })
  await write(1, 600)
  await write(1, 30)
  await write(1, 3_600, true)
  const body = await readyWith(null)()
  expect(body).toMatchObject({ messages: { waiting: 3 } })
  expect(body.status === 'ready' && body.messages.oldestSeconds).toBeGreaterThanOrEqual(600)
  expect(body.status === 'ready' && body.messages.oldestSeconds).toBeLessThan(3_600)
})

test('a bus that is away for a while leaves it ready; one that stays away does not', async () => {
  let isAway = true
  let now = 0
  const bus: EventBus = {
    ...memoryBus([]),
    async ready() {
      if (isAway) throw new Error('the bus is away')
    },
  }
  const ready = readyWith(bus, () => now)
  // It was never there.
  expect(await ready()).toEqual({ status: 'not ready' })
  isAway = false
  expect(await ready()).toMatchObject({ status: 'ready', bus: 'reachable' })
  isAway = true
  now = 30_000
  expect(await ready()).toMatchObject({ status: 'ready', bus: 'away' })
  now = 30_001
  expect(await ready()).toEqual({ status: 'not ready' })
  isAway = false
  expect(await ready()).toMatchObject({ status: 'ready', bus: 'reachable' })
})

test('one that drains says so, whatever its database does', async () => {
  const ready = readiness({ prisma: database.prisma, bus: null, log, isDraining: () => true })
  expect(await ready()).toEqual({ status: 'draining' })
})

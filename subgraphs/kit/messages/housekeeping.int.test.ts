import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../schema/ids.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { housekeeping, prune, RETENTION_DAYS } from './housekeeping.ts'

let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
})
afterAll(() => database.drop())

const DAY_MS = 86_400_000
const run = (sql: string, ...values: unknown[]) => database.prisma.$executeRawUnsafe(sql, ...values)
const ids = async (sql: string) =>
  (await database.prisma.$queryRawUnsafe<{ id: string }[]>(sql)).map(({ id }) => id).sort()

test('published messages are kept for 30 days, those handled for 60, and keys for a week', () => {
  expect(RETENTION_DAYS).toEqual({ outbox: 30, inbox: 60, idempotency: 7 })
})

/** An event id created this many days ago. */
function eventId(days: number): string {
  const hex = Math.floor(Date.now() - days * DAY_MS)
    .toString(16)
    .padStart(12, '0')
  return `evt_${hex.slice(0, 8)}-${hex.slice(8)}${randomUUIDv7().slice(13)}`
}

async function outboxRow(id: string, publishedDaysAgo: number | null): Promise<string> {
  await run(
    `INSERT INTO outbox_message (id, type, subject, sequence, data, time, correlation_id, published_at)
     VALUES ($1, 't', 's', 1, '{}', now(), 'c', now() - $2::int * interval '1 day')`,
    id,
    publishedDaysAgo,
  )
  return id
}
const inboxRow = (consumer: string, id: string, daysAgo: number) =>
  run(`INSERT INTO inbox_message VALUES ($1, $2, now() - $3::int * interval '1 day')`, consumer, id, daysAgo)

test('published messages go when their time is over; what waits stays, however old', async () => {
  const { outbox } = RETENTION_DAYS
  const kept = [
    await outboxRow(newId('evt'), 0),
    await outboxRow(eventId(outbox - 1), outbox - 1),
    await outboxRow(eventId(outbox + 5), outbox - 1),
    await outboxRow(eventId(400), null),
  ]
  await outboxRow(eventId(outbox + 1), outbox + 1)
  await outboxRow(eventId(400), 400)
  await prune(database.prisma, 'ears')
  expect(await ids('SELECT id FROM outbox_message')).toEqual(kept.sort())
})

test('what was handled is remembered for longer than a message can be published again', async () => {
  const { inbox, outbox } = RETENTION_DAYS
  expect(inbox).toBeGreaterThan(outbox)
  const [young, old, late] = [eventId(inbox - 1), eventId(inbox + 1), eventId(inbox + 5)]
  await inboxRow('ears', young, inbox - 1)
  await inboxRow('ears', old, inbox + 1)
  await inboxRow('ears', late, 1)
  await inboxRow('eyes', old, inbox + 1)
  await prune(database.prisma, 'ears')
  expect(await ids(`SELECT event_id AS id FROM inbox_message WHERE consumer = 'ears'`)).toEqual(
    [young, late].sort(),
  )
  expect(await ids(`SELECT event_id AS id FROM inbox_message WHERE consumer = 'eyes'`)).toEqual([old])
})

test('idempotency records go when no client tries any more, in as many batches as it takes', async () => {
  const { idempotency } = RETENTION_DAYS
  await run(
    `INSERT INTO idempotency_record SELECT 'p', 'm', 'old' || n, 'h', '{}', now() - $1::int * interval '1 day'
       FROM generate_series(1, 2500) AS n`,
    idempotency + 1,
  )
  await run(
    `INSERT INTO idempotency_record VALUES ('p', 'm', 'young', 'h', '{}', now() - $1::int * interval '1 day')`,
    idempotency - 1,
  )
  await prune(database.prisma, 'ears')
  expect(await ids('SELECT key AS id FROM idempotency_record')).toEqual(['young'])
})

test('rows that another replica holds are left to it, and the next look is an hour later', async () => {
  const held = eventId(100)
  await run('TRUNCATE outbox_message, inbox_message, idempotency_record')
  for (const id of [held, eventId(101)]) {
    await outboxRow(id, 100)
    await inboxRow('ears', id, 100)
    await run(
      `INSERT INTO idempotency_record VALUES ('p', 'm', $1, 'h', '{}', now() - interval '100 days')`,
      id,
    )
  }
  await database.prisma.$transaction(async (tx) => {
    await tx.$queryRawUnsafe('SELECT FROM outbox_message WHERE id = $1 FOR UPDATE', held)
    await tx.$queryRawUnsafe('SELECT FROM inbox_message WHERE event_id = $1 FOR UPDATE', held)
    await tx.$queryRawUnsafe('SELECT FROM idempotency_record WHERE key = $1 FOR UPDATE', held)
    await prune(database.prisma, 'ears')
  })
  const left = `SELECT id FROM outbox_message UNION ALL SELECT event_id FROM inbox_message UNION ALL SELECT key FROM idempotency_record`
  expect(await ids(left)).toEqual([held, held, held])
  expect(housekeeping('ears')).toMatchObject({ name: 'housekeeping', everyMs: 3_600_000 })
})

test('the outbox and the inbox are pruned along their primary keys', async () => {
  await run(
    `INSERT INTO outbox_message (id, type, subject, sequence, data, time, correlation_id, published_at)
     SELECT 'evt_f' || n, 't', 's', 1, '{}', now(), 'c', now() FROM generate_series(1, 5000) AS n`,
  )
  await run('ANALYZE outbox_message')
  const sent: string[] = []
  const $executeRawUnsafe = async (sql: string) => {
    sent.push(sql)
    return 0
  }
  const spy = { ...database.prisma, $executeRawUnsafe }
  await housekeeping('ears').run({ prisma: spy })
  const plan = await database.prisma.$queryRawUnsafe(`EXPLAIN ${sent[0]}`)
  expect(JSON.stringify(plan)).toContain('outbox_message_pkey')
  expect(JSON.stringify(plan)).not.toContain('Seq Scan')
})

import { openPrisma } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { type InboxListener, inbox } from '@argyle/kit/inbox'
import { executeLater, executeWaiting } from '@argyle/kit/later'
import { appendEvents } from '@argyle/kit/outbox'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Prisma, PrismaClient } from './generated/prisma/client.ts'

let database: TestDatabase
let prisma: PrismaClient
const sent: string[] = []

beforeAll(async () => {
  database = await testDatabase('orders')
  prisma = openPrisma(PrismaClient, { url: database.url, poolSize: 2, onQuery: (sql) => sent.push(sql) })
})
afterAll(async () => {
  await prisma.$disconnect()
  await database.drop()
})
beforeEach(async () => {
  await prisma.$executeRaw`TRUNCATE known_product CASCADE`
  sent.length = 0
})

const products = async () => {
  const rows = await prisma.$queryRaw<{ id: string }[]>`SELECT product_id AS id FROM known_product ORDER BY 1`
  return rows.map(({ id }) => id)
}
const insertLater = (tx: Parameters<typeof executeLater>[0], id: string, onDone?: () => void) =>
  executeLater(tx, Prisma.sql`INSERT INTO known_product VALUES (${id}, 1)`, onDone)

describe('a statement for later', () => {
  test('is executed before the next statement, and before the commit', async () => {
    const done: string[] = []
    const seen = await prisma.$transaction(async (tx) => {
      await insertLater(tx, 'a', () => done.push('a'))
      await insertLater(tx, 'b', () => done.push('b'))
      // Its rows are not those of the next statement.
      await executeLater(tx, { text: `SELECT 'later' AS product_id`, values: [] })
      expect(done).toEqual([])
      const rows = await tx.$queryRaw`SELECT product_id FROM known_product ORDER BY 1`
      expect(done).toEqual(['a', 'b'])
      await insertLater(tx, 'c', () => done.push('c'))
      return rows
    })
    expect(seen).toEqual([{ product_id: 'a' }, { product_id: 'b' }])
    expect(done).toEqual(['a', 'b', 'c'])
    expect(await products()).toEqual(['a', 'b', 'c'])
  })

  test('is executed before a model is used, and when that is asked for', async () => {
    await prisma.$transaction(async (tx) => {
      await insertLater(tx, 'a')
      expect(await tx.knownProduct.count()).toBe(1)
      await insertLater(tx, 'b')
      expect(await tx.knownProduct.count()).toBe(2)
      let isDone = false
      await insertLater(tx, 'c', () => {
        isDone = true
      })
      await executeWaiting(tx)
      expect(isDone).toBe(true)
      await executeWaiting(tx)
    })
    expect(await products()).toEqual(['a', 'b', 'c'])
  })

  test('alone is a transaction of one message', async () => {
    await prisma.$transaction((tx) => insertLater(tx, 'a'))
    expect(await products()).toEqual(['a'])
    expect(sent.filter((sql) => /^[A-Z]+$/.test(sql))).toEqual(['BEGIN', 'COMMIT'])
  })

  test('that fails fails the transaction, which keeps nothing and shows no values', async () => {
    await prisma.$executeRaw`INSERT INTO known_product VALUES ('a-secret', 1)`
    const failing: ((tx: Prisma.TransactionClient) => Promise<void>)[] = [
      (tx) => insertLater(tx, 'a-secret'),
      async (tx) => {
        await insertLater(tx, 'b')
        await insertLater(tx, 'a-secret')
        await tx.$queryRaw`SELECT 1`
      },
    ]
    for (const work of failing) {
      const error = await prisma.$transaction(work).catch((fault: unknown) => fault)
      const statement = 'INSERT INTO known_product VALUES ($1, 1)'
      expect(error).toMatchObject({ code: '23505', constraint: 'known_product_pkey', statement })
      expect(JSON.stringify(error)).not.toContain('a-secret')
    }
    expect(await products()).toEqual(['a-secret'])
  })

  test('is discarded with a transaction that fails, and refused after its end', async () => {
    const ended: Prisma.TransactionClient[] = []
    const failing = prisma.$transaction(async (tx) => {
      ended.push(tx)
      await insertLater(tx, 'a')
      throw new Error('too late')
    })
    await expect(failing).rejects.toThrow('too late')
    for (const tx of ended) await expect(insertLater(tx, 'b')).rejects.toThrow('the transaction has ended')
    expect(sent).toHaveLength(1)
    expect(await products()).toEqual([])
  })

  test('is not sent after the time limit of its transaction, which would have it outside of one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const late = prisma.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT 1`
        await insertLater(tx, 'a')
        vi.advanceTimersByTime(20_000)
        await executeWaiting(tx)
      })
      await expect(late).rejects.toThrow('the transaction took longer than 20000 ms')
    } finally {
      vi.useRealTimers()
    }
    expect(await products()).toEqual([])
  })

  test('that is lost with a statement whose values cannot be sent fails the transaction, which keeps nothing', async () => {
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const failing: ((tx: Prisma.TransactionClient) => Promise<void>)[] = [
      async (tx) => {
        await tx.$executeRaw`INSERT INTO known_product VALUES ('first', 1)`
        await insertLater(tx, 'waiting')
        await expect(tx.$executeRawUnsafe('SELECT $1::jsonb', circular)).rejects.toThrow('circular')
      },
      async (tx) => {
        await tx.$executeRaw`INSERT INTO known_product VALUES ('second', 1)`
        await executeLater(tx, { text: 'SELECT $1::jsonb', values: [circular] })
        await expect(executeWaiting(tx)).rejects.toThrow('circular')
      },
    ]
    for (const work of failing)
      await expect(prisma.$transaction(work)).rejects.toMatchObject({
        message: expect.stringContaining('the transaction was rolled back'),
        cause: expect.objectContaining({ message: expect.stringContaining('circular') }),
      })
    expect(await products()).toEqual([])
  })

  test('is executed at once by another client', async () => {
    let isDone = false
    await insertLater(prisma, 'a', () => {
      isDone = true
    })
    expect(isDone).toBe(true)
    expect(await products()).toEqual(['a'])
  })
})

test('a message that is written where no relay runs is due at once, for the relay of another process', async () => {
  const event = { type: 'orders.test', subject: 'a', sequence: 1, data: {} }
  await prisma.$transaction((tx) => appendEvents(tx, [event]))
  const rows = await prisma.$queryRaw`SELECT attempts, available_at <= now() AS "isDue" FROM outbox_message`
  expect(rows).toEqual([{ attempts: 0, isDue: true }])
})

describe('the row of a message in the inbox', () => {
  const message: Envelope = {
    ...{ id: 'evt_1', type: 'kit.happened', source: 'kit', subject: 'a', sequence: 1, data: {} },
    ...{ time: '2026-11-28T00:00:00.000Z', correlationId: 'c', causationId: null, traceparent: null },
  }
  const inboxOf = (listener: InboxListener, log: string[] = []) =>
    inbox({
      consumer: 'orders',
      prisma,
      listeners: { [message.type]: listener },
      log: pino({ level: 'warn' }, { write: (line) => void log.push(line) }),
      onWrote() {},
    })
  const add: InboxListener = (_, tx) => insertLater(tx, 'a')
  beforeEach(() => prisma.$executeRaw`TRUNCATE inbox_message, dead_letter, outbox_message`)

  test.each<[string, InboxListener]>([
    ['nothing', async () => {}],
    ['statements for later', add],
    [
      'a statement',
      async (_, tx) => void (await tx.$executeRawUnsafe(`INSERT INTO known_product VALUES ('a', 1)`)),
    ],
    [
      'a model',
      async (_, tx) =>
        void (await (tx as typeof prisma).knownProduct.create({
          data: { productId: 'a', sequence: 1, categoryId: null },
        })),
    ],
  ])('of a listener of %s is written once, and so is what the listener writes', async (name, listener) => {
    const log: string[] = []
    const handle = inboxOf(listener, log)
    await Promise.all([handle(message), handle(message)])
    // One that is known to be repeated is looked up first: PostgreSQL logs a refused row as an error.
    sent.length = 0
    await handle(message)
    await inboxOf(listener, log)(message, true)
    expect(sent.filter((sql) => /inbox/.test(sql)).every((sql) => sql.startsWith('SELECT'))).toBe(true)
    await inboxOf(listener, log)(message)
    expect(log).toEqual([])
    expect(await products()).toEqual(name === 'nothing' ? [] : ['a'])
    expect(await prisma.$queryRaw`SELECT event_id FROM inbox_message`).toEqual([{ event_id: 'evt_1' }])
  })

  test('ends a message that comes again, in whatever words its listener then fails', async () => {
    const listener: InboxListener = async (_, tx) => {
      try {
        await tx.$executeRawUnsafe(`INSERT INTO known_product VALUES ('a', 1)`)
      } catch (cause) {
        throw new Error('in other words', { cause })
      }
    }
    await inboxOf(listener)(message)
    // Each time to another process.
    for (let time = 0; time < 12; time++) await inboxOf(listener)(message)
    expect(await products()).toEqual(['a'])
    expect(await prisma.$queryRaw`SELECT error FROM dead_letter`).toEqual([])
  })

  test('is not kept for a listener that fails before its first statement, which counts as its own failure', async () => {
    const handle = inboxOf(async () => {
      throw new Error('never')
    })
    for (let attempt = 1; attempt < 10; attempt++) await expect(handle(message)).rejects.toThrow('never')
    expect(await prisma.$queryRaw`SELECT event_id FROM inbox_message`).toEqual([])
    await handle(message)
    expect(await prisma.$queryRaw`SELECT error FROM dead_letter`).toEqual([{ error: 'never' }])
    // It was handled: nothing fails any more.
    await handle(message)
  })
})

import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { PrismaLike, Tx } from '../database/database.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import type { Envelope } from './envelope.ts'
import { MAX_GATHERED } from './gather-messages.ts'
import { inbox } from './inbox.ts'
import { appendEvents } from './outbox.ts'

let database: BareDatabase
let transactions: number
/** The ids of each call of the listener for many messages. */
let calls: string[][]

beforeAll(async () => {
  database = await bareDatabase()
  await database.prisma.$executeRawUnsafe('CREATE TABLE effect (event_id TEXT NOT NULL)')
})
afterAll(() => database.drop())
beforeEach(async () => {
  transactions = 0
  calls = []
  await database.prisma.$executeRawUnsafe('TRUNCATE inbox_message, dead_letter, outbox_message, effect')
})

const message = (id: string, type = 'kit.thing.happened'): Envelope => ({
  id,
  type,
  source: 'kit',
  subject: id,
  time: '2026-01-01T00:00:00.000Z',
  sequence: 1,
  correlationId: 'req-1',
  causationId: null,
  traceparent: null,
  data: {},
})

/** Inserts a row for each message. A message with the id `wrong` fails, and for `too much` the disk is full. */
async function remember(messages: readonly Envelope[], tx: Tx): Promise<void> {
  calls.push(messages.map(({ id }) => id))
  for (const { id } of messages) {
    if (id === 'wrong') throw new Error('wrong')
    if (id === 'too much')
      await tx.$executeRawUnsafe(
        `DO $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$`,
      )
    await tx.$executeRawUnsafe('INSERT INTO effect VALUES ($1)', id)
    if (id.startsWith('says'))
      await appendEvents(tx, [{ type: 'kit.said', subject: id, sequence: 1, data: {} }])
  }
}

function gatheringInbox(gatherMs = 10, onWrote = () => {}) {
  const $transaction: PrismaLike['$transaction'] = (work) => {
    transactions++
    return database.prisma.$transaction(work)
  }
  const one = (envelope: Envelope, tx: Tx) => remember([envelope], tx)
  const types = ['kit.thing.happened', 'kit.thing.ended']
  return inbox({
    consumer: 'ears',
    prisma: { ...database.prisma, $transaction },
    listeners: Object.fromEntries([...types, 'kit.thing.urgent'].map((type) => [type, one])),
    gathered: Object.fromEntries(types.map((type) => [type, remember])),
    gatherMs,
    log: pino({ level: 'silent' }),
    onWrote,
  })
}

async function effects(): Promise<string[]> {
  const rows = await database.prisma.$queryRawUnsafe<{ event_id: string }[]>(
    'SELECT event_id FROM effect ORDER BY 1',
  )
  return rows.map(({ event_id: id }) => id)
}
const inboxIds = async () =>
  (
    await database.prisma.$queryRawUnsafe<{ event_id: string }[]>(
      "SELECT event_id FROM inbox_message WHERE consumer = 'ears' ORDER BY 1",
    )
  ).map(({ event_id: id }) => id)

test('messages that arrive together are one transaction, with a call for each type', async () => {
  const handle = gatheringInbox()
  await Promise.all([message('a'), message('b', 'kit.thing.ended'), message('c')].map((one) => handle(one)))
  expect(calls).toEqual([['a', 'c'], ['b']])
  expect(transactions).toBe(1)
  expect(await effects()).toEqual(['a', 'b', 'c'])
  expect(await inboxIds()).toEqual(['a', 'b', 'c'])
  await handle(message('d', 'kit.thing.ended'))
  expect(calls).toEqual([['a', 'c'], ['b'], ['d']])
})

test('messages whose listener writes wake the relay once, after their commit', async () => {
  const woken: Promise<string[]>[] = []
  const handle = gatheringInbox(10, () => void woken.push(effects()))
  await Promise.all([handle(message('a')), handle(message('b'))])
  expect(woken).toHaveLength(0)
  await Promise.all([handle(message('says c')), handle(message('d'))])
  expect(await Promise.all(woken)).toEqual([['a', 'b', 'd', 'says c']])
})

test('a message of another type, and one that comes again, do not wait for others', async () => {
  const handle = gatheringInbox(60_000)
  const waiting = Array.from({ length: MAX_GATHERED - 1 }, (_, index) => handle(message(`a${index}`)))
  await handle(message('b', 'kit.thing.urgent'))
  expect(await effects()).toEqual(['b'])
  await handle(message('again'), true)
  expect(await effects()).toEqual(['again', 'b'])
  await Promise.all([...waiting, handle(message('last of the batch'))])
  expect(await effects()).toHaveLength(MAX_GATHERED + 2)
})

test('no message waits where messages are not gathered', async () => {
  const handle = gatheringInbox(0)
  await Promise.all([handle(message('a')), handle(message('b'))])
  expect(transactions).toBe(2)
})

test('a message that was handled before has no second effect, and those that came with it have theirs', async () => {
  await gatheringInbox()(message('a'))
  const anotherProcess = gatheringInbox()
  await Promise.all([anotherProcess(message('a')), anotherProcess(message('b'))])
  expect(await effects()).toEqual(['a', 'b'])
})

test('a message that fails leaves those that came with it their effect, and becomes a dead letter alone', async () => {
  const handle = gatheringInbox()
  const [wrong, right] = await Promise.allSettled([handle(message('wrong')), handle(message('a'))])
  expect(wrong).toMatchObject({ status: 'rejected', reason: { message: 'wrong' } })
  expect(right.status).toBe('fulfilled')
  for (let attempt = 2; attempt < 10; attempt++)
    await expect(handle(message('wrong'), true)).rejects.toThrow('wrong')
  await handle(message('wrong'), true)
  expect(await effects()).toEqual(['a'])
  expect(await database.prisma.$queryRawUnsafe('SELECT event_id FROM dead_letter')).toEqual([
    { event_id: 'wrong' },
  ])
})

test('messages that the database cannot take now come again, and are not tried one by one', async () => {
  const handle = gatheringInbox()
  const outcomes = await Promise.allSettled([handle(message('a')), handle(message('too much'))])
  const full = { status: 'rejected', reason: { message: 'the disk is full' } }
  expect(outcomes).toMatchObject([full, full])
  expect(transactions).toBe(1)
  expect(await inboxIds()).toEqual([])
})

import { randomBytes } from 'node:crypto'
import { openPrisma } from '@argyle/kit/database'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PrismaClient } from '../generated/prisma/client.ts'
import { KEY_CACHE_MS, ROTATE_AFTER_MS } from './quote-key.ts'
import { type QuoteKeyStore, quoteKeyStore } from './quote-key-store.ts'

let now: Date
let database: TestDatabase
let prisma: PrismaClient
let keys: QuoteKeyStore

beforeEach(async () => {
  now = new Date('2026-11-21T09:00:00Z')
  database = await testDatabase('shipping')
  prisma = openPrisma(PrismaClient, database)
  keys = quoteKeyStore(prisma, () => now, randomBytes(32))
  await keys.rotate()
})
afterEach(async () => {
  await prisma.$disconnect()
  await database.drop()
})

const hide = () => prisma.$executeRaw`ALTER TABLE quote_key RENAME TO hidden`
const show = () => prisma.$executeRaw`ALTER TABLE hidden RENAME TO quote_key`

test('the current key is read once a minute', async () => {
  expect(KEY_CACHE_MS).toBe(60_000)
  const { kid } = await keys.signer()
  await hide()
  now = new Date(now.getTime() + KEY_CACHE_MS - 1)
  expect((await keys.signer()).kid).toBe(kid)
  now = new Date(now.getTime() + 1)
  await expect(keys.signer()).rejects.toThrow('quote_key')
})

test('a failed read of the key is not cached', async () => {
  await hide()
  await expect(keys.signer()).rejects.toThrow('quote_key')
  await show()
  await expect(keys.signer()).resolves.toHaveProperty('kid')
})

test('another secret opens no key', async () => {
  const { kid } = await keys.signer()
  const stranger = quoteKeyStore(prisma, () => now, randomBytes(32))
  await expect(stranger.signer()).rejects.toThrow(`QUOTE_KEY_SECRET does not decrypt the quote key ${kid}`)
})

test('an old key without a successor is followed by a new one, and by the next', async () => {
  const { kid } = await keys.signer()
  await prisma.quoteKey.deleteMany({ where: { status: 'NEXT' } })
  now = new Date(now.getTime() + ROTATE_AFTER_MS + 1)
  await keys.rotate()
  const rows = await prisma.quoteKey.findMany({ select: { id: true, status: true } })
  expect(rows.map(({ status }) => status).toSorted()).toEqual(['CURRENT', 'NEXT', 'RETIRED'])
  expect(rows.find(({ status }) => status === 'RETIRED')?.id).toBe(kid)
})

test('a key that still signs gets the successor that it lacks', async () => {
  const { kid } = await keys.signer()
  await prisma.quoteKey.deleteMany({ where: { status: 'NEXT' } })
  await keys.rotate()
  expect((await keys.signer()).kid).toBe(kid)
  expect(await prisma.quoteKey.count({ where: { status: 'NEXT' } })).toBe(1)
})

test('the first keys are published with the end of the last quote that each may sign', async () => {
  const messages = await prisma.outboxMessage.findMany({ where: { type: 'shipping.quote_key.published' } })
  // 62 days, the half hour of a quote, and a minute each for the cache and for clocks.
  const notAfter = '2027-01-22T09:32:00.000Z'
  expect(messages.map(({ data }) => data)).toMatchObject([{ notAfter }, { notAfter }])
})

test('each key signs for 30 days from its first signature, however long it waited', async () => {
  const kids: string[] = []
  for (const wait of [0, ROTATE_AFTER_MS, 1, ROTATE_AFTER_MS, 1, ROTATE_AFTER_MS, 1]) {
    now = new Date(now.getTime() + wait)
    await keys.rotate()
    kids.push((await keys.signer()).kid)
    expect(await prisma.quoteKey.count({ where: { status: 'NEXT' } })).toBe(1)
  }
  const [first, second, third, fourth] = [...new Set(kids)]
  expect(kids).toEqual([first, first, second, second, third, third, fourth])
})

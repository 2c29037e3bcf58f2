import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Envelope } from '../messages/envelope.ts'
import { newId } from '../schema/ids.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { type Erase, eraseDeleted, eraseDue, isDeletedUser, nextErasure } from './deleted-users.ts'

const HOUR_MS = 3_600_000
const START = new Date('2026-11-21T09:00:00.000Z')

let database: BareDatabase
let now = START
beforeAll(async () => {
  database = await bareDatabase()
  const tables = await readFile(new URL('deleted-users.sql', import.meta.url), 'utf8')
  for (const statement of tables.split(/;\n/).filter((text) => text.trim() !== ''))
    await database.prisma.$executeRawUnsafe(statement)
})
afterAll(() => database.drop())

const message = (userId: string): Envelope => ({
  id: newId('evt'),
  type: 'users.account.deleted',
  source: 'users',
  subject: userId,
  sequence: 4,
  time: START.toISOString(),
  correlationId: 'c',
  causationId: null,
  traceparent: null,
  data: { userId, deletedAt: START.toISOString() },
})

/** An erasure that records the users that it is called for. */
function aNote(isLeft: () => boolean = () => false) {
  const erased: string[] = []
  const erase: Erase = async (_, userId) => {
    erased.push(userId)
    return isLeft()
  }
  return { erased, erase }
}

const handleDeletion = (userId: string, erase: Erase) =>
  database.prisma.$transaction((tx) => eraseDeleted(message(userId), tx, now, erase))

test('a deleted user is erased at each delivery of the event, and recorded once', async () => {
  const userId = newId('usr')
  const { erased, erase } = aNote()
  expect(await isDeletedUser(database.prisma, userId)).toBe(false)
  await handleDeletion(userId, erase)
  await handleDeletion(userId, erase)
  expect(erased).toEqual([userId, userId])
  expect(await isDeletedUser(database.prisma, userId)).toBe(true)
})

test('what could not go yet is looked at again, by several replicas once, more users than a batch', async () => {
  now = START
  await database.prisma.$executeRawUnsafe('DELETE FROM deleted_user')
  const users = Array.from({ length: 45 }, () => newId('usr'))
  const { erased, erase } = aNote(() => true)
  for (const userId of users) await handleDeletion(userId, erase)
  erased.length = 0
  await eraseDue(database.prisma, () => now, erase)
  expect(erased).toEqual([])
  now = new Date(START.getTime() + HOUR_MS)
  await Promise.all([0, 1, 2].map(() => eraseDue(database.prisma, () => now, erase)))
  expect(erased.toSorted()).toEqual(users.toSorted())
})

test('a user whose erasure fails is tried again, and holds no other up', async () => {
  now = START
  await database.prisma.$executeRawUnsafe('DELETE FROM deleted_user')
  const [bad, ...good] = Array.from({ length: 3 }, () => newId('usr'))
  const { erased, erase } = aNote()
  for (const userId of [bad, ...good]) await handleDeletion(userId ?? '', erase)
  erased.length = 0
  now = new Date(START.getTime() + HOUR_MS)
  const failing: Erase = (tx, userId, at) =>
    userId === bad ? Promise.reject(new Error('no')) : erase(tx, userId, at)
  await expect(eraseDue(database.prisma, () => now, failing)).rejects.toThrow(bad)
  expect(erased.toSorted()).toEqual(good.toSorted())
  await eraseDue(database.prisma, () => now, erase)
  expect(erased.at(-1)).toBe(bad)
})

test('a user whose row another replica holds is passed over; those that have been due for the longest come first', async () => {
  now = START
  await database.prisma.$executeRawUnsafe('DELETE FROM deleted_user')
  const [held, later, first] = [newId('usr'), newId('usr'), newId('usr')]
  const { erased, erase } = aNote()
  for (const userId of [held, later, first]) await handleDeletion(userId, erase)
  await database.prisma.$executeRawUnsafe(
    'UPDATE deleted_user SET due_at = $2::timestamptz WHERE user_id = $1',
    first,
    START,
  )
  erased.length = 0
  now = new Date(START.getTime() + HOUR_MS)
  await database.prisma.$transaction(async (tx) => {
    await tx.$queryRawUnsafe('SELECT 1 FROM deleted_user WHERE user_id = $1 FOR UPDATE', held)
    await eraseDue(database.prisma, () => now, erase)
  })
  expect(erased).toEqual([first, later])
})

test('a look is repeated after an eighth of the age of the deletion, also if its message is late', async () => {
  const dueAfter = async (days: number, work: (userId: string) => Promise<void>) => {
    await database.prisma.$executeRawUnsafe('DELETE FROM deleted_user')
    const userId = newId('usr')
    now = START
    if (days === 8) await handleDeletion(userId, aNote().erase)
    now = new Date(START.getTime() + days * 24 * HOUR_MS)
    await work(userId)
    const rows = await database.prisma.$queryRawUnsafe<{ due_at: Date }[]>('SELECT due_at FROM deleted_user')
    return rows.map(({ due_at }) => (due_at.getTime() - now.getTime()) / HOUR_MS)
  }
  expect(await dueAfter(8, () => eraseDue(database.prisma, () => now, aNote().erase))).toEqual([24])
  expect(await dueAfter(16, (userId) => handleDeletion(userId, aNote().erase))).toEqual([48])
})

test('the looks become rarer, and end after 60 days once nothing is left', () => {
  const later = (days: number) => new Date(START.getTime() + days * 24 * HOUR_MS)
  expect(nextErasure(START, true, START)).toEqual(new Date(START.getTime() + HOUR_MS))
  expect(nextErasure(START, false, later(8))).toEqual(later(9))
  expect(nextErasure(START, false, new Date(later(60).getTime() - 1))).not.toBeNull()
  expect(nextErasure(START, false, later(60))).toBeNull()
  expect(nextErasure(START, true, later(60))).not.toBeNull()
})

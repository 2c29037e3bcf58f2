import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareDatabase, bareDatabase } from './bare-database.ts'
import { withHeldTables } from './held-tables.ts'

let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
  await database.prisma.$executeRawUnsafe('CREATE TABLE thing (id SERIAL PRIMARY KEY)')
})
afterAll(() => database.drop())

const count = async () => (await database.prisma.$queryRawUnsafe<unknown[]>('SELECT FROM thing')).length
const addAfterCounting = async () => {
  const before = await count()
  await database.prisma.$executeRawUnsafe('INSERT INTO thing DEFAULT VALUES')
  return before
}

test('all works read before any writes', async () => {
  const works = [addAfterCounting, addAfterCounting, addAfterCounting]
  expect(await withHeldTables(database.url, 3, works)).toEqual([0, 0, 0])
  expect(await count()).toBe(3)
})

test('works that neither wait for a lock nor end in time are refused, and the tables are released', async () => {
  const gate = Promise.withResolvers<number>()
  await expect(withHeldTables(database.url, 2, [() => gate.promise, () => gate.promise], 20)).rejects.toThrow(
    '0 of 2 sessions wait for locks after 20 ms',
  )
  gate.resolve(0)
  expect(await addAfterCounting()).toBe(3)
})

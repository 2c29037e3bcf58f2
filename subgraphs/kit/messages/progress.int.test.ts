import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import type { Envelope } from './envelope.ts'
import { readProgress, recordProgress } from './progress.ts'

let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
  for (const table of ['progress', 'other_progress'])
    await database.prisma.$executeRawUnsafe(
      `CREATE TABLE ${table} (slot int PRIMARY KEY, through timestamptz(3) NOT NULL)`,
    )
})
afterAll(() => database.drop())

const message = (id: string, day: number): Envelope => ({
  ...{ id, type: 'kit.happened', source: 'kit', subject: 'a', sequence: 1, data: {} },
  ...{ time: `2026-11-0${day}T00:00:00.000Z`, correlationId: 'c', causationId: null, traceparent: null },
})
const record = (...messages: Envelope[]) => recordProgress(database.prisma, messages)
const day = async () => (await readProgress(database.prisma))?.getUTCDate() ?? null

test('progress is the time of the newest message so far, of a batch and of all, whatever their order', async () => {
  expect(await day()).toBeNull()
  await record()
  expect(await day()).toBeNull()
  await record(message('evt_1', 2), message('evt_2', 5), message('evt_3', 3))
  expect(await day()).toBe(5)
  // The same row.
  await record(message('evt_2', 4))
  expect(await day()).toBe(5)
  for (const id of Array.from({ length: 40 }, (_, index) => `evt_${index}`)) await record(message(id, 1))
  expect(await day()).toBe(5)
  await record(message('evt_9', 6))
  expect(await day()).toBe(6)
  const rows = await database.prisma.$queryRawUnsafe<{ slot: number }[]>('SELECT slot FROM progress')
  expect(rows.length).toBeGreaterThan(1)
  expect(rows.every(({ slot }) => slot >= 0 && slot < 16)).toBe(true)
})

test('progress of another table is its own', async () => {
  expect(await readProgress(database.prisma, 'other_progress')).toBeNull()
  await recordProgress(database.prisma, [message('evt_1', 9)], 'other_progress')
  expect(await readProgress(database.prisma, 'other_progress')).toEqual(new Date('2026-11-09T00:00:00.000Z'))
  expect(await day()).toBe(6)
})

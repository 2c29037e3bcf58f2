import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { copyApplied, copyWaiter, deleteOldCopyProgress, recordCopyProgress } from './copies.ts'
import type { Envelope } from './envelope.ts'

let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
  await database.prisma.$executeRawUnsafe(`
    CREATE TABLE copy_progress (consumer text, subject text, version int, recorded_at timestamptz DEFAULT now(),
                                PRIMARY KEY (consumer, subject))`)
})
afterAll(() => database.drop())

const changed = (subject: string, sequence: number): Envelope => ({
  id: 'evt_1',
  type: 'notes.note.changed',
  source: 'notes',
  subject,
  time: '2026-11-27T09:00:00.000Z',
  sequence,
  correlationId: 'c',
  causationId: null,
  traceparent: null,
  data: {},
})

/** The owner's listener gets the event that a consumer has applied a version. */
async function applied(consumer: string, subject: string, version: number) {
  const said = copyApplied(`${consumer}.note.applied`, changed(subject, version))
  await database.prisma.$transaction((tx) =>
    recordCopyProgress({ ...changed(subject, version), ...said, source: consumer }, tx),
  )
}

/** A waiter that does not really pause; `meanwhile` runs in its first pause. */
function waiter({ consumers, meanwhile }: { consumers: string[]; meanwhile?: () => Promise<unknown> }) {
  const pauses: number[] = []
  let published = 0
  const wait = copyWaiter({
    prisma: database.prisma,
    consumers,
    publishNow: () => published++,
    pause: async (ms) => {
      expect(published).toBe(1)
      if (pauses.push(ms) === 1) await meanwhile?.()
    },
  })
  return { wait, pauses, published: () => published }
}

test('it waits until every copy has the version, and publishes first', async () => {
  const both = async () => {
    await applied('a', 'n1', 2)
    await applied('b', 'n1', 3)
  }
  const { wait, pauses, published } = waiter({ consumers: ['a', 'b'], meanwhile: both })
  expect(await wait('n1', 2)).toBe(true)
  expect([published(), pauses.length]).toEqual([1, 1])
})

test('a copy that never answers delays by one second, no longer', async () => {
  const { wait, pauses } = waiter({ consumers: ['a', 'b'], meanwhile: () => applied('a', 'n2', 1) })
  expect(await wait('n2', 1)).toBe(false)
  // The first looks are soon, since most copies answer within some milliseconds.
  expect(pauses).toEqual([8, 8, 12, 16, 24, 40, 80, 160, 300, 352])
  expect(pauses.reduce((sum, ms) => sum + ms)).toBe(1_000)
})

test('an older version, another subject and another consumer are not what is waited for', async () => {
  const others = async () => {
    await applied('a', 'n3', 1)
    await applied('a', 'n4', 9)
    await applied('b', 'n3', 9)
  }
  expect(await waiter({ consumers: ['a'], meanwhile: others }).wait('n3', 2)).toBe(false)
})

test('late progress does not take back a newer one', async () => {
  await applied('a', 'n5', 3)
  await applied('a', 'n5', 2)
  expect(await waiter({ consumers: ['a'] }).wait('n5', 3)).toBe(true)
})

test('without a bus there is nothing to wait for', async () => {
  const pause = () => Promise.reject(new Error('waited'))
  const wait = copyWaiter({ prisma: database.prisma, consumers: ['a'], publishNow: undefined, pause })
  expect(await wait('n6', 1)).toBe(false)
})

test('progress is forgotten an hour after it was last recorded', async () => {
  const age = (subject: string, minutes: number) =>
    database.prisma.$executeRawUnsafe(
      `UPDATE copy_progress SET recorded_at = now() - $2::int * interval '1 minute' WHERE subject = $1`,
      subject,
      minutes,
    )
  for (const subject of ['over', 'under', 'again']) await applied('a', subject, 1)
  await age('over', 61)
  await age('under', 59)
  await age('again', 61)
  await applied('a', 'again', 2)
  await deleteOldCopyProgress(database.prisma)
  const rows = await database.prisma.$queryRawUnsafe(
    `SELECT subject FROM copy_progress WHERE subject IN ('over', 'under', 'again') ORDER BY subject`,
  )
  expect(rows).toEqual([{ subject: 'again' }, { subject: 'under' }])
})

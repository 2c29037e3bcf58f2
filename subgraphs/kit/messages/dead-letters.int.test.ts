import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { PrismaLike } from '../database/database.ts'
import type { AnySubgraph, Opening } from '../service/subgraph.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { recordedLog } from '../testing/recorded-log.ts'
import { deadLetters, openDeadLetters, replayDeadLetter } from './dead-letters.ts'
import type { Envelope } from './envelope.ts'
import { type InboxListener, inbox } from './inbox.ts'
import { appendEvents } from './outbox.ts'

let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
  await database.prisma.$executeRawUnsafe('CREATE TABLE effect (event_id TEXT NOT NULL)')
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.prisma.$executeRawUnsafe('TRUNCATE outbox_message, inbox_message, dead_letter, effect')
})

const envelope = (id: string): Envelope => ({
  id,
  type: 'kit.thing.happened',
  source: 'mouth',
  subject: 'thing',
  time: '2026-11-21T00:00:00.000Z',
  sequence: 1,
  correlationId: 'c',
  causationId: null,
  traceparent: null,
  data: { size: 42 },
})

const remember: InboxListener = async ({ id }, tx) => {
  await tx.$executeRawUnsafe('INSERT INTO effect VALUES ($1)', id)
}
const silent = pino({ level: 'silent' })
const inboxOf = (listener: InboxListener, prisma: PrismaLike = database.prisma, log = silent) =>
  inbox({
    consumer: 'ears',
    prisma,
    listeners: { 'kit.thing.happened': listener },
    log,
    onWrote: () => {},
  })
const replay = (listener: InboxListener, id: string, type = 'kit.thing.happened') =>
  replayDeadLetter({ prisma: database.prisma, consumer: 'ears', listeners: { [type]: listener } }, id)
const letters = async () => (await deadLetters(database.prisma, 'ears')).map((letter) => letter.envelope.id)
const effects = () => database.prisma.$queryRawUnsafe<{ event_id: string }[]>('SELECT event_id FROM effect')

/** Fails until the inbox makes the message a dead letter. */
async function bury(id: string): Promise<void> {
  const handle = inboxOf(async () => {
    throw new Error('no such thing')
  })
  for (let tries = 0; (await letters()).every((letter) => letter !== id); tries++) {
    expect(tries).toBeLessThan(20)
    await handle(envelope(id)).catch(() => {})
  }
}

test('dead letters are listed completely, the oldest first', async () => {
  await bury('evt_2')
  await bury('evt_1')
  expect(await deadLetters(database.prisma, 'ears')).toEqual([
    { envelope: envelope('evt_1'), error: 'no such thing', failedAt: expect.any(Date) },
    { envelope: envelope('evt_2'), error: 'no such thing', failedAt: expect.any(Date) },
  ])
  expect(await deadLetters(database.prisma, 'eyes')).toEqual([])
})

test('a replay takes effect once, removes this dead letter alone, and is known for a duplicate afterwards', async () => {
  for (const id of ['evt_0', 'evt_1', 'evt_2']) await bury(id)
  expect(await replay(remember, 'evt_1')).toEqual({ outcome: 'replayed' })
  expect(await letters()).toEqual(['evt_0', 'evt_2'])
  expect(await replay(remember, 'evt_1')).toEqual({ outcome: 'unknown' })
  await inboxOf(remember)(envelope('evt_1'))
  expect(await effects()).toEqual([{ event_id: 'evt_1' }])
})

test('a replayed message is remembered for as long as one that is handled today', async () => {
  await bury('evt_1')
  await database.prisma.$executeRawUnsafe("UPDATE inbox_message SET handled_at = now() - interval '59 days'")
  await replay(remember, 'evt_1')
  const young = "SELECT FROM inbox_message WHERE handled_at > now() - interval '1 day'"
  expect(await database.prisma.$queryRawUnsafe(young)).toHaveLength(1)
})

test('a message that fails again, after its inbox row was pruned, has the last reason and its time', async () => {
  await bury('evt_1')
  await database.prisma.$executeRawUnsafe("UPDATE dead_letter SET failed_at = now() - interval '9 days'")
  await database.prisma.$executeRawUnsafe('TRUNCATE inbox_message')
  const handle = inboxOf(() => Promise.reject(new Error('another reason')))
  for (let tries = 0; tries < 10; tries++) await handle(envelope('evt_1')).catch(() => {})
  expect(await deadLetters(database.prisma, 'ears')).toMatchObject([{ error: 'another reason' }])
  const recent = "SELECT FROM dead_letter WHERE failed_at > now() - interval '1 day'"
  expect(await database.prisma.$queryRawUnsafe(recent)).toHaveLength(1)
})

test('a replay that fails says why, and leaves the dead letter and nothing else', async () => {
  await bury('evt_1')
  const outcome = await replay(async (message, tx) => {
    await remember(message, tx)
    throw new Error('still no such thing')
  }, 'evt_1')
  expect(outcome).toEqual({ outcome: 'failed', reason: 'still no such thing' })
  expect(await letters()).toEqual(['evt_1'])
  expect(await effects()).toEqual([])
})

test('a dead letter of another consumer is neither listed nor replayed', async () => {
  await bury('evt_1')
  await database.prisma.$executeRawUnsafe("UPDATE dead_letter SET consumer = 'eyes'")
  expect(await letters()).toEqual([])
  expect(await replay(remember, 'evt_1')).toEqual({ outcome: 'unknown' })
})

test('two replays at once take effect once', async () => {
  await bury('evt_1')
  const outcomes = await Promise.all([replay(remember, 'evt_1'), replay(remember, 'evt_1')])
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['replayed', 'unknown'])
  expect(await effects()).toHaveLength(1)
})

test('what a replayed listener says is tied to the message', async () => {
  await bury('evt_1')
  await replay(
    (_, tx) => appendEvents(tx, [{ type: 'kit.other', subject: 'x', sequence: 1, data: {} }]),
    'evt_1',
  )
  expect(
    await database.prisma.$queryRawUnsafe(
      `SELECT correlation_id, causation_id FROM outbox_message WHERE type = 'kit.other'`,
    ),
  ).toEqual([{ correlation_id: 'c', causation_id: 'evt_1' }])
})

test('a message whose type nobody listens to any more stays', async () => {
  await bury('evt_1')
  expect(await replay(remember, 'evt_1', 'kit.other')).toEqual({
    outcome: 'failed',
    reason: 'ears no longer listens to kit.thing.happened',
  })
  expect(await letters()).toEqual(['evt_1'])
})

test('a message that another replica has handled meanwhile is not put aside, and no line says so', async () => {
  const { prisma } = database
  const { log, lines } = recordedLog()
  let transactions = 0
  const late: PrismaLike = {
    ...prisma,
    async $transaction(work) {
      transactions += 1
      // Ten attempts have failed: the eleventh transaction moves the message to dead_letter.
      if (transactions === 11) await inboxOf(remember)(envelope('evt_1'))
      return prisma.$transaction(work)
    },
  }
  const handle = inboxOf(
    async () => {
      throw new Error('not here')
    },
    late,
    log,
  )
  while (transactions < 11) await handle(envelope('evt_1')).catch(() => {})
  expect(await effects()).toEqual([{ event_id: 'evt_1' }])
  expect(await letters()).toEqual([])
  expect(lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('the dead letters of a subgraph are opened as for a command, and everything is closed again', async () => {
  await bury('evt_1')
  const steps: string[] = []
  const prisma: PrismaLike = {
    ...database.prisma,
    $disconnect: async () => void steps.push('disconnected'),
  }
  const definition = {
    name: 'ears',
    listens: { 'kit.thing.happened': remember },
    config: z.object({ STYLE: z.string().transform((style) => style.length) }),
    async open({ database: { url }, isCommand, config }: Opening<unknown>) {
      expect({ url, isCommand, config }).toEqual({
        ...{ url: database.url, isCommand: true, config: { STYLE: 5 } },
      })
      return { prisma, close: async () => void steps.push('closed') }
    },
  } as unknown as AnySubgraph
  const settings = { DATABASE_URL: database.url, STYLE: 'plain' }
  const box = await openDeadLetters(definition, settings, silent)
  expect((await box.list()).map((letter) => letter.envelope.id)).toEqual(['evt_1'])
  expect(await box.replay('evt_1')).toEqual({ outcome: 'replayed' })
  await box.close()
  expect(steps).toEqual(['closed', 'disconnected'])
})

import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { HAS_RELAY } from '../database/database.ts'
import { type BareDatabase, bareDatabase, barePrisma } from '../testing/bare-database.ts'
import type { Envelope } from './envelope.ts'
import { memoryBus } from './memory-bus.ts'
import { appendEvents, type Relay, startRelay } from './outbox.ts'
import { OUTBOX_CHANNEL } from './outbox-connection.ts'

const log = pino({ level: 'silent' })
let database: BareDatabase
const relays: Relay[] = []

beforeAll(async () => {
  database = await bareDatabase()
})
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()))
  await database.prisma.$executeRawUnsafe('TRUNCATE outbox_message')
})
afterAll(() => database.drop())

const write = (subject: string, prisma = database.prisma) =>
  prisma.$transaction((tx) =>
    appendEvents(tx, [{ type: 'kit.thing.happened', subject, sequence: 1, data: {} }]),
  )

/** The relay of another process than the writer's, which polls too rarely for a test. */
function relayThatListens() {
  const published: Envelope[] = []
  const bus = { ...memoryBus([]), publish: async (envelope: Envelope) => void published.push(envelope) }
  const [prisma, databaseUrl] = [database.prisma, database.url]
  relays.push(startRelay({ source: 'mouth', prisma, bus, log, databaseUrl, pollMs: 3_600_000 }))
  return async (...subjects: string[]) => {
    while (published.length < subjects.length) await pause(2)
    expect(published.map(({ subject }) => subject)).toEqual(subjects)
  }
}

const listeners = () =>
  database.prisma.$queryRawUnsafe<{ pid: number }[]>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
    OUTBOX_CHANNEL,
  )

test('a row that another process commits is published at once', async () => {
  const published = relayThatListens()
  await write('a')
  await published('a')
  await write('b')
  await published('a', 'b')
})

test('a connection that is cut is opened again, and what was written meanwhile is published', async () => {
  const published = relayThatListens()
  await write('a')
  await published('a')
  const [before] = await listeners()
  await database.prisma.$queryRawUnsafe('SELECT pg_terminate_backend($1::int)', before?.pid)
  await write('b')
  await published('a', 'b')
  await write('c')
  await published('a', 'b', 'c')
  expect((await listeners()).map(({ pid }) => pid)).not.toContain(before?.pid)
})

test('a process that has a relay of its own notifies nobody', async () => {
  const ear = new pg.Client({ connectionString: database.url })
  await ear.connect()
  await ear.query(`LISTEN ${OUTBOX_CHANNEL}`)
  const heard = once(ear, 'notification')
  const own = new URL(database.url)
  own.searchParams.set('options', `-c ${HAS_RELAY}=on`)
  const quiet = barePrisma(own.href)
  const pidOf = async (prisma: typeof quiet) =>
    (await prisma.$queryRawUnsafe<{ pid: number }[]>('SELECT pg_backend_pid() AS pid'))[0]?.pid
  await write('own', quiet)
  await write('other')
  const [{ processId }] = await heard
  expect(processId).not.toBe(await pidOf(quiet))
  await Promise.all([quiet.$disconnect(), ear.end()])
})

test('a relay that is stopped leaves no connection', async () => {
  const published = relayThatListens()
  await write('a')
  await published('a')
  await Promise.all(relays.splice(0).map((relay) => relay.stop()))
  // A session ends a moment after its connection.
  while ((await listeners()).length > 0) await pause(2)
})

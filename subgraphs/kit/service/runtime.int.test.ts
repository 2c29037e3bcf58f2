import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Committed } from '../database/committed.ts'
import type { PrismaLike } from '../database/database.ts'
import { memoryBus } from '../messages/memory-bus.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { notes } from '../testing/notes/notes.ts'
import { type RuntimeOptions, startRuntime } from './runtime.ts'
import { type AnySubgraph, defineSubgraph } from './subgraph.ts'

const HOUR_MS = 3_600_000
let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => database.drop())

const start = (definition: AnySubgraph, options: Partial<RuntimeOptions> = {}) =>
  startRuntime(definition, {
    ...{ database, clock: () => new Date(), config: {}, log: pino({ level: 'silent' }) },
    ...{ bus: null, timers: false, production: false },
    ...options,
  })

test('a runtime receives no more, then publishes no more, then executes no more, then closes its resources, then its database', async () => {
  const steps: string[] = []
  const bus = {
    ...memoryBus([]),
    subscribe: async () => ({ close: async () => void steps.push(`unsubscribed ${state()}`) }),
  }
  let committed: Committed | undefined
  const state = () => (committed?.relay ? 'with a relay' : 'without a relay')
  const execution = () =>
    runtime.apollo.executeOperation({ query: '{ __typename }' }).then(
      () => 'executing',
      () => 'executing nothing',
    )
  const definition = defineSubgraph({
    ...notes,
    async open(opening) {
      ;({ committed } = opening.database)
      const prisma: PrismaLike = {
        ...database.prisma,
        $disconnect: async () => void steps.push('disconnected'),
      }
      return { prisma, close: async () => void steps.push(`closed ${state()}, ${await execution()}`) }
    },
  })
  const runtime = await start(definition, { bus })
  expect(state()).toBe('with a relay')
  await runtime.close()
  expect(steps).toEqual([
    'unsubscribed with a relay',
    'closed without a relay, executing nothing',
    'disconnected',
  ])
})

test('a subgraph can publish at once only with a bus: without one it would wait for copies in vain', async () => {
  const given: string[] = []
  const definition = defineSubgraph({
    ...notes,
    listens: {},
    async open({ publishNow }) {
      given.push(typeof publishNow)
      return { prisma: { ...database.prisma, $disconnect: async () => {} } }
    },
  })
  for (const bus of [null, memoryBus([])]) await (await start(definition, { bus })).close()
  expect(given).toEqual(['undefined', 'function'])
})

test('a subgraph with a scalar that nobody resolves does not start', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'argyle-runtime-'))
  const file = path.join(folder, 'schema.graphql')
  writeFileSync(file, `${readFileSync(notes.schema, 'utf8')}scalar Colour`)
  const failing = start({ ...notes, schema: pathToFileURL(file) })
  await expect(failing).rejects.toThrow('the scalar Colour of schema.graphql has no resolver')
  rmSync(folder, { recursive: true })
})

/** Tables that a runtime with timers prunes in its first hour. */
async function pruned(definition: AnySubgraph, timers: boolean): Promise<string[]> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const tables: string[] = []
  const prisma: PrismaLike = {
    ...database.prisma,
    async $executeRawUnsafe(sql, ...values) {
      tables.push([/DELETE FROM (\w+)/.exec(sql)?.[1] ?? sql, ...values].join(' of '))
      return 0
    },
    $disconnect: async () => {},
  }
  const runtime = await start({ ...definition, open: async () => ({ prisma }) }, { timers })
  vi.advanceTimersByTime(HOUR_MS)
  // A stop waits for the current runs.
  await runtime.close()
  expect(vi.getTimerCount()).toBe(0)
  return tables.toSorted()
}

test('a runtime prunes the tables of the kit each hour', async () => {
  const own = ['idempotency_record', 'inbox_message of notes', 'outbox_message']
  expect(await pruned(notes, true)).toEqual(own)
  expect(await pruned({ ...notes, history: [] }, true)).toEqual([...own, 'republication'])
  expect(await pruned({ ...notes, history: [] }, false)).toEqual([])
})

test('a runtime looks for republications only with a bus and a history, and again on a notification', async () => {
  // Nothing polls.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let looks = 0
  const prisma: PrismaLike = {
    ...database.prisma,
    $queryRawUnsafe(sql, ...values) {
      if (!sql.includes('UPDATE republication')) return database.prisma.$queryRawUnsafe(sql, ...values)
      looks += 1
      return Promise.resolve([] as never)
    },
    $disconnect: async () => {},
  }
  const definition = { ...notes, open: async () => ({ prisma }), listens: {} }
  for (const [one, bus] of [
    [definition, memoryBus([])],
    [{ ...definition, history: [] }, null],
  ] as const)
    await (await start(one, { bus })).close()
  expect(looks).toBe(0)
  const runtime = await start({ ...definition, history: [] }, { bus: memoryBus([]) })
  // The connection that listens counts as a notification.
  while (looks < 2) await pause(2)
  const before = looks
  await database.prisma.$queryRawUnsafe(`SELECT pg_notify('outbox_relay', '')::text`)
  while (looks === before) await pause(2)
  await runtime.close()
  expect(vi.getTimerCount()).toBe(0)
})

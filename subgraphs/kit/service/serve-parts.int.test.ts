import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Envelope } from '../messages/envelope.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { emptyStream, fakeNats } from '../testing/fake-nats.ts'
import { NOTE_WRITTEN, notes, notesBus, notesMigrations } from '../testing/notes/notes.ts'
import { internalToken, notesSettings } from '../testing/notes/serve-notes.ts'
import { afterCommit } from './after-commit.ts'
import { type ServedSubgraph, serveSubgraph } from './serve.ts'
import { type App, defineSubgraph } from './subgraph.ts'

const log = pino({ level: 'silent' })
const served: ServedSubgraph[] = []
let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
})
afterEach(async () => {
  await Promise.all(served.splice(0).map((one) => one.close()))
})
afterAll(() => database.drop())

test('a migration that fails prevents the start, by its own message', async () => {
  const migrations = mkdtempSync(path.join(tmpdir(), 'argyle-serve-'))
  mkdirSync(path.join(migrations, '20260101000000_base'))
  writeFileSync(
    path.join(migrations, '20260101000000_base', 'migration.sql'),
    'CREATE TABLE sock (id NONSENSE)',
  )
  const settings = notesSettings(database.url)
  await expect(serveSubgraph(notes, { settings, migrations, log })).rejects.toThrow(
    /^migration 20260101000000_base failed at line 1: type "nonsense" does not exist$/,
  )
  rmSync(migrations, { recursive: true })
})

test('messages of a subgraph that gathers them wait for others for GATHER_MS, those of another one for none', async () => {
  const handled: string[][] = []
  const gathering = defineSubgraph({
    ...notes,
    gathersMessages: true,
    listensToMany: {
      async [NOTE_WRITTEN](messages: readonly Envelope[]) {
        handled.push(messages.map(({ id }) => id))
      },
    },
  })
  const message = (id: string): Envelope => ({
    ...{ id, type: NOTE_WRITTEN, source: 'notes', subject: 'nte_1', sequence: 1, data: {} },
    ...{ time: '2026-11-21T00:00:00.000Z', correlationId: 'c', causationId: null, traceparent: null },
  })
  const together = async (GATHER_MS: string, ids: readonly string[], definition = gathering) => {
    const bus = notesBus()
    const settings = { ...notesSettings(database.url), GATHER_MS }
    served.push(await serveSubgraph(definition, { settings, migrations: notesMigrations, bus, log }))
    handled.length = 0
    await Promise.all(ids.map((id) => bus.publish(message(id))))
    return [...handled]
  }
  expect(await together('200', ['evt_1', 'evt_2'])).toEqual([['evt_1', 'evt_2']])
  // They are handled one by one, by the listener of one message.
  expect(await together('0', ['evt_3', 'evt_4'])).toEqual([])
  expect(await together('200', ['evt_5', 'evt_6'], { ...gathering, gathersMessages: false })).toEqual([])
})

test('a service closes the bus that it opened, also if it cannot start', async () => {
  const server = await fakeNats(emptyStream('notes-notes-note-written'))
  const settings = { ...notesSettings(database.url), EVENT_BUS: `nats://127.0.0.1:${server.port}` }
  const options = { settings, migrations: notesMigrations, log }
  const service = await serveSubgraph(notes, options)
  const PORT = String(service.port)
  expect(server.connections()).toBe(1)
  await expect(serveSubgraph(notes, { ...options, settings: { ...settings, PORT } })).rejects.toThrow(
    'in use',
  )
  while (server.connections() > 1) await pause(2)
  await service.close()
  while (server.connections() > 0) await pause(2)
  expect(server.logins).toMatchObject([{ name: 'notes' }, { name: 'notes' }])
  await server.close()
})

test('a request that has begun to arrive before the stop is answered, and an idle connection is closed', async () => {
  const accepted: Socket[] = []
  let server: App['server'] | undefined
  const watched = defineSubgraph({
    ...notes,
    routes(app) {
      ;({ server } = app)
      server.on('connection', (socket) => void accepted.push(socket))
    },
  })
  const settings = notesSettings(database.url)
  const service = await serveSubgraph(watched, { settings, migrations: notesMigrations, log })
  expect(server?.requestTimeout).toBe(30_000)
  const [idle, asking] = [1, 2].map(() => connect(service.port, '127.0.0.1'))
  const head = 'GET /health/live HTTP/1.1\r\nhost: notes\r\n'
  idle?.write(`${head}\r\n`)
  const [answer] = idle ? await once(idle, 'data') : []
  expect(String(answer)).toMatch(/^HTTP\/1.1 200 /)
  asking?.write(head)
  while (accepted.every(({ bytesRead }) => bytesRead !== head.length)) await pause(2)
  const closed = service.close()
  while (server?.listening) await pause(2)
  asking?.write('\r\n')
  expect(asking && (await text(asking))).toMatch(/^HTTP\/1.1 200 /)
  await closed
  while (idle?.closed === false) await pause(2)
})

test('a service runs its timers by its own clock, and opens its resources with it, its settings and its log', async () => {
  const ticked = Promise.withResolvers<void>()
  const opened: object[] = []
  const ticking = defineSubgraph({
    ...notes,
    timers: [
      {
        ...{ name: 'tick', everyMs: 1, due: `SELECT timestamptz '2998-12-31 00:00Z'` },
        run: async () => ticked.resolve(),
      },
    ],
    open(opening) {
      const { clock, config, database: own, log: given } = opening
      const { name } = given.bindings()
      opened.push({ now: clock(), config, statementMs: own.statementMs, level: given.level, name })
      return notes.open(opening)
    },
  })
  const settings = { ...notesSettings(database.url), LOG_LEVEL: 'fatal', STATEMENT_SECONDS: '7' }
  const now = new Date('2999-01-01T09:00:00.000Z')
  const options = { settings, migrations: notesMigrations, clock: () => now }
  served.push(await serveSubgraph(ticking, options))
  await ticked.promise
  const logged = { level: 'fatal', name: 'notes' }
  expect(opened).toEqual([{ now, config: { NOTE_STYLE: 'plain' }, statementMs: 7_000, ...logged }])
})

test('work for after the commit is done when an operation has been executed', async () => {
  const steps: string[] = []
  const hinting = defineSubgraph({
    ...notes,
    context(resources, request) {
      afterCommit(() => steps.push('afterwards'))
      steps.push('executed')
      return notes.context(resources, request)
    },
  })
  const options = { settings: notesSettings(database.url), migrations: notesMigrations, log }
  served.push(await serveSubgraph(hinting, options))
  const authorization = `Bearer ${await internalToken()}`
  const body = JSON.stringify({ query: '{ __typename }' })
  const headers = { authorization, 'content-type': 'application/json' }
  const answer = await fetch(served[0]?.url ?? '', { method: 'POST', headers, body })
  expect(answer.status).toBe(200)
  expect(steps).toEqual(['executed', 'afterwards'])
})

test('the Sandbox page begins with the headers that it is given, and reports nothing to its maker', async () => {
  const sandboxHeaders = { 'x-sandbox': 'header-of-the-sandbox' }
  const options = { settings: notesSettings(database.url), migrations: notesMigrations, log, sandboxHeaders }
  const service = await serveSubgraph(notes, options)
  served.push(service)
  const page = await (await fetch(service.url, { headers: { accept: 'text/html' } })).text()
  expect(page).toContain('header-of-the-sandbox')
  expect(page).toMatch(/runTelemetry\W+false/)
})

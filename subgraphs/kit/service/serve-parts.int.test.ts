import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Envelope } from '../messages/envelope.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { emptyStream, fakeNats } from '../testing/fake-nats.ts'
import { NOTE_WRITTEN, notes, notesBus, notesMigrations } from '../testing/notes/notes.ts'
import { notesSettings } from '../testing/notes/serve-notes.ts'
import { type ServedSubgraph, serveSubgraph } from './serve.ts'
import { defineSubgraph } from './subgraph.ts'

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

test('messages of a subgraph that gathers them wait for others for GATHER_MS', async () => {
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
  const together = async (GATHER_MS: string, ...ids: string[]) => {
    const bus = notesBus()
    const settings = { ...notesSettings(database.url), GATHER_MS }
    served.push(await serveSubgraph(gathering, { settings, migrations: notesMigrations, bus, log }))
    handled.length = 0
    await Promise.all(ids.map((id) => bus.publish(message(id))))
    return [...handled]
  }
  expect(await together('200', 'evt_1', 'evt_2')).toEqual([['evt_1', 'evt_2']])
  // They are handled one by one, by the listener of one message.
  expect(await together('0', 'evt_3', 'evt_4')).toEqual([])
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

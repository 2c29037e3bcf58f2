import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { notes, notesBus, notesMigrations } from '../testing/notes/notes.ts'
import { internalToken, notesSettings } from '../testing/notes/serve-notes.ts'
import { ownProcess, programEnvironment } from '../testing/own-process.ts'
import { type ServedSubgraph, serveSubgraph } from './serve.ts'

const program = fileURLToPath(new URL('../testing/notes/run-notes-with-bus.fixture.ts', import.meta.url))
let database: BareDatabase
let child: ChildProcess | null = null
let healed: ServedSubgraph | null = null

beforeEach(async () => {
  database = await bareDatabase()
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await healed?.close()
  healed = null
  await database.drop()
})

/** Starts notes as a process that kills itself at this point. @returns its URL, once it serves */
async function start(FAILPOINTS: string): Promise<string> {
  const env = { ...programEnvironment(), ...notesSettings(database.url), FAILPOINTS }
  child = ownProcess(program, { env })
  let written = ''
  child.stdout?.on('data', (data) => {
    written += data
  })
  for (;;) {
    const port = /"port":(\d+)\D/.exec(written)?.[1]
    if (port) return `http://127.0.0.1:${port}/graphql`
    await pause(5)
  }
}

async function killed(): Promise<void> {
  if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child?.signalCode).toBe('SIGKILL')
}

/** Another process in the place of the one that died: its leases are over. @returns its URL */
async function heal(): Promise<string> {
  await database.prisma.$executeRawUnsafe("UPDATE outbox_message SET available_at = now() - interval '1 s'")
  healed = await serveSubgraph(notes, {
    settings: notesSettings(database.url),
    migrations: notesMigrations,
    log: pino({ level: 'silent' }),
    bus: notesBus(),
  })
  return healed.url
}

const send = async (url: string) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await internalToken()}` },
    body: JSON.stringify({ query: 'mutation { writeOnce(key: "k", text: "socks") { id } }' }),
  })
  return response.text()
}

/** Row counts: notes, unpublished messages, handled messages, effects of the listener. */
async function state() {
  const [row] = await database.prisma.$queryRawUnsafe<Record<string, number>[]>(
    `SELECT (SELECT count(*)::int FROM note) AS notes,
            (SELECT count(*)::int FROM outbox_message WHERE published_at IS NULL) AS waiting,
            (SELECT count(*)::int FROM inbox_message) AS handled, (SELECT count(*)::int FROM heard) AS effects`,
  )
  return row
}

test.each([
  ['before the commit', 'idempotency.kept', { notes: 0, waiting: 0, handled: 0, effects: 0 }],
  ['between commit and publication', 'outbox.claimed', { notes: 1, waiting: 1, handled: 0, effects: 0 }],
  ['in a listener, before its commit', 'inbox.handled', { notes: 1, waiting: 1, handled: 0, effects: 0 }],
  ['after a listener, unacknowledged', 'inbox.committed', { notes: 1, waiting: 1, handled: 1, effects: 1 }],
  ['between publication and mark', 'outbox.published', { notes: 1, waiting: 1, handled: 1, effects: 1 }],
])('killed %s, a mutation that is sent again has one effect', async (_, point, left) => {
  await send(await start(point)).catch(() => {})
  await killed()
  expect(await state()).toEqual(left)
  expect(JSON.parse(await send(await heal()))).toMatchObject({
    data: { writeOnce: { id: expect.stringMatching(/^nte_/) } },
  })
  await expect.poll(state, { timeout: 30_000 }).toEqual({ notes: 1, waiting: 0, handled: 1, effects: 1 })
})

test('killed between commit and answer, a mutation that is sent again has one effect', async () => {
  const url = await start('operation.executed')
  await expect(send(url)).rejects.toThrow()
  await killed()
  expect(await state()).toMatchObject({ notes: 1 })
  await send(await heal())
  await expect.poll(state, { timeout: 30_000 }).toEqual({ notes: 1, waiting: 0, handled: 1, effects: 1 })
})

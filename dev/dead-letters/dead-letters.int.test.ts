import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { environment } from '@argyle/kit/config'
import { type Envelope, envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startPostgres } from '../postgres/start-postgres.ts'
import { root } from '../repository.ts'
import { postgresFolder } from '../shop/subgraphs/server.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { runDeadLetters } from './run.ts'

const sample = path.join(root, 'subgraphs/users/event-samples/users.profile.updated.json')
const good = envelopeSchema.parse(JSON.parse(readFileSync(sample, 'utf8')))
const bad: Envelope = { ...good, id: `${good.id.slice(0, -1)}0`, data: { userId: 42 } }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-dead-letters-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs the command as a process, on this database or on the embedded one of a data folder. */
async function run(args: readonly string[], databaseUrl?: string): Promise<{ code: number; output: string }> {
  const { HOME } = environment()
  const child = spawn(process.execPath, ['dev/dead-letters.ts', 'reviews', ...args, '--data', folder], {
    cwd: root,
    env: { ...programEnvironment(), HOME, ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const code = new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, output: stdout + stderr }
}

async function query(url: string, sql: string, ...values: unknown[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end()
  }
}
const bury = (url: string, envelope: Envelope, consumer = 'reviews') =>
  query(
    url,
    `INSERT INTO dead_letter (consumer, event_id, envelope, error) VALUES ($1, $2, $3, E'it was\\n  late')`,
    consumer,
    envelope.id,
    JSON.stringify(envelope),
  )
const names = (url: string) => query(url, 'SELECT display_name FROM author')
const letters = (url: string) => query(url, 'SELECT event_id FROM dead_letter')

test('on a database of its own it lists, replays what works, and keeps what fails again', async () => {
  const database: TestDatabase = await testDatabase('reviews')
  try {
    await bury(database.url, bad)
    await bury(database.url, good)
    const listed = await run([], database.url)
    expect(listed.code).toBe(0)
    expect(listed.output).toContain('reviews has 2 dead letters:')
    expect(listed.output).toContain(`${good.id}  users.profile.updated from users about ${good.subject}`)
    expect(listed.output).toMatch(/\n {2}failed \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z: it was late\n/)
    expect(listed.output).toContain(`\n  ${JSON.stringify(bad.data)}\n`)
    expect(listed.output).toContain('\nreplay: npm run dead-letters -- reviews replay [EVENT]\n')

    const replayed = await run(['replay'], database.url)
    expect(replayed.code).toBe(1)
    expect(replayed.output).toMatch(
      new RegExp(`${bad.id} failed again and remains: .*displayName.*\n${good.id} replayed\n`),
    )
    expect(await names(database.url)).toEqual([{ display_name: 'Ada L.' }])
    expect(await letters(database.url)).toEqual([{ event_id: bad.id }])

    expect(await run(['replay', good.id], database.url)).toEqual({
      code: 1,
      output: `reviews has no dead letter "${good.id}"\n`,
    })
  } finally {
    await database.drop()
  }
})

test('it works on the embedded database, whether that runs or not', async () => {
  expect(await run(['list'])).toEqual({
    code: 1,
    output: `no shop has run on ${folder}: start it with npm start, or name another folder with --data\n`,
  })
  const postgres = await startPostgres({ dataDir: postgresFolder(folder), durability: 'scratch' })
  try {
    for (const verb of ['list', 'replay'])
      expect(await run([verb])).toEqual({ code: 0, output: 'reviews has no dead letters\n' })
    const url = postgres.url('argyle_reviews')
    await bury(url, good)
    expect(await run(['replay', good.id])).toEqual({ code: 0, output: `${good.id} replayed\n` })
    expect(await names(url)).toEqual([{ display_name: 'Ada L.' }])
    expect(await letters(url)).toEqual([])
  } finally {
    await postgres.stop()
  }
  const stopped = await run(['list'])
  expect(stopped).toEqual({ code: 0, output: expect.stringContaining('reviews has no dead letters') })
})

const voided: Envelope = {
  ...good,
  ...{ type: 'payments.void', source: 'orders', data: { orderId: newId('ord') } },
}

test('a command that has ended leaves no connection that would keep its process for a while', async () => {
  const postgres = await startPostgres({ dataDir: postgresFolder(folder), durability: 'scratch' })
  // A connection that idles has a timer, which no test waits for.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    for (const args of [[], ['replay']]) {
      expect(await runDeadLetters(['reviews', ...args, '--data', folder], () => {})).toBe(0)
      expect(vi.getTimerCount()).toBe(0)
    }
  } finally {
    vi.useRealTimers()
    await postgres.stop()
  }
})

test('every subgraph of supergraph.yaml has the command, and what it replays calls nobody outside', async () => {
  const postgres = await startPostgres({ dataDir: postgresFolder(folder), durability: 'scratch' })
  try {
    for (const name of SUBGRAPH_NAMES) {
      const lines: string[] = []
      const code = await runDeadLetters([name, '--data', folder], (line) => lines.push(line))
      expect({ code, line: lines.at(-1) }).toEqual({ code: 0, line: `${name} has no dead letters` })
    }
    const url = postgres.url('argyle_payments')
    await bury(url, voided, 'payments')
    const lines: string[] = []
    const code = await runDeadLetters(['payments', 'replay', '--data', folder], (line) => lines.push(line))
    expect({ code, line: lines.at(-1) }).toEqual({ code: 0, line: `${voided.id} replayed` })
    expect(await query(url, 'SELECT status FROM payment')).toEqual([{ status: 'VOIDED' }])
    expect(await query(url, 'SELECT type, published_at FROM outbox_message')).toEqual([
      { type: 'payments.payment.voided', published_at: null },
    ])
  } finally {
    await postgres.stop()
  }
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { holdLock } from '../testing/notes/hold-lock.ts'
import { internalToken, notesSettings } from '../testing/notes/serve-notes.ts'
import { programEnvironment } from '../testing/own-process.ts'
import type { Settings } from './config.ts'

const fixture = (name: string) =>
  fileURLToPath(new URL(`../testing/notes/${name}.fixture.ts`, import.meta.url))
const program = [fixture('run-notes')]
/** Notes with resources that fail to open or to close. */
const failing = (at: 'open' | 'close') => [fixture('run-failing-notes'), at]
const children: ChildProcess[] = []
let database: BareDatabase

beforeAll(async () => {
  database = await bareDatabase()
})
afterEach(async () => {
  const running = children
    .splice(0)
    .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  await Promise.all(
    running.map((child) => {
      child.kill('SIGKILL')
      return once(child, 'close')
    }),
  )
})
afterAll(() => database.drop())

/** Runs notes as a child process with only these settings. */
function run(settings: Settings, command: readonly string[] = program) {
  const env = Object.fromEntries(
    Object.entries({ ...programEnvironment(), ...settings }).filter(([, value]) => value !== undefined),
  )
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let written = ''
  child.stdout.on('data', (data) => {
    written += data
  })
  let complaint = ''
  child.stderr.on('data', (data) => {
    complaint += data
  })
  const ended = once(child, 'close').then(([code]) => ({ code, complaint }))
  return {
    child,
    ended,
    /** Its address, once it serves. */
    async serving(): Promise<string> {
      for (;;) {
        const port = /"port":(\d+)\D/.exec(written)?.[1]
        if (port) return `http://127.0.0.1:${port}`
        if (child.exitCode !== null) throw new Error(`notes ended: ${complaint}`)
        await pause(10)
      }
    },
  }
}

const post = async (origin: string, query: string) => {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await internalToken()}` },
    body: JSON.stringify({ query }),
  })
  return { status: response.status, body: await response.json() }
}

/** Resolves once it refuses new connections: a signal has arrived. */
async function refusesConnections(origin: string): Promise<void> {
  const isLive = () =>
    fetch(`${origin}/health/live`).then(
      () => true,
      () => false,
    )
  while (await isLive()) await pause(10)
}

describe('a subgraph that gets a signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('by %s answers what is in flight, then ends', async (signal) => {
    const lock = await holdLock(database.prisma)
    const notes = run(notesSettings(database.url))
    const origin = await notes.serving()
    const answer = post(origin, '{ held }')
    await lock.waiting(1)
    notes.child.kill(signal)
    await refusesConnections(origin)
    expect(notes.child.exitCode).toBeNull()
    await lock.release()
    expect(await answer).toEqual({ status: 200, body: { data: { held: true } } })
    expect(await notes.ended).toEqual({ code: 0, complaint: '' })
  })

  test.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
  ] as const)('by %s, then %s, ends at once', async (first, second) => {
    const lock = await holdLock(database.prisma)
    const notes = run(notesSettings(database.url))
    const origin = await notes.serving()
    const answer = post(origin, '{ held }').catch(() => 'no answer')
    await lock.waiting(1)
    notes.child.kill(first)
    await refusesConnections(origin)
    notes.child.kill(second)
    await notes.ended
    expect(notes.child.signalCode).toBe(second)
    expect(await answer).toBe('no answer')
    await lock.release()
  })

  test('and does not end cleanly says why, and fails', async () => {
    const notes = run(notesSettings(database.url), failing('close'))
    await notes.serving()
    notes.child.kill('SIGTERM')
    const { code, complaint } = await notes.ended
    expect(code).toBe(1)
    expect(complaint).toMatch(/^notes did not stop cleanly: TypeError: a bug of close\n {4}at /)
  })

  test('goes on serving for DRAIN_SECONDS, and is not ready meanwhile', async () => {
    const notes = run({ ...notesSettings(database.url), DRAIN_SECONDS: '60' })
    const origin = await notes.serving()
    const ready = async () => {
      const response = await fetch(`${origin}/health/ready`)
      const connection = response.headers.get('connection')
      return { status: response.status, body: await response.json(), connection }
    }
    expect(await ready()).toMatchObject({
      connection: 'keep-alive',
      status: 200,
      body: { status: 'ready', bus: 'none' },
    })
    notes.child.kill('SIGTERM')
    while ((await ready()).status === 200) await pause(10)
    // Its clients open their next connection elsewhere.
    expect(await ready()).toEqual({ status: 503, body: { status: 'draining' }, connection: 'close' })
    expect(await post(origin, '{ size(of: 1) }')).toEqual({ status: 200, body: { data: { size: 1 } } })
  })

  test('ends after DRAIN_SECONDS', async () => {
    const notes = run({ ...notesSettings(database.url), DRAIN_SECONDS: '1' })
    await notes.serving()
    notes.child.kill('SIGTERM')
    expect(await notes.ended).toEqual({ code: 0, complaint: '' })
  })
})

describe('a subgraph that cannot start reports', () => {
  test('every problem of its settings together, and no secret', async () => {
    const secret = 'dG9vLXNob3J0'
    const notes = run({
      PORT: '70000',
      DATABASE_URL: 'mysql://root:hunter2@db/notes',
      INTERNAL_TOKEN_KEY: secret,
      EVENT_BUS: 'kafka://bus',
      LOG_LEVEL: 'loud',
    })
    const { code, complaint } = await notes.ended
    expect(code).toBe(1)
    expect(complaint.trimEnd().split('\n')).toEqual([
      'notes did not start: the settings are not complete:',
      '  PORT is "70000": a whole number from 0 to 65535',
      '  DATABASE_URL is not valid: a URL that starts with postgresql://',
      '  INTERNAL_TOKEN_KEY is not valid: 32 bytes in base64url',
      '  EVENT_BUS is "kafka://bus": none, or nats://host:port',
      expect.stringMatching(/^ {2}LOG_LEVEL is "loud": .*"warn"/),
      expect.stringMatching(/^ {2}NOTE_STYLE is not set: .*"plain"\|"fancy"/),
    ])
    expect(complaint).not.toContain(secret)
    expect(complaint).not.toContain('hunter2')
  })

  const oneLine = (text: RegExp) => ({ code: 1, complaint: expect.stringMatching(text) })

  test('that its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const notes = run({ ...notesSettings(database.url), PORT: String(port) })
    expect(await notes.ended).toEqual(
      oneLine(
        new RegExp(`^notes did not start: port ${port} of 127.0.0.1 is in use: .* set PORT to another\\n$`),
      ),
    )
    other.close()
  })

  test('that its address is not one of this machine', async () => {
    const notes = run({ ...notesSettings(database.url), HOST: '192.0.2.1' })
    expect(await notes.ended).toEqual(oneLine(/^notes did not start: HOST is "192\.0\.2\.1": .*\n$/))
  })

  test('that its database is not there, or does not answer', async () => {
    const missing = Object.assign(new URL(database.url), { pathname: '/no_such' }).href
    expect(await run(notesSettings(missing)).ended).toEqual(
      oneLine(/^notes did not start: the database [^@\n]*\/no_such cannot be used: .*does not exist\n$/),
    )
    const nobody = Object.assign(new URL(database.url), { port: '1' }).href
    expect(await run(notesSettings(nobody)).ended).toEqual(
      oneLine(/^notes did not start: the database [^@\n]*:1\/[^@\n]* cannot be used: .*ECONNREFUSED.*\n$/),
    )
  })

  test('a bug with its stack, since nobody expects it', async () => {
    const { code, complaint } = await run(notesSettings(database.url), failing('open')).ended
    expect(code).toBe(1)
    expect(complaint).toMatch(/^notes did not start: TypeError: a bug of open\n {4}at /)
  })

  test('that its bus does not answer', async () => {
    const notes = run({ ...notesSettings(database.url), EVENT_BUS: 'nats://127.0.0.1:1' })
    expect(await notes.ended).toEqual(
      oneLine(/^notes did not start: the event bus 127\.0\.0\.1:1 cannot be used: .*\n$/),
    )
  })
})

import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { testServer } from '@argyle/kit/testing/database'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { holdPort } from '../../router/testing/held-port.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { readCommandLine } from './command-line.ts'
import { allowedConnections } from './connections.ts'
import { type OpenServers, openServers } from './open-servers.ts'
import { accepts } from './servers.ts'

let folder: string
let lines: string[]
let opened: OpenServers | null
/** The process ids that the watchdog is told. */
let watched: number[]
let standard: { postgres: string; nats: string }
const cleanup: (() => unknown)[] = []
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-open-'))
  lines = []
  opened = null
  watched = []
  // The test's PostgreSQL, and a server in place of NATS.
  standard = { postgres: testServer(), nats: `nats://127.0.0.1:${await serverPort()}` }
  for (const name of ['DATABASE_URL', 'EVENT_BUS']) vi.stubEnv(name, undefined)
})
afterEach(async () => {
  await opened?.stop()
  for (const clean of cleanup.splice(0)) await clean()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** The port of a server that accepts connections, or of one that has left it. */
async function serverPort(isGone = false): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens has an address object.
  const { port } = server.address() as AddressInfo
  if (isGone) {
    const { free } = await holdPort(port, () => void server.close())
    cleanup.push(free)
  } else cleanup.push(() => server.close())
  return port
}

const postmaster = () => path.join(folder, 'postgres', 'cluster', 'postmaster.pid')

/** Opens the servers of a command line, in the test's folder. */
async function open(...args: string[]): Promise<OpenServers> {
  const command = readCommandLine(['--data', folder, ...args])
  if (!command) throw new Error('help was asked for')
  const watchdog = { watch: (pid: number) => void watched.push(pid), forget: () => {}, close: () => {} }
  const onProgress = (line: string) => void lines.push(line)
  opened = await openServers(command, { watchdog, onProgress, standard })
  return opened
}

/** Puts a program in place of `nats-server`: one that accepts connections where it is told to. */
function installBroker(): void {
  const server = `require('net').createServer().listen(process.argv.at(-1), '127.0.0.1')`
  const script = `#!/bin/sh\n[ "$1" = --version ] || exec "${process.execPath}" -e "${server}" -- "$@"\n`
  writeFileSync(path.join(folder, 'nats-server'), script)
  chmodSync(path.join(folder, 'nats-server'), 0o755)
}

test('given servers are used, shown without passwords, and not stopped', async () => {
  const { host } = new URL(testServer())
  const args = ['--postgres', testServer(), '--nats', 'nats://me:secret@bus.test:4222']
  // The options take precedence.
  vi.stubEnv('DATABASE_URL', 'postgresql://127.0.0.1:1/other')
  vi.stubEnv('EVENT_BUS', 'nats://other.test:1')
  const { server, eventBus, description, stop } = await open(...args)
  expect(new URL(server.url('argyle_users'))).toMatchObject({ host, pathname: '/argyle_users' })
  expect(eventBus).toBe('nats://me:secret@bus.test:4222')
  expect(description).toEqual([`PostgreSQL: the server at ${host}`, 'NATS: the server at bus.test:4222'])
  await stop()
  expect(await allowedConnections(testServer())).toBeGreaterThan(0)
})

test('the servers of the environment are used', async () => {
  vi.stubEnv('DATABASE_URL', testServer())
  vi.stubEnv('EVENT_BUS', 'nats://bus.test:1')
  const { server, eventBus } = await open()
  expect(new URL(server.url('postgres')).host).toBe(new URL(testServer()).host)
  expect(eventBus).toBe('nats://bus.test:1')
})

test('without any given, the servers at the standard ports are used where they run', async () => {
  const { server, eventBus, description, stop } = await open()
  const [postgres, nats] = [testServer(), standard.nats].map((url) => new URL(url).host)
  expect(description).toEqual([`PostgreSQL: the server at ${postgres}`, `NATS: the server at ${nats}`])
  expect(eventBus).toBe(standard.nats)
  await stop()
  expect(await allowedConnections(server.url('postgres'))).toBeGreaterThan(0)
})

test('a server that allows too few connections is reported, by the number of all processes', async () => {
  const args = ['--postgres', testServer(), '--nats', 'nats://bus.test:1']
  await open(...args, '--instances', '8')
  const allowed = await allowedConnections(testServer())
  expect(lines).toEqual([
    expect.stringMatching(
      `^PostgreSQL allows ${allowed} connections, and ${SUBGRAPH_NAMES.length * 8} processes`,
    ),
  ])
})

test('private servers are started in the data folder whatever the environment names, and stopped', async () => {
  installBroker()
  vi.stubEnv('PATH', folder)
  vi.stubEnv('DATABASE_URL', 'postgresql://127.0.0.1:1/other')
  vi.stubEnv('EVENT_BUS', 'nats://other.test:1')
  const { server, eventBus, description, lost, stop } = await open('--private')
  const [postgresPort, natsPort] = [server.url('x'), eventBus].map((url) => Number(new URL(url).port))
  expect(description).toEqual([
    `PostgreSQL: a private server on port ${postgresPort}`,
    `NATS: a private server on port ${natsPort}`,
  ])
  expect([existsSync(postmaster()), await accepts(natsPort ?? 0)]).toEqual([true, true])
  expect(existsSync(path.join(folder, 'logs', 'nats.log'))).toBe(true)
  const [broker = 0] = watched
  process.kill(broker, 'SIGKILL')
  await vi.waitFor(() => expect(lines).toContain('nats ended (SIGKILL); it starts again'), {
    timeout: 30_000,
  })
  await stop()
  await lost
  expect([existsSync(postmaster()), await accepts(natsPort ?? 0)]).toEqual([false, false])
})

test('where none run, servers are private, and without a NATS server PostgreSQL is stopped again', async () => {
  vi.stubEnv('PATH', folder)
  standard = { postgres: `postgresql://127.0.0.1:${await serverPort(true)}/x`, nats: standard.nats }
  const { description } = await open()
  expect(description[0]).toMatch(/^PostgreSQL: a private server on port \d+$/)
  expect(existsSync(postmaster())).toBe(true)
  await opened?.stop()
  standard = { ...standard, nats: `nats://127.0.0.1:${await serverPort(true)}` }
  await expect(open()).rejects.toThrow('no NATS server: nats-server is not on the PATH')
  expect(existsSync(postmaster())).toBe(false)
})

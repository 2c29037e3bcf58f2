import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { testServer } from '@argyle/kit/testing/database'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { readCommandLine } from './command-line.ts'
import { allowedConnections } from './connections.ts'
import { type OpenServers, openServers } from './open-servers.ts'
import { accepts } from './servers.ts'

let folder: string
let lines: string[]
let opened: OpenServers | null
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-open-'))
  lines = []
  opened = null
  for (const name of ['DATABASE_URL', 'EVENT_BUS']) vi.stubEnv(name, undefined)
})
afterEach(async () => {
  await opened?.stop()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const postmaster = () => path.join(folder, 'postgres', 'cluster', 'postmaster.pid')

/** Opens the servers of a command line, in the test's folder. */
async function open(...args: string[]): Promise<OpenServers> {
  const command = readCommandLine(['--data', folder, ...args])
  if (!command) throw new Error('help was asked for')
  const watchdog = { watch: () => {}, forget: () => {}, close: () => {} }
  opened = await openServers(command, { watchdog, onProgress: (line) => void lines.push(line) })
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
  await stop()
  await lost
  expect([existsSync(postmaster()), await accepts(natsPort ?? 0)]).toEqual([false, false])
})

test('without a NATS server, a private PostgreSQL is stopped again', async () => {
  vi.stubEnv('PATH', folder)
  await expect(open('--private')).rejects.toThrow('no NATS server: nats-server is not on the PATH')
  expect(existsSync(postmaster())).toBe(false)
})

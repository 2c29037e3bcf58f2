import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitUntil } from '../e2e/wait-until.ts'
import { root } from '../repository.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { assemble } from './assemble.ts'
import { readCompose } from './compose-file.ts'
import { newSecrets } from './environment.ts'
import { serviceSupergraph } from './supergraph.ts'
import { freePort, startImage, stop } from './testing/image-process.ts'

const secrets = newSecrets()
const services = readCompose(secrets)
const ours = Object.entries(services).filter(([, { build }]) => build)

test('no secret has a default: compose refuses, and names all that are missing', () => {
  const message = String(catchError(() => readCompose({})))
  for (const name of Object.keys(secrets)) expect(message).toContain(name)
})

function catchError(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

/** Servers outside the shop that are simulated, by the subgraph whose image they run on. */
const OUTSIDE: Readonly<Record<string, string>> = { 'sandbox-gateway': 'payments', carrier: 'shipping' }

test('there is a service for each subgraph, the router, PostgreSQL and NATS, the sandbox gateway and the simulated carrier', () => {
  expect(Object.keys(services).sort()).toEqual(
    [...SUBGRAPH_NAMES, ...Object.keys(OUTSIDE), 'router', 'postgres', 'databases', 'nats'].sort(),
  )
  expect(ours.map(([name, { build }]) => [name, build?.args.SERVICE])).toEqual(
    ours.map(([name]) => [name, OUTSIDE[name] ?? name]),
  )
})

test('every service has a memory limit, and restarts after it was exceeded', () => {
  for (const [name, { mem_limit, restart }] of Object.entries(services)) {
    expect([name, mem_limit]).toEqual([name, expect.stringMatching(/^\d+[mg]$/)])
    expect([name, restart]).toEqual([name, name === 'databases' ? 'no' : 'unless-stopped'])
  }
})

test('the heap of every service leaves a third of its memory for other uses', () => {
  for (const [name, { environment, mem_limit = '' }] of ours) {
    const [, heap] = /^--max-old-space-size=(\d+)$/.exec(environment.NODE_OPTIONS ?? '') ?? []
    const memory = Number.parseInt(mem_limit, 10) * (mem_limit.endsWith('g') ? 1024 : 1)
    expect([name, Number(heap) > 0 && Number(heap) <= (memory * 2) / 3]).toEqual([name, true])
  }
})

test('PostgreSQL and NATS have health checks', () => {
  for (const name of ['postgres', 'nats']) expect(services[name]?.healthcheck?.test.length).toBeGreaterThan(1)
})

test('the job that creates databases has the password of every subgraph', () => {
  for (const name of [...SUBGRAPH_NAMES, ...Object.keys(OUTSIDE)]) {
    const url = new URL(services[name]?.environment.DATABASE_URL ?? '')
    const part = name.replace('-', '_')
    const variable = `${part.toUpperCase()}_DATABASE_PASSWORD`
    expect([url.username, url.password, url.pathname]).toEqual([
      `argyle_${part}`,
      secrets[variable],
      `/argyle_${part}`,
    ])
    expect(services.databases?.environment[variable]).toBe(url.password)
  }
})

test('the supergraph for containers reaches each subgraph at the port that the subgraph listens on', () => {
  const supergraph = serviceSupergraph()
  for (const name of SUBGRAPH_NAMES)
    expect(supergraph).toContain(`url: "http://${name}:${services[name]?.environment.PORT}/graphql"`)
})

test('the ports that compose publishes are those on which the services listen', () => {
  for (const [, { environment, expose, ports }] of ours) {
    const inside = [...expose, ...ports.map((mapping) => mapping.split(':').at(-1))]
    expect(inside).toEqual([environment.PORT])
  }
})

let images: string
let bus: Awaited<ReturnType<typeof startBus>>

beforeAll(async () => {
  mkdirSync(path.join(root, '.data'), { recursive: true })
  // Inside the repository, so that Node resolves packages as in an image.
  images = mkdtempSync(path.join(root, '.data', 'images-'))
  for (const [name, { build }] of ours) {
    const image = path.join(images, name)
    await assemble(build?.args.SERVICE ?? name, image)
    mkdirSync(path.join(image, 'node_modules', '@argyle'), { recursive: true })
    if (name === 'router') mountSupergraph(image)
    else symlinkSync(path.join(image, 'subgraphs/kit'), path.join(image, 'node_modules/@argyle/kit'))
  }
  bus = await startBus()
})
afterAll(async () => {
  await bus?.stop()
  rmSync(images, { recursive: true })
})

/** Writes the supergraph to the path that docker-compose.yml mounts. */
function mountSupergraph(image: string): void {
  const file = path.join(image, services.router?.environment.SUPERGRAPH ?? '')
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, serviceSupergraph())
}

/** A NATS server with JetStream, if the test run uses real services; otherwise `none`. */
async function startBus(): Promise<{ address: string; stop(): Promise<unknown> }> {
  if (environment().ARGYLE_TEST_SERVICES !== '1') return { address: 'none', stop: async () => {} }
  const port = await freePort()
  const child = spawn('nats-server', [
    '--jetstream',
    '--addr',
    '127.0.0.1',
    '--port',
    port,
    '--store_dir',
    path.join(images, 'nats'),
  ])
  await waitUntil(() => canConnect(Number(port)), Boolean)
  return { address: `nats://127.0.0.1:${port}`, stop: () => stop(child) }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** The database that a service starts on. */
async function databaseFor(name: string): Promise<TestDatabase | null> {
  if (name === 'router') return null
  return testDatabase(name.replace('-', '_'))
}

describe.each(ours)('%s', (name, service) => {
  test('starts from its image’s files by its command, is healthy, refuses anonymous introspection, and stops on SIGTERM', async () => {
    const database = await databaseFor(name)
    const addresses: Record<string, string> = database
      ? { DATABASE_URL: database.url, EVENT_BUS: bus.address }
      : {}
    const { child, ready, url } = await startImage(path.join(images, name), service, addresses)
    try {
      expect(ready).toBe(200)
      const body = JSON.stringify({ query: '{ __schema { queryType { name } } }' })
      const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' }
      const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
      // Those outside speak no GraphQL.
      expect(answer.status).toBe(name === 'router' ? 400 : OUTSIDE[name] ? 404 : 401)
      const page = await fetch(`${url}/`, { headers: { accept: 'text/html' }, redirect: 'manual' })
      expect(page.status).toBe(404)
    } finally {
      expect(await stop(child)).toBe(0)
      await database?.drop()
    }
  })
})

test.runIf(hasCompose())('docker compose accepts the file', () => {
  const file = path.join(images, 'compose.env')
  writeFileSync(
    file,
    Object.entries(secrets)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
  const args = ['compose', '--env-file', file, '--project-directory', root, 'config', '--format', 'json']
  const resolved = JSON.parse(execFileSync('docker', args, { cwd: root, encoding: 'utf8' }))
  expect(Object.keys(resolved.services).sort()).toEqual(Object.keys(services).sort())
})

/** Whether a docker client with compose is installed; no engine is contacted. */
function hasCompose(): boolean {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { freePorts } from '../stack/free-ports.ts'
import { clusterOf } from './cluster.ts'
import { isAlive, stopLeftover } from './leftover.ts'
import { runningPostgres } from './running-postgres.ts'
import { type Postgres, type PostgresOptions, startPostgres } from './start-postgres.ts'

const isRoot = process.getuid?.() === 0
/** A data folder after a first start, for tests of later ones. */
let used: string
let folder: string
let dataDir: string
const cleanUp: (() => Promise<void> | void)[] = []

beforeAll(async () => {
  used = mkdtempSync(path.join(tmpdir(), 'argyle-postgres-used-'))
  await (await startPostgres({ dataDir: used })).stop()
})
afterAll(() => rmSync(used, { recursive: true }))

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-postgres-test-'))
  chmodSync(folder, 0o755)
  dataDir = path.join(folder, 'data')
})
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
})

async function start(options: Partial<PostgresOptions> = {}): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, ...options })
  cleanUp.push(() => postgres.stop())
  return postgres
}

/** Makes the data folder a copy of a used one: a first start takes five times the CPU time of a later one. */
function useCopy(): void {
  // PostgreSQL checks owners and modes, which Node's own copying does not preserve.
  execFileSync('cp', ['-a', used, dataDir])
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // servers are killed under it here
  await client.connect()
  cleanUp.push(() => client.end().catch(() => {}))
  return client
}

async function rows(postgres: Postgres, sql: string): Promise<unknown[]> {
  return (await (await connect(postgres.url('postgres'))).query(sql)).rows
}

const socketFolder = () => readFileSync(path.join(dataDir, 'sockets'), 'utf8')

type Said = { refused?: string; processIds: number[]; url: string }

/** Starts another process that runs the server; resolves with its first output. */
async function startParent(as: { uid?: number } = {}): Promise<{ parent: ChildProcess; said: Said }> {
  const script = path.join(import.meta.dirname, 'parent.fixture.ts')
  const parent = spawn(process.execPath, [script, dataDir], { ...as, stdio: ['ignore', 'pipe', 'inherit'] })
  cleanUp.push(async () => {
    parent.kill('SIGKILL')
    await stopLeftover(clusterOf(dataDir))
  })
  const [line] = await once(parent.stdout, 'data')
  return { parent, said: JSON.parse(String(line)) }
}

test('committed rows are there after a stop and a start', async () => {
  const lines: string[] = []
  const first = await start({ onProgress: (line) => lines.push(line) })
  await rows(first, 'CREATE TABLE sock AS SELECT 7 AS id')
  // The password of the new cluster was handed over there.
  expect(readdirSync(socketFolder())).not.toContain('password')
  await first.stop()
  await first.stop()

  const second = await start({ onProgress: (line) => lines.push(line) })
  expect(await rows(second, 'SELECT id FROM sock')).toEqual([{ id: 7 }])
  expect(lines).toEqual(['making the PostgreSQL data folder', 'starting PostgreSQL', 'starting PostgreSQL'])
})

test('a server for keeps syncs every commit; a scratch one does not', async () => {
  useCopy()
  const kept = await start()
  const settings = `SELECT current_setting('fsync') || current_setting('synchronous_commit') AS sync`
  expect(await rows(kept, settings)).toEqual([{ sync: 'onon' }])
  await kept.stop()
  expect(await rows(await start({ durability: 'scratch' }), settings)).toEqual([{ sync: 'offoff' }])
})

test.each([
  ['the parent alone', () => []],
  ['the parent and its watchdog', (ids: number[]) => ids.slice(1)],
  ['the whole tree', (ids: number[]) => ids],
])('after kill -9 of %s the next start has every acknowledged row', async (_, alsoKilled) => {
  useCopy()
  const { parent, said } = await startParent()
  const client = await connect(said.url)
  await client.query('CREATE TABLE sock (id INT)')
  let acknowledged = 0
  const killed = Promise.withResolvers<void>()
  const kill = () => {
    for (const pid of [parent.pid ?? 0, ...alsoKilled(said.processIds)]) process.kill(pid, 'SIGKILL')
    killed.resolve()
  }
  const writing = (async () => {
    for (;;) {
      await client.query('INSERT INTO sock VALUES ($1)', [acknowledged + 1])
      if (++acknowledged === 50) kill()
    }
  })().catch(() => {})
  await killed.promise
  // The writer continues while the orphaned server runs, which the next start must stop.
  const next = await start()
  await writing
  const found = await rows(next, 'SELECT count(*)::int AS count, max(id) AS last FROM sock')
  // One more row may exist: committed, but its acknowledgement did not arrive.
  expect([acknowledged, acknowledged + 1].map((n) => ({ count: n, last: n }))).toContainEqual(found[0])
})

test('the server ends with a parent that is killed, without a next start', async () => {
  useCopy()
  const { parent, said } = await startParent()
  const client = await connect(said.url)
  const closed = new Promise((resolve) => client.once('end', resolve))
  parent.kill('SIGKILL')
  await closed
  while (await runningPostgres(dataDir)) await new Promise(setImmediate)
  expect(await runningPostgres(dataDir)).toBeUndefined()
})

test('the watchdog ends with its server', async () => {
  useCopy()
  const { stop, processIds } = await start()
  expect(processIds.map(isAlive)).toEqual([true, true])
  await stop()
  await expect.poll(() => processIds.map(isAlive), { timeout: 30_000 }).toEqual([false, false])
})

test('a second process on the same folder gets the pid of the first', async () => {
  useCopy()
  await start()
  const { said } = await startParent()
  expect(said.refused).toBe(
    `${dataDir} is in use by process ${process.pid}: stop that, or choose another data folder`,
  )
})

test('of processes that start at the same instant on a new folder, one gets it', async () => {
  const starts = await Promise.all([startParent(), startParent(), startParent()])
  const refused = starts.filter(({ said }) => said.refused !== undefined)
  expect(refused).toHaveLength(2)
  for (const { said } of refused) expect(said.refused).toMatch(/is in use/)
})

test('a process id file that names a stranger is not believed, and the stranger is left alone', async () => {
  useCopy()
  const stale = [process.pid, `${dataDir}/cluster`, 1, 5432, '/tmp', '127.0.0.1', '1 1', 'ready', '']
  writeFileSync(path.join(dataDir, 'cluster', 'postmaster.pid'), stale.join('\n'))
  expect(await rows(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a first start that was interrupted is completed by the next', async () => {
  mkdirSync(path.join(dataDir, 'cluster.partial', 'base'), { recursive: true })
  const password = path.join(dataDir, 'password')
  writeFileSync(password, 'one of a folder that was deleted', { mode: 0o644 })
  expect(await rows(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  expect(existsSync(path.join(dataDir, 'cluster.partial'))).toBe(false)
  // Only the owner can read it.
  expect((statSync(password).mode & 0o777).toString(8)).toBe('600')
})

test('nobody gets in without the password, over TCP or the socket', async () => {
  useCopy()
  const postgres = await start({ durability: 'scratch' })
  for (const url of [postgres.tcpUrl('postgres'), postgres.url('postgres')]) {
    const guessed = Object.assign(new URL(url), { password: 'guessed' }).href
    await expect(connect(guessed)).rejects.toThrow(/password authentication failed/)
  }
})

test('text is ordered by code point, and letters beyond ASCII have cases, on every machine', async () => {
  useCopy()
  const sql = `SELECT lower('ÉA') AS lower, 'Z' < 'a' AS capitals_first, 'z' < 'é' AS ascii_first`
  expect(await rows(await start(), sql)).toEqual([{ lower: 'éa', capitals_first: true, ascii_first: true }])
})

test('a port in use is named', async () => {
  useCopy()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  cleanUp.push(() => void other.close())
  const address = other.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  await expect(start({ port })).rejects.toThrow(`port ${port} is in use: stop the program that listens there`)
  // The folder can be used again, by this process too.
  expect(existsSync(socketFolder())).toBe(false)
  expect(await rows(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a cluster of another PostgreSQL version is left alone', async () => {
  useCopy()
  writeFileSync(path.join(dataDir, 'cluster', 'PG_VERSION'), '15\n')
  await expect(start()).rejects.toThrow(/was made by another PostgreSQL version/)
})

test('a folder that this user may not write to is named', async () => {
  mkdirSync(dataDir)
  chmodSync(dataDir, 0o555)
  const { said } = await startParent(isRoot ? { uid: 65534 } : {})
  expect(said.refused).toMatch(new RegExp(`^no permission to use ${dataDir}: `))
})

test.runIf(isRoot)('root can keep its data where nobody else may go', async () => {
  chmodSync(folder, 0o700)
  const postgres = await start()
  expect(await rows(postgres, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await postgres.stop()
  expect(await rows(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a database is made once, however often and from how many sides it is asked for', async () => {
  useCopy()
  const postgres = await start({ durability: 'scratch' })
  const names = ['argyle_users', 'argyle_users', 'argyle_users', `odd "name`]
  const urls = await Promise.all(names.map((name) => postgres.ensureDatabase(name)))
  const odd = await connect(urls[3] ?? '')
  expect((await odd.query('SELECT current_database() AS name')).rows).toEqual([{ name: `odd "name` }])
  await expect(postgres.ensureDatabase('')).rejects.toThrow('zero-length')
})

test('its URL leads to a Unix socket; its TCP URL also leads to the next server on the port', async () => {
  useCopy()
  // No outgoing connection of another process takes it between the two servers.
  const [port = 0] = await freePorts(1)
  const first = await start({ port })
  const client = 'SELECT inet_client_addr()::text AS from'
  expect(await rows(first, client)).toEqual([{ from: null }])
  const overTcp = first.tcpUrl('postgres')
  const from = async () => (await (await connect(overTcp)).query(client)).rows
  expect(await from()).toEqual([{ from: '127.0.0.1/32' }])
  await first.stop()
  const second = await start({ port })
  expect(await from()).toEqual([{ from: '127.0.0.1/32' }])
  expect(second.url('postgres')).not.toBe(first.url('postgres'))
})

test('the server of another process can be found, but not one that has stopped', async () => {
  expect(await runningPostgres(dataDir)).toBeUndefined()
  const postgres = await start()
  expect((await runningPostgres(dataDir))?.url('x')).toBe(postgres.url('x'))
  await postgres.stop()
  expect(await runningPostgres(dataDir)).toBeUndefined()
})

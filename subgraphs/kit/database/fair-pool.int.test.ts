import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { Operation, Stopped } from '../operation/operation.ts'
import { environment } from '../service/config.ts'
import { newTrace, withTrace } from '../service/trace.ts'
import { pooledQueryable, statementOf } from './direct-sql.ts'
import { FairPool } from './fair-pool.ts'
import { isOutage } from './outage.ts'

const url = environment().ARGYLE_TEST_POSTGRES_URL
const pools: pg.Pool[] = []
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.end()
})

function open<P extends pg.Pool>(pool: P): P {
  pools.push(pool)
  pool.on('error', () => {})
  return pool
}

// The error event of a session without a statement ends the process where nobody listens: vitest reports it as an unhandled error.
test('a session that the server ends while nobody uses it is replaced', async () => {
  const pool = open(new FairPool({ connectionString: url, max: 1 }))
  const client = await pool.connect()
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const ended = new Promise((resolve) => client.once('end', resolve))
  const other = open(new pg.Pool({ connectionString: url, max: 1 }))
  await other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
  await ended
  client.release()
  const { rows: next } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  expect(next[0]?.pid).not.toBe(rows[0]?.pid)
})

test.each([
  ['by default', 10_000, {}],
  ['as it is set', 3_000, { connectionTimeoutMillis: 3_000 }],
])(
  'a statement waits for a connection for some time, %s %i ms, and then fails as an outage',
  async (_, ms, set) => {
    const pool = open(new FairPool({ connectionString: url, max: 1, ...set }))
    const client = await pool.connect()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const waiting = pool.connect().catch((error: unknown) => error)
      vi.advanceTimersByTime(ms - 1)
      expect(await Promise.race([waiting, 'waiting'])).toBe('waiting')
      vi.advanceTimersByTime(1)
      const failure = await waiting
      expect(String(failure)).toBe(`Error: no connection to the database was free for ${ms} ms`)
      expect(isOutage(failure)).toBe(true)
    } finally {
      vi.useRealTimers()
      client.release()
    }
    // A connection is not kept for it.
    const next = await pool.connect()
    next.release()
  },
)

test('statements outside of an operation get a connection in their order', async () => {
  const pool = open(new FairPool({ connectionString: url, max: 1 }))
  const held = await pool.connect()
  const order: number[] = []
  const waiting = [1, 2, 3].map(async (place) => {
    const client = await pool.connect()
    order.push(place)
    client.release()
  })
  held.release()
  await Promise.all(waiting)
  expect(order).toEqual([1, 2, 3])
})

test('a statement that gets a connection does not go on waiting', async () => {
  const pool = open(new FairPool({ connectionString: url, max: 1 }))
  const client = await pool.connect()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const waiting = pool.connect()
    expect(vi.getTimerCount()).toBe(1)
    client.release()
    const next = await waiting
    const left = vi.getTimerCount()
    next.release()
    expect(left).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('a stopped operation gets no connection, neither at once nor when one is free', async () => {
  const pool = open(new FairPool({ connectionString: url, max: 1 }))
  const client = await pool.connect()
  const operation = new Operation({ timeMs: 60_000, maxBytes: 1, maxFields: 1 })
  const ask = () => withTrace(newTrace({ operation }), () => pool.connect()).catch((error: unknown) => error)
  const waiting = ask()
  const other = pool.connect()
  operation.abandon()
  const later = ask()
  client.release()
  const next = await other
  next.release()
  // The connection is free by now.
  const last = await ask()
  expect([await waiting, await later, last]).toEqual(Array(3).fill(expect.any(Stopped)))
})

test('a statement that fails leaves its connection in the pool', async () => {
  const pool = open(new FairPool({ connectionString: url, max: 1 }))
  const ask = (text: string) => pooledQueryable(pool).execute(statementOf(text, [], () => ''))
  const before = await ask('SELECT pg_backend_pid() AS pid')
  await expect(ask('SELECT 1 / 0')).rejects.toThrow('division by zero')
  expect(await ask('SELECT pg_backend_pid() AS pid')).toEqual(before)
})

test('a connection that cannot be opened takes no place', async () => {
  const server = createServer((socket) => {
    // A connection that is closed before its data are read is reset.
    socket.once('data', () => socket.destroy()).on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const pool = open(new FairPool({ host: '127.0.0.1', port, max: 1 }))
  for (let attempt = 1; attempt <= 2; attempt++)
    await expect(pool.connect()).rejects.toThrow('Connection terminated unexpectedly')
  server.close()
})

test('a server that does not answer is an outage after ten seconds', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const pool = open(new FairPool({ host: '127.0.0.1', port, max: 1 }))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const connecting = pool.connect().catch((error: unknown) => error)
    await once(server, 'connection')
    vi.advanceTimersByTime(10_000)
    const failure = await connecting
    expect(String(failure)).toBe('Error: Connection terminated due to connection timeout')
    expect(isOutage(failure)).toBe(true)
  } finally {
    vi.useRealTimers()
    server.close()
  }
})

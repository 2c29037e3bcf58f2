import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { isOutage } from './outage.ts'

let database: BareDatabase
const clients: pg.Client[] = []
beforeAll(async () => {
  database = await bareDatabase()
  await database.prisma.$executeRawUnsafe('CREATE TABLE thing (id text PRIMARY KEY)')
})
afterAll(async () => {
  for (const client of clients) await client.end().catch(() => {})
  await database.drop()
})

async function session(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url })
  client.on('error', () => {})
  clients.push(client)
  await client.connect()
  return client
}

/** The error of the last of these statements. */
async function failureOf(client: pg.Client, ...statements: string[]): Promise<unknown> {
  const last = statements.pop() ?? ''
  for (const text of statements) await client.query(text)
  return client.query(last).then(
    () => expect.fail('the statement succeeded'),
    (error: unknown) => error,
  )
}

describe('an outage is', () => {
  test('a database that is read-only', async () => {
    const failure = await failureOf(
      await session(),
      'SET default_transaction_read_only = on',
      `INSERT INTO thing VALUES ('a')`,
    )
    expect([isOutage(failure), String(failure)]).toEqual([
      true,
      'error: cannot execute INSERT in a read-only transaction',
    ])
  })

  test('a lock that another session holds longer than lock_timeout', async () => {
    const [holder, waiter] = [await session(), await session()]
    await holder.query('BEGIN; LOCK TABLE thing')
    const failure = await failureOf(waiter, 'SET lock_timeout = 1', 'SELECT * FROM thing')
    await holder.query('ROLLBACK')
    expect([isOutage(failure), String(failure)]).toEqual([
      true,
      'error: canceling statement due to lock timeout',
    ])
  })

  test('a session that the server ended, for the statement under way and for the next one', async () => {
    const [victim, other] = [await session(), await session()]
    const { rows } = await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const ended = new Promise((resolve) => victim.once('end', resolve))
    const failing = failureOf(victim, 'SELECT pg_sleep(60)')
    await other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    expect(isOutage(await failing)).toBe(true)
    await ended
    expect(isOutage(await failureOf(victim, 'SELECT 1'))).toBe(true)
  })

  test.each(['08006', '40001', '40P01', '53100', '53300', '57P03', '58030'])('SQLSTATE %s', async (state) => {
    const raise = `DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '${state}'; END $$`
    expect(isOutage(await failureOf(await session(), raise))).toBe(true)
  })

  test.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])('the error %s of a socket', (code) => {
    expect(isOutage(Object.assign(new Error('the socket'), { code }))).toBe(true)
  })

  test('a connection that cannot be opened', async () => {
    const client = new pg.Client({ host: '127.0.0.1', port: 1 })
    const failure = await client.connect().catch((error: unknown) => error)
    expect(isOutage(failure)).toBe(true)
  })

  test("a connection that cannot be opened for a method of one of Prisma's models", async () => {
    const adapter = await new PrismaPg({ host: '127.0.0.1', port: 1 }).connect()
    const driverAdapterError = await adapter
      .queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] })
      .catch((error: unknown) => error)
    expect(driverAdapterError).toMatchObject({ cause: { kind: 'DatabaseNotReachable' } })
    expect(isOutage(Object.assign(new Error('P1001'), { meta: { driverAdapterError } }))).toBe(true)
  })

  test.each(['ConnectionClosed', 'SocketTimeout'])("Prisma's kind %s", (kind) => {
    const failure = Object.assign(new Error('P1017'), { meta: { driverAdapterError: { cause: { kind } } } })
    expect(isOutage(failure)).toBe(true)
  })
})

describe('no outage is', () => {
  test('a statement that is slower than statement_timeout', async () => {
    const failure = await failureOf(await session(), 'SET statement_timeout = 1', 'SELECT pg_sleep(60)')
    expect([isOutage(failure), String(failure)]).toEqual([
      false,
      'error: canceling statement due to statement timeout',
    ])
  })

  test('a statement with more parameters than the protocol has', async () => {
    const client = await session()
    const values = Array.from({ length: 65_537 }, () => 'a')
    const failure = await client.query('SELECT $1', values).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: '08P01' })
    expect(isOutage(failure)).toBe(false)
  })

  test('a statement whose temporary files exceed temp_file_limit', async () => {
    const sort = 'SELECT * FROM generate_series(1, 100000) AS n ORDER BY n DESC OFFSET 99999'
    const failure = await failureOf(
      await session(),
      `SET work_mem = '64kB'`,
      'SET temp_file_limit = 100',
      sort,
    )
    expect(failure).toMatchObject({ code: '53400' })
    expect(isOutage(failure)).toBe(false)
  })

  test.each(['SELECT 1 / 0', 'SELECT nothing', 'INSERT INTO thing VALUES (NULL)'])('%s', async (text) => {
    expect(isOutage(await failureOf(await session(), text))).toBe(false)
  })

  test.each([new Error('the order does not exist'), 'a text', null])('%s', (error) => {
    expect(isOutage(error)).toBe(false)
  })
})

import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { FairPool } from '../database/fair-pool.ts'
import { holdLock } from '../testing/notes/hold-lock.ts'
import { internalToken, type Reply, type ServedNotes, serveNotes } from '../testing/notes/serve-notes.ts'
import { Operation } from './operation.ts'

let notes: ServedNotes
beforeAll(async () => {
  notes = await serveNotes({ ANSWER_MEGABYTES: '1', ANSWER_FIELDS: '10000' })
})
afterAll(() => notes.close())

const json = ({ text }: Reply) => JSON.parse(text)

async function rows(table: 'heard' | 'note'): Promise<number> {
  return (await notes.database.prisma.$queryRawUnsafe<unknown[]>(`SELECT FROM ${table}`)).length
}

/** Counts the log lines about a stopped operation. */
const stopsLogged = () => notes.logged.filter(({ msg }) => msg === 'an operation was stopped')
const stops = () => stopsLogged().length

/** Starts an operation from which the caller can disconnect. */
async function begin(query: string) {
  const caller = new AbortController()
  const authorization = `Bearer ${await internalToken()}`
  const answer = fetch(notes.served.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query }),
    signal: caller.signal,
  }).catch(() => null)
  return {
    async leave() {
      const before = stops()
      caller.abort()
      await answer
      return { stopped: async () => void (await until(() => stops() > before)) }
    },
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(5)
}

const TRAIL = '{ trail { next { next { next { next { __typename } } } } } }'

describe('an operation whose caller has left', () => {
  test('sends no statement more', async () => {
    const lock = await holdLock(notes.database.prisma)
    const before = await rows('heard')
    const operation = await begin(TRAIL)
    await lock.waiting(1)
    await (await operation.leave()).stopped()
    const fields = expect.any(Number)
    expect(stopsLogged().at(-1)).toMatchObject({ level: 40, reason: 'the caller has left', fields })
    await lock.release()
    await lock.waiting(0)
    // A later operation runs completely; the abandoned one only completed its running statement.
    expect(json(await notes.operation(TRAIL)).errors).toBeUndefined()
    expect(await rows('heard')).toBe(before + 1 + 5)
  })

  test('completes the mutation field that it has begun, and begins no other', async () => {
    const lock = await holdLock(notes.database.prisma)
    const before = [await rows('note'), await rows('heard')]
    const operation = await begin(
      'mutation { a: writeHeld(text: "a") { next { __typename } } b: writeHeld(text: "b") { __typename } }',
    )
    await lock.waiting(1)
    const left = await operation.leave()
    await lock.release()
    await left.stopped()
    expect(
      json(await notes.operation('mutation { writeHeld(text: "c") { __typename } }')).errors,
    ).toBeUndefined()
    expect([await rows('note'), await rows('heard')]).toEqual([Number(before[0]) + 2, before[1]])
  })
})

describe('an operation that takes too long', () => {
  const late = { message: expect.stringMatching(/^The operation took longer than \d+ ms\.$/) }

  test('by the time that its caller waits is ended with an error', async () => {
    const lock = await holdLock(notes.database.prisma)
    const reply = await notes.operation(TRAIL, { 'x-request-timeout-ms': '200' })
    expect({ status: reply.status, body: json(reply) }).toEqual({
      status: 200,
      body: { data: null, errors: [{ ...late, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] },
    })
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
    const reason = 'The operation took longer than 190 ms.'
    expect(json(reply).errors[0].message).toBe(reason)
    expect(stopsLogged().at(-1)).toMatchObject({ level: 40, reason })
    await lock.release()
  })

  test('by the setting is ended with an error, whatever its caller says', async () => {
    const strict = await serveNotes({ OPERATION_SECONDS: '1' })
    const lock = await holdLock(strict.database.prisma)
    const reply = await strict.operation(TRAIL, { 'x-request-timeout-ms': '60000' })
    expect(json(reply).errors).toMatchObject([{ message: 'The operation took longer than 1000 ms.' }])
    await lock.release()
    await strict.close()
  })

  test('in one statement is ended by PostgreSQL', async () => {
    const strict = await serveNotes({ STATEMENT_SECONDS: '1' })
    const lock = await holdLock(strict.database.prisma)
    expect(json(await strict.operation('{ held }')).errors).toMatchObject([
      { message: 'Internal server error.', path: ['held'] },
    ])
    expect(strict.logged).toContainEqual(
      expect.objectContaining({ err: expect.objectContaining({ code: '57014' }) }),
    )
    await lock.release()
    await strict.close()
  })

  test.each(['0', 'soon', '1e3', '1.5'])('a time of %j is refused', async (time) => {
    const reply = await notes.operation('{ size(of: 1) }', { 'x-request-timeout-ms': time })
    expect({ status: reply.status, body: json(reply) }).toEqual({
      status: 400,
      body: {
        errors: [
          {
            message: `x-request-timeout-ms is "${time}": allowed is a whole number from 1 to 999999999`,
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      },
    })
  })
})

describe('an answer that is too large', () => {
  const refusal = {
    data: null,
    errors: [
      {
        message: 'The answer is larger than 1 MB and 10000 fields: ask for fewer items or fields.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ],
  }

  test.each([
    ['by its fields', '{ many(first: 5000) { id } }', '{ many(first: 4999) { id } }'],
    [
      'by its text',
      '{ many(first: 11, length: 100000) { text } }',
      '{ many(first: 10, length: 100000) { text } }',
    ],
    ['by fields of its errors', `{ ${ladder(500)} }`, `{ ${ladder(400)} }`],
  ])('%s is refused, one within the limits is given', async (_, large, fits) => {
    expect(json(await notes.operation(large))).toEqual(refusal)
    expect(json(await notes.operation(fits)).data).toEqual(expect.any(Object))
  })

  test('by its bytes in UTF-8 is refused, although it has less characters than that', async () => {
    const write = (length: number) =>
      notes.operation(`mutation { writeNote(text: "${'ü'.repeat(length)}") { text } }`)
    expect(json(await write(600_000))).toEqual(refusal)
    expect(json(await write(500_000)).data.writeNote.text).toHaveLength(500_000)
  })

  /** Aliases of a field that fails. */
  function ladder(count: number): string {
    return Array.from({ length: count }, (_, n) => `a${n}: size(of: 99)`).join(' ')
  }
})

test('an operation that is answered holds neither a timer nor a turn', async () => {
  const finish = vi.spyOn(Operation.prototype, 'finish')
  await notes.operation('{ size(of: 1) }')
  expect(finish).toHaveBeenCalledTimes(1)
  finish.mockRestore()
})

describe('operations at once', () => {
  test('are as many as there are places; the next waits, more are refused, health is answered', async () => {
    const busy = await serveNotes({ OPERATIONS_AT_ONCE: '1', OPERATIONS_WAITING: '1' })
    const lock = await holdLock(busy.database.prisma)
    const first = busy.operation('{ held }')
    await lock.waiting(1)
    const type = 'application/graphql-response+json'
    const others = [1, 2].map(() => busy.operation('{ size(of: 2) }', { accept: type }))
    const refused = await Promise.race(others)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
    expect({ retry: refused.headers.get('retry-after'), body: json(refused) }).toEqual({
      retry: '1',
      body: {
        errors: [
          {
            message: 'Too many operations are running: try again.',
            extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
          },
        ],
      },
    })
    expect((await busy.request('/health/live')).status).toBe(200)
    expect((await busy.request('/health/ready')).status).toBe(200)
    await lock.release()
    expect(json(await first)).toEqual({ data: { held: true } })
    const statuses = await Promise.all(others.map(async (other) => (await other).status))
    expect(statuses.sort()).toEqual([200, 503])
    await busy.close()
  })

  test('that wait are refused when their time is over', async () => {
    const busy = await serveNotes({ OPERATIONS_AT_ONCE: '1', OPERATIONS_WAITING: '1' })
    const lock = await holdLock(busy.database.prisma)
    const first = busy.operation('{ held }')
    await lock.waiting(1)
    const late = await busy.operation('{ size(of: 1) }', { 'x-request-timeout-ms': '50' })
    expect(late.status).toBe(503)
    expect(late.headers.get('content-type')).toBe('application/json; charset=utf-8')
    await lock.release()
    expect(json(await first)).toEqual({ data: { held: true } })
    expect(json(await busy.operation('{ size(of: 2) }'))).toEqual({ data: { size: 2 } })
    await busy.close()
  })
})

test('a caller that leaves while it sends its operation gives its place back', async () => {
  const busy = await serveNotes({ OPERATIONS_AT_ONCE: '1', OPERATIONS_WAITING: '1' })
  const { hostname, port, pathname } = new URL(busy.served.url)
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nhost: notes\r\nauthorization: Bearer ${await internalToken()}\r\ncontent-type: application/json\r\ncontent-length: 30\r\n\r\n{"query":`,
  )
  const ends = async (status: number) => {
    const other = async () =>
      (await busy.operation('{ size(of: 1) }', { 'x-request-timeout-ms': '50' })).status === status
    await vi.waitUntil(other, { timeout: 30_000 })
  }
  await ends(503)
  socket.destroy()
  await ends(200)
  await busy.close()
})

test('one operation of many statements leaves connections to the others', async () => {
  const lock = await holdLock(notes.database.prisma)
  const aliases = Array.from({ length: 400 }, (_, n) => `a${n}: trail { __typename }`).join(' ')
  const many = notes.operation(`{ ${aliases} }`)
  // The pool's connections are all in use.
  await lock.waiting(8)
  const connect = vi.spyOn(FairPool.prototype, 'connect')
  const other = notes.operation('{ note(id: "nte_0") { id } }')
  await vi.waitUntil(() => connect.mock.calls.length > 0, { timeout: 30_000 })
  connect.mockRestore()
  // Each operation gets one of the two connections that are free then. The further statements of the large one wait for the lock too.
  await notes.database.prisma.$queryRawUnsafe(
    `SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 2`,
  )
  expect(json(await other)).toEqual({ data: { note: null } })
  await lock.release()
  expect(json(await many).errors).toHaveLength(2)
})

import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { subscribedTypes } from '../messages/inbox.ts'
import { memoryBus } from '../messages/memory-bus.ts'
import { bareDatabase } from '../testing/bare-database.ts'
import { holdLock } from '../testing/notes/hold-lock.ts'
import {
  NOTE_WRITTEN,
  notesMigrations,
  notes as notesSubgraph,
  SECRET_OF_A_BUG,
} from '../testing/notes/notes.ts'
import {
  internalToken,
  notesSettings,
  type Reply,
  type ServedNotes,
  serveNotes,
} from '../testing/notes/serve-notes.ts'
import { serveSubgraph } from './serve.ts'

const unauthenticated = {
  errors: [{ message: 'A valid internal token is needed.', extensions: { code: 'UNAUTHENTICATED' } }],
}
const traceparent = '00-11111111111111111111111111111111-2222222222222222-01'
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const minutesFromNow = (minutes: number) => Math.floor(Date.now() / 1_000) + minutes * 60
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

let notes: ServedNotes
beforeAll(async () => {
  notes = await serveNotes()
})
afterAll(() => notes.close())

const json = ({ text }: Reply) => JSON.parse(text)
/** A request of this many bytes. */
const bodyOf = (bytes: number) =>
  JSON.stringify({ query: '{ size(of: 1) } #' }).replace('#', '#'.padEnd(bytes - 28, 'x'))
const asUser = async (scope: string) => ({
  authorization: `Bearer ${await internalToken({ sub: 'usr_1', sid: 'ses_1', scope })}`,
})

describe('an internal token', () => {
  const forged: Record<string, () => string | Promise<string>> = {
    'no token': () => '',
    'an empty one': () => 'Bearer ',
    'another scheme': async () => `Basic ${await internalToken()}`,
    nonsense: () => 'Bearer nonsense',
    "another subgraph's": async () => `Bearer ${await internalToken({}, { audience: 'letters' })}`,
    'one under another key': async () => `Bearer ${await internalToken({}, { key: randomBytes(32) })}`,
    'an expired one': async () => `Bearer ${await internalToken({}, { expires: minutesFromNow(-1) })}`,
    'one of another issuer': async () => `Bearer ${await internalToken({}, { issuer: 'somebody' })}`,
    'one without signature': () =>
      `Bearer ${base64url({ alg: 'none' })}.${base64url({ iss: 'argyle-router', aud: 'notes', exp: minutesFromNow(1) })}.`,
    'one whose claims were changed': async () => {
      const [head, , signature] = (await internalToken({ sub: 'usr_1' })).split('.')
      const claims = { iss: 'argyle-router', aud: 'notes', sub: 'usr_2', exp: minutesFromNow(1) }
      return `Bearer ${head}.${base64url(claims)}.${signature}`
    },
  }
  const operations = [
    '{ note(id: "nte_1") { id } }',
    '{ _service { sdl } }',
    '{ _entities(representations: [{ __typename: "Note", id: "nte_1" }]) { __typename } }',
    '{ __schema { types { name } } }',
  ]

  test.each(Object.keys(forged))('that is %s opens nothing', async (kind) => {
    const authorization = (await forged[kind]?.()) ?? ''
    for (const query of operations) {
      const reply = await notes.operation(query, { authorization })
      expect({ status: reply.status, body: json(reply) }).toEqual({ status: 401, body: unauthenticated })
    }
  })

  test.each([
    ['a query by GET', `/graphql?query=${encodeURIComponent('{ _service { sdl } }')}`, {}],
    [
      'a query by GET that pretends to want the page',
      `/graphql?query=${encodeURIComponent('{ __typename }')}`,
      html,
    ],
    ['an empty query string that pretends to want the page', '/graphql?', html],
    ['a GET that wants data', '/graphql', { accept: 'application/json' }],
  ])('is wanted for %s', async (_, path, headers) => {
    const reply = await notes.request(path, { headers })
    expect({ status: reply.status, body: json(reply) }).toEqual({ status: 401, body: unauthenticated })
  })

  test('that pretends to want the page by POST is wanted too', async () => {
    const reply = await notes.operation('{ __typename }', { ...html, authorization: '' })
    expect(reply.status).toBe(401)
  })

  test('has the caller and its scopes', async () => {
    const query = '{ me ledger }'
    expect(json(await notes.operation(query, await asUser('self notes:read')))).toEqual({
      data: { me: 'usr_1', ledger: 'profit' },
    })
    expect(json(await notes.operation(query, await asUser('self')))).toMatchObject({
      data: { me: 'usr_1', ledger: null },
      errors: [{ path: ['ledger'], extensions: { code: 'FORBIDDEN' } }],
    })
    expect(json(await notes.operation(query))).toMatchObject({
      data: { me: null, ledger: null },
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }, { extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })

  test('opens the schema and the entities for the router', async () => {
    const sdl = json(await notes.operation('{ _service { sdl } }'))
    expect(sdl.data._service.sdl).toContain('type Note @key(fields: "id")')
    const entities = '{ _entities(representations: [{ __typename: "Note", id: "nte_0" }]) { __typename } }'
    expect(json(await notes.operation(entities))).toEqual({ data: { _entities: [null] } })
  })
})

describe('an answer', () => {
  test.each([
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
  ])('to whoever accepts %s is %s', async (accept, type) => {
    const reply = await notes.operation('{ size(of: 1) }', { accept })
    expect({ type: reply.headers.get('content-type'), body: json(reply) }).toEqual({
      type: `${type}; charset=utf-8`,
      body: { data: { size: 1 } },
    })
  })

  test('comes to a query by GET too, with its variables, but not to a mutation', async () => {
    const authorization = `Bearer ${await internalToken()}`
    const get = (query: string, variables = '{}') => {
      const search = new URLSearchParams({ query, variables })
      return notes.request(`/graphql?${search}`, { headers: { authorization, accept: 'application/json' } })
    }
    expect(json(await get('query ($of: Int!) { size(of: $of) }', '{ "of": 7 }'))).toEqual({
      data: { size: 7 },
    })
    const refused = await get('mutation { writeNote(text: "by GET") { id } }')
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await notes.database.prisma.$queryRawUnsafe('SELECT id FROM note')).toEqual([])
  })
})

describe('the Sandbox page', () => {
  test('is for browsers, outside production, and the root leads to it', async () => {
    const page = await notes.request('/', { headers: html })
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(page.text).toContain('embeddable-sandbox')
  })

  test('is not there in production, nor does the schema tell of itself', async () => {
    const hidden = await serveNotes({ NODE_ENV: 'production' })
    try {
      expect((await hidden.request('/graphql', { headers: html })).status).toBe(401)
      expect((await hidden.request('/', { headers: html })).status).toBe(404)
      expect(json(await hidden.operation('{ __schema { types { name } } }'))).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
      })
      expect(json(await hidden.operation('{ note(id: "nte_0") { id } }'))).toEqual({ data: { note: null } })
    } finally {
      await hidden.close()
    }
  })
})

describe('an error', () => {
  const masked = { message: 'Internal server error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }

  test('that is a bug of a resolver is masked, and logged with the ids of its request', async () => {
    const headers = { 'x-request-id': 'req-of-the-bug', traceparent }
    const reply = await notes.operation('{ broken }', headers)
    expect(json(reply)).toEqual({ data: { broken: null }, errors: [{ ...masked, path: ['broken'] }] })
    const line = notes.logged.find(({ msg }) => msg === 'a resolver failed')
    expect(line).toMatchObject({
      requestId: 'req-of-the-bug',
      traceparent,
      err: { message: SECRET_OF_A_BUG },
    })
  })

  /** Sets it for the sessions that notes opens from now on. */
  const configure = ({ database }: ServedNotes, setting: string) =>
    database.prisma.$executeRawUnsafe(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${setting}', current_database()); END $$`,
    )

  test.each([
    ['holds a lock for another', 'lock_timeout = 100', '{ held }', 'canceling statement due to lock timeout'],
    [
      'is read-only',
      'default_transaction_read_only = on',
      'mutation { writeNote(text: "socks") { id } }',
      'cannot execute INSERT in a read-only transaction',
    ],
  ])(
    'of a database that %s says that the request may be repeated, and is logged',
    async (_, setting, query, reason) => {
      const stuck = await serveNotes()
      await configure(stuck, setting)
      const own = await holdLock(stuck.database.prisma)
      const reply = json(await stuck.operation(query))
      await own.release()
      const message =
        'The data cannot be reached now: send the request again, a mutation with the same idempotencyKey.'
      expect(reply.errors).toEqual([
        { message, path: [expect.any(String)], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
      ])
      const line = stuck.logged.find(({ msg }) => msg === 'a resolver failed')
      expect(line).toMatchObject({ level: 50, err: { message: reason } })
      await stuck.close()
    },
  )

  test('that is a bug of a route is masked, and logged', async () => {
    const reply = await notes.request('/broken')
    expect({ status: reply.status, body: json(reply) }).toEqual({ status: 500, body: { errors: [masked] } })
    expect(notes.logged.find(({ msg }) => msg === 'a request failed')).toMatchObject({
      url: '/broken',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      err: { message: SECRET_OF_A_BUG },
    })
  })

  test.each([
    ['a refused value', '{ size(of: 99) }', 'size is 99: allowed is 1 to 12'],
    ['a wrong type', '{ size(of: "big") }', 'Int cannot represent non-integer value: "big"'],
    ['an unknown field', '{ colour }', 'Cannot query field "colour" on type "Query".'],
    ['no GraphQL', '{ size(', 'Syntax Error: Expected Name, found <EOF>.'],
    [
      'too much GraphQL',
      `{ ${'size(of: 1) '.repeat(17_000)} }`,
      'Syntax Error: Document contains more that 100000 tokens. Parsing aborted.',
    ],
  ])('in what was sent, %s, keeps its message', async (_, query, message) => {
    expect(json(await notes.operation(query))).toMatchObject({
      errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }],
    })
  })

  const post = async (body: string, type = 'application/json') =>
    notes.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${await internalToken()}` },
      body,
    })

  test.each([
    ['a body over 5 MiB', 413, bodyOf(5 * 1024 * 1024 + 1), undefined],
    ['a body that is no JSON', 400, '{ "query"', undefined],
    ['an empty body', 400, '', undefined],
    ['a body without an operation', 400, '{}', undefined],
    ['a body of another type', 415, 'query=x', 'application/x-www-form-urlencoded'],
  ])('about %s is JSON in GraphQL’s form', async (_, status, body, type) => {
    const reply = await post(body, type)
    expect(reply.status).toBe(status)
    expect(json(reply)).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'BAD_USER_INPUT' } }],
    })
  })

  test('does not come from a body of 5 MiB', async () => {
    expect(json(await post(bodyOf(5 * 1024 * 1024)))).toEqual({ data: { size: 1 } })
  })

  test('about a persisted query says that there are none: the router sends documents', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } }
    const reply = json(await post(JSON.stringify({ extensions })))
    expect(reply.errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }])
  })
})

describe('health', () => {
  test('is live, and ready while the database answers', async () => {
    expect(json(await notes.request('/health/live'))).toEqual({ status: 'live' })
    expect(json(await notes.request('/health/ready'))).toMatchObject({ status: 'ready', bus: 'none' })
  })

  test('is live and not ready without its database, and says why only in the log', async () => {
    const orphan = await serveNotes()
    await orphan.database.drop()
    const ready = await orphan.request('/health/ready')
    expect({ status: ready.status, body: json(ready) }).toEqual({
      status: 503,
      body: { status: 'not ready' },
    })
    expect((await orphan.request('/health/live')).status).toBe(200)
    expect(orphan.logged).toContainEqual(
      expect.objectContaining({ msg: 'the service is not ready', err: expect.any(Object) }),
    )
    expect(json(await orphan.operation('{ note(id: "nte_0") { id } }'))).toMatchObject({
      errors: [{ message: 'Internal server error.' }],
    })
    await orphan.close()
  })

  test('is not ready when the bus is not', async () => {
    const bus = {
      publish: async () => {},
      subscribe: async () => ({ close: async () => {} }),
      ready: async () => {
        throw new Error('the bus is away')
      },
      close: async () => {},
    }
    const cut = await serveNotes({}, bus)
    expect((await cut.request('/health/ready')).status).toBe(503)
    await cut.close()
  })
})

test('a message carries the ids of the request that caused it', async () => {
  const headers = { 'x-request-id': 'req-of-the-note', traceparent }
  const reply = json(await notes.operation('mutation { writeNote(text: "socks") { id } }', headers))
  const rows = await notes.database.prisma.$queryRawUnsafe(
    'SELECT type, subject, correlation_id, traceparent FROM outbox_message',
  )
  expect(rows).toEqual([
    { type: NOTE_WRITTEN, subject: reply.data.writeNote.id, correlation_id: 'req-of-the-note', traceparent },
  ])
})

test('the event of a mutation is published at once, and received', async () => {
  const talking = await serveNotes(
    {},
    memoryBus([{ consumer: 'notes', types: subscribedTypes(notesSubgraph) }]),
  )
  const reply = json(await talking.operation('mutation { writeNote(text: "socks") { id } }'))
  expect(await talking.received(1)).toEqual([reply.data.writeNote.id])
  await talking.close()
})

test('a start that fails leaves nothing open', async () => {
  const database = await bareDatabase()
  const steps: string[] = []
  const bus = {
    publish: async () => {},
    async subscribe() {
      steps.push('subscribed')
      return { close: async () => void steps.push('unsubscribed') }
    },
    ready: async () => {},
    close: async () => {},
  }
  const settings = { ...notesSettings(database.url), PORT: String(notes.served.port) }
  await expect(serveSubgraph(notesSubgraph, { settings, migrations: notesMigrations, bus })).rejects.toThrow(
    `port ${notes.served.port} of 127.0.0.1 is in use`,
  )
  expect(steps).toEqual(['subscribed', 'unsubscribed'])
  const others = 'SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
  // A session ends a moment after its connection.
  while ((await database.prisma.$queryRawUnsafe<unknown[]>(others)).length > 0) await pause(5)
  await database.drop()
})

test('a service that is closed twice closes everything once, and both wait for the end', async () => {
  const steps: string[] = []
  const begun = Promise.withResolvers<void>()
  const free = Promise.withResolvers<void>()
  async function unsubscribe() {
    begun.resolve()
    await free.promise
    steps.push('unsubscribed')
  }
  const bus = {
    publish: async () => {},
    subscribe: async () => ({ close: unsubscribe }),
    ready: async () => {},
    close: async () => {},
  }
  const twice = await serveNotes({ HOST: 'localhost' }, bus)
  expect(twice.served.url).toBe(`http://localhost:${twice.served.port}/graphql`)
  const closings = [1, 2].map(() => twice.served.close().then(() => steps.push('closed')))
  await begun.promise
  // The second call has its turn too.
  await pause(50)
  free.resolve()
  await Promise.all(closings)
  expect(steps).toEqual(['unsubscribed', 'closed', 'closed'])
  await twice.close()
})

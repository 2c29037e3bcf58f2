import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { InvalidDocument } from '../../operation/document.ts'
import type { PreparedOperation } from '../../operation/operation-cache.ts'
import { TooLarge } from '../../planning/direct/unplannable.ts'
import type { RequestContext } from '../../request-context.ts'
import { ANONYMOUS } from '../../security/identity.ts'
import type { Serving } from '../../serving.ts'
import { testLog } from '../../testing/router.ts'
import { HttpError } from '../http-error.ts'
import { operationOf, outcomeOf, shaped } from './answer-operation.ts'

// The properties that these functions read.
const prepared = (kind: string) => ({ kind, name: null }) as unknown as PreparedOperation
const servingOf = (parts: object) => parts as Serving

function contextOf(signal = new AbortController().signal): RequestContext {
  return {
    identity: ANONYMOUS,
    trace: { requestId: 'request-1', traceparent: 'b', tracestate: null },
    headers: {},
    clientAddress: '192.0.2.1',
    lifetime: { signal, mutates: false },
    returned: new Map(),
  }
}

describe('the operation of a document', () => {
  const named: (string | undefined)[] = []
  const serving = servingOf({
    document: () => ({ id: 1, document: {} }),
    operations: {
      prepare: (_: number, __: object, name: string | undefined) => {
        named.push(name)
        return prepared(name === 'Buy' ? 'mutation' : 'query')
      },
    },
  })

  // Some clients send an empty name for a document with one anonymous operation.
  test.each([
    ['Sock', 'Sock'],
    ['', undefined],
    [undefined, undefined],
  ])('named %j is looked up by %j', (name, looked) => {
    expect(operationOf(serving, '{ sock }', name, { status: 400, isGet: true }).kind).toBe('query')
    expect(named.at(-1)).toBe(looked)
  })

  test('is refused to a GET unless it is a query', () => {
    const get = () => operationOf(serving, 'mutation Buy { buy }', 'Buy', { status: 400, isGet: true })
    expect(get).toThrow(
      expect.objectContaining({
        status: 405,
        headers: ['allow', 'POST'],
        errors: [
          {
            message: 'GET requests only support query operations.',
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      }),
    )
    const post = operationOf(serving, 'mutation Buy { buy }', 'Buy', { status: 400, isGet: false })
    expect(post.kind).toBe('mutation')
  })

  test.each([200, 400])('that is invalid has the status %d of its media type, and places', (status) => {
    const locations = [{ line: 1, column: 3 }]
    const refusing = servingOf({
      document: () => {
        throw new InvalidDocument([{ message: 'x'.repeat(5_000), locations }, { message: 'no' }])
      },
    })
    let thrown: unknown
    try {
      operationOf(refusing, '{ shoe }', undefined, { status, isGet: false })
    } catch (error) {
      thrown = error
    }
    if (!(thrown instanceof HttpError)) throw new Error('it was not refused')
    expect(thrown.status).toBe(status)
    expect(thrown.errors).toEqual([
      { message: expect.any(String), locations, extensions: { code: 'BAD_USER_INPUT' } },
      { message: 'no', extensions: { code: 'BAD_USER_INPUT' } },
    ])
    expect(thrown.errors[0]?.message).toHaveLength(3_000)
  })

  test('a fault of the router itself is passed on', () => {
    const broken = servingOf({
      document: () => {
        throw new TypeError('a fault')
      },
    })
    expect(() => operationOf(broken, '{ sock }', undefined, { status: 400, isGet: false })).toThrow(TypeError)
  })
})

describe('an outcome', () => {
  const run = (program: () => unknown, { context = contextOf(), isPending = false } = {}) => {
    const { log, logged } = testLog()
    const serving = servingOf({ operations: { program, isPending: () => isPending } })
    const outcome = outcomeOf(serving, prepared('query'), {}, context, log)
    return outcome.then((value) => ({ ...value, logged: logged.map((line) => JSON.parse(line)) }))
  }
  const fails = (error: unknown) => () => {
    throw error
  }

  test('of a fault is masked, and logged with the id of the request and the place in the code', async () => {
    const { data, errors, logged } = await run(fails(new Error('the password is hush')))
    expect(data).toBeNull()
    expect(errors).toEqual([
      { message: expect.not.stringContaining('hush'), extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ])
    expect(logged).toMatchObject([{ level: 50, msg: 'a request failed', requestId: 'request-1' }])
    expect(logged[0].error).toMatch(/the password is hush\n +at .*answer-operation.test.ts/)
  })

  test('of a thrown text is logged too', async () => {
    expect((await run(fails('a text'))).logged).toMatchObject([{ error: 'a text' }])
  })

  test('of an operation that is too large says so, and the log has the reason', async () => {
    const { data, errors, logged } = await run(fails(new TooLarge('20,001 fields')))
    expect([data, errors]).toEqual([
      null,
      [
        {
          message: 'The operation is too large to be planned: ask for less at a time.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    ])
    expect(logged).toMatchObject([
      { level: 40, msg: 'an operation was not planned', requestId: 'request-1', reason: '20,001 fields' },
    ])
  })

  test.each([true, false])(
    'of planning that outlasts the request (over at once: %s) says so',
    async (isOver) => {
      const leaving = new AbortController()
      if (isOver) leaving.abort()
      const outcome = run(() => new Promise(() => {}), {
        context: contextOf(leaving.signal),
        isPending: true,
      })
      leaving.abort()
      expect(await outcome).toMatchObject({
        data: null,
        errors: [
          { message: 'The operation took too long to plan.', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
        ],
        logged: [],
      })
    },
  )

  test('of a program is its own, planned at once or later', async () => {
    const program = { run: async () => ({ data: '{"sock":1}', errors: [] }) }
    expect(await run(() => program)).toMatchObject({ data: '{"sock":1}', errors: [], logged: [] })
    const context = contextOf()
    expect(await run(async () => program, { context, isPending: true })).toMatchObject({ data: '{"sock":1}' })
    expect(getEventListeners(context.lifetime.signal, 'abort')).toEqual([])
  })
})

test('an answer has its errors first, and none where there are none', () => {
  expect(shaped({ data: '{"sock":null}', errors: [] })).toBe('{"data":{"sock":null}}')
  expect(shaped({ data: 'null', errors: [{ message: 'no' }] })).toBe(
    '{"errors":[{"message":"no"}],"data":null}',
  )
})

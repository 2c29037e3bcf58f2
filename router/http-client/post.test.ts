import { describe, expect, test, vi } from 'vitest'
import type { Exchange } from './connection.ts'
import { FetchFailure } from './fetch-failure.ts'
import type { OriginPool } from './origin-pool.ts'
import { post } from './post.ts'

const ANSWER = { status: 200, headers: {}, body: '{}' }

/** A pool that answers each exchange, or fails it with an error. */
const poolOf = (error?: unknown): OriginPool => ({
  begin: (exchange) => (error === undefined ? exchange.answered(ANSWER) : exchange.failed(error)),
  abandon() {},
  close() {},
})

async function outcomeOf(
  pool: OriginPool,
  part: { body?: string; maxRequestBytes?: number; signal?: AbortSignal } = {},
) {
  try {
    return await post(pool, { head: '', body: '{}', timeMs: 60_000, maxBytes: 1, ...part })
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error
    return [error.kind, error.detail]
  }
}

test.each([
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['ECONNRESET', 'broken'],
  ['EPIPE', 'broken'],
])('an error with the code %s is of the kind %s', async (code, kind) => {
  const error = Object.assign(new Error('it failed'), { code })
  expect(await outcomeOf(poolOf(error))).toEqual([kind, `${code} it failed`])
})

test('an error without a code is a broken exchange; a failure of its own kind stays one', async () => {
  expect(await outcomeOf(poolOf(new Error('it failed')))).toEqual(['broken', 'it failed'])
  expect(await outcomeOf(poolOf('no error'))).toEqual(['broken', 'no error'])
  expect(await outcomeOf(poolOf(new FetchFailure('invalid', 'no JSON')))).toEqual(['invalid', 'no JSON'])
})

describe('a body', () => {
  test.each([
    ['{"a":1}', 7],
    // Three bytes a character.
    ['€€', 6],
  ])('%j of the limit in bytes is sent; one byte more is not', async (body, bytes) => {
    expect(await outcomeOf(poolOf(), { body, maxRequestBytes: bytes })).toBe(ANSWER)
    expect(await outcomeOf(poolOf(), { body, maxRequestBytes: bytes - 1 })).toEqual([
      'request-too-large',
      `not sent: more than ${bytes - 1} bytes`,
    ])
  })
})

test.each<[how: string, end: (exchange: Exchange) => void]>([
  ['answered', ({ answered }) => answered(ANSWER)],
  ['failed', ({ failed }) => failed(new Error('it failed'))],
])(
  'of an exchange that has %s neither its time nor its caller ends the connection, which others use',
  async (_, end) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const abandoned: Exchange[] = []
      const pool: OriginPool = {
        begin: end,
        abandon: (exchange) => void abandoned.push(exchange),
        close() {},
      }
      const caller = new AbortController()
      await outcomeOf(pool, { signal: caller.signal })
      vi.runAllTimers()
      caller.abort()
      expect(abandoned).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  },
)

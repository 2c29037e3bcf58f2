import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Envelope } from './envelope.ts'
import { gatherMessages, MAX_GATHERED } from './gather-messages.ts'

const message = (id: string) => ({ id }) as Envelope
const idsOf = (messages: readonly Envelope[]) => messages.map(({ id }) => id)
const WINDOW_MS = 200

/** Gathers messages; `batches` and `alone` contain the ids that were handled together and one by one. */
function gathering(fail: (ids: readonly string[]) => Error | null = () => null) {
  const batches: string[][] = []
  const alone: string[] = []
  const handle = gatherMessages({
    windowMs: WINDOW_MS,
    async handleAll(messages) {
      const error = fail(idsOf(messages))
      if (error) throw error
      batches.push(idsOf(messages))
    },
    async handleOne({ id }) {
      const error = fail([id])
      if (error) throw error
      alone.push(id)
    },
    isFailureOfAll: (error) => (error as Error).message === 'the database is away',
  })
  return { handle: (id: string) => handle(message(id)), batches, alone }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('gathered messages', () => {
  test('are handled together when the first has waited for the window', async () => {
    const { handle, batches } = gathering()
    const first = handle('a')
    await vi.advanceTimersByTimeAsync(WINDOW_MS - 1)
    const second = handle('b')
    expect(batches).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await Promise.all([first, second])
    expect(batches).toEqual([['a', 'b']])
  })

  test('are handled at once when they are as many as a batch may have', async () => {
    const { handle, batches } = gathering()
    const ids = Array.from({ length: MAX_GATHERED + 1 }, (_, index) => `m${index}`)
    const handled = ids.slice(0, MAX_GATHERED).map(handle)
    await vi.advanceTimersByTimeAsync(1)
    expect(batches).toEqual([ids.slice(0, MAX_GATHERED)])
    // The window of the next batch begins with its own first message.
    handled.push(handle(ids.at(-1) ?? ''))
    await vi.advanceTimersByTimeAsync(WINDOW_MS - 1)
    expect(batches).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    await Promise.all(handled)
    expect(batches[1]).toEqual([ids.at(-1)])
  })

  test('of one batch wait until the batch before is handled', async () => {
    const order: string[] = []
    let finish = () => {}
    const handle = gatherMessages({
      windowMs: WINDOW_MS,
      async handleAll([first]) {
        order.push(`begin ${first?.id}`)
        if (first?.id === 'a') await new Promise<void>((resolve) => (finish = resolve))
        order.push(`end ${first?.id}`)
      },
      handleOne: async () => {},
      isFailureOfAll: () => false,
    })
    const first = handle(message('a'))
    await vi.advanceTimersByTimeAsync(WINDOW_MS)
    const second = handle(message('b'))
    await vi.advanceTimersByTimeAsync(WINDOW_MS)
    expect(order).toEqual(['begin a'])
    finish()
    await Promise.all([first, second])
    expect(order).toEqual(['begin a', 'end a', 'begin b', 'end b'])
  })

  test('of a batch that fails are handled one by one, and only those that fail alone fail', async () => {
    const { handle, batches, alone } = gathering((ids) =>
      ids.includes('b') ? new Error('b is wrong') : null,
    )
    const settled = Promise.allSettled(['a', 'b', 'c'].map(handle))
    await vi.advanceTimersByTimeAsync(WINDOW_MS)
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(batches).toEqual([])
    expect(alone).toEqual(['a', 'c'])
    const later = handle('d')
    await vi.advanceTimersByTimeAsync(WINDOW_MS)
    await later
    expect(batches).toEqual([['d']])
  })

  test('all fail, and none is tried alone, where each would fail for the same reason', async () => {
    let tries = 0
    const { handle } = gathering(() => {
      tries++
      return new Error('the database is away')
    })
    const settled = Promise.allSettled(['a', 'b'].map(handle))
    await vi.advanceTimersByTimeAsync(WINDOW_MS)
    for (const result of await settled)
      expect(result).toMatchObject({ status: 'rejected', reason: { message: 'the database is away' } })
    expect(tries).toBe(1)
  })
})

import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { sharedCalls } from './sharing.ts'

/** Calls that a test ends explicitly. */
function newCalls() {
  const calls: { readonly signal: AbortSignal; readonly end: PromiseWithResolvers<string> }[] = []
  const share = sharedCalls<string>()
  return {
    calls,
    ask: (key: string, signal = new AbortController().signal) =>
      share(key, signal, (ending) => {
        const end = Promise.withResolvers<string>()
        calls.push({ signal: ending, end })
        return end.promise
      }),
  }
}

describe('calls in flight', () => {
  test('are one for those who ask the same', async () => {
    const { ask, calls } = newCalls()
    const answers = [ask('a'), ask('a'), ask('b')]
    expect(calls).toHaveLength(2)
    calls[0]?.end.resolve('A')
    calls[1]?.end.resolve('B')
    expect(await Promise.all(answers)).toEqual(['A', 'A', 'B'])
  })

  test('are not remembered once they ended', async () => {
    const { ask, calls } = newCalls()
    const first = ask('a')
    calls[0]?.end.resolve('1')
    await first
    const second = ask('a')
    calls[1]?.end.resolve('2')
    expect(await second).toBe('2')
  })

  test('fail for all who wait', async () => {
    const { ask, calls } = newCalls()
    const answers = [ask('a'), ask('a')]
    calls[0]?.end.reject(new Error('down'))
    for (const answer of answers) await expect(answer).rejects.toThrow('down')
  })

  test('leave no listener on the signal of a request, however they end', async () => {
    const { ask, calls } = newCalls()
    const { signal } = new AbortController()
    const answers = [ask('a', signal), ask('b', signal)]
    calls[0]?.end.resolve('A')
    calls[1]?.end.reject(new Error('down'))
    await Promise.allSettled(answers)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('who leaves', () => {
  test('disturbs nobody who stays', async () => {
    const { ask, calls } = newCalls()
    const leaving = new AbortController()
    const left = ask('a', leaving.signal)
    const stayed = ask('a')
    leaving.abort()
    await expect(left).rejects.toMatchObject({ kind: 'cancelled' })
    expect(calls[0]?.signal.aborted).toBe(false)
    calls[0]?.end.resolve('A')
    expect(await stayed).toBe('A')
  })

  test('ends the call when it was the last, and the next one begins anew', async () => {
    const { ask, calls } = newCalls()
    const leaving = [new AbortController(), new AbortController()]
    const left = leaving.map(({ signal }) => ask('a', signal))
    for (const controller of leaving) controller.abort()
    for (const answer of left) await expect(answer).rejects.toMatchObject({ kind: 'cancelled' })
    expect(calls[0]?.signal.aborted).toBe(true)
    const next = ask('a')
    // The abandoned call ends late: another one has taken its place.
    calls[0]?.end.reject(new Error('aborted'))
    const joined = ask('a')
    expect(calls).toHaveLength(2)
    calls[1]?.end.resolve('A')
    expect(await Promise.all([next, joined])).toEqual(['A', 'A'])
  })

  test('before asking asks nothing', async () => {
    const { ask, calls } = newCalls()
    await expect(ask('a', AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' })
    expect(calls).toHaveLength(0)
  })
})

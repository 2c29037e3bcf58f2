import { expect, test } from 'vitest'
import { eachDue, MAX_FAILURES } from './each-due.ts'

/** Due rows of which some fail. */
function aTable(ids: readonly string[], fails: (id: string) => boolean) {
  const due = new Set(ids)
  const tried: string[] = []
  const next = async (except: readonly string[], claimed: (id: string) => void) => {
    const id = [...due].find((one) => !except.includes(one))
    if (id === undefined) return false
    claimed(id)
    tried.push(id)
    if (fails(id)) throw new Error(`no ${id}`)
    due.delete(id)
    return true
  }
  return { due, tried, next }
}

test('a row that fails holds no other up, is tried once a round, and is named', async () => {
  const { due, tried, next } = aTable(['a', 'b', 'c', 'd'], (id) => id === 'a' || id === 'c')
  await expect(eachDue(next)).rejects.toThrow('due rows failed and are tried again: a, c')
  expect([...due]).toEqual(['a', 'c'])
  expect(tried).toEqual(['a', 'b', 'c', 'd'])
})

test('rows that all succeed are all handled', async () => {
  const { due, next } = aTable(['a', 'b'], () => false)
  await eachDue(next)
  expect(due.size).toBe(0)
})

test('a stop ends the round after the current row, and the failures so far are reported', async () => {
  const ending = new AbortController()
  const { tried, next } = aTable(['a', 'b', 'c'], (id) => id === 'a')
  const stopping: typeof next = async (except, claimed) => {
    const isMore = await next(except, claimed)
    ending.abort()
    return isMore
  }
  await expect(eachDue(stopping, ending.signal)).rejects.toThrow('tried again: a')
  expect(tried).toEqual(['a', 'b'])
})

test(`a round ends after ${MAX_FAILURES} failures, or when no row was claimed`, async () => {
  const ids = Array.from({ length: MAX_FAILURES + 1 }, (_, index) => `r${index}`)
  const { tried, next } = aTable(ids, () => true)
  await expect(eachDue(next)).rejects.toThrow(AggregateError)
  expect(tried).toHaveLength(MAX_FAILURES)
  await expect(eachDue(() => Promise.reject(new Error('no database')))).rejects.toThrow('no database')
  // A query that does not leave out the rows that have failed ends the round.
  let rounds = 0
  const careless = async (_: readonly string[], claimed: (id: string) => void) => {
    rounds += 1
    claimed('a')
    throw new Error('no a')
  }
  await expect(eachDue(careless)).rejects.toThrow(/^no a$/)
  expect(rounds).toBe(2)
})

test('a row that stays due is handled twice at most in a round', async () => {
  const handled: string[] = []
  const next = async (except: readonly string[], claimed: (id: string) => void) => {
    const id = ['stuck', 'other'].find(
      (one) => !except.includes(one) && !(one === 'other' && handled.includes(one)),
    )
    if (id === undefined) return false
    claimed(id)
    handled.push(id)
    return true
  }
  await expect(eachDue(next)).rejects.toThrow('stuck')
  expect(handled).toEqual(['stuck', 'stuck', 'other'])
})

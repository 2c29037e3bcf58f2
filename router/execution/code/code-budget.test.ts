import { describe, expect, test } from 'vitest'
import { newCodeBudget } from './code-budget.ts'

/** Runs of operations, by number. */
function newRuns(limit: number, runsBefore: number) {
  const budget = newCodeBudget(limit)
  const applicants = new Map<number, ReturnType<typeof budget.newCandidate>>()
  return {
    run(operation: number): boolean {
      budget.tick()
      const applicant = applicants.get(operation) ?? budget.newCandidate(runsBefore)
      applicants.set(operation, applicant)
      return applicant.comesAgain()
    },
    leave: (operation: number) => applicants.get(operation)?.leave(),
  }
}

describe('an operation has code', () => {
  test('once it has come more often than is asked', () => {
    const { run } = newRuns(1, 3)
    expect([1, 1, 1, 1, 1].map(run)).toEqual([false, false, false, true, true])
  })

  test('as long as no other comes twice as often', () => {
    const { run } = newRuns(1, 0)
    expect([1, 1, 1].map(run)).toEqual([true, true, true])
    const alternating = Array.from({ length: 100 }, (_, index) => run(1 + (index % 2)))
    expect(alternating.filter((_, index) => index % 2 === 0)).not.toContain(false)
    const later = Array.from({ length: 100 }, () => run(2))
    expect(later.at(-1)).toBe(true)
    expect(run(1)).toBe(false)
  })

  test('where all come equally often, and it was among the first: nobody is driven out', () => {
    const { run } = newRuns(2, 1)
    const rounds = Array.from({ length: 200 }, () => [1, 2, 3, 4].map(run))
    expect(rounds.slice(2).every((round) => round.filter(Boolean).length === 2)).toBe(true)
    expect(new Set(rounds.slice(2).map(String)).size).toBe(1)
  })

  test('instead of the one that comes least often of those that have some', () => {
    const { run } = newRuns(2, 0)
    run(2)
    for (let time = 0; time < 100; time++) run(1)
    expect([3, 3, 3, 3].map(run).at(-1)).toBe(true)
    expect([1, 2].map(run)).toEqual([true, false])
  })

  test('only if it can have one: its room is for others then', () => {
    const { run, leave } = newRuns(1, 0)
    expect([1, 1, 1].map(run)).toEqual([true, true, true])
    leave(1)
    expect([run(1), run(2)]).toEqual([false, true])
  })

  test('never, where there is room for none', () => {
    const { run } = newRuns(0, 0)
    expect([1, 1, 1].map(run)).toEqual([false, false, false])
  })
})

test('requests of long ago count less than later ones', () => {
  const { run } = newRuns(1, 0)
  for (const operation of [1, 2]) run(operation)
  for (let time = 0; time < 50_000; time++) run(1)
  // If all requests counted alike, the second operation would have to come 100,000 times.
  expect(Array.from({ length: 20_000 }, () => run(2)).at(-1)).toBe(true)
})

test('an operation that is seldom requested does not seem frequent when it comes again after long', () => {
  const { run } = newRuns(1, 1)
  for (const operation of [...Array(8).fill(1), 2, 2, 2]) run(operation)
  // Each other operation comes once, which is too seldom for code.
  for (let other = 3; other < 9_950; other++) for (const operation of [1, other]) run(operation)
  expect([2, 1].map(run)).toEqual([false, true])
})

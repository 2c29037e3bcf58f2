import { expect, test } from 'vitest'
import { retryBudget } from './retry-budget.ts'

function spendAll(budget: ReturnType<typeof retryBudget>): number {
  let retries = 0
  while (budget.spend()) retries++
  return retries
}

test('a reserve is at hand at once, and no more', () => {
  expect(spendAll(retryBudget({ percent: 10, reserve: 3 }))).toBe(3)
})

test('first attempts earn their share', () => {
  const budget = retryBudget({ percent: 10, reserve: 3 })
  spendAll(budget)
  for (let attempt = 0; attempt < 19; attempt++) budget.earn()
  expect(spendAll(budget)).toBe(1)
  budget.earn()
  expect(spendAll(budget)).toBe(1)
})

test('no more than the reserve is saved up', () => {
  const budget = retryBudget({ percent: 10, reserve: 3 })
  for (let attempt = 0; attempt < 1_000; attempt++) budget.earn()
  expect(spendAll(budget)).toBe(3)
})

test('without a reserve there is no retry', () => {
  const budget = retryBudget({ percent: 100, reserve: 0 })
  budget.earn()
  expect(spendAll(budget)).toBe(0)
})

import { expect, test } from 'vitest'
import { admitCost, type RequestCost } from './cost-limit.ts'
import type { OperationCost } from './operation-cost.ts'

function costing(estimated: number, problem: string | null = null): OperationCost {
  return { estimate: () => estimated, problem: () => problem, actual: () => 0, dearest: () => 'socks×4' }
}

function requestOf(estimated: number, enforces = true): RequestCost {
  return { maximum: 10, enforces, estimated }
}

test.each([
  [0, 10],
  [3, 7],
  [10, 0],
])('after operations of %d, one of %d is admitted by a maximum of 10, and counts', (before, estimated) => {
  const request = requestOf(before)
  expect(admitCost(costing(estimated), {}, request)).toBeNull()
  expect(request.estimated).toBe(10)
})

test.each([
  [0, 11, ''],
  [1, 10, ', after operations of 1 in the same request'],
  [10, 1, ', after operations of 10 in the same request'],
])('after operations of %d, one of %d is refused, and does not count', (before, estimated, earlier) => {
  const request = requestOf(before)
  expect(admitCost(costing(estimated), {}, request)).toEqual({
    message: `The estimated cost of the operation is ${estimated}${earlier}; the maximum is 10. Most expensive path: socks×4.`,
    extensions: { code: 'COST_ESTIMATED_TOO_EXPENSIVE', 'cost.estimated': 11, 'cost.max': 10 },
  })
  expect(request.estimated).toBe(before)
})

test('slicing arguments that are wrong are refused at any cost', () => {
  const request = requestOf(0)
  expect(admitCost(costing(20, 'which page?'), {}, request)).toEqual({
    message: 'which page?',
    extensions: { code: 'BAD_USER_INPUT' },
  })
  expect(request.estimated).toBe(0)
})

test('a cost that is only measured is admitted, and counts', () => {
  const request = requestOf(3, false)
  expect(admitCost(costing(20, 'which page?'), {}, request)).toBeNull()
  expect(request.estimated).toBe(23)
})

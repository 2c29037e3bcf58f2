import { expect, test } from 'vitest'
import { pathProblems } from './history.ts'

/** A path through these statuses, numbered from 1. */
const path = (...statuses: string[]) =>
  statuses.map((to, place) => ({ version: place + 1, from: statuses[place - 1] ?? null, to }))

test('a legal path that ends where the order is has no problem', () => {
  const delivered = path('PENDING', 'AWAITING_PAYMENT', 'CONFIRMED', 'FULFILLING', 'SHIPPED', 'DELIVERED')
  expect(pathProblems(delivered, { status: 'DELIVERED', version: 6 })).toEqual([])
  const cancelled = path('PENDING', 'AWAITING_PAYMENT', 'CANCELLING', 'CANCELLED')
  expect(pathProblems(cancelled, { status: 'CANCELLED', version: 4 })).toEqual([])
})

test('an illegal move, a gap, a jump and another end are each reported', () => {
  expect(pathProblems(path('PENDING', 'DELIVERED'), { status: 'DELIVERED', version: 2 })).toEqual([
    'it went from PENDING to DELIVERED',
  ])
  const gap = path('PENDING', 'AWAITING_PAYMENT').map((change) => ({
    ...change,
    version: change.version * 2 - 1,
  }))
  expect(pathProblems(gap, { status: 'AWAITING_PAYMENT', version: 2 })).toEqual([
    'version 3 stands in place 2',
  ])
  const jump = path('PENDING', 'AWAITING_PAYMENT').map((change) => ({ ...change, from: null }))
  expect(pathProblems(jump, { status: 'AWAITING_PAYMENT', version: 2 })).toEqual([
    'version 2 begins at null, after PENDING',
  ])
  expect(pathProblems(path('PENDING'), { status: 'CANCELLED', version: 2 })).toEqual([
    'it is CANCELLED, but its history ends at PENDING',
    'its version is 2 after 1 changes',
  ])
})

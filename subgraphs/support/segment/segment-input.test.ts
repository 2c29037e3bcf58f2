import { expect, test } from 'vitest'
import { createSegmentInput } from './segment-input.ts'

// ../segment-input.int.test.ts has the inputs that are refused.

const orders = { fact: 'ORDERS', atLeast: '2' }
const read = (but: object) =>
  createSegmentInput.parse({ idempotencyKey: 'k', name: 'Lapsed', all: [orders], ...but })

test('name, description and conditions are accepted up to their bounds', () => {
  const texts = { name: 'x'.repeat(80), description: 'x'.repeat(500) }
  expect(read({ ...texts, all: Array(10).fill(orders) })).toMatchObject({ ...texts, all: { length: 10 } })
})

test.each([
  ['DAYS_SINCE_FIRST_ORDER', 0, 36_500],
  ['DAYS_SINCE_LAST_ORDER', 0, 36_500],
  ['RECENCY_SCORE', 1, 5],
  ['FREQUENCY_SCORE', 1, 5],
  ['MONETARY_SCORE', 1, 5],
])('%s is accepted from %i to %i', (fact, atLeast, atMost) => {
  const all = [{ fact, atLeast: `${atLeast}`, atMost: `${atMost}` }]
  expect(read({ all }).all).toEqual([{ fact, atLeast, atMost }])
})

test('a list of 50 values is accepted', () => {
  const ids = Array.from({ length: 50 }, (_, n) => `cat_019aa5c2-8c00-7000-8000-0000000000${10 + n}`)
  expect(read({ all: [{ fact: 'CATEGORY', in: ids }] }).all).toEqual([
    { fact: 'CATEGORY', in: ids, isNot: false },
  ])
})

import { expect, test } from 'vitest'
import { sample } from './sample.ts'

const items = [
  ...Array.from({ length: 90 }, (_, at) => ({ kind: 'condition', at })),
  ...Array.from({ length: 3 }, (_, at) => ({ kind: 'sql', at: 90 + at })),
]

test('kinds are sampled in turn, in the order of the items', () => {
  const drawn = sample(items, 6, 1)
  expect(drawn.map(({ kind }) => kind)).toEqual([...Array(3).fill('condition'), ...Array(3).fill('sql')])
  expect(drawn).toEqual([...drawn].sort((a, b) => a.at - b.at))
})

test('the same seed draws the same, another seed others', () => {
  expect(sample(items, 6, 1)).toEqual(sample(items, 6, 1))
  expect(sample(items, 6, 2)).not.toEqual(sample(items, 6, 1))
})

test('a count above the number of items selects all of them', () => {
  expect(sample(items, 1000, 1)).toEqual(items)
})

import { expect, test } from 'vitest'
import { planPicture } from './plan-picture.ts'

test('draws an arrow from each request to those that wait for it', () => {
  const requests = [
    { subgraph: 'products', paths: [], after: [] },
    { subgraph: 'reviews', paths: ['products.@'], after: [0] },
    { subgraph: 'users', paths: ['products.@.reviews.@.author'], after: [0, 1] },
  ]
  expect(planPicture(requests).split('\n')).toEqual([
    'flowchart LR',
    '  r1["1 products"]',
    '  r2["2 reviews<br>products.@"]',
    '  r3["3 users<br>products.@.reviews.@.author"]',
    '  r1 --> r2',
    '  r1 --> r3',
    '  r2 --> r3',
  ])
})

test('a plan without requests is an empty picture', () => {
  expect(planPicture([])).toBe('flowchart LR')
})

test('a label shows three places at most, and no character of Mermaid’s own', () => {
  const request = { subgraph: 'a"b`c', paths: ['a', 'b', 'c|D', 'e', 'f'], after: [] }
  expect(planPicture([request])).toContain('r1["1 a#34;b#96;c<br>a<br>b<br>c#124;D<br>and 2 more"]')
})

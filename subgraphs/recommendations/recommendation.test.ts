import { expect, test } from 'vitest'
import { filledUp, type Kind, MAX_RECOMMENDED, recommendedFor, relatedOf } from './recommendation.ts'

const DAY_MS = 86_400_000
const now = new Date('2026-11-28T09:00:00.000Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS)
const neighbour = (of: string, id: string, score: number, kind: Kind = 'BUYER') => ({ of, id, score, kind })

test('a product in several lists has the reason that scores highest; orders count more than buyers, and these more than views', () => {
  const related = relatedOf([
    neighbour('a', 'b', 3, 'BUYER'),
    neighbour('a', 'b', 2, 'ORDER'),
    neighbour('a', 'c', 4.6, 'VIEW'),
    neighbour('a', 'c', 2, 'ORDER'),
    neighbour('a', 'd', 3.5, 'ORDER'),
  ])
  expect(related).toEqual([
    { productId: 'd', reason: 'BOUGHT_TOGETHER', score: expect.closeTo(1 - 1 / 4.5, 9) },
    { productId: 'b', reason: 'SIMILAR_BUYERS', score: expect.closeTo(1 - 1 / 3.4, 9) },
    { productId: 'c', reason: 'VIEWED_TOGETHER', score: expect.closeTo(1 - 1 / 3.3, 9) },
  ])
})

test('similarities to all products of a history are added, newer products counting more', () => {
  const history = [
    { productId: 'a', at: now },
    { productId: 'b', at: daysAgo(180) },
  ]
  const near = [
    neighbour('a', 'x', 1),
    neighbour('b', 'x', 1),
    neighbour('b', 'y', 1.5),
    neighbour('a', 'z', 1.2),
    neighbour('a', 'b', 9),
  ]
  const found = recommendedFor(history, near, now)
  expect(found.map(({ productId }) => productId)).toEqual(['x', 'z', 'y'])
  expect(found[0]?.score).toBeCloseTo(1 - 1 / 2.5, 9)
})

test('a purchase of the future counts as one of now', () => {
  const found = recommendedFor([{ productId: 'a', at: daysAgo(-400) }], [neighbour('a', 'x', 1)], now)
  expect(found).toEqual([{ productId: 'x', reason: 'SIMILAR_BUYERS', score: 0.5 }])
})

test('a list has at most 50 products, and all scores are below 1', () => {
  const near = Array.from({ length: 60 }, (_, place) => neighbour('a', `p${place}`, 1e6 + place))
  for (const list of [relatedOf(near), recommendedFor([{ productId: 'a', at: now }], near, now)]) {
    expect(list).toHaveLength(MAX_RECOMMENDED)
    expect(list.every(({ score }) => score > 0 && score < 1)).toBe(true)
  }
})

test('popular products follow, each once, without what is excluded', () => {
  const found = [{ productId: 'b', reason: 'SIMILAR_BUYERS', score: 0.5 }] as const
  expect(filledUp(found, ['a', 'b', 'c', 'd'], new Set(['a']), 2)).toEqual([
    found[0],
    { productId: 'c', reason: 'POPULAR_FALLBACK', score: 0 },
  ])
  expect(filledUp(found, [], new Set(), 5)).toEqual(found)
  expect(filledUp(found, ['c'], new Set(), 1)).toEqual(found)
})

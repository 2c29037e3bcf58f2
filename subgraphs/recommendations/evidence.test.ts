import { drawsOf } from '@argyle/kit/draws'
import { expect, test } from 'vitest'
import { areSignificant, upperTail } from './evidence.ts'

test.each([
  [0, 0.5],
  [1, 0.158655],
  [1.959964, 0.025],
  [4, 3.16712e-5],
  [-1, 0.841345],
])('the tail above %d is %d, as in tables', (z, tail) => {
  expect(upperTail(z) / tail).toBeCloseTo(1, 4)
})

/** Scores as chance makes them: absolute values of normal deviates (Box and Muller). */
function scoresOfChance(count: number, seed: number): number[] {
  const draw = drawsOf(seed)
  return Array.from({ length: count }, () =>
    Math.abs(Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())),
  )
}

test('scores of random pairs are not significant', () => {
  const pairs = 20_000
  const verdicts = Array.from({ length: 20 }, (_, seed) =>
    areSignificant(scoresOfChance(pairs / 2, seed), pairs),
  )
  expect(verdicts.filter(Boolean).length).toBeLessThanOrEqual(2)
  expect(areSignificant([], pairs)).toBe(false)
})

test.each([
  ['one that is strong', [5]],
  ['many that are weak', Array.from({ length: 150 }, () => 3.2)],
])('%s among random scores is significant', (_, related) => {
  const pairs = 20_000
  const chance = scoresOfChance(pairs / 2, 1)
  expect(areSignificant(chance, pairs)).toBe(false)
  expect(areSignificant([...chance, ...related], pairs)).toBe(true)
})

test.each([
  [4.5651, true],
  [4.5646, false],
])('one score of %d of 20,000 pairs: %s', (score, expected) => {
  // 0.05 / 20,000 = 0.0000025: the tail above 4.5648.
  expect(areSignificant([score], 20_000)).toBe(expected)
})

test.each([
  [20, 3.2906, true],
  [20, 3.2904, false],
  // Fewer are too few, also if they are stronger.
  [19, 3.4, false],
])('%d scores of %d, of as many pairs: %s', (count, score, expected) => {
  // 0.5 * 20 / 20,000 = 0.0005: the tail above 3.2905.
  expect(
    areSignificant(
      Array.from({ length: count }, () => score),
      20_000,
    ),
  ).toBe(expected)
})

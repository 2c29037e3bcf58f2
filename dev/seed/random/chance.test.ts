import { describe, expect, test } from 'vitest'
import { chance } from './chance.ts'

/** The first draws of a purpose. */
const draws = (seed: number, subject: string, index: number) => {
  const random = chance(seed, subject, index)
  return Array.from({ length: 5 }, () => random.bits())
}

describe('a draw', () => {
  test('is the same for the same purpose, on any machine', () => {
    expect(draws(1, 'review', 812)).toEqual(draws(1, 'review', 812))
    // Other figures here mean another shop for everybody: seed data that differs between versions.
    expect(draws(1, 'review', 812)).toMatchInlineSnapshot(`
      [
        1310281568,
        3870667730,
        3626543820,
        2443326471,
        305909565,
      ]
    `)
  })

  test('differs by seed, by subject and by index', () => {
    const purposes = [
      draws(1, 'review', 812),
      draws(2, 'review', 812),
      draws(1, 'user', 812),
      draws(1, 'review', 813),
    ]
    expect(new Set(purposes.map(String)).size).toBe(4)
  })
})

/** The frequency of each value in many draws. */
function counts<T>(draw: (random: ReturnType<typeof chance>) => T, times = 10_000): Map<T, number> {
  const random = chance(7, 'counts', 0)
  const found = new Map<T, number>()
  for (let time = 0; time < times; time++) {
    const value = draw(random)
    found.set(value, (found.get(value) ?? 0) + 1)
  }
  return found
}

test('whole numbers are drawn alike often, bounds included', () => {
  const found = counts((random) => random.between(1, 4))
  expect([...found.keys()].sort()).toEqual([1, 2, 3, 4])
  for (const count of found.values()) expect(Math.abs(count - 2_500)).toBeLessThan(200)
})

test('choices are drawn by their weight', () => {
  const found = counts((random) =>
    random.weighted([
      [3, 'often'],
      [1, 'seldom'],
      [0, 'never'],
    ]),
  )
  expect(Math.abs((found.get('often') ?? 0) - 7_500)).toBeLessThan(200)
  expect(found.has('never')).toBe(false)
})

test('few ranks are popular, and none is outside of the list', () => {
  const found = counts((random) => random.zipf(50))
  const [first = 0, tenth = 0, last = 0] = [0, 9, 49].map((rank) => found.get(rank))
  expect(first).toBeGreaterThan(3 * tenth)
  expect(tenth).toBeGreaterThan(last)
  expect(Math.max(...found.keys())).toBe(49)
  expect(chance(1, 'one', 0).zipf(1)).toBe(0)
})

test('nothing is drawn of nothing', () => {
  expect(() => chance(1, 'none', 0).pick([])).toThrow('There is nothing to pick from.')
  expect(() => chance(1, 'none', 0).weighted([[0, 'a']])).toThrow('Weights must be positive numbers.')
})

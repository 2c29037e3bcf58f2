import { expect, test } from 'vitest'
import { splitOf } from './split.ts'

const people = Array.from({ length: 10_000 }, (_, index) => `usr_${index}`)
const armsOf = (campaignId: string, controlPercent: number, variants: number) =>
  people.map((id) => splitOf(campaignId, id, { controlPercent, variants }).arm)
const shareOf = (arms: readonly string[], arm: string) =>
  arms.filter((one) => one === arm).length / arms.length

test('a person has the same place each time', () => {
  const setting = { controlPercent: 20, variants: 2 }
  expect(splitOf('cmp_1', 'usr_1', setting)).toEqual(splitOf('cmp_1', 'usr_1', setting))
})

test.each([
  [0, 1, { CONTROL: 0, A: 1, B: 0 }],
  [0, 2, { CONTROL: 0, A: 0.5, B: 0.5 }],
  [20, 2, { CONTROL: 0.2, A: 0.4, B: 0.4 }],
  [90, 1, { CONTROL: 0.9, A: 0.1, B: 0 }],
])(
  'with a control group of %i percent and %i variants the shares are right',
  (controlPercent, variants, shares) => {
    const arms = armsOf('cmp_1', controlPercent, variants)
    for (const [arm, share] of Object.entries(shares)) {
      // The hash is fixed, so this is no chance: five standard deviations at most.
      expect(Math.abs(shareOf(arms, arm) - share)).toBeLessThanOrEqual(
        5 * Math.sqrt((share * (1 - share)) / people.length),
      )
    }
  },
)

test('groups of two campaigns are independent', () => {
  const [first, second] = [armsOf('cmp_1', 50, 1), armsOf('cmp_2', 50, 1)]
  const both = first.filter((arm, index) => arm === 'CONTROL' && second[index] === 'CONTROL').length
  expect(both / people.length).toBeCloseTo(0.25, 1)
})

test('the order is a number of BIGINT, and not that of the ids', () => {
  const places = people.map((id) => splitOf('cmp_1', id, { controlPercent: 0, variants: 1 }).place)
  expect(places.every((place) => place >= 0n && place < 2n ** 63n)).toBe(true)
  const ascending = places.filter((place, index) => index > 0 && place > (places[index - 1] ?? 0n)).length
  expect(ascending / people.length).toBeCloseTo(0.5, 1)
})

import { expect, test } from 'vitest'
import type { Offer } from './pricing.ts'
import { shortage, shortOf } from './stock-check.ts'

const offer = (available: number | null, more: Partial<Offer> = {}): Offer => ({
  ...{ variantId: 'var_1', productId: 'prd_1', sku: 'S', title: 'Crew, M', listed: true, priceMinor: 1n },
  ...{ available, availabilitySequence: 5, weightGrams: 60, taxCategory: 'STANDARD' },
  ...more,
})

test('too little stock is refused with the available quantity, at the field', () => {
  const message = 'of Crew, M requested: allowed is at most 3, the available quantity'
  const refused = { __typename: 'InsufficientStockError', path: ['quantity'], availableQuantity: 3 }
  expect(shortage(offer(3), 4, ['quantity'])).toEqual({ ...refused, message: `4 ${message}` })
  const unnamed = shortage(offer(3, { title: null }), 4, ['quantity'])
  expect(unnamed?.message).toContain('4 of var_1 requested')
})

// 20 units are published for 20 and more.
test.each([
  [3, 3, null, null],
  [3, 4, 3, 3],
  [19, 20, 19, 19],
  [20, 50, null, null],
  [0, 1, 0, 0],
  [null, 50, null, null],
])(
  'of %j available units, %d are refused with %j and shown with %j',
  (available, quantity, refused, shown) => {
    expect(shortage(offer(available), quantity, [])?.availableQuantity ?? null).toBe(refused)
    expect(shortOf(offer(available), quantity, null)).toBe(shown)
  },
)

test.each([
  ['counts until a newer count arrives', offer(9), { available: 2, sequence: 5 }, 2],
  ['counts no more after a newer count', offer(9), { available: 2, sequence: 4 }, null],
  [
    'counts at once if nothing was published',
    offer(null, { availabilitySequence: null }),
    { available: 2, sequence: 0 },
    2,
  ],
  ['of enough units does not count', offer(9), { available: 3, sequence: 5 }, null],
])('inventory’s refusal %s', (_, known, refusedBy, shown) => {
  expect(shortOf(known, 3, refusedBy)).toBe(shown)
})

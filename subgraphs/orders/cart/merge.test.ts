import { expect, test } from 'vitest'
import { type Cart, type CartLine, MAX_LINES } from './cart.ts'
import { freshCart } from './cart-life.ts'
import { giveBack, merge, withShortages } from './merge.ts'
import type { Offer } from './pricing.ts'

const head = freshCart(
  { id: 'crt_1', customerId: 'usr_1', currency: 'USD' },
  new Date('2026-11-21T09:00:00Z'),
)
const line = (variantId: string, more: Partial<CartLine> = {}): CartLine => ({
  ...{ id: `cln_${variantId}`, variantId, quantity: 1, seenMinor: 1_000n, shortage: null, position: 1 },
  ...more,
})
const cartOf = (lines: CartLine[], more: Partial<Cart> = {}): Cart => ({ ...head, lines, ...more })
const offer = (variantId: string, more: Partial<Offer> = {}): Offer => ({
  ...{ variantId, productId: 'prd_1', sku: 'S', title: 'T', listed: true, priceMinor: 1_100n },
  ...{ available: null, availabilitySequence: 7, weightGrams: 60, taxCategory: 'STANDARD' },
  ...more,
})
const options = (...offers: Offer[]) => {
  let ids = 0
  return {
    offers: new Map(offers.map((one) => [one.variantId, one])),
    newLineId: () => `cln_new${++ids}`,
  }
}
const many = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => line(`${prefix}${index}`))

test('the own cart keeps its head and its lines; the others get new ids and the next positions', () => {
  const own = cartOf([line('a', { position: 4, quantity: 2 })], { couponId: 'cpn_1', version: 9 })
  const other = { id: 'crt_2', customerId: null, couponId: 'cpn_2' }
  const guest = cartOf([line('a', { quantity: 3 }), line('b'), line('c')], other)
  expect(merge(own, guest, options(offer('a')))).toEqual({
    ok: true,
    value: {
      ...own,
      lines: [
        line('a', { position: 4, quantity: 5 }),
        line('b', { id: 'cln_new1', position: 5 }),
        line('c', { id: 'cln_new2', position: 6 }),
      ],
    },
  })
})

test('an empty own cart takes the lines from the first position, with the prices that were seen', () => {
  const guest = cartOf([line('b', { seenMinor: 1_800n })], { currency: 'JPY', couponId: 'cpn_2' })
  const lines = [line('b', { id: 'cln_new1', seenMinor: 1_800n, position: 1 })]
  expect(merge(cartOf([]), guest, options())).toEqual({
    ok: true,
    value: { ...head, currency: 'JPY', couponId: 'cpn_2', lines },
  })
})

test('prices in another currency count as seen at the current price, if there is one', () => {
  const guest = cartOf([line('b', { seenMinor: 1_800n }), line('c', { seenMinor: 900n })], {
    currency: 'JPY',
  })
  expect(
    merge(cartOf([line('a')]), guest, options(offer('b'), offer('c', { priceMinor: null }))),
  ).toMatchObject({
    value: { currency: 'USD', lines: [{}, { seenMinor: 1_100n }, { seenMinor: 900n }] },
  })
})

test.each([
  ['is unknown', []],
  ['is not listed', [offer('a', { listed: false })]],
  ['has no price', [offer('a', { priceMinor: null })]],
])('quantities of a variant that %s do not add up: the larger stays', (_, offers) => {
  const [two, three] = [cartOf([line('a', { quantity: 2 })]), cartOf([line('a', { quantity: 3 })])]
  expect(merge(two, three, options(...offers))).toMatchObject({ value: { lines: [{ quantity: 3 }] } })
  expect(merge(three, two, options(...offers))).toMatchObject({ value: { lines: [{ quantity: 3 }] } })
})

test(`${MAX_LINES} lines are accepted, one more is refused`, () => {
  const merged = (count: number) =>
    merge(cartOf(many('a', MAX_LINES - 1)), cartOf(many('b', count)), options())
  expect([merged(1).ok, merged(2).ok]).toEqual([true, false])
})

test('a cancelled order gives back as many lines as there is room for, the own ones first', () => {
  const back = giveBack(
    cartOf(many('a', MAX_LINES - 1)),
    cartOf(many('b', 2), { couponId: 'cpn_2' }),
    [],
    options(),
  )
  expect(back.lines.map(({ variantId }) => variantId)).toEqual(
    [...many('a', MAX_LINES - 1), line('b0')].map(({ variantId }) => variantId),
  )
  expect(back).toMatchObject({ id: head.id, couponId: 'cpn_2' })
})

test('a line that was short has the available units, at the sequence of the copy', () => {
  const shortages = ['a', 'b'].map((variantId) => ({ variantId, availableQuantity: 2 }))
  const offers = new Map([
    ['a', offer('a')],
    ['b', offer('b', { availabilitySequence: null })],
  ])
  expect(withShortages([line('a'), line('b'), line('c')], shortages, offers)).toEqual([
    line('a', { shortage: { available: 2, sequence: 7 } }),
    line('b', { shortage: { available: 2, sequence: 0 } }),
    line('c'),
  ])
})

import { describe, expect, test } from 'vitest'
import {
  acknowledgePrices,
  addLine,
  type Cart,
  type CartLine,
  clear,
  inCurrency,
  removeLine,
  setQuantity,
  withoutCoupon,
} from './cart.ts'
import { freshCart, isOpenTo, touched } from './cart-life.ts'
import { merge } from './merge.ts'
import type { Offer } from './pricing.ts'

const now = new Date('2026-11-21T09:00:00Z')
const head = freshCart({ id: 'crt_1', customerId: null, currency: 'USD' }, now)

function aLine(variantId: string, more: Partial<CartLine> = {}): CartLine {
  return {
    id: `cln_${variantId}`,
    variantId,
    quantity: 1,
    seenMinor: 1_000n,
    shortage: null,
    position: 1,
    ...more,
  }
}

function aCart(lines: CartLine[] = [], more: Partial<Cart> = {}): Cart {
  return { ...head, lines, ...more }
}

function anOffer(variantId: string, more: Partial<Offer> = {}): Offer {
  const known = { productId: 'prd_1', sku: 'SKU', title: 'Crew, M', listed: true }
  return {
    variantId,
    ...known,
    priceMinor: 1_000n,
    available: null,
    availabilitySequence: null,
    weightGrams: 60,
    taxCategory: 'STANDARD',
    ...more,
  }
}

describe('adding', () => {
  const add = (cart: Cart, offer: Offer, quantity: number) =>
    addLine(cart, { offer, quantity, newLineId: 'cln_new' })

  test('a new variant makes a line at the end, at the current price', () => {
    const decision = add(aCart([aLine('a', { position: 7 })]), anOffer('b', { priceMinor: 850n }), 2)
    const added = { id: 'cln_new', variantId: 'b', quantity: 2, seenMinor: 850n, position: 8 }
    expect(decision).toMatchObject({ ok: true, value: { lines: [{ variantId: 'a' }, added] } })
  })

  test('the same variant adds up on its line, and its current price counts as seen', () => {
    const decision = add(aCart([aLine('a', { quantity: 3 })]), anOffer('a', { priceMinor: 1_100n }), 2)
    expect(decision).toMatchObject({ ok: true, value: { lines: [{ quantity: 5, seenMinor: 1_100n }] } })
  })

  test.each([
    [
      'beyond 99 units',
      aCart([aLine('a', { quantity: 98 })]),
      anOffer('a'),
      2,
      'ValidationError',
      'the line would have 100 units: allowed is at most 99',
    ],
    [
      'what is not for sale',
      aCart(),
      anOffer('a', { listed: false }),
      1,
      'ValidationError',
      'there is no variant for sale "a"',
    ],
    [
      'what has no price',
      aCart(),
      anOffer('a', { priceMinor: null }),
      1,
      'ValidationError',
      'there is no variant for sale "a"',
    ],
    [
      'more than is free',
      aCart(),
      anOffer('a', { available: 3 }),
      4,
      'InsufficientStockError',
      '4 of Crew, M requested: allowed is at most 3, the available quantity',
    ],
    [
      'more than is free, counting the line',
      aCart([aLine('a', { quantity: 3 })]),
      anOffer('a', { available: 3 }),
      1,
      'InsufficientStockError',
      '4 of Crew, M requested: allowed is at most 3, the available quantity',
    ],
    [
      'a line beyond a hundred',
      aCart(Array.from({ length: 100 }, (_, i) => aLine(`v${i}`))),
      anOffer('a'),
      1,
      'ValidationError',
      'the cart has 100 lines: allowed is at most 100',
    ],
  ] as const)('%s is refused', (_, cart, offer, quantity, __typename, message) => {
    expect(add(cart, offer, quantity)).toMatchObject({ ok: false, errors: [{ __typename, message }] })
  })

  test('a public count at its cap says nothing of larger quantities', () => {
    expect(add(aCart(), anOffer('a', { available: 20 }), 50).ok).toBe(true)
  })
})

describe('changing a line', () => {
  const cart = aCart([aLine('a', { quantity: 5 }), aLine('b', { position: 2 })])
  const set = (quantity: number, offer: Offer | null = anOffer('a')) =>
    setQuantity(cart, { lineId: 'cln_a', quantity, offer })

  test('sets its quantity; 0 takes it out', () => {
    expect(set(9)).toMatchObject({ ok: true, value: { lines: [{ quantity: 9 }, {}] } })
    expect(set(0)).toMatchObject({ ok: true, value: { lines: [{ variantId: 'b' }] } })
  })

  test('to what it is already leaves the very same cart', () => {
    expect(set(5)).toEqual({ ok: true, value: cart })
  })

  test('to fewer units is allowed even where there is too little, or nothing for sale', () => {
    expect(set(4, anOffer('a', { available: 1, listed: false })).ok).toBe(true)
    expect(set(6, anOffer('a', { available: 1 }))).toMatchObject({ ok: false })
  })

  test.each([{ listed: false }, { priceMinor: null }])(
    'to more units of what is not for sale (%o) is refused',
    (gone) => {
      const message = 'quantity is 6, but the line is no longer for sale: allowed is at most 5, which it has'
      const refused = { ok: false, errors: [{ __typename: 'ValidationError', message, path: ['quantity'] }] }
      expect(set(6, anOffer('a', gone))).toMatchObject(refused)
      expect(set(5, anOffer('a', gone)).ok).toBe(true)
    },
  )

  test('that is not in the cart is refused', () => {
    const refused = {
      ok: false,
      errors: [{ message: 'there is no line in this cart "cln_x"', path: ['lineId'] }],
    }
    expect(removeLine(cart, 'cln_x')).toMatchObject(refused)
    expect(setQuantity(cart, { lineId: 'cln_x', quantity: 1, offer: null })).toMatchObject(refused)
  })
})

test('clearing takes lines and coupon out; an empty cart stays the same value', () => {
  expect(clear(aCart([aLine('a')], { couponId: 'cpn_1' }))).toMatchObject({ lines: [], couponId: null })
  const empty = aCart()
  expect(clear(empty)).toBe(empty)
})

test('acknowledging sees every current price; with nothing changed the cart stays the same value', () => {
  const cart = aCart([aLine('a'), aLine('b')])
  const offered = (priceMinor: bigint) => [
    { id: 'cln_b', quantity: 1, seenMinor: 1_000n, shortage: null, offer: anOffer('b', { priceMinor }) },
  ]
  expect(acknowledgePrices(cart, offered(1_200n)).lines.map(({ seenMinor }) => seenMinor)).toEqual([
    1_000n,
    1_200n,
  ])
  expect(acknowledgePrices(cart, offered(1_000n))).toBe(cart)
  const first = acknowledgePrices(aCart([aLine('b'), aLine('a')]), offered(1_200n))
  expect(first.lines.map(({ seenMinor }) => seenMinor)).toEqual([1_200n, 1_000n])
})

test('an empty cart takes the currency asked for, a cart with lines refuses another', () => {
  expect(inCurrency(aCart(), 'JPY')).toMatchObject({ ok: true, value: { currency: 'JPY' } })
  expect(inCurrency(aCart([aLine('a')]), 'USD').ok).toBe(true)
  expect(inCurrency(aCart([aLine('a')]), 'JPY')).toMatchObject({
    ok: false,
    errors: [
      {
        message: 'currencyCode is JPY, but the cart has lines in USD: allowed is USD, or clearCart first',
        path: ['currencyCode'],
      },
    ],
  })
})

describe('a change leaves the rest of the cart as it was', () => {
  const short = { available: 2, sequence: 1 }
  const [a, b] = [aLine('a', { quantity: 5, shortage: short }), aLine('b', { position: 2 })]
  const cart = aCart([a, b], { couponId: 'cpn_1', version: 9 })
  const add = (offer: Offer) => addLine(cart, { offer, quantity: 1, newLineId: 'cln_new' })
  const set = (quantity: number, offer: Offer) => setQuantity(cart, { lineId: a.id, quantity, offer })
  const added = { id: 'cln_new', variantId: 'c', quantity: 1, seenMinor: 1_000n, shortage: null, position: 3 }
  const first = { ...added, position: 1 }
  const dearer = anOffer('a', { priceMinor: 1_100n })
  const seen = {
    id: b.id,
    quantity: 1,
    seenMinor: 1_000n,
    shortage: null,
    offer: anOffer('b', { priceMinor: 900n }),
  }

  test.each([
    ['a new line', add(anOffer('c')), { lines: [a, b, added] }],
    [
      'a new line of an empty cart',
      addLine({ ...cart, lines: [] }, { offer: anOffer('c'), quantity: 1, newLineId: 'cln_new' }),
      { lines: [first] },
    ],
    ['more of a line', add(dearer), { lines: [{ ...a, quantity: 6, seenMinor: 1_100n, shortage: null }, b] }],
    [
      'a larger quantity',
      set(6, dearer),
      { lines: [{ ...a, quantity: 6, seenMinor: 1_100n, shortage: null }, b] },
    ],
    ['a smaller quantity', set(4, dearer), { lines: [{ ...a, quantity: 4, seenMinor: 1_100n }, b] }],
    ['the same quantity at another price', set(5, dearer), { lines: [{ ...a, seenMinor: 1_100n }, b] }],
    [
      'fewer units of what has no price',
      set(4, anOffer('a', { priceMinor: null })),
      { lines: [{ ...a, quantity: 4 }, b] },
    ],
    ['a line less', removeLine(cart, a.id), { lines: [b] }],
    [
      'another price that is seen',
      { ok: true, value: acknowledgePrices(cart, [seen]) },
      { lines: [a, { ...b, seenMinor: 900n }] },
    ],
    ['an empty cart', { ok: true, value: clear(cart) }, { lines: [], couponId: null }],
    ['no coupon', { ok: true, value: withoutCoupon(cart) }, { couponId: null }],
    [
      'the currency that is asked for',
      inCurrency({ ...cart, lines: [] }, 'JPY'),
      { lines: [], currency: 'JPY' },
    ],
    ['no currency that is asked for', inCurrency(cart, null), {}],
  ])('%s', (_, decision, changed) => {
    const { lines, ...rest } = cart
    expect(decision).toEqual({ ok: true, value: { ...rest, lines, ...changed } })
  })

  test('99 units and a line of a full cart are accepted', () => {
    expect(set(99, anOffer('a')).ok).toBe(true)
    const full = aCart(Array.from({ length: 100 }, (_, index) => aLine(`v${index}`)))
    expect(addLine(full, { offer: anOffer('v7'), quantity: 98, newLineId: 'cln_new' }).ok).toBe(true)
  })

  test('a coupon is taken out of a cart without lines, and a cart without one stays the same value', () => {
    expect(clear(aCart([], { couponId: 'cpn_1' }))).toEqual(aCart())
    const without = aCart([a])
    expect(withoutCoupon(without)).toBe(without)
  })

  test.each([
    ['variantId', add(anOffer('c', { listed: false }))],
    ['quantity', add(anOffer('a', { available: 1 }))],
    ['quantity', set(100, anOffer('a'))],
    ['lineId', setQuantity(cart, { lineId: 'cln_x', quantity: 1, offer: anOffer('a') })],
    ['lineId', setQuantity(cart, { lineId: a.id, quantity: 1, offer: null })],
  ])('a refusal names the field: %s', (field, decision) => {
    expect(decision).toMatchObject({ ok: false, errors: [{ path: [field] }] })
  })
})

describe('merging a guest cart into the own one', () => {
  let ids = 0
  const merged = (own: Cart, guest: Cart, offers: Offer[] = []) =>
    merge(own, guest, {
      offers: new Map(offers.map((offer) => [offer.variantId, offer])),
      newLineId: () => `cln_n${++ids}`,
    })

  test('adds quantities up to 99, keeps the own lines first, and gives the others new ids', () => {
    const own = aCart([aLine('a', { quantity: 60 })])
    const decision = merged(own, aCart([aLine('a', { quantity: 60 }), aLine('b', { quantity: 2 })]), [
      anOffer('a'),
    ])
    const lines = [
      { id: 'cln_a', quantity: 99 },
      { id: expect.stringMatching(/^cln_n/), variantId: 'b', quantity: 2, position: 2 },
    ]
    expect(decision).toMatchObject({ ok: true, value: { id: own.id, lines } })
  })

  test('keeps the own currency and coupon, and sees foreign prices anew', () => {
    const own = aCart([aLine('a')], { couponId: 'cpn_own' })
    const guest = aCart([aLine('b', { seenMinor: 1_800n })], { currency: 'JPY', couponId: 'cpn_guest' })
    const decision = merged(own, guest, [anOffer('b', { priceMinor: 1_250n })])
    const lines = [{}, { seenMinor: 1_250n }]
    expect(decision).toMatchObject({ ok: true, value: { currency: 'USD', couponId: 'cpn_own', lines } })
  })

  test('into an empty cart takes the currency and coupon of the guest', () => {
    const guest = aCart([aLine('b')], { currency: 'JPY', couponId: 'cpn_guest' })
    expect(merged(aCart(), guest)).toMatchObject({
      ok: true,
      value: { currency: 'JPY', couponId: 'cpn_guest' },
    })
  })

  test('does not add up what is no longer for sale', () => {
    const [own, guest] = [aCart([aLine('a', { quantity: 2 })]), aCart([aLine('a', { quantity: 3 })])]
    const decision = merged(own, guest, [anOffer('a', { listed: false })])
    expect(decision).toMatchObject({ ok: true, value: { lines: [{ quantity: 3 }] } })
  })

  test('beyond a hundred lines is refused', () => {
    const many = (name: string) => aCart(Array.from({ length: 60 }, (_, index) => aLine(`${name}${index}`)))
    const message = 'the carts have 120 different variants together: allowed is at most 100'
    expect(merged(many('a'), many('b'))).toMatchObject({ ok: false, errors: [{ message, path: ['cartId'] }] })
  })
})

describe('a cart is open', () => {
  const own = { ...head, customerId: 'usr_1' }
  const later = new Date(head.expiresAt)

  test.each([
    ['a guest cart to any guest', head, null, now, true],
    ['a guest cart to a customer', head, 'usr_1', now, true],
    ["a customer's cart to that customer", own, 'usr_1', now, true],
    ["a customer's cart to another", own, 'usr_2', now, false],
    ["a customer's cart to a guest", own, null, now, false],
    ['an ordered cart to nobody', { ...own, state: 'ORDERED' as const }, 'usr_1', now, false],
    [
      'a claimed cart to nobody',
      { ...head, state: 'CLAIMED' as const, claimedBy: 'usr_1' },
      'usr_1',
      now,
      false,
    ],
    ['an expired cart to nobody', head, null, later, false],
  ])('%s', (_, cart, shopper, at, open) => {
    expect(isOpenTo(cart, shopper, at)).toBe(open)
  })

  test('for longer after each change', () => {
    const cart = touched(aCart(), later)
    expect(cart.version).toBe(2)
    expect(isOpenTo(cart, null, later)).toBe(true)
    const daysOf = (customerId: string | null) =>
      (touched(aCart([], { customerId }), later).expiresAt.getTime() - later.getTime()) / 86_400_000
    expect([daysOf(null), daysOf('usr_1')]).toEqual([30, 90])
  })
})

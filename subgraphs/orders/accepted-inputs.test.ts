import { money } from '@argyle/kit/money'
import { expect, test } from 'vitest'
import { readAddCartLine } from './cart/cart-input.ts'
import { readQuote } from './quote/quote.ts'
import { shippingOption } from './testing/quotes.ts'
import { READERS } from './testing/readers.ts'

const idOf = (prefix: string) => `${prefix}_019aa5c2-8c00-7000-8000-000000000001`
const key = 'a key of a client'
const cart = { cartId: idOf('crt'), expectedVersion: 3 }
const from = new Date('2026-11-21T09:00:00Z')
const until = new Date('2026-11-21T09:00:00.001Z')
const usd = (amount: string) => ({ amount, currencyCode: 'USD' })
const total = { expectedTotal: usd('12.5') }
const shippingOptionId = shippingOption({
  ...{ cartId: cart.cartId, currency: 'USD', grams: 60, countryCode: 'NO', postalCode: '5003' },
})
const agreed = { expectedTotal: money(1_250n, 'USD'), quote: null, paymentMethodId: null }
const chosen = { ...agreed, quote: readQuote(shippingOptionId), paymentMethodId: idOf('pmt') }
const choice = { shippingOptionId, paymentMethodId: idOf('pmt') }
const street = { recipient: 'Ada Lund', line1: '1 Mill Lane', city: 'Bergen', postalCode: '5003' }
const address = { ...street, line2: null, region: null, countryCode: 'NO' }
const guest = { number: 'A-7K2M-9QX3', secret: 'a-secret' }
const place = { idempotencyKey: key, cartId: cart.cartId, expectedCartVersion: 3 }
const placeGuest = {
  ...place,
  idempotencyKey: key,
  email: 'ada@argyle.example',
  address: { ...street, countryCode: 'NO' },
}
const coupon = { idempotencyKey: key, code: 'TEN' }
const terms = {
  ...{ minimums: {}, startsAt: null, expiresAt: null, usageLimit: null, usageLimitPerCustomer: null },
}

/** An address of 254 characters, 64 of them before the @. */
const longEmail = `${'a'.repeat(64)}@${[63, 63, 61].map((length) => 'a'.repeat(length)).join('.')}`

/** Inputs with only the required fields, with all, and in another spelling, each with the value that the mutation gets. */
const ACCEPTED: [mutation: string, input: Record<string, unknown>, value: object][] = [
  [
    'addCartLine',
    { idempotencyKey: 'a key of a guest', variantId: idOf('var'), quantity: 1 },
    {
      ...{ idempotencyKey: 'a key of a guest', variantId: idOf('var'), quantity: 1 },
      ...{ cartId: null, expectedVersion: null, currencyCode: null },
    },
  ],
  [
    'addCartLine',
    { idempotencyKey: 'short', ...cart, variantId: idOf('var'), quantity: 99, currencyCode: 'JPY' },
    { idempotencyKey: 'short', ...cart, variantId: idOf('var'), quantity: 99, currencyCode: 'JPY' },
  ],
  [
    'updateCartLine',
    { ...cart, lineId: idOf('cln'), quantity: 0 },
    { ...cart, lineId: idOf('cln'), quantity: 0 },
  ],
  ['removeCartLine', { ...cart, lineId: idOf('cln') }, { ...cart, lineId: idOf('cln') }],
  ['clearCart', cart, cart],
  ['applyCoupon', { ...cart, code: ' cold-feet ' }, { ...cart, code: 'COLD-FEET' }],
  ['applyCoupon', { ...cart, code: 'c'.repeat(32) }, { ...cart, code: 'C'.repeat(32) }],
  ['claimCart', { idempotencyKey: key, cartId: cart.cartId }, { idempotencyKey: key, cartId: cart.cartId }],
  [
    'placeOrder',
    { ...place, ...total, shippingAddressId: idOf('adr') },
    { ...place, ...agreed, shippingAddressId: idOf('adr'), shippingAddressVersion: undefined },
  ],
  [
    'placeOrder',
    { ...place, ...total, ...choice, shippingAddressId: idOf('adr'), shippingAddressVersion: 2 },
    { ...place, ...chosen, shippingAddressId: idOf('adr'), shippingAddressVersion: 2 },
  ],
  [
    'payOrder',
    { idempotencyKey: key, orderId: idOf('ord'), ...total },
    { idempotencyKey: key, orderId: idOf('ord'), ...agreed },
  ],
  [
    'payOrder',
    { idempotencyKey: key, orderId: idOf('ord'), ...total, ...choice },
    { idempotencyKey: key, orderId: idOf('ord'), ...chosen },
  ],
  [
    'cancelOrder',
    { idempotencyKey: key, orderId: idOf('ord'), expectedVersion: 1 },
    { idempotencyKey: key, orderId: idOf('ord'), expectedVersion: 1 },
  ],
  ['placeGuestOrder', { ...placeGuest, ...total }, { ...placeGuest, ...agreed, address }],
  [
    'placeGuestOrder',
    {
      ...{ ...placeGuest, ...total, ...choice, email: ' Ada@Argyle.example ' },
      address: {
        ...street,
        line2: ' Flat 2 ',
        region: 'Vestland',
        postalCode: ' 5003 ',
        countryCode: ' no ',
      },
    },
    { ...placeGuest, ...chosen, address: { ...address, line2: 'Flat 2', region: 'Vestland' } },
  ],
  [
    'payGuestOrder',
    { idempotencyKey: key, ...guest, ...total },
    { idempotencyKey: key, ...guest, ...agreed },
  ],
  [
    'cancelGuestOrder',
    { idempotencyKey: key, ...guest, expectedVersion: 1 },
    { idempotencyKey: key, ...guest, expectedVersion: 1 },
  ],
  [
    'createCoupon',
    { ...coupon, code: ' ten ', percentBasisPoints: 10_000 },
    { ...coupon, ...terms, discount: { kind: 'PERCENT', basisPoints: 10_000 } },
  ],
  [
    'createCoupon',
    {
      ...{
        ...coupon,
        fixedAmounts: [usd('0.01'), { amount: '5', currencyCode: 'JPY' }],
        startsAt: from,
        expiresAt: until,
      },
      ...{ minimumSubtotals: [usd('20')], usageLimit: 1_000_000_000, usageLimitPerCustomer: 1 },
    },
    {
      ...{ ...coupon, discount: { kind: 'FIXED', off: { USD: 1n, JPY: 5n } }, minimums: { USD: 2_000n } },
      ...{ startsAt: from, expiresAt: until, usageLimit: 1_000_000_000, usageLimitPerCustomer: 1 },
    },
  ],
  [
    'createCoupon',
    { ...coupon, percentBasisPoints: 1, fixedAmounts: [], expiresAt: from },
    { ...coupon, ...terms, discount: { kind: 'PERCENT', basisPoints: 1 }, expiresAt: from },
  ],
  [
    'createCoupon',
    { ...coupon, percentBasisPoints: 1, startsAt: from },
    { ...coupon, ...terms, discount: { kind: 'PERCENT', basisPoints: 1 }, startsAt: from },
  ],
  [
    'deactivateCoupon',
    { couponId: idOf('cpn'), expectedVersion: 1 },
    { couponId: idOf('cpn'), expectedVersion: 1 },
  ],
  [
    'setTaxCountry',
    { idempotencyKey: key, countryCode: ' no ', pricesIncludeTax: false },
    { idempotencyKey: key, countryCode: 'NO', pricesIncludeTax: false, expectedVersion: null },
  ],
  [
    'removeTaxRate',
    { idempotencyKey: key, taxRateId: idOf('txr'), expectedVersion: 2 },
    { idempotencyKey: key, taxRateId: idOf('txr'), expectedVersion: 2 },
  ],
  [
    'assignTaxCategory',
    { idempotencyKey: key, productCategoryId: idOf('cat'), taxCategory: ' reduced_2 ', expectedVersion: 2 },
    { idempotencyKey: key, productCategoryId: idOf('cat'), taxCategory: 'REDUCED_2', expectedVersion: 2 },
  ],
  [
    'assignTaxCategory',
    { idempotencyKey: key, productCategoryId: idOf('cat'), taxCategory: 'A'.repeat(32), expectedVersion: 2 },
    { idempotencyKey: key, productCategoryId: idOf('cat'), taxCategory: 'A'.repeat(32), expectedVersion: 2 },
  ],
  [
    'placeGuestOrder',
    { ...placeGuest, ...total, email: longEmail },
    { ...placeGuest, ...agreed, address, email: longEmail },
  ],
]

test.each(ACCEPTED)('%s of %o is accepted', (mutation, input, value) => {
  expect(READERS[mutation]?.(input)).toEqual({ ok: true, value })
})

test('a field that is null is read like one that is omitted', () => {
  const nullable = ['cartId', 'expectedVersion', 'currencyCode']
  const read = (input: object) =>
    READERS.addCartLine?.({ idempotencyKey: key, variantId: idOf('var'), quantity: 1, ...input })
  expect(read(Object.fromEntries(nullable.map((field) => [field, null])))).toEqual(read({}))
})

test('a customer’s key may be short, since the customer’s id tells it from others', () => {
  const input = { idempotencyKey: '1', variantId: idOf('var'), quantity: 1 }
  expect([false, true].map((isGuest) => readAddCartLine(input, isGuest).ok)).toEqual([true, false])
})

test.each([
  ['startsAt', { startsAt: from, expiresAt: from }, 'expiresAt'],
  ['both kinds of discounts', { fixedAmounts: [usd('1')] }, 'percentBasisPoints'],
])('a coupon that expires at its start, or has both kinds of discount, is refused: %s', (_, more, field) => {
  expect(READERS.createCoupon?.({ ...coupon, percentBasisPoints: 1, ...more })).toMatchObject({
    ok: false,
    errors: [{ path: [field] }],
  })
})

test.each<[mutation: string, input: Record<string, unknown>, path: string]>([
  ['placeOrder', { ...place, shippingAddressId: idOf('adr') }, 'expectedTotal.amount'],
  ['payOrder', { idempotencyKey: key, orderId: idOf('ord') }, 'expectedTotal.amount'],
  ['placeGuestOrder', placeGuest, 'expectedTotal.amount'],
  ['payGuestOrder', { idempotencyKey: key, ...guest }, 'expectedTotal.amount'],
  ['createCoupon', { ...coupon, fixedAmounts: [usd('1.005')] }, 'fixedAmounts.0.amount'],
  [
    'createCoupon',
    { ...coupon, percentBasisPoints: 1, minimumSubtotals: [usd('1.005')] },
    'minimumSubtotals.0.amount',
  ],
])('an amount of %s (%o) with too many decimals is refused at %s', (mutation, input, path) => {
  const decision = READERS[mutation]?.({ ...input, expectedTotal: usd('12.505') })
  const errors = decision?.ok === false ? decision.errors : []
  expect(errors.map((error) => error.path?.join('.'))).toEqual([path])
})

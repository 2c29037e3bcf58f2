import { checkOf, partOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { readCartCoupon } from './cart/cart-input.ts'
import { readCreateCoupon } from './coupon/coupon-input.ts'
import { cancelGuestOrderInput, payGuestOrderInput, placeGuestOrderInput } from './guest/guest-input.ts'
import { assignTaxCategoryInput, setTaxCountryInput, setTaxRateInput } from './tax/tax-input.ts'
import { shippingOption } from './testing/quotes.ts'

const address = {
  recipient: 'Ada',
  line1: '1 Loom Lane',
  city: 'Leeds',
  postalCode: 'LS1 4AP',
  countryCode: 'GB',
}
const guestOrder = {
  idempotencyKey: 'a key of some length',
  cartId: 'crt_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d',
  expectedCartVersion: 1,
  email: 'ada@argyle.example',
  address,
  shippingOptionId: shippingOption({
    cartId: 'crt_1',
    currency: 'USD',
    grams: 60,
    countryCode: 'GB',
    postalCode: 'LS1 4AP',
  }),
  paymentMethodId: 'pmt_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d',
  expectedTotal: { amount: '1', currencyCode: 'USD' },
}

const which = { idempotencyKey: 'a key', number: 'A-7K2M-9QX3', secret: 'a-secret' }

testTextInputs(new URL('schema.graphql', import.meta.url), {
  ApplyCouponInput: {
    check: readCartCoupon,
    example: { expectedVersion: 1, cartId: 'crt_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d', code: 'WARM' },
    fields: { code: 'TOKEN' },
  },
  CreateCouponInput: {
    check: readCreateCoupon,
    example: { idempotencyKey: 'a key', code: 'WARM', percentBasisPoints: 500 },
    fields: { code: 'TOKEN' },
  },
  PlaceGuestOrderInput: {
    check: checkOf(placeGuestOrderInput),
    example: guestOrder,
    fields: { email: 'TOKEN' },
  },
  PayGuestOrderInput: {
    check: checkOf(payGuestOrderInput),
    example: { ...which, expectedTotal: { amount: '1', currencyCode: 'USD' } },
    fields: { number: 'TOKEN', secret: 'TOKEN' },
  },
  CancelGuestOrderInput: {
    check: checkOf(cancelGuestOrderInput),
    example: { ...which, expectedVersion: 1 },
    fields: { number: 'TOKEN', secret: 'TOKEN' },
  },
  GuestAddressInput: {
    check: partOf((part) => ({ ...guestOrder, address: part }), checkOf(placeGuestOrderInput)),
    example: address,
    fields: {
      ...{ recipient: 'LINE', line1: 'LINE', line2: 'LINE', city: 'LINE', region: 'LINE' },
      ...{ postalCode: 'TOKEN', countryCode: 'TOKEN' },
    },
  },
  SetTaxCountryInput: {
    check: checkOf(setTaxCountryInput),
    example: { idempotencyKey: 'a key', countryCode: 'DE', pricesIncludeTax: true },
    fields: { countryCode: 'TOKEN' },
  },
  SetTaxRateInput: {
    check: checkOf(setTaxRateInput),
    example: { idempotencyKey: 'a key', countryCode: 'DE', percent: '19' },
    fields: { countryCode: 'TOKEN', region: 'LINE', category: 'TOKEN' },
  },
  AssignTaxCategoryInput: {
    check: checkOf(assignTaxCategoryInput),
    example: {
      idempotencyKey: 'a key',
      productCategoryId: 'cat_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d',
      taxCategory: 'REDUCED',
    },
    fields: { taxCategory: 'TOKEN' },
  },
})

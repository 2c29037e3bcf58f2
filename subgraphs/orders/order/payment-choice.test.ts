import { money } from '@argyle/kit/money'
import { expect, test } from 'vitest'
import { choosePayment, type PayOrder, type UnpaidOrder } from './payment-choice.ts'

const now = new Date('2026-11-21T09:00:00Z')
const order: UnpaidOrder = {
  ...{ id: 'ord_1', status: 'AWAITING_PAYMENT', cartId: 'crt_1', currency: 'USD', isOpen: true },
  ...{ totalMinor: 4_200n, hasShipping: true, paymentMethodId: null },
  ...{ countryCode: 'DE', region: null, postalCode: '04109', grams: 180 },
}
const choose = (of: Partial<UnpaidOrder>, asked: Partial<PayOrder> = {}) => {
  const { totalMinor } = { ...order, ...of }
  const request: PayOrder = {
    ...{ idempotencyKey: 'k', orderId: 'ord_1', quote: null, paymentMethodId: 'pmt_1' },
    expectedTotal: money(totalMinor, 'USD'),
    ...asked,
  }
  return choosePayment({ ...order, ...of }, request, { taxRules: null, key: null, now })
}
const refused = (__typename: string, message: string, path: string) => ({
  ok: false,
  errors: [{ __typename, message, path: [path] }],
})

test('an order is paid by the method of the request, or by the one that it has; one of nothing by none', () => {
  const chosen = (paymentMethodId: string | null, totalMinor = 4_200n) => ({
    ok: true,
    value: { shipping: null, totalMinor, paymentMethodId },
  })
  expect(choose({})).toEqual(chosen('pmt_1'))
  expect(choose({ paymentMethodId: 'pmt_2' }, { paymentMethodId: null })).toEqual(chosen('pmt_2'))
  expect(choose({ paymentMethodId: 'pmt_2' })).toEqual(chosen('pmt_1'))
  expect(choose({ totalMinor: 0n })).toEqual(chosen(null, 0n))
  expect(choose({ totalMinor: 0n }, { paymentMethodId: null })).toEqual(chosen(null, 0n))
})

test('what an order lacks is named, with what is allowed', () => {
  expect(choose({}, { paymentMethodId: null })).toMatchObject(
    refused(
      'ValidationError',
      'paymentMethodId is missing, and the order has none: allowed is one of your payment methods',
      'paymentMethodId',
    ),
  )
  expect(choose({ hasShipping: false })).toMatchObject(
    refused(
      'ValidationError',
      'shippingOptionId is missing, and the order has none: allowed is one of the options of Order.shippingOptions',
      'shippingOptionId',
    ),
  )
})

test('an order that waits for no payment is refused with its status', () => {
  expect(choose({ isOpen: false, status: 'CONFIRMED' })).toMatchObject(
    refused(
      'NotPayableError',
      'the order is CONFIRMED and does not wait for a payment: allowed is an order that was placed without a shipping option or a payment method, and is PENDING or AWAITING_PAYMENT',
      'orderId',
    ),
  )
})

test.each([money(4_199n, 'USD'), money(4_200n, 'EUR')])(
  'an expected total of %o is refused',
  (expectedTotal) => {
    expect(choose({}, { expectedTotal })).toMatchObject({
      ok: false,
      errors: [{ __typename: 'PriceChangedError', path: ['expectedTotal'] }],
    })
  },
)
